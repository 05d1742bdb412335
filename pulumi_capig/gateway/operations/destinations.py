"""Data destinations of Signals Gateway: operation 33."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..calls import Call
from ..models import Model
from ..operation import Operation
from .sources import PipelineName

if TYPE_CHECKING:
    from ..client import Client

LIST = Operation(
    "dataDestinationTableQuery",
    "capig",
    ("tenantQueries", "dataDestinationsQuery"),
    mutates=False,
    nullable=True,
)


class DataDestination(Model):
    """A data destination."""

    id: str | None = None
    name: str | None = None
    type: str | None = None
    active: bool | None = None
    associated_pipelines: list[PipelineName | None] | None = None


class _Destinations(Model):
    data_destinations_query: list[DataDestination | None] | None = None


def list_destinations(client: Client, tenant_id: str) -> list[DataDestination | None] | None:
    """All data destinations of an account (operation 33).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Returns:
        The destinations; None where the gateway answers no list, which is not an empty one.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    variables = {"tenantId": tenant_id}
    return client.execute(Call(LIST, "list the data destinations", tenant_id, variables, _listed))


def _listed(result: Any) -> list[DataDestination | None] | None:
    return _Destinations.read({LIST.path[-1]: result}).data_destinations_query

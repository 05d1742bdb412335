"""Data sources of Signals Gateway: operation 27."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..calls import Call
from ..models import Model
from ..operation import Operation

if TYPE_CHECKING:
    from ..client import Client

LIST = Operation(
    "dataSourceTableQuery",
    "capig",
    ("tenantQueries", "dataSourcesQuery"),
    mutates=False,
    nullable=True,
)


class PipelineName(Model):
    """A pipeline as its sources and destinations name it."""

    id: str | None = None
    name: str | None = None
    type: str | None = None


class DataSource(Model):
    """A data source; that of a Meta pixel has the pixel's id."""

    id: str | None = None
    name: str | None = None
    type: str | None = None
    active: bool | None = None
    associated_pipelines: list[PipelineName | None] | None = None


class _Sources(Model):
    data_sources_query: list[DataSource | None] | None = None


def list_sources(client: Client, tenant_id: str) -> list[DataSource | None] | None:
    """All data sources of an account (operation 27).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Returns:
        The sources; None where the gateway answers no list, which is not an empty one.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    variables = {"tenantId": tenant_id}
    return client.execute(Call(LIST, "list the data sources", tenant_id, variables, _listed))


def _listed(result: Any) -> list[DataSource | None] | None:
    return _Sources.read({LIST.path[-1]: result}).data_sources_query

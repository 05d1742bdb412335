"""Data sources of Signals Gateway: operations 26 to 30."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ...errors import GatewayError, UnexpectedAnswerError
from ..calls import Call
from ..failure import AttemptFailure
from ..models import Model
from ..operation import Operation

if TYPE_CHECKING:
    from ..client import Client

_MUTATIONS = ("tenantMutations", "dataSourceMutations")
_TYPE_FIELDS = ("dataSourceType", "type")
"""What the reference calls the type of a source that is updated, in its table and its sample."""

CREATE = Operation(
    "useCreateDataSourceForPipelineMutation",
    "capig",
    (*_MUTATIONS, "createDataSourceForPipeline"),
    mutates=True,
    repeatable=False,
    spare=frozenset({"active", "name", "type"}),
)
LIST = Operation(
    "dataSourceTableQuery",
    "capig",
    ("tenantQueries", "dataSourcesQuery"),
    mutates=False,
    nullable=True,
)

UPDATE = Operation(
    "updateDataSourceMutation",
    "capig",
    (*_MUTATIONS, "updateDataSource"),
    mutates=True,
    nullable=True,
)
DELETE = Operation(
    "deleteDataSourceMutation",
    "capig",
    (*_MUTATIONS, "deleteDataSource"),
    mutates=True,
    repeatable=False,
    nullable=True,
)
HEADER_CODE = Operation(
    "generateGatewayPixelHeaderCode",
    "capig",
    (*_MUTATIONS, "createGatewayPixelHeaderCode"),
    mutates=True,
    repeatable=False,
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


def create(client: Client, tenant_id: str, pipeline_id: str, name: str, type: str) -> DataSource:
    """Make a data source in a pipeline (operation 26).

    It is never sent twice: the caller compares the list after a lost answer.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pipeline_id: The pipeline.
        name: Its display name.
        type: ``ADVERTISER_HOSTED_PIXEL``, ``ADVERTISER_HOSTED_SDK`` or ``FILE_UPLOAD``.

    Returns:
        The source as the gateway answers it; its id is there.

    Raises:
        OutcomeUnknownError: No answer came with an id: there may be a new source.
        GatewayError: It failed in another way.
    """
    variables = {
        "tenantId": tenant_id,
        "id": None,  # what an own id would do is not documented
        "name": name,
        "type": type,
        "pipelineId": pipeline_id,
    }
    call = Call(CREATE, f'create data source "{name}"', tenant_id, variables, _created)
    with client.writes:
        return client.execute(call)


def update(
    client: Client, tenant_id: str, source_id: str, *, name: str, active: bool, type: str
) -> DataSource | None:
    """Set what a data source is called and whether it is active (operation 28).

    Whether the gateway resets what is not sent is not documented, so both are. The type has two
    names in the reference: it is sent where the gateway asks for it, under the name that it uses.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        source_id: The source.
        name: Its display name.
        active: Whether it takes events.
        type: Its type.

    Returns:
        The source as the gateway answers it; None where it answers null.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    given: dict[str, Any] = {"id": source_id, "name": name, "active": active}

    def send() -> DataSource | None:
        variables = {"tenantId": tenant_id, "input": given}
        call = Call(UPDATE, f"update data source {source_id}", tenant_id, variables, _source)
        with client.writes:
            return client.execute(call)

    try:
        return send()
    except GatewayError as error:
        field = asked_for(error, _TYPE_FIELDS)
        if field is None:
            raise
    given[field] = type
    return send()


def asked_for(error: GatewayError, fields: tuple[str, ...]) -> str | None:
    """The field of an input that a refusal says is missing, of those that may be; else None."""
    said = error.__cause__.said if isinstance(error.__cause__, AttemptFailure) else ""
    if not error.in_json:
        return None
    # A refused variable is quoted with its values, which may hold any word.
    asked = re.sub(r"\{.*\}", "", said, flags=re.DOTALL)
    return next((f for f in fields if re.search(rf"\b{f}\b", asked)), None)


def delete(client: Client, tenant_id: str, source_id: str) -> str | None:
    """Delete a data source (operation 29).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        source_id: The source.

    Returns:
        The id as the gateway answers it, which may be null.

    Raises:
        OutcomeUnknownError: No usable answer came: the source may be gone.
        GatewayError: It failed in another way.
    """
    variables = {"tenantId": tenant_id, "id": source_id}
    call = Call(DELETE, f"delete data source {source_id}", tenant_id, variables, _text)
    with client.writes:
        return client.execute(call)


def header_code(client: Client, tenant_id: str, source_id: str) -> str | None:
    """Make the snippet for the head of a site's pages (operation 30).

    It is a mutation by its name, and what it changes is not documented: it is sent once.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        source_id: The source, a pixel that the advertiser hosts.

    Returns:
        The snippet; None where the gateway answers none.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    variables = {"tenantId": tenant_id, "dataSourceId": source_id}
    call = Call(HEADER_CODE, f"ask for the code of {source_id}", tenant_id, variables, _text)
    with client.writes:
        return client.execute(call)


def _created(result: Any) -> DataSource:
    source = DataSource.read(result)
    if not source.id:
        reason = "the gateway answered without the new data source's id"
        raise AttemptFailure(UnexpectedAnswerError, reason, ran=True)
    return source


def _source(result: Any) -> DataSource | None:
    return None if result is None else DataSource.read(result)


def _text(result: Any) -> str | None:
    return result if isinstance(result, str) else None


def _listed(result: Any) -> list[DataSource | None] | None:
    return _Sources.read({LIST.path[-1]: result}).data_sources_query

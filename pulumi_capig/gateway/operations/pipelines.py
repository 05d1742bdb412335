"""Data pipelines of Signals Gateway: operations 19 and 21 to 25."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...errors import OutcomeUnknownError, UnexpectedAnswerError
from ..calls import Call
from ..failure import AttemptFailure
from ..models import Flag, Model, Word
from ..operation import Operation

if TYPE_CHECKING:
    from ..client import Client

_MUTATIONS = ("tenantMutations", "dataPipelineMutations")

_LOOK_FIRST = (
    "There may be a new, empty pipeline with this name, which carries no events. Look in the "
    "gateway's page before you create it again: take it over by its id, or remove it there."
)

CREATE = Operation(
    "createDataPipelineMutation",
    "capig",
    (*_MUTATIONS, "createPipeline"),
    mutates=True,
    repeatable=False,
    spare=frozenset({"active", "name", "type"}),
)
READ = Operation(
    "DataPipelineQuery", "capig", ("tenantQueries", "pipeline"), mutates=False, nullable=True
)
UPDATE = Operation(
    "updateDataPipelineMutation",
    "capig",
    (*_MUTATIONS, "updatePipeline"),
    mutates=True,
    nullable=True,
)
DELETE = Operation(
    "useDeleteDataPipelineMutation",
    "capig",
    (*_MUTATIONS, "deletePipeline"),
    mutates=True,
    repeatable=False,
    nullable=True,
)
BLOCK = Operation(
    "AddNewFilterModal_updatePipelineFilterMutation",
    "capig",
    (*_MUTATIONS, "updatePipelineFilter"),
    mutates=True,
    nullable=True,
)
BLOCK_AT_DESTINATION = Operation(
    "AddNewPipelineDestinationFilterModal_updatePipelineDestinationFilterMutation",
    "capig",
    (*_MUTATIONS, "updatePipelineDestinationFilter"),
    mutates=True,
    nullable=True,
)


_BLOCKED = "destination_filter_blocked_event_types"


class PipelineEnd(Model):
    """A data source or destination as its pipeline names it."""

    id: str | None = None
    name: Word = None
    type: Word = None
    active: bool | None = None


class DataFilter(Model):
    """What a pipeline blocks.

    Attributes:
        filter_status: Whether the filter is on; what it does when it is off is not documented.
        blocked_event_types: Names of events.
    """

    filter_status: Flag = None
    blocked_event_types: list[str | None] | None = None


class DestinationFilter(Model):
    """What a pipeline blocks for one destination."""

    destination_id: str | None = None
    destination_filter_blocked_event_types: list[str | None] | None = None


class Pipeline(Model):
    """A pipeline.

    Attributes:
        id: The gateway's id.
        name: Its display name.
        active: Whether events flow through it.
        type: ``GATEWAY_PIPELINE``, or ``META_CAPI_PIPELINE`` of a connected Meta pixel.
        data_sources: Where its events come from.
        data_destinations: Where they go to.
        data_filter: What it blocks.
        pipeline_destination_filters: What it blocks for single destinations.
    """

    id: str | None = None
    name: str | None = None
    active: bool | None = None
    type: Word = None
    data_sources: list[PipelineEnd | None] | None = None
    data_destinations: list[PipelineEnd | None] | None = None
    data_filter: DataFilter | None = None
    pipeline_destination_filters: list[DestinationFilter | None] | None = None

    @property
    def is_switched_off(self) -> bool:
        """Whether it says that what it blocks is switched off."""
        off = self.data_filter is not None and self.data_filter.filter_status is False
        return off and bool(self.blocked_events)

    @property
    def blocked_events(self) -> list[str]:
        """The events that it blocks; null is none."""
        return _names(self.data_filter.blocked_event_types if self.data_filter else None)

    @property
    def tells_blocked(self) -> bool:
        """Whether the answer says what it blocks: a missing field is not an empty list."""
        if "data_filter" not in self.model_fields_set:
            return False
        return not self.data_filter or "blocked_event_types" in self.data_filter.model_fields_set

    @property
    def tells_blocked_by_destination(self) -> bool:
        """Whether the answer says what it blocks for single destinations."""
        filters = self.pipeline_destination_filters or ()
        of_each = all(
            each and each.destination_id and _BLOCKED in each.model_fields_set for each in filters
        )
        return of_each and "pipeline_destination_filters" in self.model_fields_set

    def blocked_for(self, destination_id: str) -> list[str]:
        """The events that it blocks for one destination; null is none."""
        for each in self.pipeline_destination_filters or ():
            if each is not None and each.destination_id == destination_id:
                return _names(each.destination_filter_blocked_event_types)
        return []


def create(client: Client, tenant_id: str, name: str) -> Pipeline:
    """Make an empty pipeline (operation 19).

    It is never sent twice: an empty pipeline is in no list, so a second one could not be found.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        name: Its display name.

    Returns:
        The pipeline as the gateway answers it; its id is there.

    Raises:
        OutcomeUnknownError: No answer came with an id: there may be a new pipeline.
        GatewayError: It failed in another way.
    """
    variables = {"tenantId": tenant_id, "name": name}
    call = Call(CREATE, f'create pipeline "{name}"', tenant_id, variables, _created)
    try:
        with client.writes:
            return client.execute(call)
    except OutcomeUnknownError as error:
        raise error.because(advice=_LOOK_FIRST) from error.__cause__


def read(client: Client, tenant_id: str, pipeline_id: str) -> Pipeline | None:
    """Read a pipeline with its ends and filters (operation 21).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pipeline_id: The pipeline.

    Returns:
        The pipeline; None where the gateway answers null and no error.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    variables = {"tenantId": tenant_id, "id": pipeline_id}
    call = Call(READ, f"read pipeline {pipeline_id}", tenant_id, variables, _pipeline)
    return client.execute(call)


def update(
    client: Client, tenant_id: str, pipeline_id: str, *, name: str, active: bool
) -> Pipeline | None:
    """Set what a pipeline is called and whether it is active (operation 22).

    Whether the gateway resets what is not sent is not documented, so both are.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pipeline_id: The pipeline.
        name: Its display name.
        active: Whether events flow through it.

    Returns:
        The pipeline as the gateway answers it; None where it answers null.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    given = {"id": pipeline_id, "name": name, "active": active}
    variables = {"tenantId": tenant_id, "input": given}
    call = Call(UPDATE, f"update pipeline {pipeline_id}", tenant_id, variables, _pipeline)
    with client.writes:
        return client.execute(call)


def delete(client: Client, tenant_id: str, pipeline_id: str) -> str | None:
    """Delete a pipeline (operation 23).

    What becomes of its sources and destinations is not documented.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pipeline_id: The pipeline.

    Returns:
        The id as the gateway answers it, which may be null.

    Raises:
        OutcomeUnknownError: No usable answer came: the pipeline may be gone.
        GatewayError: It failed in another way.
    """
    variables = {"tenantId": tenant_id, "id": pipeline_id}
    call = Call(DELETE, f"delete pipeline {pipeline_id}", tenant_id, variables, _id)
    with client.writes:
        return client.execute(call)


def block(
    client: Client, tenant_id: str, pipeline_id: str, events: Sequence[str]
) -> list[str] | None:
    """Set the events that a pipeline blocks, all of them (operation 24).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pipeline_id: The pipeline.
        events: Names of events; none of them opens it.

    Returns:
        The events as the gateway answers them; None where it answers null.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    # Sent without `filterStatus`, the sample is answered with false: it may block nothing then.
    given = {"pipelineId": pipeline_id, "filterStatus": True, "blockedEventTypes": [*events]}
    words = f"block events in pipeline {pipeline_id}"
    call = Call(BLOCK, words, tenant_id, {"tenantId": tenant_id, "input": given}, _blocked)
    with client.writes:
        return client.execute(call)


def block_at_destination(
    client: Client,
    tenant_id: str,
    pipeline_id: str,
    destination_id: str,
    events: Sequence[str],
) -> list[str] | None:
    """Set the events that a pipeline blocks for one destination, all of them (operation 25).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pipeline_id: The pipeline.
        destination_id: The destination.
        events: Names of events; none of them opens it.

    Returns:
        The events as the gateway answers them; None where it answers null.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    given = {
        "pipelineId": pipeline_id,
        "destinationId": destination_id,
        "destinationFilterBlockedEventTypes": [*events],
    }
    call = Call(
        BLOCK_AT_DESTINATION,
        f"block events for destination {destination_id}",
        tenant_id,
        {"tenantId": tenant_id, "input": given},
        _blocked_at_destination,
    )
    with client.writes:
        return client.execute(call)


def _created(result: Any) -> Pipeline:
    pipeline = Pipeline.read(result)
    if not pipeline.id:
        reason = "the gateway answered without the new pipeline's id"
        raise AttemptFailure(UnexpectedAnswerError, reason, ran=True)
    return pipeline


def _pipeline(result: Any) -> Pipeline | None:
    return None if result is None else Pipeline.read(result)


def _id(result: Any) -> str | None:
    return result if isinstance(result, str) else None


def _blocked(result: Any) -> list[str] | None:
    events = None if result is None else DataFilter.read(result).blocked_event_types
    return None if events is None else _names(events)


def _blocked_at_destination(result: Any) -> list[str] | None:
    if result is None:
        return None
    events = DestinationFilter.read(result).destination_filter_blocked_event_types
    return None if events is None else _names(events)


def _names(events: Sequence[str | None] | None) -> list[str]:
    return [event for event in events or () if event]

"""Data pipelines of Signals Gateway: operations 19 and 21 to 25 of the reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..asked import OperationError
from ..parts.destinations import Destinations
from ..parts.pipelines import HeldPipeline, Pipelines, new_pipeline_id
from ..parts.sources import Sources
from ..play import Operations, Play, require
from ..signals import destination_filter_entry, pipeline_entry

__all__ = ["OPERATIONS", "require_pipeline"]

OPERATIONS = Operations()


@OPERATIONS.plays("DataPipelineMutations.createPipeline")
def _create(play: Play, *, name: str) -> Any:
    tenant = play.account().id
    if play.refusing:
        return None
    require(name.strip(), 500, "name is empty")
    pipeline = HeldPipeline(new_pipeline_id(), name)
    play.state.part(Pipelines).put(play.operation, tenant, pipeline)
    return pipeline_entry(play.state, tenant, pipeline)


@OPERATIONS.plays("TenantQueries.pipeline")
def _get(play: Play, *, id: str) -> Any:
    pipeline = _known(play, id)
    if pipeline is None or play.refusing:
        return None
    return pipeline_entry(play.state, play.tenant, pipeline)


@OPERATIONS.plays("DataPipelineMutations.updatePipeline")
def _update(play: Play, *, input: dict[str, Any]) -> Any:
    pipeline = _known(play, input["id"])
    if pipeline is None or play.refusing:
        return None
    wanted = {key: input[key] for key in ("name", "active") if input.get(key) is not None}
    changed = play.state.part(Pipelines).edit(play.operation, play.tenant, pipeline.id, **wanted)
    return pipeline_entry(play.state, play.tenant, changed)


@OPERATIONS.plays("DataPipelineMutations.deletePipeline")
def _delete(play: Play, *, id: str) -> Any:
    pipeline = _known(play, id)
    if pipeline is None or play.refusing:
        return None
    _empty(play, play.state.part(Sources), id)
    _empty(play, play.state.part(Destinations), id)
    play.state.part(Pipelines).remove(play.operation, play.tenant, id)
    return id if play.dialect.delete_pipeline_answer == "id" else None


def _empty(play: Play, shelf: Sources | Destinations, pipeline: str) -> None:
    """Does with what is in a pipeline as the dialect says."""
    takes = play.dialect.delete_pipeline_takes
    inside = [held.id for held in shelf.of(play.tenant) if held.pipeline == pipeline]
    require(not inside or takes != "refused", 500, "The pipeline is not empty")
    for key in inside:
        if takes == "nothing":
            shelf.edit(play.operation, play.tenant, key, pipeline=None)
        else:
            shelf.remove(play.operation, play.tenant, key)


@OPERATIONS.plays("DataPipelineMutations.updatePipelineFilter")
def _filter(play: Play, *, input: dict[str, Any]) -> Any:
    pipeline = _known(play, input["pipelineId"])
    if pipeline is None or play.refusing:
        return None
    status = bool(input.get("filterStatus")) and play.dialect.filter_status == "as-sent"
    changed = play.state.part(Pipelines).edit(
        play.operation,
        play.tenant,
        pipeline.id,
        filter_status=status,
        blocked=_blocked(play, pipeline.blocked, input.get("blockedEventTypes")),
    )
    return pipeline_entry(play.state, play.tenant, changed)["dataFilter"]


@OPERATIONS.plays("DataPipelineMutations.updatePipelineDestinationFilter")
def _destination_filter(play: Play, *, input: dict[str, Any]) -> Any:
    pipeline = _known(play, input["pipelineId"])
    if pipeline is None or play.refusing:
        return None
    key = input["destinationId"]
    destination = play.state.part(Destinations).get(play.tenant, key)
    require(destination and destination.pipeline == pipeline.id, 500, f"No destination {key} in it")
    former = pipeline.blocked_by_destination
    blocked = _blocked(play, former.get(key, ()), input.get("destinationFilterBlockedEventTypes"))
    changed = play.state.part(Pipelines).edit(
        play.operation, play.tenant, pipeline.id, blocked_by_destination={**former, key: blocked}
    )
    return destination_filter_entry(changed, key)


def require_pipeline(play: Play, key: str) -> None:
    """OperationError unless the account has this pipeline."""
    told = play.dialect.pipeline_unknown
    code = 500 if told == "null" else int(told)
    require(play.state.part(Pipelines).get(play.tenant, key), code, f"No pipeline {key}")


def _known(play: Play, key: str) -> HeldPipeline | None:
    """A pipeline of the account; None where the dialect answers null for an unknown one."""
    pipeline = play.state.part(Pipelines).get(play.account().id, key)
    told = play.dialect.pipeline_unknown
    if pipeline is None and told != "null":
        raise OperationError(int(told), f"No pipeline {key}")
    return pipeline


def _blocked(
    play: Play, former: Iterable[str], wanted: Iterable[str | None] | None
) -> tuple[str, ...]:
    kept = former if play.dialect.filter_list == "merge" else ()
    named = [name for name in wanted or () if name is not None]
    return tuple(dict.fromkeys([*kept, *named]))

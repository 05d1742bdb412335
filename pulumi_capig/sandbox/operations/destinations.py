"""Data destinations of Signals Gateway: operations 32 to 37 of the reference."""

from __future__ import annotations

from typing import Any

from ..asked import OperationError
from ..dialect import Dialect
from ..parts.destinations import Destinations, HeldDestination, new_destination_id
from ..parts.pipelines import Pipelines
from ..play import Members, Operations, Play, require
from ..signals import destination_entry
from .pipelines import require_pipeline

__all__ = ["OPERATIONS"]

OPERATIONS = Operations()

_AUTH = {"apiKeyAuth", "basicAuth", "clientCredentialsAuth", "jsonWebTokenAuth"}


@OPERATIONS.varies
def _dataset(dialect: Dialect) -> Members:
    unknown = dialect.meta_capi_config_in_list == "unknown"
    return {"DataDestination.metaCAPIConfig": None} if unknown else {}


@OPERATIONS.plays("DataDestinationMutations.createDataDestination")
def _create(play: Play, *, input: dict[str, Any]) -> Any:
    tenant, kind = play.account().id, input["type"]
    if play.refusing:
        return None
    require_pipeline(play, input["pipelineId"])
    require(kind != "UNKNOWN", 500, f"No destination can be {kind}")
    destination = HeldDestination(new_destination_id(), input["name"], kind, input["pipelineId"])
    play.state.part(Destinations).put(play.operation, tenant, destination)
    return destination_entry(play.state, tenant, destination)


@OPERATIONS.plays("TenantQueries.dataDestinationsQuery")
def _list(play: Play) -> Any:
    tenant = play.account().id
    if play.refusing:
        return None
    destinations = play.state.part(Destinations).of(tenant)
    entries = [destination_entry(play.state, tenant, item) for item in destinations]
    if play.dialect.meta_capi_config_in_list == "null":
        return [{**entry, "metaCAPIConfig": None} for entry in entries]
    return entries


@OPERATIONS.plays("DataDestinationMutations.updateDataDestination")
def _update(play: Play, *, input: dict[str, Any]) -> Any:
    destination = _known(play, input["id"])
    if play.refusing:
        return None
    wanted = {key: value for key, value in input.items() if value is not None}
    reset = play.dialect.update_destination == "put"
    changed = play.state.part(Destinations).edit(
        play.operation,
        play.tenant,
        destination.id,
        name=wanted.get("name", "" if reset else destination.name),
        active=wanted.get("active", False if reset else destination.active),
        type=wanted.get("destinationType", destination.type),
    )
    return destination_entry(play.state, play.tenant, changed)


@OPERATIONS.plays("DataDestinationMutations.deleteDataDestination")
def _delete(play: Play, *, id: str) -> Any:
    destination = _known(play, id)
    if play.refusing:
        return None
    play.state.part(Destinations).remove(play.operation, play.tenant, id)
    _forget_filter(play, destination)
    return id


@OPERATIONS.plays("DataDestinationMutations.updateDataDestinationCapiConfig")
def _capi_config(play: Play, *, input: dict[str, Any]) -> Any:
    return _configure(play, "META_CONVERSIONS_API", input)


@OPERATIONS.plays("DataDestinationMutations.updateDataDestinationHttpConfig")
def _http_config(play: Play, *, input: dict[str, Any]) -> Any:
    lacking = sorted(name for name in _AUTH if input.get(name) is None)
    needed = play.dialect.http_auth_blocks == "all-four"
    require(not (needed and lacking), 400, f"missing are {', '.join(lacking)}")
    return _configure(play, "CUSTOM_HTTP_API", input)


def _configure(play: Play, kind: str, given: dict[str, Any]) -> bool:
    tenant = play.account().id
    destination = play.state.part(Destinations).get(tenant, given["id"])
    if destination is None or destination.type != kind:
        known = play.dialect.config_unknown_destination
        require(known == "false", 500, f"No destination {given['id']} of type {kind}")
        return False
    if play.refusing:
        return False
    config = {key: value for key, value in given.items() if key != "id"}
    play.state.part(Destinations).edit(play.operation, tenant, destination.id, config=config)
    return True


def _known(play: Play, key: str) -> HeldDestination:
    destination = play.state.part(Destinations).get(play.account().id, key)
    if destination is None:
        raise OperationError(500, f"No data destination {key}")
    return destination


def _forget_filter(play: Play, destination: HeldDestination) -> None:
    pipelines = play.state.part(Pipelines)
    pipeline = pipelines.get(play.tenant, destination.pipeline or "")
    if pipeline is not None:
        former = pipeline.blocked_by_destination
        left = {key: names for key, names in former.items() if key != destination.id}
        pipelines.edit(play.operation, play.tenant, pipeline.id, blocked_by_destination=left)

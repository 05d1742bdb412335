"""Data sources of Signals Gateway: operations 26 to 30 of the reference."""

from __future__ import annotations

from typing import Any

from ..asked import OperationError
from ..dialect import Dialect
from ..parts.sources import HeldSource, Sources, new_source_id
from ..play import Members, Operations, Play, require
from ..signals import source_entry
from .pipelines import require_pipeline

__all__ = ["OPERATIONS"]

OPERATIONS = Operations()

_NAMES = ("type", "dataSourceType")


@OPERATIONS.varies
def _type_of_an_update(dialect: Dialect) -> Members:
    if dialect.source_update_field == "both":
        return {}
    kind = "DataSourceType!" if dialect.source_update_type == "required" else "DataSourceType"
    kinds = {name: kind if name == dialect.source_update_field else None for name in _NAMES}
    return {f"DataSourceInput.{name}": kind for name, kind in kinds.items()}


@OPERATIONS.plays("DataSourceMutations.createDataSourceForPipeline")
def _create(play: Play, **given: Any) -> Any:
    tenant, kind, pipeline = play.account().id, given["dataSourceType"], given["pipelineId"]
    if play.refusing:
        return None
    require_pipeline(play, pipeline)
    require(kind not in ("META_PIXEL", "UNKNOWN"), 500, f"No source can be {kind}")
    key = given.get("dataSourceId") or new_source_id()
    source = HeldSource(key, given["name"], kind, pipeline)
    play.state.part(Sources).put(play.operation, tenant, source)
    return source_entry(play.state, tenant, source)


@OPERATIONS.plays("TenantQueries.dataSourcesQuery")
def _list(play: Play) -> Any:
    tenant = play.account().id
    if play.refusing:
        return None
    sources = play.state.part(Sources).of(tenant)
    return [source_entry(play.state, tenant, source) for source in sources]


@OPERATIONS.plays("DataSourceMutations.updateDataSource")
def _update(play: Play, *, input: dict[str, Any]) -> Any:
    source = _known(play, input["id"])
    if play.refusing:
        return None
    wanted = {key: value for key, value in input.items() if value is not None}
    kind = wanted.get("type", wanted.get("dataSourceType"))
    require(kind or play.dialect.source_update_type == "optional", 400, "type is missing")
    reset = play.dialect.update_source == "put"
    changed = play.state.part(Sources).edit(
        play.operation,
        play.tenant,
        source.id,
        name=wanted.get("name", "" if reset else source.name),
        active=wanted.get("active", False if reset else source.active),
        type=kind or ("UNKNOWN" if reset else source.type),
    )
    return source_entry(play.state, play.tenant, changed)


@OPERATIONS.plays("DataSourceMutations.deleteDataSource")
def _delete(play: Play, *, id: str) -> Any:
    source = _known(play, id)
    if play.refusing:
        return None
    play.state.part(Sources).remove(play.operation, play.tenant, source.id)
    return id


@OPERATIONS.plays("DataSourceMutations.createGatewayPixelHeaderCode")
def _header_code(play: Play, **given: Any) -> Any:
    source = _known(play, given["dataSourceId"])
    if play.refusing:
        return None
    # As in the reference's sample, the id in the call is not the data source's.
    init = new_source_id() if play.dialect.header_code == "another-id" else source.id[::-1]
    return (
        f'<script src="https://capig.example.com/sdk/{source.id}/events.js"></script>\n'
        "<script>cbq('setHost', 'https://capig.example.com/');"
        f" cbq('init', '{init}'); cbq('track', 'PageView');</script>"
    )


def _known(play: Play, key: str) -> HeldSource:
    source = play.state.part(Sources).get(play.account().id, key)
    if source is None:
        raise OperationError(500, f"No data source {key}")
    return source

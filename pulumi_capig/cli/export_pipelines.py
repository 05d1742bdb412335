"""What `capig export --with pipelines` reads of Signals Gateway."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from .. import canonical, lookup
from ..errors import GatewayError, InvalidInputError, UnexpectedAnswerError
from .program_pipelines import ExportedEnd, ExportedPipeline, Signals
from .unread import Unread, asked, usable

if TYPE_CHECKING:
    from ..gateway import Client
    from ..gateway.operations.destinations import DataDestination
    from ..gateway.operations.pipelines import Pipeline
    from ..gateway.operations.sources import DataSource

E = TypeVar("E", "DataSource", "DataDestination")

_OF_PIXELS = ("META_PIXEL", "META_CAPI_PIPELINE")
"""Types of what a connected pixel brings along: it is no resource of its own."""

_CLASSES = {
    "META_CONVERSIONS_API": "ConversionsApiDestination",
    "CUSTOM_HTTP_API": "HttpDestination",
}
_OLDER = (InvalidInputError, UnexpectedAnswerError)


def read(client: Client, tenant: str, unread: list[Unread]) -> Signals:
    """What an account has of Signals Gateway, but for what belongs to its pixels.

    Args:
        client: Of the gateway.
        tenant: The account.
        unread: Where to note what cannot be read.

    Raises:
        GatewayError: The gateway cannot be reached; half a program is of no use.
    """
    from ..gateway import destinations, sources

    what = f"data sources of account {tenant}"
    answer = asked(lambda: sources.list_sources(client, tenant), what, unread, refused=_OLDER)
    found_sources = [*_usable(answer, what, unread)]
    what = f"data destinations of account {tenant}"
    list_them = destinations.list_destinations
    others = asked(lambda: list_them(client, tenant), what, unread, refused=_OLDER)
    found_destinations = [*_usable(others, what, unread)]
    named = {i for source in found_sources for i in _pipelines(source)}
    named |= {i for destination in found_destinations for i in _pipelines(destination)}
    pipelines = _read_pipelines(client, tenant, sorted(named), unread)
    if answer is not None and others is not None:
        _count(client, tenant, [*answer, *others], unread)
    ends = [_source(each, tenant, unread) for each in found_sources]
    ends += [_destination(each, pipelines, tenant, unread) for each in found_destinations]
    return Signals(
        [_pipeline(i, found, tenant, unread) for i, found in pipelines.items()],
        [end for end in ends if end],
    )


def _count(
    client: Client,
    tenant: str,
    ends: Sequence[DataSource | DataDestination | None],
    unread: list[Unread],
) -> None:
    """Notes that the account has pipelines that no list names, where the gateway counts them."""
    try:
        total = lookup.usage(client, tenant)["total_pipelines"]
    except GatewayError:
        return
    # Whether the gateway counts those of pixels is not documented: they are taken for counted.
    listed = {p.id for end in ends if end for p in end.associated_pipelines or () if p and p.id}
    if total > len(listed):
        why = "one without any source or destination is in no list"
        unread.append(
            Unread(f"pipelines of account {tenant}", f"{len(listed)} of {total} found: {why}")
        )


def _usable(answer: Sequence[E | None] | None, what: str, unread: list[Unread]) -> Iterator[E]:
    """Entries with an id that a program can name, each once, without those of pixels."""
    seen, lost = set(), 0
    for each in answer or ():
        if each is not None and _is_of_pixel(each):
            continue
        if each is None or usable(canonical.gateway_id, each.id) is None:
            lost += 1
        elif each.id not in seen:
            seen.add(each.id)
            yield each
    if lost:
        unread.append(Unread(what, f"{lost} without an id that a program can name"))


def _is_of_pixel(end: DataSource | DataDestination) -> bool:
    types = [pipeline.type for pipeline in end.associated_pipelines or () if pipeline]
    return end.type in _OF_PIXELS or bool(types and all(kind in _OF_PIXELS for kind in types))


def _pipelines(end: DataSource | DataDestination) -> list[str]:
    """The pipelines that it says it is in, but for those of pixels."""
    ids = [p.id for p in end.associated_pipelines or () if p and p.type not in _OF_PIXELS]
    return [i for i in ids if i and usable(canonical.gateway_id, i)]


def _read_pipelines(
    client: Client, tenant: str, ids: Sequence[str], unread: list[Unread]
) -> dict[str, Pipeline]:
    from ..gateway import pipelines

    found = {}
    for each in ids:
        what = f"pipeline {each} of account {tenant}"
        answer = asked(partial(pipelines.read, client, tenant, each), what, unread)
        if answer is not None:
            found[each] = answer
    return found


def _pipeline(
    pipeline_id: str, found: Pipeline, tenant: str, unread: list[Unread]
) -> ExportedPipeline:
    blocked = found.blocked_events if found.tells_blocked else None
    return ExportedPipeline(
        pipeline_id,
        usable(canonical.display_name, found.name) or "",
        found.active,
        _events(blocked, f"blocked events of pipeline {pipeline_id} of account {tenant}", unread),
    )


def _source(found: DataSource, tenant: str, unread: list[Unread]) -> ExportedEnd | None:
    what = f"data source {found.id} of account {tenant}"
    kind = usable(canonical.data_source_type, found.type)
    if found.type and kind is None:
        unread.append(Unread(what, f"no program can declare its type, {found.type}"))
        return None
    return ExportedEnd(
        "DataSource",
        found.id or "",
        _only(_pipelines(found), what, unread),
        usable(canonical.display_name, found.name) or "",
        kind or "",
        found.active,
    )


def _destination(
    found: DataDestination, pipelines: dict[str, Pipeline], tenant: str, unread: list[Unread]
) -> ExportedEnd | None:
    what = f"destination {found.id} of account {tenant}"
    kind = _CLASSES.get(found.type or "")
    if kind is None:
        why = f"no program can declare its type, {found.type}" if found.type else "it has no type"
        unread.append(Unread(what, why))
        return None
    own_id, pipeline_id = found.id or "", _only(_pipelines(found), what, unread)
    pipeline = pipelines.get(pipeline_id)
    told = pipeline is not None and pipeline.tells_blocked_by_destination
    blocked = pipeline.blocked_for(own_id) if pipeline and told else None
    return ExportedEnd(
        kind,
        own_id,
        pipeline_id,
        usable(canonical.display_name, found.name) or "",
        active=found.active,
        blocked=_events(blocked, f"blocked events of {what}", unread),
    )


def _only(pipelines: Sequence[str], what: str, unread: list[Unread]) -> str:
    """The one pipeline that it is in; empty if there is none, or several."""
    if len(pipelines) > 1:
        unread.append(Unread(f"pipeline of {what}", f"it is in {len(pipelines)} of them"))
    return pipelines[0] if len(pipelines) == 1 else ""


def _events(blocked: Sequence[str] | None, what: str, unread: list[Unread]) -> Sequence[str] | None:
    if blocked is None:
        return None
    named = [usable(canonical.event_name, event) for event in blocked]
    if None in named:
        unread.append(Unread(what, "one of them has no name that a program can declare"))
        return None
    return sorted({event for event in named if event})

"""Pipelines, data sources and destinations in the program that `capig export` writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .lines import call, flags, literal, texts, variables

__all__ = ["NOTHING", "ExportedEnd", "ExportedPipeline", "Signals", "ids_of", "resources"]

_OWN_ID = {"DataSource": "data_source_id"}


@dataclass(frozen=True)
class ExportedPipeline:
    """What is declared of a pipeline; None and empty values are not."""

    id: str
    name: str = ""
    active: bool | None = None
    blocked: Sequence[str] | None = None


@dataclass(frozen=True)
class ExportedEnd:
    """What is declared of a data source or destination; None and empty values are not.

    Attributes:
        kind: The resource's class.
        id: The gateway's id.
        pipeline: The pipeline that it is in.
        name: Display name.
        type: Its type, of a source.
        active: Whether it is active.
        blocked: Events that its pipeline does not deliver to it.
    """

    kind: str
    id: str
    pipeline: str = ""
    name: str = ""
    type: str = ""
    active: bool | None = None
    blocked: Sequence[str] | None = None


@dataclass(frozen=True)
class Signals:
    """What is declared of Signals Gateway in an account."""

    pipelines: Sequence[ExportedPipeline] = ()
    ends: Sequence[ExportedEnd] = ()

    def __bool__(self) -> bool:
        return bool(self.pipelines or self.ends)


NOTHING = Signals()


def ids_of(accounts: Sequence[Signals]) -> dict[str, str]:
    """A variable's name for each pipeline of some accounts."""
    ids = (pipeline.id for signals in accounts for pipeline in signals.pipelines)
    return variables("pipeline_", ids)


def resources(
    signals: Signals, tenant_id: str, account: str, named: Mapping[str, str]
) -> Iterator[list[str]]:
    """The lines of each resource, a pipeline before what is in it.

    Args:
        signals: What is declared.
        tenant_id: The account.
        account: What the program calls it.
        named: What it calls each pipeline.
    """
    ends = sorted(signals.ends, key=lambda end: (end.kind != "DataSource", end.kind, end.id))
    pipelines = sorted(signals.pipelines, key=lambda pipeline: pipeline.id)
    for pipeline in pipelines:
        what = f"{named[pipeline.id]} = capig.Pipeline"
        arguments = {"tenant_id": account, "pipeline_id": literal(pipeline.id), **_said(pipeline)}
        yield [*call(what, f"{tenant_id}-{pipeline.id}", arguments)]
        yield from (
            _end(end, tenant_id, account, f"{named[pipeline.id]}.pipeline_id")
            for end in ends
            if end.pipeline == pipeline.id
        )
    known = {pipeline.id for pipeline in pipelines}
    for end in ends:
        if end.pipeline not in known:
            yield _end(end, tenant_id, account, literal(end.pipeline) if end.pipeline else "")


def _end(end: ExportedEnd, tenant_id: str, account: str, pipeline: str) -> list[str]:
    own_id = _OWN_ID.get(end.kind, "destination_id")
    arguments = {
        "tenant_id": account,
        **({"pipeline_id": pipeline} if pipeline else {}),
        own_id: literal(end.id),
        **({"type": literal(end.type)} if end.type else {}),
        **_said(end),
    }
    return [*call(f"capig.{end.kind}", f"{tenant_id}-{end.id}", arguments)]


def _said(held: ExportedPipeline | ExportedEnd) -> dict[str, str]:
    return {
        **({"name": literal(held.name)} if held.name else {}),
        **flags(active=held.active),
        **({} if held.blocked is None else {"blocked_events": texts(held.blocked)}),
    }

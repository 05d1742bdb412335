"""Pipelines, data sources and destinations under every fault: one cell, and what has to hold."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from typing import Any

from pulumi_capig.sandbox import Fault, RequestRecord, Sandbox
from tests.faults.checks import is_clear
from tests.faults.matrix import RETRIES, Length
from tests.support.deployment import Deployment, Program, Resource, Result
from tests.support.provider import Provider
from tests.support.signals import (
    CODE,
    DELETE_SOURCE,
    KEY,
    PIPE,
    TOKEN,
    destinations,
    lake,
    meta,
    pipeline,
    pipelines,
    source,
    sources,
)
from tests.support.strikes import environment, striking

HAND_SOURCE, HAND_DESTINATION = "7000000000000000001", "sg_v1_dd_by-hand"
BY_HAND = {PIPE, HAND_SOURCE, HAND_DESTINATION}

WEB = {"web": pipeline(active=False, blocked_events=["Lead"])}
HELD_WEB = {"web": pipeline(pipeline_id=PIPE, active=False, blocked_events=["Lead"])}
SITE = {"site": source(active=False)}
META = {"meta": meta(active=False, blocked_events=["Lead"])}
LAKE = {"lake": lake(active=False)}
ALL = {**WEB, **SITE, **META, **LAKE}
CHANGED: Program = {
    "web": pipeline(name="Net", active=True, blocked_events=["Search"]),
    "site": source(name="Shop", active=True),
    "meta": meta(name="Meta 2", active=True, blocked_events=["Search"], business_id="7"),
    "lake": lake(name="Sea", active=True, auth=None),
}


@dataclass(frozen=True)
class Step:
    """One step of a deployment.

    Attributes:
        before: The program that is in force before it.
        program: The program that it brings about.
        refresh: Whether it is a `refresh` instead.
        also: Faults beside the one that is tried.
    """

    before: Program
    program: Program
    refresh: bool = False
    also: tuple[Fault, ...] = ()


def _create(program: Program, **more: Any) -> Step:
    return Step({}, program, **more)


def _destroy(program: Program) -> Step:
    return Step(program, {})


PRINCIPAL: Mapping[str, Step] = {
    "createPipeline": _create(WEB),
    "pipeline": Step({**HELD_WEB, **META}, {**HELD_WEB, **META}, refresh=True),
    "updatePipeline": _create(WEB),
    "deletePipeline": _destroy(WEB),
    "updatePipelineFilter": _create(WEB),
    "updatePipelineDestinationFilter": _create(META),
    "createDataSourceForPipeline": _create(SITE),
    "dataSourcesQuery": _create(SITE),
    "updateDataSource": _create(SITE),
    DELETE_SOURCE: _destroy(SITE),
    CODE: _create(SITE),
    "createDataDestination": _create(LAKE),
    "dataDestinationsQuery": _create(LAKE),
    "updateDataDestination": _create(LAKE),
    "deleteDataDestination": _destroy(LAKE),
    "updateDataDestinationCapiConfig": _create(META),
    "updateDataDestinationHttpConfig": _create(LAKE),
}
"""The step whose outcome the docs show for an operation."""

_LATER = {
    "deletePipeline": ("updatePipelineFilter", WEB),
    DELETE_SOURCE: ("updateDataSource", SITE),
    "deleteDataDestination": ("updateDataDestination", META),
}

OTHERS: tuple[tuple[str, Step], ...] = (
    *((operation, Step(ALL, CHANGED)) for operation in PRINCIPAL if operation.startswith("update")),
    *((o, _destroy(ALL)) for o in ("pipeline", "dataSourcesQuery", "dataDestinationsQuery")),
    *((o, Step(ALL, ALL, refresh=True)) for o in ("dataSourcesQuery", "dataDestinationsQuery")),
    *(
        (operation, _create(program, also=(Fault.status(400, operation=later),)))
        for operation, (later, program) in _LATER.items()
    ),
)
"""Further steps in which an operation may fail."""

OWN_IDS = {
    "Pipeline": "pipeline_id",
    "DataSource": "data_source_id",
    "ConversionsApiDestination": "destination_id",
    "HttpDestination": "destination_id",
}
_SHELVES: Mapping[str, Callable[[Sandbox], Iterable[Any]]] = {
    "Pipeline": pipelines,
    "DataSource": sources,
    "ConversionsApiDestination": destinations,
    "HttpDestination": destinations,
}
_CREATES = ("createPipeline", "createDataSourceForPipeline", "createDataDestination")
_NULL_IS_TAKEN = (
    "updatePipeline",
    "updatePipelineFilter",
    "updatePipelineDestinationFilter",
    "updateDataSource",
    "updateDataDestination",
)


@dataclass(frozen=True)
class Cell:
    """A fault that strikes an operation once, or until the step is over."""

    step: Step
    operation: str
    fault: str
    length: Length

    @property
    def unconfirmed(self) -> bool:
        """Whether the gateway answers null and has done nothing: the next refresh tells."""
        return self.fault == "200-no-success" and self.operation in _NULL_IS_TAKEN


@dataclass
class Played:
    """What became of a cell.

    Attributes:
        struck: The step during which the fault struck.
        before: State before it.
        kept: State after it.
        requests: What the gateway was asked in it.
        told: Warnings of it.
        left: What the gateway then had that nobody made by hand and no state held, by id.
    """

    struck: Result
    before: dict[str, Resource]
    kept: dict[str, Resource]
    requests: list[RequestRecord]
    told: str
    left: dict[str, str] = field(default_factory=dict)

    @property
    def messages(self) -> list[str]:
        """What the user read."""
        return list(self.struck.errors.values())


def play(cell: Cell, provider: Provider, sandbox: Sandbox) -> Played:
    """Play a cell from an empty account until the second quiet `up`, and check all of it."""
    step, deployment = cell.step, _prepared(cell.step, provider, sandbox)
    before = {name: _copy(resource) for name, resource in deployment.state.items()}
    sandbox.clear_requests()
    for fault in step.also:
        sandbox.inject(fault)
    times, told = (1 if cell.length == "once" else None), io.StringIO()
    with (
        striking(sandbox, cell.fault, cell.operation, times=times),
        environment(CAPIG_MAX_RETRIES=RETRIES),
        redirect_stderr(told),
    ):
        struck = deployment.refresh() if step.refresh else deployment.up(step.program)
    kept = {name: _copy(resource) for name, resource in deployment.state.items()}
    played = Played(struck, before, kept, sandbox.requests, told.getvalue())
    known = {resource.id.partition("/")[2] for resource in kept.values()} | BY_HAND
    for kind, shelf in _SHELVES.items():
        played.left |= {held.id: OWN_IDS[kind] for held in shelf(sandbox) if held.id not in known}
    _messages_are_clear(played, sandbox)
    _state_is_true(cell, played)
    _nothing_is_doubled(played)
    _one_more_up_converges(cell, played, deployment, sandbox)
    return played


def _prepared(step: Step, provider: Provider, sandbox: Sandbox) -> Deployment:
    sandbox.reset()
    sandbox.add_pipeline("By hand", pipeline_id=PIPE)
    sandbox.add_source(PIPE, "Site", "FILE_UPLOAD", source_id=HAND_SOURCE)
    sandbox.add_destination(PIPE, "By hand", "CUSTOM_HTTP_API", destination_id=HAND_DESTINATION)
    deployment = Deployment(provider)
    if step.before:
        with redirect_stderr(io.StringIO()):
            assert deployment.up(step.before).errors == {}
    return deployment


def _copy(resource: Resource) -> Resource:
    return Resource(resource.kind, resource.id, dict(resource.inputs), dict(resource.outputs))


def _messages_are_clear(played: Played, sandbox: Sandbox) -> None:
    secrets = (TOKEN, KEY, sandbox.client_secret, *sandbox.tokens._expiry)
    for message in played.messages:
        is_clear(message, secrets)
    assert not any(secret in played.told for secret in secrets)


def _state_is_true(cell: Cell, played: Played) -> None:
    """State lost nothing and invented nothing; what is left beside it was told."""
    failed = set(played.struck.errors)
    if cell.step.refresh:
        assert played.kept == played.before
        return
    for name in failed:
        if name in played.before:
            assert played.kept[name].outputs == played.before[name].outputs
        else:
            assert name not in played.kept
    for name in played.before.keys() - cell.step.program.keys():
        assert (("delete", name) in played.struck.steps) == (name not in played.kept)
    said = "\n".join(played.messages)
    for left in played.left:
        assert left in said or "There may be a new" in said, f"{left} was left, and nobody told"


def _nothing_is_doubled(played: Played) -> None:
    done = [f.operation for r in played.requests for f in r.fields if f.applied]
    for once in (*_CREATES, CODE):
        assert done.count(once) <= 1, f"{once} was carried out twice"


def _one_more_up_converges(
    cell: Cell, played: Played, deployment: Deployment, sandbox: Sandbox
) -> None:
    """The user does as the messages say, and `up` reaches what is declared, and nothing more."""
    program = {
        name: (kind, {**arguments, **_advised(kind, played.struck.errors.get(name, ""), played)})
        for name, (kind, arguments) in cell.step.program.items()
    }
    with redirect_stderr(io.StringIO()):
        assert deployment.up(program, refresh=cell.unconfirmed).errors == {}
        gateway_holds(cell.step.program, sandbox)
        assert set(deployment.state) == set(program)
        sandbox.clear_requests()
        again = deployment.up(cell.step.program)
    assert (again.errors, again.changes, sandbox.requests) == ({}, [], [])


def _advised(kind: str, message: str, played: Played) -> dict[str, str]:
    """The id to take over, which the message names or the gateway's page shows."""
    own = [left for left, argument in played.left.items() if argument == OWN_IDS[kind]]
    named = [left for left in own if left in message]
    found = named or (own if "There may be a new" in message else [])
    return {OWN_IDS[kind]: found[0]} if found else {}


def gateway_holds(program: Program, sandbox: Sandbox) -> None:
    """What is declared, with its configuration, and what was made by hand."""
    held = {each.name: each for each in pipelines(sandbox)}
    expected = {"By hand"} | {a["name"] for k, a in program.values() if k == "Pipeline"}
    if "pipeline_id" in program.get("web", ("", {}))[1]:
        expected -= {"By hand"}
    assert sorted(each.name for each in pipelines(sandbox)) == sorted(expected)
    ends = [*sources(sandbox), *destinations(sandbox)]
    own = {each.name: each for each in ends if each.id not in BY_HAND}
    names = [a["name"] for k, a in program.values() if k != "Pipeline"]
    assert sorted(each.name for each in ends if each.id not in BY_HAND) == sorted(names)
    hand = next(iter(each for each in pipelines(sandbox) if each.id == PIPE))
    for kind, arguments in program.values():
        found = held[arguments["name"]] if kind == "Pipeline" else own[arguments["name"]]
        assert found.active is arguments["active"]
        blocked = arguments.get("blocked_events")
        if kind == "Pipeline":
            assert list(found.blocked) == blocked
            assert found.filter_status
        elif blocked is not None:
            assert list(hand.blocked_by_destination[found.id]) == blocked
        if kind == "ConversionsApiDestination":
            assert found.config["businessId"] == arguments["business_id"]
            assert found.config["accessToken"] == TOKEN
        if kind == "HttpDestination":
            assert found.config["authType"] == ("API_KEY" if arguments.get("auth") else "NONE")

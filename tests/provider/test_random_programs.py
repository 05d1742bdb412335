"""Random programs, one after the other, in every order of calls: the end is what is declared."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from pulumi_capig.sandbox import Dialect, Sandbox
from tests.support.deployment import Deployment, Program
from tests.support.provider import Provider

BY_HAND = ("101", "102")
BY_PROGRAM = ("201",)
PIXELS = BY_HAND + BY_PROGRAM
EVENTS = ("Lead", "Search")

scopes = st.sampled_from(
    [None, *([list(c) for n in (1, 2, 2, 3) for c in combinations(PIXELS, n)])]
)
filters = st.tuples(st.sampled_from(EVENTS), scopes, st.sampled_from(("DROP", "DROP", "PUBLISH")))
connections = st.sampled_from(BY_PROGRAM)


def covers(scope: list[str] | None, pixel: str) -> bool:
    return scope is None or pixel in scope


def contradictory(declared: dict[str, tuple[str, Any, str]]) -> bool:
    """Whether the program's process would refuse these filters."""
    return any(
        one[0] == other[0] and one[2] != other[2] and covers(one[1], p) and covers(other[1], p)
        for one in declared.values()
        for other in declared.values()
        for p in PIXELS
    )


def connection(pixel: str) -> tuple[str, dict[str, Any]]:
    declared = {"pixel_id": pixel, "business_id": "1", "access_token": "EAAB", "external_id": ""}
    return "PixelConnection", {**declared, "adopt": True}


def with_or_without_connection(draw: Callable[..., Any], program: Program) -> Program:
    """Connect, rename or disconnect the pixel that programs connect."""
    rest = {name: d for name, d in program.items() if d[0] != "PixelConnection"}
    name = draw(st.sampled_from(("c1", "c2", None)), label="connection")
    return rest if name is None else {name: connection(BY_PROGRAM[0]), **rest}


@st.composite
def programs(draw: st.DrawFn) -> Program:
    names = st.sampled_from(("f1", "f2", "f3", "f4"))
    declared = draw(st.dictionaries(names, filters, min_size=1, max_size=4))
    while contradictory(declared):
        declared.popitem()
    pixels = draw(st.dictionaries(st.sampled_from(("c1", "c2", "c3")), connections, max_size=2))
    unique = {pixel: name for name, pixel in pixels.items()}
    program = {name: connection(pixel) for pixel, name in unique.items()}
    for name, (event, scope, state) in declared.items():
        arguments: dict[str, Any] = {"event_name": event, "filter_state": state}
        if scope is not None:
            arguments["pixel_ids"] = scope
        program[name] = ("EventFilter", arguments)
    return program


def edited(draw: Callable[..., Any], program: Program) -> Program:
    """A program one or two small edits away: where renames, swaps and hand-overs come from."""
    filters_of = {name: d for name, d in program.items() if d[0] == "EventFilter"}
    edits = ("rename", "swap", "overlap", "hand over", "widen", "connection", "drop", "grow")
    edits += ("shrink",) * 4
    edit = draw(st.sampled_from(edits), label="edit")
    if edit == "connection":
        return with_or_without_connection(draw, program)
    if not filters_of:
        return {**program, "f1": ("EventFilter", {"event_name": "Lead", "filter_state": "DROP"})}
    name = draw(st.sampled_from(sorted(filters_of)), label="of")
    kind, arguments = filters_of[name]
    rest = {n: d for n, d in program.items() if n != name}
    spare = next(n for n in map("f{}".format, range(1, 20)) if n not in program)
    scope = arguments.get("pixel_ids")
    near = scope if scope and edit in ("shrink", "overlap", "hand over") else PIXELS
    pixel = draw(st.sampled_from(sorted(near)), label="pixel")
    if edit == "drop":
        return rest
    if edit == "widen":
        wide = {key: value for key, value in arguments.items() if key != "pixel_ids"}
        return {**program, name: (kind, wide)}
    if edit == "rename":
        return {**rest, spare: (kind, arguments)}
    if edit == "swap":
        other = draw(st.sampled_from(sorted(filters_of)), label="with")
        return {**program, name: filters_of[other], other: (kind, arguments)}
    if edit == "overlap" and len(filters_of) < 6:
        return {**program, spare: (kind, {**arguments, "pixel_ids": [pixel]})}
    if scope is None:
        return {**program, name: (kind, {**arguments, "pixel_ids": list(PIXELS[:3])})}
    left = [p for p in scope if p != pixel]
    if not left or pixel not in scope:
        return {**program, name: (kind, {**arguments, "pixel_ids": sorted({*scope, pixel})})}
    if edit == "shrink":
        return {**program, name: (kind, {**arguments, "pixel_ids": left})}
    taker = (kind, {**arguments, "pixel_ids": [pixel]})
    shrunk = (kind, {**arguments, "pixel_ids": left})
    return {**program, name: shrunk, spare: taker}


class RandomPrograms(RuleBasedStateMachine):
    """Walks from program to program; after each good `up` the gateway holds what is declared."""

    def __init__(self, provider: Provider, sandbox: Sandbox, dialect: Dialect) -> None:
        super().__init__()
        sandbox.reset()
        sandbox.dialect = dialect
        self.sandbox = sandbox
        for pixel in BY_HAND:
            sandbox.connect(pixel)
        self.deployment = Deployment(provider)
        self.program: Program = {}

    @initialize(program=programs(), data=st.data(), refresh=st.booleans(), keep_going=st.just(True))
    def write(self, program: Program, data: st.DataObject, refresh: bool, keep_going: bool) -> None:
        self.up(program, data, refresh, keep_going)

    @rule(data=st.data(), refresh=st.booleans(), keep_going=st.booleans())
    def edit(self, data: st.DataObject, refresh: bool, keep_going: bool) -> None:
        program = self.program
        for _ in range(data.draw(st.integers(1, 3), label="edits")):
            program = edited(data.draw, program)
        declared = {
            name: (a["event_name"], a.get("pixel_ids"), a["filter_state"])
            for name, (kind, a) in program.items()
            if kind == "EventFilter"
        }
        if not contradictory(declared):
            self.up(program, data, refresh, keep_going)

    def up(self, program: Program, data: st.DataObject, refresh: bool, keep_going: bool) -> None:
        order = data.draw(st.permutations(list(program)), label="order")
        late = data.draw(st.sets(st.sampled_from(list(program) or ["-"])), label="late")

        def delete_order(names: list[str]) -> list[str]:
            return data.draw(st.permutations(names), label="deletes")

        result = self.deployment.up(
            program,
            order,
            picture=data.draw(st.booleans(), label="picture"),
            refresh=refresh,
            keep_going=keep_going,
            late=frozenset(late),
            delete_order=delete_order,
        )
        assert result.errors == {}
        self.program = program
        self.holds_what_is_declared()
        self.finds_nothing_to_do()

    @rule()
    def refresh(self) -> None:
        result = self.deployment.refresh()
        assert result.errors == {}
        assert result.changes == []

    def holds_what_is_declared(self) -> None:
        tenant = self.sandbox.tenant_id
        listed = {pixel.pixel_id for pixel in self.sandbox.state.pixels(tenant)}
        declared = {a["pixel_id"] for kind, a in self.program.values() if kind == "PixelConnection"}
        assert listed == set(BY_HAND) | declared
        wanted = {(event, pixel): "PUBLISH" for event in EVENTS for pixel in listed}
        for kind, arguments in self.program.values():
            if kind == "EventFilter":
                for pixel in listed:
                    if covers(arguments.get("pixel_ids"), pixel):
                        wanted[arguments["event_name"], pixel] = arguments["filter_state"]
        held = {key: self.sandbox.state.effective_event(tenant, *key) for key in wanted}
        assert held == wanted

    def finds_nothing_to_do(self) -> None:
        self.sandbox.clear_requests()
        assert self.deployment.preview(self.program).changes == []
        assert self.deployment.up(self.program).changes == []
        assert self.sandbox.counters.requests == {}


@pytest.mark.parametrize("account_wide", ["rule-own-first", "rule-own-last", "copies"])
def test_the_end_is_what_is_declared(
    served: Provider, in_sandbox: Sandbox, account_wide: Any, deeper: Callable[[int], int]
) -> None:
    dialect = Dialect(account_wide=account_wide)
    run_state_machine_as_test(
        lambda: RandomPrograms(served, in_sandbox, dialect),
        settings=settings(
            max_examples=deeper(25),
            stateful_step_count=8,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )

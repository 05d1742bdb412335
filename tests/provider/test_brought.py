"""A connection brings its filters: taken over, gone and back, killed half way, side by side."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from pulumi_capig.sandbox import Dialect, Fault, Sandbox
from tests.support.deployment import Deployment, ThreadedDeployment
from tests.support.provider import Provider
from tests.support.strikes import environment

Declared = tuple[str, dict[str, Any]]

EVENTS = [f"E{number}" for number in range(8)]


def event(name: str, *pixels: str, state: str = "DROP", **more: Any) -> Declared:
    arguments: dict[str, Any] = {"event_name": name, "filter_state": state, **more}
    return "EventFilter", {**arguments, "pixel_ids": list(pixels)} if pixels else arguments


def connection(pixel: str, **more: Any) -> Declared:
    declared = {"pixel_id": pixel, "business_id": "1", "access_token": "EAAB", "external_id": ""}
    return "PixelConnection", {**declared, **more}


def held(sandbox: Sandbox, pixel: str, *events: str) -> set[str | None]:
    return {sandbox.state.effective_event(sandbox.tenant_id, e, pixel) for e in events}


@pytest.fixture
def threaded(served: Provider, in_sandbox: Sandbox) -> ThreadedDeployment:
    """An empty stack whose steps overlap, as the engine's do, against a gateway that takes time."""
    in_sandbox.latency = 0.01
    return ThreadedDeployment(served)


# -- a pixel that is taken over -----------------------------------------------------------------


@pytest.mark.parametrize("reading", ["rule-own-first", "rule-own-last", "copies"])
@pytest.mark.parametrize("plural", [False, True])
@pytest.mark.parametrize("how", ["adopt", "CAPIG_ADOPT"])
@pytest.mark.parametrize("wide", [True, False])
def test_a_take_over_brings_what_is_in_force_already(
    threaded: ThreadedDeployment,
    in_sandbox: Sandbox,
    reading: Any,
    plural: bool,
    how: str,
    wide: bool,
) -> None:
    in_sandbox.dialect = Dialect(account_wide=reading)
    scope = () if wide else ("101", "102")
    policy = {name: event(name, *scope) for name in EVENTS}
    if plural:
        arguments = {"event_names": EVENTS, "filter_state": "DROP"}
        policy = {"all": ("EventFilters", arguments | ({"pixel_ids": [*scope]} if scope else {}))}
    policy = {"first": connection("101"), **policy}
    assert threaded.up(policy).errors == {}
    in_sandbox.connect("102")  # by hand, or by a run that was killed; it has no entries
    adopted = connection("102", **({"adopt": True} if how == "adopt" else {}))
    program = {"second": adopted, **policy}
    with environment(**({"CAPIG_ADOPT": "true"} if how != "adopt" else {})):
        assert threaded.preview(program).changes == [("create", "second")]
        assert threaded.up(program).changes == [("create", "second")]
    assert held(in_sandbox, "102", *EVENTS) == {"DROP"}
    in_sandbox.clear_requests()
    assert threaded.up(program).changes == []
    assert in_sandbox.counters.requests == {}


@pytest.mark.parametrize("changed", ["state", "reassert"])
def test_a_take_over_beside_filters_that_change(
    threaded: ThreadedDeployment, in_sandbox: Sandbox, changed: str
) -> None:
    in_sandbox.dialect = Dialect(account_wide="copies")
    before = "PUBLISH" if changed == "state" else "DROP"
    first = {"first": connection("101")}
    threaded.up({**first, **{name: event(name, state=before) for name in EVENTS}})
    in_sandbox.connect("102")
    more = {"reassert": "again"} if changed == "reassert" else {}
    policy = {name: event(name, **more) for name in EVENTS}
    program = {**policy, **first, "second": connection("102", adopt=True)}
    assert threaded.up(program).errors == {}
    assert held(in_sandbox, "102", *EVENTS) == held(in_sandbox, "101", *EVENTS) == {"DROP"}


# -- a pixel that is set up a second time -------------------------------------------------------


@pytest.mark.parametrize("reading", ["rule-own-first", "rule-own-last", "copies"])
@pytest.mark.parametrize("kind", ["list", "wide", "apply"])
@pytest.mark.parametrize("order", [("f", "c"), ("c", "f")])
@pytest.mark.parametrize("taken_over", [True, False])
def test_what_a_second_setup_forgets_is_sent_again(
    deployment: Deployment,
    in_sandbox: Sandbox,
    reading: Any,
    kind: str,
    order: tuple[str, ...],
    taken_over: bool,
) -> None:
    in_sandbox.dialect = Dialect(account_wide=reading, second_setup_filters="forgets")
    scope = {} if kind == "wide" else {"pixel_ids": ["101"]}
    arguments = {"event_names": ["Lead"], "filter_state": "DROP", **scope}
    apart = frozenset({"f"}) if kind == "apply" else frozenset()
    before: dict[str, Declared] = {} if taken_over else {"c": connection("101")}
    in_sandbox.connect("101") if taken_over else None
    deployment.up({**before, "f": ("EventFilters", arguments)}, apart=apart)
    arguments = {**arguments, "event_names": ["Lead", "Purchase"]}
    changed = connection("101", access_token="EAAC", **({"adopt": True} if taken_over else {}))
    program = {"c": changed, "f": ("EventFilters", arguments)}
    assert deployment.up(program, order, apart=apart).errors == {}
    assert held(in_sandbox, "101", "Lead", "Purchase") == {"DROP"}
    in_sandbox.clear_requests()
    assert deployment.up(program, apart=apart).changes == []
    assert in_sandbox.counters.requests == {}


def test_what_is_confirmed_is_not_sent_twice_after_a_setup(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    program = {"c": connection("101"), "f": event("Lead", "101"), "g": event("Search", "101")}
    deployment.up(program)
    in_sandbox.clear_requests()
    in_sandbox.inject(Fault("field-error", "updateEventFilter", code=404, after=1, times=1))
    program["c"] = connection("101", access_token="EAAC")
    assert deployment.up(program).errors == {}
    sent = [
        given["eventName"]
        for request in in_sandbox.requests
        if request.operation == "updateEventFilter"
        for given in request.variables.values()
        if isinstance(given, dict)
    ]
    assert sorted(sent) == ["Lead", "Search", "Search"]


def test_a_filter_in_apply_that_changes_nothing_is_sent_again_after_a_second_setup(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = Dialect(second_setup_filters="forgets")
    apart = frozenset({"f"})
    program = {"c": connection("101"), "f": event("Lead", "101")}
    deployment.up(program, apart=apart)
    program["c"] = connection("101", access_token="EAAC")
    assert deployment.up(program, apart=apart).errors == {}
    assert held(in_sandbox, "101", "Lead") == {"DROP"}


# -- a pixel that is gone, and nobody has seen it -----------------------------------------------


@pytest.mark.parametrize("unknown", ["accepted", "404"])
@pytest.mark.parametrize("moved", [False, True])
def test_a_filter_does_not_wait_for_a_connection_that_has_nothing_to_do(
    deployment: Deployment, in_sandbox: Sandbox, unknown: Any, moved: bool
) -> None:
    in_sandbox.dialect = Dialect(filter_unknown_pixel=unknown, filters_survive_delete=True)
    program = {"c": connection("101"), "other": connection("102")}
    before = {**program, "f": event("Lead", "102")} if moved else program
    deployment.up(before)
    in_sandbox.disconnect("101")
    program = {**program, "f": event("Lead", "101")}
    assert deployment.up(program).errors == {}
    in_sandbox.connect("101")  # again, by hand
    assert held(in_sandbox, "101", "Lead") == {"DROP" if unknown == "accepted" else "PUBLISH"}


def test_a_filter_does_not_wait_for_an_update_that_sends_nothing(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = Dialect(filters_survive_delete=True)
    deployment.up({"c": connection("101", publishing=True, pixel_name="Shop")})
    in_sandbox.disconnect("101")
    assert deployment.up({"c": connection("101"), "f": event("Lead", "101")}).errors == {}
    in_sandbox.connect("101")
    assert held(in_sandbox, "101", "Lead") == {"DROP"}


# -- a pixel that goes and comes back -----------------------------------------------------------


@pytest.mark.parametrize("reading", ["rule-own-first", "rule-own-last", "copies"])
@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("how", ["by hand", "out of the program", "never there"])
@pytest.mark.parametrize("order", list(permutations(("c", "bad", "f"))))
def test_a_pixel_that_comes_in_a_run_which_fails_is_not_left_open(
    deployment: Deployment,
    in_sandbox: Sandbox,
    reading: Any,
    wide: bool,
    how: str,
    order: tuple[str, ...],
) -> None:
    in_sandbox.dialect = Dialect(account_wide=reading)
    program = {"c": connection("201"), "f": event("Lead", *(() if wide else ("201",)))}
    deployment.up({"f": program["f"]} if how == "never there" else program)
    if how == "by hand":
        in_sandbox.disconnect("201")
        deployment.refresh()
    elif how == "out of the program":
        deployment.up({"f": program["f"]})
    failing = {**program, "bad": event("x" * 51)}
    assert "bad" in deployment.up(failing, order).errors
    assert deployment.up(program).errors == {}
    assert held(in_sandbox, "201", "Lead") == {"DROP"}
    assert deployment.up(program).changes == []


@pytest.mark.parametrize("requests", range(1, 5))
@pytest.mark.parametrize("change", [{"access_token": "EAAC"}, {"publishing": False}])
def test_a_pixel_that_a_killed_update_connected_is_settled_with_its_filters(
    deployment: Deployment, in_sandbox: Sandbox, requests: int, change: dict[str, Any]
) -> None:
    in_sandbox.dialect = Dialect(account_wide="copies")
    program = {"c": connection("201"), "f": event("Lead"), "g": event("Search", "201")}
    deployment.up(program)
    in_sandbox.disconnect("201")  # and no refresh sees it
    program = {**program, "c": connection("201", **change)}
    in_sandbox.clear_requests()
    in_sandbox.inject(Fault("reset", after=requests, times=None))
    with environment(CAPIG_MAX_RETRIES="0"):
        deployment.up(program, lives=lambda: not any(r.fault for r in in_sandbox.requests))
    in_sandbox.clear_faults()
    with environment(CAPIG_ADOPT="true"):
        assert deployment.up(program).errors == {}
    assert held(in_sandbox, "201", "Lead", "Search") == {"DROP"}
    assert deployment.up(program).changes == []


@pytest.mark.parametrize("requests", range(1, 9))
@pytest.mark.parametrize("reading", ["rule-own-first", "rule-own-last", "copies"])
def test_a_first_run_that_is_killed_is_settled_with_its_filters(
    threaded: ThreadedDeployment, in_sandbox: Sandbox, requests: int, reading: Any
) -> None:
    in_sandbox.dialect = Dialect(account_wide=reading)
    policy = {name: event(name) for name in EVENTS[:3]}
    program = {"a": connection("201"), "b": connection("202", publishing=False), **policy}
    in_sandbox.inject(Fault("reset", after=requests, times=None))
    with environment(CAPIG_MAX_RETRIES="0"):
        threaded.up(program, lives=lambda: not any(r.fault for r in in_sandbox.requests))
    in_sandbox.clear_faults()
    with environment(CAPIG_ADOPT="true"):
        assert threaded.up(program).errors == {}
    assert held(in_sandbox, "201", *EVENTS[:3]) == held(in_sandbox, "202", *EVENTS[:3]) == {"DROP"}
    assert threaded.up(program).changes == []

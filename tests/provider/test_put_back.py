"""What fails is put back, or said: each step, with each way in which its answer is lost."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from pulumi_capig.sandbox import Dialect, Fault, Sandbox
from tests.support.deployment import Deployment
from tests.support.strikes import environment, striking

FILTER = "updateEventFilter"
SETUP = "setupPixelSignalConfig"
PUBLISHING = "updateSignalConfigCapiPublish"
DELETE = "deleteDataSource"

LOST = (
    "reset-after-write",
    "502-page-after-write",
    "truncated",
    "200-data-null-after-write",
    "slow-after-write",
)
"""The gateway carries it out, and nobody hears of it."""

UNKNOWN = "may already hold the new state"
RUN_AGAIN = "run `pulumi up` again with it before you remove it"
PUT_BACK = "its former state was put back and is in force"

Declared = tuple[str, dict[str, Any]]
Lose = Callable[..., AbstractContextManager[None]]

every_loss = pytest.mark.parametrize("lost", LOST)
one_and_many = pytest.mark.parametrize("names", [("Lead",), ("Lead", "Search")])


def events(names: tuple[str, ...], *pixels: str, state: str = "DROP", **more: Any) -> Declared:
    """One name as one resource, several as one of many."""
    named = {"event_name": names[0]} if len(names) == 1 else {"event_names": list(names)}
    arguments: dict[str, Any] = {**named, "filter_state": state, **more}
    kind = "EventFilter" if len(names) == 1 else "EventFilters"
    return kind, {**arguments, "pixel_ids": list(pixels)} if pixels else arguments


def connection(pixel: str, **more: Any) -> Declared:
    declared = {"pixel_id": pixel, "business_id": "1", "access_token": "EAAB", "external_id": ""}
    return "PixelConnection", {**declared, **more}


def held(sandbox: Sandbox, names: tuple[str, ...], *pixels: str) -> set[tuple[str | None, ...]]:
    """The states of the pixels, which are the same for all names."""
    return {
        tuple(sandbox.state.effective_event(sandbox.tenant_id, name, p) for p in pixels)
        for name in names
    }


def publishing(sandbox: Sandbox, pixel: str) -> bool:
    found = sandbox.state.pixel(sandbox.tenant_id, pixel)
    assert found is not None
    return found.publishing


@pytest.fixture
def three(in_sandbox: Sandbox) -> Sandbox:
    """A sandbox with three connected pixels."""
    for pixel in ("101", "102", "103"):
        in_sandbox.connect(pixel)
    return in_sandbox


@pytest.fixture
def lose(in_sandbox: Sandbox) -> Lose:
    """Loses answers for a while; nothing is sent a second time meanwhile."""
    from contextlib import ExitStack, contextmanager

    @contextmanager
    def losing(fault: str, operation: str, **where: Any) -> Any:
        in_sandbox.clear_requests()
        with ExitStack() as stack:
            stack.enter_context(environment(CAPIG_MAX_RETRIES="0"))
            stack.enter_context(striking(in_sandbox, fault, operation, **where))
            yield

    return losing


# -- a filter's create ---------------------------------------------------------------------------


@every_loss
@one_and_many
def test_a_create_without_an_answer_stays_and_says_so(
    deployment: Deployment, three: Sandbox, lose: Lose, lost: str, names: tuple[str, ...]
) -> None:
    program = {"f": events(names, "101")}
    with lose(lost, FILTER):
        error = deployment.up(program).errors["f"]
    assert UNKNOWN in error
    assert RUN_AGAIN in error
    # Nothing is opened by itself: it may be what another resource holds closed.
    assert deployment.up({}).changes == []
    assert held(three, names, "101") == {("DROP",)}
    # The advice works.
    assert deployment.up(program).errors == {}
    assert deployment.up({}).errors == {}
    assert held(three, names, "101") == {("PUBLISH",)}


@every_loss
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": events(("Lead",), "101")}, {"b": events(("Lead",), "101")}),
        ({"a": events(("Lead",))}, {"b": events(("Lead",))}),
        (
            {"a": events(("Lead",), "101"), "b": events(("Search",), "101")},
            {"c": events(("Lead", "Search"), "101")},
        ),
        (
            {"a": events(("Lead",), "101"), "b": events(("Lead",), "102")},
            {"c": events(("Lead",), "101", "102")},
        ),
    ],
    ids=["rename", "rename account-wide", "merge names", "merge pixels"],
)
@pytest.mark.parametrize("keep_going", [False, True])
def test_a_rename_or_a_merge_that_fails_opens_nothing(
    deployment: Deployment,
    three: Sandbox,
    lose: Lose,
    lost: str,
    before: dict[str, Declared],
    after: dict[str, Declared],
    keep_going: bool,
) -> None:
    deployment.up(before)
    mark = len(three.state.history)
    with lose(lost, FILTER):
        assert set(deployment.up(after, keep_going=keep_going).errors) == set(after)
    assert deployment.up(before).errors == {}
    assert deployment.up(after).errors == {}
    opened = [c for c in three.state.history[mark:] if (c.kind, c.after) == ("event", "PUBLISH")]
    assert opened == []


# -- a filter's update and delete ----------------------------------------------------------------

UPDATES = {
    "opened": (("101",), "DROP", ("101",), "PUBLISH"),
    "closed": (("101",), "PUBLISH", ("101",), "DROP"),
    "account opened": ((), "DROP", (), "PUBLISH"),
    "narrowed": ((), "DROP", ("101",), "DROP"),
    "widened": (("101",), "DROP", (), "DROP"),
    "grown": (("101",), "DROP", ("101", "102"), "DROP"),
    "shrunk": (("101", "102"), "DROP", ("101",), "DROP"),
    "moved": (("101",), "DROP", ("102",), "DROP"),
    "opened and grown": (("101",), "DROP", ("101", "102"), "PUBLISH"),
    "taken out": (("101", "102"), "DROP", None, ""),
    "taken out of the account": ((), "DROP", None, ""),
}

every_update = pytest.mark.parametrize(
    ("scope", "state", "new_scope", "new_state"), UPDATES.values(), ids=UPDATES
)


def states(scope: tuple[str, ...] | None, state: str) -> dict[str, str]:
    """What a filter alone comes to for three pixels."""
    if scope is None:
        return dict.fromkeys(("101", "102", "103"), "PUBLISH")
    return {p: state if p in scope or not scope else "PUBLISH" for p in ("101", "102", "103")}


def programs(
    names: tuple[str, ...],
    scope: tuple[str, ...],
    state: str,
    new_scope: tuple[str, ...] | None,
    new_state: str,
    **more: Any,
) -> tuple[dict[str, Declared], dict[str, Declared]]:
    after = {} if new_scope is None else {"f": events(names, *new_scope, state=new_state)}
    return {"f": events(names, *scope, state=state, **more)}, after


@every_loss
@one_and_many
@every_update
@pytest.mark.parametrize("reading", ["rule-own-first", "rule-own-last", "copies"])
def test_an_update_without_an_answer_is_put_back(
    deployment: Deployment,
    three: Sandbox,
    lose: Lose,
    lost: str,
    names: tuple[str, ...],
    scope: tuple[str, ...],
    state: str,
    new_scope: tuple[str, ...] | None,
    new_state: str,
    reading: Any,
) -> None:
    three.dialect = replace(three.dialect, account_wide=reading)
    before, after = programs(names, scope, state, new_scope, new_state)
    deployment.up(before)
    with lose(lost, FILTER):
        error = deployment.up(after).errors["f"]
    assert UNKNOWN in error
    assert PUT_BACK in error
    # State keeps the old values, so that the reverted program finds nothing to do.
    assert deployment.up(before).changes == []
    old, new = states(scope, state), states(new_scope, new_state)
    own = [p for p in old if p in scope or not scope]
    assert held(three, names, *own) == {tuple(old[p] for p in own)}
    grows = new_scope == () != scope or bool({*(new_scope or ())} - {*own})
    assert (RUN_AGAIN in error) == grows
    # What was added may be in force by the lost request, and the advice takes it back.
    assert deployment.up(after).errors == {}
    assert held(three, names, *new) == {tuple(new.values())}
    assert deployment.up(before).errors == {}
    assert held(three, names, *old) == {tuple(old.values())}


@every_loss
@every_update
def test_where_putting_back_fails_too_the_message_says_so(
    deployment: Deployment,
    three: Sandbox,
    lose: Lose,
    lost: str,
    scope: tuple[str, ...],
    state: str,
    new_scope: tuple[str, ...] | None,
    new_state: str,
) -> None:
    names = ("Lead",)
    before, after = programs(names, scope, state, new_scope, new_state)
    deployment.up(before)
    with lose(lost, FILTER, times=None):
        error = deployment.up(after).errors["f"]
    assert "could not be put back" in error
    assert "`reassert`" in error
    again = programs(names, scope, state, new_scope, new_state, reassert="again")[0]
    assert deployment.up(again).errors == {}
    old = states(scope, state)
    own = [p for p in old if p in scope or not scope]
    assert held(three, names, *own) == {tuple(old[p] for p in own)}


@one_and_many
def test_an_update_that_is_refused_half_way_is_put_back(
    deployment: Deployment, three: Sandbox, names: tuple[str, ...]
) -> None:
    deployment.up({"f": events(names)})
    three.inject(Fault("field-error", code=403, operation=FILTER, after=1))
    error = deployment.up({"f": events(names, state="PUBLISH")}).errors["f"]
    assert PUT_BACK in error
    assert deployment.up({"f": events(names)}).changes == []
    assert held(three, names, "101", "102") == {("DROP", "DROP")}


def test_a_list_that_is_of_no_use_hides_nothing_that_was_sent(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    names, shop = ("Lead", "Search"), {"shop": connection("101")}
    before = {**shop, "f": events(names, "101")}
    deployment.up(before)
    in_sandbox.inject(Fault("field-error", FILTER, code=404, after=1, times=2))
    in_sandbox.inject(Fault("missing-fields", "list", fields=("id", "pixelID", "connectionId")))
    error = deployment.up({**shop, "f": events(names, "101", state="PUBLISH")}).errors["f"]
    assert PUT_BACK in error
    assert "404" in error
    in_sandbox.clear_faults()
    assert deployment.up(before).changes == []
    assert held(in_sandbox, names, "101") == {("DROP",)}


@one_and_many
def test_what_is_refused_at_once_needs_nothing_put_back(
    deployment: Deployment, three: Sandbox, names: tuple[str, ...]
) -> None:
    deployment.up({"f": events(names, "101")})
    three.inject(Fault.status(403, operation=FILTER, times=None))
    three.clear_requests()
    for program in ({"f": events(names, "101", state="PUBLISH")}, {}):
        assert "put back" not in deployment.up(program).errors["f"]
    assert three.counters.requests[FILTER] == 2


@every_loss
def test_names_that_were_added_are_unknown(
    deployment: Deployment, three: Sandbox, lose: Lose, lost: str
) -> None:
    before, after = (
        {"f": events(("Lead", "Search"), "101")},
        {"f": events(("Cart", "Lead"), "101")},
    )
    deployment.up(before)
    with lose(lost, FILTER):
        error = deployment.up(after).errors["f"]
    assert PUT_BACK in error
    assert RUN_AGAIN in error
    assert deployment.up(before).changes == []
    assert held(three, ("Lead", "Search"), "101") == {("DROP",)}
    deployment.up(after)
    deployment.up(before)
    assert held(three, ("Cart",), "101") == {("PUBLISH",)}


# -- a connection's create -----------------------------------------------------------------------


@every_loss
@one_and_many
@pytest.mark.parametrize("scope", [(), ("201",)])
@pytest.mark.parametrize("order", [("c", "f"), ("f", "c")])
def test_a_connection_whose_filters_are_lost_is_undone(
    deployment: Deployment,
    in_sandbox: Sandbox,
    lose: Lose,
    lost: str,
    names: tuple[str, ...],
    scope: tuple[str, ...],
    order: tuple[str, ...],
) -> None:
    in_sandbox.dialect = Dialect(filters_survive_delete=True)
    filters = {"f": events(names, *scope)}
    deployment.up({**filters, "old": connection("200")})
    program = {**filters, "old": connection("200"), "c": connection("201")}
    with lose(lost, FILTER):
        error = deployment.up(program, ["old", *order]).errors["c"]
    assert "the pixel was disconnected again" in error
    assert in_sandbox.state.pixel(in_sandbox.tenant_id, "201") is None
    if not scope:  # what comes from the account alone is opened again
        assert ("SandboxA", names[0], "201") not in {
            key for key, state in in_sandbox.state.event_filters().items() if state == "DROP"
        }
    assert deployment.up(program).errors == {}
    assert held(in_sandbox, names, "201") == {("DROP",)}


@every_loss
def test_a_connection_whose_switch_is_lost_is_undone(
    deployment: Deployment, in_sandbox: Sandbox, lose: Lose, lost: str
) -> None:
    program = {"c": connection("201", publishing=False)}
    with lose(lost, PUBLISHING):
        error = deployment.up(program).errors["c"]
    assert "the pixel was disconnected again" in error
    assert in_sandbox.state.pixel(in_sandbox.tenant_id, "201") is None
    assert deployment.up(program).errors == {}
    assert not publishing(in_sandbox, "201")


def test_what_is_left_where_undoing_fails_is_named(
    deployment: Deployment, in_sandbox: Sandbox, lose: Lose
) -> None:
    in_sandbox.inject(Fault.status(500, operation=DELETE, times=None))
    with lose("reset-after-write", PUBLISHING):
        error = deployment.up({"c": connection("201", publishing=False)}).errors["c"]
    assert "pixel 201 in account SandboxA, connected" in error
    assert "CAPIG_ADOPT=true" in error


# -- a connection's update -----------------------------------------------------------------------


@pytest.fixture
def quiet(deployment: Deployment, in_sandbox: Sandbox) -> Sandbox:
    """A pixel that does not publish though the program does not say so; a setup resets that."""
    in_sandbox.dialect = Dialect(second_setup="resets-switches")
    deployment.up({"c": connection("201", publishing=False)})
    deployment.up({"c": connection("201")})
    assert not publishing(in_sandbox, "201")
    return in_sandbox


@every_loss
def test_a_setup_without_an_answer_leaves_no_switch_turned(
    deployment: Deployment, quiet: Sandbox, lose: Lose, lost: str
) -> None:
    program = {"c": connection("201", pixel_name="Shop")}
    with lose(lost, SETUP):
        assert UNKNOWN in deployment.up(program).errors["c"]
    assert not publishing(quiet, "201")
    assert deployment.up(program).errors == {}
    assert not publishing(quiet, "201")


@pytest.mark.parametrize("fault", ["reset-before-write", "502-page", "503", "403"])
def test_a_switch_that_could_not_be_put_back_is_named_and_put_back_by_the_next_run(
    deployment: Deployment, quiet: Sandbox, lose: Lose, fault: str
) -> None:
    program = {"c": connection("201", pixel_name="Shop")}
    with lose(fault, PUBLISHING, times=None):
        error = deployment.up(program).errors["c"]
    assert "publishing was off before and is on now" in error
    assert "The next `pulumi up` with this program switches it off again" in error
    assert publishing(quiet, "201")
    assert deployment.up(program).errors == {}
    assert not publishing(quiet, "201")
    # Going back with the advice that the message gives does it, too.
    assert "`reassert`" in error


def test_going_back_with_a_new_reassert_puts_the_switch_back(
    deployment: Deployment, quiet: Sandbox, lose: Lose
) -> None:
    with lose("503", PUBLISHING, times=None):
        deployment.up({"c": connection("201", pixel_name="Shop")})
    assert deployment.up({"c": connection("201", reassert="back")}).errors == {}
    assert not publishing(quiet, "201")


@every_loss
def test_a_switch_that_was_put_back_without_an_answer_is_not_named(
    deployment: Deployment, quiet: Sandbox, lose: Lose, lost: str
) -> None:
    with lose(lost, PUBLISHING):
        error = deployment.up({"c": connection("201", pixel_name="Shop")}).errors["c"]
    assert "was off before" not in error
    assert not publishing(quiet, "201")


@pytest.mark.parametrize("broken", [SETUP, FILTER])
def test_a_pixel_that_is_taken_over_keeps_its_switches_where_that_fails(
    deployment: Deployment, in_sandbox: Sandbox, lose: Lose, broken: str
) -> None:
    in_sandbox.dialect = Dialect(second_setup="resets-switches")
    in_sandbox.connect("201", publishing=False)
    program = {"f": events(("Lead",), "102"), "c": connection("201", adopt=True)}
    program["g"] = events(("Search",), "201")
    with lose("reset-after-write", broken, after=int(broken == FILTER)):
        assert "c" in deployment.up(program).errors
    assert not publishing(in_sandbox, "201")


def test_a_taken_over_switch_that_cannot_be_put_back_is_told_how_to_turn_it_off(
    deployment: Deployment, in_sandbox: Sandbox, lose: Lose
) -> None:
    in_sandbox.dialect = Dialect(second_setup="resets-switches")
    in_sandbox.connect("201", publishing=False)
    with lose("503", PUBLISHING, times=None):
        error = deployment.up({"c": connection("201", adopt=True)}).errors["c"]
    assert "publishing was off before and is on now" in error
    assert "declare publishing=False" in error
    deployment.up({"c": connection("201", adopt=True, publishing=False)})
    assert not publishing(in_sandbox, "201")


@every_loss
def test_a_renamed_connection_that_fails_leaves_the_old_one_as_it_was(
    deployment: Deployment, in_sandbox: Sandbox, lose: Lose, lost: str
) -> None:
    in_sandbox.dialect = Dialect(second_setup="resets-switches")
    before = {"a": connection("201", publishing=False)}
    deployment.up(before)
    renamed = {"b": connection("201", publishing=True, adopt=True)}
    with lose(lost, SETUP):
        assert set(deployment.up(renamed, keep_going=True).errors) == {"a", "b"}
    assert deployment.up(before).changes == []
    assert not publishing(in_sandbox, "201")


@every_loss
def test_a_take_over_that_fails_says_how_to_go_back_to_what_its_setup_forgot(
    deployment: Deployment, in_sandbox: Sandbox, lose: Lose, lost: str
) -> None:
    in_sandbox.dialect = Dialect(second_setup_filters="forgets")
    leads = events(("Lead",), "201")
    before = {"a": connection("201"), "leads": leads}
    deployment.up(before)
    with lose(lost, SETUP):
        errors = deployment.up({"b": connection("201", adopt=True), "leads": leads}).errors
    assert "run it with `CAPIG_REASSERT` set to a new value" in errors["b"]
    with environment(CAPIG_REASSERT="again"):
        assert deployment.up(before).errors == {}
    assert in_sandbox.state.effective_event(in_sandbox.tenant_id, "Lead", "201") == "DROP"

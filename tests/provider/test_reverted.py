"""What fails beside other resources, and is reverted: nothing that is declared DROP stays open."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pulumi_capig.sandbox import Dialect, Fault, Sandbox
from tests.provider.test_put_back import (
    DELETE,
    FILTER,
    PUT_BACK,
    RUN_AGAIN,
    Declared,
    Lose,
    connection,
    events,
    held,
    lose,
    three,
)
from tests.support.deployment import UNKNOWN, Deployment
from tests.support.strikes import environment

__all__ = ["lose", "three"]  # fixtures

LEAD = ("Lead",)
ONE, TWO, BOTH = ("101",), ("102",), ("101", "102")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"old": events(LEAD, *ONE)}, {"new": events(LEAD, *ONE, state="PUBLISH")}),
        (
            {"f": events(LEAD, *ONE, state="PUBLISH"), "old": events(LEAD, *TWO)},
            {"f": events(LEAD, *BOTH, state="PUBLISH")},
        ),
        (
            {"f": events(LEAD, *ONE), "old": events(LEAD, *TWO)},
            {"f": events(LEAD, *BOTH, state="PUBLISH")},
        ),
    ],
    ids=["rename", "grown", "opened and grown"],
)
def test_a_publish_without_an_answer_says_what_helps(
    deployment: Deployment,
    three: Sandbox,
    lose: Lose,
    before: dict[str, Declared],
    after: dict[str, Declared],
) -> None:
    deployment.up(before)
    with lose("502-page-after-write", FILTER):
        (error,) = deployment.up(after).errors.values()
    assert RUN_AGAIN in error
    # The advice works.
    assert deployment.up(after).errors == {}
    assert deployment.up(before).errors == {}
    assert held(three, LEAD, "101" if "f" not in after else "102") == {("DROP",)}


def test_a_publish_that_is_refused_at_once_says_no_more(
    deployment: Deployment, three: Sandbox
) -> None:
    three.inject(Fault.status(403, operation=FILTER))
    error = deployment.up({"f": events(LEAD, "101", state="PUBLISH")}).errors["f"]
    assert RUN_AGAIN not in error


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"a": events(LEAD, "101", "102"), "b": events(LEAD, "102", "103")},
            {"a": events(LEAD, "101"), "b": events(LEAD, "102", "103", state="PUBLISH")},
        ),
        (
            {"a": events(LEAD, "101", "102"), "b": events(("Lead", "Search"), "102")},
            {"a": events(LEAD, "101")},
        ),
    ],
    ids=["update", "delete"],
)
def test_what_another_filter_opened_is_put_back_where_the_own_step_is_refused(
    deployment: Deployment,
    three: Sandbox,
    before: dict[str, Declared],
    after: dict[str, Declared],
) -> None:
    deployment.up(before)
    three.inject(Fault.status(403, operation=FILTER, after=1))
    assert deployment.up(after).errors.keys() == {"b"}
    assert deployment.up({**after, "b": before["b"]}).errors == {}
    assert held(three, LEAD, "102") == {("DROP",)}


OTHER = {"other": events(("Search",), "101")}
A, B = events(LEAD, "101", "102"), events(LEAD, "102", "103")


@pytest.mark.parametrize(
    ("a", "b", "first"),
    [
        (events(LEAD, "101"), events(LEAD, "102", "103", state="PUBLISH"), 0),
        (None, None, 0),
        (events(LEAD, "101"), None, 1),
        (None, events(LEAD, "102", "103", state="PUBLISH"), 0),
    ],
    ids=["update, update", "delete, delete", "update, delete", "delete, update"],
)
def test_what_a_filter_keeps_is_opened_by_no_other_afterwards(
    deployment: Deployment, three: Sandbox, a: Declared | None, b: Declared | None, first: int
) -> None:
    deployment.up({**OTHER, "b": B, "a": A})
    after = {**OTHER, **{name: f for name, f in (("b", b), ("a", a)) if f}}
    three.inject(Fault.status(403, operation=FILTER, after=first))
    result = deployment.up(
        after, keep_going=True, delete_order=lambda names: sorted(names, reverse=True)
    )
    assert result.errors.keys() == {"b"}
    assert deployment.up({**after, "b": B}).errors == {}
    assert held(three, LEAD, "102") == {("DROP",)}


def test_what_was_put_back_stays_so(deployment: Deployment, three: Sandbox) -> None:
    three.dialect = Dialect(filter_unknown_pixel="404")
    deployment.up({"b": B, "a": A})
    three.disconnect("103")  # by hand
    after = {"b": events(LEAD, "102", "103", state="PUBLISH"), "a": events(LEAD, "101")}
    result = deployment.up(after, keep_going=True)
    assert result.errors.keys() == {"b"}
    assert PUT_BACK in result.errors["b"]
    deployment.up({**after, "b": B})
    assert held(three, LEAD, "102") == {("DROP",)}


def test_a_pixel_that_comes_gets_what_a_filter_keeps(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    before = {"shop": connection("101"), "wide": events(LEAD)}
    deployment.up(before)
    in_sandbox.inject(Fault.status(403, operation=FILTER))
    wide = events(LEAD, state="PUBLISH")
    after = {"shop": before["shop"], "wide": wide, "new": connection("102")}
    assert deployment.up(after, keep_going=True).errors.keys() == {"wide"}
    assert deployment.up({**after, "wide": before["wide"]}).changes == []
    assert held(in_sandbox, LEAD, "101", "102") == {("DROP", "DROP")}


@pytest.fixture(params=["rule-own-first", "rule-own-last", "copies"])
def lasting(request: pytest.FixtureRequest, in_sandbox: Sandbox) -> Sandbox:
    """A gateway that keeps the filters of a pixel which is disconnected, in each reading."""
    in_sandbox.dialect = Dialect(account_wide=request.param, filters_survive_delete=True)
    return in_sandbox


def test_what_a_filter_keeps_goes_with_a_connection_that_is_undone(
    deployment: Deployment, lasting: Sandbox
) -> None:
    one = {"one": connection("101")}
    deployment.up({**one, "f": events(("Buy", "Lead", "Search"))})
    lasting.inject(Fault.status(403, operation=FILTER))
    lasting.inject(Fault.status(403, operation="updateSignalConfigCapiPublish"))
    after = {"f": events(("Buy", "Search")), **one, "two": connection("102", publishing=False)}
    result = deployment.up(after, keep_going=True)
    assert result.errors.keys() == {"f", "two"}
    assert "disconnected again" in result.errors["two"]
    assert deployment.up(after).errors == {}
    assert held(lasting, LEAD, "101", "102") == {("PUBLISH", "PUBLISH")}


@pytest.mark.parametrize("first", ["one", "wide"])
@pytest.mark.parametrize("opened", [True, False], ids=["opened", "taken out"])
def test_a_pixel_that_leaves_beside_a_filter_that_is_kept_leaves_no_entry(
    deployment: Deployment, lasting: Sandbox, first: str, opened: bool
) -> None:
    shops = {"one": connection("101"), "two": connection("102")}
    deployment.up({**shops, "wide": events(LEAD)})
    lasting.inject(Fault.status(403, operation=FILTER))
    after = {"two": shops["two"]}
    if opened:
        after["wide"] = events(LEAD, state="PUBLISH")
    deployment.up(
        after, keep_going=True, delete_order=lambda names: sorted(names, reverse=first == "wide")
    )
    lasting.clear_faults()
    assert deployment.up(after).errors == {}
    assert deployment.up({"two": shops["two"]}).errors == {}
    assert deployment.up(shops).errors == {}
    assert held(lasting, LEAD, "101", "102") == {("PUBLISH", "PUBLISH")}


def test_a_pixel_that_leaves_before_its_filter_opens_leaves_no_entry(
    deployment: Deployment, lasting: Sandbox
) -> None:
    shops = {"one": connection("101"), "two": connection("102")}
    deployment.up({**shops, "wide": events(LEAD)})
    after = {"one": connection("103"), "two": shops["two"], "wide": events(LEAD, state="PUBLISH")}
    assert deployment.up(after, delete_first=True).errors == {}
    del after["wide"]
    assert deployment.up(after).errors == {}
    assert deployment.up(shops).errors == {}
    assert held(lasting, LEAD, "101", "102") == {("PUBLISH", "PUBLISH")}


@pytest.mark.parametrize("comes", [False, True], ids=["let go", "brought"])
def test_a_whole_account_that_a_filter_keeps_is_opened_nowhere(
    deployment: Deployment, lasting: Sandbox, comes: bool
) -> None:
    lasting.connect("101")
    new = {"new": connection("102")} if comes else {}
    wide, opened = events(LEAD), {"wide": events(LEAD, state="PUBLISH")}
    before = {"wide": wide} if comes else {"wide": wide, "listed": events(LEAD, "101")}
    deployment.up(before)
    lasting.inject(Fault.status(403, operation=FILTER))
    lasting.inject(Fault.status(403, operation=FILTER, after=1 if comes else 0))
    other = {"other": events(LEAD, "101", *(["102"] if comes else []), state="PUBLISH")}
    result = deployment.up({**opened, **new, **other}, keep_going=True)
    assert result.errors.keys() == {"wide", "other"}
    lasting.clear_faults()
    deployment.up({"wide": wide, **new})
    assert held(lasting, LEAD, "101", *(["102"] if comes else [])) in (
        {("DROP",)},
        {("DROP", "DROP")},
    )


def test_a_step_that_cannot_be_planned_is_put_back_too(
    deployment: Deployment, three: Sandbox
) -> None:
    three.disconnect("103")
    deployment.up({"shop": connection("103", publishing=True), "a": A, "b": B})
    three.inject(Fault.status(403, operation="list", times=None))
    shop = {"shop": connection("103", publishing=False)}
    after = {**shop, "a": events(LEAD, "101"), "b": events(LEAD, "102", "103", state="PUBLISH")}
    result = deployment.up(after, keep_going=True)
    assert result.errors.keys() == {"b"}
    assert PUT_BACK in result.errors["b"]
    three.clear_faults()
    assert deployment.up({**after, "b": B}).changes == []
    assert held(three, LEAD, "101", "102") == {("DROP", "DROP")}


def test_an_account_s_filter_that_cannot_be_put_back_says_so(
    deployment: Deployment, three: Sandbox
) -> None:
    deployment.up({**OTHER, "wide": events(LEAD), "listed": events(LEAD, "101")})
    three.inject(Fault.status(403, operation="list", times=None))
    error = deployment.up(OTHER, delete_order=sorted).errors["wide"]
    assert "could not be put back" in error
    three.clear_faults()
    assert deployment.up({**OTHER, "wide": events(LEAD, reassert="again")}).errors == {}
    assert held(three, LEAD, "101", "102") == {("DROP", "DROP")}


def test_a_pixel_that_came_with_a_new_state_is_put_back_with_the_old_one(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = Dialect(account_wide="copies")
    before = {"c": connection("101"), "w": events(LEAD)}
    deployment.up(before)
    in_sandbox.inject(Fault.status(403, operation=FILTER, after=1))
    opened = {"n": connection("102"), "w": events(LEAD, state="PUBLISH"), "c": connection("101")}
    assert deployment.up(opened).errors.keys() == {"w"}
    deployment.up({**before, "n": connection("102")})
    assert held(in_sandbox, LEAD, "101", "102") == {("DROP", "DROP")}


@pytest.mark.parametrize("lost", [None, 500])
def test_a_setting_that_is_sent_twice_counts_once_it_is_sent_twice(
    deployment: Deployment, three: Sandbox, lost: int | None
) -> None:
    three.dialect = Dialect(account_wide="copies", filter_unknown_pixel="404")
    deployment.up({"f": events(LEAD)})
    if lost:
        three.inject(Fault("field-error", FILTER, code=lost, after=1, times=1))
    three.inject(Fault("field-error", FILTER, code=404, after=2, times=1))
    with environment(CAPIG_MAX_RETRIES="0"):
        deployment.up({"f": events(LEAD, "101")})
    three.clear_faults()
    assert deployment.up({"f": events(LEAD, "101")}).errors == {}
    assert held(three, LEAD, "101") == {("DROP",)}


def test_a_pixel_that_goes_before_its_filters_come_ends_the_step(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = Dialect(filter_unknown_pixel="404")
    in_sandbox.connect("102")
    program = {"c": connection("101"), "f": events(LEAD, "101", "102")}
    results: list[Any] = []
    with in_sandbox.hold(FILTER) as gate:
        running = threading.Thread(
            target=lambda: results.append(deployment.up(program)), daemon=True
        )
        running.start()
        gate.wait()
        in_sandbox.disconnect("101")
        gate.release()
        running.join(60)
    assert not running.is_alive()
    assert "so pixel 101 is missing what the program declares" in results[0].errors["c"]


@pytest.mark.parametrize("change", [{"access_token": "EAAC"}, {"publishing": True}], ids=str)
def test_a_recovery_that_fails_says_how_it_goes_on(
    deployment: Deployment, in_sandbox: Sandbox, change: dict[str, Any]
) -> None:
    in_sandbox.dialect = Dialect(account_wide="copies")
    deployment.up({"c": connection("101"), "w": events(LEAD)})
    in_sandbox.disconnect("101")
    in_sandbox.connect("101")  # as a kill between the connection and its filters leaves it
    program = {"c": connection("101", **change), "w": events(LEAD)}
    in_sandbox.inject(Fault.status(403, operation=FILTER))
    with environment(CAPIG_ADOPT="true"):
        error = deployment.up(program).errors["c"]
        assert "Run `CAPIG_ADOPT=true pulumi up` again" in error
        assert deployment.up(program).errors == {}
    assert held(in_sandbox, LEAD, "101") == {("DROP",)}


def test_a_disconnect_whose_filters_fail_says_that_the_pixel_is_off(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    program = {"c": connection("101"), "w": events(LEAD)}
    deployment.up(program)
    in_sandbox.inject(Fault.status(403, operation=FILTER))
    error = deployment.up({"w": program["w"]}).errors["c"]
    assert "already in force: pixel 101 disconnected" in error
    assert "run `pulumi refresh` first" in error
    # The advice works.
    deployment.refresh()
    assert deployment.up(program).errors == {}
    assert in_sandbox.state.pixel(in_sandbox.tenant_id, "101") is not None
    assert held(in_sandbox, LEAD, "101") == {("DROP",)}


def test_a_filter_that_nothing_was_sent_of_is_not_said_to_be_put_back(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.connect("102")
    deployment.up({"c": connection("101"), "w": events(LEAD)})
    in_sandbox.inject(Fault.status(403, operation=FILTER))
    error = deployment.up({}).errors["w"]
    assert "put back" not in error
    assert in_sandbox.state.effective_event(in_sandbox.tenant_id, *LEAD, "102") == "DROP"


def test_a_pixel_that_could_not_be_disconnected_is_still_connected(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = Dialect(account_wide="rule-own-first")
    deployment.up({"own": events(LEAD, "101", state="PUBLISH")})
    deployment.up({})  # leaves an entry, which comes before what the account says
    in_sandbox.inject(Fault("field-error", FILTER, code=403, pixel="101"))
    in_sandbox.inject(Fault.status(403, operation=DELETE, times=None))
    in_sandbox.inject(Fault("field-error", FILTER, code=404, pixel="101", times=None))
    program = {"c": connection("101"), "w": events(LEAD)}
    errors = deployment.up(program, keep_going=True).errors
    assert "Left at the gateway: pixel 101" in errors["c"]
    assert "404" in errors["w"]


def test_what_a_killed_update_connected_gets_its_filters_from_the_next_up(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = Dialect(account_wide="copies")
    deployment.up({"c": connection("101"), "w": events(LEAD)})
    in_sandbox.disconnect("101")
    in_sandbox.connect("101")  # by an update of the token, which was killed
    program = {"c": connection("101", access_token="EAAC"), "w": events(LEAD)}
    assert deployment.up(program).errors == {}
    assert held(in_sandbox, LEAD, "101") == {("DROP",)}


def test_an_update_whose_undoing_failed_says_how_to_go_back(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    program = {"c": connection("101"), "w": events(LEAD)}
    deployment.up(program)
    in_sandbox.disconnect("101")
    in_sandbox.inject(Fault.status(403, operation=FILTER))
    in_sandbox.inject(Fault.status(403, operation=DELETE))
    changed = {**program, "c": connection("101", access_token="EAAC")}
    error = deployment.up(changed).errors["c"]
    assert "To go back to the old values instead, also set a new `reassert`" in error
    # The advice works.
    back = {**program, "c": connection("101", reassert="2")}
    with environment(CAPIG_ADOPT="true"):
        assert deployment.up(back).errors == {}
    assert held(in_sandbox, LEAD, "101") == {("DROP",)}


def test_a_recovery_sends_a_late_filter_again(deployment: Deployment, in_sandbox: Sandbox) -> None:
    in_sandbox.dialect = Dialect(account_wide="copies")
    program, late = {"c": connection("101"), "w": events(LEAD)}, frozenset({"w"})
    deployment.up(program, apart=late)
    in_sandbox.disconnect("101")
    in_sandbox.connect("101")
    program["c"] = connection("101", access_token="EAAC")
    with environment(CAPIG_ADOPT="true"):
        assert deployment.up(program, apart=late).errors == {}
    assert held(in_sandbox, LEAD, "101") == {("DROP",)}


def test_what_is_deleted_first_may_be_created_before_that(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"c": connection("101")})
    program = {"c": connection("102"), "d": connection("101")}
    result = deployment.up(program, delete_first=True, late=frozenset({"c"}))
    assert result.errors == {}
    assert {r.id for r in deployment.state.values()} == {"SandboxA/101", "SandboxA/102"}
    assert in_sandbox.state.pixel("SandboxA", "101") is not None


def test_a_late_filter_whose_update_is_refused_says_what_helps(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = Dialect(account_wide="copies")
    late = frozenset({"w"})
    deployment.up({"w": events(LEAD)}, apart=late)
    program = {"c": connection("101"), "w": events(LEAD)}
    in_sandbox.inject(Fault.status(403, operation=FILTER))
    assert "Also set a new `reassert`" in deployment.up(program, apart=late).errors["w"]
    program["w"] = events(LEAD, reassert="2")
    assert deployment.up(program, apart=late).errors == {}
    assert held(in_sandbox, LEAD, "101") == {("DROP",)}


def test_a_preview_that_reads_refuses_nothing_where_adopt_is_not_known_yet(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.connect("101")
    with environment(CAPIG_PREVIEW_READS="true"):
        assert deployment.preview({"c": connection("101", adopt=UNKNOWN)}).errors == {}
        assert deployment.preview({"c": connection("101")}).errors.keys() == {"c"}

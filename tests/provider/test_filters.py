"""The life of filters: few calls, the declared end, and no gap on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from pulumi_capig.sandbox import Dialect, Fault, RequestRecord, Sandbox
from tests.support.deployment import Deployment
from tests.support.provider import UNKNOWN, Provider

EVENT = "EventFilter"
DOMAIN = "DomainFilter"
READINGS = ("rule-own-first", "rule-own-last", "copies")


def lead(*pixels: str, state: str = "DROP", **more: Any) -> tuple[str, dict[str, Any]]:
    arguments: dict[str, Any] = {"event_name": "Lead", "filter_state": state, **more}
    return EVENT, {**arguments, "pixel_ids": list(pixels)} if pixels else arguments


def site(domain: str = "shop.example.com", *pixels: str, **more: Any) -> tuple[str, dict[str, Any]]:
    arguments: dict[str, Any] = {"domain": domain, "filter_state": "DROP", **more}
    return DOMAIN, {**arguments, "pixel_ids": list(pixels)} if pixels else arguments


def connection(pixel: str, **more: Any) -> tuple[str, dict[str, Any]]:
    declared = {"pixel_id": pixel, "business_id": "1", "access_token": "EAAB", "external_id": ""}
    return "PixelConnection", {**declared, **more}


def held(sandbox: Sandbox, *pixels: str, event: str = "Lead") -> list[str | None]:
    return [sandbox.state.effective_event(sandbox.tenant_id, event, p) for p in pixels]


def calls(sandbox: Sandbox) -> list[tuple[str, tuple[str, ...] | None]]:
    """State and pixels of each filter write, in order."""
    return [
        (given["filterState"], tuple(p) if (p := given.get("pixelIds")) is not None else None)
        for record in filter_requests(sandbox)
        for given in record.variables.values()
        if isinstance(given, Mapping) and "filterState" in given
    ]


def filter_requests(sandbox: Sandbox) -> list[RequestRecord]:
    """The requests that wrote filters; each may hold several settings."""
    writes = {"updateEventFilter", "updateDomainFilter"}
    return [r for r in sandbox.requests if writes & {one.operation for one in r.fields}]


def was_open(sandbox: Sandbox, pixel: str) -> bool:
    """Whether the event passed again after it was first dropped."""
    trail = sandbox.state.event_trail(sandbox.tenant_id, "Lead", pixel)
    return "PUBLISH" in trail[trail.index("DROP") :]


@pytest.fixture
def three(in_sandbox: Sandbox) -> Sandbox:
    """A sandbox with three connected pixels."""
    for pixel in ("101", "102", "103"):
        in_sandbox.connect(pixel)
    return in_sandbox


# -- check and diff ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "declared", "failing"),
    [
        (EVENT, {"event_name": ""}, {"event_name"}),
        (EVENT, {"event_name": "x" * 51}, {"event_name"}),
        (EVENT, {"event_name": " Lead"}, {"event_name"}),
        (EVENT, {"filter_state": "MIXED"}, {"filter_state"}),
        (EVENT, {"filter_state": "drop"}, {"filter_state"}),
        (EVENT, {"pixel_ids": []}, {"pixel_ids"}),
        (EVENT, {"pixel_ids": ["101", "", 18904456377094531]}, {"pixel_ids[1]", "pixel_ids[2]"}),
        (EVENT, {"pixel_ids": "101"}, {"pixel_ids"}),
        (DOMAIN, {"domain": "https://a.example"}, {"domain"}),
        (DOMAIN, {"domain": "*.a.example", "filter_state": ""}, {"domain", "filter_state"}),
    ],
)
def test_check_names_everything_that_is_wrong(
    provider: Provider, in_sandbox: Sandbox, kind: str, declared: dict[str, Any], failing: set[str]
) -> None:
    good = {"event_name": "Lead"} if kind == EVENT else {"domain": "a.example"}
    checked = provider.check(kind, None, {**good, "filter_state": "DROP", **declared})
    assert set(checked.failures) == failing
    assert in_sandbox.requests == []


def test_a_standard_event_in_the_wrong_case_is_one_warning(
    provider: Provider, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert provider.check(EVENT, None, lead()[1] | {"event_name": "lead"}).failures == {}
    lines = [line for line in capfd.readouterr().err.splitlines() if "warning" in line]
    assert len(lines) == 1
    assert "Lead" in lines[0]


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (site("Shop.Example.COM."), site("shop.example.com")),
        (site("münchen.example"), site("xn--mnchen-3ya.example")),
        (site("a.example", "102", "101"), site("A.example", "101", "102", "101")),
    ],
)
def test_no_spelling_of_the_same_thing_makes_a_difference(
    deployment: Deployment, one: tuple[str, Any], same: tuple[str, Any]
) -> None:
    deployment.up({"filter": one})
    assert deployment.up({"filter": same}).changes == []
    assert deployment.refresh().changes == []


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"event_name": "Search"}, "replace"),
        ({"event_name": UNKNOWN}, "update"),
        ({"tenant_id": "Other"}, "replace"),
        ({"filter_state": "PUBLISH"}, "update"),
        ({"pixel_ids": ["101", "102"]}, "update"),
        ({"pixel_ids": ["101", UNKNOWN]}, "update"),
        ({"pixel_ids": None}, "update"),
        ({"reassert": "1"}, "update"),
        ({}, "same"),
    ],
)
def test_what_each_change_does(
    deployment: Deployment, three: Sandbox, change: dict[str, Any], step: str
) -> None:
    deployment.up({"lead": lead("101")})
    program = {"lead": (EVENT, {**lead("101")[1], **change})}
    assert deployment.preview(program).steps == [(step, "lead")]


def test_reassert_of_the_run_sends_every_filter_that_has_none_of_its_own(
    deployment: Deployment, three: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = {"lead": lead("101"), "own": lead("102", reassert="mine"), "site": site()}
    deployment.up(program)
    monkeypatch.setenv("CAPIG_REASSERT", "2026-11-25")
    assert sorted(deployment.up(program).changes) == [("update", "lead"), ("update", "site")]
    assert deployment.up(program).changes == []
    monkeypatch.delenv("CAPIG_REASSERT")
    assert deployment.up(program).changes == []


# -- few calls -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "sent"),
    [
        (lead("101"), lead("101", "102"), [("DROP", ("101", "102"))]),
        (lead("101", "102"), lead("101"), [("PUBLISH", ("102",))]),
        (lead("101", "102"), lead("101", "103"), [("DROP", ("101", "103")), ("PUBLISH", ("102",))]),
        (lead("101"), lead("101", state="PUBLISH"), [("PUBLISH", ("101",))]),
        (lead("101"), lead(), [("DROP", None), ("DROP", ("101", "102", "103"))]),
        (
            lead(),
            lead("101"),
            [
                ("DROP", ("101",)),
                ("PUBLISH", None),
                ("DROP", ("101",)),
                ("PUBLISH", ("102", "103")),
            ],
        ),
        (lead(), lead(state="PUBLISH"), [("PUBLISH", None), ("PUBLISH", ("101", "102", "103"))]),
    ],
)
def test_changes_in_place_take_the_fewest_calls(
    deployment: Deployment, three: Sandbox, before: Any, after: Any, sent: list[Any]
) -> None:
    deployment.up({"lead": before})
    three.clear_requests()
    assert deployment.up({"lead": after}).errors == {}
    assert calls(three) == sent
    assert len(filter_requests(three)) == 1
    assert deployment.up({"lead": after}).changes == []


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("walk", list(permutations(["account", "one", "two", "none"], 4)))
def test_from_account_wide_to_listed_and_back_in_every_reading(
    deployment: Deployment, three: Sandbox, reading: Any, walk: tuple[str, ...]
) -> None:
    three.dialect = replace(three.dialect, account_wide=reading)
    programs = {
        "account": ({"f": lead()}, ["DROP", "DROP", "DROP"]),
        "one": ({"f": lead("101")}, ["DROP", "PUBLISH", "PUBLISH"]),
        "two": ({"f": lead("102", "103")}, ["PUBLISH", "DROP", "DROP"]),
        "none": ({}, ["PUBLISH", "PUBLISH", "PUBLISH"]),
    }
    for step in (*walk, walk[0]):
        program, wanted = programs[step]
        assert deployment.up(program).errors == {}
        assert held(three, "101", "102", "103") == wanted


def test_writes_of_one_account_go_one_at_a_time(deployment: Deployment, three: Sandbox) -> None:
    deployment.up({f"f{i}": (EVENT, {**lead("101")[1], "event_name": f"E{i}"}) for i in range(6)})
    assert three.counters.max_concurrent_filter_writes == 1


# -- one run's memory ----------------------------------------------------------------------------


def test_an_unchanged_filter_is_sent_again_where_another_let_its_pixel_go(
    deployment: Deployment, three: Sandbox
) -> None:
    deployment.up({"a": lead("101", "102"), "b": lead("102")})
    after = {"a": lead("101"), "b": lead("102")}
    result = deployment.up(after, order=["a", "b"], picture=False)
    assert result.changes == [("update", "a"), ("update", "b")]
    assert held(three, "102") == ["DROP"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": lead("101", "102"), "b": lead("102")}, {"a": lead("101"), "b": lead("102")}),
        ({"a": lead(), "b": lead("102")}, {"a": lead("101"), "b": lead("102")}),
        ({"a": lead(), "b": lead("102")}, {"b": lead("102")}),
    ],
)
def test_what_a_target_leaves_out_stays_closed(
    deployment: Deployment, three: Sandbox, before: dict[str, Any], after: dict[str, Any]
) -> None:
    deployment.up(before)
    # The engine tells of some other filter of the event at least, where only a delete is targeted.
    targets = frozenset({"a"}) if "a" in after else frozenset({"a", "b"})
    assert deployment.up(after, target=targets).errors == {}
    assert held(three, "102") == ["DROP"]


def test_a_run_that_stops_half_way_opens_nothing_that_stays_declared(
    deployment: Deployment, three: Sandbox
) -> None:
    deployment.up({"a": lead("101", "102"), "b": lead("102")})
    after = {"a": lead("101"), "broken": site("a..b"), "b": lead("102")}
    assert set(deployment.up(after).errors) == {"broken"}
    assert held(three, "102") == ["DROP"]


@pytest.mark.parametrize("refresh", [False])
@pytest.mark.parametrize("order", list(permutations(["a", "b"])))
@pytest.mark.parametrize("late", [(), ("a",), ("b",), ("a", "b")])
@pytest.mark.parametrize("picture", [True, False])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": lead("101")}, {"b": lead("101")}),
        ({"a": lead("101"), "b": lead("102")}, {"a": lead("102"), "b": lead("101")}),
        ({"a": lead("101", "102"), "b": lead("103")}, {"a": lead("101"), "b": lead("102", "103")}),
        ({"a": lead("101", "102"), "b": lead("102")}, {"a": lead("101"), "b": lead("102")}),
        ({"a": lead("101"), "b": lead("102")}, {"a": lead("101", "102")}),
        ({"a": lead(), "b": lead("102")}, {"a": lead("101"), "b": lead("102")}),
        ({"a": lead(), "b": lead("102")}, {"b": lead("102")}),
        ({"a": lead()}, {"b": lead()}),
        ({"a": lead()}, {"a": lead("101"), "b": lead("102", "103")}),
    ],
    ids=[
        "rename", "swap", "hand over", "let go", "merge", "narrow beside another",
        "withdraw beside another", "rename account-wide", "split account-wide",
    ],
)  # fmt: skip
def test_whoever_comes_first_the_end_is_what_is_declared(
    deployment: Deployment,
    three: Sandbox,
    before: dict[str, Any],
    after: dict[str, Any],
    order: tuple[str, ...],
    late: tuple[str, ...],
    refresh: bool,
    picture: bool,
) -> None:
    deployment.up(before)
    result = deployment.up(
        after,
        [n for n in order if n in after],
        late=frozenset(late),
        refresh=refresh,
        picture=picture,
    )
    assert result.errors == {}
    dropped = {p for _, a in after.values() for p in a.get("pixel_ids", ("101", "102", "103"))}
    assert held(three, "101", "102", "103") == [
        "DROP" if pixel in dropped else "PUBLISH" for pixel in ("101", "102", "103")
    ]
    assert deployment.up(after).changes == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"a": lead("101")}, {"b": lead("101")}),
        ({"a": lead()}, {"b": lead()}),
        ({"a": lead("101")}, {"a": lead("101", "102")}),
        ({"a": lead("101")}, {"a": lead()}),
    ],
)
def test_what_stays_declared_never_passes_on_the_way(
    deployment: Deployment, three: Sandbox, before: dict[str, Any], after: dict[str, Any]
) -> None:
    deployment.up(before)
    deployment.up(after)
    assert not was_open(three, "101")


def test_a_renamed_event_opens_the_old_one_and_closes_the_new_one_first(
    deployment: Deployment, three: Sandbox
) -> None:
    deployment.up({"f": lead("101")})
    result = deployment.up({"f": (EVENT, {**lead("101")[1], "event_name": "Search"})})
    assert result.changes == [("replace", "f"), ("delete", "f")]
    assert held(three, "101") == ["PUBLISH"]
    assert held(three, "101", event="Search") == ["DROP"]


@pytest.mark.parametrize("first", ["connection", "filters"])
@pytest.mark.parametrize("reading", READINGS)
def test_a_pixel_connected_anew_gets_its_filters_again(
    deployment: Deployment, three: Sandbox, first: str, reading: Any
) -> None:
    three.dialect = replace(three.dialect, account_wide=reading)
    filters = {"named": lead("201"), "all": (EVENT, {**lead()[1], "event_name": "Search"})}
    program = {"shop": connection("201"), **filters}
    deployment.up(program)
    three.disconnect("201")
    assert deployment.refresh().steps[0] == ("gone", "shop")
    order = ["shop", *filters] if first == "connection" else [*filters, "shop"]
    assert deployment.up(program, order).errors == {}
    assert held(three, "201") == ["DROP"]
    assert held(three, "201", event="Search") == ["DROP"]
    assert deployment.up(program).changes == []


def test_a_connection_brings_its_filters_and_they_do_not_change(
    deployment: Deployment, three: Sandbox
) -> None:
    program = {"shop": connection("201"), "named": lead("201")}
    deployment.up(program)
    for order in (["shop", "named"], ["named", "shop"]):
        three.disconnect("201")
        deployment.refresh()
        assert deployment.preview(program).steps == [("create", "shop"), ("same", "named")]
        assert deployment.up(program, order).changes == [("create", "shop")]
        assert held(three, "201") == ["DROP"]


def test_a_failed_filter_resend_undoes_the_connection(
    deployment: Deployment, three: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    program = {"named": lead("201"), "shop": connection("201")}
    deployment.up(program)
    three.disconnect("201")
    deployment.refresh()
    three.inject(Fault.status(500, operation="updateEventFilter"))
    result = deployment.up(program)
    assert "disconnected again" in result.errors["shop"]
    assert three.state.pixel(three.tenant_id, "201") is None
    assert deployment.up(program).errors == {}
    assert held(three, "201") == ["DROP"]


def test_a_failed_claim_still_keeps_the_scope_closed(
    deployment: Deployment, three: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    deployment.up({"a": lead("101")})
    three.inject(Fault.status(500, operation="updateEventFilter"))
    result = deployment.up({"b": lead("101")}, keep_going=True)
    assert set(result.errors) == {"b"}
    assert held(three, "101") == ["DROP"]
    assert deployment.up({"b": lead("101")}).errors == {}
    assert held(three, "101") == ["DROP"]


# -- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialect", "declared", "verification"),
    [
        ({}, lead("101"), "echoed"),
        ({}, lead(), "echoed"),
        ({}, lead("101", "102"), "echoed"),
        ({"filter_echo_several": "null"}, lead("101", "102"), "accepted"),
        ({"filter_echo_several": "mixed"}, lead("101", "102"), "accepted"),
        # The account's common state, which says nothing of pixels that are not connected yet.
        ({"filter_echo_several": "mixed"}, lead("901", "902"), "accepted"),
        ({"filter_echo_missing": frozenset({"filterState"})}, lead("101"), "accepted"),
        ({"filter_echo_missing": frozenset({"updatedFilter"})}, lead("101"), "accepted"),
        ({"unknown_fields": frozenset({"EventFilter.pixelId"})}, lead(), "accepted"),
    ],
)
def test_how_well_the_gateway_confirmed_it(
    deployment: Deployment,
    three: Sandbox,
    dialect: dict[str, Any],
    declared: Any,
    verification: str,
) -> None:
    three.dialect = replace(three.dialect, **dialect)
    assert deployment.up({"f": declared}).errors == {}
    assert deployment.state["f"].outputs["verification"] == verification
    assert deployment.up({"f": declared}).changes == []


def test_withdrawing_what_is_gone_is_done(deployment: Deployment, three: Sandbox) -> None:
    three.dialect = replace(three.dialect, filter_unknown_pixel="404")
    deployment.up({"f": lead("101", "102"), "g": site("a.example", "101")})
    three.disconnect("101")
    assert deployment.destroy().errors == {}
    assert held(three, "102") == ["PUBLISH"]


def test_a_lost_answer_is_repeated(deployment: Deployment, three: Sandbox) -> None:
    three.inject(Fault("reset", operation="updateEventFilter", applied=True))
    assert deployment.up({"f": lead("101")}).errors == {}
    assert held(three, "101") == ["DROP"]


def test_an_update_without_a_certain_answer_says_so(
    deployment: Deployment, three: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    deployment.up({"f": lead("101")})
    three.inject(Fault("reset", operation="updateEventFilter", applied=True))
    error = deployment.up({"f": lead("101", state="PUBLISH")}).errors["f"]
    assert "may already hold the new state" in error
    assert deployment.state["f"].outputs["filter_state"] == "DROP"


def test_an_update_that_fails_half_way_is_put_back(deployment: Deployment, three: Sandbox) -> None:
    deployment.up({"f": lead()})
    three.inject(Fault("field-error", code=403, operation="updateEventFilter", after=1))
    error = deployment.up({"f": lead(state="PUBLISH")}).errors["f"]
    assert "its former state was put back and is in force [code 403]" in error
    # Pulumi's state holds the old state, so that the reverted program finds nothing to do.
    assert deployment.up({"f": lead()}).changes == []
    assert held(three, "101", "102") == ["DROP", "DROP"]


@pytest.mark.parametrize("times", [1, 2])
def test_a_refused_part_of_a_withdrawal_is_not_forgotten(
    deployment: Deployment, three: Sandbox, times: int
) -> None:
    deployment.up({"f": lead()})
    where = {"operation": "updateEventFilter", "pixel": "102", "times": times}
    three.inject(Fault("field-error", code=400, **where))
    error = deployment.up({}).errors.get("f", "")
    assert ("its former state was put back" in error) == (times == 2)
    assert held(three, "101", "102", "103") == ["DROP" if times == 2 else "PUBLISH"] * 3
    assert deployment.up({}).errors == {}
    assert held(three, "101", "102", "103") == ["PUBLISH"] * 3


def test_a_pixel_that_the_gateway_does_not_know_spoils_no_other(
    deployment: Deployment, three: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    three.dialect = replace(three.dialect, filter_unknown_pixel="404")
    deployment.up({"f": lead("101", "102", "103")})
    three.disconnect("102")
    program = {"f": lead("101", "103", state="PUBLISH")}
    three.inject(Fault("reset", operation="updateEventFilter", applied=True, after=1))
    assert "put back and is in force" in deployment.up(program).errors["f"]
    assert held(three, "101", "103") == ["DROP"] * 2
    assert deployment.up(program).errors == {}
    assert held(three, "101", "103") == ["PUBLISH"] * 2


def test_refused_after_a_lost_answer_is_no_certain_refusal(
    deployment: Deployment, three: Sandbox
) -> None:
    deployment.up({"f": lead("101")})
    three.inject(Fault("reset", operation="updateEventFilter", applied=True))
    three.inject(Fault.status(403, operation="updateEventFilter"))
    error = deployment.up({"f": lead("101", state="PUBLISH")}).errors["f"]
    assert "403" in error
    assert "may already hold the new state" in error


def test_a_gateway_that_moved_gets_every_filter_again(
    deployment: Deployment, three: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = {"f": lead("101"), "g": site()}
    deployment.up(program)
    with Sandbox() as moved:
        moved.connect("101")
        monkeypatch.setenv("CAPIG_GATEWAY", moved.url)
        assert "CAPIG_MOVED_FROM" in deployment.preview(program).errors["f"]
        monkeypatch.setenv("CAPIG_MOVED_FROM", three.url)
        assert deployment.preview(program).steps == [("update", "f"), ("update", "g")]
        assert deployment.up(program).errors == {}
        assert held(moved, "101") == ["DROP"]
        monkeypatch.delenv("CAPIG_MOVED_FROM")
        assert deployment.up(program).changes == []


def test_refresh_of_filters_sends_nothing(deployment: Deployment, three: Sandbox) -> None:
    deployment.up({"f": lead("101"), "g": site()})
    three.clear_requests()
    assert deployment.refresh().changes == []
    assert three.requests == []


# -- what earlier runs left ---------------------------------------------------------------------


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("alone", [True, False])
def test_a_run_that_does_not_get_as_far_as_a_filter_leaves_no_pixel_open(
    deployment: Deployment, in_sandbox: Sandbox, reading: str, wide: bool, alone: bool
) -> None:
    in_sandbox.dialect = replace(in_sandbox.dialect, account_wide=reading)
    # A list may name a pixel that is not connected yet, and may be gone once it is.
    f = lead() if wide else lead("101", "102")
    first = {"f": f} if alone else {"c": connection("101"), "f": f}
    deployment.up(first)
    in_sandbox.dialect = replace(in_sandbox.dialect, account_wide="copies")
    program = {"c": connection("101"), "new": connection("102"), "bad": site("no domain"), "f": f}
    assert set(deployment.up(program).errors) == {"bad"}  # "f" was not reached
    mended = {"c": connection("101"), "new": connection("102"), "f": f}
    assert held(in_sandbox, "101", "102") == ["DROP", "DROP"]  # the connections brought it
    assert deployment.preview(mended).changes == []
    assert deployment.up(mended, ["f", "c", "new"]).changes == []
    assert held(in_sandbox, "101", "102") == ["DROP", "DROP"]
    assert deployment.up(mended).changes == []


@pytest.mark.parametrize("order", list(permutations(("f", "c", "new"))))
def test_a_pixel_that_is_taken_over_gets_the_filters_that_were_there_before(
    deployment: Deployment, in_sandbox: Sandbox, order: tuple[str, ...]
) -> None:
    in_sandbox.dialect = replace(in_sandbox.dialect, account_wide="copies")
    program = {"c": connection("101"), "f": lead()}
    deployment.up(program)
    # Connected by hand, or by a run that was killed before it could say so.
    in_sandbox.connect("102")
    program = {**program, "new": connection("102", adopt=True)}
    assert deployment.up(program, order).errors == {}
    assert held(in_sandbox, "102") == ["DROP"]
    assert deployment.up(program).changes == []


def test_taking_over_a_fleet_sends_new_filters_once(deployment: Deployment, three: Sandbox) -> None:
    fleet = {p: ("PixelConnection", {"pixel_id": p, "adopt": True}) for p in ("101", "102", "103")}
    three.clear_requests()
    assert deployment.up({"f": lead(), **fleet}).errors == {}
    assert calls(three) == [("DROP", None), ("DROP", ("101", "102", "103"))]


@pytest.mark.parametrize("also", [lead(), lead("101")], ids=["wide", "listed"])
def test_a_reassert_of_what_another_filter_takes_over_is_sent(
    deployment: Deployment, in_sandbox: Sandbox, also: Any
) -> None:
    in_sandbox.dialect = Dialect(account_wide="copies")
    deployment.up({"f": lead(), "also": also})
    in_sandbox.connect("101")  # by hand: it has no copy
    deployment.up({"f": lead("101", reassert="again"), "also": also})
    assert held(in_sandbox, "101") == ["DROP"]


def test_a_reassert_of_a_name_that_another_filter_takes_over_is_sent(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    def names(*events: str, **more: Any) -> tuple[str, dict[str, Any]]:
        return "EventFilters", {"event_names": [*events], "filter_state": "DROP", **more}

    in_sandbox.dialect = Dialect(account_wide="copies")
    deployment.up({"f": names("Buy", "Lead"), "also": lead()})
    in_sandbox.connect("101")  # by hand: it has no copy
    deployment.up({"f": names("Buy", reassert="again"), "also": lead()})
    assert held(in_sandbox, "101") == ["DROP"]


@pytest.mark.parametrize("reading", READINGS)
def test_no_entry_of_a_pixel_outlives_the_filter_that_made_it(
    deployment: Deployment, in_sandbox: Sandbox, reading: Any
) -> None:
    in_sandbox.dialect = Dialect(account_wide=reading, filters_survive_delete=True)
    both = {"one": connection("101"), "two": connection("102"), "f": lead()}
    deployment.up(both)
    deployment.up({"one": both["one"], "f": both["f"]})  # 102 leaves first
    deployment.up({"one": both["one"]})  # then the filter
    deployment.up({"one": both["one"], "two": both["two"]})
    assert held(in_sandbox, "101", "102") in ([None, None], ["PUBLISH", "PUBLISH"])


@pytest.mark.parametrize("state", ["PUBLISH", "DROP"])
def test_an_entry_of_a_pixel_that_is_gone_follows_its_filter(
    deployment: Deployment, in_sandbox: Sandbox, state: str
) -> None:
    in_sandbox.dialect = Dialect(filters_survive_delete=True)
    one, two = connection("101"), connection("102")
    deployment.up({"one": one, "two": two, "f": lead("102")})
    deployment.up({"one": one, "f": lead("102")})
    # From a list to the account, then something else, while the pixel is gone.
    deployment.up({"one": one, "f": lead(state=state)})
    deployment.up({"one": one, "f": lead(state=state, reassert="again")})
    assert held(in_sandbox, "101") == [state]
    deployment.up({"one": one})
    in_sandbox.connect("102")
    assert held(in_sandbox, "101", "102") == ["PUBLISH", "PUBLISH"]


@pytest.mark.parametrize("names", list(permutations(("one", "two", "f"))))
def test_a_destroy_leaves_no_entry_whatever_goes_first(
    deployment: Deployment, in_sandbox: Sandbox, names: tuple[str, ...]
) -> None:
    in_sandbox.dialect = Dialect(filters_survive_delete=True)
    both = {"one": connection("101"), "two": connection("102"), "f": lead()}
    deployment.up(both)
    order = {name: index for index, name in enumerate(names)}
    gone = deployment.up(
        {}, delete_order=lambda keys: sorted(keys, key=lambda key: order[key.split()[0]])
    )
    assert gone.errors == {}
    deployment.up({"one": both["one"], "two": both["two"]})
    assert held(in_sandbox, "101", "102") == ["PUBLISH", "PUBLISH"]


@pytest.mark.parametrize("answer", ["404", "400"])
def test_entries_of_gone_pixels_that_the_gateway_refuses_are_no_failure(
    deployment: Deployment, in_sandbox: Sandbox, answer: str
) -> None:
    both = {"one": connection("101"), "two": connection("102"), "f": lead()}
    deployment.up(both)
    deployment.up({"one": both["one"], "f": both["f"]})
    in_sandbox.inject(
        Fault.status(int(answer), operation="updateEventFilter", pixel="102", times=None)
    )
    assert deployment.up({"one": both["one"]}).errors == {}
    assert held(in_sandbox, "101") == ["PUBLISH"]

"""What the gateway holds, what its filters come to, and what it went through."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_capig.sandbox import Dialect, Sandbox
from pulumi_capig.sandbox.state import GatewayState, Pixel

if TYPE_CHECKING:
    from conftest import Caller

MODELS = ["rule-own-first", "rule-own-last", "copies"]
A = "SandboxA"


def test_changes_are_recorded_in_order(caller: Caller, sandbox: Sandbox) -> None:
    caller.setup("101")
    caller.event("DROP", ["101"])
    caller.event("DROP", ["101"])
    sandbox.set_switch("101", publishing=False)
    caller.run("deleteDataSource", id="101")
    steps = [
        (change.sequence, change.operation, change.kind, change.key)
        for change in sandbox.state.history
    ]
    assert steps == [
        (1, "setupPixelSignalConfig", "pixel", ("101",)),
        (2, "updateEventFilter", "event_filter", ("Lead", "101")),
        (3, "updateEventFilter", "event", ("Lead", "101")),
        (4, "sandbox", "pixel", ("101",)),
        (5, "deleteDataSource", "pixel", ("101",)),
        (6, "deleteDataSource", "event_filter", ("Lead", "101")),
        (7, "deleteDataSource", "event", ("Lead", "101")),
    ]
    first, *_, third_last, _, _ = sandbox.state.history
    assert first.before is None
    assert isinstance(first.after, Pixel)
    assert isinstance(third_last.before, Pixel)
    assert (third_last.before.publishing, third_last.after) == (False, None)


def test_access_tokens_are_in_no_text(caller: Caller, sandbox: Sandbox) -> None:
    caller.setup("101", accessToken="EAAtopsecret")
    (record,) = sandbox.requests
    assert re.fullmatch("sha256:[0-9a-f]{12}", record.variables["input"]["accessToken"])
    caller.ask_token()
    shown = f"{sandbox.state.history} {sandbox.requests} {sandbox.state.pixels(A)}"
    assert "EAAtopsecret" not in shown
    assert sandbox.client_secret not in shown


def test_trails_show_whether_a_pixel_was_open(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    assert sandbox.state.event_trail(A, "Lead", "101") == ["PUBLISH"]
    caller.event("DROP", ["101"])
    caller.event("PUBLISH", ["101"])
    caller.event("DROP")
    caller.event("DROP", ["101"])
    sandbox.disconnect("101")
    assert sandbox.state.event_trail(A, "Lead", "101") == [
        "PUBLISH", "DROP", "PUBLISH", "DROP", None,
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["event", "domain"])
@pytest.mark.parametrize(
    ("model", "own_then_account", "account_then_own", "account_cleared"),
    [
        ("rule-own-first", "PUBLISH", "PUBLISH", "DROP"),
        ("rule-own-last", "DROP", "DROP", "DROP"),
        ("copies", "DROP", "PUBLISH", "PUBLISH"),
    ],
)
def test_precedence(
    sandbox: Sandbox,
    kind: str,
    model: Any,
    own_then_account: str,
    account_then_own: str,
    account_cleared: str,
) -> None:
    sandbox.dialect = Dialect(account_wide=model)
    write = sandbox.set_event_filter if kind == "event" else sandbox.set_domain_filter
    look = sandbox.state.effective_event if kind == "event" else sandbox.state.effective_domain
    for pixel in ("101", "102"):
        sandbox.connect(pixel)

    write("x", "PUBLISH", ["101"])
    write("x", "DROP")
    assert (look(A, "x", "101"), look(A, "x", "102")) == (own_then_account, "DROP")

    write("y", "DROP")
    write("y", "PUBLISH", ["101"])
    assert (look(A, "y", "101"), look(A, "y", "102")) == (account_then_own, "DROP")

    write("z", "DROP", ["101"])
    write("z", "PUBLISH")
    assert (look(A, "z", "101"), look(A, "z", "102")) == (account_cleared, "PUBLISH")


@pytest.mark.parametrize(
    ("model", "state"),
    [("rule-own-first", "DROP"), ("rule-own-last", "DROP"), ("copies", "PUBLISH")],
)
def test_account_wide_and_pixels_to_come(sandbox: Sandbox, model: Any, state: str) -> None:
    sandbox.dialect = Dialect(account_wide=model)
    sandbox.connect("101")
    sandbox.set_event_filter("Lead", "DROP")
    sandbox.connect("102")
    assert sandbox.state.effective_event(A, "Lead", "102") == state
    assert sandbox.state.event_trail(A, "Lead", "102") == [None, state]


def test_account_wide_publish_clears_the_rule_or_stays(sandbox: Sandbox) -> None:
    sandbox.dialect = Dialect(account_wide="rule-own-last")
    sandbox.set_event_filter("Lead", "DROP")
    sandbox.set_event_filter("Lead", "PUBLISH")
    assert sandbox.state.event_filters() == {}
    sandbox.dialect = Dialect(account_wide="rule-own-first")
    sandbox.set_event_filter("Lead", "PUBLISH")
    assert sandbox.state.event_filters() == {(A, "Lead", None): "PUBLISH"}


@pytest.mark.parametrize(("survive", "state"), [(False, "PUBLISH"), (True, "DROP")])
def test_filters_of_a_pixel_connected_anew(sandbox: Sandbox, survive: bool, state: str) -> None:
    sandbox.dialect = Dialect(filters_survive_delete=survive)
    sandbox.connect("101")
    sandbox.set_event_filter("Lead", "DROP", ["101"])
    sandbox.disconnect("101")
    assert sandbox.state.effective_event(A, "Lead", "101") is None
    sandbox.connect("101")
    assert sandbox.state.effective_event(A, "Lead", "101") == state


def test_entries_written_before_the_connection(sandbox: Sandbox) -> None:
    sandbox.set_event_filter("Lead", "DROP", ["101"])
    assert sandbox.state.event_filters() == {(A, "Lead", "101"): "DROP"}
    sandbox.connect("101")
    assert sandbox.state.event_filters() == {}
    assert sandbox.state.effective_event(A, "Lead", "101") == "PUBLISH"


def test_filters_of_accounts_and_kinds_are_apart(sandbox: Sandbox) -> None:
    for tenant in (A, "SandboxB"):
        sandbox.connect("101", tenant=tenant)
    sandbox.set_event_filter("x", "DROP")
    assert sandbox.state.effective_event("SandboxB", "x", "101") == "PUBLISH"
    assert sandbox.state.effective_domain(A, "x", "101") == "PUBLISH"


PIXELS = st.sampled_from(["1", "2", "3"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("connect"), PIXELS),
        st.tuples(st.just("disconnect"), PIXELS),
        st.tuples(
            st.sampled_from(["DROP", "PUBLISH"]),
            st.none() | st.lists(PIXELS, min_size=1, max_size=4),
        ),
    ),
    max_size=20,
)


@settings(deadline=None)
@given(steps=STEPS, model=st.sampled_from(MODELS), survive=st.booleans())
def test_history_leads_to_what_is(steps: list[Any], model: Any, survive: bool) -> None:
    state = GatewayState([A], Dialect(account_wide=model, filters_survive_delete=survive))
    for what, where in steps:
        if what == "connect":
            state.put_pixel("test", A, Pixel(where))
        elif what == "disconnect":
            state.remove_pixel("test", A, where)
        else:
            state.write_filter("test", "event", A, "Lead", where, what)
    stored: dict[Any, Any] = {}
    effective: dict[Any, Any] = {}
    for change in state.history:
        held = {"event_filter": stored, "event": effective}.get(change.kind)
        if held is not None:
            if change.key in held:
                assert held[change.key] == change.before
            held[change.key] = change.after
    named = {(A, *key): value for key, value in stored.items() if value is not None}
    assert named == state.event_filters()
    for (name, pixel), value in effective.items():
        assert value == state.effective_event(A, name, pixel)


def test_changing_the_model_changes_what_filters_come_to(sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.set_event_filter("Lead", "PUBLISH", ["101"])
    sandbox.set_event_filter("Lead", "DROP")
    assert sandbox.state.effective_event(A, "Lead", "101") == "PUBLISH"
    sandbox.dialect = replace(sandbox.dialect, account_wide="rule-own-last")
    assert sandbox.state.effective_event(A, "Lead", "101") == "DROP"

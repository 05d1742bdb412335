"""Many events, or many websites, as one resource: one difference, changed in place."""

from __future__ import annotations

from pulumi_capig.sandbox import Fault, Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes, logged

SHOP = """
    shop = capig.PixelConnection("shop", pixel_id="101", business_id="1", access_token="EAAB")
"""


def policy(*events: str, **more: str) -> str:
    arguments = {"event_names": str([*events]), "filter_state": '"DROP"', **more}
    listed = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return f'    capig.EventFilters("policy", {listed})\n'


def held(sandbox: Sandbox, *events: str) -> list[str | None]:
    return [sandbox.state.effective_event(sandbox.tenant_id, event, "101") for event in events]


def test_the_life_of_a_policy(stack: Stack, sandbox: Sandbox) -> None:
    blocklist = """
    capig.DomainFilters(
        "sites",
        domains={"Staging.Example.com", "test.example.com."},
        filter_state=capig.FilterState.DROP,
        pixel_ids=[shop.pixel_id],
    )
    """
    stack.write(SHOP + policy("Search", "Lead", "Lead") + blocklist)
    stack.up().ok()
    state = stack.resources()
    found = state["policy"]
    assert found["id"] == "SandboxA/Lead/global"
    assert found["inputs"]["event_names"] == ["Lead", "Search"]
    assert found["outputs"]["verification"] == "echoed"
    assert state["sites"]["id"] == "SandboxA/staging.example.com/101"

    stack.write(SHOP + policy("Search", "Contact") + blocklist)
    assert changes(stack, "preview") == {Change("policy", "update", ("event_names",))}
    sandbox.inject(Fault("field-error", code=403, operation="updateEventFilter", after=2))
    outcome, _ = logged(stack, "up", ok=False)
    assert "its former state was put back and is in force" in outcome.text
    assert "Lead" in outcome.text
    assert held(sandbox, "Lead", "Search") == ["DROP", "DROP"]
    assert changes(stack, "up") == {Change("policy", "update", ("event_names",))}
    assert held(sandbox, "Lead", "Search", "Contact") == ["PUBLISH", "DROP", "DROP"]
    assert stack.resources()["policy"]["id"] == "SandboxA/Lead/global"
    stack.is_settled()

    stack.write(
        SHOP
        + policy("Search", "Contact")
        + """
    capig.EventFilter("one", event_name="Contact", filter_state="PUBLISH", pixel_ids=["101"])
    """
    )
    outcome = stack.preview().failed()
    assert "EventFilter 'one' and EventFilters 'policy' contradict each other: Contact" in (
        outcome.text
    )
    stack.write(SHOP + policy("Search", "Contact", tenant_id='"Other"'))
    assert stack.steps("--target", "**::policy")["policy"] in ("replace", "create-replacement")

    stack.destroy().ok()
    assert "DROP" not in sandbox.state.event_filters().values()
    assert "DROP" not in sandbox.state.domain_filters().values()

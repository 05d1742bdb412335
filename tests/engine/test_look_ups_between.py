"""Synchronous look-ups in the middle of a program: what is declared below them is known."""

from __future__ import annotations

from pulumi_capig.sandbox import Dialect, Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes

SHOP = 'shop = capig.PixelConnection("shop", pixel_id="101", business_id="1", access_token="E")'
LOOK_UP = """
    import pulumi.runtime

    def look_up(name="organization/test/dev"):
        return pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": name}).value
"""


def test_what_stands_below_is_in_the_picture(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.dialect = Dialect(filter_unknown_pixel="404", account_wide="copies")
    program = f"""{LOOK_UP}
    capig.EventFilter("lead", event_name="Lead", filter_state="DROP", pixel_ids=["101"])
    look_up()
    {SHOP}
    look_up()
    capig.DomainFilter("site", domain="a.example.com", filter_state="DROP")
    """
    stack.write(program)
    stack.up("--parallel", "1").ok()
    applied = [request.operation for request in sandbox.requests if request.applied]
    setup = applied.index("setupPixelSignalConfig")
    # The connection, which the engine hears of first, brings both filters.
    assert "updateDomainFilter" in applied[setup + 1]
    assert "updateEventFilter" in applied[setup + 1]
    sandbox.disconnect("101")
    stack.refresh().ok()
    assert changes(stack, "up") == {Change("shop", "create")}
    state, tenant = sandbox.state, sandbox.tenant_id
    assert state.effective_event(tenant, "Lead", "101") == "DROP"
    assert state.effective_domain(tenant, "a.example.com", "101") == "DROP"
    stack.write(
        program
        + """
    look_up()
    capig.EventFilter("open", event_name="Lead", filter_state="PUBLISH", pixel_ids=["101"])
    """
    )
    outcome = stack.preview().failed()
    assert "EventFilter 'open' and EventFilter 'lead' contradict each other" in outcome.text


def test_a_look_up_that_waits_for_a_resource_goes_on_with_one_warning(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(
        f"""{LOOK_UP}
    from pulumi_capig.resources import _gate

    assert _gate.PATIENCE == 10
    _gate.PATIENCE = 0.5
    {SHOP}
    look_up(shop.gateway.apply(lambda _: "organization/test/dev"))
    capig.EventFilter("lead", event_name="Lead", filter_state="DROP")
    capig.EventFilter("search", event_name="Search", filter_state="DROP")
    """
    )
    outcome = stack.up().ok()
    diagnostics = outcome.text.partition("Diagnostics:")[2]
    assert diagnostics.count("warning: ") == 1
    assert "the program waits for an output of a resource of pulumi_capig" in diagnostics
    held = [sandbox.state.effective_event(sandbox.tenant_id, e, "101") for e in ("Lead", "Search")]
    assert held == ["DROP", "DROP"]
    stack.up("--expect-no-changes").ok()

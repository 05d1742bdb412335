"""What previews cannot know, and what ``ignore_changes`` lets the state decide."""

from __future__ import annotations

from pulumi_capig.sandbox import Dialect, Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes, logged


def lead(name: str, state: str, pixels: list[str] | None, ignored: str = "") -> str:
    opts = f", pulumi.ResourceOptions(ignore_changes=['{ignored}'])" if ignored else ""
    scope = f", pixel_ids={pixels}" if pixels else ""
    return f"""
    capig.EventFilter("{name}"{opts}, event_name="Lead", filter_state="{state}"{scope})
    """


def test_a_contradiction_that_the_state_decides(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(lead("a", "DROP", ["101", "102"]))
    stack.up().ok()
    for overruled, other in (
        (lead("a", "PUBLISH", ["101", "102"], "filter_state"), lead("b", "PUBLISH", ["101"])),
        (lead("a", "DROP", ["101"], "pixel_ids"), lead("b", "PUBLISH", ["102"])),
    ):
        stack.write(overruled + other)
        outcome = stack.preview().failed()
        assert "EventFilter 'a' contradicts it" in outcome.text or (
            "EventFilter 'b' contradicts it: Lead is DROP here and PUBLISH there" in outcome.text
        )
    # Only the program as it is written contradicts itself: the state says other pixels.
    stack.write(lead("a", "DROP", None, "pixel_ids") + lead("b", "PUBLISH", ["103"]))
    assert changes(stack, "preview") == {Change("b", "create")}


def test_a_token_that_is_ignored_leaves_the_connection_in_the_picture(
    stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.dialect = Dialect(filter_unknown_pixel="404")
    stack.write(
        lead("a", "DROP", ["101"])
        + """
    capig.PixelConnection(
        "shop", pulumi.ResourceOptions(ignore_changes=["access_token", "business_id"]),
        pixel_id="101", business_id="1", access_token="EAAB",
    )
    """
    )
    stack.up("--parallel", "1").ok()
    assert [r.operation for r in sandbox.requests if not r.applied and r.fields] == []
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", "101") == "DROP"


def test_what_is_declared_inside_apply_comes_with_one_warning(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(
        """
    shop = capig.PixelConnection("shop", pixel_id="101", business_id="1", access_token="EAAB")
    capig.EventFilter("search", event_name="Search", filter_state="DROP")

    def later(_):
        capig.EventFilter("late", event_name="Lead", filter_state="DROP", pixel_ids=["101"])
        capig.DomainFilters("sites", domains=["a.example.com"], filter_state="DROP")
        capig.PixelConnection("more", pixel_id="102", business_id="1", access_token="EAAB")

    shop.connection_id.apply(later)
    """
    )
    assert changes(stack, "preview") == {Change("shop", "create"), Change("search", "create")}
    outcome = stack.up().ok()
    assert outcome.text.partition("Diagnostics:")[2].count("warning: ") == 1
    assert "is declared inside `apply`" in outcome.text
    assert closed(sandbox, "101") == {"Lead", "Search", "a.example.com"}
    assert closed(sandbox, "102") == {"Search", "a.example.com"}
    stack.up("--expect-no-changes").ok()

    sandbox.disconnect("101")
    stack.refresh().ok()
    outcome, done = logged(stack, "up", differ=False)
    names = {("shop", "create"), ("late", "update"), ("sites", "update")}
    assert {change[:2] for change in done} == names
    assert closed(sandbox, "101") == {"Lead", "Search", "a.example.com"}
    stack.up("--expect-no-changes").ok()


def test_a_program_that_declares_all_of_it_inside_apply(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    stack.write(
        """
    from pulumi_capig.resources import _gate

    class Late(pulumi.dynamic.ResourceProvider):
        def create(self, props):
            return pulumi.dynamic.CreateResult("1", {"value": "101"})

    class Lately(pulumi.dynamic.Resource):
        value: pulumi.Output[str]

        def __init__(self, name):
            super().__init__(Late(), name, {"value": None})

    def later(pixel):
        for event in ("Lead", "Search"):
            capig.EventFilter(event, event_name=event, filter_state="DROP", pixel_ids=[pixel])

    _gate.PATIENCE = 0  # nothing is waited for
    Lately("late").value.apply(later)
    """
    )
    outcome = stack.up().ok()
    diagnostics = outcome.text.partition("Diagnostics:")[2]
    assert diagnostics.count("warning: ") == 1
    assert "EventFilter 'Lead' is declared inside `apply`" in diagnostics
    assert closed(sandbox, "101") == {"Lead", "Search"}


def closed(sandbox: Sandbox, pixel: str) -> set[str]:
    state, tenant = sandbox.state, sandbox.tenant_id
    events = {e for e in ("Lead", "Search") if state.effective_event(tenant, e, pixel) == "DROP"}
    dropped = state.effective_domain(tenant, "a.example.com", pixel) == "DROP"
    return events | ({"a.example.com"} if dropped else set())

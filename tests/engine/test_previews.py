"""A preview is the truth: always the same, each change with what differs, and `up` does it."""

from __future__ import annotations

from pulumi_capig.sandbox import Fault, Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes, logged

FILTERS = ("updateEventFilter", "updateDomainFilter")
DELETE = "deleteDataSource"
POLICY = """
    for number in range(6):
        capig.EventFilter(f"e{number}", event_name=f"Event{number}", filter_state="DROP")
        capig.DomainFilter(f"d{number}", domain=f"d{number}.example.com", filter_state="DROP")
"""


def connections(*pixels: str) -> str:
    return f"""
    for pixel in {pixels!r}:
        capig.PixelConnection(
            f"p{{pixel}}", pixel_id=pixel, business_id="1", access_token="EAAB", external_id=""
        )
    """


def always(stack: Stack) -> set[Change]:
    """What every preview says, however the engine orders its calls."""
    found = [changes(stack, "preview", "--parallel", number) for number in ("1", "2", "16")]
    assert found[0] == found[1] == found[2]
    return found[0]


def open_events(sandbox: Sandbox, pixel: str) -> list[int]:
    state, tenant = sandbox.state, sandbox.tenant_id
    events = {n: state.effective_event(tenant, f"Event{n}", pixel) for n in range(6)}
    domains = {n: state.effective_domain(tenant, f"d{n}.example.com", pixel) for n in range(6)}
    return [n for n in range(6) if (events[n], domains[n]) != ("DROP", "DROP")]


def test_a_pixel_that_is_gone_is_one_create_and_a_saved_plan_holds(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(connections("101", "102", "103") + POLICY)
    stack.up("--parallel", "16").ok()
    sandbox.disconnect("102")
    stack.refresh().ok()
    assert always(stack) == {Change("p102", "create")}
    stack.run("preview", "--save-plan", "plan.json", PULUMI_EXPERIMENTAL="1").ok()
    assert changes(stack, "up", "--plan", "plan.json") == {Change("p102", "create")}
    assert open_events(sandbox, "102") == []
    stack.is_settled()


def test_a_run_that_failed_half_way_is_previewed_as_it_is(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(connections("101", "102") + POLICY)
    stack.up().ok()
    after = connections("101", "102", "103") + POLICY.replace(
        '"e{number}"', '"e{number}", reassert="1" if number < 3 else None'
    )
    stack.write(after)
    sandbox.inject(Fault.status(500, operation=FILTERS, times=None, after=1))
    stack.up("--continue-on-error", "--parallel", "2", CAPIG_MAX_RETRIES="0").failed()
    sandbox.clear_faults()
    said = always(stack)
    assert {change for change in said if change.operation != "create"} <= {
        Change(f"e{number}", "update", ("reassert",)) for number in range(3)
    }
    stack.run("preview", "--save-plan", "plan.json", PULUMI_EXPERIMENTAL="1").ok()
    assert changes(stack, "up", "--plan", "plan.json") == said
    assert open_events(sandbox, "103") == []
    stack.is_settled()


def test_a_connection_more_and_a_new_name_touch_no_filter(stack: Stack, sandbox: Sandbox) -> None:
    blocked = """
    for number in range(49):
        capig.DomainFilter(f"d{number}", domain=f"d{number}.example.com", filter_state="DROP")
    """
    stack.write(connections("101") + blocked)
    stack.up().ok()
    stack.write(connections("101", "102") + blocked)
    assert changes(stack, "preview") == {Change("p102", "create")}
    assert changes(stack, "up") == {Change("p102", "create")}
    held = sandbox.state.effective_domain(sandbox.tenant_id, "d48.example.com", "102")
    assert held == "DROP"

    sandbox.clear_requests()
    renamed = """
    def named(name):
        return pulumi.ResourceOptions(aliases=[pulumi.Alias(name=name)])
    """
    stack.write(
        renamed
        + connections("101", "102").replace('f"p{pixel}"', 'f"q{pixel}", named(f"p{pixel}")')
        + blocked
    )
    assert changes(stack, "up") == set()
    assert sandbox.requests == []

    stack.write(
        connections("101", "102").replace('f"p{pixel}"', 'f"r{pixel}", adopt=True') + blocked
    )
    moved = {Change(f"r{pixel}", "create") for pixel in ("101", "102")}
    moved |= {Change(f"q{pixel}", "delete") for pixel in ("101", "102")}
    assert changes(stack, "preview") == moved
    outcome, done = logged(stack, "up")
    assert done == moved
    assert "took over pixel 101" in outcome.text
    assert DELETE not in [request.operation for request in sandbox.requests]
    stack.write(connections("101", "102").replace('f"p{pixel}"', 'f"r{pixel}"') + blocked)
    stack.is_settled()

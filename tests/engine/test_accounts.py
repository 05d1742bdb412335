"""Accounts and pixels that are outputs: what of them is known, and to whom."""

from __future__ import annotations

import json
import stat

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes

DYNAMIC = """
    from pulumi import dynamic

    class Accounts(dynamic.ResourceProvider):
        def create(self, props):
            return dynamic.CreateResult("1", {"tenant": "SandboxA"})

    class Account(dynamic.Resource):
        tenant: pulumi.Output[str]

        def __init__(self, name):
            super().__init__(Accounts(), name, {"tenant": None})
"""
SECRET = """
    def secret(key="tenant"):
        return pulumi.Config().require_secret(key)
"""


def lead(name: str, tenant: str, *pixels: str, state: str = "DROP", event: str = "Lead") -> str:
    return f"""
    capig.EventFilter(
        "{name}", event_name="{event}", filter_state="{state}", pixel_ids={list(pixels)},
        tenant_id={tenant},
    )
    """


def shop(name: str, tenant: str) -> str:
    return f"""
    {name} = capig.PixelConnection(
        "{name}", pixel_id="101", business_id="1", access_token="EAAB", tenant_id={tenant}
    )
    """


def held(sandbox: Sandbox, event: str, *pixels: str) -> list[str | None]:
    return [sandbox.state.effective_event(sandbox.tenant_id, event, pixel) for pixel in pixels]


def test_a_preview_refuses_what_contradicts_in_an_account_that_is_an_output(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.set_config("tenant", "SandboxA", secret=True)
    stack.write('pulumi.export("tenant", "SandboxA")')
    stack.up().ok()
    reference = 'ref = pulumi.StackReference("organization/test/dev")\n'
    output = 'ref.get_output("tenant")'
    for tenant, other in (("secret()", "secret()"), (output, "None")):
        filters = lead("one", tenant, "101", "102"), lead("two", other, "102", state="PUBLISH")
        stack.write(SECRET + f"\n    {reference}" + "".join(filters))
        refused(stack, "EventFilter 'one'", "EventFilter 'two'")
    for tenant, other in (("'SandboxA'", "secret()"), (output, "secret()")):
        stack.write(SECRET + f"\n    {reference}" + shop("one", tenant) + shop("two", other))
        refused(stack, "PixelConnection 'one'", "PixelConnection 'two'")
    stack.write(
        SECRET
        + shop("one", "secret()")
        + lead("two", "one.tenant_id", "101")
        + lead("three", "'SandboxA'", "101", state="PUBLISH")
    )
    refused(stack, "EventFilter 'two'", "EventFilter 'three'")
    assert sandbox.requests == []


def refused(stack: Stack, *named: str) -> None:
    """A preview names both resources in one line, and comes to none of ours."""
    outcome = stack.preview().failed()
    (error,) = outcome.errors
    for words in named:
        assert words in error
    assert "capig:" not in outcome.text


def test_what_only_up_can_know_is_refused_before_the_later_one(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(
        DYNAMIC
        + '\n    account = Account("account")'
        + lead("one", "'SandboxA'", "101", "102")
        + lead("two", "account.tenant", "102", state="PUBLISH")
    )
    stack.preview().ok()
    outcome = stack.up().failed()
    assert "EventFilter 'two' and EventFilter 'one' contradict each other" in outcome.text
    assert "two" not in stack.resources()
    assert "PUBLISH" not in sandbox.state.event_filters().values()


def test_a_target_knows_what_others_keep_closed_in_an_account_that_is_an_output(
    stack: Stack, sandbox: Sandbox
) -> None:
    for pixel in ("101", "102"):
        sandbox.connect(pixel)
    stack.set_config("tenant", "SandboxA", secret=True)
    stack.write('pulumi.export("tenant", "SandboxA")')
    stack.up().ok()
    accounts = {
        "Lead": ("secret()", "secret()"),
        "Search": ("'SandboxA'", 'ref.get_output("tenant")'),
        "Contact": ("account.tenant", "'SandboxA'"),
        "Purchase": ("secret()", "account.tenant"),
    }
    program = DYNAMIC + SECRET
    program += """
    account = Account("account")
    ref = pulumi.StackReference("organization/test/dev")
    pulumi.export("tenant", "SandboxA")
    """
    before = after = program
    for event, (one, other) in accounts.items():
        other_filter = lead(f"other{event}", other, "102", event=event)
        before += lead(f"one{event}", one, "101", "102", event=event) + other_filter
        after += lead(f"one{event}", one, "101", event=event) + other_filter
    stack.write(before)
    stack.up().ok()
    stack.write(after)
    targets = [f"--target=**::one{event}" for event in accounts]
    assert changes(stack, "up", *targets) == {
        Change(f"one{event}", "update", ("pixel_ids",)) for event in accounts
    }
    for event in accounts:
        assert held(sandbox, event, "101", "102") == ["DROP", "DROP"], event
        trail = sandbox.state.event_trail(sandbox.tenant_id, event, "102")
        assert "PUBLISH" not in trail[trail.index("DROP") :], event
    stack.up("--expect-no-changes").ok()


def test_secret_pixels_are_in_the_picture_and_in_no_file(stack: Stack, sandbox: Sandbox) -> None:
    stack.set_config("tenant", "SandboxA", secret=True)
    stack.set_config("pixel", "18904456377094531", secret=True)
    filters = "".join(
        f"""
    capig.EventFilter(
        "{event}", event_name="{event}", filter_state="DROP", pixel_ids={pixels},
        tenant_id=secret(),
    )
    """
        for event, pixels in {
            "Lead": "[shop.pixel_id]",
            "Search": "[secret('pixel')]",
            "Contact": "secret('pixel').apply(lambda pixel: [pixel])",
        }.items()
    )
    stack.write(
        SECRET
        + """
    import shutil
    from pulumi_capig import picture

    def spy(self, *args, write=picture.Writer.write, **more):
        write(self, *args, **more)
        shutil.copy2(self.hint(0).partition("#")[0], "picture.json")

    picture.Writer.write = spy
    shop = capig.PixelConnection(
        "shop", pixel_id=secret("pixel"), business_id="1", access_token="EAAB",
        tenant_id=secret(),
    )
    for number in range(20):
        capig.DomainFilter(f"d{number}", domain=f"d{number}.example.com", filter_state="DROP")
    """
        + filters
    )
    stack.up().ok()
    sandbox.disconnect("18904456377094531")
    stack.refresh().ok()
    assert changes(stack, "preview", "--parallel", "1") == {Change("shop", "create")}
    assert changes(stack, "up") == {Change("shop", "create")}
    for event in ("Lead", "Search", "Contact"):
        assert held(sandbox, event, "18904456377094531") == ["DROP"], event

    kept = stack.project / "picture.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    text = kept.read_text("utf-8")
    rows = json.loads(text)["rows"]
    assert len(rows) == 24
    assert all(rows), "each row is known before the first resource is registered"
    assert len(text) < 100 * len(rows)
    for secret in ("SandboxA", "18904456377094531", "EAAB"):
        assert secret not in text


def test_an_account_that_is_taken_over_changes_nothing_that_is_in_it(
    stack: Stack, sandbox: Sandbox
) -> None:
    inside = """
    shop = capig.PixelConnection(
        "shop", pixel_id="101", business_id="1", access_token="EAAB", tenant_id=ACCOUNT
    )
    capig.EventFilter("leads", event_name="Lead", filter_state="DROP", tenant_id=ACCOUNT)
    capig.AccountUser("jo", email="jo@example.com", role="view", tenant_id=ACCOUNT)
    """
    stack.write('    ACCOUNT = "SandboxA"' + inside)
    stack.up().ok()
    account = '    ACCOUNT = capig.Account("a", tenant_id={}).tenant_id'
    for given in ('"SandboxA"', 'pulumi.Output.from_input("SandboxA")'):
        stack.write(account.format(given) + inside)
        assert changes(stack, "preview") == {Change("a", "create")}
    stack.up().ok()
    assert set(stack.resources()) == {"a", "shop", "leads", "jo"}
    stack.is_settled()
    kept = ', opts=pulumi.ResourceOptions(protect=True, ignore_changes=["tenant_id"])'
    stack.write(account.format(f'"SandboxB"{kept}') + inside)
    assert changes(stack, "preview") == set()


def test_an_account_that_is_taken_over_is_one_by_each_of_its_names(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(
        """
    account = capig.Account("a", tenant_id="SandboxA")
    capig.EventFilter("one", event_name="Lead", filter_state="DROP", tenant_id=account.id)
    capig.EventFilter("two", event_name="Lead", filter_state="PUBLISH", tenant_id=account.tenant_id)
    """
    )
    assert "contradict each other" in stack.preview().failed().text


def test_pixels_that_come_into_an_account_of_the_program_touch_no_filter(
    stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.latency = 0.1
    program = """
    account = capig.Account(
        "a", name="Shop", managed=True, event_enrichment=False,
        opts=pulumi.ResourceOptions(protect=False),
    ).tenant_id
    for n in range(PIXELS):
        capig.PixelConnection(
            f"p{n}", pixel_id=str(101 + n), business_id="1", access_token="EAAB",
            tenant_id=account,
        )
    for n in range(20):
        capig.EventFilter(f"f{n}", event_name=f"E{n}", filter_state="DROP", tenant_id=account)
    """
    stack.write(program.replace("PIXELS", "1"))
    stack.up().ok()
    stack.write(program.replace("PIXELS", "9"))
    plan = str(stack.project / "plan.json")
    stack.preview("--save-plan", plan, PULUMI_EXPERIMENTAL="true").ok()
    done = stack.up("--plan", plan, PULUMI_EXPERIMENTAL="true").ok()
    assert "8 created" in done.text
    assert "updated" not in done.text
    tenant = stack.resources()["a"]["id"]
    states = {
        sandbox.state.effective_event(tenant, f"E{n}", str(101 + m))
        for n in range(20)
        for m in range(9)
    }
    assert states == {"DROP"}

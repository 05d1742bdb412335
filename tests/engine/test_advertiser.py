"""An advertiser on the real CLI: account, admin, first-party domain, pixels, house policy."""

from __future__ import annotations

from pulumi_capig.sandbox import Sandbox
from pulumi_capig.sandbox.parts.accounts import Accounts
from tests.engine.test_accounts import lead, refused, shop
from tests.support.advertiser import OWNER, domain_of, made, role_of
from tests.support.engine import Stack
from tests.support.events import Change, changes, logged

ADVERTISER = """
    shop = capig.Account("shop", name="{name}", event_enrichment=False, opts={opts})
    T = shop.tenant_id
    admin = capig.AccountUser("admin", tenant_id=T, email="Owner@shop.example", role="admin")
    domain = capig.FirstPartyDomain(
        "domain", tenant_id=T, domain="capig.shop.example", target_domain="capig.agency.example"
    )
    for name, pixel_id in {{"web": "101", "app": "102"}}.items():
        capig.PixelConnection(
            name, tenant_id=T, pixel_id=pixel_id, pixel_name=name, business_id="1",
            access_token="EAAB",
        )
    for event in ("Lead", "SubmitApplication"):
        capig.EventFilter(event, tenant_id=T, event_name=event, filter_state="DROP")
    for host in ("staging.shop.example", "checkout.partner.example"):
        capig.DomainFilter(host, tenant_id=shop, domain=host, filter_state="DROP")
    pulumi.export("tenant", T)
    pulumi.export("invitation", admin.invitation_link)
"""
LOOSE = "pulumi.ResourceOptions(protect=False)"


def advertiser(name: str = "Shop GmbH", opts: str = "None") -> str:
    return ADVERTISER.format(name=name, opts=opts)


def test_an_advertiser_comes_lives_and_goes(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(advertiser())
    outcome = stack.preview().ok()
    assert sandbox.requests == []
    stack.up().ok()
    asked = [request.operation for request in sandbox.requests if request.operation != "token"]
    assert len([operation for operation in asked if "Filter" not in operation]) <= 6, asked
    stack.is_settled()

    stack.write(advertiser("Shop AG"))
    assert changes(stack, "preview") == {Change("shop", "update", ("name",))}
    before = len(sandbox.requests)
    stack.up().ok()
    asked = [request.operation for request in sandbox.requests[before:]]
    assert asked == ["token", "tenant", "updateTenant"]
    stack.is_settled()
    what_changes_by_itself_is_no_drift(stack, sandbox)
    what_changes_by_hand_is_repaired(stack, sandbox)
    the_link_is_nowhere_in_the_clear(stack, sandbox)

    stack.write("")
    refused = stack.preview().failed()
    assert "protected" in refused.text
    stack.write(advertiser("Shop AG", LOOSE))
    stack.up().ok()
    outcome = stack.destroy().ok()
    assert "is the account's only admin and stays until" in outcome.text
    assert stack.resources() == {}
    assert set(sandbox.state.accounts) == {"SandboxA"}


def what_changes_by_itself_is_no_drift(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.accept(OWNER)
    sandbox.resolve(made(sandbox)[0])
    stack.refresh("--expect-no-changes").ok()
    resources = stack.resources()
    assert resources["admin"]["outputs"]["user_status"] == 1
    assert resources["domain"]["outputs"]["cname_resolved"] is True
    stack.preview("--expect-no-changes").ok()


def what_changes_by_hand_is_repaired(stack: Stack, sandbox: Sandbox) -> None:
    (tenant,) = made(sandbox)
    sandbox.rename("By hand", tenant=tenant)
    sandbox.set_role(OWNER, "view", tenant=tenant)
    sandbox.set_domain("by.hand.example", tenant=tenant)
    assert changes(stack, "up", "--refresh") >= {
        Change("shop", "update", ("name",)),
        Change("admin", "update", ("role",)),
        Change("domain", "update", ("domain",)),
    }
    assert sandbox.state.part(Accounts)[tenant].name == "Shop AG"
    assert role_of(sandbox, OWNER, tenant) == [f"advertiser-admin-{tenant}"]
    assert domain_of(sandbox, tenant).domain == "capig.shop.example"
    stack.is_settled()


def the_link_is_nowhere_in_the_clear(stack: Stack, sandbox: Sandbox) -> None:
    (mail,) = sandbox.mails
    log = stack.project / "requests.log"
    outcome, _ = logged(stack, "refresh", CAPIG_LOG=str(log))
    texts = {
        "output": outcome.text + stack.run("stack", "output", "--json").ok().text,
        "state": stack.everything_written(),
        "events": (stack.project / "events.jsonl").read_text("utf-8"),
        "log": log.read_text("utf-8"),
        "journal": repr(sandbox.requests),
    }
    token = mail.link.partition("token=")[2].partition("&")[0]
    assert [name for name, text in texts.items() if token in text] == []
    shown = stack.run("stack", "output", "invitation", "--show-secrets").ok().text
    assert shown.strip() == mail.link


TWO = """
    loose = pulumi.ResourceOptions(protect=False)
    one = capig.Account("one", name="One", event_enrichment=False, opts=loose)
    two = capig.Account("two", name="Two", event_enrichment=False, opts=loose)
"""


def test_two_accounts_as_outputs_are_told_apart_and_guarded(stack: Stack, sandbox: Sandbox) -> None:
    closed = lead("a", "one.tenant_id", "101", "102")
    for tenant in ("one.tenant_id", "one"):
        stack.write(TWO + closed + lead("b", tenant, "102", state="PUBLISH"))
        refused(stack, "EventFilter 'a'", "EventFilter 'b'")
    stack.write(TWO + shop("x", "one.tenant_id") + shop("y", "one.tenant_id"))
    refused(stack, "PixelConnection 'x'", "PixelConnection 'y'")
    people = """
    for name in ("p", "q"):
        capig.AccountUser(name, tenant_id=one.tenant_id, email="a@shop.example", role="view")
    """
    stack.write(TWO + people)
    refused(stack, "AccountUser 'p'", "AccountUser 'q'")
    assert sandbox.requests == []

    pixels = """
    for name, tenant, pixel in (("w", one, "101"), ("x", one, "102"), ("y", two, "103")):
        capig.PixelConnection(
            name, tenant_id=tenant.tenant_id, pixel_id=pixel, business_id="1", access_token="EAAB"
        )
    """
    other = lead("b", "one", "102") + lead("c", "two.tenant_id", "103", state="PUBLISH")
    stack.write(TWO + pixels + closed + other)
    stack.up().ok()
    tenant = stack.resources()["one"]["id"]
    stack.write(TWO + pixels + lead("a", "one.tenant_id", "101") + other)
    narrowed = {Change("a", "update", ("pixel_ids",))}
    assert changes(stack, "up", "--target=**::a") == narrowed
    assert sandbox.state.effective_event(tenant, "Lead", "102") == "DROP"
    trail = sandbox.state.event_trail(tenant, "Lead", "102")
    assert "PUBLISH" not in trail[trail.index("DROP") :]
    stack.up("--expect-no-changes").ok()


def test_people_and_domains_are_adopted_changed_and_replaced(
    stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.set_role("owner@shop.example", "admin")
    sandbox.set_domain("old.shop.example")
    program = """
    capig.AccountUser("owner", email="owner@shop.example", role="admin"{adopt})
    capig.AccountUser("analyst", email="{analyst}@shop.example", role="{role}")
    capig.FirstPartyDomain(
        "domain", domain="{domain}", target_domain="capig.agency.example"{adopt}
    )
    """
    given = {"adopt": "", "analyst": "a", "role": "view", "domain": "old.shop.example"}
    stack.write(program.format(**given))
    refusals = stack.up("--continue-on-error").failed().errors
    assert len([error for error in refusals if "CAPIG_ADOPT=true" in error]) == 2
    given["adopt"] = ", adopt=True"
    stack.write(program.format(**given))
    stack.up().ok()
    stack.is_settled()

    given |= {"role": "manage", "domain": "new.shop.example"}
    stack.write(program.format(**given))
    assert changes(stack, "up") == {
        Change("analyst", "update", ("role",)),
        Change("domain", "update", ("domain",)),
    }
    assert domain_of(sandbox).domain == "new.shop.example"
    stack.write(program.format(**{**given, "analyst": "b"}))
    stack.up().ok()
    assert role_of(sandbox, "a@shop.example") == []
    assert role_of(sandbox, "b@shop.example") == ["advertiser-manage-SandboxA"]

    stack.write("")
    text = stack.up().ok().text
    assert "first-party domain new.shop.example (account SandboxA) stays" in text
    assert "owner@shop.example" in text
    assert role_of(sandbox, "b@shop.example") == []
    assert stack.resources() == {}

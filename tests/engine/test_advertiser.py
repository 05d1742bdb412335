"""An advertiser on the real CLI: account, admin, first-party domain, pixels, house policy."""

from __future__ import annotations

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes

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

    stack.write("")
    refused = stack.preview().failed()
    assert "protected" in refused.text
    stack.write(advertiser("Shop AG", LOOSE))
    stack.up().ok()
    outcome = stack.destroy().ok()
    print(outcome.text)
    assert stack.resources() == {}

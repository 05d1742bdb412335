"""Everything of an advertiser in one program on the real CLI, from its account to its pipelines."""

from __future__ import annotations

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.events import logged
from tests.support.signals import destinations, pipelines, sources

PROGRAM = """
    shop = capig.Account(
        "shop", name="Shop GmbH", event_enrichment=False,
        opts=pulumi.ResourceOptions(protect=False),
    )
    T = {"tenant_id": shop.tenant_id}
    capig.AccountUser("admin", email="owner@shop.example", role="admin", **T)
    capig.AccountUser("colleague", email="more@shop.example", role="manage", **T)
    capig.FirstPartyDomain("domain", domain="capig.shop.example", **T)
    capig.PixelConnection(
        "pixel", pixel_id="101", business_id="1", access_token="EAAB-a-secret", publishing=True, **T
    )
    capig.EventFilter("Lead", event_name="Lead", filter_state="DROP", tenant_id=shop)
    capig.DomainFilter("staging", domain="staging.shop.example", filter_state="DROP", **T)
    pipe = capig.Pipeline("web", name="Web", active=True, blocked_events=["Search"], tenant_id=shop)
    P = {"pipeline_id": pipe, **T}
    kind = capig.DataSourceType.ADVERTISER_HOSTED_PIXEL
    site = capig.DataSource("site", name="Site", type=kind, **P)
    capig.ConversionsApiDestination(
        "meta", name="Meta", dataset_id="101", business_id="1", access_token="EAAB-a-secret",
        api_version="v24.0", active=True, blocked_events=[capig.StandardEvent.LEAD], **P,
    )
    capig.HttpDestination(
        "lake", name="Lake", endpoint="https://lake.shop.example/events", payload="{}",
        auth={"basic": {"credentials": pulumi.Config().require_secret("key")}}, **P,
    )
    pulumi.export("snippet", site.header_code)
"""
ALL = {
    "shop", "admin", "colleague", "domain", "pixel", "Lead", "staging", "web", "site", "meta",
    "lake",
}  # fmt: skip


def test_everything_comes_drifts_is_repaired_and_goes(stack: Stack, sandbox: Sandbox) -> None:
    stack.set_config("key", "user:a-secret", secret=True)
    stack.write(PROGRAM)
    assert {c.resource for c in logged(stack, "preview")[1]} == ALL
    assert sandbox.requests == []
    assert {c.operation for c in logged(stack, "up")[1]} == {"create"}
    (tenant,) = {*sandbox.state.accounts} - {sandbox.tenant_id}
    sandbox.clear_requests()
    stack.up("--refresh", "--expect-no-changes").ok()
    reads = [request.operation for request in sandbox.requests if request.operation != "token"]
    assert sorted(reads) == sorted(
        ["tenant", "ingressDomain", "list", "dataSourcesQuery", "dataDestinationsQuery", "pipeline"]
    )

    (web,), (site,) = pipelines(sandbox, tenant), sources(sandbox, tenant)
    meta, lake = sorted(destinations(sandbox, tenant), key=lambda each: each.name != "Meta")
    sandbox.rename("Other", tenant=tenant)
    sandbox.set_role("more@shop.example", "view", tenant=tenant)
    sandbox.edit_pipeline(web.id, tenant=tenant, active=False, blocked=("Lead",))
    sandbox.edit_source(site.id, tenant=tenant, name="Other")
    sandbox.edit_destination(meta.id, tenant=tenant, active=False)
    sandbox.drop_destination(lake.id, tenant=tenant)
    outcome, repaired = logged(stack, "up", "--refresh", differ=False)
    assert {change.resource for change in repaired} >= {"shop", "colleague", "web", "site", "meta"}
    assert ("lake", "create") in {(change.resource, change.operation) for change in repaired}
    (found,) = pipelines(sandbox, tenant)
    assert (found.id, found.active, found.blocked) == (web.id, True, ("Search",))
    assert [each.name for each in sources(sandbox, tenant)] == ["Site"]
    assert [each.active for each in destinations(sandbox, tenant)] == [True, True]
    assert "a-secret" not in outcome.text + stack.everything_written()

    stack.destroy().ok()
    assert stack.resources() == {}
    assert {*sandbox.state.accounts} == {sandbox.tenant_id}
    assert pipelines(sandbox, tenant) == sources(sandbox, tenant) == []

"""Look-ups of accounts, domains and events, as a script or a notebook calls them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

import pulumi_capig as capig
from pulumi_capig.sandbox import Sandbox

PIXEL = "18904456377094531"
OTHER = "319279634094583"

EACH: dict[str, Callable[..., Any]] = {
    "account": capig.get_account,
    "usage": capig.get_account_usage,
    "domain": capig.get_first_party_domain,
    "events": capig.get_event_metrics,
}
each = pytest.mark.parametrize("look_up", EACH.values(), ids=EACH)


def test_an_account(in_sandbox: Sandbox) -> None:
    tenant = in_sandbox.tenant_id
    in_sandbox.edit_account(name="Shop GmbH", status=2)
    boss = in_sandbox.set_role("Boss@Shop.example", "admin")
    in_sandbox.set_role("boss@shop.example", "view", tenant="")
    other = in_sandbox.set_role("new@shop.example", "manage", status=2)
    in_sandbox.set_role("gone@shop.example", None, user_id="u-3")
    found = capig.get_account()
    assert isinstance(found, capig.GetAccountResult)
    users = [vars(user) for user in found.users]
    assert {**vars(found), "users": users} == {
        "tenant_id": tenant,
        "name": "Shop GmbH",
        "status": 2,
        "managed": True,
        "roles": ["admin", "manage", "view"],
        "users": [
            {
                "user_id": boss.id,
                "email": "boss@shop.example",
                "status": 1,
                "role": "admin",
                "role_name": f"advertiser-admin-{tenant}",
            },
            {
                "user_id": other.id,
                "email": "new@shop.example",
                "status": 2,
                "role": "manage",
                "role_name": f"advertiser-manage-{tenant}",
            },
            {
                "user_id": "u-3",
                "email": "gone@shop.example",
                "status": 1,
                "role": "",
                "role_name": "",
            },
        ],
        "gateway": in_sandbox.url.removeprefix("http://"),
    }
    assert "role_name='advertiser-admin-" in repr(found)
    assert in_sandbox.counters.requests == {"token": 1, "tenant": 1}


@pytest.mark.parametrize(
    ("roles", "offered", "name"),
    [
        ("table", ["admin", "user", "view"], "advertiser-user-SandboxA"),
        ("other-names", ["admin", "manage", "view"], "advertiser-standard-SandboxA"),
        ("none", [], "advertiser-manage-SandboxA"),
    ],
)
@pytest.mark.parametrize("user_roles", ["all", "account"])
def test_a_role_is_called_as_the_account_calls_it(
    in_sandbox: Sandbox, roles: Any, offered: list[str], name: str, user_roles: Any
) -> None:
    in_sandbox.dialect = replace(in_sandbox.dialect, roles=roles, user_roles=user_roles)
    in_sandbox.add_account("Other000")
    called = "user" if roles == "table" else "manage"
    in_sandbox.set_role("a@b.example", "admin", tenant="Other000")
    in_sandbox.set_role("a@b.example", called)
    found = capig.get_account()
    assert found.roles == offered
    assert [(user.role, user.role_name) for user in found.users] == [(called, name)]


def test_what_an_account_uses(in_sandbox: Sandbox) -> None:
    in_sandbox.connect(PIXEL)
    in_sandbox.connect(OTHER, publishing=False)
    in_sandbox.receive("Lead", 7, pixel=PIXEL)
    in_sandbox.dialect = replace(in_sandbox.dialect, long="string")
    found = capig.get_account_usage()
    assert isinstance(found, capig.GetAccountUsageResult)
    assert found.last_updated_at
    assert {**vars(found), "last_updated_at": ""} == {
        "total_pixels": 2,
        "total_active_pixels": 1,
        "total_inactive_pixels": 1,
        "total_pipelines": 0,
        "total_active_pipelines": 0,
        "total_events_received": 7,
        "total_pixels_with_traffic": 1,
        "publish_error": False,
        "duration_in_hours": 24,
        "last_updated_at": "",
    }


def test_a_first_party_domain(in_sandbox: Sandbox) -> None:
    in_sandbox.set_domain("capig.shop.example")
    found = capig.get_first_party_domain()
    assert vars(found) == {
        "domain": "capig.shop.example",
        "cname_resolved": False,
        "domain_status": "DOMAIN_NOT_SELECTED",
    }
    in_sandbox.resolve(status="DOMAIN_SELECTED")
    again = capig.get_first_party_domain(in_sandbox.tenant_id)
    assert (again.cname_resolved, again.domain_status) == (True, "DOMAIN_SELECTED")


@pytest.mark.parametrize("form", ["null", "ingress-null", "ingress-empty"])
def test_no_first_party_domain(in_sandbox: Sandbox, form: Any) -> None:
    in_sandbox.dialect = replace(in_sandbox.dialect, no_routing=form)
    found = capig.get_first_party_domain()
    assert vars(found) == {"domain": "", "cname_resolved": False, "domain_status": ""}


def test_events_and_websites(in_sandbox: Sandbox) -> None:
    in_sandbox.connect(PIXEL)
    in_sandbox.connect(OTHER)
    in_sandbox.set_event_filter("Lead", "DROP")
    in_sandbox.receive("Lead", 5, pixel=PIXEL, domain="shop.example")
    in_sandbox.receive("Purchase", 3, pixel=OTHER, domain="shop.example")
    found = capig.get_event_metrics()
    assert [(e.name, e.received, e.published) for e in found.events] == [
        ("Lead", 5, 0),
        ("Purchase", 3, 3),
    ]
    assert all(event.last_updated for event in found.events)
    assert [vars(website) for website in found.domains] == [
        {"name": "shop.example", "received": 8, "published": 3, "last_updated": ""}
    ]
    assert (found.incoming_event_names, found.incoming_events) == (2, 8)
    assert (found.outgoing_event_names, found.outgoing_events) == (1, 3)
    assert found.publish_success_rate == pytest.approx(3 / 8)

    one = capig.get_event_metrics(pixel_ids=[OTHER, OTHER], time_window=1440)
    assert [event.name for event in one.events] == ["Purchase"]
    variables = in_sandbox.requests[-1].variables
    assert (variables["pixelIds"], variables["timeWindow"]) == ([OTHER], 1440)


def test_no_value_is_ever_null(in_sandbox: Sandbox) -> None:
    in_sandbox.set_role("a@b.example", "admin")
    in_sandbox.set_domain("capig.shop.example")
    missing = {f"Tenant.{name}" for name in ("name", "status", "canPartnerManage")}
    missing |= {"Tenant.availableRoles", "Role.displayName", "EventMetricsSnapshot.activity"}
    missing |= {"EventMetricsSnapshot.domainActivity", "EventMetricsSnapshot.outgoing"}
    missing |= {"IngressDomain.tenant1pDomainStatus", "IngressDomain.cnameResolveSuccess"}
    figures = ("Pixels", "ActivePixels", "InactivePixels", "Pipelines", "ActivePipeline")
    missing |= {f"TenantUsage.total{name}" for name in figures}
    missing |= {"TenantUsageByTraffic.publishError", "TenantUsageByTraffic.lastUpdatedAt"}
    in_sandbox.dialect = replace(in_sandbox.dialect, unknown_fields=frozenset(missing))
    account, usage = capig.get_account(), capig.get_account_usage()
    domain, events = capig.get_first_party_domain(), capig.get_event_metrics()
    assert (account.name, account.status, account.managed, account.roles) == ("", -1, False, [])
    # Of the name of a role that is not called anything, its action is left.
    assert [user.role for user in account.users] == ["admin"]
    assert (usage.total_pixels, usage.total_active_pipelines) == (-1, -1)
    assert (usage.publish_error, usage.last_updated_at) == (False, "")
    assert vars(domain) == {
        "domain": "capig.shop.example", "cname_resolved": False, "domain_status": "",
    }  # fmt: skip
    assert (events.events, events.domains, events.incoming_events) == ([], [], 0)
    assert (events.outgoing_events, events.publish_success_rate) == (-1, -1.0)
    for found in (account, *account.users, usage, domain, events):
        assert None not in vars(found).values()


@each
@pytest.mark.parametrize("unknown", ["401", "null", "404", "500", "400"])
def test_an_unknown_account(
    in_sandbox: Sandbox,
    look_up: Callable[..., Any],
    unknown: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    in_sandbox.dialect = replace(in_sandbox.dialect, unknown_tenant_hub=unknown)
    if unknown == "null" and look_up is capig.get_first_party_domain:
        assert look_up("Nobody00").domain == ""  # as of an account that has none
        return
    with pytest.raises(capig.GatewayError) as caught:
        look_up("Nobody00")
    assert caught.value.tenant_id == "Nobody00"
    if unknown == "null" and look_up is capig.get_account:
        assert isinstance(caught.value, capig.NotFoundError)


@pytest.mark.parametrize(
    ("look_up", "arguments", "said"),
    [
        *((look_up, {"tenant_id": "a b"}, "whitespace") for look_up in EACH.values()),
        (capig.get_event_metrics, {"time_window": 0}, "at least one minute"),
        (capig.get_event_metrics, {"pixel_ids": []}, "must not be empty"),
        (capig.get_event_metrics, {"pixel_ids": PIXEL}, "list of ids"),
        (capig.get_event_metrics, {"pixel_ids": ["12a"]}, "decimal digits"),
    ],
)
def test_malformed_arguments(
    in_sandbox: Sandbox, look_up: Callable[..., Any], arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(capig.RefusedError, match=said):
        look_up(**arguments)
    assert in_sandbox.counters.requests == {}


@each
def test_a_provider_is_refused(look_up: Callable[..., Any]) -> None:
    provider = pulumi.InvokeOptions(provider=object())  # type: ignore[arg-type]
    with pytest.raises(pulumi.RunError, match="provider="):
        look_up(opts=provider)


def test_numbers_are_refused_as_the_resources_refuse_them() -> None:
    with pytest.raises(pulumi.RunError, match="in quotes"):
        capig.get_event_metrics(pixel_ids=[18904456377094531])  # type: ignore[list-item]


def test_both_forms_in_a_notebook(in_sandbox: Sandbox) -> None:
    in_sandbox.connect(PIXEL)
    in_sandbox.receive("Lead", 2, pixel=PIXEL)
    in_sandbox.set_domain("capig.shop.example")
    tenant = in_sandbox.tenant_id

    async def cell() -> list[object]:
        account = capig.get_account_output(pulumi.Output.from_input(tenant))
        usage = capig.get_account_usage_output()
        domain = capig.get_first_party_domain_output(pulumi.Output.secret(tenant))
        pixels = [pulumi.Output.from_input(PIXEL)]
        events = capig.get_event_metrics_output(pixel_ids=pixels, time_window=None)
        return [
            await account.tenant_id.future(),
            await usage.total_pixels.future(),
            await domain.domain.future(),
            await domain.is_secret(),
            [event.received for event in (await events.future()).events],
        ]

    assert asyncio.run(cell()) == [tenant, 1, "capig.shop.example", True, [2]]

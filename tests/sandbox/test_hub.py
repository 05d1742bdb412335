"""Accounts, users, first-party domains and metrics in the default dialect."""

from __future__ import annotations

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_capig.sandbox import Fault, Sandbox

if TYPE_CHECKING:
    from conftest import Caller

LINK = re.compile(r"http://localhost:8443/auth/verify/\?token=[\w-]{22}&et=inv&email=(.+)")


def code(answer: Any) -> int:
    (entry,) = answer.json()["errors"]
    assert entry["extensions"]["code"] == answer.status_code
    return int(answer.status_code)


def kinds(sandbox: Sandbox) -> list[tuple[str, str, str]]:
    return [(change.operation, change.kind, change.tenant) for change in sandbox.state.history]


# Accounts


def test_the_samples_of_accounts(caller: Caller, sandbox: Sandbox) -> None:
    made = caller.create("TestAdvertiserViaAPI", eventEnrichment=True)
    assert re.fullmatch("[0-9A-Za-z]{8}", made["id"])
    assert made | {"id": "", "users": [], "availableRoles": [], "tenantUsage": None} == {
        "id": "",
        "name": "TestAdvertiserViaAPI",
        "status": 0,
        "canPartnerManage": True,
        "users": [],
        "availableRoles": [],
        "tenantUsage": None,
        "canEditTenantSettingsInUI": False,
        "canViewTenantInUI": False,
        "canEditTenantUsersInUI": False,
    }
    assert made["users"] == []
    sandbox.add_account("wW58k7FQ", "Test Account")
    user_id = "992bc489-a799-4374-8933-0109eed60e3d"
    sandbox.set_role("someone@testaccount.com", "manage", tenant="wW58k7FQ", user_id=user_id)
    (user,) = caller.run("tenant", tenantId="wW58k7FQ")["users"]
    assert user["id"] == user_id
    assert user["roles"] == [{"name": "advertiser-manage-wW58k7FQ", "displayName": "manage"}]
    given = {"name": "Test Account Name Update", "status": 0, "canPartnerManage": True}
    tenant = caller.run("updateTenant", input={"tenantId": "SandboxA", **given})["tenant"]
    assert {key: tenant[key] for key in given} == given
    assert caller.run("deleteTenant", tenantId="wW58k7FQ") is True


def test_a_new_account_is_empty_and_its_roles_are_told(caller: Caller, sandbox: Sandbox) -> None:
    made = caller.create()["id"]
    account = caller.run("tenant", tenantId=made)
    assert account["users"] == []
    assert account["availableRoles"] == [
        {"name": f"advertiser-{role}-{made}", "displayName": role}
        for role in ("admin", "manage", "view")
    ]
    assert caller.run("list", tenantId=made)["signalConfigs"] == []
    held = sandbox.state.accounts[made]
    assert (held.event_enrichment, held.made_by) == (False, "createTenant")
    assert caller.create()["id"] != made


def test_an_unmanaged_account_is_set_up_by_its_admin(caller: Caller, sandbox: Sandbox) -> None:
    made = caller.create(canPartnerManage=False, adminEmail="Owner@shop.example")
    assert (made["status"], made["canPartnerManage"]) == (1, False)
    (user,) = made["users"]
    assert (user["email"], user["status"]) == ("owner@shop.example", 2)
    assert [role["displayName"] for role in user["roles"]] == ["admin"]
    (mail,) = sandbox.mails
    assert (mail.to, mail.tenant, mail.operation) == (
        "Owner@shop.example",
        made["id"],
        "createTenant",
    )
    assert code(caller.send("tenant", tenantId=made["id"])) == 401
    sandbox.accept("owner@shop.example")
    assert sandbox.state.accounts[made["id"]].status == 0


@pytest.mark.parametrize(
    "given",
    [
        {"name": " ", "canPartnerManage": True},
        {"name": "Shop", "canPartnerManage": False},
        {"name": "Shop", "canPartnerManage": False, "adminEmail": "nobody"},
    ],
)
def test_accounts_that_cannot_be_made(
    caller: Caller, sandbox: Sandbox, given: dict[str, Any]
) -> None:
    assert code(caller.send("createTenant", input={**given, "eventEnrichment": True})) == 400
    assert list(sandbox.state.accounts) == ["SandboxA", "SandboxB"]


def test_an_update_leaves_the_rest(caller: Caller, sandbox: Sandbox) -> None:
    caller.run("updateTenant", input={"tenantId": "SandboxA", "name": "Shop"})
    tenant = caller.run("updateTenant", input={"tenantId": "SandboxA", "status": 2})["tenant"]
    assert (tenant["name"], tenant["status"], tenant["canPartnerManage"]) == ("Shop", 2, True)
    assert caller.run("list")["status"] == 2
    for wrong in ({"status": 1}, {"status": 3}, {"name": " "}):
        answer = caller.send("updateTenant", input={"tenantId": "SandboxA", **wrong})
        assert code(answer) == 400
    caller.run("updateTenant", input={"tenantId": "SandboxA", "canPartnerManage": False})
    assert code(caller.send("list")) == 401
    assert code(caller.send("updateTenant", input={"tenantId": "SandboxA", "name": "Mine"})) == 401


def test_a_deletion_takes_everything_along(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.connect("101", tenant="SandboxB")
    sandbox.set_event_filter("Lead", "DROP", ["101"])
    sandbox.set_domain_filter("shop.example", "DROP")
    sandbox.set_event_filter("Lead", "DROP", tenant="SandboxB")
    sandbox.set_domain("capig.shop.example")
    sandbox.set_role("a@shop.example", "admin")
    sandbox.set_role("both@shop.example", "admin")
    sandbox.set_role("both@shop.example", "view", tenant="SandboxB")
    before = len(sandbox.state.history)
    assert caller.run("deleteTenant") is True
    assert list(sandbox.state.accounts) == ["SandboxB"]
    assert list(sandbox.state.event_filters()) == [("SandboxB", "Lead", None)]
    assert sandbox.state.domain_filters() == {}
    assert caller.users("SandboxB") == {"both@shop.example": ["advertiser-view-SandboxB"]}
    assert code(caller.send("tenant")) == code(caller.send("list")) == 401
    changes = sandbox.state.history[before:]
    assert {(change.operation, change.tenant) for change in changes} == {
        ("deleteTenant", "SandboxA")
    }
    assert {change.kind for change in changes} == {
        "pixel", "event", "event_filter", "domain_filter", "domain", "user", "routing", "account",
    }  # fmt: skip
    assert changes[-1].kind == "account"
    assert code(caller.send("deleteTenant")) == 400
    sandbox.add_account("SandboxA")
    assert caller.run("list")["signalConfigs"] == []
    assert caller.run("ingressDomain") is None


def test_reset_brings_the_first_accounts_back(caller: Caller, sandbox: Sandbox) -> None:
    caller.create()
    caller.run("deleteTenant")
    sandbox.set_role("a@shop.example", "admin", tenant="SandboxB")
    sandbox.reset()
    caller.log_in()
    assert list(sandbox.state.accounts) == ["SandboxA", "SandboxB"]
    assert caller.users("SandboxB") == {}
    assert sandbox.mails == []


def test_usage(caller: Caller, sandbox: Sandbox) -> None:
    for pixel in ("101", "102", "103", "104"):
        sandbox.connect(pixel, publishing=pixel != "104")
    sandbox.receive("Lead", 5, pixel="101")
    usage = caller.run("tenantUsage")
    assert (usage["totalActivePixels"], usage["totalPixels"]) == (3, 4)
    assert usage["totalInactivePixels"] == 1
    assert usage["totalPipelines"] == usage["totalActivePipeline"] == 0
    traffic = usage["tenantUsageByTraffic"]
    assert traffic.pop("lastUpdatedAt").isdigit()
    assert traffic == {
        "totalEventsReceived": 5,
        "totalPixelsWithTraffic": 1,
        "publishError": False,
        "durationInHours": 24,
    }
    assert caller.run("tenant")["tenantUsage"] == {"totalPixels": 4}


# Users


def test_the_samples_of_users(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.add_account("wW58k7FQ", "Test Account")
    sandbox.set_role("other@testaccount.com", "admin", tenant="wW58k7FQ")
    added = caller.add("tempUser1@testaccount.com", "manage", "wW58k7FQ").json()
    result = added["data"]["userMutations"]["addUserWithRole"]
    assert result["userAlreadyExist"] is False
    found = LINK.fullmatch(result["invitationLink"])
    assert found
    assert found.group(1) == "tempUser1@testaccount.com"
    user = result["user"]
    assert uuid.UUID(user["id"]).version == 4
    assert (user["email"], user["status"]) == ("tempuser1@testaccount.com", 2)
    assert user["roles"] == [{"name": "advertiser-manage-wW58k7FQ", "displayName": "manage"}]
    change = {
        "userId": user["id"],
        "roleToRevoke": "advertiser-manage-wW58k7FQ",
        "roleToAdd": "agency-admin",
    }
    changed = caller.run("changeRoleForUser", input=change)["user"]
    assert changed["roles"] == [{"name": "agency-admin", "displayName": "admin"}]
    given = {"email": "other@testaccount.com", "tenantId": "wW58k7FQ", "userType": "ADVERTISER"}
    link = caller.run("sendInvitation", input=given)
    assert LINK.fullmatch(link)
    assert [mail.link for mail in sandbox.mails] == [result["invitationLink"], link]


def test_roles_change_in_one_account(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.set_role("first@shop.example", "admin")
    user = sandbox.set_role("b@shop.example", "view").id
    sandbox.set_role("b@shop.example", "admin", tenant="SandboxB")
    assert caller.change(user, "view", "manage").status_code == 200
    roles = ["advertiser-manage-SandboxA", "advertiser-admin-SandboxB"]
    assert sorted(caller.users()["b@shop.example"]) == sorted(roles)
    assert caller.change(user, "manage", None).status_code == 200
    assert list(caller.users()) == ["first@shop.example"]
    assert caller.users("SandboxB") == {"b@shop.example": ["advertiser-admin-SandboxB"]}
    assert caller.change(user, None, "view").status_code == 200
    assert "b@shop.example" in caller.users()


@pytest.mark.parametrize(
    ("user", "revoke", "add", "expected"),
    [
        ("nobody", "admin", None, 404),
        ("u-1", "view", None, 404),
        ("u-1", None, "king", 404),
        ("u-1", None, None, 400),
        ("u-1", None, "view", 400),
        ("u-1", "admin", "view", 400),
        ("u-1", "admin", None, 400),
    ],
)
def test_changes_that_are_refused(
    caller: Caller,
    sandbox: Sandbox,
    user: str,
    revoke: str | None,
    add: str | None,
    expected: int,
) -> None:
    sandbox.set_role("sole@shop.example", "admin", user_id="u-1")
    before = sandbox.state.history
    assert code(caller.change(user, revoke, add)) == expected
    assert sandbox.state.history == before


def test_people_are_one_whatever_their_accounts(caller: Caller, sandbox: Sandbox) -> None:
    first = caller.add("Ann@shop.example").json()["data"]["userMutations"]["addUserWithRole"]
    again = caller.add("ann@SHOP.example", "view", "SandboxB")
    second = again.json()["data"]["userMutations"]["addUserWithRole"]
    assert second["userAlreadyExist"] is True
    assert second["user"]["id"] == first["user"]["id"]
    assert len(sandbox.mails) == 2
    account = caller.run("tenant")["users"][0]
    assert [tenant["id"] for tenant in account["tenants"]] == ["SandboxA", "SandboxB"]
    assert account["defaultTenantId"] == "SandboxA"
    assert code(caller.add("ANN@shop.example", "view")) == 409


def test_additions_that_are_refused(caller: Caller, sandbox: Sandbox) -> None:
    assert code(caller.add("nobody")) == 400
    assert code(caller.add("a@shop.example", "king")) == 404
    assert code(caller.add("a@shop.example", tenant="Nobody00")) == 404
    assert sandbox.state.history == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"email": "x"}, 400),
        ({"email": "other@shop.example"}, 404),
        ({"tenantId": "SandboxB"}, 404),
        ({"tenantId": "Nobody00"}, 401),
        ({"tenantId": None}, 400),
        ({"userType": "AGENCY"}, 400),
        ({"userType": "AGENCY", "tenantId": None}, 404),
    ],
)
def test_invitations_that_are_refused(
    caller: Caller, sandbox: Sandbox, changes: dict[str, Any], expected: int
) -> None:
    sandbox.set_role("a@shop.example", "admin")
    given = {"email": "a@shop.example", "tenantId": "SandboxA", "userType": "ADVERTISER"}
    assert code(caller.send("sendInvitation", input={**given, **changes})) == expected
    assert sandbox.mails == []


def test_host_users_have_roles_too(caller: Caller, sandbox: Sandbox) -> None:
    given = {"email": "boss@agency.example", "roleName": "agency-admin"}
    user = caller.run("addUserWithRole", input=given)["user"]
    assert user["roles"] == [{"name": "agency-admin", "displayName": "admin"}]
    assert (user["defaultTenantId"], caller.users()) == (None, {})
    host = {"email": "boss@agency.example", "tenantId": None, "userType": "AGENCY"}
    assert LINK.fullmatch(caller.run("sendInvitation", input=host))


# First-party domains


def test_the_samples_of_routing(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.add_account("IaoreXfj", "Tenant for test@meta.com")
    assert caller.run("ingressDomain", tenantId="IaoreXfj") is None
    given = {"ingress": "capig.advertiser.com", "targetDomain": "capig.targetDomain.com"}
    assert caller.run("upsertIngressDomain", tenantId="IaoreXfj", input=given) == {
        "id": "admin:ingress",
        "tenantName": "Tenant for test@meta.com",
        "ingress": "capig.advertiser.com",
        "tenant1pDomain": "capig.advertiser.com",
        "tenant1pDomainStatus": "DOMAIN_NOT_SELECTED",
        "cnameResolveSuccess": False,
    }
    sandbox.set_domain("www.example.com", tenant="IaoreXfj")
    assert caller.run("ingressDomain", tenantId="IaoreXfj") == {
        "id": "IaoreXfj:ingress",
        "ingress": "www.example.com",
        "tenantName": "IaoreXfj",
        "cnameResolveSuccess": False,
    }
    sandbox.resolve("IaoreXfj")
    assert caller.run("ingressDomain", tenantId="IaoreXfj")["cnameResolveSuccess"] is True
    assert caller.run("ingressDomain") is None


def test_another_domain_is_not_resolved_yet(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.set_domain("capig.shop.example")
    sandbox.resolve()
    given = {"ingress": "other.shop.example", "targetDomain": "capig.example.com"}
    assert caller.run("upsertIngressDomain", input=given)["cnameResolveSuccess"] is False
    for wrong in ({"ingress": "a b"}, {"targetDomain": ""}):
        assert code(caller.send("upsertIngressDomain", input={**given, **wrong})) == 500


def test_a_domain_without_an_account_is_nobodys(caller: Caller, sandbox: Sandbox) -> None:
    query = (
        'mutation { upsertIngressDomain(input: {ingress: "a.example", targetDomain: "b.example"})'
        " { id ingress } }"
    )
    assert caller.post(query, to="hub").json()["data"]["upsertIngressDomain"] == {
        "id": "admin:ingress",
        "ingress": "a.example",
    }
    assert caller.run("ingressDomain") is None


# Metrics


def test_metrics_are_what_came_in(caller: Caller, sandbox: Sandbox) -> None:
    pixel = "18904456377094531"
    sandbox.connect(pixel, publishing=False)
    sandbox.receive("Purchase_PN_Mar22_Events", 4, pixel=pixel)
    metrics = caller.run("eventMetrics", pixelIds=[pixel])
    (activity,) = metrics["activity"]
    assert re.fullmatch(r"\d{13}", activity.pop("lastUpdated"))
    assert activity == {
        "name": "Purchase_PN_Mar22_Events",
        "receivedCount": 4,
        "publishedCount": 0,
    }
    assert metrics["incoming"] == {"eventNamesCount": 1, "eventsCount": 4}
    assert metrics["outgoing"] == {
        "eventNamesCount": 0,
        "eventsCount": 0,
        "publishSuccessRate": 0.0,
    }
    assert metrics["domainActivity"] == []
    assert caller.run("eventMetrics", pixelIds=["101"])["activity"] == []


def test_filters_show_in_the_metrics(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.connect("102", receiving=False)
    sandbox.set_event_filter("Lead", "DROP")
    sandbox.set_domain_filter("staging.example", "DROP")
    sandbox.receive("Lead", 2, pixel="101", domain="shop.example")
    sandbox.receive("Purchase", 3, pixel="101", domain="shop.example")
    sandbox.receive("Purchase", 4, pixel="101", domain="staging.example")
    sandbox.receive("Purchase", 9, pixel="102")
    metrics = caller.run("eventMetrics")
    counts = {
        item["name"]: (item["receivedCount"], item["publishedCount"])
        for item in metrics["activity"]
    }
    assert counts == {"Lead": (2, 0), "Purchase": (7, 3)}
    domains = {
        item["domainName"]: (item["receivedCount"], item["publishedCount"])
        for item in metrics["domainActivity"]
    }
    assert domains == {"shop.example": (5, 3), "staging.example": (4, 0)}
    status = caller.listed()["101"]
    assert (status["totalEventsReceived"], status["totalEventsPublished"]) == (9.0, 3.0)
    sandbox.edit_account(status=2)
    sandbox.receive("Purchase", 1, pixel="101")
    assert caller.run("eventMetrics")["outgoing"]["eventsCount"] == 3
    with pytest.raises(KeyError):
        sandbox.receive("Lead", pixel="404")


# Faults and several fields


def test_faults_find_operations_of_the_hub_by_account(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.set_role("a@shop.example", "admin", user_id="u-1")
    sandbox.inject(Fault.status(503, tenant="SandboxB", times=None))
    assert caller.run("tenant") is not None
    assert caller.send("tenant", tenantId="SandboxB").status_code == 503
    assert caller.add("b@shop.example", tenant="SandboxB").status_code == 503
    assert caller.change("u-1", None, "view", tenant="SandboxB").status_code == 503
    update = {"tenantId": "SandboxB", "name": "Shop"}
    assert caller.send("updateTenant", input=update).status_code == 503
    assert {record.tenant for record in sandbox.requests} == {"SandboxA", "SandboxB"}


def test_several_fields_of_the_hub(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.set_domain("capig.shop.example", tenant="SandboxB")
    sandbox.inject(Fault("field-error", "ingressDomain", tenant="SandboxA", code=500))
    sandbox.inject(Fault("no-success", "tenantUsage"))
    query = """{
        one: tenant(tenantId: "SandboxA") { id }
        two: ingressDomain(tenantId: "SandboxA") { ingress }
        three: ingressDomain(tenantId: "SandboxB") { ingress }
        four: tenantUsage(tenantId: "SandboxB") { totalPixels }
    }"""
    answer = caller.post(query, to="hub")
    assert answer.status_code == 500
    payload = answer.json()
    assert [entry["path"] for entry in payload["errors"]] == [["two"]]
    assert payload["data"] == {
        "one": {"id": "SandboxA"},
        "two": None,
        "three": {"ingress": "capig.shop.example"},
        "four": None,
    }
    (record,) = sandbox.requests
    assert record.operation == "tenant+ingressDomain+tenantUsage"
    assert [field.applied for field in record.fields] == [True, False, True, False]


@pytest.mark.parametrize("kind", ["unknown-fields", "missing-fields", "wrong-types"])
def test_results_at_the_root_may_be_null(caller: Caller, sandbox: Sandbox, kind: Any) -> None:
    query = '{ tenant(tenantId: "SandboxA") { id } ingressDomain(tenantId: "SandboxA") { id } }'
    sandbox.inject(Fault(kind))
    data = caller.post(query, to="hub").json()["data"]
    told = {
        "unknown-fields": {"id": "SandboxA", "unheardOf": {"list": [1, None], "text": "new"}},
        "missing-fields": {},
        "wrong-types": {"id": {"unexpected": True}},
    }
    assert data["tenant"] == told[kind]
    rest = {"unknown-fields": None, "missing-fields": "", "wrong-types": [None]}
    assert data.get("ingressDomain", "") == rest[kind]


# History, and other threads


def test_history_has_all_of_it(caller: Caller, sandbox: Sandbox) -> None:
    made = caller.create()["id"]
    caller.add("a@shop.example", tenant=made)
    given = {"ingress": "capig.shop.example", "targetDomain": "capig.example.com"}
    caller.run("upsertIngressDomain", tenantId=made, input=given)
    sandbox.rename("Store", tenant=made)
    assert kinds(sandbox) == [
        ("createTenant", "account", made),
        ("addUserWithRole", "user", made),
        ("addUserWithRole", "mail", made),
        ("upsertIngressDomain", "routing", made),
        ("sandbox", "account", made),
    ]
    assert sandbox.mails[0].link not in repr(sandbox.state.history)


def test_accounts_come_and_go_while_others_look(caller: Caller, sandbox: Sandbox) -> None:
    def come_and_go() -> None:
        for _ in range(100):
            sandbox.add_account("SandboxC")
            sandbox.connect("301", tenant="SandboxC")
            sandbox.set_event_filter("Lead", "DROP", tenant="SandboxC")
            sandbox.set_role("c@shop.example", "admin", tenant="SandboxC")
            sandbox.drop_account("SandboxC")

    with ThreadPoolExecutor() as pool:
        other = pool.submit(come_and_go)
        seen = False
        while not seen:
            seen = other.done()
            assert caller.http.get("/sandbox/view").status_code == 200
            assert caller.http.get("/sandbox/state").status_code == 200
            for operation in ("tenant", "list", "eventMetrics", "ingressDomain"):
                assert caller.send(operation, tenantId="SandboxC").status_code in (200, 401)
        other.result()


# Behind the client's back


def test_people_are_changed_behind_the_back(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.set_role("a@shop.example", "advertiser-manage-SandboxA", status=0)
    assert caller.run("tenant")["users"][0]["status"] == 0
    sandbox.set_role("A@shop.example", "view")
    assert caller.users() == {"a@shop.example": ["advertiser-view-SandboxA"]}
    sandbox.set_role("a@shop.example", None)
    assert caller.users() == {"a@shop.example": []}
    sandbox.remove_user("a@shop.example")
    assert caller.users() == {}
    with pytest.raises(KeyError):
        sandbox.remove_user("a@shop.example")
    with pytest.raises(KeyError):
        sandbox.accept("a@shop.example")
    with pytest.raises(ValueError, match="no role 'king'; there are admin, manage, view"):
        sandbox.set_role("a@shop.example", "king")


def test_what_is_not_there_cannot_be_changed_behind_the_back(sandbox: Sandbox) -> None:
    for change in (
        lambda: sandbox.rename("Shop", tenant="Nobody00"),
        lambda: sandbox.drop_account("Nobody00"),
        lambda: sandbox.set_role("a@shop.example", "admin", tenant="Nobody00"),
        lambda: sandbox.set_domain("capig.shop.example", tenant="Nobody00"),
        lambda: sandbox.connect("301", tenant="Nobody00"),
        sandbox.resolve,
    ):
        with pytest.raises(KeyError):
            change()
    assert sandbox.state.history == []

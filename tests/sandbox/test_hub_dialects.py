"""Each switch of accounts, users and first-party domains, as a client sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_capig.sandbox import Sandbox
from pulumi_capig.sandbox.parts.people import People

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Caller

    Speak = Callable[..., None]

UPDATE = {"input": {"tenantId": "Nobody00", "name": "Shop"}}
ROUTING = {"ingress": "capig.shop.example", "targetDomain": "capig.example.com"}


@pytest.fixture
def speak(sandbox: Sandbox) -> Callable[..., None]:
    def change(**switches: Any) -> None:
        sandbox.dialect = replace(sandbox.dialect, **switches)

    return change


def added(answer: Any) -> Any:
    return answer.json()["data"]["userMutations"]["addUserWithRole"]


# Accounts


@pytest.mark.parametrize("told", ["401", "404", "500", "400"])
def test_an_unknown_account_of_the_hub(caller: Caller, speak: Speak, told: str) -> None:
    speak(unknown_tenant_hub=told)
    for operation in ("tenant", "tenantUsage", "ingressDomain"):
        assert caller.send(operation, tenantId="Nobody00").status_code == int(told)
    assert caller.send("updateTenant", **UPDATE).status_code == int(told)
    routing = caller.send("upsertIngressDomain", tenantId="Nobody00", input=ROUTING)
    assert routing.status_code == int(told)
    assert caller.send("list", tenantId="Nobody00").status_code == 401


def test_an_unknown_account_of_the_hub_is_null(caller: Caller, speak: Speak) -> None:
    speak(unknown_tenant_hub="null")
    for operation in ("tenant", "tenantUsage", "ingressDomain"):
        assert caller.run(operation, tenantId="Nobody00") is None
    assert caller.send("updateTenant", **UPDATE).status_code == 401


@pytest.mark.parametrize(
    ("told", "read", "write"), [("401", 401, 401), ("401-writes", 200, 401), ("allowed", 200, 200)]
)
def test_unmanaged_accounts(
    caller: Caller, sandbox: Sandbox, speak: Speak, told: str, read: int, write: int
) -> None:
    sandbox.edit_account(managed=False)
    sandbox.connect("101")
    speak(unmanaged=told)
    for operation in (
        "tenant", "tenantUsage", "ingressDomain", "list", "eventMetrics", "dataSourcesQuery"
    ):  # fmt: skip
        assert caller.send(operation).status_code == read, operation
    assert caller.try_setup().status_code == write
    assert caller.send("upsertIngressDomain", input=ROUTING).status_code == write
    assert caller.add("a@shop.example").status_code == write
    update = {"tenantId": "SandboxA", "canPartnerManage": True}
    assert caller.send("updateTenant", input=update).status_code == write
    assert caller.send("deleteTenant").status_code == write


def test_an_update_resets_what_it_leaves_out(
    caller: Caller, sandbox: Sandbox, speak: Speak
) -> None:
    sandbox.edit_account(status=2)
    speak(update_tenant="put")
    tenant = caller.run("updateTenant", input={"tenantId": "SandboxA", "canPartnerManage": True})
    assert (tenant["tenant"]["name"], tenant["tenant"]["status"]) == ("", 0)
    caller.run("updateTenant", input={"tenantId": "SandboxA", "name": "Shop"})
    assert sandbox.state.accounts["SandboxA"].managed is False


def test_names_of_accounts_are_unique(caller: Caller, speak: Speak) -> None:
    caller.create("Shop")
    caller.create("Shop")
    speak(duplicate_name="400")
    given = {"name": "Shop", "canPartnerManage": True, "eventEnrichment": True}
    assert caller.send("createTenant", input=given).status_code == 400


def test_a_new_unmanaged_account_is_active(caller: Caller, speak: Speak) -> None:
    speak(new_unmanaged_status=0)
    made = caller.create(canPartnerManage=False, adminEmail="owner@shop.example")
    assert made["status"] == 0


def test_status_one_is_taken(caller: Caller, speak: Speak) -> None:
    speak(status_one="taken")
    tenant = caller.run("updateTenant", input={"tenantId": "SandboxA", "status": 1})["tenant"]
    assert tenant["status"] == 1


@pytest.mark.parametrize("told", ["400", "404", "401"])
def test_deletion_of_an_unknown_account(caller: Caller, speak: Speak, told: str) -> None:
    speak(delete_unknown_tenant=told)
    assert caller.send("deleteTenant", tenantId="Nobody00").status_code == int(told)


def test_deletion_of_an_unknown_account_is_false(caller: Caller, speak: Speak) -> None:
    speak(delete_unknown_tenant="false")
    assert caller.run("deleteTenant", tenantId="Nobody00") is False


# Users


def test_pending_users_are_listed_later(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    speak(pending_users="unlisted")
    assert added(caller.add("a@shop.example"))["user"]["status"] == 2
    assert caller.users() == {}
    assert caller.add("a@shop.example").status_code == 409
    assert sandbox.accept("A@shop.example").status == 1
    assert caller.users() == {"a@shop.example": ["advertiser-admin-SandboxA"]}


def test_emails_are_answered_as_given(caller: Caller, speak: Speak) -> None:
    speak(email_answered="as-given")
    assert added(caller.add("Ann@Shop.example"))["user"]["email"] == "Ann@Shop.example"
    assert caller.add("ann@shop.example").status_code == 409
    assert list(caller.users()) == ["Ann@Shop.example"]


@pytest.mark.parametrize(
    ("told", "offered"),
    [
        ("documented", {"admin": "admin", "manage": "manage", "view": "view"}),
        ("table", {"admin": "admin", "user": "user", "view": "view"}),
        ("other-names", {"admin": "admin", "standard": "manage", "view": "view"}),
        ("none", {}),
    ],
)
def test_roles(caller: Caller, speak: Speak, told: str, offered: dict[str, str]) -> None:
    speak(roles=told)
    roles = caller.run("tenant")["availableRoles"]
    assert {role["name"]: role["displayName"] for role in roles} == {
        f"advertiser-{action}-SandboxA": display for action, display in offered.items()
    }
    for number, action in enumerate(offered or {"manage": "manage"}):
        user = added(caller.add(f"{number}@shop.example", action))["user"]
        assert [role["displayName"] for role in user["roles"]] == [offered.get(action, action)]
    wrong = "standard" if told == "documented" else "king"
    assert caller.add("other@shop.example", wrong).status_code == 404


def test_roles_of_the_account_alone(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    for tenant in ("SandboxA", "SandboxB", ""):
        sandbox.set_role("a@shop.example", "admin", tenant=tenant)
    everywhere = ["advertiser-admin-SandboxA", "advertiser-admin-SandboxB", "agency-admin"]
    assert caller.users() == {"a@shop.example": everywhere}
    speak(user_roles="account")
    assert caller.users() == {"a@shop.example": ["advertiser-admin-SandboxA"]}
    assert caller.users("SandboxB") == {"a@shop.example": ["advertiser-admin-SandboxB"]}


@pytest.mark.parametrize(
    ("told", "status", "data", "role"),
    [
        ("409", 409, False, "view"),
        ("409-data", 409, True, "view"),
        ("replaced", 200, True, "admin"),
        ("200", 200, True, "view"),
    ],
)
def test_addition_of_somebody_who_is_there(
    caller: Caller, sandbox: Sandbox, speak: Speak, told: str, status: int, data: bool, role: str
) -> None:
    sandbox.set_role("a@shop.example", "view", user_id="u-1")
    speak(add_existing=told)
    answer = caller.add("A@shop.example", "admin")
    assert answer.status_code == status
    assert caller.users() == {"a@shop.example": [f"advertiser-{role}-SandboxA"]}
    assert sandbox.mails == []
    assert [record.applied for record in sandbox.requests][:1] == [status == 200]
    if status == 409:
        (entry,) = answer.json()["errors"]
        assert entry["extensions"] == {"code": 409}
        assert entry["path"] == ["userMutations", "addUserWithRole"]
    if data:
        assert added(answer)["user"]["id"] == "u-1"
        assert added(answer)["userAlreadyExist"] is True
    else:
        assert added(answer) is None


def test_409_with_data_in_the_carrier_of_errors(
    caller: Caller, sandbox: Sandbox, speak: Speak
) -> None:
    sandbox.set_role("a@shop.example", "view", user_id="u-1")
    speak(add_existing="409-data", error_carrier="errors")
    answer = caller.add("a@shop.example")
    assert (answer.status_code, added(answer)["user"]["id"]) == (200, "u-1")
    assert answer.json()["errors"][0]["extensions"] == {"code": 409}


@pytest.mark.parametrize(
    ("told", "statuses", "people"),
    [("one", [200, 200], 1), ("two", [200, 200], 2), ("500", [200, 500], 1)],
)
def test_additions_of_one_email_that_overlap(
    caller: Caller, sandbox: Sandbox, speak: Speak, told: str, statuses: list[int], people: int
) -> None:
    speak(add_user_race=told)
    with ThreadPoolExecutor() as pool, sandbox.hold("addUserWithRole", times=2) as gate:
        answers = [
            pool.submit(caller.add, "a@shop.example", "admin", tenant)
            for tenant in ("SandboxA", "SandboxB")
        ]
        gate.wait(2)
        gate.release()
        assert sorted(answer.result().status_code for answer in answers) == statuses
    assert len(sandbox.requests) == 2
    assert len(sandbox.state.part(People).named("a@shop.example")) == people
    if told != "500":
        assert len({added(answer.result())["user"]["id"] for answer in answers}) == people
    later = caller.add("b@shop.example"), caller.add("b@shop.example", tenant="SandboxB")
    assert [answer.status_code for answer in later] == [200, 200]
    assert added(later[0])["user"]["id"] == added(later[1])["user"]["id"]


def test_no_link_for_known_people(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    speak(invitation_link="null-known")
    assert added(caller.add("a@shop.example"))["invitationLink"]
    second = added(caller.add("a@shop.example", tenant="SandboxB"))
    assert (second["invitationLink"], second["userAlreadyExist"]) == (None, True)
    assert len(sandbox.mails) == 2


def test_no_link_and_no_mail_without_a_mail_server(
    caller: Caller, sandbox: Sandbox, speak: Speak
) -> None:
    speak(invitation_link="null-no-smtp")
    assert added(caller.add("a@shop.example"))["invitationLink"] is None
    given = {"email": "a@shop.example", "tenantId": "SandboxA", "userType": "ADVERTISER"}
    assert caller.run("sendInvitation", input=given) is None
    assert sandbox.mails == []


@pytest.mark.parametrize(
    ("told", "listed", "known"),
    [("off-list", {}, True), ("listed", {"a@shop.example": []}, True), ("user-gone", {}, False)],
)
def test_the_last_role_is_revoked(
    caller: Caller,
    sandbox: Sandbox,
    speak: Speak,
    told: str,
    listed: dict[str, list[str]],
    known: bool,
) -> None:
    sandbox.set_role("a@shop.example", "view", user_id="u-1")
    speak(revoke_last=told)
    answer = caller.change("u-1", "view", None)
    assert answer.json()["data"]["userMutations"]["changeRoleForUser"]["user"]["roles"] == []
    assert caller.users() == listed
    again = added(caller.add("a@shop.example"))
    assert again["userAlreadyExist"] is known
    assert (again["user"]["id"] == "u-1") is known
    assert caller.users() == {"a@shop.example": ["advertiser-admin-SandboxA"]}


def test_a_user_with_another_role_is_not_gone(
    caller: Caller, sandbox: Sandbox, speak: Speak
) -> None:
    sandbox.set_role("a@shop.example", "view", user_id="u-1")
    sandbox.set_role("a@shop.example", "view", tenant="SandboxB")
    speak(revoke_last="user-gone")
    assert caller.change("u-1", "view", None).status_code == 200
    assert caller.users("SandboxB") == {"a@shop.example": ["advertiser-view-SandboxB"]}
    assert caller.users() == {}


@pytest.mark.parametrize(("told", "status"), [("400", 400), ("500", 500), ("ignored", 200)])
def test_the_only_admin_stays(
    caller: Caller, sandbox: Sandbox, speak: Speak, told: str, status: int
) -> None:
    sandbox.set_role("a@shop.example", "admin", user_id="u-1")
    sandbox.set_role("b@shop.example", "view")
    speak(sole_admin=told)
    before = sandbox.state.history
    assert caller.change("u-1", "admin", None).status_code == status
    assert caller.change("u-1", "admin", "view").status_code == status
    assert sandbox.state.history == before
    sandbox.set_role("b@shop.example", "admin")
    assert caller.change("u-1", "admin", "view").status_code == 200


def test_a_role_is_revoked_that_is_not_there(
    caller: Caller, sandbox: Sandbox, speak: Speak
) -> None:
    sandbox.set_role("a@shop.example", "view", user_id="u-1")
    assert caller.change("u-1", "admin", "manage").status_code == 404
    speak(stale_revoke="ignored")
    assert caller.change("u-1", "admin", None).status_code == 200
    assert caller.users() == {"a@shop.example": ["advertiser-view-SandboxA"]}
    assert caller.change("u-1", "admin", "manage").status_code == 200
    roles = ["advertiser-view-SandboxA", "advertiser-manage-SandboxA"]
    assert caller.users() == {"a@shop.example": roles}
    assert caller.change("u-1", "view", None).status_code == 200
    assert caller.users() == {"a@shop.example": roles[1:]}


# First-party domains


@pytest.mark.parametrize(("told", "ingress"), [("ingress-null", None), ("ingress-empty", "")])
def test_no_domain(caller: Caller, speak: Speak, told: str, ingress: str | None) -> None:
    speak(no_routing=told)
    assert caller.run("ingressDomain") == {
        "id": "SandboxA:ingress",
        "ingress": ingress,
        "tenantName": "SandboxA",
        "cnameResolveSuccess": False,
    }


def test_ids_of_domains_are_consistent(caller: Caller, speak: Speak) -> None:
    speak(routing_ids="consistent")
    made = caller.run("upsertIngressDomain", input=ROUTING)
    read = caller.run("ingressDomain")
    assert made["id"] == read["id"] == "SandboxA:ingress"
    assert made["tenantName"] == read["tenantName"] == "SandboxA"


@pytest.mark.parametrize("told", ["ID", "String"])
def test_type_of_the_account_in_routing(caller: Caller, speak: Speak, told: str) -> None:
    speak(ingress_argument=told)
    read = "query($t: %s!) { ingressDomain(tenantId: $t) { id } }"
    write = (
        'mutation($t: %s!) { upsertIngressDomain(tenantId: $t, input: {ingress: "a.example",'
        ' targetDomain: "b.example"}) { ingress } }'
    )
    for query in (read, write):
        for kind in ("ID", "String"):
            answer = caller.post(query % kind, {"t": "SandboxA"}, to="hub")
            assert answer.status_code == (200 if kind == told else 400), answer.text
        literal = query.replace("($t: %s!)", "").replace("$t", '"SandboxA"')
        assert caller.post(literal, to="hub").status_code == 200


def test_routing_is_set_without_an_account(caller: Caller, speak: Speak) -> None:
    speak(ingress_argument="unknown")
    answer = caller.send("upsertIngressDomain", input=ROUTING)
    assert answer.status_code == 400
    assert "Unknown argument 'tenantId'" in answer.text
    assert caller.run("ingressDomain") is None


@pytest.mark.parametrize(("told", "resolved"), [("kept", True), ("reset", False)])
def test_the_same_domain_is_set_again(
    caller: Caller, sandbox: Sandbox, speak: Speak, told: str, resolved: bool
) -> None:
    caller.run("upsertIngressDomain", input=ROUTING)
    sandbox.resolve(status="OPTIMIZED")
    speak(same_routing_again=told)
    again = caller.run("upsertIngressDomain", input=ROUTING)
    assert again["cnameResolveSuccess"] is resolved
    status = "OPTIMIZED" if resolved else "DOMAIN_NOT_SELECTED"
    assert again["tenant1pDomainStatus"] == status


# Forms of answers


def test_long_numbers_are_strings(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    sandbox.connect("101")
    sandbox.receive("Lead", 5, pixel="101")
    speak(long="string")
    traffic = caller.run("tenantUsage")["tenantUsageByTraffic"]
    assert traffic["totalEventsReceived"] == "5"


def test_an_older_hub_lacks_fields(caller: Caller, speak: Speak) -> None:
    speak(unknown_fields=frozenset({"Tenant.canPartnerManage"}))
    answer = caller.send("tenant")
    assert answer.status_code == 400
    assert "Cannot query field 'canPartnerManage'" in answer.text

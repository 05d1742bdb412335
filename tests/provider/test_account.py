"""The life of an account: each row of its table, in each dialect."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from pulumi_capig.sandbox.faults import HTML_PAGE
from pulumi_capig.sandbox.parts.accounts import Accounts, HeldAccount
from tests.support.advertiser import (
    SHOP,
    account,
    asked,
    first_party,
    lead,
    made,
    pixel,
    speak,
    taken_over,
    user,
)
from tests.support.deployment import Deployment, IdOf
from tests.support.provider import CallError, Provider

pytestmark = pytest.mark.usefixtures("no_waits")

CREATE, READ, UPDATE, DELETE = "createTenant", "tenant", "updateTenant", "deleteTenant"
LOOK = [READ, "list", "dataSourcesQuery", "dataDestinationsQuery"]


def held(sandbox: Sandbox, tenant: str | None = None) -> HeldAccount:
    return sandbox.state.part(Accounts)[tenant or made(sandbox)[0]]


def account_first(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: not name.startswith("shop"))


def lost(fault: str, operation: str, **where: Any) -> Fault:
    return FAULTS[fault].on(operation, **where)


# -- check -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "wrong"),
    [
        (account(None), {"name"}),
        (account("  "), {"name"}),
        (account(" Shop"), {"name"}),
        (account("Shop\n"), {"name"}),
        (account(event_enrichment=None), {"event_enrichment"}),
        (account(managed=False), {"admin_email"}),
        (account(admin_email="a@shop.example"), {"admin_email"}),
        (account(managed=False, admin_email="a@shop.example"), set()),
        (account(managed=True, active=False, force_destroy=True), set()),
        (taken_over("SandboxA"), set()),
        (taken_over("SandboxA", event_enrichment=True), {"event_enrichment"}),
        (taken_over("SandboxA", admin_email="a@shop.example"), {"admin_email"}),
        (taken_over("Sandbox A"), {"tenant_id"}),
    ],
)
def test_check(provider: Provider, declared: tuple[str, dict[str, Any]], wrong: set[str]) -> None:
    checked = provider.check("Account", None, declared[1])
    assert set(checked.failures) == wrong
    assert (
        provider.check("Account", None, {**declared[1], "nonsense": "1"}).failures.keys() == wrong
    )


def test_the_host_manages_a_new_account_unless_it_is_said(provider: Provider) -> None:
    assert provider.check("Account", None, account()[1]).inputs["managed"] is True
    assert "managed" not in provider.check("Account", None, taken_over("SandboxA")[1]).inputs


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        (account(), account(event_enrichment=True), {"event_enrichment"}),
        (account(), account(event_enrichment=None), set()),
        (
            account(managed=False, admin_email="a@shop.example"),
            account(managed=False, admin_email="b@shop.example"),
            {"admin_email"},
        ),
        (
            account(managed=False, admin_email="a@shop.example"),
            account(managed=False, event_enrichment=None),
            set(),
        ),
        (
            taken_over("SandboxA"),
            taken_over("SandboxA", event_enrichment=True),
            {"event_enrichment"},
        ),
    ],
)
def test_nothing_changes_what_only_a_create_sets(
    deployment: Deployment, in_sandbox: Sandbox, before: Any, after: Any, wrong: set[str]
) -> None:
    speak(in_sandbox, unmanaged="allowed")
    assert deployment.up({"shop": before}).errors == {}
    in_sandbox.clear_requests()
    previewed = deployment.preview({"shop": after})
    assert in_sandbox.requests == []
    if not wrong:
        assert previewed.changes == []
        assert deployment.up({"shop": after}).changes == []
        assert deployment.up({"shop": before}).changes == []
        return
    assert "restore the old value, or leave it out" in previewed.errors["shop"]


# -- diff --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "sent"),
    [
        ({"name": "Shop AG"}, [READ, UPDATE]),
        ({"active": False}, [READ, UPDATE]),
        ({"active": True}, [READ]),
        ({"managed": False}, [READ, UPDATE]),
        ({"force_destroy": True}, []),
    ],
)
def test_a_change_is_in_place_and_sends_what_differs(
    deployment: Deployment, in_sandbox: Sandbox, changed: dict[str, Any], sent: list[str]
) -> None:
    deployment.up({"shop": account()})
    (tenant,) = made(in_sandbox)
    in_sandbox.clear_requests()
    program = {"shop": account(**changed)}
    assert deployment.preview(program).changes == [("update", "shop")]
    assert in_sandbox.requests == []
    result = deployment.up(program)
    assert (result.errors, result.changes) == ({}, [("update", "shop")])
    assert asked(in_sandbox) == sent
    assert made(in_sandbox) == [tenant]
    assert deployment.up(program).changes == []
    now = held(in_sandbox)
    assert now.name == changed.get("name", "Shop GmbH")
    assert now.managed == changed.get("managed", True)
    assert (now.status == 2) == (changed.get("active") is False)


def test_another_id_is_another_account(deployment: Deployment, in_sandbox: Sandbox) -> None:
    in_sandbox.add_account("SandboxB")
    deployment.up({"shop": account()})
    (tenant,) = set(made(in_sandbox)) - {"SandboxB"}
    in_sandbox.clear_requests()
    for act in (deployment.preview, deployment.up):
        error = act({"shop": account(event_enrichment=None, tenant_id="SandboxB")}).errors["shop"]
        assert f"this resource is account {tenant}, but the program now says SandboxB" in error
        assert "as a separate resource" in error
    assert in_sandbox.requests == []
    # Its own id may come and go.
    for declared in (account(tenant_id=tenant), account()):
        assert deployment.up({"shop": declared}).errors == {}
    assert asked(in_sandbox) == []


# -- create ------------------------------------------------------------------------------------


def test_a_new_account_is_one_request_and_known_from_its_answer(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    program = {
        "shop": account(),
        "admin": user(tenant_id=SHOP),
        "domain": first_party(tenant_id=SHOP),
        "web": pixel("101", tenant_id=SHOP),
        "app": pixel("102", tenant_id=SHOP),
        "lead": lead(tenant_id=SHOP),
    }
    assert deployment.preview(program).errors == {}
    assert in_sandbox.requests == []
    assert deployment.up(program).errors == {}
    beside = [operation for operation in asked(in_sandbox) if "Filter" not in operation]
    assert sorted(beside) == sorted(
        [CREATE, "addUserWithRole", "upsertIngressDomain", *["setupPixelSignalConfig"] * 2]
    )
    (tenant,) = made(in_sandbox)
    assert deployment.state["shop"].id == tenant
    assert deployment.state["admin"].id == f"{tenant}/owner@shop.example"
    assert deployment.state["domain"].id == f"{tenant}/first-party-domain"
    in_sandbox.clear_requests()
    assert deployment.up(program).changes == []
    assert in_sandbox.requests == []
    assert deployment.refresh().changes == []
    assert sorted(asked(in_sandbox)) == ["ingressDomain", "list", READ]


def test_a_new_account_that_is_not_to_be_active(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    assert deployment.up({"shop": account(active=False)}).errors == {}
    assert asked(in_sandbox) == [CREATE, UPDATE]
    assert held(in_sandbox).status == 2
    assert deployment.state["shop"].outputs["status"] == 2
    assert deployment.refresh().changes == []


def test_what_cannot_be_finished_is_taken_away_again(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    in_sandbox.inject(Fault.status(500, operation=UPDATE))
    error = deployment.up({"shop": account(active=False)}).errors["shop"]
    assert "the account was deleted again" in error
    assert made(in_sandbox) == []
    assert deployment.state == {}
    assert deployment.up({"shop": account(active=False)}).errors == {}
    assert len(made(in_sandbox)) == 1


def test_what_cannot_be_taken_away_either_is_named(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    in_sandbox.inject(Fault.status(500, operation=(UPDATE, DELETE), times=2))
    error = deployment.up({"shop": account(active=False)}).errors["shop"]
    (tenant,) = made(in_sandbox)
    assert f"Left at the gateway: account {tenant}" in error
    assert f'tenant_id="{tenant}"' in error
    assert deployment.up({"shop": taken_over(tenant, active=False)}).errors == {}
    assert made(in_sandbox) == [tenant]
    assert held(in_sandbox).status == 2


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize(
    "kind", ["reset", "hang-up", "status", "errors", "data-null", "truncated", "not-json"]
)
def test_an_account_is_made_at_most_once(
    deployment: Deployment, in_sandbox: Sandbox, kind: Any, applied: bool
) -> None:
    in_sandbox.inject(Fault(kind, operation=CREATE, applied=applied, times=None))
    error = deployment.up({"shop": account()}).errors["shop"]
    assert asked(in_sandbox) == [CREATE]
    assert len(made(in_sandbox)) == int(applied)
    assert 'create account "Shop GmbH"' in error
    assert "Look in the gateway's page before you create it again" in error
    assert "tenant_id" in error, "the message says how to take it over"
    assert deployment.state == {}
    if applied:
        in_sandbox.clear_faults()
        (tenant,) = made(in_sandbox)
        assert deployment.up({"shop": taken_over(tenant, name="Shop GmbH")}).errors == {}
        assert made(in_sandbox) == [tenant]


@pytest.mark.parametrize("fields", [(), ("id",)])
def test_an_answer_without_an_id_is_a_lost_one(
    deployment: Deployment, in_sandbox: Sandbox, fields: tuple[str, ...]
) -> None:
    in_sandbox.inject(Fault("missing-fields", operation=CREATE, fields=fields))
    error = deployment.up({"shop": account()}).errors["shop"]
    assert asked(in_sandbox) == [CREATE]
    assert "Look in the gateway's page" in error


def test_what_surely_did_not_arrive_is_sent_again(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.inject(Fault("unauthorized", operation=CREATE))
    in_sandbox.inject(Fault.status(429, operation=CREATE, retry_after=0))
    assert deployment.up({"shop": account()}).errors == {}
    assert len(made(in_sandbox)) == 1


def test_a_refused_name_is_said_in_the_gateways_words(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    speak(in_sandbox, duplicate_name="400")
    in_sandbox.add_account("SandboxB", "Shop GmbH")
    error = deployment.up({"shop": account()}).errors["shop"]
    assert "There is an account of this name" in error
    assert asked(in_sandbox) == [CREATE]


def test_two_accounts_of_one_name_are_warned_of(
    deployment: Deployment, in_sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    assert deployment.up({"one": account(), "two": account()}).errors == {}
    assert capfd.readouterr().err.count('the program declares two accounts named "Shop GmbH"') == 1
    assert len(made(in_sandbox)) == 2


@pytest.mark.parametrize("status", [1, 0])
def test_an_account_that_the_host_does_not_manage(
    deployment: Deployment,
    in_sandbox: Sandbox,
    status: Any,
    capfd: pytest.CaptureFixture[str],
) -> None:
    speak(in_sandbox, new_unmanaged_status=status)
    program = {"shop": account(managed=False, admin_email="Boss@Shop.example", active=True)}
    assert deployment.up(program).errors == {}
    assert [mail.to.lower() for mail in in_sandbox.mails] == ["boss@shop.example"]
    assert deployment.state["shop"].outputs["status"] == status
    assert deployment.up(program).changes == []
    before = deployment.state["shop"].outputs
    for _ in range(2):
        assert deployment.refresh().errors == {}
        assert deployment.state["shop"].outputs == before
        assert capfd.readouterr().err.count("the host cannot see it") == 1
    in_sandbox.accept("boss@shop.example")
    speak(in_sandbox, unmanaged="401-writes")
    assert deployment.refresh().changes == []
    assert deployment.state["shop"].outputs["status"] == 0


# -- taking over -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ({}, []),
        ({"name": "Tenant for SandboxA", "managed": True, "active": True}, []),
        ({"name": "Shop"}, [UPDATE]),
        ({"active": False}, [UPDATE]),
    ],
)
def test_taking_over_sends_what_is_declared_and_differs(
    deployment: Deployment,
    in_sandbox: Sandbox,
    declared: dict[str, Any],
    sent: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    program = {"shop": taken_over("SandboxA", **declared)}
    assert deployment.up(program).errors == {}
    assert asked(in_sandbox) == [READ, *sent]
    assert capfd.readouterr().err.count("took over account SandboxA") == 1
    in_sandbox.clear_requests()
    assert deployment.up(program).changes == []
    assert deployment.up({"shop": ("Account", declared)}).changes == []
    assert in_sandbox.requests == []
    assert deployment.refresh().changes == []


@pytest.mark.parametrize("told", ["401", "null", "404", "500", "400"])
def test_nothing_is_made_in_place_of_an_account_that_is_not_there(
    deployment: Deployment, in_sandbox: Sandbox, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    monkeypatch.setenv("CAPIG_TENANT_ID", "SandboxA")
    speak(in_sandbox, unknown_tenant_hub=told)
    error = deployment.up({"shop": taken_over("Nobody00")}).errors["shop"]
    assert "Nobody00" in error
    assert set(asked(in_sandbox)) == {READ}
    assert deployment.state == {}


def test_the_default_account_takes_nothing_over(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_TENANT_ID", "SandboxA")
    assert deployment.up({"shop": account()}).errors == {}
    assert deployment.state["shop"].id != "SandboxA"
    assert asked(in_sandbox) == [CREATE]


def test_two_resources_of_one_account_are_refused(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    """As far as the program's own process could not see it."""
    program = {"one": taken_over("SandboxA"), "two": taken_over("SandboxA")}
    errors = deployment.preview(program, apart=frozenset({"two"})).errors
    assert [*errors] == ["two"]
    assert "Account 'one' declares account SandboxA too" in errors["two"]


# -- read --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drifted", "drift"),
    [
        ({"name": "Other"}, True),
        ({"status": 2}, True),
        ({"status": 1}, False),
    ],
)
def test_drift_is_seen_and_repaired(
    deployment: Deployment, in_sandbox: Sandbox, drifted: dict[str, Any], drift: bool
) -> None:
    program = {"shop": account(active=True)}
    deployment.up(program)
    (tenant,) = made(in_sandbox)
    in_sandbox.edit_account(tenant=tenant, **drifted)
    assert deployment.refresh().changes == ([("drift", "shop")] if drift else [])
    assert deployment.state["shop"].outputs["status"] == drifted.get("status", 0)
    in_sandbox.clear_requests()
    assert deployment.up(program).changes == ([("update", "shop")] if drift else [])
    assert asked(in_sandbox) == ([READ, UPDATE] if drift else [])
    assert held(in_sandbox).name == "Shop GmbH"
    assert held(in_sandbox).status == (1 if drifted.get("status") == 1 else 0)


def test_what_is_not_declared_does_not_drift(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"shop": taken_over("SandboxA")})
    in_sandbox.edit_account(name="Other", status=2)
    assert deployment.refresh().changes == []
    assert deployment.state["shop"].outputs["status"] == 2


@pytest.mark.parametrize("told", ["401", "null", "404", "500", "400"])
@pytest.mark.parametrize("carrier", ["status", "errors", "text"])
def test_one_witness_is_not_enough(
    deployment: Deployment,
    in_sandbox: Sandbox,
    told: Any,
    carrier: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The list of pixels answers 401 for an account that it does not know: that proves nothing."""
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    program = {"shop": account()}
    deployment.up(program)
    speak(in_sandbox, unknown_tenant_hub=told, error_carrier=carrier)
    in_sandbox.drop_account(made(in_sandbox)[0])
    before = dict(deployment.state)
    error = deployment.refresh().errors["shop"]
    assert deployment.state == before
    if told in ("401", "null", "404") and carrier != "text":
        assert "Was it deleted, or does the host no longer manage it?" in error
        assert "pulumi state delete" in error
        assert "--target-dependents" in error
        assert "managed=False" in error


@pytest.mark.parametrize("told", ["null", "404"])
@pytest.mark.parametrize(
    "second",
    [
        Fault("errors", operation="list", code=404, times=None),
        Fault("field-error", operation="list", code=404, times=None),
    ],
    ids=["200", "404"],
)
def test_gone_by_two_witnesses(
    deployment: Deployment, in_sandbox: Sandbox, told: Any, second: Fault
) -> None:
    program = {"shop": account()}
    deployment.up(program)
    speak(in_sandbox, unknown_tenant_hub=told)
    in_sandbox.drop_account(made(in_sandbox)[0])
    in_sandbox.inject(second)
    assert deployment.refresh().changes == [("gone", "shop")]
    in_sandbox.clear_faults()
    assert deployment.up(program).changes == [("create", "shop")]


PAGES = [
    Fault.status(404, body=HTML_PAGE, times=None),
    Fault.status(404, body="no such page", times=None),
]


@pytest.mark.parametrize("page", PAGES, ids=["html", "text"])
@pytest.mark.parametrize("witness", [READ, "list"])
def test_a_page_proves_nothing(
    deployment: Deployment, in_sandbox: Sandbox, page: Fault, witness: str
) -> None:
    deployment.up({"shop": account()})
    speak(in_sandbox, unknown_tenant_hub="404")
    in_sandbox.drop_account(made(in_sandbox)[0])
    in_sandbox.inject(page.on(witness))
    in_sandbox.inject(Fault("errors", operation="list", code=404, times=None))
    before = dict(deployment.state)
    assert "shop" in deployment.refresh().errors
    assert deployment.state == before


@pytest.mark.parametrize("told", ["null", "404"])
def test_an_account_whose_pixels_can_be_listed_is_not_gone(
    deployment: Deployment, in_sandbox: Sandbox, told: Any
) -> None:
    deployment.up({"shop": account()})
    kind: dict[str, Any] = {"null": {"kind": "no-success"}, "404": {"kind": "errors", "code": 404}}
    in_sandbox.inject(Fault(operation=READ, times=None, **kind[told]))
    error = deployment.refresh().errors["shop"]
    assert "its pixels can still be listed" in error
    assert "shop" in deployment.state


# -- update ------------------------------------------------------------------------------------


@pytest.mark.parametrize("reading", ["patch", "put"])
@pytest.mark.parametrize(
    "changed",
    [{"name": "Shop AG"}, {"active": True}, {"managed": True, "name": "Other"}, {}],
)
def test_an_update_sends_all_so_that_nothing_is_reset(
    deployment: Deployment, in_sandbox: Sandbox, reading: Any, changed: dict[str, Any]
) -> None:
    speak(in_sandbox, update_tenant=reading)
    in_sandbox.edit_account(status=2)
    deployment.up({"shop": taken_over("SandboxA")})
    program = {"shop": taken_over("SandboxA", **changed)}
    assert deployment.up(program).errors == {}
    now = held(in_sandbox, "SandboxA")
    assert now.name == changed.get("name", "Tenant for SandboxA")
    assert now.managed is True
    assert now.status == (0 if changed.get("active") else 2)


@pytest.mark.parametrize("taken", ["refused", "taken"])
def test_setup_in_progress_is_never_sent(
    deployment: Deployment, in_sandbox: Sandbox, taken: Any
) -> None:
    speak(in_sandbox, status_one=taken, unmanaged="allowed")
    declared = {"managed": False, "admin_email": "boss@shop.example", "active": True}
    deployment.up({"shop": account(**declared)})
    assert deployment.up({"shop": account("Shop AG", **declared)}).errors == {}
    (request,) = [r for r in in_sandbox.requests if r.operation == UPDATE]
    assert "status" not in request.variables["input"]
    assert held(in_sandbox).status == 1
    assert deployment.up({"shop": account(**{**declared, "active": False})}).errors == {}
    assert held(in_sandbox).status == 2


def test_letting_go_of_the_management_is_warned_of_in_the_same_run(
    deployment: Deployment, in_sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    deployment.up({"shop": account()})
    assert "may lose all access" not in capfd.readouterr().err
    assert deployment.up({"shop": account(managed=False)}).errors == {}
    assert capfd.readouterr().err.count("may lose all access") == 1
    assert held(in_sandbox).managed is False


@pytest.mark.parametrize(
    "fault", ["reset-after-write", "502-page-after-write", "reset-before-write"]
)
def test_a_lost_answer_of_an_update_is_no_loss(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    deployment.up({"shop": account()})
    in_sandbox.inject(lost(fault, UPDATE))
    assert deployment.up({"shop": account("Shop AG")}).errors == {}
    assert held(in_sandbox).name == "Shop AG"
    assert deployment.refresh().changes == []


def test_null_is_accepted_and_another_value_is_not(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": account()})
    in_sandbox.inject(Fault("no-success", operation=UPDATE))
    assert deployment.up({"shop": account("Shop AG")}).errors == {}
    assert deployment.refresh().changes == [("drift", "shop")]
    assert deployment.up({"shop": account("Shop AG")}).changes == [("update", "shop")]
    assert held(in_sandbox).name == "Shop AG"


def test_another_ones_fresh_look_does_not_confuse_an_update(
    provider: Provider, in_sandbox: Sandbox
) -> None:
    """What the run knows of the account is read anew while its update is under way."""
    speak(in_sandbox, pending_users="unlisted")
    check = provider.check("AccountUser", None, user(tenant_id="SandboxA")[1])
    provider.create("AccountUser", check.inputs)
    before = provider.create("Account", taken_over("SandboxA")[1])[1]
    after = taken_over("SandboxA", name="Shop")[1]
    with in_sandbox.hold(UPDATE) as gate, ThreadPoolExecutor(1) as pool:
        update = pool.submit(provider.update, "Account", "SandboxA", before, after)
        gate.wait()
        with pytest.raises(CallError, match="does not list them"):
            provider.create("AccountUser", check.inputs)
        gate.release()
        assert update.result()["name"] == "Shop"
    assert held(in_sandbox, "SandboxA").name == "Shop"


# -- delete ------------------------------------------------------------------------------------


def test_an_empty_account_is_deleted_after_a_look(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": account(), "admin": user(tenant_id=SHOP)})
    in_sandbox.clear_requests()
    assert deployment.up({"admin": user(tenant_id=deployment.state["shop"].id)}).errors == {}
    assert asked(in_sandbox) == [*LOOK, DELETE]
    assert made(in_sandbox) == []


def test_a_stack_goes_dependants_first(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up(
        {
            "shop": account(),
            "admin": user(tenant_id=SHOP),
            "domain": first_party(tenant_id=SHOP),
            "web": pixel(tenant_id=SHOP),
            "lead": lead(tenant_id=SHOP),
        }
    )
    result = deployment.destroy()
    assert result.errors == {}
    assert result.steps[-1] == ("delete", "shop")
    assert made(in_sandbox) == []


def test_what_another_resource_holds_is_not_deleted(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": account()})
    (tenant,) = made(in_sandbox)
    in_sandbox.clear_requests()
    result = deployment.up({"store": taken_over(tenant)})
    assert result.errors == {}
    assert asked(in_sandbox) == [READ]
    assert made(in_sandbox) == [tenant]
    # The new one is the one that deletes it.
    assert deployment.destroy().errors == {}
    assert made(in_sandbox) == []


def test_an_account_that_was_made_here_is_held_too(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    """The one that stays names no id: its name in a check and its id in a diff tell."""
    deployment.up({"shop": account()})
    (tenant,) = made(in_sandbox)
    deployment.up({"shop": account(), "store": taken_over(tenant)})
    in_sandbox.clear_requests()
    assert deployment.up({"shop": account()}).changes == [("delete", "store")]
    assert asked(in_sandbox) == []
    assert made(in_sandbox) == [tenant]


@pytest.mark.parametrize("refresh", [False, True])
def test_an_account_that_is_renamed_in_the_program_is_not_made_anew(
    deployment: Deployment, in_sandbox: Sandbox, refresh: bool
) -> None:
    deployment.up({"shop": account(), "web": pixel(tenant_id=SHOP)})
    (old,) = made(in_sandbox)
    renamed = {"store": account(), "web": pixel(tenant_id=IdOf("store"))}
    result = deployment.up(renamed, refresh=refresh)
    (new,) = set(made(in_sandbox)) - {old}
    assert set(result.errors) == {"shop"}
    error = result.errors["shop"]
    assert old in error
    assert new in error
    assert "aliases" in error
    assert deployment.state["shop"].id == old


def test_what_is_left_in_it_keeps_an_account(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"shop": account()})
    (tenant,) = made(in_sandbox)
    for number in range(7):
        in_sandbox.connect(str(100 + number), tenant=tenant)
    error = deployment.destroy().errors["shop"]
    assert "7 pixels (100, 101, 102, 103, 104, …)" in error
    assert "force_destroy=True" in error
    assert "tenant_id=account.tenant_id" in error
    assert DELETE not in asked(in_sandbox)
    assert made(in_sandbox) == [tenant]


@pytest.mark.parametrize(
    ("operation", "what"),
    [("dataSourcesQuery", "data source"), ("dataDestinationsQuery", "data destination")],
)
def test_a_list_that_is_not_told_is_not_an_empty_one(
    deployment: Deployment, in_sandbox: Sandbox, operation: str, what: str
) -> None:
    deployment.up({"shop": account()})
    in_sandbox.inject(Fault("no-success", operation=operation, times=None))
    assert f"{what} (unknown: the gateway sent no list)" in deployment.destroy().errors["shop"]
    assert len(made(in_sandbox)) == 1
    deployment.up({"shop": account(force_destroy=True)})
    assert deployment.destroy().errors == {}
    assert made(in_sandbox) == []


@pytest.mark.parametrize(
    "fields", [{"TenantQueries.dataSourcesQuery"}, {"TenantQueries.dataDestinationsQuery"}]
)
def test_a_gateway_without_pipelines_can_delete_accounts(
    deployment: Deployment, in_sandbox: Sandbox, fields: set[str]
) -> None:
    speak(in_sandbox, unknown_fields=frozenset(fields))
    deployment.up({"shop": account()})
    assert deployment.destroy().errors == {}
    assert made(in_sandbox) == []


def test_pixels_that_this_run_has_disconnected_do_not_count(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": account(), "web": pixel(tenant_id=SHOP)})
    assert deployment.destroy().errors == {}
    assert made(in_sandbox) == []


def test_with_literal_ids_there_is_no_order_and_a_second_run_settles_it(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": account()})
    tenant = deployment.state["shop"].id
    program = {
        "shop": account(),
        "web": pixel(tenant_id=tenant),
        "admin": user(tenant_id=tenant),
        "lead": lead(tenant_id=tenant),
    }
    deployment.up(program)
    result = deployment.up({}, delete_order=account_first)
    assert set(result.errors) == {"shop"}
    assert "tenant_id=account.tenant_id" in result.errors["shop"]
    assert deployment.destroy().errors == {}
    assert made(in_sandbox) == []


def test_force_destroy_takes_all_along_and_later_deletes_send_nothing(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": account(force_destroy=True)})
    tenant = deployment.state["shop"].id
    program = {
        "shop": account(force_destroy=True),
        "web": pixel(tenant_id=tenant),
        "admin": user(tenant_id=tenant),
        "domain": first_party(tenant_id=tenant),
        "lead": lead(tenant_id=tenant),
    }
    deployment.up(program)
    in_sandbox.connect("999", tenant=tenant)
    in_sandbox.clear_requests()
    result = deployment.up({}, delete_order=account_first)
    assert result.errors == {}
    assert asked(in_sandbox) == [*LOOK, DELETE]
    assert made(in_sandbox) == []
    assert deployment.state == {}


def test_force_destroy_counts_pixels_as_disconnected(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment.up({"shop": account(force_destroy=True)})
    for number in range(3):
        in_sandbox.connect(str(100 + number), tenant=deployment.state["shop"].id)
    monkeypatch.setenv("CAPIG_MAX_DISCONNECTS", "2")
    assert "no more than 2" in deployment.destroy().errors["shop"]
    assert DELETE not in asked(in_sandbox)


@pytest.mark.parametrize("operation", [READ, "list"])
def test_what_cannot_be_seen_is_not_deleted(
    deployment: Deployment, in_sandbox: Sandbox, operation: str
) -> None:
    deployment.up({"shop": account()})
    in_sandbox.inject(Fault("field-error", operation=operation, code=401, times=None))
    error = deployment.destroy().errors["shop"]
    assert "retain_on_delete" in error
    assert "page" in error
    assert DELETE not in asked(in_sandbox)
    assert len(made(in_sandbox)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Fault("data-null", operation=DELETE, applied=True),
        Fault("reset", operation=DELETE, applied=True),
        Fault.status(502, body=HTML_PAGE, operation=DELETE, applied=True),
        Fault.status(500, operation=DELETE, applied=True),
        Fault.status(404, operation=DELETE, applied=True),
    ],
    ids=["null", "reset", "502", "500", "404"],
)
@pytest.mark.parametrize("told", ["401", "null", "404", "400"])
def test_whatever_was_answered_gone_is_gone(
    deployment: Deployment, in_sandbox: Sandbox, answer: Fault, told: Any
) -> None:
    speak(in_sandbox, unknown_tenant_hub=told)
    deployment.up({"shop": account()})
    in_sandbox.inject(answer)
    in_sandbox.clear_requests()
    assert deployment.destroy().errors == {}
    operations = asked(in_sandbox)
    assert operations[:5] == [*LOOK, DELETE]
    assert set(operations[5:]) == {READ}
    assert made(in_sandbox) == []


@pytest.mark.parametrize("answer", ["400", "false", "404", "401"])
@pytest.mark.parametrize("told", ["401", "null", "404", "400"])
def test_an_account_that_goes_before_its_delete_arrives(
    deployment: Deployment, in_sandbox: Sandbox, answer: Any, told: Any
) -> None:
    speak(in_sandbox, delete_unknown_tenant=answer, unknown_tenant_hub=told)
    deployment.up({"shop": account()})
    with in_sandbox.hold(DELETE) as gate, ThreadPoolExecutor(1) as pool:
        running = pool.submit(deployment.destroy)
        gate.wait()
        in_sandbox.drop_account(made(in_sandbox)[0])
        gate.release()
        errors = running.result().errors
    # Refused twice with 401, it may as well be the token that is not accepted.
    is_told = (answer, told) != ("401", "401")
    assert (errors == {}) == (deployment.state == {}) == is_told


def test_a_token_that_ends_meanwhile_proves_nothing(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": account()})
    in_sandbox.inject(Fault("unauthorized", operation=DELETE, times=None))
    in_sandbox.inject(Fault("unauthorized", operation=READ, times=None, after=1))
    assert "it is not known whether it is gone" in deployment.destroy().errors["shop"]
    assert len(made(in_sandbox)) == 1
    assert set(deployment.state) == {"shop"}


@pytest.mark.parametrize("code", [400, 401, 403, 404, 500])
def test_what_is_still_there_is_kept_whatever_the_code(
    deployment: Deployment, in_sandbox: Sandbox, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    deployment.up({"shop": account()})
    in_sandbox.inject(Fault("errors", operation=DELETE, code=code, times=None))
    in_sandbox.clear_requests()
    assert "delete the account" in deployment.destroy().errors["shop"]
    # A 401 is answered before anything is done, and once more with a new token.
    assert asked(in_sandbox).count(DELETE) == (2 if code == 401 else 1)
    assert set(deployment.state) == {"shop"}
    in_sandbox.clear_faults()
    assert deployment.destroy().errors == {}


@pytest.mark.parametrize(
    "second",
    [
        Fault.status(500, operation=READ, times=None, after=1),
        Fault("reset", operation=READ, times=None, after=1),
        Fault.status(404, body=HTML_PAGE, operation=READ, times=None, after=1),
        Fault.status(403, body=HTML_PAGE, operation=READ, times=None, after=1),
    ],
    ids=["500", "reset", "404 page", "403 page"],
)
@pytest.mark.parametrize("applied", [True, False])
def test_where_nobody_can_tell_the_state_is_kept(
    deployment: Deployment,
    in_sandbox: Sandbox,
    second: Fault,
    applied: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    speak(in_sandbox, unknown_tenant_hub="404")
    deployment.up({"shop": account()})
    in_sandbox.inject(Fault("reset", operation=DELETE, applied=applied))
    in_sandbox.inject(second)
    error = deployment.destroy().errors["shop"]
    assert "it is not known whether it is gone" in error
    assert set(deployment.state) == {"shop"}


def test_an_account_that_is_gone_already_needs_no_delete(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    speak(in_sandbox, unknown_tenant_hub="404")
    deployment.up({"shop": account()})
    in_sandbox.drop_account(made(in_sandbox)[0])
    in_sandbox.inject(Fault("errors", operation="list", code=404))
    in_sandbox.clear_requests()
    assert deployment.destroy().errors == {}
    assert DELETE not in asked(in_sandbox)


# -- a gateway that moved ----------------------------------------------------------------------


def test_a_moved_gateway_is_asked_for_the_account_under_its_id(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = {
        "shop": account(),
        "admin": user(tenant_id=SHOP),
        "domain": first_party(tenant_id=SHOP, target_domain="capig.agency.example"),
    }
    deployment.up(program)
    for resource in deployment.state.values():
        resource.inputs["gateway"] = resource.outputs["gateway"] = "old.example"
    monkeypatch.setenv("CAPIG_MOVED_FROM", "old.example")
    in_sandbox.clear_requests()
    assert sorted(deployment.up(program).changes) == [
        ("update", "admin"), ("update", "domain"), ("update", "shop"),
    ]  # fmt: skip
    assert asked(in_sandbox) == [READ, "upsertIngressDomain"]
    assert deployment.up(program).changes == []


def test_nothing_is_made_anew_at_a_gateway_that_moved(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = {"shop": account(), "admin": user()}
    deployment.up(program)
    assert deployment.refresh().errors == {}
    for resource in deployment.state.values():
        resource.inputs["gateway"] = resource.outputs["gateway"] = "old.example"
    in_sandbox.drop_account(made(in_sandbox)[0])
    in_sandbox.remove_user("owner@shop.example")
    monkeypatch.setenv("CAPIG_MOVED_FROM", "old.example")
    result = deployment.up(program, keep_going=True)
    assert set(result.errors) == {"shop", "admin"}
    assert made(in_sandbox) == []
    assert len(in_sandbox.mails) == 1

"""The life of a person's access to an account: each row of its table, in each dialect."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from pulumi_capig.sandbox.faults import HTML_PAGE
from pulumi_capig.sandbox.parts.people import People
from tests.support.advertiser import (
    OWNER,
    SHOP,
    account,
    asked,
    lead,
    made,
    role_of,
    speak,
    taken_over,
    user,
)
from tests.support.deployment import Deployment, IdOf
from tests.support.provider import Provider

pytestmark = pytest.mark.usefixtures("no_waits")

READ, ADD, CHANGE, INVITE = "tenant", "addUserWithRole", "changeRoleForUser", "sendInvitation"
ADMIN, MANAGE, VIEW = (f"advertiser-{role}-SandboxA" for role in ("admin", "manage", "view"))
LOST = ["reset-after-write", "hang-up-after-write", "502-page-after-write", "500-after-write"]
BEFORE = ["reset-before-write", "502-page", "500"]


def writes(sandbox: Sandbox) -> list[str]:
    return [operation for operation in asked(sandbox) if operation in (ADD, CHANGE, INVITE)]


@pytest.fixture
def listed(deployment: Deployment, in_sandbox: Sandbox) -> Deployment:
    """A stack with one more admin beside the owner, whom the account's list has shown."""
    in_sandbox.set_role("boss@shop.example", "admin")
    assert deployment.up({"owner": user()}).errors == {}
    assert deployment.refresh().errors == {}
    assert deployment.state["owner"].outputs["listed"] is True
    in_sandbox.clear_requests()
    return deployment


# -- check -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "wrong"),
    [
        ({"email": "owner@shop.example", "role": "admin"}, set()),
        ({"email": "owner@shop.example", "role": "anything"}, set()),
        ({"email": "owner", "role": "admin"}, {"email"}),
        ({"email": "a@b@shop.example", "role": "admin"}, {"email"}),
        ({"email": "ow ner@shop.example", "role": "admin"}, {"email"}),
        ({"email": "öwner@shop.example", "role": "admin"}, {"email"}),
        ({"email": "owner@shop.example", "role": "Admin"}, {"role"}),
        ({"email": "owner@shop.example", "role": "advertiser-admin-IaoreXfj"}, {"role"}),
        ({"email": "owner@shop.example", "role": ""}, {"role"}),
        ({"email": "owner@shop.example"}, {"role"}),
        ({"role": "admin"}, {"email"}),
    ],
)
def test_check(provider: Provider, declared: dict[str, Any], wrong: set[str]) -> None:
    checked = provider.check("AccountUser", None, {"tenant_id": "SandboxA", **declared})
    assert set(checked.failures) == wrong


def test_canonical_forms(provider: Provider) -> None:
    given = user("Owner@Shop.Example", tenant_id="SandboxA")[1]
    checked = provider.check("AccountUser", None, given)
    assert checked.failures == {}
    assert (checked.inputs["email"], checked.inputs["role"]) == (OWNER, "admin")


def test_the_short_form_of_a_role_is_named(provider: Provider) -> None:
    given = user(role="advertiser-admin-IaoreXfj", tenant_id="SandboxA")[1]
    assert '"admin"' in provider.check("AccountUser", None, given).failures["role"]


# -- diff --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({"role": "view"}, "update"),
        ({"reinvite": "1"}, "update"),
        ({"email": "other@shop.example"}, "replace"),
        ({"tenant_id": "SandboxB"}, "replace"),
        ({"email": "OWNER@shop.example"}, None),
    ],
)
def test_diff(
    listed: Deployment, in_sandbox: Sandbox, changed: dict[str, Any], step: str | None
) -> None:
    in_sandbox.add_account("SandboxB")
    program = {"owner": user(**changed)}
    expected = [(step, "owner")] if step else []
    assert listed.preview(program).changes == expected
    assert in_sandbox.requests == []
    result = listed.up(program)
    assert result.errors == {}
    assert result.changes[: len(expected)] == expected
    assert listed.up(program).changes == []
    if step == "replace":
        assert role_of(in_sandbox) == []
        assert listed.state["owner"].id != f"SandboxA/{OWNER}"


# -- roles -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "role", "full"),
    [
        ("documented", "manage", "advertiser-manage-SandboxA"),
        ("table", "user", "advertiser-user-SandboxA"),
        ("other-names", "manage", "advertiser-standard-SandboxA"),
        ("other-names", "standard", "advertiser-standard-SandboxA"),
        ("none", "manage", "advertiser-manage-SandboxA"),
    ],
)
@pytest.mark.parametrize("told", ["all", "account"])
def test_roles_are_those_that_the_account_offers(
    deployment: Deployment, in_sandbox: Sandbox, roles: Any, role: str, full: str, told: Any
) -> None:
    speak(in_sandbox, roles=roles, user_roles=told)
    in_sandbox.add_account("SandboxB")
    in_sandbox.set_role(OWNER, "view", tenant="SandboxB")
    program = {"owner": user(role=role)}
    assert deployment.up(program).errors == {}
    assert role_of(in_sandbox) == [full]
    assert deployment.state["owner"].outputs["role_name"] == full
    assert deployment.refresh().changes == []
    assert deployment.up(program).changes == []
    in_sandbox.set_role(OWNER, "view")
    assert deployment.refresh().changes == [("drift", "owner")]
    assert deployment.up(program).changes == [("update", "owner")]
    assert role_of(in_sandbox) == [full]
    assert role_of(in_sandbox, tenant="SandboxB") == ["advertiser-view-SandboxB"]
    assert deployment.destroy().errors == {}
    assert role_of(in_sandbox) == []
    assert role_of(in_sandbox, tenant="SandboxB") == ["advertiser-view-SandboxB"]


@pytest.mark.parametrize("new", [True, False])
def test_a_role_that_the_account_does_not_offer(
    deployment: Deployment, in_sandbox: Sandbox, new: bool
) -> None:
    speak(in_sandbox, roles="table")
    tenant = SHOP if new else "SandboxA"
    program = {"shop": account(), "owner": user(role="manage", tenant_id=tenant)}
    assert deployment.preview(program).errors == {}
    error = deployment.up(program).errors["owner"]
    assert 'there is no role "manage"' in error
    assert "Its roles: admin, user, view" in error
    assert writes(in_sandbox) == []


def test_a_role_that_is_not_found_lists_what_there_is(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.inject(Fault("field-error", operation=ADD, code=404))
    error = deployment.up({"owner": user()}).errors["owner"]
    assert "Its roles: admin, manage, view" in error
    assert asked(in_sandbox) == [READ, ADD, READ]


# -- create ------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["always", "null-known", "null-no-smtp"])
@pytest.mark.parametrize("known", [True, False])
def test_somebody_is_added_and_the_link_is_kept(
    deployment: Deployment, in_sandbox: Sandbox, link: Any, known: bool
) -> None:
    speak(in_sandbox, invitation_link=link)
    in_sandbox.add_account("SandboxB")
    if known:
        in_sandbox.set_role(OWNER, "view", tenant="SandboxB")
    program = {"owner": user()}
    assert deployment.up(program).errors == {}
    assert asked(in_sandbox) == [READ, ADD]
    told = link == "always" or (link == "null-known" and not known)
    outputs = deployment.state["owner"].outputs
    assert bool(outputs["invitation_link"]) == told
    if told:
        assert outputs["invitation_link"] == in_sandbox.mails[-1].link
    assert outputs["user_id"] == in_sandbox.state.part(People).named(OWNER)[0].id
    assert outputs["user_status"] == (1 if known else 2)
    assert deployment.refresh().changes == []
    assert deployment.up(program).changes == []
    assert deployment.state["owner"].outputs["invitation_link"] == outputs["invitation_link"]


def test_many_users_cost_one_look(deployment: Deployment, in_sandbox: Sandbox) -> None:
    program = {f"u{n}": user(f"u{n}@shop.example", "view") for n in range(5)}
    assert deployment.up(program).errors == {}
    assert sorted(asked(in_sandbox)) == sorted([READ, *[ADD] * 5])
    in_sandbox.clear_requests()
    assert deployment.refresh().changes == []
    assert asked(in_sandbox) == [READ]


def test_who_is_there_already_is_refused(deployment: Deployment, in_sandbox: Sandbox) -> None:
    in_sandbox.set_role("Owner@shop.example", "view")
    speak(in_sandbox, email_answered="as-given")
    error = deployment.up({"owner": user()}).errors["owner"]
    assert "exists already" in error
    for offer in ("aliases", "another stack", "adopt=True"):
        assert offer in error
    assert writes(in_sandbox) == []
    assert role_of(in_sandbox) == [VIEW]


@pytest.mark.parametrize("role", ["view", "admin"])
def test_adopting_changes_only_what_differs(
    deployment: Deployment, in_sandbox: Sandbox, role: str, capfd: pytest.CaptureFixture[str]
) -> None:
    in_sandbox.set_role(OWNER, "view")
    program = {"owner": user(role=role, adopt=True)}
    assert deployment.up(program).errors == {}
    assert writes(in_sandbox) == ([] if role == "view" else [CHANGE])
    assert capfd.readouterr().err.count("took over user") == 1
    assert in_sandbox.mails == []
    assert deployment.state["owner"].outputs["invitation_link"] == ""
    in_sandbox.clear_requests()
    assert deployment.up({"owner": user(role=role)}).changes == []
    assert in_sandbox.requests == []
    assert deployment.refresh().changes == []


@pytest.mark.parametrize("told", ["409", "409-data"])
@pytest.mark.parametrize("carrier", ["status", "errors"])
@pytest.mark.parametrize("adopt", [True, False])
def test_a_conflict_with_somebody_who_came_meanwhile(
    deployment: Deployment, in_sandbox: Sandbox, told: Any, carrier: Any, adopt: bool
) -> None:
    """The list was read before; somebody adds the person by hand; the list is read again."""
    speak(in_sandbox, add_existing=told, error_carrier=carrier)
    with deployment.provider.operation() as provider:
        first = provider.check("AccountUser", None, user("first@shop.example", "view")[1])
        provider.create("AccountUser", {**first.inputs, "tenant_id": "SandboxA"})
    in_sandbox.clear_requests()
    with in_sandbox.hold(ADD) as gate, ThreadPoolExecutor(1) as pool:
        running = pool.submit(deployment.up, {"owner": user(adopt=adopt)})
        gate.wait()
        in_sandbox.set_role(OWNER, "view")
        gate.release()
        errors = running.result().errors
    if adopt:
        assert errors == {}
        assert role_of(in_sandbox) == [ADMIN]
        assert writes(in_sandbox) == [ADD, CHANGE]
    else:
        assert "exists already" in errors["owner"]
        assert role_of(in_sandbox) == [VIEW]
        assert writes(in_sandbox) == [ADD]


@pytest.mark.parametrize("adopt", [True, False])
def test_a_conflict_with_somebody_who_is_not_listed(
    deployment: Deployment, in_sandbox: Sandbox, adopt: bool
) -> None:
    speak(in_sandbox, pending_users="unlisted")
    in_sandbox.set_role(OWNER, "view", status=2)
    error = deployment.up({"owner": user(adopt=adopt)}).errors["owner"]
    assert "without an id they cannot be taken over" in error
    assert "aliases" in error
    assert writes(in_sandbox) == [ADD]
    assert role_of(in_sandbox) == [VIEW]


# -- create, answer lost -----------------------------------------------------------------------


@pytest.mark.parametrize("existing", ["409", "409-data", "200", "replaced"])
@pytest.mark.parametrize("pending", ["listed", "unlisted"])
@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_adds_nobody_twice(
    deployment: Deployment,
    in_sandbox: Sandbox,
    existing: Any,
    pending: Any,
    fault: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    speak(in_sandbox, add_existing=existing, pending_users=pending)
    in_sandbox.inject(FAULTS[fault].on(ADD))
    program = {"owner": user()}
    assert deployment.up(program).errors == {}
    assert writes(in_sandbox) == [ADD, ADD]
    assert len(in_sandbox.state.part(People).named(OWNER)) == 1
    assert len(in_sandbox.mails) == 1
    said = capfd.readouterr().err
    assert said.count("link was lost") == 1
    assert "reinvite" in said
    assert deployment.state["owner"].outputs["invitation_link"] == ""
    assert deployment.refresh().changes == []
    assert deployment.up(program).changes == []
    again = {"owner": user(reinvite="1")}
    assert deployment.up(again).errors == {}
    assert deployment.state["owner"].outputs["invitation_link"] == in_sandbox.mails[-1].link


def test_an_answer_that_says_nothing_is_a_lost_one(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.inject(Fault("no-success", operation=ADD, times=None))
    assert "did not confirm that it added" in deployment.up({"owner": user()}).errors["owner"]
    assert writes(in_sandbox) == [ADD, ADD]
    in_sandbox.clear_faults()
    in_sandbox.inject(Fault("missing-fields", operation=ADD))
    assert deployment.up({"owner": user()}).errors == {}
    assert role_of(in_sandbox) == [ADMIN]
    assert len(in_sandbox.mails) == 1


@pytest.mark.parametrize("fault", BEFORE)
def test_what_did_not_arrive_is_sent_once_more(
    deployment: Deployment, in_sandbox: Sandbox, fault: str, capfd: pytest.CaptureFixture[str]
) -> None:
    in_sandbox.inject(FAULTS[fault].on(ADD))
    assert deployment.up({"owner": user()}).errors == {}
    assert writes(in_sandbox) == [ADD, ADD]
    assert len(in_sandbox.mails) == 1
    assert "lost" not in capfd.readouterr().err
    assert deployment.state["owner"].outputs["invitation_link"] == in_sandbox.mails[-1].link


def test_lost_for_good_is_said_and_settled_by_adopting(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_sandbox.inject(Fault("reset", operation=ADD, applied=True, times=None))
    assert "may already hold the new state" in deployment.up({"owner": user()}).errors["owner"]
    assert writes(in_sandbox) == [ADD, ADD]
    in_sandbox.clear_faults()
    assert "CAPIG_ADOPT=true" in deployment.up({"owner": user()}).errors["owner"]
    monkeypatch.setenv("CAPIG_ADOPT", "true")
    assert deployment.up({"owner": user()}).errors == {}
    assert len(in_sandbox.mails) == 1


# -- read and gone -----------------------------------------------------------------------------


def test_what_changes_by_itself_is_no_drift(listed: Deployment, in_sandbox: Sandbox) -> None:
    assert listed.state["owner"].outputs["user_status"] == 2
    in_sandbox.accept(OWNER)
    assert listed.refresh().changes == []
    assert listed.state["owner"].outputs["user_status"] == 1
    assert listed.up({"owner": user()}).changes == []
    assert len(in_sandbox.mails) == 1


def test_listed_without_a_role_is_drift_and_not_gone(
    listed: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.set_role(OWNER, None)
    assert listed.refresh().changes == [("drift", "owner")]
    in_sandbox.clear_requests()
    assert listed.up({"owner": user()}).changes == [("update", "owner")]
    assert writes(in_sandbox) == [CHANGE]
    assert role_of(in_sandbox) == [ADMIN]


def test_who_is_off_the_list_that_showed_them_is_gone(
    listed: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.remove_user(OWNER)
    assert listed.refresh().changes == [("gone", "owner")]
    assert listed.up({"owner": user()}).changes == [("create", "owner")]
    assert role_of(in_sandbox) == [ADMIN]


@pytest.mark.parametrize(
    "answer",
    [
        Fault("missing-fields", operation=READ, fields=("users",), times=None),
        Fault("missing-fields", operation=READ, fields=("email",), times=None),
        Fault("no-success", operation=READ, times=None),
        Fault.status(404, body=HTML_PAGE, operation=READ, times=None),
        Fault("errors", operation=READ, code=404, times=None),
        Fault("errors", operation=READ, code=401, times=None),
    ],
    ids=["no list", "no address", "null", "page", "404", "401"],
)
def test_a_list_that_proves_nothing(listed: Deployment, in_sandbox: Sandbox, answer: Fault) -> None:
    in_sandbox.remove_user(OWNER)
    in_sandbox.inject(answer)
    assert "owner" in listed.refresh().errors
    assert "owner" in listed.state


def test_a_pending_user_who_is_not_listed_is_kept(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    speak(in_sandbox, pending_users="unlisted")
    program = {"owner": user()}
    assert deployment.up(program).errors == {}
    for _ in range(2):
        assert deployment.refresh().changes == []
        assert deployment.up(program).changes == []
    assert len(in_sandbox.mails) == 1
    in_sandbox.accept(OWNER)
    assert deployment.refresh().changes == []
    assert deployment.state["owner"].outputs["listed"] is True
    in_sandbox.remove_user(OWNER)
    assert deployment.refresh().changes == [("gone", "owner")]


# -- update ------------------------------------------------------------------------------------


@pytest.mark.parametrize("stale", ["404", "ignored"])
@pytest.mark.parametrize("now", ["admin", "view", None])
def test_a_change_of_role_starts_from_what_the_list_says(
    listed: Deployment, in_sandbox: Sandbox, stale: Any, now: str | None
) -> None:
    speak(in_sandbox, stale_revoke=stale)
    in_sandbox.set_role(OWNER, now)
    assert listed.up({"owner": user(role="manage")}).errors == {}
    assert asked(in_sandbox) == [READ, CHANGE]
    assert role_of(in_sandbox) == [MANAGE]


def test_the_role_of_somebody_who_is_not_listed(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    speak(in_sandbox, pending_users="unlisted")
    deployment.up({"owner": user()})
    in_sandbox.set_role("boss@shop.example", "admin")
    assert deployment.up({"owner": user(role="view")}).errors == {}
    assert role_of(in_sandbox) == [VIEW]
    assert deployment.up({"owner": user(role="view")}).changes == []


@pytest.mark.parametrize("known", [True, False])
def test_who_is_gone_meanwhile_is_added_again(
    deployment: Deployment, in_sandbox: Sandbox, known: bool
) -> None:
    speak(in_sandbox, pending_users="listed" if known else "unlisted")
    in_sandbox.set_role("boss@shop.example", "admin")
    deployment.up({"owner": user()})
    deployment.refresh()
    in_sandbox.remove_user(OWNER)
    assert deployment.up({"owner": user(role="view")}).errors == {}
    assert role_of(in_sandbox) == [VIEW]
    assert len(in_sandbox.mails) == 2
    assert deployment.up({"owner": user(role="view")}).changes == []


def test_a_role_that_changes_between_the_look_and_the_write(
    listed: Deployment, in_sandbox: Sandbox
) -> None:
    with in_sandbox.hold(CHANGE) as gate, ThreadPoolExecutor(1) as pool:
        running = pool.submit(listed.up, {"owner": user(role="manage")})
        gate.wait()
        in_sandbox.set_role(OWNER, "view")
        gate.release()
        assert running.result().errors == {}
    assert role_of(in_sandbox) == [MANAGE]


@pytest.mark.parametrize("fault", [*LOST, *BEFORE, "200-data-null-after-write"])
@pytest.mark.parametrize("stale", ["404", "ignored"])
def test_a_lost_answer_of_a_role_is_looked_up(
    listed: Deployment, in_sandbox: Sandbox, fault: str, stale: Any
) -> None:
    speak(in_sandbox, stale_revoke=stale)
    in_sandbox.inject(FAULTS[fault].on(CHANGE))
    program = {"owner": user(role="manage")}
    assert listed.up(program).errors == {}
    assert role_of(in_sandbox) == [MANAGE]
    assert writes(in_sandbox).count(CHANGE) == (2 if fault in BEFORE else 1)
    assert listed.refresh().changes == []
    assert listed.up(program).changes == []


def test_null_is_accepted_and_an_answer_without_the_role_is_not(
    listed: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.inject(Fault("no-success", operation=CHANGE))
    assert listed.up({"owner": user(role="manage")}).errors == {}
    assert listed.refresh().changes == [("drift", "owner")]
    assert listed.up({"owner": user(role="manage")}).errors == {}
    in_sandbox.set_role("boss@shop.example", "view")
    in_sandbox.set_role(OWNER, "admin")
    speak(in_sandbox, sole_admin="ignored")
    error = listed.up({"owner": user(role="view")}).errors["owner"]
    assert f"without the new role, {VIEW}" in error


@pytest.mark.parametrize("accepted", [True, False])
def test_reinvite_makes_a_new_link_whatever_the_status(
    listed: Deployment, in_sandbox: Sandbox, accepted: bool
) -> None:
    if accepted:
        in_sandbox.accept(OWNER)
    before = listed.state["owner"].outputs["invitation_link"]
    assert listed.preview({"owner": user(reinvite="1")}).changes == [("update", "owner")]
    assert listed.up({"owner": user(reinvite="1")}).errors == {}
    assert writes(in_sandbox) == [INVITE]
    link = listed.state["owner"].outputs["invitation_link"]
    assert link == in_sandbox.mails[-1].link != before
    for declared in (user(), user(reinvite="1")):
        assert listed.up({"owner": declared}).changes == []
    assert listed.state["owner"].outputs["invitation_link"] == link
    assert writes(in_sandbox) == [INVITE]


def test_a_new_role_and_a_new_link_at_once(listed: Deployment, in_sandbox: Sandbox) -> None:
    assert listed.up({"owner": user(role="view", reinvite="1")}).errors == {}
    assert writes(in_sandbox) == [CHANGE, INVITE]
    assert role_of(in_sandbox) == [VIEW]
    assert listed.state["owner"].outputs["invitation_link"] == in_sandbox.mails[-1].link


def test_reinvite_of_who_is_gone(listed: Deployment, in_sandbox: Sandbox) -> None:
    in_sandbox.inject(Fault("field-error", operation=INVITE, code=404))
    error = listed.up({"owner": user(reinvite="1")}).errors["owner"]
    assert "no longer in the account" in error
    assert listed.up({"owner": user(reinvite="1")}).errors == {}


def test_a_lost_invitation_is_never_sent_twice_in_a_run(
    listed: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.inject(Fault("reset", operation=INVITE, applied=True))
    assert "owner" in listed.up({"owner": user(reinvite="1")}).errors
    assert writes(in_sandbox) == [INVITE]
    assert listed.up({"owner": user(reinvite="1")}).errors == {}
    assert len(in_sandbox.mails) == 3
    assert listed.state["owner"].outputs["invitation_link"] == in_sandbox.mails[-1].link


def test_two_admins_that_swap_are_settled_by_the_next_run(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    before = {"a": user("a@shop.example", "admin"), "b": user("b@shop.example", "manage")}
    after = {"a": user("a@shop.example", "manage"), "b": user("b@shop.example", "admin")}
    deployment.up(before)
    result = deployment.up(after, keep_going=True)
    assert set(result.errors) <= {"a"}
    assert deployment.up(after).errors == {}
    assert role_of(in_sandbox, "a@shop.example") == [MANAGE]
    assert role_of(in_sandbox, "b@shop.example") == [ADMIN]


def test_a_sole_admin_can_be_replaced(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"owner": user()})
    assert deployment.up({"owner": user("new@shop.example")}).errors == {}
    assert role_of(in_sandbox) == []
    assert role_of(in_sandbox, "new@shop.example") == [ADMIN]


# -- delete ------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", ["off-list", "listed", "user-gone"])
def test_a_delete_takes_the_role_alone(
    deployment: Deployment, in_sandbox: Sandbox, left: Any
) -> None:
    speak(in_sandbox, revoke_last=left)
    in_sandbox.set_role("boss@shop.example", "admin")
    deployment.up({"owner": user(), "lead": lead()})
    deployment.refresh()
    in_sandbox.clear_requests()
    assert deployment.up({"lead": lead()}).errors == {}
    assert asked(in_sandbox) == [READ, CHANGE]
    (request,) = [r for r in in_sandbox.requests if r.operation == CHANGE]
    assert "roleToAdd" not in request.variables["changeRoleForUserInput"]
    assert not any(role_of(in_sandbox))
    assert role_of(in_sandbox, "boss@shop.example") == [ADMIN]


@pytest.mark.parametrize("gone", ["removed", "without a role"])
def test_what_is_gone_needs_no_delete(listed: Deployment, in_sandbox: Sandbox, gone: str) -> None:
    if gone == "removed":
        in_sandbox.remove_user(OWNER)
    else:
        in_sandbox.set_role(OWNER, None)
    assert listed.destroy().errors == {}
    assert writes(in_sandbox) == []


def test_a_delete_of_who_is_gone_meanwhile(listed: Deployment, in_sandbox: Sandbox) -> None:
    with in_sandbox.hold(CHANGE) as gate, ThreadPoolExecutor(1) as pool:
        running = pool.submit(listed.destroy)
        gate.wait()
        in_sandbox.remove_user(OWNER)
        gate.release()
        assert running.result().errors == {}
    assert writes(in_sandbox) == [CHANGE]


@pytest.mark.parametrize("left", ["off-list", "listed", "user-gone"])
@pytest.mark.parametrize("fault", [*LOST, "200-data-null-after-write"])
def test_a_lost_delete_is_looked_up(
    listed: Deployment, in_sandbox: Sandbox, fault: str, left: Any
) -> None:
    speak(in_sandbox, revoke_last=left)
    in_sandbox.inject(FAULTS[fault].on(CHANGE))
    assert listed.destroy().errors == {}
    assert writes(in_sandbox) == [CHANGE]
    assert not any(role_of(in_sandbox))


@pytest.mark.parametrize("fault", BEFORE)
def test_a_delete_that_did_not_arrive_is_no_delete(
    listed: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    in_sandbox.inject(FAULTS[fault].on(CHANGE, times=None))
    assert "owner" in listed.destroy().errors
    assert set(listed.state) == {"owner"}
    in_sandbox.clear_faults()
    assert listed.destroy().errors == {}
    assert role_of(in_sandbox) == []


@pytest.mark.parametrize("fault", ["500", "reset-before-write", "200-errors", "401-for-ever"])
def test_who_is_not_listed_is_not_gone_because_of_that(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    speak(in_sandbox, pending_users="unlisted")
    in_sandbox.set_role("boss@shop.example", "admin")
    deployment.up({"owner": user()})
    in_sandbox.inject(FAULTS[fault].on(CHANGE, times=None))
    assert "owner" in deployment.destroy().errors
    assert set(deployment.state) == {"owner"}
    in_sandbox.clear_faults()
    assert deployment.destroy().errors == {}
    assert role_of(in_sandbox) == []


def test_who_is_not_listed_and_was_lost_is_settled_by_the_next_run(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    speak(in_sandbox, pending_users="unlisted")
    in_sandbox.set_role("boss@shop.example", "admin")
    deployment.up({"owner": user()})
    in_sandbox.inject(Fault("reset", operation=CHANGE, applied=True))
    deployment.destroy()
    assert deployment.destroy().errors == {}
    assert deployment.state == {}
    assert role_of(in_sandbox) == []


def test_an_invitation_without_an_id_is_forgotten_with_a_line(
    deployment: Deployment, in_sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    speak(in_sandbox, pending_users="unlisted")
    in_sandbox.inject(Fault("reset", operation=ADD, applied=True))
    deployment.up({"owner": user()})
    assert deployment.state["owner"].outputs["user_id"] == ""
    assert deployment.destroy().errors == {}
    assert "cannot be withdrawn" in capfd.readouterr().err


# -- the sole admin ----------------------------------------------------------------------------


@pytest.mark.parametrize("pending", ["listed", "unlisted"])
@pytest.mark.parametrize("told", ["400", "500", "ignored"])
def test_a_sole_admin_of_an_account_in_use_is_kept(
    deployment: Deployment, in_sandbox: Sandbox, told: Any, pending: Any
) -> None:
    speak(in_sandbox, sole_admin=told, pending_users=pending)
    deployment.up({"owner": user(), "lead": lead()})
    error = deployment.up({"lead": lead()}).errors["owner"]
    if pending == "listed" or told != "ignored":
        assert "this is the account's only admin" in error
        assert "Declare another admin" in error
    assert set(deployment.state) == {"owner", "lead"}
    assert role_of(in_sandbox) == [ADMIN]
    both = {"boss": user("boss@shop.example"), "lead": lead()}
    assert deployment.up(both).errors == {}
    assert role_of(in_sandbox) == []


@pytest.mark.parametrize("pending", ["listed", "unlisted"])
@pytest.mark.parametrize("told", ["400", "500", "ignored"])
@pytest.mark.parametrize("seen", [True, False])
def test_a_sole_admin_goes_with_the_account(
    deployment: Deployment,
    in_sandbox: Sandbox,
    told: Any,
    pending: Any,
    seen: bool,
    capfd: pytest.CaptureFixture[str],
) -> None:
    speak(in_sandbox, sole_admin=told, pending_users=pending)
    program = {"shop": account(), "owner": user(tenant_id=SHOP), "lead": lead(tenant_id=SHOP)}
    deployment.up(program)
    if seen:
        deployment.refresh()
    assert deployment.destroy().errors == {}
    assert "is the account's only admin and stays until" in capfd.readouterr().err
    assert made(in_sandbox) == []
    assert in_sandbox.state.part(People).named(OWNER) == []


def test_a_sole_admin_that_stayed_can_be_taken_back(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = {"shop": account(), "owner": user(tenant_id=SHOP)}
    deployment.up(program)
    (tenant,) = made(in_sandbox)
    in_sandbox.connect("999", tenant=tenant)
    result = deployment.destroy()
    assert set(result.errors) == {"shop"}
    assert set(deployment.state) == {"shop"}
    monkeypatch.setenv("CAPIG_ADOPT", "true")
    assert deployment.up(program).errors == {}
    assert role_of(in_sandbox, tenant=tenant) == [f"advertiser-admin-{tenant}"]
    assert len(in_sandbox.mails) == 1


# -- renames -----------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["argument", "CAPIG_ADOPT"])
def test_a_rename_with_adopt_never_revokes(
    listed: Deployment, in_sandbox: Sandbox, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if setting != "argument":
        monkeypatch.setenv(setting, "true")
    result = listed.up({"renamed": user(adopt=True if setting == "argument" else None)})
    assert result.errors == {}
    assert writes(in_sandbox) == []
    assert set(listed.state) == {"renamed"}
    assert role_of(in_sandbox) == [ADMIN]


def test_a_rename_without_adopt_is_refused_and_keeps_the_role(
    listed: Deployment, in_sandbox: Sandbox
) -> None:
    result = listed.up({"renamed": user()}, keep_going=True)
    assert "aliases" in result.errors["renamed"]
    assert role_of(in_sandbox) == [ADMIN]
    assert set(listed.state) == {"owner"}


def test_two_resources_of_one_person_are_refused(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    program = {"one": user(), "two": user("Owner@Shop.example")}
    errors = deployment.preview(program, apart=frozenset({"two"})).errors
    assert "AccountUser 'one' declares user owner@shop.example" in errors["two"]


# -- at once -----------------------------------------------------------------------------------


@pytest.mark.parametrize("race", ["one", "two", "500"])
def test_one_person_in_many_new_accounts_is_one_person(
    deployment: Deployment, in_sandbox: Sandbox, race: Any
) -> None:
    from tests.support.deployment import ThreadedDeployment

    speak(in_sandbox, add_user_race=race)
    in_sandbox.latency = 0.005
    threaded = ThreadedDeployment(deployment.provider)
    program: dict[str, Any] = {}
    for number in range(4):
        program[f"shop{number}"] = account(f"Shop {number}")
        program[f"owner{number}"] = user(tenant_id=IdOf(f"shop{number}"))
    assert threaded.up(program).errors == {}
    assert len(in_sandbox.state.part(People).named(OWNER)) == 1
    assert threaded.up(program).changes == []


def test_roles_in_other_accounts_are_nobodys_business(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.add_account("SandboxB")
    in_sandbox.set_role(OWNER, "view", tenant="SandboxB")
    in_sandbox.set_role("boss@shop.example", "admin")
    deployment.up({"shop": taken_over("SandboxA"), "owner": user()})
    deployment.refresh()
    deployment.up({"shop": taken_over("SandboxA"), "owner": user(role="manage")})
    deployment.up({"shop": taken_over("SandboxA")})
    assert role_of(in_sandbox) == []
    assert role_of(in_sandbox, tenant="SandboxB") == ["advertiser-view-SandboxB"]


def test_a_refused_change_of_the_only_admin_says_who_and_why(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"boss": user("boss@shop.example"), "view": user("v@shop.example", "view")})
    in_sandbox.accept("boss@shop.example")
    in_sandbox.accept("v@shop.example")
    error = deployment.up({"boss": user("boss@shop.example", "view")}).errors["boss"]
    assert "change the role of user boss@shop.example" in error
    assert "only admin" in error
    assert "Correct the arguments" not in error


def test_the_first_person_of_an_account_without_a_list(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"shop": account()})
    lists = {"data": {"tenant": {"id": "x", "name": "Shop GmbH", "status": 0, "users": None}}}
    body = json.dumps(lists)
    in_sandbox.inject(Fault.status(200, operation="tenant", body=body, times=None))
    program = {"shop": account(), "boss": user(tenant_id=SHOP)}
    assert deployment.up(program).errors == {}
    assert len(in_sandbox.mails) == 1

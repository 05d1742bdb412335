"""Users of an account: operations 13 to 15, and the secrets in their answers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pulumi_capig.errors import (
    ConflictError,
    GatewayError,
    InvalidInputError,
    NotFoundError,
    OutcomeUnknownError,
)
from pulumi_capig.gateway import Client, users
from pulumi_capig.gateway.operations.users import AddedUser, Role, User
from tests.gateway.conftest import Open
from tests.gateway.scripted import Reply, Scripted, data, error

Serve = Callable[..., Scripted]
Ask = Callable[[Client], object]

EMAIL = "tempUser1@testaccount.com"
PERSON = "97a9753d-a469-4f23-8aa7-748e4cf86877"
TOKEN = "0MGaMI_FRDe80OAgrSSdZw"
LINK = f"http://localhost:8443/auth/verify/?token={TOKEN}&et=inv&email={EMAIL}"
MANAGE = "advertiser-manage-wW58k7FQ"


def add(client: Client) -> AddedUser:
    return users.add(client, "wW58k7FQ", EMAIL, MANAGE)


def change(client: Client) -> User | None:
    admin = "advertiser-admin-wW58k7FQ"
    return users.change_role(client, "wW58k7FQ", PERSON, revoke=admin, add="agency-admin")


def invite(client: Client) -> str | None:
    return users.invite(client, "wW58k7FQ", EMAIL)


EACH: dict[str, Ask] = {"add": add, "change": change, "invite": invite}
FIELDS = {"add": "addUserWithRole", "change": "changeRoleForUser", "invite": "sendInvitation"}
each = pytest.mark.parametrize("name", EACH)


def answer(name: str, result: Any) -> Reply:
    return data(userMutations={FIELDS[name]: result})


def sent(server: Scripted) -> Any:
    (request,) = server.calls
    assert request.path == "/hub/graphql/"
    return request.content["variables"]


def test_add(serve: Serve, open_client: Open) -> None:
    role = {"name": MANAGE, "displayName": "manage"}
    user = {"id": PERSON, "email": EMAIL.lower(), "status": 2, "roles": [role]}
    result = {"userAlreadyExist": False, "invitationLink": LINK, "user": user}
    server = serve(answer("add", result))
    found = add(open_client(server))
    assert (found.user_already_exist, found.invitation_link) == (False, LINK)
    roles = [Role(name=MANAGE, display_name="manage")]
    assert found.user == User(id=PERSON, email=EMAIL.lower(), status=2, roles=roles)
    assert sent(server) == {"addUserWithRoleInput": {"email": EMAIL, "roleName": MANAGE}}


@pytest.mark.parametrize("result", [{}, {"userAlreadyExist": None, "user": None}])
def test_an_added_user_of_whom_nothing_is_said(
    serve: Serve, open_client: Open, result: Any
) -> None:
    assert add(open_client(serve(answer("add", result)))) == AddedUser()


def test_a_link_that_cannot_be_made_does_not_hide_the_user(serve: Serve, open_client: Open) -> None:
    flaw = {"message": "no SMTP", "path": ["userMutations", "addUserWithRole", "invitationLink"]}
    result = {"userMutations": {"addUserWithRole": {"user": {"id": PERSON}}}}
    server = serve(Reply(json.dumps({"errors": [flaw], "data": result})))
    assert add(open_client(server)) == AddedUser(user=User(id=PERSON))


def test_change(serve: Serve, open_client: Open) -> None:
    user = {"id": PERSON, "roles": [{"name": "agency-admin", "displayName": "admin"}]}
    server = serve(answer("change", {"user": user}))
    found = change(open_client(server))
    assert found == User(id=PERSON, roles=[Role(name="agency-admin", display_name="admin")])
    assert sent(server)["changeRoleForUserInput"] == {
        "userId": PERSON,
        "roleToRevoke": "advertiser-admin-wW58k7FQ",
        "roleToAdd": "agency-admin",
    }


@pytest.mark.parametrize(
    ("revoke", "given", "key"), [(MANAGE, None, "roleToRevoke"), (None, MANAGE, "roleToAdd")]
)
def test_one_half_of_a_change(
    serve: Serve, open_client: Open, revoke: str | None, given: str | None, key: str
) -> None:
    server = serve(answer("change", None))
    assert users.change_role(open_client(server), "T", PERSON, revoke=revoke, add=given) is None
    assert sent(server) == {"changeRoleForUserInput": {"userId": PERSON, key: MANAGE}}


@pytest.mark.parametrize(("result", "link"), [(LINK, LINK), (None, None), ("", None)])
def test_invite(serve: Serve, open_client: Open, result: Any, link: str | None) -> None:
    server = serve(answer("invite", result))
    assert invite(open_client(server)) == link
    given = {"email": EMAIL, "tenantId": "wW58k7FQ", "userType": "ADVERTISER"}
    assert sent(server) == {"sendInvitationInput": given}


@each
@pytest.mark.parametrize(
    "reply",
    [
        error(500),
        error(503, headers={"Retry-After": "1"}),
        Reply('{"data": null}'),
        Reply("<html>", 200, "text/html"),
        data(userMutations=None),
    ],
)
def test_none_is_sent_twice(serve: Serve, open_client: Open, name: str, reply: Reply) -> None:
    server = serve(reply)
    with pytest.raises(OutcomeUnknownError, match=r"\(account wW58k7FQ\)"):
        EACH[name](open_client(server))
    assert len(server.calls) == 1


@each
@pytest.mark.parametrize(
    ("code", "kind"), [(400, InvalidInputError), (404, NotFoundError), (409, ConflictError)]
)
@pytest.mark.parametrize("status", [None, 200])
def test_a_refusal_has_its_class(
    serve: Serve, open_client: Open, name: str, code: int, kind: type[Any], status: int | None
) -> None:
    with pytest.raises(GatewayError) as caught:
        EACH[name](open_client(serve(error(code, "no such role", status=status))))
    assert type(caught.value) is kind
    assert '"no such role"' in str(caught.value)


@pytest.mark.parametrize(
    ("below", "kind"), [([], ConflictError), (["user", "roles"], OutcomeUnknownError)]
)
@pytest.mark.parametrize("status", [200, 409])
def test_a_conflict_beside_the_user_that_exists(
    serve: Serve, open_client: Open, below: list[str], kind: type[Any], status: int
) -> None:
    where = ["userMutations", "addUserWithRole", *below]
    flaw = {"message": "exists", "path": where, "extensions": {"code": 409}}
    result = {"userMutations": {"addUserWithRole": {"user": {"id": PERSON}}}}
    server = serve(Reply(json.dumps({"errors": [flaw], "data": result}), status))
    with pytest.raises(kind):
        add(open_client(server))


# Secrets


def shown_of(error: BaseException) -> str:
    found = []
    cause: BaseException | None = error
    while cause is not None:
        found.append(f"{cause} {cause!r} {cause.args} {vars(cause)}")
        cause = cause.__cause__
    return " ".join(found)


@pytest.mark.parametrize("name", ["add", "invite"])
@pytest.mark.parametrize(
    "said",
    [
        f"mail to {EMAIL} failed: {LINK}",
        f"cannot deliver <{LINK}>",
        f"/auth/verify/?token={TOKEN}&et=inv",
        f"Token={TOKEN}",
        f"{'x ' * 95}{LINK}",
    ],
)
@pytest.mark.parametrize("with_data", [True, False])
def test_a_link_is_in_no_error(
    serve: Serve, open_client: Open, name: str, said: str, with_data: bool
) -> None:
    result = LINK if name == "invite" else {"invitationLink": LINK}
    found = {"userMutations": {FIELDS[name]: result}} if with_data else None
    body = {"errors": [{"message": said, "extensions": {"code": 500}}], "data": found}
    with pytest.raises(OutcomeUnknownError) as caught:
        EACH[name](open_client(serve(Reply(json.dumps(body)))))
    assert TOKEN[:6] not in shown_of(caught.value)


@pytest.mark.parametrize("link", ["a-bare-code-of-some-gateway", "A B"])
def test_a_link_of_another_form_is_in_no_error(serve: Serve, open_client: Open, link: str) -> None:
    body = {"errors": [{"message": f"no mail for {link}"}],
            "data": {"userMutations": {"sendInvitation": link}}}  # fmt: skip
    with pytest.raises(OutcomeUnknownError, match="no mail for") as caught:
        invite(open_client(serve(Reply(json.dumps(body)))))
    assert link not in shown_of(caught.value)


@pytest.mark.parametrize("name", ["add", "invite"])
def test_a_link_of_the_wrong_type_is_in_no_error(
    serve: Serve, open_client: Open, name: str
) -> None:
    result = {"url": LINK} if name == "invite" else {"invitationLink": {"url": LINK}}
    with pytest.raises(OutcomeUnknownError, match="unexpected form") as caught:
        EACH[name](open_client(serve(answer(name, result))))
    assert TOKEN not in str(caught.value)


def test_a_link_is_in_no_log_and_no_repr(
    serve: Serve, open_client: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    log = tmp_path / "requests.jsonl"
    server = serve(answer("add", {"invitationLink": LINK}), answer("invite", LINK))
    client = open_client(server, log=log)
    with caplog.at_level(logging.DEBUG):
        added = add(client)
        assert invite(client) == LINK
    written = log.read_text("utf-8")
    assert "useAddUserAccountMutation" in written
    assert "ActivateElementMutation" in written
    assert TOKEN not in f"{written} {caplog.text} {added!r} {added}"

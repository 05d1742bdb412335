"""Accounts: operations 8 to 12, on the second endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_capig.errors import (
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
)
from pulumi_capig.gateway import Client, accounts
from pulumi_capig.gateway.operations.accounts import AccountName, AccountRecord
from pulumi_capig.gateway.operations.users import Role, User
from tests.gateway.conftest import Open
from tests.gateway.scripted import Reply, Scripted, data, error

Serve = Callable[..., Scripted]

PERSON = "992bc489-a799-4374-8933-0109eed60e3d"
MANAGE = {"name": "advertiser-manage-wW58k7FQ", "displayName": "manage"}
RECORD = {
    "id": "wW58k7FQ",
    "name": "Test Account",
    "status": 0,
    "canPartnerManage": True,
    "availableRoles": [MANAGE, None],
    "users": [{"id": PERSON, "email": "a@b.example", "status": 1, "roles": [MANAGE]}, None],
}


def made(account: Any) -> Reply:
    return data(tenantMutations={"createTenant": {"tenant": account}})


def make(client: Client, **more: Any) -> AccountRecord:
    given = {"name": "TestAdvertiserViaAPI", "managed": True, "event_enrichment": True, **more}
    return accounts.create(client, **given)


def sent(server: Scripted) -> Any:
    (request,) = server.calls
    assert request.path == "/hub/graphql/"
    return request.content["variables"]


# Operation 8


def test_create(serve: Serve, open_client: Open) -> None:
    server = serve(made({"id": "hU2koC34", "name": "TestAdvertiserViaAPI", "status": 0}))
    found = make(open_client(server))
    assert (found.id, found.status, found.can_partner_manage, found.users) == (
        "hU2koC34", 0, None, None,
    )  # fmt: skip
    assert sent(server) == {
        "input": {"name": "TestAdvertiserViaAPI", "canPartnerManage": True, "eventEnrichment": True}
    }


def test_create_for_an_admin(serve: Serve, open_client: Open) -> None:
    server = serve(made({"id": "hU2koC34"}))
    make(open_client(server), managed=False, event_enrichment=False, admin_email="a@b.example")
    assert sent(server)["input"] == {
        "name": "TestAdvertiserViaAPI",
        "canPartnerManage": False,
        "eventEnrichment": False,
        "adminEmail": "a@b.example",
    }


@pytest.mark.parametrize(
    "answer",
    [
        made(None),
        made({}),
        made({"id": None, "name": "TestAdvertiserViaAPI"}),
        made({"id": ""}),
        made({"id": {"a": 1}}),
        data(tenantMutations={"createTenant": None}),
        data(tenantMutations=None),
        Reply('{"data": null}'),
        Reply(""),
        Reply("<html>", 200, "text/html"),
        error(500),
        error(503),
        error(418),
        Reply("busy", 503, "text/plain", {"Retry-After": "1"}),
    ],
)
def test_an_account_is_never_made_twice(serve: Serve, open_client: Open, answer: Reply) -> None:
    server = serve(answer)
    with pytest.raises(OutcomeUnknownError) as caught:
        make(open_client(server))
    assert len(server.calls) == 1
    assert str(caught.value).startswith('create account "TestAdvertiserViaAPI": ')
    assert "before you create it again" in caught.value.advice
    assert caught.value.__cause__ is not None


def test_what_fails_beside_the_id_of_a_new_account(serve: Serve, open_client: Open) -> None:
    at = ["tenantMutations", "createTenant", "tenant"]
    flaws = [
        {"message": "no", "path": [*at, name], "extensions": {"code": 500}}
        for name in ("users", "availableRoles", "status")
    ]
    account = {"id": "hU2koC34", "status": None, "users": None}
    body = {"errors": flaws, "data": {"tenantMutations": {"createTenant": {"tenant": account}}}}
    assert make(open_client(serve(Reply(json.dumps(body))))).id == "hU2koC34"


def test_a_refused_token_is_renewed_before_an_account_is_made(
    serve: Serve, open_client: Open
) -> None:
    server = serve(error(401), made({"id": "hU2koC34"}))
    assert make(open_client(server)).id == "hU2koC34"
    assert len(server.calls) == 2


def test_an_api_account_that_may_not_make_accounts(serve: Serve, open_client: Open) -> None:
    with pytest.raises(NotAuthorizedError) as caught:
        make(open_client(serve(error(401))))
    assert "rights at the host" in caught.value.advice
    assert "CAPIG_CLIENT_SECRET" not in str(caught.value)


def test_what_a_gateway_does_not_accept(serve: Serve, open_client: Open) -> None:
    server = serve(error(400, "adminEmail is required"))
    with pytest.raises(InvalidInputError, match="adminEmail is required"):
        make(open_client(server))
    assert len(server.calls) == 1


# Operation 9


def test_read(serve: Serve, open_client: Open) -> None:
    server = serve(data(tenant=RECORD))
    manage = Role(name="advertiser-manage-wW58k7FQ", display_name="manage")
    assert accounts.read(open_client(server), "wW58k7FQ") == AccountRecord(
        id="wW58k7FQ",
        name="Test Account",
        status=0,
        can_partner_manage=True,
        available_roles=[manage, None],
        users=[User(id=PERSON, email="a@b.example", status=1, roles=[manage]), None],
    )
    assert sent(server) == {"tenantId": "wW58k7FQ"}


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({}, {}),
        (dict.fromkeys(RECORD), {}),
        ({"status": "0"}, {"status": 0}),
        ({"status": "ACTIVE"}, {}),
        ({"id": 17}, {"id": "17"}),
        ({"users": []}, {"users": []}),
        ({"users": [{"status": True, "roles": None}]}, {"users": [User()]}),
    ],
)
def test_what_is_null_or_odd_is_unknown(
    serve: Serve, open_client: Open, account: Any, said: dict[str, Any]
) -> None:
    found = accounts.read(open_client(serve(data(tenant=account))), "T")
    assert found == AccountRecord(**said)


@pytest.mark.parametrize(
    "account", [{"users": "none"}, {"canPartnerManage": "maybe"}, {"availableRoles": [3]}, [], "T"]
)
def test_what_is_decided_on_must_be_usable(serve: Serve, open_client: Open, account: Any) -> None:
    with pytest.raises(UnexpectedAnswerError, match="unexpected form"):
        accounts.read(open_client(serve(data(tenant=account))), "T")


def test_null_is_none(serve: Serve, open_client: Open) -> None:
    assert accounts.read(open_client(serve(data(tenant=None))), "T") is None


@pytest.mark.parametrize(
    "answer",
    [
        Reply('{"data": null}'),
        Reply('{"data": {}}'),
        Reply('{"data": {"tenant": null}, "errors": [{"message": "no"}]}'),
        Reply("null"),
        Reply('{"data": {"tenant": null}}', 404),
        error(404),
        error(401),
    ],
)
def test_the_lack_of_an_answer_is_an_error(serve: Serve, open_client: Open, answer: Reply) -> None:
    with pytest.raises(GatewayError) as caught:
        accounts.read(open_client(serve(answer), maxRetries=0), "T")
    assert caught.value.tenant_id == "T"


def test_an_older_gateway(serve: Serve, open_client: Open) -> None:
    refused = Reply('{"errors": [{"message": "Cannot query field \\"availableRoles\\" on type '
                    '\\"Tenant\\"."}]}', 400)  # fmt: skip
    server = serve(refused, data(tenant={"id": "T"}))
    client = open_client(server)
    assert accounts.read(client, "T") == AccountRecord(id="T")
    assert client.refused_fields(accounts.READ) == ["availableRoles"]


def test_reach(serve: Serve, open_client: Open) -> None:
    users = [
        None,
        {"tenants": None},
        {"tenants": [{"id": "A", "name": "First"}, None, {"id": None}]},
        {"tenants": [{"id": "A"}, {"id": "B", "name": {"odd": 1}}]},
    ]
    server = serve(data(tenant={"users": users}))
    found = accounts.reach(open_client(server), "A")
    assert found == [AccountName(id="A"), AccountName(id="B")]
    (request,) = server.calls
    assert "query TenantAccountUsersViewQuery(" in request.content["query"]


@pytest.mark.parametrize("account", [None, {}, {"users": None}, {"users": []}])
def test_reach_of_nobody(serve: Serve, open_client: Open, account: Any) -> None:
    assert accounts.reach(open_client(serve(data(tenant=account))), "A") == []


# Operation 10


def changed(account: Any) -> Reply:
    return data(tenantMutations={"updateTenant": {"tenant": account}})


def test_update(serve: Serve, open_client: Open) -> None:
    server = serve(changed({"id": "IaoreXfj", "name": "Test Account Name Update"}))
    client = open_client(server)
    found = accounts.update(
        client, "IaoreXfj", name="Test Account Name Update", managed=True, status=0
    )
    assert found == AccountRecord(id="IaoreXfj", name="Test Account Name Update")
    assert sent(server) == {
        "input": {
            "tenantId": "IaoreXfj",
            "name": "Test Account Name Update",
            "status": 0,
            "canPartnerManage": True,
        }
    }


def test_a_status_that_must_not_be_sent(serve: Serve, open_client: Open) -> None:
    server = serve(changed(None))
    assert accounts.update(open_client(server), "T", name="N", managed=False, status=None) is None
    assert sent(server)["input"] == {"tenantId": "T", "name": "N", "canPartnerManage": False}


def test_an_update_that_is_answered_with_null(serve: Serve, open_client: Open) -> None:
    client = open_client(serve(data(tenantMutations={"updateTenant": None})))
    assert accounts.update(client, "T", name="N", managed=True, status=2) is None


def test_an_update_is_a_set_and_sent_again(serve: Serve, open_client: Open) -> None:
    server = serve(error(503), changed({"id": "T"}))
    accounts.update(open_client(server), "T", name="N", managed=True, status=0)
    assert len(server.calls) == 2


# Operation 11


@pytest.mark.parametrize("answer", [True, False, None])
def test_delete(serve: Serve, open_client: Open, answer: bool | None) -> None:
    server = serve(data(tenantMutations={"deleteTenant": answer}))
    assert accounts.delete(open_client(server), "Tse53QtW") is answer
    assert sent(server) == {"tenantId": "Tse53QtW"}


@pytest.mark.parametrize(
    ("code", "kind"),
    [(400, InvalidInputError), (401, NotAuthorizedError), (500, OutcomeUnknownError)],
)
def test_a_delete_is_sent_once(
    serve: Serve, open_client: Open, code: int, kind: type[GatewayError]
) -> None:
    server = serve(error(code))
    with pytest.raises(kind) as caught:
        accounts.delete(open_client(server, token="ready"), "T")
    assert (type(caught.value), len(server.calls)) == (kind, 1)


# Operation 12


def test_usage_of_either_edition(serve: Serve, open_client: Open) -> None:
    traffic = {
        "totalEventsReceived": "9007199254740993",
        "totalPixelsWithTraffic": 2,
        "publishError": False,
        "durationInHours": 24,
        "lastUpdatedAt": 1678753252000,
    }
    answer = {"totalActivePixels": 3, "totalPixels": 4, "tenantUsageByTraffic": traffic}
    server = serve(data(tenantUsage=answer))
    found = accounts.usage(open_client(server), "T")
    assert (found.total_active_pixels, found.total_pixels, found.total_pipelines) == (3, 4, None)
    assert found.tenant_usage_by_traffic is not None
    assert vars(found.tenant_usage_by_traffic) == {
        "total_events_received": 9007199254740993,
        "total_pixels_with_traffic": 2,
        "publish_error": False,
        "duration_in_hours": 24,
        "last_updated_at": "1678753252000",
    }


@pytest.mark.parametrize("odd", ["many", "", {}, [], True, 1.5])
def test_a_figure_that_is_none_is_unknown(serve: Serve, open_client: Open, odd: object) -> None:
    traffic = {"totalEventsReceived": odd, "publishError": "yes", "lastUpdatedAt": {}}
    answer = {"totalPixels": odd, "totalPipelines": 1, "tenantUsageByTraffic": traffic}
    found = accounts.usage(open_client(serve(data(tenantUsage=answer))), "T")
    assert (found.total_pixels, found.total_pipelines) == (None, 1)
    assert found.tenant_usage_by_traffic is not None
    assert set(vars(found.tenant_usage_by_traffic).values()) == {None}


def test_a_figure_that_fails_alone(serve: Serve, open_client: Open) -> None:
    at = ["tenantUsage", "tenantUsageByTraffic"]
    flaws = [{"message": "no", "path": [*at, "publishError"]}, {"message": "no", "path": at}]
    body = {"errors": flaws, "data": {"tenantUsage": {"totalPixels": 2}}}
    assert accounts.usage(open_client(serve(Reply(json.dumps(body)))), "T").total_pixels == 2


def test_no_usage_is_an_error(serve: Serve, open_client: Open) -> None:
    with pytest.raises(UnexpectedAnswerError):
        accounts.usage(open_client(serve(data(tenantUsage=None))), "T")

"""What an error says, and what it never says."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_capig.errors import (
    ConflictError,
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    OutcomeUnknownError,
    UnavailableError,
    UnexpectedAnswerError,
)
from pulumi_capig.gateway import Client, line, pixels
from pulumi_capig.gateway.calls import Call
from pulumi_capig.gateway.operation import Operation
from pulumi_capig.sandbox import FAULTS, Sandbox
from pulumi_capig.settings import Settings
from tests.gateway.conftest import Open
from tests.gateway.scripted import TOKEN, Reply, Scripted, account, data, error

Serve = Callable[..., Scripted]
Fail = Callable[..., GatewayError]


@pytest.fixture
def fail(serve: Serve, open_client: Open) -> Fail:
    """The error of a call that is answered so."""

    def run(*replies: Reply, call: str = "delete", **config: Any) -> GatewayError:
        client = open_client(serve(*replies), maxRetries=0, **config)
        token = SECRETS["pixel"]
        calls: dict[str, Callable[[], object]] = {
            "setup": lambda: pixels.connect(client, "T", "1", business_id="2", access_token=token),
            "delete": lambda: pixels.disconnect(client, "T", "1"),
            "list": lambda: pixels.list_account(client, "T"),
        }
        with pytest.raises(GatewayError) as caught:
            calls[call]()
        return caught.value

    return run


# Codes and their carriers


def entry(message: str = "no", **extensions: Any) -> dict[str, Any]:
    return {"message": message, "extensions": extensions}


@pytest.mark.parametrize(
    ("entries", "status", "code"),
    [
        ([entry(code=404)], 200, 404),
        ([entry(code="404")], 200, 404),
        ([entry(status=404)], 200, 404),
        ([entry(statusCode=404)], 200, 404),
        ([entry(errorCode="404")], 200, 404),
        ([entry(classification="404")], 200, 404),
        ([entry(code="NOT_FOUND", status=404)], 200, 404),
        ([entry(code="NOT_FOUND")], 404, 404),
        ([entry("404: gone")], 200, 404),
        ([entry("HTTP 404 gone")], 200, 404),
        ([entry("Error code: 404")], 200, 404),
        ([entry("[404] gone")], 200, 404),
        ([entry("hm"), entry(code=404)], 200, 404),
        ([{"message": "404"}], 200, 404),
        ([{"extensions": None, "message": None}], 404, 404),
        (["404 gone"], 200, 404),
        ("404 gone", 200, 404),
        ([entry(code=404)], 500, 404),
        ([entry("404x")], 500, 500),
        ([entry("pixel 404 is gone")], 500, 500),
        ([entry(code=True)], 500, 500),
        ([entry(code=999)], 500, 500),
        ([entry(code=[404])], 500, 500),
        ([entry("no code")], 200, None),
        ([None], 200, None),
    ],
    ids=str,
)
def test_code(fail: Fail, entries: Any, status: int, code: int | None) -> None:
    found = fail(Reply(json.dumps({"errors": entries, "data": None}), status))
    assert found.code == code
    kinds = {404: NotFoundError, 500: OutcomeUnknownError, None: OutcomeUnknownError}
    assert type(found) is kinds[code]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidInputError),
        (401, NotAuthorizedError),
        (402, UnexpectedAnswerError),
        (403, NotAuthorizedError),
        (404, NotFoundError),
        (405, UnexpectedAnswerError),
        (408, OutcomeUnknownError),
        (409, ConflictError),
        (413, UnexpectedAnswerError),
        (418, OutcomeUnknownError),
        (422, InvalidInputError),
        (425, UnavailableError),
        (429, UnavailableError),
        (431, UnexpectedAnswerError),
        (500, OutcomeUnknownError),
        (501, OutcomeUnknownError),
        (507, OutcomeUnknownError),
        (599, OutcomeUnknownError),
    ],
)
@pytest.mark.parametrize("carrier", ["status", "errors", "both", "text"])
def test_class_of_a_refused_write(
    fail: Fail, carrier: str, status: int, kind: type[GatewayError]
) -> None:
    replies = {
        "status": Reply('{"message": "no"}', status),
        "errors": error(status, status=200),
        "both": error(status),
        "text": Reply("no", status, "text/plain"),
    }
    found = fail(replies[carrier])
    assert (type(found), found.code) == (kind, status)


@pytest.mark.parametrize("status", [400, 404, 409, 410])
def test_a_page_says_nothing_of_pixels(fail: Fail, status: int) -> None:
    found = fail(Reply("<html>Nothing here</html>", status, "text/html; charset=utf-8"))
    assert type(found) is UnexpectedAnswerError
    assert "(text/html, 25 bytes)" in str(found)
    assert "CAPIG_GATEWAY" in str(found)


def test_data_with_errors_is_no_result(fail: Fail) -> None:
    body = {"errors": [entry(code=500)], "data": {"tenantQueries": {"account": {"name": "T"}}}}
    assert type(fail(Reply(json.dumps(body)), call="list")) is UnavailableError


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "17", '"text"', "{}", '{"data": null}', '{"data": {}}', "[" * 10**5]
)
def test_no_result_at_all(fail: Fail, body: str) -> None:
    found = fail(Reply(body), call="list")
    assert type(found) is UnexpectedAnswerError
    assert type(fail(Reply(body))) is OutcomeUnknownError


@pytest.mark.parametrize(
    "result", [{"tenantQueries": {"account": None}}, {"tenantQueries": {}}, {"tenantQueries": 1}]
)
def test_null_is_never_an_empty_account(fail: Fail, result: dict[str, Any]) -> None:
    found = fail(data(**result), call="list")
    assert type(found) is UnexpectedAnswerError
    assert "answered null" in str(found)


def test_wrong_types_name_the_place_and_not_the_value(fail: Fail) -> None:
    config = {"connectionStatus": {"badToken": "EAA-secret"}}
    answer = data(tenantQueries={"account": {"signalConfigs": [config]}})
    found = fail(answer, call="list")
    assert type(found) is UnexpectedAnswerError
    assert "signalConfigs.0.connectionStatus.badToken" in str(found)
    assert "EAA-secret" not in str(found)


def test_an_answer_that_is_too_large(
    sandbox: Sandbox, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "LARGEST_ANSWER", 2**20)
    sandbox.inject(FAULTS["huge"].on("list", size=2**20))
    with pytest.raises(UnexpectedAnswerError, match="larger than 1 MiB"):
        pixels.list_account(client, "SandboxA")
    pixels.list_account(client, "SandboxA")


# Details


@pytest.mark.parametrize(
    "name", ["X-Request-Id", "X-FB-Trace-ID", "X-Amzn-Trace-Id", "X-Cloud-Trace-Context"]
)
@pytest.mark.parametrize(
    "reply",
    [
        error(400),
        Reply("no", 503, "text/plain"),
        Reply("<html>", 404, "text/html"),
        data(tenantQueries={"account": None}),
        data(tenantQueries={"account": {"signalConfigs": 1}}),
    ],
    ids=["errors", "text", "page", "null", "wrong-type"],
)
def test_request_id(fail: Fail, reply: Reply, name: str) -> None:
    found = fail(Reply(reply.body, reply.status, reply.media_type, {name: "r-17"}), call="list")
    assert found.request_id == "r-17"
    assert "request id r-17" in str(found)


def test_request_id_of_a_refused_token(serve: Serve, open_client: Open) -> None:
    refusal = Reply("{}", 401, headers={"X-Request-Id": "r-17"})
    with pytest.raises(NotAuthorizedError, match="request id r-17"):
        pixels.list_account(open_client(serve(account(), tokens=(refusal,))), "T")


def test_message(fail: Fail) -> None:
    reply = error(400, "Invalid\n  businessId", headers={"X-Request-Id": "r-17"})
    assert str(fail(reply, call="setup")) == (
        "connect pixel 1 (account T): the gateway answered 400 Bad Request: "
        '"Invalid businessId" [code 400, request id r-17]\n'
        "  Correct the arguments of the resource, then run the command again."
    )


def test_plain_text_is_quoted(fail: Fail) -> None:
    assert 'answered 404 Not Found: "Pixel 1\u2026 not found"' in str(
        fail(Reply("Pixel 1\u2026\nnot found", 404, "text/plain"))
    )


def test_long_messages_are_shortened(fail: Fail) -> None:
    text = str(fail(error(400, "x" * 5000)))
    assert len(text) < 500
    assert "x\u2026" in text


def test_refused_switch(serve: Serve, open_client: Open) -> None:
    result = {"updateSignalConfigCapiPublish": {"success": False, "connectionStatus": None}}
    server = serve(data(tenantMutations={"signalMutations": result}))
    with pytest.raises(UnexpectedAnswerError, match="success: false") as caught:
        pixels.set_publishing(open_client(server), "T", "1", False)
    assert "pulumi refresh" in caught.value.advice


def test_because_keeps_everything_else(fail: Fail) -> None:
    found = fail(error(404, headers={"X-Request-Id": "r-17"}))
    other = found.because("it is gone", "Connect it.")
    assert str(other) == (
        "disconnect pixel 1 (account T): it is gone [code 404, request id r-17]\n  Connect it."
    )
    assert type(other) is type(found)
    assert str(found.because()) == str(found)


# Secrets

SECRETS = {"pixel": "EAA-pixel-token", "client": Sandbox.client_secret, "api": TOKEN}


@pytest.mark.parametrize("before", [0, 150, 190, 199, 5000])
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("carrier", ["errors", "text"])
def test_echoed_secrets_are_not_shown(fail: Fail, secret: str, before: int, carrier: str) -> None:
    """Wherever a message is cut, and although a validation error quotes the input."""
    message = f"{'x ' * (before // 2)}{{accessToken: '{secret}'}} is wrong"
    reply = error(400, message) if carrier == "errors" else Reply(message, 400, "text/plain")
    found = fail(reply, call="setup")
    shown = f"{found} {found!r} {found.args} {vars(found)}"
    assert not any(secret[:length] in shown for length in range(6, len(secret) + 1))
    assert before >= 190 or "[secret]" in shown


def test_a_renewed_token_is_not_shown_either(serve: Serve, open_client: Open) -> None:
    tokens = tuple(Reply(json.dumps({"token": name})) for name in ("old-token", "new-token"))
    server = serve(error(401), error(400, "old-token, new-token"), tokens=tokens)
    with pytest.raises(InvalidInputError) as caught:
        pixels.list_account(open_client(server), "T")
    assert '"[secret], [secret]"' in str(caught.value)


def test_nothing_shows_its_secrets(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    config = {"gateway": "localhost", "clientId": "acme", "clientSecret": "s3cret-client"}
    settings = Settings(config.get, {}).for_client()
    ready = Settings({"gateway": "localhost", "token": "s3cret-token"}.get, {}).for_client()
    operation = Operation("Op", "capig", (), mutates=False)
    secrets = frozenset({"s3cret-too"})
    call = Call(operation, "do", "T", {"input": "s3cret-pixel"}, lambda _: None, secrets)
    with Client(settings) as other:
        shown = f"{settings!r} {settings} {ready!r} {call!r} {call.subject!r} {other!r}"
    assert "s3cret" not in shown
    assert "acme" in shown

    with caplog.at_level(logging.INFO):  # httpcore logs headers at DEBUG, as httpx documents
        pixels.connect(client, "SandboxA", "1", business_id="2", access_token="s3cret-pixel")
    assert "s3cret" not in caplog.text
    assert Sandbox.client_secret not in caplog.text

"""API tokens: both encodings, both keys, early renewal, one renewal for all threads."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import pytest

from pulumi_capig.errors import (
    GatewayError,
    NotAuthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from pulumi_capig.failures import REMEMBERED
from pulumi_capig.gateway import Gateway
from pulumi_capig.sandbox import Dialect, Fault, Sandbox
from tests.gateway.conftest import Open, Time
from tests.gateway.scripted import TOKEN, Reply, Scripted, account, error

Serve = Callable[..., Scripted]

both_carriers = pytest.mark.parametrize("carrier", ["status", "errors"])


def speak(sandbox: Sandbox, **switches: Any) -> None:
    sandbox.dialect = replace(sandbox.dialect, **switches)


def token_requests(sandbox: Sandbox) -> int:
    return sandbox.counters.token_fetches


# Fetching


@pytest.mark.parametrize("refusal", [400, 415])
@pytest.mark.parametrize("encoding", ["both", "multipart", "urlencoded"])
def test_either_encoding(sandbox: Sandbox, gateway: Gateway, encoding: Any, refusal: Any) -> None:
    speak(sandbox, token_body=encoding, token_body_refusal=refusal)
    gateway.account("SandboxA")
    needed = 2 if encoding == "multipart" else 1
    assert token_requests(sandbox) == needed
    sandbox.expire_tokens()
    gateway.account("SandboxA")
    assert token_requests(sandbox) == needed + 1  # the encoding is remembered


def test_what_is_sent(serve: Serve, open_gateway: Open) -> None:
    server = serve(account(), tokens=(Reply(status=415), Reply(json.dumps({"token": TOKEN}))))
    open_gateway(server, clientId="Acme", clientSecret="s&cret").account("T")
    form, multipart = server.token_requests
    assert form.headers["Content-Type"] == "application/x-www-form-urlencoded"
    fields = b"client_id=Acme&client_secret=s%26cret&grant_type=client_credentials"
    assert form.body == fields
    assert multipart.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    for part in (b'name="client_id"\r\n\r\nAcme\r\n', b'name="client_secret"\r\n\r\ns&cret\r\n'):
        assert part in multipart.body
    assert b"filename" not in multipart.body
    assert "Authorization" not in form.headers


@pytest.mark.parametrize("key", ["token", "access_token", "both"])
def test_either_key(sandbox: Sandbox, gateway: Gateway, key: Any) -> None:
    speak(sandbox, token_response=key)
    assert gateway.account("SandboxA").name == "Tenant for SandboxA"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"token": None},
        {"token": ""},
        {"token": 17},
        {"token": "secret-part\nX-Header: 1"},
        {"token": "secret-part\u00fc"},
    ],
    ids=str,
)
def test_answer_without_a_token_that_can_be_used(
    serve: Serve, open_gateway: Open, answer: dict[str, Any]
) -> None:
    server = serve(account(), tokens=(Reply(json.dumps(answer)),))
    with pytest.raises(UnexpectedAnswerError, match="without a token that can be used") as caught:
        open_gateway(server).account("T")
    assert "secret-part" not in str(caught.value)
    assert len(server.seen) == 1


# Lifetime


@pytest.mark.parametrize(
    ("answer", "last_good"),
    [
        ({}, 36_000 - 300),
        ({"expires_in": 36_000}, 36_000 - 300),
        ({"expires_in": 1000}, 900),
        ({"expires_in": 90.5}, 81),
        ({"expires_in": 0}, 36_000 - 300),
        ({"expires_in": -5}, 36_000 - 300),
        ({"expires_in": None}, 36_000 - 300),
        ({"expires_in": "soon"}, 36_000 - 300),
        ({"expires_in": True}, 36_000 - 300),
    ],
    ids=str,
)
def test_renewed_early(
    serve: Serve, open_gateway: Open, time: Time, answer: dict[str, Any], last_good: float
) -> None:
    tokens = [Reply(json.dumps({"token": name, **answer})) for name in ("first", "second")]
    server = serve(account(), tokens=tuple(tokens))
    gateway = open_gateway(server)
    start = time.now
    for passed in (0, last_good - 1, last_good + 1):
        time.now = start + passed
        gateway.account("T")
    used = [call.headers["Authorization"] for call in server.calls]
    assert used == ["Bearer first", "Bearer first", "Bearer second"]


def test_renewed_before_the_gateway_refuses_it(open_gateway: Open, time: Time) -> None:
    dialect = Dialect(token_expires_in=True, token_lifetime=100)
    with Sandbox(dialect=dialect, clock=time.clock) as sandbox:
        gateway = open_gateway(sandbox)
        for _ in range(10):
            gateway.account("SandboxA")
            time.now += 45
        assert {record.status for record in sandbox.requests} == {200}
        assert token_requests(sandbox) == 5


# Renewal on 401


@both_carriers
def test_renewed_once_after_a_refusal(sandbox: Sandbox, gateway: Gateway, carrier: Any) -> None:
    speak(sandbox, auth_carrier=carrier)
    gateway.account("SandboxA")
    sandbox.expire_tokens()
    gateway.account("SandboxA")
    assert token_requests(sandbox) == 2
    assert sandbox.counters.requests["list"] == 3


@both_carriers
def test_a_refused_write_is_sent_again(sandbox: Sandbox, gateway: Gateway, carrier: Any) -> None:
    speak(sandbox, auth_carrier=carrier)
    gateway.account("SandboxA")
    sandbox.expire_tokens()
    config = gateway.connect_pixel("SandboxA", "101", business_id="7", access_token="EAA")
    assert config.pixel_id == "101"


@both_carriers
def test_refused_for_ever(sandbox: Sandbox, gateway: Gateway, time: Time, carrier: Any) -> None:
    speak(sandbox, auth_carrier=carrier)
    sandbox.inject(Fault("unauthorized", "list", times=None))
    with pytest.raises(NotAuthorizedError) as caught:
        gateway.account("SandboxA")
    assert (caught.value.code, caught.value.attempts) == (401, 2)
    assert (token_requests(sandbox), time.slept) == (2, [])


def test_no_renewal_for_a_missing_right(sandbox: Sandbox, gateway: Gateway) -> None:
    sandbox.inject(Fault.status(403, operation="list"))
    with pytest.raises(NotAuthorizedError) as caught:
        gateway.account("SandboxA")
    assert (caught.value.code, token_requests(sandbox)) == (403, 1)


# Threads


def test_single_flight(sandbox: Sandbox, gateway: Gateway, threads: ThreadPoolExecutor) -> None:
    with sandbox.hold("token", times=None):
        asked = [threads.submit(gateway.account, "SandboxA") for _ in range(16)]
        sandbox.wait_for("token")
    assert [future.result().name for future in asked] == ["Tenant for SandboxA"] * 16
    assert token_requests(sandbox) == 1


@both_carriers
def test_one_refusal_is_one_renewal_for_all_threads(
    sandbox: Sandbox, gateway: Gateway, threads: ThreadPoolExecutor, carrier: Any
) -> None:
    speak(sandbox, auth_carrier=carrier)
    gateway.account("SandboxA")
    with sandbox.hold("list", times=None) as gate:
        asked = [threads.submit(gateway.account, "SandboxA") for _ in range(16)]
        gate.wait(16)  # all are under way with the first token
        sandbox.expire_tokens()
    wait(asked)
    assert [future.exception() for future in asked] == [None] * 16
    assert token_requests(sandbox) == 2


# Refused credentials


@pytest.mark.parametrize("encoding", ["both", "multipart", "urlencoded"])
@pytest.mark.parametrize("refusal", [400, 415])
def test_a_refused_secret_is_asked_for_once(
    sandbox: Sandbox, open_gateway: Open, encoding: Any, refusal: Any
) -> None:
    speak(sandbox, token_body=encoding, token_body_refusal=refusal)
    gateway = open_gateway(sandbox, clientSecret="wrong-secret")
    errors = []
    for _ in range(3):
        with pytest.raises(NotAuthorizedError) as caught:
            gateway.account("SandboxA")
        errors.append(str(caught.value))
    assert token_requests(sandbox) == 2  # one in each encoding
    assert len(set(errors)) == 1
    assert errors[0].startswith("fetch an API token: the gateway answered 40")
    assert "CAPIG_CLIENT_SECRET" in errors[0]
    assert "wrong-secret" not in errors[0]
    assert "list" not in sandbox.counters.requests


def test_a_refused_secret_is_asked_for_once_by_all_threads(
    sandbox: Sandbox, open_gateway: Open, threads: ThreadPoolExecutor
) -> None:
    gateway = open_gateway(sandbox, clientSecret="wrong")
    with sandbox.hold("token", times=None):
        asked = [threads.submit(gateway.account, "SandboxA") for _ in range(16)]
        sandbox.wait_for("token")
    assert {type(future.exception()) for future in asked} == {NotAuthorizedError}
    assert token_requests(sandbox) == 2


@pytest.mark.parametrize(
    "answer",
    [Reply('{"error": "invalid_client"}', 400), Reply('{"error": "invalid_client"}', 401)],
    ids=["400", "401"],
)
def test_refused_credentials_in_either_status(
    serve: Serve, open_gateway: Open, answer: Reply
) -> None:
    with pytest.raises(NotAuthorizedError, match="CAPIG_CLIENT_ID") as caught:
        open_gateway(serve(account(), tokens=(answer,))).account("T")
    assert caught.value.code == answer.status


def test_refused_credentials_in_errors(serve: Serve, open_gateway: Open) -> None:
    with pytest.raises(NotAuthorizedError):
        open_gateway(serve(account(), tokens=(error(401, status=200),))).account("T")


@pytest.mark.parametrize(
    "answer",
    [
        Reply("<html>Not here</html>", 404, "text/html"),
        Reply("Not here", 404, "text/plain"),
        Reply('{"message": "not here"}', 404),
        Reply("<html>Welcome</html>", 200, "text/html"),
        Reply("<html>Bad request</html>", 400, "text/html"),
        Reply("", 405, None),
    ],
    ids=lambda reply: f"{reply.status} {reply.media_type}",
)
def test_no_token_endpoint_says_nothing_of_pixels(
    serve: Serve, open_gateway: Open, answer: Reply
) -> None:
    """A delete that took this for `pixel not found` would forget a connected pixel."""
    gateway = open_gateway(serve(account(), tokens=(answer,)))
    with pytest.raises(UnexpectedAnswerError, match="CAPIG_GATEWAY"):
        gateway.disconnect_pixel("T", "1")


def test_failing_token_endpoint_is_tried_again(sandbox: Sandbox, gateway: Gateway) -> None:
    sandbox.inject(Fault.status(503, operation="token", times=2))
    gateway.account("SandboxA")
    assert token_requests(sandbox) == 3


def test_token_endpoint_that_stays_down(sandbox: Sandbox, open_gateway: Open, time: Time) -> None:
    gateway = open_gateway(sandbox, maxRetries=2)
    sandbox.inject(Fault.status(503, operation="token", times=None))
    with pytest.raises(UnavailableError, match=r"^fetch an API token: ") as caught:
        gateway.connect_pixel("SandboxA", "101", business_id="7", access_token="EAA")
    assert (caught.value.attempts, caught.value.tenant_id) == (3, None)
    # Whoever comes next need not find out for himself, one after the other.
    for _ in range(20):
        with pytest.raises(UnavailableError, match=r"^fetch an API token: "):
            gateway.account("SandboxA")
    assert sandbox.counters.token_fetches == 3
    sandbox.clear_faults()
    time.sleep(REMEMBERED)
    gateway.account("SandboxA")  # it is asked for again


def test_token_and_call_share_one_deadline(
    sandbox: Sandbox, open_gateway: Open, time: Time
) -> None:
    gateway = open_gateway(sandbox, maxRetries=100)
    started = time.now
    sandbox.inject(Fault.status(503, operation="list", times=6, retry_after=40))
    sandbox.inject(Fault("token-expired", "list", after=0, times=1))
    sandbox.inject(Fault.status(503, operation="token", times=None, after=1, retry_after=20))
    with pytest.raises(GatewayError, match=r"^fetch an API token: "):
        gateway.account("SandboxA")
    assert time.now - started <= 300


# A ready token


def test_ready_token_is_used_and_never_renewed(
    serve: Serve, open_gateway: Open, time: Time
) -> None:
    server = serve(account(), account(), error(401))
    gateway = open_gateway(server, token="ready-token")
    gateway.account("T")
    time.now += 10**9
    gateway.account("T")
    with pytest.raises(NotAuthorizedError, match="CAPIG_TOKEN") as caught:
        gateway.account("T")
    assert "ready-token" not in str(caught.value)
    assert "CAPIG_CLIENT_ID" not in str(caught.value)
    assert [call.headers["Authorization"] for call in server.calls] == ["Bearer ready-token"] * 3
    assert server.token_requests == []


def test_nobody_is_asked_before_the_first_call(open_gateway: Open) -> None:
    with Sandbox() as sandbox:
        url = sandbox.url
    gateway = open_gateway(url, maxRetries=0)
    with pytest.raises(UnreachableError, match="fetch an API token"):
        gateway.account("SandboxA")

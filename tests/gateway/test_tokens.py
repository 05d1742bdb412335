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
from pulumi_capig.gateway import Client, pixels, retries
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
def test_either_encoding(sandbox: Sandbox, client: Client, encoding: Any, refusal: Any) -> None:
    speak(sandbox, token_body=encoding, token_body_refusal=refusal)
    pixels.list_account(client, "SandboxA")
    needed = 2 if encoding == "multipart" else 1
    assert token_requests(sandbox) == needed
    sandbox.expire_tokens()
    pixels.list_account(client, "SandboxA")
    assert token_requests(sandbox) == needed + 1  # the encoding is remembered


def test_what_is_sent(serve: Serve, open_client: Open) -> None:
    server = serve(account(), tokens=(Reply(status=415), Reply(json.dumps({"token": TOKEN}))))
    pixels.list_account(open_client(server, clientId="Acme", clientSecret="s&cret"), "T")
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
def test_either_key(sandbox: Sandbox, client: Client, key: Any) -> None:
    speak(sandbox, token_response=key)
    assert pixels.list_account(client, "SandboxA").name == "Tenant for SandboxA"


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
    serve: Serve, open_client: Open, answer: dict[str, Any]
) -> None:
    server = serve(account(), tokens=(Reply(json.dumps(answer)),))
    with pytest.raises(UnexpectedAnswerError, match="without a token that can be used") as caught:
        pixels.list_account(open_client(server), "T")
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
    serve: Serve, open_client: Open, time: Time, answer: dict[str, Any], last_good: float
) -> None:
    tokens = [Reply(json.dumps({"token": name, **answer})) for name in ("first", "second")]
    server = serve(account(), tokens=tuple(tokens))
    client = open_client(server)
    start = time.now
    for passed in (0, last_good - 1, last_good + 1):
        time.now = start + passed
        pixels.list_account(client, "T")
    used = [call.headers["Authorization"] for call in server.calls]
    assert used == ["Bearer first", "Bearer first", "Bearer second"]


def test_renewed_before_the_gateway_refuses_it(open_client: Open, time: Time) -> None:
    dialect = Dialect(token_expires_in=True, token_lifetime=100)
    with Sandbox(dialect=dialect, clock=time.clock) as sandbox:
        client = open_client(sandbox)
        for _ in range(10):
            pixels.list_account(client, "SandboxA")
            time.now += 45
        assert {record.status for record in sandbox.requests} == {200}
        assert token_requests(sandbox) == 5


# Renewal on 401


@both_carriers
def test_renewed_once_after_a_refusal(sandbox: Sandbox, client: Client, carrier: Any) -> None:
    speak(sandbox, auth_carrier=carrier)
    pixels.list_account(client, "SandboxA")
    sandbox.expire_tokens()
    pixels.list_account(client, "SandboxA")
    assert token_requests(sandbox) == 2
    assert sandbox.counters.requests["list"] == 3


@both_carriers
def test_a_refused_write_is_sent_again(sandbox: Sandbox, client: Client, carrier: Any) -> None:
    speak(sandbox, auth_carrier=carrier)
    pixels.list_account(client, "SandboxA")
    sandbox.expire_tokens()
    config = pixels.connect(client, "SandboxA", "101", business_id="7", access_token="EAA")
    assert config.pixel_id == "101"


@both_carriers
def test_refused_for_ever(sandbox: Sandbox, open_client: Open, time: Time, carrier: Any) -> None:
    speak(sandbox, auth_carrier=carrier)
    sandbox.inject(Fault("unauthorized", "list", times=None))
    client = open_client(sandbox, maxRetries=1)
    with pytest.raises(NotAuthorizedError) as caught:
        pixels.list_account(client, "SandboxA")
    assert (caught.value.code, caught.value.attempts) == (401, 2)
    assert (token_requests(sandbox), time.slept) == (2, [])


# Whose a 401 is


def unauthorized(client: Client, *tenants: str) -> None:
    for tenant in tenants:
        with pytest.raises(NotAuthorizedError) as caught:
            pixels.list_account(client, tenant)
        assert (caught.value.code, caught.value.tenant_id) == (401, tenant)


UNKNOWN = [f"Unknown{n}" for n in range(9)]


@both_carriers
def test_unknown_accounts_beside_an_accepted_one(
    sandbox: Sandbox, client: Client, time: Time, carrier: Any
) -> None:
    speak(sandbox, auth_carrier=carrier)
    pixels.list_account(client, "SandboxA")
    unauthorized(client, *UNKNOWN)
    assert token_requests(sandbox) == 2  # one of them checks that it is the account
    assert sandbox.counters.requests["list"] == 1 + 2 + 8
    pixels.list_account(client, "SandboxB")
    unauthorized(client, *UNKNOWN)
    assert (token_requests(sandbox), time.slept) == (2, [])


@pytest.mark.parametrize("most", [0, 1, 4])
def test_unknown_accounts_alone(sandbox: Sandbox, open_client: Open, time: Time, most: int) -> None:
    """The first one uses up the renewals in a row; they wait, the first one apart."""
    unauthorized(open_client(sandbox, maxRetries=most), *UNKNOWN)
    assert token_requests(sandbox) == 1 + most
    assert sandbox.counters.requests["list"] == most + len(UNKNOWN)
    assert len(time.slept) == max(0, most - 1)
    assert all(waited <= 2**n for n, waited in enumerate(time.slept))


def test_an_accepted_answer_ends_the_row(sandbox: Sandbox, open_client: Open) -> None:
    client = open_client(sandbox, maxRetries=2)
    unauthorized(client, *UNKNOWN)
    assert token_requests(sandbox) == 3
    pixels.list_account(client, "SandboxA")
    for _ in range(5):
        sandbox.expire_tokens()
        pixels.list_account(client, "SandboxA")
    assert token_requests(sandbox) == 8


def test_a_token_that_other_runs_revoke_again_and_again(
    sandbox: Sandbox, open_client: Open
) -> None:
    client = open_client(sandbox, maxRetries=3)
    pixels.list_account(client, "SandboxA")
    sandbox.inject(Fault("token-expired", "list", times=3))
    pixels.list_account(client, "SandboxA")
    assert token_requests(sandbox) == 4
    sandbox.inject(Fault("token-expired", "list", times=4))
    unauthorized(client, "SandboxA")
    assert token_requests(sandbox) == 7
    pixels.list_account(client, "SandboxA")  # the next request has a chance of its own
    assert token_requests(sandbox) == 8


def test_an_accepted_account_that_loses_its_rights(sandbox: Sandbox, client: Client) -> None:
    for tenant in ("SandboxA", "SandboxB"):
        pixels.list_account(client, tenant)
    sandbox.inject(Fault("unauthorized", "list", tenant="SandboxA", times=None))
    unauthorized(client, *["SandboxA"] * 9)
    assert token_requests(sandbox) == 1 + 4 + 1  # those in a row, and one for the second request
    pixels.list_account(client, "SandboxB")
    assert token_requests(sandbox) == 6


def test_a_token_expires_before_an_account_was_accepted(sandbox: Sandbox, client: Client) -> None:
    pixels.list_account(client, "SandboxA")
    sandbox.expire_tokens()
    pixels.list_account(client, "SandboxB")
    sandbox.expire_tokens()
    unauthorized(client, "Unknown")  # the one check was made
    pixels.list_account(client, "SandboxB")
    assert token_requests(sandbox) == 3


def test_an_unknown_account_among_many_threads(
    sandbox: Sandbox, client: Client, threads: ThreadPoolExecutor
) -> None:
    pixels.list_account(client, "SandboxA")
    asked = [threads.submit(unauthorized, client, tenant) for tenant in UNKNOWN]
    asked += [threads.submit(pixels.list_account, client, "SandboxA") for _ in range(9)]
    wait(asked)
    assert [future.exception() for future in asked] == [None] * 18
    assert token_requests(sandbox) == 2


def test_runs_that_revoke_each_others_tokens(
    open_client: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four at once, of four threads each, where each new token ends the last one.

    On a busy machine a request may take longer than the short waits here, hence the many retries.
    """
    monkeypatch.setattr(retries, "FIRST_WAIT", 0.02)
    dialect = Dialect(token_revokes_older=True)
    with (
        Sandbox(accounts=("A", "B", "C", "D"), dialect=dialect) as sandbox,
        ThreadPoolExecutor(16) as pool,
    ):
        clients = [
            (tenant, open_client(sandbox, real_time=True, maxRetries=30)) for tenant in "ABCD"
        ]
        asked = [
            pool.submit(pixels.list_account, client, tenant)
            for _ in range(20)
            for tenant, client in clients
        ]
        wait(asked)
    assert [future.exception() for future in asked] == [None] * 80


def test_no_renewal_for_a_missing_right(sandbox: Sandbox, client: Client) -> None:
    sandbox.inject(Fault.status(403, operation="list"))
    with pytest.raises(NotAuthorizedError) as caught:
        pixels.list_account(client, "SandboxA")
    assert (caught.value.code, token_requests(sandbox)) == (403, 1)


# Threads


def test_single_flight(sandbox: Sandbox, client: Client, threads: ThreadPoolExecutor) -> None:
    with sandbox.hold("token", times=None):
        asked = [threads.submit(pixels.list_account, client, "SandboxA") for _ in range(16)]
        sandbox.wait_for("token")
    assert [future.result().name for future in asked] == ["Tenant for SandboxA"] * 16
    assert token_requests(sandbox) == 1


@both_carriers
def test_one_refusal_is_one_renewal_for_all_threads(
    sandbox: Sandbox, client: Client, threads: ThreadPoolExecutor, carrier: Any
) -> None:
    speak(sandbox, auth_carrier=carrier)
    pixels.list_account(client, "SandboxA")
    with sandbox.hold("list", times=None) as gate:
        asked = [threads.submit(pixels.list_account, client, "SandboxA") for _ in range(16)]
        gate.wait(16)  # all are under way with the first token
        sandbox.expire_tokens()
    wait(asked)
    assert [future.exception() for future in asked] == [None] * 16
    assert token_requests(sandbox) == 2


# Refused credentials


@pytest.mark.parametrize("encoding", ["both", "multipart", "urlencoded"])
@pytest.mark.parametrize("refusal", [400, 415])
def test_a_refused_secret_is_asked_for_once(
    sandbox: Sandbox, open_client: Open, encoding: Any, refusal: Any
) -> None:
    speak(sandbox, token_body=encoding, token_body_refusal=refusal)
    client = open_client(sandbox, clientSecret="wrong-secret")
    errors = []
    for _ in range(3):
        with pytest.raises(NotAuthorizedError) as caught:
            pixels.list_account(client, "SandboxA")
        errors.append(str(caught.value))
    assert token_requests(sandbox) == 2  # one in each encoding
    assert len(set(errors)) == 1
    assert errors[0].startswith("fetch an API token: the gateway answered 40")
    assert "CAPIG_CLIENT_SECRET" in errors[0]
    assert "wrong-secret" not in errors[0]
    assert "list" not in sandbox.counters.requests


def test_a_refused_secret_is_asked_for_once_by_all_threads(
    sandbox: Sandbox, open_client: Open, threads: ThreadPoolExecutor
) -> None:
    client = open_client(sandbox, clientSecret="wrong")
    with sandbox.hold("token", times=None):
        asked = [threads.submit(pixels.list_account, client, "SandboxA") for _ in range(16)]
        sandbox.wait_for("token")
    assert {type(future.exception()) for future in asked} == {NotAuthorizedError}
    assert token_requests(sandbox) == 2


@pytest.mark.parametrize(
    "answer",
    [Reply('{"error": "invalid_client"}', 400), Reply('{"error": "invalid_client"}', 401)],
    ids=["400", "401"],
)
def test_refused_credentials_in_either_status(
    serve: Serve, open_client: Open, answer: Reply
) -> None:
    with pytest.raises(NotAuthorizedError, match="CAPIG_CLIENT_ID") as caught:
        pixels.list_account(open_client(serve(account(), tokens=(answer,))), "T")
    assert caught.value.code == answer.status


def test_refused_credentials_in_errors(serve: Serve, open_client: Open) -> None:
    with pytest.raises(NotAuthorizedError):
        pixels.list_account(open_client(serve(account(), tokens=(error(401, status=200),))), "T")


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
    serve: Serve, open_client: Open, answer: Reply
) -> None:
    """A delete that took this for `pixel not found` would forget a connected pixel."""
    client = open_client(serve(account(), tokens=(answer,)))
    with pytest.raises(UnexpectedAnswerError, match="CAPIG_GATEWAY"):
        pixels.disconnect(client, "T", "1")


def test_failing_token_endpoint_is_tried_again(sandbox: Sandbox, client: Client) -> None:
    sandbox.inject(Fault.status(503, operation="token", times=2))
    pixels.list_account(client, "SandboxA")
    assert token_requests(sandbox) == 3


def test_token_endpoint_that_stays_down(sandbox: Sandbox, open_client: Open, time: Time) -> None:
    client = open_client(sandbox, maxRetries=2)
    sandbox.inject(Fault.status(503, operation="token", times=None))
    with pytest.raises(UnavailableError, match=r"^fetch an API token: ") as caught:
        pixels.connect(client, "SandboxA", "101", business_id="7", access_token="EAA")
    assert (caught.value.attempts, caught.value.tenant_id) == (3, None)
    # Whoever comes next need not find out for himself, one after the other.
    for _ in range(20):
        with pytest.raises(UnavailableError, match=r"^fetch an API token: "):
            pixels.list_account(client, "SandboxA")
    assert sandbox.counters.token_fetches == 3
    sandbox.clear_faults()
    time.sleep(REMEMBERED)
    pixels.list_account(client, "SandboxA")  # it is asked for again


def test_token_and_call_share_one_deadline(sandbox: Sandbox, open_client: Open, time: Time) -> None:
    client = open_client(sandbox, maxRetries=100)
    started = time.now
    sandbox.inject(Fault.status(503, operation="list", times=6, retry_after=40))
    sandbox.inject(Fault("token-expired", "list", after=0, times=1))
    sandbox.inject(Fault.status(503, operation="token", times=None, after=1, retry_after=20))
    with pytest.raises(GatewayError, match=r"^fetch an API token: "):
        pixels.list_account(client, "SandboxA")
    assert time.now - started <= 300


# A ready token


def test_ready_token_is_used_and_never_renewed(serve: Serve, open_client: Open, time: Time) -> None:
    server = serve(account(), account(), error(401))
    client = open_client(server, token="ready-token")
    pixels.list_account(client, "T")
    time.now += 10**9
    pixels.list_account(client, "T")
    with pytest.raises(NotAuthorizedError, match="CAPIG_TOKEN") as caught:
        pixels.list_account(client, "T")
    assert "ready-token" not in str(caught.value)
    assert "CAPIG_CLIENT_ID" not in str(caught.value)
    assert [call.headers["Authorization"] for call in server.calls] == ["Bearer ready-token"] * 3
    assert server.token_requests == []


def test_nobody_is_asked_before_the_first_call(open_client: Open) -> None:
    with Sandbox() as sandbox:
        url = sandbox.url
    client = open_client(url, maxRetries=0)
    with pytest.raises(UnreachableError, match="fetch an API token"):
        pixels.list_account(client, "SandboxA")

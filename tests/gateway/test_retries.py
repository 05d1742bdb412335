"""What is sent again, when, and what is never."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest

from pulumi_capig.errors import (
    GatewayError,
    InvalidInputError,
    NotFoundError,
    OutcomeUnknownError,
    SettingsError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from pulumi_capig.gateway import Client, pixels
from pulumi_capig.gateway.interruption import failure_of
from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from tests.gateway.conftest import Open, Time, set_filter
from tests.gateway.scripted import Reply, Scripted, account, data, error

Serve = Callable[..., Scripted]
Call = Callable[[Client], object]


def query(client: Client) -> object:
    return pixels.list_account(client, "SandboxA")


def idempotent(client: Client) -> object:
    return pixels.set_publishing(client, "SandboxA", "101", False)


def setup(client: Client) -> object:
    return pixels.connect(client, "SandboxA", "102", business_id="7", access_token="EAA")


def event_filter(client: Client) -> object:
    return set_filter(client, "event", "SandboxA", "Lead", "DROP", ["101"])


def domain_filter(client: Client) -> object:
    return set_filter(client, "domain", "SandboxA", "example.com", "DROP")


def receiving(client: Client) -> object:
    return pixels.set_receiving(client, "SandboxA", "101", False)


def disconnect(client: Client) -> object:
    return pixels.disconnect(client, "SandboxA", "101")


FIELDS: dict[Call, str] = {
    query: "list",
    idempotent: "updateSignalConfigCapiPublish",
    setup: "setupPixelSignalConfig",
    event_filter: "updateEventFilter",
    domain_filter: "updateDomainFilter",
    receiving: "updateSignalConfigEventsStatus",
    disconnect: "deleteDataSource",
}
REPEATABLE = [call for call in FIELDS if call is not setup]

COMPARED: list[Call] = [query, idempotent, setup]

Expected = tuple[type[GatewayError] | None, int | None, int]

UNKNOWN = OutcomeUnknownError
OKAY: list[Expected] = [(None, None, 1)] * 3


def thrice(kind: type[GatewayError], code: int | None, tries: int = 3) -> list[Expected]:
    """A query of this class; writes that may have been applied."""
    return [(kind, code, tries), (UNKNOWN, code, tries), (UNKNOWN, code, 1)]


def alike(kind: type[GatewayError], code: int | None, tries: int = 1) -> list[Expected]:
    return [(kind, code, tries)] * 3


# Of a query, an idempotent write and a setup: class, code, requests, with two retries at most.
FOR_EVER: dict[str, list[Expected]] = {
    "reset-before-write": thrice(UnreachableError, None),
    "reset-after-write": thrice(UnreachableError, None),
    "hang-up-before-write": thrice(UnreachableError, None),
    "hang-up-after-write": thrice(UnreachableError, None),
    "400": alike(InvalidInputError, 400),
    "404": alike(NotFoundError, 404),
    "408": thrice(UnavailableError, 408),
    "418-with-data": OKAY,
    "429-seconds": alike(UnavailableError, 429, 3),
    "429-date": alike(UnavailableError, 429, 3),
    "500": thrice(UnavailableError, 500),
    "500-after-write": thrice(UnavailableError, 500),
    "502-page": thrice(UnavailableError, 502),
    "502-page-after-write": thrice(UnavailableError, 502),
    "503": thrice(UnavailableError, 503),
    "503-retry-after": thrice(UnavailableError, 503),
    "200-errors": thrice(UnavailableError, 500),
    "200-data-null": thrice(UnexpectedAnswerError, None, 1),
    "200-data-null-after-write": thrice(UnexpectedAnswerError, None, 1),
    "200-no-success": [
        (UnexpectedAnswerError, None, 1),
        (UnexpectedAnswerError, None, 1),
        (UNKNOWN, None, 1),
    ],
    "200-page": thrice(UnexpectedAnswerError, None, 1),
    "truncated": thrice(UnreachableError, None),
    "cut-json": thrice(UnexpectedAnswerError, None),
    "not-json": thrice(UnexpectedAnswerError, None),
    "unknown-fields": OKAY,
    "missing-fields": OKAY,
    "wrong-types": thrice(UnexpectedAnswerError, None, 1),
    "redirect": alike(UnexpectedAnswerError, 302),
    "huge": OKAY,
}
ELSEWHERE = {
    # of tokens, in test_tokens
    "401-once", "401-for-ever", "403", "token-expired",
    # of time, below
    "slow-before-write", "slow-after-write", "late-write",
}  # fmt: skip


def test_every_fault_is_tried() -> None:
    assert FOR_EVER.keys() | ELSEWHERE == FAULTS.keys()


@pytest.mark.parametrize("call", COMPARED)
@pytest.mark.parametrize("fault", FOR_EVER)
def test_fault_for_ever(sandbox: Sandbox, open_client: Open, fault: str, call: Call) -> None:
    client = open_client(sandbox, maxRetries=2)
    sandbox.connect("101")
    field = FIELDS[call]
    sandbox.inject(FAULTS[fault].on(field, times=None))
    kind, code, requests = FOR_EVER[fault][COMPARED.index(call)]
    if kind is None:
        call(client)
    else:
        with pytest.raises(GatewayError) as caught:
            call(client)
        error = caught.value
        assert type(error) is kind, error
        assert (error.code, error.attempts, error.tenant_id) == (code, requests, "SandboxA")
        words: dict[Call, str] = {
            query: "list the pixels",
            idempotent: "switch publishing of pixel 101 off",
        }
        assert error.operation == words.get(call, "connect pixel 102")
        assert str(error).startswith(f"{error.operation} (account SandboxA): ")
        assert str(error).count("\n") == 1  # what happened, and what to do next
    assert sandbox.counters.requests[field] == requests


@pytest.mark.parametrize("fault", ["reset-before-write", "500", "429-seconds", "cut-json"])
@pytest.mark.parametrize("call", REPEATABLE)
def test_repeatable_calls_get_over_a_fault(
    sandbox: Sandbox, client: Client, call: Call, fault: str
) -> None:
    sandbox.connect("101")
    sandbox.inject(FAULTS[fault].on(FIELDS[call], applied=False))
    call(client)
    assert sandbox.counters.requests[FIELDS[call]] == 2


@pytest.mark.parametrize(
    "fault", ["reset-after-write", "500-after-write", "502-page-after-write", "408", "cut-json"]
)
def test_a_setup_is_never_sent_twice_after_an_unknown_outcome(
    sandbox: Sandbox, client: Client, time: Time, fault: str
) -> None:
    sandbox.inject(FAULTS[fault].on("setupPixelSignalConfig"))
    with pytest.raises(OutcomeUnknownError, match="may already hold"):
        setup(client)
    assert sandbox.counters.requests["setupPixelSignalConfig"] == 1
    assert time.slept == []


def test_a_setup_that_was_not_taken_is_sent_again(sandbox: Sandbox, client: Client) -> None:
    sandbox.inject(FAULTS["429-seconds"].on("setupPixelSignalConfig"))
    setup(client)
    assert len(sandbox.state.history) == 1


@pytest.mark.parametrize("fault", ["slow-before-write", "slow-after-write", "late-write"])
@pytest.mark.parametrize("call", COMPARED)
def test_no_answer_in_time(open_client: Open, fault: str, call: Call) -> None:
    with Sandbox() as sandbox:  # of its own: a late write comes when it will
        sandbox.connect("101")
        sandbox.inject(FAULTS[fault].on(FIELDS[call]))
        account = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
        form = {**account, "grant_type": "client_credentials"}
        token = httpx.post(f"{sandbox.url}/clients/token", data=form).json()["token"]
        client = open_client(sandbox, token=token, timeout=0.2, maxRetries=0)
        with pytest.raises(GatewayError, match="timed out") as caught:
            call(client)
    assert type(caught.value) is (UnreachableError if call is query else OutcomeUnknownError)


# After an unknown outcome, later failures do not turn it into a known one


def test_unreachable_after_an_unknown_outcome_is_unknown(
    sandbox: Sandbox, open_client: Open
) -> None:
    client = open_client(sandbox, maxRetries=1)
    sandbox.connect("101")
    sandbox.inject(FAULTS["500-after-write"].on(FIELDS[idempotent]))
    sandbox.inject(Fault.status(429, operation=FIELDS[idempotent]))
    with pytest.raises(OutcomeUnknownError) as caught:
        idempotent(client)
    assert (caught.value.code, caught.value.attempts) == (429, 2)
    assert sandbox.state.pixels("SandboxA")[0].publishing is False


def test_not_found_after_an_unknown_delete_is_not_found(sandbox: Sandbox, client: Client) -> None:
    sandbox.connect("101")
    sandbox.inject(FAULTS["reset-after-write"].on("deleteDataSource"))
    with pytest.raises(NotFoundError):
        disconnect(client)


# Bodies and counts


def test_the_body_is_the_same_at_each_attempt(serve: Serve, open_client: Open) -> None:
    filter_ = {"updateEventFilter": {"updatedFilter": None}}
    server = serve(error(500), error(429), error(503), data(tenantMutations=filter_))
    event_filter(open_client(server))
    bodies = [call.body for call in server.calls]
    assert len(bodies) == 4
    assert len(set(bodies)) == 1


@pytest.mark.parametrize("most", [0, 1, 7])
def test_max_retries(sandbox: Sandbox, open_client: Open, time: Time, most: int) -> None:
    sandbox.inject(Fault.status(503, operation="list", times=None))
    with pytest.raises(UnavailableError) as caught:
        query(open_client(sandbox, maxRetries=most))
    assert caught.value.attempts == most + 1
    assert len(time.slept) == most
    assert ("attempts" in str(caught.value)) is (most > 0)


def test_attempts_count_every_request(sandbox: Sandbox, open_client: Open) -> None:
    client = open_client(sandbox, maxRetries=1)
    query(client)
    sandbox.expire_tokens()
    sandbox.inject(Fault.status(503, operation="list", times=None, after=1))
    with pytest.raises(UnavailableError) as caught:
        query(client)
    assert caught.value.attempts == 3


# Waiting


def test_waits_grow_and_differ(sandbox: Sandbox, open_client: Open, time: Time) -> None:
    sandbox.inject(Fault.status(503, operation="list", times=None))
    with pytest.raises(UnavailableError):
        query(open_client(sandbox, maxRetries=12, deadline=10_000))
    bounds = [min(30.0, 0.5 * 2**n) for n in range(12)]
    assert all(0 <= waited <= most for waited, most in zip(time.slept, bounds, strict=True))
    assert all(one != other for one, other in pairwise(time.slept))


def test_retry_after_in_seconds(sandbox: Sandbox, client: Client, time: Time) -> None:
    sandbox.inject(Fault.status(429, operation="list", retry_after=17))
    query(client)
    (waited,) = time.slept
    assert 17 <= waited <= 17.25


def test_retry_after_as_a_date(sandbox: Sandbox, client: Client, time: Time) -> None:
    wait = timedelta(seconds=200)
    sandbox.inject(Fault.status(503, operation="list", retry_after=wait))
    query(client)
    (waited,) = time.slept
    assert 100 < waited <= 200.25


@pytest.mark.parametrize(
    ("value", "most"),
    [("Wed, 21 Oct 2015 07:28:00 GMT", 0.5), ("soon", 0.5), ("-1", 0.5), ("", 0.5), ("0", 0.5)],
)
def test_odd_retry_after(
    serve: Serve, open_client: Open, time: Time, value: str, most: float
) -> None:
    server = serve(error(429, headers={"Retry-After": value}), account())
    query(open_client(server))
    (waited,) = time.slept
    assert 0 <= waited <= most


@pytest.mark.parametrize("wait", [301, 999_999_999, timedelta(days=2)])
def test_no_wait_beyond_the_deadline(
    sandbox: Sandbox, client: Client, time: Time, wait: int | timedelta
) -> None:
    sandbox.inject(Fault.status(429, operation="list", retry_after=wait))
    with pytest.raises(UnavailableError) as caught:
        query(client)
    assert (caught.value.attempts, time.slept) == (1, [])


def test_deadline_ends_the_attempts(sandbox: Sandbox, open_client: Open, time: Time) -> None:
    started = time.now
    sandbox.inject(Fault.status(503, operation="list", times=None, retry_after=9))
    with pytest.raises(UnavailableError) as caught:
        query(open_client(sandbox, maxRetries=100, deadline=50))
    assert caught.value.attempts == 6
    assert time.now - started < 50


# Connections that never come about


def test_refused_connection(open_client: Open, time: Time) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnreachableError, match="cannot be reached") as caught:
        setup(open_client(url, token="ready"))
    assert caught.value.operation == "connect pixel 102"
    assert (caught.value.attempts, len(time.slept)) == (5, 4)


def test_gateway_that_comes_back(sandbox: Sandbox, client: Client) -> None:
    query(client)
    sandbox.stop()
    with pytest.raises(UnreachableError):
        query(client)
    sandbox.start()
    query(client)


def test_https_to_a_plain_server(sandbox: Sandbox, open_client: Open, time: Time) -> None:
    url = sandbox.url.replace("http://", "https://")
    with pytest.raises(UnreachableError, match="TLS") as caught:
        query(open_client(url))
    assert (caught.value.attempts, time.slept) == (1, [])


@pytest.mark.parametrize(
    ("kind", "ran"),
    [(httpx.ConnectError, False), (httpx.ReadError, True), (httpx.WriteError, True)],
)
def test_tls_that_breaks_after_its_handshake_is_an_unknown_outcome(
    kind: type[httpx.TransportError], ran: bool
) -> None:
    error = kind("record layer failure")
    error.__cause__ = ssl.SSLError("record layer failure")
    failure = failure_of(error)
    assert (failure.ran, failure.transient) == (ran, ran)


def test_redirects_are_never_followed(serve: Serve, open_client: Open) -> None:
    target = "https://user:hidden@elsewhere.example/login?next=hidden"
    for status in (301, 302, 303, 307, 308):
        elsewhere = serve(account())
        for location in (elsewhere.url, target, "/login?next=hidden", "https://[hidden"):
            server = serve(Reply("", status, "text/html", {"Location": location}))
            with pytest.raises(UnexpectedAnswerError, match="redirects to") as caught:
                setup(open_client(server))
            assert caught.value.code == status
            assert "hidden" not in str(caught.value)
            assert len(server.calls) == 1
        assert elsewhere.seen == []


def test_redirected_token_request(serve: Serve, open_client: Open) -> None:
    answer = Reply("", 302, "text/html", {"Location": "https://elsewhere.example/"})
    with pytest.raises(UnexpectedAnswerError, match=r"redirects to https://elsewhere\.example/;"):
        query(open_client(serve(account(), tokens=(answer,))))


# -- an error beside a result: the operation itself was done ------------------------------------

AT = ["tenantMutations", "signalMutations", "setupPixelSignalConfig"]


def beside(message: str, code: int | None, where: list[str], config: object) -> Reply:
    """An answer whose error stands at a field, and what it holds beside it."""
    found = {"message": message, "path": where, "extensions": {"code": code} if code else {}}
    mutations = {"signalMutations": {"setupPixelSignalConfig": config}} if config else None
    return Reply(json.dumps({"errors": [found], "data": {"tenantMutations": mutations}}))


@pytest.mark.parametrize("code", [None, 400, 401, 403, 404, 409, 500])
@pytest.mark.parametrize(
    ("where", "config"),
    [
        ([*AT, "domains"], {"id": "SignalConfig:102", "domains": None}),
        ([*AT, "connectionStatus", "connected"], None),
    ],
)
def test_a_setup_whose_result_holds_an_error_is_not_sent_again(
    serve: Serve,
    open_client: Open,
    code: int | None,
    where: list[str],
    config: object,
) -> None:
    message = 'Cannot return null for non-nullable field "ConnectionStatus.connected".'
    server = serve(beside(message, code, where, config))
    client = open_client(server)
    with pytest.raises(OutcomeUnknownError, match="Cannot return null"):
        setup(client)
    (once,) = server.calls
    # Nor is the field left out from now on: the document was valid.
    with pytest.raises(OutcomeUnknownError):
        setup(client)
    assert server.calls[1].content["query"] == once.content["query"]


def test_a_refused_setup_is_refused(serve: Serve, open_client: Open) -> None:
    server = serve(beside("no such business", 400, AT, None))
    with pytest.raises(InvalidInputError, match="no such business"):
        setup(open_client(server))


@pytest.mark.parametrize("call", [idempotent, event_filter, domain_filter, receiving])
def test_refused_after_an_unknown_outcome_is_unknown(
    serve: Serve, open_client: Open, call: Call
) -> None:
    server = serve(Reply("{", 200), error(403, "no right"))
    with pytest.raises(OutcomeUnknownError, match="no right"):
        call(open_client(server))


# -- deadline -----------------------------------------------------------------------------------


def test_nothing_is_sent_after_the_deadline(
    sandbox: Sandbox, open_client: Open, time: Time
) -> None:
    client = open_client(sandbox, rateLimit=0.5, deadline=1)
    with pytest.raises(UnreachableError, match="deadline of 1 s passed before") as caught:
        event_filter(client)
    assert "CAPIG_RATE_LIMIT" in caught.value.advice
    assert (sandbox.requests[0].operation, len(sandbox.requests)) == ("token", 1)
    assert time.slept == []


def test_a_token_that_takes_all_the_time_leaves_none(
    sandbox: Sandbox, open_client: Open, time: Time
) -> None:
    client = open_client(sandbox, deadline=10)
    with ThreadPoolExecutor(1) as pool, sandbox.hold("token") as gate:
        asked = pool.submit(event_filter, client)
        gate.wait(1)
        time.sleep(10)
        gate.release()
        with pytest.raises(GatewayError):
            asked.result()
    assert {record.operation for record in sandbox.requests} == {"token"}


# -- what the environment brings ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SSL_CERT_FILE", "/no/such/file.pem"),
        ("SSL_CERT_FILE", __file__),
        ("HTTPS_PROXY", "socks5://127.0.0.1:9"),
        ("HTTPS_PROXY", "gopher://127.0.0.1:9"),
        ("ALL_PROXY", "http://127.0.0.1:port"),
    ],
)
def test_certificates_or_proxy_that_cannot_be_used(
    open_client: Open, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="certificates or proxy cannot be used") as caught:
        open_client("https://capig.example.com")
    assert name in caught.value.advice

"""Gateways, and what stands before them, that answer in another way than the reference shows."""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
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
    UnreachableError,
)
from pulumi_capig.gateway import Client, FilterSetting, filters, pixels
from pulumi_capig.sandbox import Fault, Sandbox
from tests.faults.tls import certificate, terminator
from tests.gateway.conftest import Open, Time
from tests.gateway.scripted import Reply, Scripted, account, data, error

Serve = Callable[..., Scripted]

PIXEL = "18904456377094531"


def failing(call: Callable[[], object]) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        call()
    assert str(caught.value).count("\n") == 1
    return caught.value


def listed(**config: Any) -> Reply:
    """An account with one pixel, of this form."""
    return data(tenantQueries={"account": {"name": "A", "signalConfigs": [config]}})


def only(client: Client) -> pixels.SignalConfig:
    """The only pixel of the account."""
    (config,) = pixels.list_account(client, "T").signal_configs or ()
    assert config is not None
    return config


# Ids: only digits are one


def relay(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def of(pixel_id: object = None, connection_id: object = None, id_: object = None,
       status_id: object = None) -> dict[str, Any]:  # fmt: skip
    status = {"pixelID": pixel_id, "id": status_id}
    return {"id": id_, "connectionId": connection_id, "connectionStatus": status}


NO_ID = {
    "float": 1.8904456377094531e16,
    "float as text": "1.8904456377094531e16",
    "a blank before": f" {PIXEL}",
    "a line end after": f"{PIXEL}\n",
    "a plus": f"+{PIXEL}",
    "a sign": f"-{PIXEL}",
    "hexadecimal": "0x432a",
    "digits of another script": "١٢٣٤٥٦",
    "thousands": "18,904,456",
    "a name": "shop",
    "a tenant": "IaoreXfj",
    "empty": "",
    "null": None,
    "base64 of no id": relay("shop"),
    "a global id without number": "SignalConfig:shop",
    "a time": "2026-01-01T00:00:00",
}

PLACES = ("pixel_id", "connection_id", "id_", "status_id")


@pytest.mark.parametrize("odd", NO_ID.values(), ids=NO_ID)
def test_what_is_no_id_is_none(serve: Serve, open_client: Open, odd: object) -> None:
    """Then the life cycles know that an entry has no id, and take no pixel for gone."""
    for place in PLACES:
        config = only(open_client(serve(listed(**of(**{place: odd})))))
        assert config.pixel_id is None


@pytest.mark.parametrize("odd", NO_ID.values(), ids=NO_ID)
def test_the_other_places_are_looked_at(serve: Serve, open_client: Open, odd: object) -> None:
    good = {
        "pixel_id": PIXEL,
        "connection_id": PIXEL,
        "id_": f"SignalConfig:{PIXEL}",
        "status_id": relay(f"ConnectionStatus:{PIXEL}"),
    }
    for place, value in good.items():
        config = of(**{**dict.fromkeys(PLACES, odd), place: value})
        assert only(open_client(serve(listed(**config)))).pixel_id == PIXEL


@pytest.mark.parametrize(
    "value",
    [
        PIXEL,
        int(PIXEL),
        f"SignalConfig:{PIXEL}",
        f"Pixel:{PIXEL}",
        f"SignalConfig:IaoreXfj:{PIXEL}",
        relay(f"SignalConfig:{PIXEL}"),
        relay(f"ConnectionStatus:{PIXEL}").rstrip("="),
        base64.urlsafe_b64encode(f"Pixel:{PIXEL}".encode()).decode(),
    ],
    ids=str,
)
@pytest.mark.parametrize("place", PLACES)
def test_forms_of_an_id(serve: Serve, open_client: Open, place: str, value: object) -> None:
    assert only(open_client(serve(listed(**of(**{place: value}))))).pixel_id == PIXEL


# Codes as words


@pytest.mark.parametrize(
    ("key", "word", "kind"),
    [
        ("code", "UNAUTHENTICATED", NotAuthorizedError),
        ("classification", "UNAUTHORIZED", NotAuthorizedError),
        ("errorType", "PERMISSION_DENIED", NotAuthorizedError),
        ("code", "FORBIDDEN", NotAuthorizedError),
        ("code", "AccessDenied", NotAuthorizedError),
        ("classification", "NOT_FOUND", NotFoundError),
        ("code", "NotFound", NotFoundError),
        ("code", "BAD_USER_INPUT", InvalidInputError),
        ("classification", "BAD_REQUEST", InvalidInputError),
        ("classification", "ValidationError", InvalidInputError),
        ("errorType", "INVALID_ARGUMENT", InvalidInputError),
        ("code", "GRAPHQL_VALIDATION_FAILED", InvalidInputError),
        ("code", "CONFLICT", ConflictError),
        ("code", "TOO_MANY_REQUESTS", UnavailableError),
        ("code", "RateLimitExceeded", UnavailableError),
        ("errorType", "RESOURCE_EXHAUSTED", UnavailableError),
        ("code", "SERVICE_UNAVAILABLE", OutcomeUnknownError),
        ("code", "INTERNAL_SERVER_ERROR", OutcomeUnknownError),
        ("classification", "INTERNAL_ERROR", OutcomeUnknownError),
        ("errorType", "INTERNAL", OutcomeUnknownError),
        ("code", "DEADLINE_EXCEEDED", OutcomeUnknownError),
        ("classification", "DataFetchingException", OutcomeUnknownError),
        ("code", "SOMETHING_ELSE", OutcomeUnknownError),
    ],
)
def test_a_word_means_its_number(
    serve: Serve, open_client: Open, key: str, word: str, kind: type[GatewayError]
) -> None:
    flaw = {"message": "no", "extensions": {key: word}}
    for body in ({"errors": [flaw], "data": None}, {"errors": [{"message": "no", key: word}]}):
        client = open_client(serve(Reply(json.dumps(body))), maxRetries=0, token="ready")
        assert type(failing(lambda: pixels.disconnect(client, "T", "1"))) is kind  # noqa: B023


@pytest.mark.parametrize(
    ("flaw", "status", "code"),
    [
        ({"code": "UNAUTHENTICATED"}, 400, 401),
        ({"code": "NOT_FOUND"}, 500, 404),
        ({"code": "INTERNAL_SERVER_ERROR"}, 404, 404),  # what a server says of any error
        ({"code": "INTERNAL_SERVER_ERROR", "status": 404}, 200, 404),
        ({"code": "INTERNAL_SERVER_ERROR"}, 503, 503),
        ({"code": "UNAUTHENTICATED", "statusCode": "403"}, 200, 403),
        ({"code": 404, "classification": "UNAUTHORIZED"}, 200, 404),
    ],
)
def test_numbers_come_before_words(
    serve: Serve, open_client: Open, flaw: dict[str, Any], status: int, code: int
) -> None:
    body = {"errors": [{"message": "no", "extensions": flaw}], "data": None}
    client = open_client(serve(Reply(json.dumps(body), status)), maxRetries=0, token="ready")
    assert failing(lambda: pixels.list_account(client, "T")).code == code


@pytest.mark.parametrize(
    "extensions",
    [
        {"code": "UNAUTHENTICATED"},
        {"classification": "UNAUTHORIZED"},
        {"errorType": "UNAUTHENTICATED"},
    ],
)
def test_a_token_that_expires_is_renewed_and_a_setup_sent_once(
    serve: Serve, open_client: Open, extensions: dict[str, str]
) -> None:
    refused = {"errors": [{"message": "Token expired", "extensions": extensions}], "data": None}
    done = data(tenantMutations={"signalMutations": {"setupPixelSignalConfig": {}}})
    server = serve(Reply(json.dumps(refused)), done)
    pixels.connect(open_client(server), "T", "1", business_id="2", access_token="EAA")
    assert (len(server.calls), len(server.token_requests)) == (2, 2)


@pytest.mark.parametrize(
    "busy",
    [
        error(403, headers={"Retry-After": "3"}),
        error(403, status=200, headers={"Retry-After": "3"}),
        Reply("slow down", 403, "text/plain", {"Retry-After": "3"}),
        Reply("<html>slow down</html>", 403, "text/html", {"Retry-After": "3"}),
    ],
)
def test_a_403_that_says_when_to_come_back_is_a_busy_gateway(
    serve: Serve, open_client: Open, time: Time, busy: Reply
) -> None:
    client = open_client(serve(busy, account()))
    pixels.list_account(client, "T")
    assert 3 <= sum(time.slept) <= 3.25
    client = open_client(serve(busy), maxRetries=1)
    settings = [FilterSetting("event", name, "DROP") for name in ("Lead", "Purchase")]
    for outcome in filters.set_filters(client, "T", settings):
        assert isinstance(outcome, UnavailableError)
        assert outcome.code == 403


# Fields that nobody needs

STATUS = {
    "pixelID": PIXEL,
    "eventBridgeActive": True,
    "lastPublished": 1.5,
    "totalEventsPublished": 2,
    "lastReceived": 3,
    "totalEventsReceived": 4,
    "targetId": "t",
}
CONFIG = {"connectionId": PIXEL, "domains": ["example.com"], "connectionStatus": STATUS}


def account_of(status: object = 0, **changes: Any) -> dict[str, Any]:
    spots = {name: value for name, value in changes.items() if name in STATUS}
    others = {name: value for name, value in changes.items() if name not in STATUS}
    config = {**CONFIG, **others, "connectionStatus": {**STATUS, **spots}}
    return {"name": "A", "status": status, "signalConfigs": [config]}


NO_FIGURES = ("2026-01-01T00:00:00Z", "", "n/a", {}, [], True)
COUNTERS = ("lastPublished", "totalEventsPublished", "lastReceived", "totalEventsReceived")


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        *((name, odd) for name in COUNTERS for odd in NO_FIGURES),
        *(("domains", odd) for odd in ([{"name": "example.com"}], "example.com", {}, 3, [["a"]])),
        *(("status", odd) for odd in ("ACTIVE", "", {}, [0], 1.5)),
        ("targetId", {"id": 1}),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_unknown_and_the_account_is_read(
    serve: Serve, open_client: Open, name: str, odd: object
) -> None:
    answer = data(tenantQueries={"account": account_of(**{name: odd})})
    found = pixels.list_account(open_client(serve(answer)), "T")
    (config,) = found.signal_configs or ()
    assert config is not None
    status = config.connection_status
    assert status is not None
    read = {
        **dict(zip(COUNTERS, (status.last_published, status.total_events_published,
                              status.last_received, status.total_events_received), strict=True)),
        "domains": config.domains,
        "status": found.status,
        "targetId": status.target_id,
    }  # fmt: skip
    expected = {**dict(zip(COUNTERS, (1.5, 2, 3, 4), strict=True)), "domains": ["example.com"],
                "status": 0, "targetId": "t"}  # fmt: skip
    assert read == {**expected, name: None}
    assert (config.pixel_id, status.event_bridge_active) == (PIXEL, True)


@pytest.mark.parametrize(
    ("place", "odd"),
    [("eventBridgeActive", "maybe"), ("signalConfigs", "none"), ("connectionStatus", [])],
)
def test_what_is_needed_must_be_usable(
    serve: Serve, open_client: Open, place: str, odd: object
) -> None:
    whole = account_of(**({place: odd} if place == "eventBridgeActive" else {}))
    if place == "signalConfigs":
        whole["signalConfigs"] = odd
    if place == "connectionStatus":
        whole["signalConfigs"][0]["connectionStatus"] = odd
    client = open_client(serve(data(tenantQueries={"account": whole})))
    with pytest.raises(UnexpectedAnswerError, match=place):
        pixels.list_account(client, "T")


AT = ["tenantQueries", "account"]
BELOW = [*AT, "signalConfigs", 0, "connectionStatus"]


def beside(path: list[Any], code: int | str | None, whole: dict[str, Any], status: int) -> Reply:
    flaw = {"message": "no counter", "path": path, "extensions": {"code": code} if code else {}}
    body = {"errors": [flaw], "data": {"tenantQueries": {"account": whole}}}
    return Reply(json.dumps(body), status)


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("code", [None, 500, 401, "INTERNAL_SERVER_ERROR"])
@pytest.mark.parametrize(
    "path",
    [
        [*BELOW, "totalEventsReceived"],
        [*BELOW, "lastPublished"],
        [*AT, "signalConfigs", 0, "domains"],
        [*AT, "signalConfigs", 0, "domains", 3],
        [*AT, "status"],
    ],
)
def test_an_error_of_a_field_that_nobody_needs(
    serve: Serve, open_client: Open, path: list[Any], code: Any, status: int
) -> None:
    server = serve(beside(path, code, account_of(**{str(path[-1]): None}), status))
    assert only(open_client(server)).pixel_id == PIXEL
    assert (len(server.calls), len(server.token_requests)) == (1, 1)


@pytest.mark.parametrize(
    "path",
    [
        [*BELOW, "eventBridgeActive"],
        BELOW,
        [*AT, "signalConfigs", 0],
        [*AT, "signalConfigs"],
        AT,
        None,
        [],
        "totalEventsReceived",
    ],
)
def test_an_error_of_a_field_that_is_needed(serve: Serve, open_client: Open, path: Any) -> None:
    client = open_client(serve(beside(path, None, account_of(), 200)))
    assert type(failing(lambda: only(client))) is UnexpectedAnswerError


def test_an_error_of_a_counter_beside_one_that_matters(serve: Serve, open_client: Open) -> None:
    whole = account_of()
    flaws = [{"message": "no", "path": [*BELOW, name]} for name in ("lastReceived", "badToken")]
    body = {"errors": flaws, "data": {"tenantQueries": {"account": whole}}}
    client = open_client(serve(Reply(json.dumps(body))))
    assert type(failing(lambda: only(client))) is UnexpectedAnswerError


def test_an_error_of_a_counter_without_data(serve: Serve, open_client: Open) -> None:
    flaw = {"message": "no", "path": [*BELOW, "lastReceived"]}
    body = {"errors": [flaw], "data": {"tenantQueries": {"account": None}}}
    client = open_client(serve(Reply(json.dumps(body))))
    assert type(failing(lambda: only(client))) is UnexpectedAnswerError


def test_a_switch_whose_counter_fails_is_done(serve: Serve, open_client: Open) -> None:
    path = ["tenantMutations", "signalMutations", "updateSignalConfigCapiPublish"]
    result = {path[2]: {"success": True, "connectionStatus": {**STATUS, "lastReceived": None}}}
    flaw = {"message": "no", "path": [*path, "connectionStatus", "lastReceived"]}
    body = {"errors": [flaw], "data": {"tenantMutations": {"signalMutations": result}}}
    client = open_client(serve(Reply(json.dumps(body))))
    assert pixels.set_publishing(client, "T", PIXEL, True).pixel_id == PIXEL


# 2xx that are not 200


@pytest.mark.parametrize("status", [201, 202, 203, 206, 299])
def test_a_correct_answer_with_another_2xx(serve: Serve, open_client: Open, status: int) -> None:
    token = Reply('{"token": "good"}', status)
    good = Reply(account(PIXEL).body, status)
    assert only(open_client(serve(good, tokens=(token,)))).pixel_id == PIXEL
    refused = error(404, status=status)
    client = open_client(serve(refused))
    assert failing(lambda: pixels.disconnect(client, "T", "1")).code == 404
    flawless = {"s0": {"updateEventFilter": {"updatedFilter": None}}}
    both = data(**flawless, s1=flawless["s0"])
    settings = [FilterSetting("event", name, "DROP") for name in ("Lead", "Purchase")]
    outcomes = filters.set_filters(open_client(serve(Reply(both.body, status))), "T", settings)
    assert not [outcome for outcome in outcomes if isinstance(outcome, GatewayError)]


@pytest.mark.parametrize(("status", "body"), [(204, ""), (202, "<html>"), (206, '{"data": {')])
def test_a_2xx_without_an_answer(serve: Serve, open_client: Open, status: int, body: str) -> None:
    client = open_client(serve(Reply(body, status, "text/html")), maxRetries=0)
    found = failing(lambda: pixels.list_account(client, "T"))
    assert type(found) is UnexpectedAnswerError
    assert "not the documented JSON" in found.reason
    assert type(failing(lambda: pixels.disconnect(client, "T", "1"))) is OutcomeUnknownError


# Retry-After


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(0), timedelta(hours=-1)])
@pytest.mark.parametrize("form", ["GMT", "-0000", "+0100", "asctime", "rfc850"])
def test_a_date_is_measured_against_the_answers_date(
    serve: Serve, open_client: Open, time: Time, ahead: timedelta, form: str
) -> None:
    """Not against this machine's clock, and without a zone it is GMT."""
    now = datetime.now(timezone.utc) + ahead
    then = now + timedelta(seconds=20)
    said = {
        "GMT": http_date(then),
        "-0000": then.strftime("%a, %d %b %Y %H:%M:%S -0000"),
        "+0100": (then + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S +0100"),
        "asctime": then.strftime("%a %b %d %H:%M:%S %Y"),
        "rfc850": then.strftime("%A, %d-%b-%y %H:%M:%S GMT"),
    }[form]
    headers = {"Retry-After": said, "Date": http_date(now)}
    pixels.list_account(open_client(serve(error(429, headers=headers), account())), "T")
    (waited,) = time.slept
    assert 19 <= waited <= 20.25


@pytest.mark.parametrize("dated", ["", "yesterday"])
def test_without_a_date_this_machines_clock_counts(
    serve: Serve, open_client: Open, time: Time, dated: str
) -> None:
    then = http_date(datetime.now(timezone.utc) + timedelta(seconds=200))
    headers = {"Retry-After": then, "Date": dated}
    pixels.list_account(open_client(serve(error(429, headers=headers), account())), "T")
    (waited,) = time.slept
    assert 100 < waited <= 200.25


@pytest.mark.parametrize("value", ["0", "0.0", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_the_back_off_is_the_floor(
    serve: Serve, open_client: Open, time: Time, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr("random.uniform", lambda _low, high: high)
    client = open_client(serve(error(429, headers={"Retry-After": value})))
    with pytest.raises(UnavailableError):
        pixels.list_account(client, "T")
    assert time.slept == [0.5, 1, 2, 4]


@pytest.mark.parametrize(
    ("value", "words"),
    [("3600", "3600 s"), ("17", "17 s"), ("0.4", "1 s"), ("1e9", ""), ("0", "")],
)
def test_the_message_names_the_wait_that_was_asked_for(
    serve: Serve, open_client: Open, value: str, words: str
) -> None:
    client = open_client(serve(error(429, headers={"Retry-After": value})), maxRetries=1)
    found = failing(lambda: pixels.list_account(client, "T"))
    assert (f"asks to wait for {words}" in found.reason) is bool(words)
    assert ("asks to wait" in found.reason) is bool(words)


# Messages that mislead


def test_an_unknown_authority(
    open_client: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = certificate(tmp_path, "DNS:localhost")
    with Sandbox() as sandbox, terminator(port_of(sandbox), own) as tls:
        url = f"https://localhost:{tls.port}"
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
            monkeypatch.delenv(name, raising=False)
        found = failing(lambda: pixels.list_account(open_client(url), "T"))
        assert "SSL_CERT_FILE" in found.advice
        assert "REQUESTS_CA_BUNDLE" not in found.advice
        for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(name, "/etc/corporate.pem")
            found = failing(lambda: pixels.list_account(open_client(url), "T"))
            assert f"{name} is set, but it is not read" in found.advice
            monkeypatch.delenv(name)


def test_a_certificate_for_another_name(
    open_client: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = certificate(tmp_path, "DNS:localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(own.file))
    with Sandbox() as sandbox, terminator(port_of(sandbox), own) as tls:
        client = open_client(f"https://127.0.0.1:{tls.port}")
        found = failing(lambda: pixels.list_account(client, "T"))
    assert "CAPIG_GATEWAY" in found.advice


def test_a_time_out_names_its_setting(open_client: Open) -> None:
    with Sandbox() as sandbox:
        sandbox.connect("101")
        sandbox.inject(Fault("slow", "list", times=None))
        sandbox.inject(Fault("slow", "deleteDataSource", times=None))
        client = open_client(sandbox, timeout=0.2, maxRetries=0, token=token_of(sandbox))
        for call in (
            lambda: pixels.list_account(client, "SandboxA"),
            lambda: pixels.disconnect(client, "SandboxA", "101"),
        ):
            found = failing(call)
            assert "the request timed out" in found.reason
            assert "0.2 s" in found.reason
            assert "CAPIG_TIMEOUT" in str(found)


def test_a_time_out_by_the_deadline_names_that(open_client: Open) -> None:
    with Sandbox() as sandbox:
        sandbox.inject(Fault("slow", "list", times=None))
        token = token_of(sandbox)
        client = open_client(sandbox, timeout=20, deadline=0.3, maxRetries=0, token=token)
        found = failing(lambda: pixels.list_account(client, "SandboxA"))
    assert "the request timed out" in found.reason
    assert "CAPIG_DEADLINE" in str(found)
    assert "CAPIG_TIMEOUT" not in str(found)


@pytest.mark.parametrize("status", [401, 403])
def test_a_challenge_page_is_not_about_credentials(
    serve: Serve, open_client: Open, status: int
) -> None:
    page = Reply("<html><title>Just a moment...</title></html>", status, "text/html")
    for server in (serve(page), serve(account(), tokens=(page,))):
        client = open_client(server, maxRetries=0)
        found = failing(lambda: pixels.list_account(client, "T"))  # noqa: B023
        assert type(found) is UnexpectedAnswerError
        assert "CAPIG_CLIENT" not in str(found)
        assert "firewall" in found.advice
        assert "/capig/graphql/" in found.advice
        assert "/clients/token" in found.advice


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://elsewhere.example/login?next=hidden#hidden", "https://elsewhere.example/login"),
        ("https://user:hidden@elsewhere.example:8443/sso/", "https://elsewhere.example:8443/sso/"),
        ("http://elsewhere.example", "http://elsewhere.example"),
        ("/capig/graphql?hidden", "/capig/graphql"),
        ("//elsewhere.example/x", "//elsewhere.example/x"),
        ("https://[hidden", "another page"),
        ("", "another page"),
    ],
)
def test_a_redirect_names_scheme_and_path(
    serve: Serve, open_client: Open, location: str, shown: str
) -> None:
    server = serve(Reply("", 308, "text/html", {"Location": location}))
    found = failing(lambda: pixels.list_account(open_client(server), "T"))
    assert f"the gateway redirects to {shown}; redirects" in found.reason
    assert "hidden" not in str(found)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_dead_proxy_is_named_without_its_password(
    open_client: Open, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv(name, f"http://me:hidden@127.0.0.1:{port}")
    client = open_client("https://capig.example.com", token="ready")
    found = failing(lambda: pixels.list_account(client, "T"))
    assert type(found) is UnreachableError
    assert f"through the proxy http://127.0.0.1:{port}" in found.reason
    assert "HTTPS_PROXY" in found.advice
    assert "hidden" not in str(found)


def test_a_proxy_that_wants_a_password(open_client: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"
    with answering(answer) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        client = open_client("https://capig.example.com", token="ready", maxRetries=0)
        found = failing(lambda: pixels.list_account(client, "T"))
    assert f"through the proxy http://127.0.0.1:{port}" in found.reason
    assert "407" in found.reason


def test_a_proxy_that_is_passed_by_is_not_named(
    open_client: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    client = open_client(f"https://127.0.0.1:{port}", token="ready", maxRetries=0)
    assert "proxy" not in failing(lambda: pixels.list_account(client, "T")).reason


@pytest.mark.parametrize("refusal", [error(429), error(403, headers={"Retry-After": "1"})])
def test_too_many_requests_name_the_settings(
    serve: Serve, open_client: Open, refusal: Reply
) -> None:
    client = open_client(serve(refusal), maxRetries=1)
    found = failing(lambda: pixels.disconnect(client, "T", "1"))
    assert "CAPIG_PARALLEL_WRITES" in found.advice
    assert "CAPIG_RATE_LIMIT" in found.advice
    client = open_client(serve(error(503)), maxRetries=1)
    assert "CAPIG_RATE_LIMIT" not in failing(lambda: pixels.list_account(client, "T")).advice


@contextmanager
def accepting(meet: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that meets one connection after the other; its port."""
    server = socket.create_server(("127.0.0.1", 0))
    accepted: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            accepted.append(connection)
            with connection, suppress(OSError):  # whoever asks may be the first to hang up
                meet(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        for ended in (server, *accepted):
            with suppress(OSError):
                ended.shutdown(socket.SHUT_RDWR)
        thread.join()
        server.close()


def answering(raw: bytes) -> AbstractContextManager[int]:
    """A server that answers each connection with these bytes; its port."""

    def meet(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    return accepting(meet)


HTTP2 = {
    # what nghttp2 and Envoy send when the client's preface is not that of HTTP/2
    "settings and goaway": bytes.fromhex("000006040000000000000300000064")
    + bytes.fromhex("0000080700000000000000000000000001"),
    "goaway alone": bytes.fromhex("0000080700000000000000000000000001"),
    "426": b"HTTP/1.1 426 Upgrade Required\r\nupgrade: h2c\r\ncontent-length: 0\r\n\r\n",
    "464": b"HTTP/1.1 464 \r\ncontent-length: 0\r\n\r\n",
    "505": b"HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-length: 0\r\n\r\n",
}


@pytest.mark.parametrize("raw", HTTP2.values(), ids=HTTP2)
def test_a_front_end_that_speaks_http2_alone(open_client: Open, time: Time, raw: bytes) -> None:
    with answering(raw) as port:
        client = open_client(f"http://127.0.0.1:{port}", token="ready")
        found = failing(lambda: pixels.disconnect(client, "T", "1"))
    assert type(found) in (UnreachableError, UnexpectedAnswerError)
    assert "HTTP/2" in str(found)
    assert "HTTP/1.1" in found.advice
    assert time.slept == []  # it would not go better


def test_what_is_not_http_at_all(open_client: Open) -> None:
    with answering(b"SSH-2.0-OpenSSH_9.7\r\n") as port:
        client = open_client(f"http://127.0.0.1:{port}", token="ready", maxRetries=0)
        found = failing(lambda: pixels.list_account(client, "T"))
    assert "HTTP/2" not in str(found)
    assert type(found) is UnreachableError


@pytest.mark.parametrize("coding", ["br", "zstd", "compress"])
def test_a_compression_that_was_not_asked_for(
    serve: Serve, open_client: Open, time: Time, coding: str
) -> None:
    packed = Reply("\x1b\x03\x00 not text", headers={"Content-Encoding": coding})
    server = serve(packed)
    found = failing(lambda: pixels.list_account(open_client(server), "T"))
    assert f'"{coding}"' in found.reason
    assert "Accept-Encoding" in found.advice
    assert (len(server.calls), time.slept) == (1, [])


# An account that is gone


@pytest.mark.parametrize(
    "refusal", [error(401), error(403), error(404), data(tenantQueries={"account": None})]
)
def test_the_list_of_an_account_that_is_gone_names_the_way_out(
    serve: Serve, open_client: Open, refusal: Reply
) -> None:
    client = open_client(serve(refusal), maxRetries=0, token="ready")
    found = failing(lambda: pixels.list_account(client, "T"))
    assert "`pulumi state delete URN --target-dependents`" in found.advice
    assert found.__cause__ is not None


@pytest.mark.parametrize("refusal", [error(400), error(503), Reply("<html>", 404, "text/html")])
def test_other_failures_do_not(serve: Serve, open_client: Open, refusal: Reply) -> None:
    client = open_client(serve(refusal), maxRetries=0, token="ready")
    assert "state delete" not in str(failing(lambda: pixels.list_account(client, "T")))


def test_nor_does_a_token_that_is_refused(serve: Serve, open_client: Open) -> None:
    client = open_client(serve(account(), tokens=(error(401),)))
    assert "state delete" not in str(failing(lambda: pixels.list_account(client, "T")))


# A gateway that is away for a moment


def test_a_gateway_that_was_there_is_waited_for(open_client: Open, time: Time) -> None:
    """Longer than one that never answered: refused connections cost nobody anything."""
    with Sandbox() as sandbox:

        class Restarting(Time):
            def sleep(self, seconds: float) -> None:
                super().sleep(seconds)
                if sum(self.slept) >= 7:
                    sandbox.start()

        time.__class__ = Restarting
        client = open_client(sandbox)
        pixels.list_account(client, "SandboxA")
        sandbox.stop()
        config = pixels.connect(client, "SandboxA", "101", business_id="7", access_token="EAA")
        assert config.pixel_id == "101"
        assert len(sandbox.state.history) == 1
    assert len(time.slept) <= 4


def test_waits_for_one_that_was_there(
    open_client: Open, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox() as sandbox:
        client = open_client(sandbox, maxRetries=6)
        pixels.list_account(client, "SandboxA")
    with pytest.raises(UnreachableError):
        pixels.list_account(client, "SandboxA")
    bounds = [1, 2, 4, 8, 16, 30]
    assert all(b / 2 <= slept <= b for b, slept in zip(bounds, time.slept, strict=True))


def test_a_gateway_that_resets_before_a_request_is_complete(open_client: Open, time: Time) -> None:
    """The request cannot have been applied, so that even a setup is sent again."""
    token = "EAA" + "x" * 20_000_000  # more than the buffers between the two hold
    with Sandbox() as sandbox, resetting(sandbox, times=2) as port:
        client = open_client(f"http://127.0.0.1:{port}", token=token_of(sandbox))
        config = pixels.connect(client, "SandboxA", "101", business_id="7", access_token=token)
        assert config.pixel_id == "101"
        assert len(sandbox.state.history) == 1
    assert len(time.slept) == 2


def token_of(sandbox: Sandbox) -> str:
    import httpx

    account = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    form = {**account, "grant_type": "client_credentials"}
    token: str = httpx.post(f"{sandbox.url}/clients/token", data=form).json()["token"]
    return token


def resetting(sandbox: Sandbox, times: int) -> AbstractContextManager[int]:
    """A way to a sandbox that resets the first connections after the head of their request."""
    met = []

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                target.sendall(chunk)
            target.shutdown(socket.SHUT_WR)

    def meet(connection: socket.socket) -> None:
        met.append(connection)
        if len(met) <= times:
            connection.recv(1000)
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return
        with socket.create_connection(("127.0.0.1", port_of(sandbox))) as beyond:
            back = threading.Thread(target=pass_on, args=(beyond, connection))
            back.start()
            pass_on(connection, beyond)
            back.join()

    return accepting(meet)


def port_of(sandbox: Sandbox) -> int:
    return int(sandbox.url.rpartition(":")[2])

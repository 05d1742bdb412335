"""What a caller may put in or take apart: the transport, and the cause of an error."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from pulumi_capig.errors import (
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
    UnreachableError,
)
from pulumi_capig.gateway import Client, FilterSetting, filters, pixels
from pulumi_capig.gateway.failure import AttemptFailure
from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from pulumi_capig.settings import Address, ClientSettings, Credentials
from tests.gateway.conftest import Open
from tests.gateway.scripted import TOKEN, Reply, Scripted, account, error

Serve = Callable[..., Scripted]

SETTINGS = ClientSettings(
    Address("https://capig.example.com", "capig.example.com"), Credentials("acme", "s3cret")
)


PIXEL_TOKEN = "EAA-pixel-token"


# transport=


def test_a_transport_in_place_of_the_network() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.path == "/clients/token":
            return httpx.Response(200, json={"token": "good"})
        return httpx.Response(200, json=json.loads(account("101").body))

    with Client(SETTINGS, transport=httpx.MockTransport(answer)) as client:
        assert client.host == "capig.example.com"
        (config,) = pixels.list_account(client, "T").signal_configs or ()
    assert config is not None
    assert config.pixel_id == "101"
    assert [str(request.url) for request in seen] == [
        "https://capig.example.com/clients/token",
        "https://capig.example.com/capig/graphql/",
    ]
    assert seen[1].headers["Authorization"] == "Bearer good"
    assert seen[1].headers["User-Agent"].startswith("pulumi_capig/")
    assert "Authorization" not in seen[0].headers


def test_errors_of_a_transport_are_those_of_the_network() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        message = "no route"
        raise httpx.ConnectError(message, request=request)

    client = Client(SETTINGS, transport=httpx.MockTransport(answer), sleep=lambda _: None)
    with client, pytest.raises(UnreachableError, match="cannot be reached"):
        pixels.list_account(client, "T")


@pytest.mark.parametrize("kind", [httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError])
def test_a_transport_that_breaks_leaves_the_outcome_open(kind: type[httpx.HTTPError]) -> None:
    """It does not say how much of the request has left."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/clients/token":
            return httpx.Response(200, json={"token": "good"})
        seen.append(request)
        message = "broken"
        raise kind(message)

    with (
        Client(SETTINGS, transport=httpx.MockTransport(answer), sleep=lambda _: None) as client,
        pytest.raises(OutcomeUnknownError),
    ):
        pixels.connect(client, "T", "1", business_id="2", access_token=PIXEL_TOKEN)
    assert len(seen) == 1


def test_a_client_closes_its_transport() -> None:
    class Closing(httpx.MockTransport):
        closed = False

        def close(self) -> None:
            self.closed = True

    transport = Closing(lambda _: httpx.Response(500))
    with Client(SETTINGS, transport=transport):
        assert not transport.closed
    assert transport.closed


def test_the_cookies_of_a_load_balancer_come_back(serve: Serve, open_client: Open) -> None:
    cookies = {"Set-Cookie": "AWSALB=one; Path=/"}
    server = serve(Reply(account().body, headers=cookies), account())
    client = open_client(server)
    for _ in range(2):
        pixels.list_account(client, "T")
    assert [call.headers.get("Cookie") for call in server.calls] == [None, "AWSALB=one"]


# Causes


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what caused it, as a traceback shows them."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__


def failing(call: Callable[[], object]) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        call()
    return caught.value


def test_a_broken_connection_is_kept_as_the_cause(sandbox: Sandbox, open_client: Open) -> None:
    sandbox.inject(FAULTS["reset-before-write"].on("list", times=None))
    client = open_client(sandbox, maxRetries=0)
    chain = list(causes(failing(lambda: pixels.list_account(client, "SandboxA"))))
    assert [type(item) for item in chain[:3]] == [UnreachableError, AttemptFailure, httpx.ReadError]
    assert str(chain[1]) == chain[0].args[0].partition(": ")[2]


def test_an_answer_of_another_form_is_kept_as_the_cause(serve: Serve, open_client: Open) -> None:
    body = {"data": {"tenantQueries": {"account": {"signalConfigs": "EAA-secret"}}}}
    client = open_client(serve(Reply(json.dumps(body))))
    chain = list(causes(failing(lambda: pixels.list_account(client, "T"))))
    assert [type(item) for item in chain] == [
        UnexpectedAnswerError,
        AttemptFailure,
        ValidationError,
    ]
    assert "EAA-secret" not in "".join(traceback.format_exception(chain[0]))


def test_refused_credentials_are_kept_as_the_cause(serve: Serve, open_client: Open) -> None:
    server = serve(account(), tokens=(Reply("{}", 401), Reply("", 415)))
    found = failing(lambda: pixels.list_account(open_client(server), "T"))
    chain = list(causes(found))
    assert [getattr(item, "code", None) for item in chain] == [401, 401, 415]
    again = found.because("it is so")
    assert again.__cause__ is found.__cause__


def test_the_error_of_each_setting_has_its_cause(serve: Serve, open_client: Open) -> None:
    flaw = {"message": "no", "path": ["s1"], "extensions": {"code": 400}}
    server = serve(Reply(json.dumps({"errors": [flaw], "data": {"s0": None, "s1": None}})))
    settings = [FilterSetting("event", name, "DROP") for name in ("Lead", "Purchase")]
    unknown, refused = filters.set_filters(open_client(server), "T", settings)
    for outcome, kind in ((unknown, OutcomeUnknownError), (refused, InvalidInputError)):
        assert isinstance(outcome, kind)
        assert isinstance(outcome.__cause__, AttemptFailure)


def test_what_was_not_sent_says_after_what(sandbox: Sandbox, open_client: Open) -> None:
    sandbox.inject(Fault.status(403, operation="updateEventFilter", body="Blocked", times=None))
    settings = [FilterSetting("event", name, "DROP") for name in ("Lead", "Purchase")]
    client = open_client(sandbox)
    first, second = filters.set_filters(client, "SandboxA", settings)
    # The text that refused their document may have been about one, and hidden the other's result.
    assert isinstance(first, OutcomeUnknownError)
    assert isinstance(second, OutcomeUnknownError)
    assert second.__cause__ is first
    # From now on they go one by one, and nothing is uncertain.
    first, second = filters.set_filters(client, "SandboxA", settings)
    assert isinstance(first, NotAuthorizedError)
    assert isinstance(second, NotAuthorizedError)
    assert second.__cause__ is first


@pytest.mark.parametrize("secret", [PIXEL_TOKEN, Sandbox.client_secret, TOKEN])
@pytest.mark.parametrize("carrier", ["errors", "text"])
def test_no_cause_shows_a_secret(
    serve: Serve, open_client: Open, secret: str, carrier: str
) -> None:
    message = f"Field 'x' in {{accessToken: '{secret}'}} is undefined"
    reply = error(400, message) if carrier == "errors" else Reply(message, 400, "text/plain")
    client = open_client(serve(reply))
    found = failing(
        lambda: pixels.connect(client, "T", "1", business_id="2", access_token=PIXEL_TOKEN)
    )
    shown = "".join(traceback.format_exception(found))
    held: list[Any] = [vars(item) for item in causes(found)]
    assert secret not in f"{shown} {held} {[repr(item) for item in causes(found)]}"

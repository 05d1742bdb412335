"""Operations of accounts, users, domains, events and lists, each under every fault.

The client alone: what the life cycles make of it is another matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from pulumi_capig import gateway
from pulumi_capig.errors import (
    CapigError,
    GatewayError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
)
from pulumi_capig.gateway import (
    Client,
    accounts,
    destinations,
    metrics,
    operations,
    routing,
    sources,
    users,
)
from pulumi_capig.sandbox import Sandbox
from pulumi_capig.settings import Settings
from tests.faults.checks import is_clear
from tests.faults.matrix import ALL_FAULTS
from tests.support.strikes import environment, striking

TENANT = "SandboxA"
PERSON = "992bc489-a799-4374-8933-0109eed60e3d"
MANAGE, VIEW = f"advertiser-manage-{TENANT}", f"advertiser-view-{TENANT}"


@dataclass(frozen=True)
class Asked:
    """One operation: how it is called, and whether it must never be carried out twice."""

    call: Callable[[Client], Any]
    writes: bool = False
    once: bool = False


EACH: dict[str, Asked] = {
    "createTenant": Asked(
        lambda client: accounts.create(client, name="New", managed=True, event_enrichment=False),
        writes=True,
        once=True,
    ),
    "tenant": Asked(lambda client: accounts.read(client, TENANT)),
    "updateTenant": Asked(
        lambda client: accounts.update(client, TENANT, name="Other", managed=True, status=2),
        writes=True,
    ),
    "deleteTenant": Asked(lambda client: accounts.delete(client, TENANT), writes=True, once=True),
    "tenantUsage": Asked(lambda client: accounts.usage(client, TENANT)),
    "addUserWithRole": Asked(
        lambda client: users.add(client, TENANT, "new@shop.example", VIEW), writes=True, once=True
    ),
    "changeRoleForUser": Asked(
        lambda client: users.change_role(client, TENANT, PERSON, revoke=MANAGE, add=VIEW),
        writes=True,
        once=True,
    ),
    "sendInvitation": Asked(
        lambda client: users.invite(client, TENANT, "her@shop.example"), writes=True, once=True
    ),
    "ingressDomain": Asked(lambda client: routing.read(client, TENANT)),
    "upsertIngressDomain": Asked(
        lambda client: routing.set_domain(client, TENANT, "capig.shop.example", "capig.example"),
        writes=True,
    ),
    "eventMetrics": Asked(lambda client: metrics.read(client, TENANT)),
    "dataSourcesQuery": Asked(lambda client: sources.list_sources(client, TENANT)),
    "dataDestinationsQuery": Asked(lambda client: destinations.list_destinations(client, TENANT)),
}

HARMLESS = ("unknown-fields", "418-with-data", "token-expired")
"""Faults with which the answer is a result, or which a new token settles."""


def prepare(sandbox: Sandbox) -> None:
    sandbox.reset()
    sandbox.set_role("boss@shop.example", "admin")
    sandbox.set_role("her@shop.example", "manage", user_id=PERSON)
    sandbox.set_domain("old.shop.example")
    sandbox.connect("101")
    sandbox.receive("Lead", 3, pixel="101", domain="shop.example")
    sandbox.clear_requests()


@contextmanager
def opened(sandbox: Sandbox) -> Iterator[Client]:
    with environment(**sandbox.environment(), CAPIG_MAX_RETRIES="1"):
        settings = Settings().for_client()
    with gateway.Client(settings) as client:
        yield client


def applied(sandbox: Sandbox, operation: str) -> int:
    """How often the gateway carried an operation out."""
    return sum(
        field.applied
        for request in sandbox.requests
        for field in request.fields
        if field.operation == operation
    )


def secrets_of(sandbox: Sandbox) -> list[str]:
    links = [mail.link for mail in sandbox.mails]
    tokens = [link.partition("token=")[2].partition("&")[0] for link in links]
    return [sandbox.client_secret, *sandbox.tokens._expiry, *links, *tokens]


def test_every_new_operation_is_here() -> None:
    others = {"pixels", "filters"}
    fields = {
        operation.path[-1]
        for page in gateway.__all__
        if page not in others and hasattr(operations, page)
        for operation in vars(getattr(gateway, page)).values()
        if isinstance(operation, gateway.operation.Operation)
    }
    assert fields == EACH.keys()


@pytest.mark.parametrize("length", ["once", "for ever"])
@pytest.mark.parametrize("operation", EACH)
def test_every_fault(
    in_sandbox: Sandbox, operation: str, length: str, deeper: Callable[[int], int]
) -> None:
    asked = EACH[operation]
    half = ALL_FAULTS[::2] if length == "once" else ALL_FAULTS[1::2]
    for fault in ALL_FAULTS if deeper(1) > 1 else half:
        prepare(in_sandbox)
        times = 1 if length == "once" else None
        answer: Any = None
        failure: CapigError | None = None
        with striking(in_sandbox, fault, operation, times=times), opened(in_sandbox) as client:
            try:
                answer = asked.call(client)
            except CapigError as error:
                failure = error
        try:
            check(in_sandbox, operation, fault, length, answer, failure)
        except AssertionError as error:
            message = f"{error}\nin {operation} under {fault} {length}: {answer!r} {failure}"
            raise AssertionError(message) from error


def check(
    sandbox: Sandbox,
    operation: str,
    fault: str,
    length: str,
    answer: Any,
    failure: CapigError | None,
) -> None:
    asked, done = EACH[operation], applied(sandbox, operation)
    assert not (asked.once and done > 1)
    assert not any(secret in f"{failure}" for secret in secrets_of(sandbox))
    if failure is None:
        if asked.writes and fault != "200-no-success":
            assert done, "an answer, and nothing was done"
    else:
        assert isinstance(failure, GatewayError)
        assert not (fault in HARMLESS and length == "once")
        if operation != "createTenant":
            is_clear(f"capig: {failure}", ())
        certain = not isinstance(failure, OutcomeUnknownError | UnexpectedAnswerError)
        assert not (certain and asked.writes and done), "it was done, and the error says it was not"
        assert asked.writes or not isinstance(failure, OutcomeUnknownError)
    if not asked.writes:
        with opened(sandbox) as client:
            assert asked.call(client) is not None

"""Operations of accounts, users, domains, events and pipelines, each under every fault.

The client alone: what the life cycles make of it is another matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pkgutil import iter_modules
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
    pipelines,
    routing,
    sources,
    users,
)
from pulumi_capig.gateway.operation import Operation
from pulumi_capig.sandbox import Sandbox
from pulumi_capig.settings import Settings
from tests.faults.checks import is_clear
from tests.faults.matrix import ALL_FAULTS
from tests.support.strikes import environment, striking

TENANT = "SandboxA"
PERSON = "992bc489-a799-4374-8933-0109eed60e3d"
MANAGE, VIEW = f"advertiser-manage-{TENANT}", f"advertiser-view-{TENANT}"
PIPELINE, SOURCE, DESTINATION = "sg_v1_pl_1", "2898835581810297486", "sg_v1_dd_1"
LAKE = "sg_v1_dd_2"
TOKEN = "EAAB-a-token-that-must-not-leak"
KEY = "a-key-that-must-not-leak"

Ask = Callable[[Client], Any]

EACH: dict[str, tuple[Operation, Ask]] = {
    "createTenant": (
        accounts.CREATE,
        lambda client: accounts.create(client, name="New", managed=True, event_enrichment=False),
    ),
    "tenant": (accounts.READ, lambda client: accounts.read(client, TENANT)),
    "reach": (accounts.REACH, lambda client: accounts.reach(client, TENANT)),
    "updateTenant": (
        accounts.UPDATE,
        lambda client: accounts.update(client, TENANT, name="Other", managed=True, status=2),
    ),
    "deleteTenant": (accounts.DELETE, lambda client: accounts.delete(client, TENANT)),
    "tenantUsage": (accounts.USAGE, lambda client: accounts.usage(client, TENANT)),
    "addUserWithRole": (
        users.ADD,
        lambda client: users.add(client, TENANT, "new@shop.example", VIEW),
    ),
    "changeRoleForUser": (
        users.CHANGE_ROLE,
        lambda client: users.change_role(client, TENANT, PERSON, revoke=MANAGE, add=VIEW),
    ),
    "sendInvitation": (
        users.INVITE,
        lambda client: users.invite(client, TENANT, "her@shop.example"),
    ),
    "ingressDomain": (routing.READ, lambda client: routing.read(client, TENANT)),
    "upsertIngressDomain": (
        routing.SET,
        lambda client: routing.set_domain(client, TENANT, "capig.shop.example", "capig.example"),
    ),
    "eventMetrics": (metrics.READ, lambda client: metrics.read(client, TENANT)),
    "createPipeline": (pipelines.CREATE, lambda client: pipelines.create(client, TENANT, "New")),
    "pipeline": (pipelines.READ, lambda client: pipelines.read(client, TENANT, PIPELINE)),
    "updatePipeline": (
        pipelines.UPDATE,
        lambda client: pipelines.update(client, TENANT, PIPELINE, name="Other", active=False),
    ),
    "deletePipeline": (
        pipelines.DELETE,
        lambda client: pipelines.delete(client, TENANT, PIPELINE),
    ),
    "updatePipelineFilter": (
        pipelines.BLOCK,
        lambda client: pipelines.block(client, TENANT, PIPELINE, ["Lead"]),
    ),
    "updatePipelineDestinationFilter": (
        pipelines.BLOCK_AT_DESTINATION,
        lambda client: pipelines.block_at_destination(
            client, TENANT, PIPELINE, DESTINATION, ["Lead"]
        ),
    ),
    "createDataSourceForPipeline": (
        sources.CREATE,
        lambda client: sources.create(client, TENANT, PIPELINE, "New", "FILE_UPLOAD"),
    ),
    "dataSourcesQuery": (sources.LIST, lambda client: sources.list_sources(client, TENANT)),
    "updateDataSource": (
        sources.UPDATE,
        lambda client: sources.update(
            client, TENANT, SOURCE, name="Other", active=False, type="ADVERTISER_HOSTED_PIXEL"
        ),
    ),
    "dataSourceMutations.deleteDataSource": (
        sources.DELETE,
        lambda client: sources.delete(client, TENANT, SOURCE),
    ),
    "createGatewayPixelHeaderCode": (
        sources.HEADER_CODE,
        lambda client: sources.header_code(client, TENANT, SOURCE),
    ),
    "createDataDestination": (
        destinations.CREATE,
        lambda client: destinations.create(client, TENANT, PIPELINE, "New", "CUSTOM_HTTP_API"),
    ),
    "dataDestinationsQuery": (
        destinations.LIST,
        lambda client: destinations.list_destinations(client, TENANT),
    ),
    "updateDataDestination": (
        destinations.UPDATE,
        lambda client: destinations.update(
            client, TENANT, DESTINATION, name="Other", active=False, type="META_CONVERSIONS_API"
        ),
    ),
    "deleteDataDestination": (
        destinations.DELETE,
        lambda client: destinations.delete(client, TENANT, DESTINATION),
    ),
    "updateDataDestinationCapiConfig": (
        destinations.SET_CAPI,
        lambda client: destinations.set_capi(
            client,
            TENANT,
            DESTINATION,
            dataset_id="101",
            business_id="7",
            access_token=TOKEN,
            api_version="v24.0",
        ),
    ),
    "updateDataDestinationHttpConfig": (
        destinations.SET_HTTP,
        lambda client: destinations.set_http(
            client,
            TENANT,
            LAKE,
            endpoint="https://lake.shop.example/events",
            payload="{}",
            http_method="POST",
            auth_type="API_KEY",
            auth={"apiKeyAuth": {"name": "X-Key", "value": KEY, "addTo": "HEADER"}},
        ),
    ),
}
"""The operations with their calls, by the names that the sandbox has for them."""

HARMLESS = ("unknown-fields", "418-with-data", "token-expired")
"""Faults with which the answer is a result, or which a new token settles."""


def prepare(sandbox: Sandbox) -> None:
    sandbox.reset()
    sandbox.set_role("boss@shop.example", "admin")
    sandbox.set_role("her@shop.example", "manage", user_id=PERSON)
    sandbox.set_domain("old.shop.example")
    sandbox.connect("101")
    sandbox.receive("Lead", 3, pixel="101", domain="shop.example")
    sandbox.add_pipeline("Web", pipeline_id=PIPELINE)
    sandbox.add_source(PIPELINE, "Site", source_id=SOURCE)
    sandbox.add_destination(PIPELINE, "Meta", destination_id=DESTINATION)
    sandbox.add_destination(PIPELINE, "Lake", "CUSTOM_HTTP_API", destination_id=LAKE)
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
    return [sandbox.client_secret, *sandbox.tokens._expiry, *links, *tokens, TOKEN, KEY]


def test_every_operation_but_those_of_pixels_is_here() -> None:
    pages = [module.name for module in iter_modules(operations.__path__)]
    found = [
        operation
        for page in set(pages) - {"pixels", "filters"}
        for operation in vars(getattr(gateway, page)).values()
        if isinstance(operation, Operation)
    ]
    assert set(found) == {operation for operation, _ in EACH.values()}


@pytest.mark.parametrize("length", ["once", "for ever"])
@pytest.mark.parametrize("operation", EACH)
def test_every_fault(
    in_sandbox: Sandbox, operation: str, length: str, deeper: Callable[[int], int]
) -> None:
    _, call = EACH[operation]
    named = "tenant" if operation == "reach" else operation
    half = ALL_FAULTS[::2] if length == "once" else ALL_FAULTS[1::2]
    for fault in ALL_FAULTS if deeper(1) > 1 else half:
        prepare(in_sandbox)
        times = 1 if length == "once" else None
        answer: Any = None
        failure: CapigError | None = None
        with striking(in_sandbox, fault, named, times=times), opened(in_sandbox) as client:
            try:
                answer = call(client)
            except CapigError as error:
                failure = error
        try:
            check(in_sandbox, operation, fault, length, failure)
        except AssertionError as error:
            message = f"{error}\nin {operation} under {fault} {length}: {answer!r} {failure}"
            raise AssertionError(message) from error


def check(
    sandbox: Sandbox, operation: str, fault: str, length: str, failure: CapigError | None
) -> None:
    (asked, call), done = EACH[operation], applied(sandbox, operation)
    assert asked.repeatable or done <= 1
    assert not any(secret in f"{failure}" for secret in secrets_of(sandbox))
    if failure is None:
        if asked.mutates and fault != "200-no-success":
            assert done, "an answer, and nothing was done"
    else:
        assert isinstance(failure, GatewayError)
        assert not (fault in HARMLESS and length == "once")
        if operation != "createTenant":
            is_clear(f"capig: {failure}", ())
        certain = not isinstance(failure, OutcomeUnknownError | UnexpectedAnswerError)
        assert not (certain and asked.mutates and done), "it was done, and the error denies it"
        assert asked.mutates or not isinstance(failure, OutcomeUnknownError)
    if not asked.mutates:
        with opened(sandbox) as client:
            assert call(client) is not None

"""The first-party domain of an account: operations 16 and 17."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_capig.errors import GatewayError, InvalidInputError, UnexpectedAnswerError
from pulumi_capig.gateway import Client, routing
from pulumi_capig.gateway.operations.routing import Routing
from tests.gateway.conftest import Open
from tests.gateway.scripted import Reply, Scripted, data, error

Serve = Callable[..., Scripted]

DOMAIN, TARGET = "capig.advertiser.com", "capig.targetDomain.com"


def set_domain(client: Client) -> Routing | None:
    return routing.set_domain(client, "IaoreXfj", DOMAIN, TARGET)


def test_read(serve: Serve, open_client: Open) -> None:
    answer = {
        "id": "IaoreXfj:ingress",
        "ingress": "www.example.com",
        "tenantName": "IaoreXfj",
        "cnameResolveSuccess": False,
    }
    server = serve(data(ingressDomain=answer))
    found = routing.read(open_client(server), "IaoreXfj")
    assert found == Routing(ingress="www.example.com", cname_resolve_success=False)
    (request,) = server.calls
    assert request.path == "/hub/graphql/"
    assert request.content["variables"] == {}
    assert 'ingressDomain(tenantId: "IaoreXfj")' in request.content["query"]


def test_set(serve: Serve, open_client: Open) -> None:
    answer = {
        "id": "admin:ingress",
        "tenantName": "Tenant for test@meta.com",
        "ingress": DOMAIN,
        "tenant1pDomain": DOMAIN,
        "tenant1pDomainStatus": "DOMAIN_NOT_SELECTED",
        "cnameResolveSuccess": False,
    }
    server = serve(data(upsertIngressDomain=answer))
    assert set_domain(open_client(server)) == Routing(
        ingress=DOMAIN,
        cname_resolve_success=False,
        tenant1p_domain=DOMAIN,
        tenant1p_domain_status="DOMAIN_NOT_SELECTED",
    )
    (request,) = server.calls
    given = {"ingress": DOMAIN, "targetDomain": TARGET}
    assert request.content["variables"] == {"input": given}
    assert 'upsertIngressDomain(input: $input, tenantId: "IaoreXfj")' in request.content["query"]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (None, None),
        ({}, Routing()),
        ({"ingress": None}, Routing()),
        ({"ingress": ""}, Routing(ingress="")),
        ({"ingress": DOMAIN, "cnameResolveSuccess": "no"}, Routing(ingress=DOMAIN)),
        ({"tenant1pDomainStatus": {"odd": 1}}, Routing()),
    ],
)
def test_none_and_odd_ones(
    serve: Serve, open_client: Open, answer: Any, found: Routing | None
) -> None:
    client = open_client(serve(data(upsertIngressDomain=answer)))
    assert set_domain(client) == found
    client = open_client(serve(data(ingressDomain=answer)))
    assert routing.read(client, "T") == found


def test_a_domain_of_the_wrong_type(serve: Serve, open_client: Open) -> None:
    with pytest.raises(UnexpectedAnswerError, match="ingress"):
        routing.read(open_client(serve(data(ingressDomain={"ingress": []}))), "T")


@pytest.mark.parametrize("name", ["cnameResolveSuccess", "tenant1pDomainStatus", "tenantName"])
def test_a_check_that_fails_alone(serve: Serve, open_client: Open, name: str) -> None:
    for field, ask in (
        ("ingressDomain", lambda client: routing.read(client, "T")),
        ("upsertIngressDomain", set_domain),
    ):
        flaw = {"message": "DNS", "path": [field, name], "extensions": {"code": 500}}
        body = {"errors": [flaw], "data": {field: {"ingress": DOMAIN, name: None}}}
        found = ask(open_client(serve(Reply(json.dumps(body)))))  # type: ignore[no-untyped-call]
        assert found == Routing(ingress=DOMAIN)


def test_a_gateway_that_does_not_know_the_account_is_asked_once(
    serve: Serve, open_client: Open
) -> None:
    refused = error(400, 'Unknown argument "tenantId" on field "Mutation.upsertIngressDomain".')
    server = serve(refused)
    with pytest.raises(InvalidInputError, match="Unknown argument"):
        set_domain(open_client(server))
    assert len(server.calls) == 1


def test_a_domain_is_a_set_and_sent_again(serve: Serve, open_client: Open) -> None:
    server = serve(error(503), data(upsertIngressDomain=None))
    assert set_domain(open_client(server)) is None
    assert len(server.calls) == 2


def test_an_older_gateway(serve: Serve, open_client: Open) -> None:
    refused = 'Cannot query field "tenant1pDomainStatus" on type "IngressDomain".'
    server = serve(error(400, refused), data(ingressDomain={"ingress": DOMAIN}))
    assert routing.read(open_client(server), "T") == Routing(ingress=DOMAIN)


@pytest.mark.parametrize("code", [401, 404, 500])
def test_errors_name_the_account(serve: Serve, open_client: Open, code: int) -> None:
    with pytest.raises(GatewayError, match=r"read the first-party domain \(account T\)"):
        routing.read(open_client(serve(error(code)), maxRetries=0), "T")

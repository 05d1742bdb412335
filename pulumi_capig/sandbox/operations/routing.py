"""First-party domains: operations 16 and 17 of the reference."""

from __future__ import annotations

import re
from typing import Any

from ..dialect import Dialect
from ..parts.routing import HeldRouting, Routings
from ..play import Members, Operations, Play, require

__all__ = ["OPERATIONS"]

OPERATIONS = Operations()

_QUERY, _MUTATION = "Query.ingressDomain.tenantId", "Mutation.upsertIngressDomain.tenantId"
_HOST_NAME = re.compile(r"[^\s/:@]+")

ADMIN = "admin"
"""Whose domain is set where no account is named."""


@OPERATIONS.varies
def _argument(dialect: Dialect) -> Members:
    kinds: dict[str, Members] = {
        "ID": {},
        "String": {_QUERY: "String!", _MUTATION: "String"},
        "unknown": {_MUTATION: None},
    }
    return kinds[dialect.ingress_argument]


@OPERATIONS.plays("Query.ingressDomain")
def _get(play: Play, **_: Any) -> Any:
    tenant = play.tenant
    if play.hub_account(tenant) is None or play.refusing:
        return None
    routing = play.state.part(Routings).get(tenant)
    if routing is None:
        return _no_routing(tenant, play.dialect)
    return _ingress(f"{tenant}:ingress", tenant, routing, tenant)


@OPERATIONS.plays("Mutation.upsertIngressDomain")
def _set(play: Play, *, input: dict[str, Any] | None = None, **named: Any) -> Any:
    tenant = named.get("tenantId") or ADMIN
    account = None if tenant == ADMIN else play.hub_account(tenant)
    if play.refusing:
        return None
    given = input or {}
    domain, target = given.get("ingress", ""), given.get("targetDomain", "")
    require(_HOST_NAME.fullmatch(domain), 500, "ingress is not a domain")
    require(_HOST_NAME.fullmatch(target), 500, "targetDomain is not a domain")
    routings = play.state.part(Routings)
    wanted, held = HeldRouting(domain, target), routings.get(tenant)
    if held is not None and play.dialect.same_routing_again == "kept":
        same = (held.domain, held.target) == (domain, target)
        wanted = held if same else wanted
    routings.put(play.operation, tenant, wanted)
    if play.dialect.routing_ids == "consistent":
        return _ingress(f"{tenant}:ingress", tenant, wanted, tenant)
    return _ingress(f"{ADMIN}:ingress", account.name if account else tenant, wanted, tenant)


def _no_routing(tenant: str, dialect: Dialect) -> dict[str, Any] | None:
    if dialect.no_routing == "null":
        return None
    return {
        "id": f"{tenant}:ingress",
        "tenantName": tenant,
        "ingress": None if dialect.no_routing == "ingress-null" else "",
        "cnameResolveSuccess": False,
    }


def _ingress(label: str, name: str, routing: HeldRouting, tenant: str) -> dict[str, Any]:
    return {
        "id": label,
        "tenantName": name,
        "ingress": routing.domain,
        "tenant1pDomain": routing.domain,
        "tenant1pDomainStatus": routing.status,
        "cnameResolveSuccess": routing.resolved,
        "enhancementTenantIngressVerifiedResult": {
            "id": f"{tenant}:tenantIngressVerified",
            "tenantIngressVerified": routing.resolved,
        },
    }

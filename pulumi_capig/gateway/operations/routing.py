"""Account data routing: operations 16 and 17, the first-party domain of an account.

The reference gives their account two types, of which a gateway takes one: so it is a literal in the
documents, which fits both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from ..calls import Call
from ..models import Flag, Model, Word
from ..operation import Operation

if TYPE_CHECKING:
    from ..client import Client

_CHECKS = frozenset(
    {"cnameResolveSuccess", "id", "tenant1pDomain", "tenant1pDomainStatus", "tenantName"}
)
"""All but the domain itself: what the gateway cannot find out about it is not known."""

READ = Operation(
    "DataRoutingQuery", "hub", ("ingressDomain",), mutates=False, nullable=True, spare=_CHECKS
)
SET = Operation(
    "IngressEditingModalMutation",
    "hub",
    ("upsertIngressDomain",),
    mutates=True,
    nullable=True,
    spare=_CHECKS,
)


class Routing(Model):
    """The first-party domain of an account.

    Attributes:
        ingress: The domain; null or empty where there is none.
        cname_resolve_success: Whether its CNAME record was verified.
        tenant1p_domain: The domain, again.
        tenant1p_domain_status: ``DOMAIN_NOT_SELECTED`` is the only value seen.
    """

    ingress: str | None = None
    cname_resolve_success: Flag = None
    tenant1p_domain: Annotated[Word, Field(alias="tenant1pDomain")] = None
    tenant1p_domain_status: Annotated[Word, Field(alias="tenant1pDomainStatus")] = None


def read(client: Client, tenant_id: str) -> Routing | None:
    """Read the first-party domain of an account (operation 16).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Returns:
        The domain; None where the gateway answers null and no error.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    literals = {"tenantId": tenant_id}
    call = Call(READ, "read the first-party domain", tenant_id, {}, _routing, literals=literals)
    return client.execute(call)


def set_domain(client: Client, tenant_id: str, domain: str, target_domain: str) -> Routing | None:
    """Set the first-party domain of an account (operation 17).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        domain: The advertiser's subdomain.
        target_domain: The host's domain, which the CNAME record points to.

    Returns:
        The domain as the gateway answers it; None where it answers null.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    call = Call(
        SET,
        f"set the first-party domain {domain}",
        tenant_id,
        {"input": {"ingress": domain, "targetDomain": target_domain}},
        _routing,
        literals={"tenantId": tenant_id},
    )
    with client.writes:
        return client.execute(call)


def _routing(result: Any) -> Routing | None:
    return None if result is None else Routing.read(result)

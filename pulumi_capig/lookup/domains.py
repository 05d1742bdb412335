"""The first-party domain of an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .untold import told

if TYPE_CHECKING:
    from ..gateway import Client

BLANK_DOMAIN: Mapping[str, Any] = {"domain": "", "cname_resolved": False, "domain_status": ""}


def first_party_domain(client: Client, tenant_id: str) -> dict[str, Any]:
    """The first-party domain of an account (operation 16); an empty one if there is none.

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Raises:
        GatewayError: The gateway refused or cannot be reached.
    """
    from ..gateway import routing

    found = routing.read(client, tenant_id)
    if found is None or not found.ingress:
        return dict(BLANK_DOMAIN)
    return told(
        BLANK_DOMAIN,
        domain=found.ingress,
        cname_resolved=found.cname_resolve_success,
        domain_status=found.tenant1p_domain_status,
    )

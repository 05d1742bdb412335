"""Look up the first-party domain of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi

from .. import lookup
from ..invocation import Invocation
from .shown import Shown, whole

if TYPE_CHECKING:
    from ..gateway import Client

__all__ = [
    "GetFirstPartyDomainResult",
    "get_first_party_domain",
    "get_first_party_domain_output",
]


@pulumi.output_type
class GetFirstPartyDomainResult(Shown):
    """The first-party domain of an account as the gateway holds it now; no value is ever None.

    Attributes:
        domain: The advertiser's subdomain; ``""`` if the account has none.
        cname_resolved: Whether the gateway has verified its CNAME record.
        domain_status: The gateway's own word for its state; ``""`` if it says none.
    """

    domain: str
    cname_resolved: bool
    domain_status: str


def get_first_party_domain(
    tenant_id: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetFirstPartyDomainResult:
    """Look up the first-party domain of an account.

    No operation says which host its CNAME record should point to.

    Args:
        tenant_id: The account. Defaults to `CAPIG_TENANT_ID` or ``capig:tenantId``.
        opts: Pulumi's invoke options; ``provider`` is refused.

    Raises:
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting is in plain
            text.
    """
    return _DOMAIN.now({"tenant_id": tenant_id}, opts)


def get_first_party_domain_output(
    tenant_id: pulumi.Input[str | None] | None = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetFirstPartyDomainResult]:
    """`get_first_party_domain` for arguments that are outputs of other resources.

    The result is unknown while an argument or a resource in ``depends_on`` is unknown. It is secret
    if an argument is secret, and depends on what the arguments depend on.
    """
    return _DOMAIN.output({"tenant_id": tenant_id}, opts)


def _ask(client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    return lookup.first_party_domain(client, arguments["tenant_id"])


def _read(values: dict[str, Any]) -> GetFirstPartyDomainResult:
    return GetFirstPartyDomainResult(**whole(lookup.BLANK_DOMAIN, values))


_DOMAIN = Invocation("get_first_party_domain", _ask, _read)

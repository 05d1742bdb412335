"""Look-up of the first-party domain of an account."""

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
        domain: The advertiser's subdomain; empty if the account has none.
        cname_resolved: Whether the gateway has verified its CNAME record.
        domain_status: The gateway's own word for its state; empty if it says none.
    """

    domain: str
    cname_resolved: bool
    domain_status: str


def get_first_party_domain(
    tenant_id: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetFirstPartyDomainResult:
    """The first-party domain of an account. Nothing tells which host its CNAME should point to.

    Args:
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None.
        opts: Taken for the sake of Pulumi's form; ``provider`` is refused.

    Raises:
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting stands in the
            clear.
    """
    return _DOMAIN.now({"tenant_id": tenant_id}, opts)


def get_first_party_domain_output(
    tenant_id: pulumi.Input[str | None] | None = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetFirstPartyDomainResult]:
    """`get_first_party_domain` for arguments that a program does not know yet.

    The result is unknown while an argument, or a resource of ``depends_on``, is; it is secret
    where an argument is, and depends on what the arguments depend on.
    """
    return _DOMAIN.output({"tenant_id": tenant_id}, opts)


def _ask(client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    return lookup.first_party_domain(client, arguments["tenant_id"])


def _read(values: dict[str, Any]) -> GetFirstPartyDomainResult:
    return GetFirstPartyDomainResult(**whole(lookup.BLANK_DOMAIN, values))


_DOMAIN = Invocation("get_first_party_domain", _ask, _read)

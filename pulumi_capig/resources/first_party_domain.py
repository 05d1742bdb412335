"""The resource ``FirstPartyDomain``."""

from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ..picture import HOST, THE_DOMAIN
from ._base import GatewayResource
from ._declarations import Declared


class FirstPartyDomain(GatewayResource, kind="FirstPartyDomain"):
    """The first-party domain of an account: the advertiser's subdomain that receives its events.

    ```python
    domain = capig.FirstPartyDomain("domain", domain="capig.shop.example")
    aws.route53.Record(
        "capig", zone_id=zone, type="CNAME", ttl=300,
        name=domain.domain, records=[domain.target_domain],
    )
    ```

    The gateway checks the CNAME record itself, about every half hour; ``pulumi up`` does not wait
    for it. No operation removes a first-party domain: a delete sends nothing, and says so.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        domain: The subdomain, such as ``capig.shop.example``, as in `DomainFilter`.
        target_domain: The domain that the CNAME record points to. Defaults to the gateway's own
            host.
        tenant_id: The account: text without blanks and ``/``. Defaults to `CAPIG_TENANT_ID` or
            ``capig:tenantId``. A change replaces the resource.
        adopt: Take over the domain that the account already has. Without it, ``pulumi up`` fails if
            there is one. Not stored. `CAPIG_ADOPT` does the same for one run.
        reassert: Any text. A new value sends the domain again, even if nothing else changed.

    Raises:
        pulumi.RunError: Two resources of the program are about one account, or one domain; the
            account is a number, ``provider`` is set, or a secret setting is in plain text.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        domain: pulumi.Output[str]
        target_domain: pulumi.Output[str]
        tenant_id: pulumi.Output[str]
        reassert: pulumi.Output[str | None]

        cname_resolved: pulumi.Output[bool]
        """Whether the gateway has verified the CNAME record."""
        domain_status: pulumi.Output[str]
        """What else the gateway says about the domain, such as ``DOMAIN_NOT_SELECTED`` (seen);
        ``""`` if nothing."""
        verification: pulumi.Output[str]
        """``echoed``: the gateway repeated the domain; ``accepted``: it left it out."""
        gateway: pulumi.Output[str]
        """Host of the gateway."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        domain: pulumi.Input[str],
        target_domain: pulumi.Input[str] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        adopt: pulumi.Input[bool] = False,
        reassert: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare(
            dynamic.FirstPartyDomainProvider(),
            resource_name,
            opts,
            required={"domain": domain},
            optional={
                "target_domain": target_domain,
                "tenant_id": tenant_id,
                "adopt": None if adopt is False else adopt,
                "reassert": reassert,
            },
            outputs=(
                "target_domain",
                "cname_resolved",
                "domain_status",
                "verification",
                "gateway",
            ),
            picture=lambda resource, declared: Declared(
                resource,
                "first-party domain",
                declared.get("tenant_id"),
                [THE_DOMAIN],
                str,
                clash="declare the same thing",
                also=(
                    Declared(
                        resource,
                        "domain of an account",
                        HOST,
                        [declared["domain"]],
                        canonical.domain,
                        clash="declare the same domain",
                    ),
                ),
            ),
        )

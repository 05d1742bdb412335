"""The resource ``DomainFilter``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import dynamic
from ..enums import FilterState
from ._base import FilterResource


class DomainFilter(FilterResource, kind="DomainFilter"):
    """Whether one website is served, for some pixels or for the whole account.

    ```python
    capig.DomainFilter("staging", domain="staging.example.com", filter_state="DROP")
    ```

    The API sets filters and never tells them: what the state holds is what the gateway last
    confirmed, and `refresh` cannot see a filter that was changed by hand. `reassert` sends it
    again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        domain: A bare domain such as ``staging.example.com``; unicode and upper case are brought
            into the canonical form. A change replaces the filter.
        filter_state: ``"DROP"`` or ``"PUBLISH"``, or a `FilterState`.
        pixel_ids: The pixels, as a set; None for the whole account.
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None. A change replaces.
        reassert: Any text; a new value sends the filter again. `CAPIG_REASSERT` if None.

    Raises:
        pulumi.RunError: Another filter of the program contradicts this one, an id is a number,
            ``provider`` is set, or a secret setting stands in the clear.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        domain: pulumi.Output[str]
        filter_state: pulumi.Output[str]
        pixel_ids: pulumi.Output[Sequence[str] | None]
        tenant_id: pulumi.Output[str]
        reassert: pulumi.Output[str | None]

        gateway: pulumi.Output[str]
        """Host of the gateway that holds the filter."""
        verification: pulumi.Output[str]
        """``echoed``: the gateway repeated what was asked; ``accepted``: it left parts out."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        domain: pulumi.Input[str],
        filter_state: pulumi.Input[str | FilterState],
        pixel_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        reassert: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare_filter(
            dynamic.DomainFilterProvider(),
            resource_name,
            opts,
            "domain",
            {"domain": domain},
            {"filter_state": filter_state},
            {"pixel_ids": pixel_ids, "tenant_id": tenant_id, "reassert": reassert},
        )

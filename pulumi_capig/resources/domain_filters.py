"""The resource ``DomainFilters``."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import dynamic
from ..enums import FilterState
from ._base import FilterResource


class DomainFilters(FilterResource, kind="DomainFilters"):
    """Whether events of many websites pass, for some pixels or for the whole account: a blocklist.

    ```python
    capig.DomainFilters(
        "blocklist",
        domains=["staging.example.com", "checkout.partner.example"],
        filter_state="DROP",
    )
    ```

    One resource, one difference, and few requests, however many websites it names. Websites that
    are added or removed change it in place. The API has no operation that reads filters: the state
    holds what the gateway last confirmed, and `refresh` cannot see a filter that was changed by
    hand. `reassert` sends all of them again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        domains: Bare domains such as ``example.com``, as a set of one or more.
        filter_state: ``"DROP"`` or ``"PUBLISH"``, or a `FilterState`.
        pixel_ids: The pixels, as a set; None for the whole account.
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None. A change replaces.
        reassert: Any text; a new value sends the filters again. `CAPIG_REASSERT` if None.

    Raises:
        pulumi.RunError: Another filter of the program contradicts this one, an argument is
            missing, an id is a number, ``provider`` is set, or a secret setting is in the clear.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        domains: pulumi.Output[Sequence[str]]
        filter_state: pulumi.Output[str]
        pixel_ids: pulumi.Output[Sequence[str] | None]
        tenant_id: pulumi.Output[str]
        reassert: pulumi.Output[str | None]

        gateway: pulumi.Output[str]
        """Host of the gateway that holds the filters."""
        verification: pulumi.Output[str]
        """The weakest of all: ``echoed``, or ``accepted`` where the gateway left parts out."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        domains: pulumi.Input[Collection[pulumi.Input[str]]],
        filter_state: pulumi.Input[str | FilterState],
        pixel_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        reassert: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare_filter(
            dynamic.DomainFiltersProvider(),
            resource_name,
            opts,
            "domain",
            {"domains": domains},
            {"filter_state": filter_state},
            {"pixel_ids": pixel_ids, "tenant_id": tenant_id, "reassert": reassert},
            several=True,
        )

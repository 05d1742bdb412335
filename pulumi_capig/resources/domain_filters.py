"""The resource ``DomainFilters``."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import dynamic
from ..enums import FilterState
from ._base import FilterResource


class DomainFilters(FilterResource, kind="DomainFilters"):
    """Block or permit many websites, for some pixels or for the whole account: a blocklist.

    ```python
    capig.DomainFilters(
        "blocklist",
        domains=["staging.example.com", "checkout.partner.example"],
        filter_state="DROP",
    )
    ```

    However many websites it names, it is one resource, one difference in a preview, and few
    requests. Adding or removing a website changes it in place.

    The API can set filters but not read them. The state holds what the gateway last confirmed, and
    `refresh` cannot see a filter that somebody changed by hand. A new ``reassert`` sends all of
    them again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        domains: The websites: one or more bare domains, each as in `DomainFilter`; order and
            repetition do not matter.
        filter_state: ``"DROP"`` blocks all of them, ``"PUBLISH"`` permits them; or a `FilterState`.
        pixel_ids: Ids of the pixels, decimal digits as text; order and repetition do not matter.
            Leave it out for the whole account. An empty list is refused.
        tenant_id: The account: text without blanks and ``/``. Defaults to `CAPIG_TENANT_ID` or
            ``capig:tenantId``. A change replaces the filters.
        reassert: Any text. A new value sends all of them again, even if nothing else changed.
            Defaults to `CAPIG_REASSERT`.

    Raises:
        pulumi.RunError: Another filter of the program contradicts this one, an argument is missing,
            an id is a number, ``provider`` is set, or a secret setting is in plain text.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        domains: pulumi.Output[Sequence[str]]
        filter_state: pulumi.Output[str]
        pixel_ids: pulumi.Output[Sequence[str] | None]
        tenant_id: pulumi.Output[str]
        reassert: pulumi.Output[str | None]

        gateway: pulumi.Output[str]
        """Host of the gateway."""
        verification: pulumi.Output[str]
        """``echoed``: the gateway repeated name, scope and state of each filter; ``accepted``: it
        left out some of them."""

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

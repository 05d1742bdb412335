"""The resource ``DomainFilter``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import dynamic
from ..enums import FilterState
from ._base import FilterResource


class DomainFilter(FilterResource, kind="DomainFilter"):
    """Block or permit one website, for some pixels or for the whole account.

    ```python
    capig.DomainFilter("staging", domain="staging.example.com", filter_state="DROP")
    ```

    The API can set filters but not read them. The state holds what the gateway last confirmed, and
    `refresh` cannot see a filter that somebody changed by hand. A new ``reassert`` sends it again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        domain: The website, as a bare domain such as ``staging.example.com``. Stored in lower case,
            with international names in their ASCII form and without a dot at the end. A change
            replaces the filter.
        filter_state: ``"DROP"`` blocks the website, ``"PUBLISH"`` permits it; or a `FilterState`.
        pixel_ids: Ids of the pixels, decimal digits as text; order and repetition do not matter.
            Leave it out for the whole account. An empty list is refused.
        tenant_id: The account: text without blanks and ``/``. Defaults to `CAPIG_TENANT_ID` or
            ``capig:tenantId``. A change replaces the filter.
        reassert: Any text. A new value sends the filter again, even if nothing else changed.
            Defaults to `CAPIG_REASSERT`.

    Raises:
        pulumi.RunError: Another filter of the program contradicts this one, an id is a number,
            ``provider`` is set, or a secret setting is in plain text.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        domain: pulumi.Output[str]
        filter_state: pulumi.Output[str]
        pixel_ids: pulumi.Output[Sequence[str] | None]
        tenant_id: pulumi.Output[str]
        reassert: pulumi.Output[str | None]

        gateway: pulumi.Output[str]
        """Host of the gateway."""
        verification: pulumi.Output[str]
        """``echoed``: the gateway repeated name, scope and state as asked; ``accepted``: it left
        some of them out."""

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

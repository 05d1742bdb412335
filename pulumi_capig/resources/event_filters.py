"""The resource ``EventFilters``."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import dynamic
from ..enums import FilterState
from ._base import FilterResource


class EventFilters(FilterResource, kind="EventFilters"):
    """Whether many events are published, for some pixels or for the whole account: one policy.

    ```python
    capig.EventFilters(
        "consent",
        event_names=[capig.StandardEvent.LEAD, capig.StandardEvent.SUBMIT_APPLICATION],
        filter_state="DROP",
    )
    ```

    One resource, one difference, and few requests, however many events it names. Events that are
    added or removed change it in place. The API has no operation that reads filters: the state
    holds what the gateway last confirmed, and `refresh` cannot see a filter that was changed by
    hand. `reassert` sends all of them again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        event_names: Standard events (`StandardEvent`) or custom ones, as a set of one or more.
        filter_state: ``"DROP"`` or ``"PUBLISH"``, or a `FilterState`.
        pixel_ids: The pixels, as a set; None for the whole account.
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None. A change replaces.
        reassert: Any text; a new value sends the filters again. `CAPIG_REASSERT` if None.

    Raises:
        pulumi.RunError: Another filter of the program contradicts this one, an argument is
            missing, an id is a number, ``provider`` is set, or a secret setting is in the clear.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        event_names: pulumi.Output[Sequence[str]]
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
        event_names: pulumi.Input[Collection[pulumi.Input[str]]],
        filter_state: pulumi.Input[str | FilterState],
        pixel_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        reassert: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare_filter(
            dynamic.EventFiltersProvider(),
            resource_name,
            opts,
            "event",
            {"event_names": event_names},
            {"filter_state": filter_state},
            {"pixel_ids": pixel_ids, "tenant_id": tenant_id, "reassert": reassert},
            several=True,
        )

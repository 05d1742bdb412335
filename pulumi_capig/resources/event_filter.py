"""The resource ``EventFilter``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import dynamic
from ..enums import FilterState
from ._base import FilterResource


class EventFilter(FilterResource, kind="EventFilter"):
    """Block or publish one event, for some pixels or for the whole account.

    ```python
    capig.EventFilter(
        "no-leads", event_name=capig.StandardEvent.LEAD, filter_state="DROP"
    )
    ```

    The API can set filters but not read them. The state holds what the gateway last confirmed, and
    `refresh` cannot see a filter that somebody changed by hand. A new ``reassert`` sends it again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        event_name: The event: a `StandardEvent`, or a custom event as text of 1 to 50 characters
            without blanks around it. Case matters: if a name differs from a standard event only in
            case, you get a warning. Unicode is normalized (NFC), and invisible characters are
            refused. A change replaces the filter.
        filter_state: ``"DROP"`` blocks the event, ``"PUBLISH"`` publishes it; or a `FilterState`.
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
        event_name: pulumi.Output[str]
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
        event_name: pulumi.Input[str],
        filter_state: pulumi.Input[str | FilterState],
        pixel_ids: pulumi.Input[Sequence[pulumi.Input[str]]] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        reassert: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare_filter(
            dynamic.EventFilterProvider(),
            resource_name,
            opts,
            "event",
            {"event_name": event_name},
            {"filter_state": filter_state},
            {"pixel_ids": pixel_ids, "tenant_id": tenant_id, "reassert": reassert},
        )

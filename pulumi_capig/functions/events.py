"""Look-up of what became of the events of an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from .. import lookup
from ..invocation import Invocation
from .shown import Shown, whole

if TYPE_CHECKING:
    from ..gateway import Client

__all__ = [
    "GetEventActivityResult",
    "GetEventMetricsResult",
    "get_event_metrics",
    "get_event_metrics_output",
]


@pulumi.output_type
class GetEventActivityResult(Shown):
    """What became of one event, or of the events of one website.

    Attributes:
        name: The event's name, or the website.
        received: How many were received; -1 if the gateway does not say it.
        published: How many were published; -1 if the gateway does not say it.
        last_updated: When they were counted, as the gateway says it; empty if it does not.
    """

    name: str
    received: int
    published: int
    last_updated: str


@pulumi.output_type
class GetEventMetricsResult(Shown):
    """Events of an account in a time window: -1 is what the gateway does not say.

    Attributes:
        events: By event.
        domains: By website; empty where the gateway does not know them.
        incoming_event_names: How many events were received, by their names.
        incoming_events: How many events were received.
        outgoing_event_names: How many events were published, by their names.
        outgoing_events: How many events were published.
        publish_success_rate: As the gateway says it: from 0 to 1 or to 100, which is not
            documented.
    """

    events: Sequence[GetEventActivityResult]
    domains: Sequence[GetEventActivityResult]
    incoming_event_names: int
    incoming_events: int
    outgoing_event_names: int
    outgoing_events: int
    publish_success_rate: float


def get_event_metrics(
    tenant_id: str | None = None,
    pixel_ids: Sequence[str] | None = None,
    time_window: int | None = 60,
    opts: pulumi.InvokeOptions | None = None,
) -> GetEventMetricsResult:
    """What was received and published in a time window, by event and website.

    No operation reads filters: many received and none published is the only sign of one.

    Args:
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None.
        pixel_ids: The pixels, decimal digits as text; all of the account if None.
        time_window: Minutes that the figures cover.
        opts: Taken for the sake of Pulumi's form; ``provider`` is refused.

    Raises:
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting stands in the
            clear.
    """
    arguments = {"tenant_id": tenant_id, "pixel_ids": pixel_ids, "time_window": time_window}
    return _EVENTS.now(arguments, opts)


def get_event_metrics_output(
    tenant_id: pulumi.Input[str | None] | None = None,
    pixel_ids: pulumi.Input[Sequence[pulumi.Input[str]] | None] | None = None,
    time_window: pulumi.Input[int | None] | None = 60,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetEventMetricsResult]:
    """`get_event_metrics` for arguments that a program does not know yet.

    The result is unknown while an argument, or a resource of ``depends_on``, is; it is secret
    where an argument is, and depends on what the arguments depend on.
    """
    arguments = {"tenant_id": tenant_id, "pixel_ids": pixel_ids, "time_window": time_window}
    return _EVENTS.output(arguments, opts)


def _ask(client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    tenant_id, pixel_ids = arguments["tenant_id"], arguments["pixel_ids"]
    return lookup.events(client, tenant_id, pixel_ids, arguments["time_window"])


def _read(values: dict[str, Any]) -> GetEventMetricsResult:
    found = whole(lookup.BLANK_EVENTS, values)
    lists = {name: [_activity(each) for each in found[name]] for name in ("events", "domains")}
    return GetEventMetricsResult(**{**found, **lists})


def _activity(values: dict[str, Any]) -> GetEventActivityResult:
    return GetEventActivityResult(**whole(lookup.BLANK_ACTIVITY, values))


_EVENTS = Invocation("get_event_metrics", _ask, _read)

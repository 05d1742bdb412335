"""Look up how many events of an account were received and published."""

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
    """How often one event, or the events of one website, were received and published.

    Attributes:
        name: The event's name, or the website.
        received: How many were received; -1 if the gateway does not say it.
        published: How many were published; -1 if the gateway does not say it.
        last_updated: When they were counted, as the gateway says it; ``""`` if it does not.
    """

    name: str
    received: int
    published: int
    last_updated: str


@pulumi.output_type
class GetEventMetricsResult(Shown):
    """Events of an account in a time window; -1 means that the gateway does not say it.

    Attributes:
        events: By event.
        domains: By website; empty if the gateway does not know them.
        incoming_event_names: How many events were received, by their names.
        incoming_events: How many events were received.
        outgoing_event_names: How many events were published, by their names.
        outgoing_events: How many events were published.
        publish_success_rate: As the gateway says it. Whether it goes to 1 or to 100 is not
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
    """Look up how many events were received and published, by event and website.

    No operation reads filters. Many received and none published is the only sign of a filter.

    Args:
        tenant_id: The account. Defaults to `CAPIG_TENANT_ID` or ``capig:tenantId``.
        pixel_ids: The pixels, decimal digits as text; all of the account if None.
        time_window: How many minutes the figures cover.
        opts: Pulumi's invoke options; ``provider`` is refused.

    Raises:
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting is in plain
            text.
    """
    arguments = {"tenant_id": tenant_id, "pixel_ids": pixel_ids, "time_window": time_window}
    return _EVENTS.now(arguments, opts)


def get_event_metrics_output(
    tenant_id: pulumi.Input[str | None] | None = None,
    pixel_ids: pulumi.Input[Sequence[pulumi.Input[str]] | None] | None = None,
    time_window: pulumi.Input[int | None] | None = 60,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetEventMetricsResult]:
    """`get_event_metrics` for arguments that are outputs of other resources.

    The result is unknown while an argument or a resource in ``depends_on`` is unknown. It is secret
    if an argument is secret, and depends on what the arguments depend on.
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

"""What became of the events of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .untold import UNTOLD, told

if TYPE_CHECKING:
    from ..gateway import Client

BLANK_EVENTS: Mapping[str, Any] = {
    "events": [],
    "domains": [],
    "incoming_event_names": UNTOLD,
    "incoming_events": UNTOLD,
    "outgoing_event_names": UNTOLD,
    "outgoing_events": UNTOLD,
    "publish_success_rate": float(UNTOLD),
}

BLANK_ACTIVITY: Mapping[str, Any] = {
    "name": "",
    "received": UNTOLD,
    "published": UNTOLD,
    "last_updated": "",
}


def events(
    client: Client, tenant_id: str, pixel_ids: Sequence[str] | None = None, time_window: int = 60
) -> dict[str, Any]:
    """What was received and published, by event and website (operation 18).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pixel_ids: The pixels; None for all of the account.
        time_window: Minutes that the figures cover.

    Raises:
        GatewayError: The gateway refused or cannot be reached.
    """
    from ..gateway import metrics

    found = metrics.read(client, tenant_id, pixel_ids, time_window)
    incoming, outgoing = found.incoming, found.outgoing
    return told(
        BLANK_EVENTS,
        events=[
            told(
                BLANK_ACTIVITY,
                name=event.name,
                received=event.received_count,
                published=event.published_count,
                last_updated=event.last_updated,
            )
            for event in found.activity or ()
            if event
        ],
        domains=[
            told(
                BLANK_ACTIVITY,
                name=website.domain_name,
                received=website.received_count,
                published=website.published_count,
            )
            for website in found.domain_activity or ()
            if website
        ],
        incoming_event_names=incoming and incoming.event_names_count,
        incoming_events=incoming and incoming.events_count,
        outgoing_event_names=outgoing and outgoing.event_names_count,
        outgoing_events=outgoing and outgoing.events_count,
        publish_success_rate=outgoing and outgoing.publish_success_rate,
    )

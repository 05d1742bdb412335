"""Event metrics: operation 18 of the reference."""

from __future__ import annotations

from typing import Any

from ..parts.events import Count, Events
from ..play import Operations, Play

__all__ = ["OPERATIONS"]

OPERATIONS = Operations()


@OPERATIONS.plays("TenantQueries.eventMetrics")
def _metrics(play: Play, **given: Any) -> Any:
    tenant = play.account().id
    if play.refusing:
        return None
    counts, pixels = play.state.part(Events), given.get("pixelIds")
    events, domains = counts.by_name(tenant, pixels), counts.by_domain(tenant, pixels)
    received = sum(event.received for event in events)
    published = sum(event.published for event in events)
    return {
        "id": "EventTrafficSummary:incoming",
        "activity": [_activity(event) for event in events],
        "domainActivity": [
            {
                "id": f"DomainActivity:{domain.name}",
                "domainName": domain.name,
                "receivedCount": domain.received,
                "publishedCount": domain.published,
            }
            for domain in domains
        ],
        "incoming": {
            "id": "EventTrafficSummary:incoming",
            "eventNamesCount": len(events),
            "eventsCount": received,
        },
        "outgoing": {
            "id": "ConversionsApiPublishSummary:global",
            "eventNamesCount": sum(event.published > 0 for event in events),
            "eventsCount": published,
            "publishSuccessRate": published / received if received else 0.0,
        },
    }


def _activity(event: Count) -> dict[str, Any]:
    return {
        "id": f"EventActivity:{event.name}",
        "name": event.name,
        "receivedCount": event.received,
        "publishedCount": event.published,
        "lastUpdated": str(event.last),
    }

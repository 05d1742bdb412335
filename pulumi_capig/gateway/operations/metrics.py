"""Account event metrics: operation 18."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..calls import Call
from ..models import Count, Figure, Model, Word
from ..operation import Operation

if TYPE_CHECKING:
    from ..client import Client

READ = Operation(
    "HomeViewQuery",
    "capig",
    ("tenantQueries", "eventMetrics"),
    mutates=False,
    spare=frozenset({"domainActivity", "lastUpdated", "publishSuccessRate"}),
)


class EventActivity(Model):
    """What became of one event."""

    name: str | None = None
    received_count: Count = None
    published_count: Count = None
    last_updated: Word = None


class DomainActivity(Model):
    """What became of the events of one website."""

    domain_name: str | None = None
    received_count: Count = None
    published_count: Count = None


class Incoming(Model):
    """All that was received."""

    event_names_count: Count = None
    events_count: Count = None


class Outgoing(Model):
    """All that was published.

    Attributes:
        event_names_count: How many events, by their name.
        events_count: How many events.
        publish_success_rate: From 0 to 1 or to 100, which is not documented.
    """

    event_names_count: Count = None
    events_count: Count = None
    publish_success_rate: Figure = None


class EventMetrics(Model):
    """Events of an account in a time window; null is what the gateway does not tell."""

    activity: list[EventActivity | None] | None = None
    domain_activity: list[DomainActivity | None] | None = None
    incoming: Incoming | None = None
    outgoing: Outgoing | None = None


def read(
    client: Client,
    tenant_id: str,
    pixel_ids: Sequence[str] | None = None,
    time_window: int = 60,
) -> EventMetrics:
    """What was received and published, by event and website (operation 18).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pixel_ids: The pixels; None for all of the account.
        time_window: Minutes that the figures cover.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    pixels = None if pixel_ids is None else list(pixel_ids)
    variables = {"tenantId": tenant_id, "pixelIds": pixels, "timeWindow": time_window}
    return client.execute(Call(READ, "read the events", tenant_id, variables, EventMetrics.read))

"""Names of events."""

from __future__ import annotations

import unicodedata

from ..enums import StandardEvent
from .text import text, visible

STANDARD_EVENTS = tuple(event.value for event in StandardEvent)
"""Meta's standard event names; names are case-sensitive by use."""


def event_name(value: object) -> str:
    """A standard or custom event name: 1 to 50 characters, no blanks around it.

    Letters with marks have one spelling (NFC), since nobody sees which one was typed.
    """
    value = unicodedata.normalize("NFC", text(value, "an event name"))
    if not 1 <= len(value) <= 50:
        message = f"an event name has 1 to 50 characters, this one has {len(value)}"
        raise ValueError(message)
    if value != value.strip():
        message = "an event name must not start or end with whitespace"
        raise ValueError(message)
    return visible(value, "an event name")


def event_remark(name: str) -> str:
    """What to say of an event name that is a standard one but for its case; else empty."""
    for standard in STANDARD_EVENTS:
        if name != standard and name.casefold() == standard.casefold():
            return f"event {name} is not the standard event {standard}: names are case-sensitive"
    return ""

"""The data destinations of Signals Gateway."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .shelf import Shelf

__all__ = ["Destinations", "HeldDestination", "new_destination_id"]


@dataclass(frozen=True)
class HeldDestination:
    """A data destination as the gateway holds it.

    Args:
        id: Destination id.
        name: Display name.
        type: `META_CONVERSIONS_API`, `CUSTOM_HTTP_API` and so on.
        pipeline: Pipeline that feeds it, None for one whose pipeline is gone.
        active: Whether events are delivered.
        config: Its configuration as it was sent last, without the id; there are secrets in it.
    """

    id: str
    name: str
    type: str
    pipeline: str | None
    active: bool = True
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)


class Destinations(Shelf[HeldDestination]):
    """All data destinations."""

    kind = "destination"


def new_destination_id() -> str:
    """An id that no destination has."""
    return f"sg_v1_dd_{uuid.uuid4()}"

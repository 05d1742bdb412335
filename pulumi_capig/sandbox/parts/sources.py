"""The data sources of Signals Gateway."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from .shelf import Shelf

__all__ = ["HeldSource", "Sources", "new_source_id"]


@dataclass(frozen=True)
class HeldSource:
    """A data source as the gateway holds it.

    Args:
        id: Data source id.
        name: Display name.
        type: `ADVERTISER_HOSTED_PIXEL` and so on.
        pipeline: Pipeline that it feeds, None for one whose pipeline is gone.
        active: Whether it feeds it.
    """

    id: str
    name: str
    type: str
    pipeline: str | None
    active: bool = True


class Sources(Shelf[HeldSource]):
    """All data sources."""

    kind = "source"


def new_source_id() -> str:
    """Nineteen digits, more than a floating-point number holds."""
    return str(10**18 + secrets.randbelow(8 * 10**18))

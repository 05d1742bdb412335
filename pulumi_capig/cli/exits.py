"""How `capig` ends."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Exit"]


class Exit(IntEnum):
    """Exit status of a command."""

    GOOD = 0
    FINDING = 1
    USAGE = 2
    """Wrong usage, or wrong settings."""
    GATEWAY = 3
    """The gateway cannot be reached, or refuses."""

"""Data destinations of Signals Gateway: operation 33 of the reference."""

from __future__ import annotations

from typing import Any

from ..play import Operations, Play

__all__ = ["OPERATIONS"]

OPERATIONS = Operations()


@OPERATIONS.plays("TenantQueries.dataDestinationsQuery")
def _list(play: Play) -> Any:
    play.account()
    return None if play.refusing else []

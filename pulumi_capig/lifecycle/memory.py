"""What parts of the life cycles keep for a whole run, each in its own place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Memory:
    """Objects that are made when they are first asked for; safe for threads.

    Args:
        make: Makes the object of a place: a class or a function, which is also its name.
    """

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: dict[Any, Any] = {}

    def of(self, place: Any) -> Any:
        """The object of a place, the same one for all of the run."""
        with self._lock:
            if place not in self._made:
                self._made[place] = self._make(place)
            return self._made[place]

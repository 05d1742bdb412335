"""The engine's calls that are under way in this process, and which of them wait for a request."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Traffic:
    """Counts calls; safe for threads.

    Attributes:
        changed: Held while counts change, and notified of it.
    """

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._under_way = 0
        self._most = 0
        self._parked = 0

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call of the engine for as long as the body runs."""
        with self.changed:
            self._under_way += 1
            self._most = max(self._most, self._under_way)
        try:
            yield
        finally:
            with self.changed:
                self._under_way -= 1

    @contextmanager
    def parked(self) -> Iterator[None]:
        """Count the call as one that waits for a request to be sent, or for its answer."""
        with self.changed:
            self._parked += 1
            self.changed.notify_all()
        try:
            yield
        finally:
            with self.changed:
                self._parked -= 1

    def is_full(self) -> bool:
        """Whether no further call can come before one that waits has ended.

        There are as many as there ever were at once, and all of them wait.
        """
        return 0 < self._most <= self._parked

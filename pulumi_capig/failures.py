"""A failure that everybody would meet again."""

from __future__ import annotations

import time
from collections.abc import Callable

from .errors import GatewayError

REMEMBERED = 10.0
"""Seconds for which a failure, found after all retries, is reported to further callers as well."""


class LastFailure:
    """Keeps many callers from waiting, one after the other, for the same thing to fail again.

    Its owner has a lock around it.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._error: GatewayError | None = None
        self._until = 0.0

    def note(self, error: GatewayError) -> None:
        """Something failed, after all its retries."""
        self._error, self._until = error, self._clock() + REMEMBERED

    def raise_if_recent(self) -> None:
        """Fail as it failed last, if that is not long ago."""
        if self._error is not None and self._clock() < self._until:
            raise self._error.because()

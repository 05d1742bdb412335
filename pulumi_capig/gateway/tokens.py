"""One API token for all threads of a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from ..errors import GatewayError, NotAuthorizedError
from ..failures import LastFailure

DOCUMENTED_LIFETIME = 36_000.0
"""Seconds that a token lives if the answer does not say: ten hours, by the integration guide."""

_EARLY = 0.1
_EARLY_AT_MOST = 300.0


class Tokens:
    """Fetches a token when one is first needed, renews it early, and at most once at a time.

    Args:
        fetch: Gets a token and its lifetime in seconds (None: the documented one), before a
            deadline on the clock.
        ready: A token that is given and cannot be renewed; empty to fetch one.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        fetch: Callable[[float], tuple[str, float | None]],
        ready: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ready
        self._renewable = not ready
        self._renew_at = float("inf") if ready else 0.0
        self._refusal: GatewayError | None = None
        self._failure = LastFailure(clock)

    def current(self, deadline: float) -> str:
        """A token that should be good."""
        with self._lock:
            if self._clock() >= self._renew_at:
                self._renew(deadline)
            return self._token

    def after_refusal(self, refused: str, deadline: float) -> str | None:
        """Another token than the one that was refused, or None if there is no other.

        Of many threads that come with the same refused token, one renews it.
        """
        with self._lock:
            if self._token == refused:
                if not self._renewable:
                    return None
                self._renew(deadline)
            return self._token

    def _renew(self, deadline: float) -> None:
        # A secret that was refused once stays refused: asking again for each resource would
        # only look like an attack.
        if self._refusal is not None:
            raise self._refusal.because()
        self._failure.raise_if_recent()
        started = self._clock()
        try:
            self._token, lifetime = self._fetch(deadline)
        except NotAuthorizedError as error:
            self._refusal = error
            raise
        except GatewayError as error:
            self._failure.note(error)
            raise
        seconds = DOCUMENTED_LIFETIME if lifetime is None else lifetime
        self._renew_at = started + seconds - min(_EARLY_AT_MOST, seconds * _EARLY)

"""No more requests in a second than the gateway is to be asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Pace:
    """Keeps the requests of all threads a gap apart.

    Args:
        per_second: Requests in a second; 0 sets no limit.
        clock: Seconds that only go forward.
        sleep: Waits for some seconds.
    """

    def __init__(
        self, per_second: float, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self, deadline: float) -> bool:
        """Wait for the next free moment, and take it.

        Returns:
            Whether there is one before the deadline; if not, nothing was waited for.
        """
        now = self._clock()
        if not self._gap:
            return now < deadline
        with self._lock:
            moment = max(now, self._next)
            if moment >= deadline:
                return False
            self._next = moment + self._gap
        if moment > now:
            self._sleep(moment - now)
        return True

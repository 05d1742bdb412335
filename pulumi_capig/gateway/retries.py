"""What is sent again, after how long, and when to give up."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, TypeVar

import tenacity

from .exchange import Exchange
from .failure import AttemptFailure

T = TypeVar("T")

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
"""Seconds between two attempts, where the gateway names none."""


class Retries:
    """Sends calls again where that is safe and may help; safe for threads.

    Args:
        most: How often one call is sent again at most.
        clock: Seconds that only go forward.
        sleep: Waits for some seconds.
    """

    def __init__(
        self, most: int, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self.most = most
        self._clock = clock
        self._sleep = sleep

    def run(self, exchange: Exchange[Any], send: Callable[[], T]) -> T:
        """Send, and send again, until there is an answer or no hope of one.

        Args:
            exchange: The call; whether it may have been applied is noted there.
            send: Makes one attempt.

        Raises:
            AttemptFailure: The last attempt failed.
        """

        def attempt() -> T:
            try:
                return send()
            except AttemptFailure as failure:
                exchange.ran = exchange.ran or failure.ran
                raise

        def worth_another(error: BaseException) -> bool:
            if not isinstance(error, AttemptFailure) or not error.transient:
                return False
            return exchange.subject.repeatable or not error.ran

        def give_up(state: tenacity.RetryCallState) -> bool:
            too_late = self._clock() + state.upcoming_sleep >= exchange.deadline
            return too_late or state.attempt_number > self.most

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(worth_another),
            stop=give_up,
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(attempt)

    def pause(self, times: int, deadline: float) -> bool:
        """Wait before something is done that was done lately.

        Args:
            times: How often it was done lately; after none, there is no wait.
            deadline: Until when, on the clock.

        Returns:
            Whether there was time for it.
        """
        seconds = _growing(times + 1) if times else 0.0
        if self._clock() + seconds >= deadline:
            return False
        if seconds:
            self._sleep(seconds)
        return True


def _wait(state: tenacity.RetryCallState) -> float:
    """Seconds: what the gateway asked for, but no less than without that."""
    error = state.outcome.exception() if state.outcome else None
    failure = error if isinstance(error, AttemptFailure) else None
    times = state.attempt_number
    least = _patient(times) if failure and failure.restarting else _growing(times)
    asked = failure.retry_after if failure else None
    if asked is None or asked <= least:
        return least
    return asked + random.uniform(0, 0.25)  # noqa: S311 - no secret


def _growing(times: int) -> float:
    """Seconds to wait before the nth repetition; with jitter, so that threads part."""
    return random.uniform(0, _longest(times))  # noqa: S311 - no secret


def _patient(times: int) -> float:
    """Seconds to wait for a gateway that may be back soon, and cannot be asked too often."""
    longest = _longest(times + 1)
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret


def _longest(times: int) -> float:
    doubled: float = FIRST_WAIT * 2 ** min(times - 1, 16)
    return min(LONGEST_WAIT, doubled)

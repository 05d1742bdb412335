"""One API token for all threads of a process, and whose a 401 is."""

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

_LATELY = 60.0
"""Seconds for which a renewal makes the next one wait."""

_CREDIT = 2
"""Requests that are refused to the end before an account does not count as accepted any more: one
may be an unlucky one, which is then undone by another."""


class Tokens:
    """Fetches a token when one is first needed, and renews it early, or when it is refused.

    A 401 may be about the token, which has expired or was revoked by another run's new one, or
    about the account. It is about the token if the gateway has not accepted this token yet, or has
    accepted this account before; then it is renewed, a limited number of times in a row without an
    accepted answer between, and each request about an accepted account has one renewal more. Any
    other 401 is about the account. One renewal checks that, and the next such account costs none.

    Args:
        fetch: Gets a token and its lifetime in seconds (None: the documented one), before a
            deadline on the clock.
        ready: A token that is given and cannot be renewed; empty to fetch one.
        clock: Seconds that only go forward.
        most: How often a refused token is renewed in a row, with no accepted one between.
        pause: Waits before the nth renewal in a short time; whether there was time for it.
    """

    def __init__(
        self,
        fetch: Callable[[float], tuple[str, float | None]],
        ready: str = "",
        clock: Callable[[], float] = time.monotonic,
        *,
        most: int = 1,
        pause: Callable[[int, float], bool] = lambda _times, _deadline: True,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._most = most
        self._pause = pause
        self._lock = threading.Lock()
        self._renewing = threading.Lock()
        self._token = ready
        self._renewable = not ready
        self._renew_at = float("inf") if ready else 0.0
        self._refusal: GatewayError | None = None
        self._failure = LastFailure(clock)
        self._trust = _Trust(most)
        self._renewals: list[float] = []

    def current(self, deadline: float) -> str:
        """A token that should be good."""
        with self._lock:
            if self._clock() >= self._renew_at:
                self._renew(deadline)
            return self._token

    def accepted(self, token: str, tenant_id: str | None) -> None:
        """The gateway did for an account what it was asked to with a token."""
        with self._lock:
            self._trust.accepted(tenant_id, is_current=token == self._token)

    def after_refusal(
        self, refused: str, tenant_id: str | None, deadline: float, *, first: bool = True
    ) -> str | None:
        """Another token than the one that was refused, or None if that would not help.

        Of many threads that come with the same refused token, one renews it, and the others go on
        with the new one at once.

        Args:
            refused: The token.
            tenant_id: The account that the request is about.
            deadline: Until when, on the clock.
            first: Whether this is the first refusal of the request.
        """
        with self._renewing:
            if self._token != refused:
                return self._token
            if not self._renewable or not self._helps(tenant_id, first):
                return None
            # Runs that revoke each other's tokens must part.
            if not self._pause(self._renewed_lately(), deadline):
                return None
            # Meanwhile the gateway may have accepted this one for another account.
            if not self._helps(tenant_id, first):
                return None
            with self._lock:
                self._renewals.append(self._clock())
                self._trust.renews_for(tenant_id)
                self._renew(deadline)
                return self._token

    def gave_up(self, tenant_id: str | None) -> None:
        """A request about an account was refused to the end."""
        with self._lock:
            self._trust.gave_up(tenant_id)

    def _helps(self, tenant_id: str | None, first: bool) -> bool:
        with self._lock:
            return self._trust.is_doubtful(tenant_id, first=first)

    def _renewed_lately(self) -> int:
        since = self._clock() - _LATELY
        self._renewals = [moment for moment in self._renewals if moment > since]
        return len(self._renewals)

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
        self._trust.renewed()
        seconds = DOCUMENTED_LIFETIME if lifetime is None else lifetime
        self._renew_at = started + seconds - min(_EARLY_AT_MOST, seconds * _EARLY)


class _Trust:
    """What the gateway has accepted so far, and so whose the next 401 is."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._accounts: dict[str | None, int] = {}
        self._token_accepted = False
        self._in_a_row = 0
        self._checking = False
        self._checked = False

    def accepted(self, tenant_id: str | None, *, is_current: bool) -> None:
        self._accounts[tenant_id] = _CREDIT
        if is_current:
            self._token_accepted = True
            self._in_a_row = 0

    def gave_up(self, tenant_id: str | None) -> None:
        left = self._accounts.get(tenant_id, 0) - 1
        if left > 0:
            self._accounts[tenant_id] = left
        else:
            self._accounts.pop(tenant_id, None)

    def renewed(self) -> None:
        # A token fetched only to check an account counts as the accepted one before it.
        self._token_accepted = self._checking
        self._checking = False

    def is_doubtful(self, tenant_id: str | None, *, first: bool) -> bool:
        """Whether the token, which was refused for an account, may be to blame."""
        if self._is_about(tenant_id):
            return not self._checked
        return self._in_a_row < self._most or (first and tenant_id in self._accounts)

    def renews_for(self, tenant_id: str | None) -> None:
        """The token is renewed, because it was refused for an account."""
        if self._is_about(tenant_id):
            self._checking = self._checked = True
        else:
            self._in_a_row += 1

    def _is_about(self, tenant_id: str | None) -> bool:
        return self._token_accepted and tenant_id not in self._accounts

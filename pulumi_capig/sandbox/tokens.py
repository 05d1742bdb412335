"""API tokens that the played gateway has issued."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable

__all__ = ["TokenStore"]


class TokenStore:
    """Issues, knows and revokes API tokens. Safe to use from several threads.

    Args:
        clock: Seconds, from any start.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._expiry: dict[str, float] = {}
        self._lock = threading.Lock()

    def issue(self, lifetime: float, *, revoke_older: bool) -> str:
        """A new token that is good for `lifetime` seconds."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            if revoke_older:
                self._expiry.clear()
            self._expiry[token] = self._clock() + lifetime
        return token

    def accepts(self, token: str) -> bool:
        """Whether the token was issued here and is neither expired nor revoked."""
        with self._lock:
            return self._clock() < self._expiry.get(token, float("-inf"))

    def revoke_all(self) -> None:
        """Ends every token."""
        with self._lock:
            self._expiry.clear()

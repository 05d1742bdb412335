"""The played gateway behind its endpoints: what it holds, how it behaves, what it was asked."""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .by_hand import AccountsByHand, PipelinesByHand, PixelsByHand
from .dialect import Dialect
from .faults import Fault, FaultRules
from .gate import Gate
from .journal import Counters, Journal, RequestRecord
from .state import GatewayState
from .tokens import TokenStore

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "DEFAULT_ACCOUNT", "PlayedGateway"]

CLIENT_ID = "sandbox"
CLIENT_SECRET = "5a4db0c5-0000-4000-8000-5a4db0c50000"  # noqa: S105
"""UUID form, and of no use anywhere but here."""

DEFAULT_ACCOUNT = "SandboxA"


class PlayedGateway(PixelsByHand, AccountsByHand, PipelinesByHand):
    """A gateway that is played, whoever serves it.

    Args:
        accounts: Account ids, or names by account id; the first one is the default account.
        dialect: Behaviour where the documentation leaves it open.
        latency: Seconds that every request takes longer.
        clock: Seconds, for the lifetime of API tokens.

    Attributes:
        state: What the gateway holds, and its history.
        tokens: The API tokens issued.
        faults: What strikes which requests.
        journal: What it was asked.
        client_id: Name of the API account.
        client_secret: Secret of the API account.
        tenant_id: The default account.
        latency: Seconds that every request takes longer; requests wait side by side.
        clock_ahead: Seconds by which the `Date` of its answers is ahead of this machine's clock.
        mark: Tells it from any other; a page in a browser may outlive one and find the next.

    Raises:
        ValueError: An argument is wrong.
    """

    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET

    def __init__(
        self,
        *,
        accounts: Iterable[str] | Mapping[str, str] = (DEFAULT_ACCOUNT,),
        dialect: Dialect | None = None,
        latency: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 0 <= latency < math.inf:
            message = "the latency is a finite time, and not below 0"
            raise ValueError(message)
        self.state = GatewayState(accounts, dialect)
        self.tenant_id = next(iter(self.state.accounts))
        self.tokens = TokenStore(clock)
        self.faults = FaultRules()
        self.journal = Journal()
        self.latency = latency
        self.clock_ahead = 0.0
        self.mark = secrets.token_hex(4)
        self._initial = self.state.dialect, latency

    def reset(self) -> None:
        """Back to the start: first accounts and dialect; no pixels, tokens, faults or requests."""
        self.state.clear()
        self.dialect, self.latency = self._initial
        self.clock_ahead = 0.0
        self.tokens.revoke_all()
        self.faults.clear()
        self.journal.clear()

    # Behaviour

    @property
    def dialect(self) -> Dialect:
        """Behaviour where the documentation leaves it open; may be set at any time."""
        return self.state.dialect

    @dialect.setter
    def dialect(self, dialect: Dialect) -> None:
        self.state.dialect = dialect

    def inject(self, fault: Fault) -> None:
        """Adds a fault; of several that match a request, the first one strikes."""
        self.faults.add(fault)

    def clear_faults(self) -> None:
        """Removes all faults."""
        self.faults.clear()

    @contextmanager
    def hold(
        self, operation: str | tuple[str, ...] | None = None, *, applied: bool = False, **where: Any
    ) -> Iterator[Gate]:
        """Holds requests until the body ends, before they are carried out or (`applied`) after.

        Args:
            operation: Operation or operations, None for every request.
            applied: Whether requests are carried out before they are held.
            where: Further arguments of `Fault`.
        """
        gate = Gate()
        self.inject(Fault("hold", operation, gate=gate, applied=applied, **where))
        try:
            yield gate
        finally:
            gate.release()

    def expire_tokens(self) -> None:
        """Ends all API tokens issued so far."""
        self.tokens.revoke_all()

    # What happened

    @property
    def requests(self) -> list[RequestRecord]:
        """All requests that have ended, in the order of their arrival."""
        return self.journal.records

    @property
    def counters(self) -> Counters:
        """Totals over the requests."""
        return self.journal.counters

    def clear_requests(self) -> None:
        """Forgets the requests and their totals."""
        self.journal.clear()

    def wait_for(
        self, operation: str, count: int = 1, *, ended: bool = False, timeout: float = 30
    ) -> None:
        """Waits until an operation was asked for `count` times, or (`ended`) that is over.

        Raises:
            TimeoutError: They did not within `timeout` seconds.
        """
        self.journal.wait_for(operation, count, ended=ended, timeout=timeout)

"""Many accounts, several at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from stacks import Outcome

NOT_BEGUN = "not begun"


class Fleet:
    """Brings accounts through one operation.

    Each account is one run of the CLI, a process of its own; a thread here does nothing but wait
    for it.

    Args:
        at_once: How many accounts are under way at a time.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._stopping = threading.Event()

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Begin no further account; those under way go on to their end."""
        self._stopping.set()

    def run(self, accounts: Sequence[str], one: Callable[[str], Outcome]) -> Iterator[Outcome]:
        """The outcome of each account, as they end."""

        def unless_stopping(account: str) -> Outcome:
            return Outcome(account, error=NOT_BEGUN) if self.stopping else one(account)

        with ThreadPoolExecutor(self._at_once) as pool:
            runs = [pool.submit(unless_stopping, account) for account in accounts]
            for run in as_completed(runs):
                yield run.result()

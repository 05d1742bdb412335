"""What a run reads once, for all of its resources and threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from ..errors import GatewayError
from ..failures import LastFailure

T = TypeVar("T")
R = TypeVar("R")


class Shared(Generic[T]):
    """Something of the gateway, read once a run and kept true by own writes; safe for threads.

    Args:
        ask: Reads it from the gateway.
    """

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._reading = threading.Lock()
        self._lock = threading.Lock()
        self._read: tuple[T] | None = None
        self._writes: list[Callable[[T], None]] = []
        self._failure = LastFailure()

    def know(self, value: T) -> None:
        """An own write told all of it, so that it need not be asked for; what was read stays."""
        with self._lock:
            if self._read is None:
                self._read = (value,)

    def look(self, view: Callable[[T], R]) -> R:
        """Look at it, once it was read; nobody changes it meanwhile.

        Raises:
            GatewayError: It cannot be read.
        """
        with self._reading:
            if self._read is None:
                self._failure.raise_if_recent()
                try:
                    self._ask_now()
                except GatewayError as error:
                    self._failure.note(error)
                    raise
        with self._lock:
            assert self._read is not None  # noqa: S101 - it is never forgotten
            return view(self._read[0])

    def glance(self, view: Callable[[T], R], unread: R) -> R:
        """Look at it if it was read, else return `unread`; nothing is asked."""
        with self._lock:
            return view(self._read[0]) if self._read is not None else unread

    def read_again(self) -> None:
        """Ask the gateway anew.

        Raises:
            GatewayError: It cannot be read.
        """
        with self._reading:
            self._ask_now()

    def wrote(self, change: Callable[[T], None]) -> None:
        """An own write was answered: change what is known accordingly."""
        with self._lock:
            self._writes.append(change)
            if self._read is not None:
                change(self._read[0])

    def _ask_now(self) -> None:
        with self._lock:
            before = len(self._writes)
        value = self._ask()
        with self._lock:
            # What was written while the answer was under way is newer than the answer.
            for change in self._writes[before:]:
                change(value)
            self._read = (value,)

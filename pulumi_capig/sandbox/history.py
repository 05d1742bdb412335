"""What the played gateway went through."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Change", "ChangeKind", "History"]

ChangeKind = Literal[
    "pixel",
    "event_filter",
    "domain_filter",
    "event",
    "domain",
    "traffic",
    "account",
    "user",
    "routing",
    "mail",
    "pipeline",
    "source",
    "destination",
]


@dataclass(frozen=True)
class Change:
    """One step that the gateway's state took.

    Args:
        sequence: Position in the history, from 1 on.
        operation: Operation that caused it; `sandbox` for an edit behind the client's back.
        tenant: Account, empty for the host.
        kind: `pixel` for a connection; `event_filter` and `domain_filter` for a stored entry;
            `event` and `domain` for what the filters come to for a connected pixel; `traffic` for
            events that came in; `account`; `user`; `routing` for a first-party domain; `mail` for
            an invitation that would have been sent; `pipeline`, `source`, `destination`.
        key: Pixel id alone, or event name or domain with the pixel id (None: account-wide); for
            `user` and `mail` the e-mail; empty for `account` and `routing`; an id for the last
            three kinds.
        before: Former value, None where there was none.
        after: New value, None where there is none.
    """

    sequence: int
    operation: str
    tenant: str
    kind: ChangeKind
    key: tuple[str | None, ...]
    before: Any
    after: Any


class History:
    """All changes, in order. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = 0
        self._changes: list[Change] = []

    def clear(self) -> None:
        """Forgets all changes."""
        with self._lock:
            self._changes = []
            self._revision += 1

    @property
    def revision(self) -> int:
        """A number that grows with every change."""
        return self._revision

    @property
    def changes(self) -> list[Change]:
        """Everything that changed."""
        with self._lock:
            return list(self._changes)

    def record(
        self,
        operation: str,
        tenant: str,
        kind: ChangeKind,
        key: tuple[str | None, ...],
        before: object,
        after: object,
    ) -> None:
        """Adds a change, if it is one; the arguments as those of `Change`."""
        if before != after:
            with self._lock:
                self._revision += 1
                sequence = len(self._changes) + 1
                self._changes.append(Change(sequence, operation, tenant, kind, key, before, after))

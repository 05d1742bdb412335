"""What a run does with what the program claims by a key that the gateway knows."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K")


@dataclass
class Claim:
    """What the run knows of the program's claim on one key.

    Attributes:
        adopt: Whether what exists may be taken over.
        spared: Whether a delete of this run left it for the claimant.
        failed: Whether the claimant tried and failed.
        whole: Whether a take-over sends all of it, because a part of it cannot be read.
    """

    adopt: bool = False
    spared: bool = False
    failed: bool = False
    whole: bool = False


class Claims(Generic[K]):
    """The claims of one kind of resource; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: dict[K, Claim] = {}

    def on(self, key: K) -> Claim:
        """The claim on a key, the same object for all of the run."""
        with self._lock:
            return self._claims.setdefault(key, Claim())

"""What a run does with what the program claims by a key that the gateway knows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ..errors import RefusedError

K = TypeVar("K")

LEFT = (
    "{} stays for a resource of the program that this run has not reached yet. If it does not "
    "reach it, `CAPIG_ADOPT=true pulumi up` takes it over."
)
"""What to say where a delete spares something, and the claimant did not come before."""


@dataclass
class Claim:
    """What the run knows of the program's claim on one key.

    Attributes:
        adopt: Whether what exists may be taken over.
        came: Whether the claimant was checked. One that needs something that failed does not come,
            nor does one that `--target` leaves out; others come after an early delete.
        freed: Whether a resource that had it before is replaced, and deleted first.
        spared: Whether a delete of this run left it for the claimant.
        failed: Whether the claimant tried and failed.
        whole: Whether a take-over sends all of it, because a part of it cannot be read.
    """

    adopt: bool = False
    came: bool = False
    freed: bool = False
    spared: bool = False
    failed: bool = False
    whole: bool = False
    _trying: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """The claimant's create or update; what deletes what it claims waits for how it ends."""
        with self._trying:
            self.failed = True
            yield
            self.failed = False

    def free(self, other: Claim | None) -> None:
        """Its holder, if it is replaced, is deleted first.

        Args:
            other: What the holder claims then; None if that is not known.
        """
        self.freed = other is not self

    def spare(self, act: str) -> None:
        """Leave to the claimant what a delete is about.

        Args:
            act: What the delete does, in words.

        Raises:
            RefusedError: The claimant failed, so that nobody would hold it.
        """
        with self._trying:
            if self.failed:
                what = f"{act}: kept, because the resource that now declares it failed"
                raise RefusedError(what, "Fix that error, then run `pulumi up` again.")
            self.spared = True


class Claims(Generic[K]):
    """The claims of one kind of resource; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: dict[K, Claim] = {}

    def on(self, key: K) -> Claim:
        """The claim on a key, the same object for all of the run."""
        with self._lock:
            return self._claims.setdefault(key, Claim())

"""What the program declares in one run, and how far the run has come with it.

The engine creates and updates before it deletes, in parallel, and no call knows its resource's
name. So each check *declares* a claim under the key that the gateway knows, a diff that finds
nothing to do or a finished write *applies* it, and whoever lets go of a key asks here first
whether somebody else holds it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple, TypeAlias

from ..errors import GatewayError


class Progress(Enum):
    """How far the run has come with a claim."""

    DECLARED = "declared"
    APPLIED = "applied"
    FAILED = "failed"


@contextmanager
def settling(
    settle: Callable[[Progress], None], done: Sequence[str], going_back: str = ""
) -> Iterator[None]:
    """Settles a claim by how one operation ends, and tells what a failure leaves in force.

    Args:
        settle: Takes the progress.
        done: What the gateway has confirmed by then, in words.
        going_back: How to undo what may have been done, as a sentence.
    """
    progress = Progress.FAILED
    try:
        yield
        progress = Progress.APPLIED
    except GatewayError as error:
        raise error.after(done, going_back) from None
    finally:
        settle(progress)


class PixelKey(NamedTuple):
    """What a connection claims."""

    tenant_id: str
    pixel_id: str


class FilterKey(NamedTuple):
    """What filters of one name share."""

    kind: Literal["event", "domain"]
    tenant_id: str
    name: str


Scope: TypeAlias = "frozenset[str] | None"
"""Pixel ids, or None for the whole account."""


class FilterClaim(NamedTuple):
    """What one filter claims of its key."""

    scope: Scope
    filter_state: str

    def covers(self, pixel_id: str) -> bool:
        """Whether the claim is about a pixel."""
        return self.scope is None or pixel_id in self.scope

    def covers_any(self, pixels: Set[str]) -> bool:
        """Whether the claim is about one of these pixels."""
        return bool(pixels) if self.scope is None else not self.scope.isdisjoint(pixels)


@dataclass
class _Connection:
    progress: Progress = Progress.DECLARED
    adopt: bool = False
    spared: bool = False


class ConnectionClaims:
    """Claims of connections on pixels; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: dict[PixelKey, _Connection] = {}
        # By account, since every unchanged filter asks.
        self._expected: defaultdict[str, set[str]] = defaultdict(set)
        self._anew: defaultdict[str, set[str]] = defaultdict(set)

    def declare(self, key: PixelKey, *, adopt: bool, expected_anew: bool) -> None:
        """The program declares the pixel.

        Args:
            key: Account and pixel.
            adopt: Whether a connected pixel may be taken over.
            expected_anew: Whether this run is expected to connect it.
        """
        with self._lock:
            claim = self._claims.setdefault(key, _Connection())
            claim.adopt = claim.adopt or adopt
            if expected_anew and claim.progress is Progress.DECLARED:
                self._expected[key.tenant_id].add(key.pixel_id)
            else:
                self._expected[key.tenant_id].discard(key.pixel_id)

    def settle(self, key: PixelKey, progress: Progress) -> None:
        """The run applied a claim, or failed to."""
        with self._lock:
            if claim := self._claims.get(key):
                claim.progress = progress
                self._expected[key.tenant_id].discard(key.pixel_id)

    def adopts(self, key: PixelKey) -> bool:
        """Whether a connected pixel may be taken over."""
        with self._lock:
            claim = self._claims.get(key)
            return claim is not None and claim.adopt

    def spare(self, key: PixelKey) -> Progress | None:
        """A delete asks for its pixel: None, or how far another resource's claim on it is.

        If that claim is only declared, its create may take the pixel over.
        """
        with self._lock:
            claim = self._claims.get(key)
            if claim is None:
                return None
            claim.spared = claim.spared or claim.progress is Progress.DECLARED
            return claim.progress

    def was_spared(self, key: PixelKey) -> bool:
        """Whether a delete of this run left the pixel for the claim's create."""
        with self._lock:
            claim = self._claims.get(key)
            return claim is not None and claim.spared

    def connected_anew(self, key: PixelKey) -> None:
        """This run connected the pixel, so filters that cover it have to be sent again."""
        with self._lock:
            self._anew[key.tenant_id].add(key.pixel_id)

    def still_expected(self, tenant_id: str) -> frozenset[str]:
        """Pixels that this run is expected to connect yet."""
        with self._lock:
            return frozenset(self._expected[tenant_id])

    def has_anew(self, tenant_id: str, claim: FilterClaim, *, expected: bool) -> bool:
        """Whether a filter's claim covers a pixel that this run connected.

        Args:
            tenant_id: The account.
            claim: Scope and state.
            expected: Count what this run is expected to connect yet, too.
        """
        with self._lock:
            return claim.covers_any(self._anew[tenant_id]) or (
                expected and claim.covers_any(self._expected[tenant_id])
            )


@dataclass
class _Opened:
    """What a withdrawal opened before it could know all claims."""

    whole_account: bool = False
    pixels: set[str] = field(default_factory=set)


class FilterClaims:
    """Claims of filters on events and domains; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._claims: defaultdict[FilterKey, dict[FilterClaim, Progress]] = defaultdict(dict)
        self._opened: defaultdict[FilterKey, _Opened] = defaultdict(_Opened)
        self._listings: dict[FilterKey, str] = {}
        self._kept: set[tuple[FilterKey, FilterClaim]] = set()
        self._connections: dict[tuple[FilterKey, FilterClaim], str] = {}

    def is_news(self, key: FilterKey, listing: str) -> bool:
        """Whether a program's listing of a key differs from the last one that was seen."""
        with self._lock:
            if self._listings.get(key) == listing:
                return False
            self._listings[key] = listing
            return True

    def declare(self, key: FilterKey, claim: FilterClaim, connections: str | None = None) -> None:
        """The program declares a filter.

        Args:
            key: What is filtered, in which account.
            claim: Scope and state.
            connections: The pixels of it that the program connects, as text; None if unknown.
        """
        with self._lock:
            self._claims[key].setdefault(claim, Progress.DECLARED)
            if connections is not None:
                self._connections[key, claim] = connections

    def connections(self, key: FilterKey, claim: FilterClaim) -> str | None:
        """The pixels of a filter that the program connects, as text; None if unknown."""
        with self._lock:
            return self._connections.get((key, claim))

    def settle(self, key: FilterKey, claim: FilterClaim, progress: Progress) -> None:
        """The run applied a claim, or failed to."""
        with self._lock:
            if claim in self._claims[key]:
                self._claims[key][claim] = progress
            self._kept.discard((key, claim))

    def is_undisturbed(self, key: FilterKey, claim: FilterClaim) -> bool:
        """Apply an unchanged filter's claim, unless the run has opened what it covers."""
        with self._lock:
            if claim not in self._claims[key]:
                return True  # no check came before: a refresh, which tells nothing of the program
            if self._is_opened(key, claim):
                return False
            self._claims[key][claim] = Progress.APPLIED
            self._kept.add((key, claim))
            return True

    def is_opened(self, key: FilterKey, claim: FilterClaim) -> bool:
        """Whether a withdrawal of this run opened a part of what a claim covers."""
        with self._lock:
            return self._is_opened(key, claim)

    def _is_opened(self, key: FilterKey, claim: FilterClaim) -> bool:
        opened = self._opened.get(key)
        if opened is None:
            return False
        return opened.whole_account or claim.covers_any(opened.pixels)

    def open(self, key: FilterKey, scope: Scope) -> None:
        """A withdrawal is about to open a scope: claims declared from now on send themselves."""
        with self._lock:
            if scope is None:
                self._opened[key].whole_account = True
            else:
                self._opened[key].pixels |= scope

    def of_pixel(self, key: FilterKey, pixel_id: str) -> tuple[FilterClaim, Progress] | None:
        """The claim on a pixel: one that names it, else one on the whole account."""
        with self._lock:
            covering = [(c, p) for c, p in self._claims[key].items() if c.covers(pixel_id)]
            return min(covering, key=lambda item: item[0].scope is None, default=None)

    def of_account(self, key: FilterKey) -> tuple[FilterClaim, Progress] | None:
        """The claim on the whole account."""
        with self._lock:
            wide = (item for item in self._claims[key].items() if item[0].scope is None)
            return next(wide, None)

    def named(self, key: FilterKey) -> dict[str, str]:
        """The state that is claimed for each pixel that a claim names."""
        with self._lock:
            return {
                pixel: claim.filter_state
                for claim in self._claims[key]
                for pixel in claim.scope or ()
            }

    def applied_to(self, pixel: PixelKey, *, unsent: bool) -> list[tuple[FilterKey, str]]:
        """Key and state of each applied claim that covers a pixel.

        Args:
            pixel: Account and pixel.
            unsent: Only claims that are applied because nothing had to be sent.
        """
        with self._lock:
            return sorted(set(self._applied(pixel, unsent=unsent)))

    def _applied(self, pixel: PixelKey, *, unsent: bool) -> Iterator[tuple[FilterKey, str]]:
        for key, claims in self._claims.items():
            for claim, progress in claims.items():
                mine = key.tenant_id == pixel.tenant_id and claim.covers(pixel.pixel_id)
                wanted = not unsent or (key, claim) in self._kept
                if mine and wanted and progress is Progress.APPLIED:
                    yield key, claim.filter_state

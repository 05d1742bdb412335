"""The filters of one account: what is wanted beside what is held, and the one rule between them.

Send where what is wanted differs from what is held. Everything here says what to send for one
event or website (a place); nothing here sends.

How a gateway keeps a filter of the whole account is not documented: as one rule, as a copy for
each pixel, a pixel's own entry before the rule or after it. So that it holds in each reading:

- The whole account is two settings: one without pixels, and one that lists the connected pixels.
- The entry of a pixel that is not connected is what a filter that *names* it says, else `PUBLISH`:
  a filter of the whole account is about connected pixels. So no entry outlives its filter.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ..canonical import DROP, PUBLISH
from ..gateway import FilterSetting
from ..picture import PlaceKey

if TYPE_CHECKING:
    from ..picture import Picture, WantedPlace
    from .pixel_list import PixelList

Scope: TypeAlias = "frozenset[str] | None"
"""Pixel ids, or None for the whole account."""


class Wish(NamedTuple):
    """A setting that is to be sent.

    Attributes:
        setting: What to send.
        declared: Whether its pixels are those that a filter names, and not those that the run
            has found connected or lets go: of these, some may be gone by now.
    """

    setting: FilterSetting
    declared: bool = False


@dataclass
class _Held:
    """What own writes of this run have put in force at one place; "" where that is uncertain."""

    wide: str | None = None
    pixels: dict[str, str] = field(default_factory=dict)


class Ledger:
    """What is wanted of an account's filters beside what is held; safe for threads.

    Args:
        tenant_id: The account.
        picture: What the program declares.
        pixels: The pixels that are connected.

    Attributes:
        late: What filters declare that came once the engine had been told of others.
    """

    def __init__(self, tenant_id: str, picture: Picture, pixels: PixelList) -> None:
        self._tenant_id = tenant_id
        self._picture = picture
        self._pixels = pixels
        self._lock = threading.Lock()
        self._held: defaultdict[PlaceKey, _Held] = defaultdict(_Held)
        self._gone: set[str] = set()
        self.late: set[Any] = set()
        self._fresh: set[str] = set()

    # -- what to send --------------------------------------------------------------------------

    def put(
        self, key: PlaceKey, scope: Scope, state: str, leaving: frozenset[str] = frozenset()
    ) -> list[Wish]:
        """Declare a state; pixels that are about to be connected get it from their connection.

        Args:
            key: The place.
            scope: The pixels.
            state: The state.
            leaving: Pixels that the filter named before. If it now covers the whole account, they
                may be gone, and their entry not.
        """
        if scope is None:
            return self._put_account(key, state, leaving)
        return _wishes(key, {p for p in scope if not self.is_expected(p)}, state, declared=True)

    def _put_account(
        self, key: PlaceKey, state: str, leaving: frozenset[str] = frozenset()
    ) -> list[Wish]:
        connected = self._pixels.all()
        named = self._place(key, leaving).named
        groups: dict[str, set[str]] = {state: set(), DROP: set(), PUBLISH: set()}
        for pixel in connected:
            groups[named.get(pixel, state)].add(pixel)
        for pixel in leaving:
            if pixel not in connected and pixel not in named:
                groups[PUBLISH].add(pixel)
        wishes = [Wish(FilterSetting(key.kind, key.name, state))]
        for each, pixels in groups.items():
            wishes += _wishes(key, pixels, each)
        return wishes

    def put_back(self, key: PlaceKey, scope: Scope, state: str) -> list[Wish]:
        """Send what a filter had declared before an update that failed."""
        pixels = set(self._pixels.all()) if scope is None else scope
        whole = [Wish(FilterSetting(key.kind, key.name, state))] if scope is None else []
        return [*whole, *_wishes(key, pixels, state)]

    def let_go(self, key: PlaceKey, pixels: frozenset[str], held: str) -> list[Wish]:
        """Give up pixels: what else is wanted there, else `PUBLISH`.

        Args:
            key: The place.
            pixels: The pixels.
            held: The state that the filter had put in force.
        """
        wanted, now = self._place(key, pixels), self._held_pixels(key)
        groups: dict[str, set[str]] = {DROP: set(), PUBLISH: set()}
        for pixel in pixels:
            state = wanted.named.get(pixel, PUBLISH)
            if pixel in wanted.named:
                if self.is_expected(pixel):
                    continue  # its connection brings it
            elif wanted.wide and self._pixels.get(pixel):
                state = wanted.wide
            if now.get(pixel, held) != state:
                groups[state].add(pixel)
        return [wish for state, group in groups.items() for wish in _wishes(key, group, state)]

    def let_go_account(self, key: PlaceKey, held: str) -> list[Wish]:
        """Give up the whole account: what else is wanted there, else `PUBLISH`.

        Pixels that a filter names keep what it says in each reading of the gateway: they are set
        before the account is opened, where an entry of their own comes first, and after it, where
        the account's setting is a copy for each pixel.
        """
        now, wide = self._held_wide(key) or held, self._place(key).wide
        if wide is not None:
            return self._put_account(key, wide) if wide != now else []
        covered = {*self._pixels.all(), *self._went()} if now != PUBLISH else set()
        named = self._place(key, covered).named
        closed = {p for p, s in named.items() if s == DROP}
        here = _wishes(key, {p for p in closed if not self.is_expected(p)}, DROP)
        if now == PUBLISH:
            return here
        account = Wish(FilterSetting(key.kind, key.name, PUBLISH))
        return [*here, account, *here, *_wishes(key, {*covered, *named} - closed, PUBLISH)]

    def bring(self, pixel: str) -> list[Wish]:
        """All that filters declare for a pixel that comes into the program, if not held already."""
        return [
            wish
            for key, state in self._picture.of_pixel(self._tenant_id, pixel)
            if self._held_pixels(key).get(pixel) != state
            for wish in _wishes(key, {pixel}, state)
        ]

    def clear(self, pixel: str) -> list[Wish]:
        """A pixel is not connected any more: its entries of the whole account's filters go."""
        keys = self._picture.dropped_widely(self._tenant_id, pixel)
        return [wish for key in keys for wish in self.let_go(key, frozenset({pixel}), DROP)]

    # -- what is so ----------------------------------------------------------------------------

    def is_expected(self, pixel: str) -> bool:
        """Whether the program connects a pixel that is not connected yet."""
        if not self._picture.connects(self._tenant_id, pixel):
            return False
        return self._pixels.get(pixel) is None

    def is_disturbed(self, key: PlaceKey, scope: Scope, state: str) -> bool:
        """Whether this run has left a part of a scope without the state that a filter declares.

        A filter that is declared inside ``apply`` comes too late to be asked before.
        """
        with self._lock:
            held = self._held.get(key, _Held())
            if scope is None and held.wide not in (None, state):
                return True
            pixels = {*held.pixels, *self._fresh}
            covered = pixels if scope is None else pixels & scope
            return any(held.pixels.get(pixel) != state for pixel in covered)

    def _place(self, key: PlaceKey, pixels: Iterable[str] = ()) -> WantedPlace:
        return self._picture.place(self._tenant_id, key, pixels)

    def _held_wide(self, key: PlaceKey) -> str | None:
        with self._lock:
            return self._held[key].wide

    def _held_pixels(self, key: PlaceKey) -> dict[str, str]:
        with self._lock:
            return dict(self._held[key].pixels)

    def _went(self) -> set[str]:
        with self._lock:
            return set(self._gone)

    # -- what happens --------------------------------------------------------------------------

    def holds(self, setting: FilterSetting, *, certain: bool) -> None:
        """A setting was sent: it is in force, or may be."""
        state = setting.filter_state if certain else ""
        with self._lock:
            held = self._held[PlaceKey(setting.kind, setting.name)]
            if setting.pixel_ids is not None:
                held.pixels.update(dict.fromkeys(setting.pixel_ids, state))
                return
            held.wide = state
            # Whether the pixels' own entries survive it is not documented.
            held.pixels = {p: s if s == state else "" for p, s in held.pixels.items()}

    def came(self, pixel: str) -> None:
        """A pixel was connected: whatever was set for it may have been forgotten."""
        with self._lock:
            self._gone.discard(pixel)
            self._fresh.add(pixel)
            for held in self._held.values():
                held.pixels.pop(pixel, None)

    def taken_over(self, pixel: str) -> None:
        """A pixel that was connected before came into the program."""
        with self._lock:
            self._fresh.add(pixel)

    def goes(self, pixel: str) -> None:
        """A pixel is about to be disconnected."""
        with self._lock:
            self._gone.add(pixel)
            self._fresh.discard(pixel)


def _wishes(
    key: PlaceKey, pixels: Iterable[str], state: str, *, declared: bool = False
) -> list[Wish]:
    listed = tuple(sorted(pixels))
    return [Wish(FilterSetting(key.kind, key.name, state, listed), declared)] if listed else []

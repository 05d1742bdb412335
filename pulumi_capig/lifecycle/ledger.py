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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
        optional: Whether it does not matter if the gateway refuses it: its pixels are not
            connected, and either no filter that is being declared names them, or their connection
            does not look in this run.
    """

    setting: FilterSetting
    optional: bool = False


class Held(NamedTuple):
    """What an own write of this run has put in force.

    Attributes:
        state: The state; "" where that is uncertain.
        echoed: Whether the gateway answered with what was asked for.
    """

    state: str
    echoed: bool


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
        self._deciding = threading.Lock()
        self._under_way: list[FilterSetting] = []
        self._held: defaultdict[PlaceKey, dict[str | None, Held]] = defaultdict(dict)
        self._kept: defaultdict[PlaceKey, list[Scope]] = defaultdict(list)
        self._gone: set[str] = set()
        self._at_rest: set[str] = set()
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
            return self._put_account(key, state, leaving=leaving)
        pixels = {p for p in scope if not self.is_expected(p)}
        return self._wishes(key, pixels, state, declared=True)

    def _put_account(
        self,
        key: PlaceKey,
        state: str,
        *,
        leaving: frozenset[str] = frozenset(),
        believed: str | None = None,
    ) -> list[Wish]:
        connected = self._pixels.all()
        named = self._place(key, leaving).named
        groups: dict[str, set[str]] = {state: set(), DROP: set(), PUBLISH: set()}
        for pixel in connected:
            groups[named.get(pixel, state)].add(pixel)
        left = leaving | self._went()
        groups[PUBLISH] |= {p for p in left if p not in connected and p not in named}
        wishes = self._account_wish(key, state, believed)
        for each, pixels in groups.items():
            wishes += self._wishes(key, pixels, each, believed=believed)
        return wishes

    def put_back(self, key: PlaceKey, scope: Scope, state: str) -> list[Wish]:
        """Send what a filter had declared before its update or delete failed."""
        if scope is not None:
            return self._wishes(key, scope, state)
        return [*self._account_wish(key, state), *self._wishes(key, self._pixels.all(), state)]

    def give_back(self, key: PlaceKey, scope: Scope) -> list[Wish]:
        """Take the entries of pixels that the run has disconnected out of a filter that is kept."""
        went = frozenset(self._pixels.disconnected) if scope is None else frozenset()
        named = self._place(key, went).named if went else {}
        return self._wishes(key, [p for p in went if p not in named], PUBLISH)

    def let_go(self, key: PlaceKey, pixels: frozenset[str], believed: str) -> list[Wish]:
        """Give up pixels: what else is wanted there, else `PUBLISH`.

        Args:
            key: The place.
            pixels: The pixels.
            believed: The state that the filter had put in force; "" if that is not to be trusted.
        """
        wanted = self._place(key, pixels)
        groups: dict[str, set[str]] = {DROP: set(), PUBLISH: set()}
        for pixel in pixels:
            if pixel in wanted.named:
                if not self.is_expected(pixel):  # else its connection brings it
                    groups[wanted.named[pixel]].add(pixel)
            elif wanted.wide and self._pixels.get(pixel):
                groups[wanted.wide].add(pixel)
            else:
                groups[PUBLISH].add(pixel)
        return [
            wish
            for state, group in groups.items()
            for wish in self._wishes(key, group, state, believed=believed)
        ]

    def let_go_account(self, key: PlaceKey, believed: str) -> list[Wish]:
        """Give up the whole account: what else is wanted there, else `PUBLISH`.

        Pixels that a filter names keep what it says in each reading of the gateway: they are set
        before the account is opened, where an entry of their own comes first, and after it, where
        the account's setting is a copy for each pixel.
        """
        wide = self._place(key).wide
        if wide is not None:
            return self._put_account(key, wide, believed=believed)
        covered = {*self._pixels.all(), *self._went()}
        named = self._place(key, covered).named
        closed = {p for p, state in named.items() if state == DROP}
        here = {p for p in closed if not self.is_expected(p)}
        opened = {*covered, *named} - closed
        before = self._wishes(key, here, DROP)
        account = self._account_wish(key, PUBLISH, believed)
        after = self._wishes(key, here, DROP, anew=True) if account else []
        return [*before, *account, *after, *self._wishes(key, opened, PUBLISH, believed=believed)]

    def bring(self, pixel: str, *, anew: bool = False) -> list[Wish]:
        """All that filters declare for a pixel that comes into the program, if not held already.

        Args:
            pixel: The pixel.
            anew: Whether what is held already is wanted too.
        """
        wanted = dict(self._picture.of_pixel(self._tenant_id, pixel))
        with self._lock:
            kept = list(self._kept)
        for key in kept:
            if state := self._place(key, {pixel}).of(pixel):
                wanted[key] = state
        return [
            wish
            for key, state in sorted(wanted.items())
            for wish in self._wishes(key, {pixel}, state, declared=True, anew=anew)
        ]

    def clear(self, pixel: str) -> list[Wish]:
        """A pixel is not connected any more: its entries of the whole account's filters go."""
        keys = set(self._picture.dropped_widely(self._tenant_id, pixel))
        with self._lock:
            keys |= {key for key, scopes in self._kept.items() if None in scopes}
        return [wish for key in sorted(keys) for wish in self.let_go(key, frozenset({pixel}), DROP)]

    def _account_wish(self, key: PlaceKey, state: str, believed: str | None = None) -> list[Wish]:
        if self._state_of(key, None, believed) == state:
            return []
        return [Wish(FilterSetting(key.kind, key.name, state))]

    def _wishes(
        self,
        key: PlaceKey,
        pixels: Iterable[str],
        state: str,
        *,
        believed: str | None = None,
        declared: bool = False,
        anew: bool = False,
    ) -> list[Wish]:
        """Settings of those pixels that do not hold a state yet.

        Those that the gateway may not know are apart from the others.

        Args:
            key: The place.
            pixels: The pixels.
            state: The state.
            believed: What holds where this run has written nothing.
            declared: Whether the filter that is being declared names them.
            anew: Whether those that hold it are set as well.
        """
        left = {p for p in pixels if anew or self._state_of(key, p, believed) != state}
        away = {pixel for pixel in left if self._is_away(pixel)}
        optional = away & self._at_rest if declared else away
        return [
            Wish(FilterSetting(key.kind, key.name, state, tuple(sorted(group))), group is optional)
            for group in (left - away, away - optional, optional)
            if group
        ]

    @contextmanager
    def deciding(self) -> Iterator[list[FilterSetting]]:
        """Decide what goes into the next request; the list is for what does."""
        with self._deciding:
            self._under_way = []
            yield self._under_way

    # -- what is so ----------------------------------------------------------------------------

    def is_expected(self, pixel: str) -> bool:
        """Whether the program connects a pixel that is not connected yet."""
        if pixel in self._at_rest or not self._picture.connects(self._tenant_id, pixel):
            return False
        # The list takes a while, in which the engine goes on.
        return self._pixels.get(pixel) is None and pixel not in self._at_rest

    def _is_away(self, pixel: str) -> bool:
        """Whether a pixel is not connected, as far as the run has seen."""
        with self._lock:
            return pixel in self._gone or self._pixels.is_missing(pixel)

    def is_disturbed(self, key: PlaceKey, scope: Scope, state: str) -> bool:
        """Whether this run has left, or is leaving, a part of a scope without a filter's state.

        A filter that is declared inside ``apply`` comes too late to be asked before.
        """
        with self._deciding:
            if any(_opposes(setting, key, scope, state) for setting in self._under_way):
                return True
            return self.is_left(key, scope, state)

    def is_left(self, key: PlaceKey, scope: Scope, state: str) -> bool:
        """Whether this run has left a part of a scope without the state that a filter declares."""
        with self._lock:
            held = self._held.get(key, {})
            if scope is None and None in held and held[None].state != state:
                return True
            pixels = {pixel for pixel in held if pixel is not None} | self._fresh
            covered = pixels if scope is None else pixels & scope
            return any(pixel not in held or held[pixel].state != state for pixel in covered)

    def _place(self, key: PlaceKey, pixels: Iterable[str] = ()) -> WantedPlace:
        """What the program wants, and what filters keep whose update or delete has failed."""
        place = self._picture.place(self._tenant_id, key, pixels)
        with self._lock:
            for scope in self._kept.get(key, ()):
                if scope is None:
                    place.add(frozenset(place.named), DROP)
                place.add(scope, DROP)
        return place

    def is_echoed(self, key: PlaceKey, scope: Scope, state: str) -> bool | None:
        """Whether the gateway has answered with all that this run has put in force of a filter.

        None where it has put nothing of it in force.
        """
        with self._lock:
            found = [
                held.echoed
                for pixel, held in self._held.get(key, {}).items()
                if held.state == state and (scope is None or pixel in scope)
            ]
        return all(found) if found else None

    def _state_of(self, key: PlaceKey, pixel: str | None, believed: str | None) -> str | None:
        with self._lock:
            held = self._held[key].get(pixel)
        return believed if held is None else held.state

    def _went(self) -> frozenset[str]:
        """Pixels that this run has disconnected, or is about to."""
        with self._lock:
            return frozenset(self._gone)

    # -- what happens --------------------------------------------------------------------------

    def holds(self, setting: FilterSetting, *, certain: bool, echoed: bool = False) -> None:
        """A setting was sent: it is in force, or may be."""
        now = Held(setting.filter_state if certain else "", echoed)
        with self._lock:
            held = self._held[PlaceKey(setting.kind, setting.name)]
            if setting.pixel_ids is None:
                for pixel, before in held.items():
                    if before.state != now.state:
                        # Whether the pixels' own entries survive it is not documented.
                        held[pixel] = Held("", echoed=False)
            held.update(dict.fromkeys(setting.pixel_ids or (None,), now))

    def keep(self, keys: Iterable[PlaceKey], scope: Scope, state: str) -> None:
        """A filter goes on with its old state, since its update or delete failed."""
        if state == DROP:
            with self._lock:
                for key in keys:
                    self._kept[key].append(scope)

    def came(self, pixel: str) -> None:
        """A pixel was set up: whatever was set for it before may have been forgotten."""
        with self._lock:
            self._gone.discard(pixel)
            self._fresh.add(pixel)
            for held in self._held.values():
                held.pop(pixel, None)

    def taken_over(self, pixel: str) -> None:
        """A pixel that was connected before came into the program."""
        with self._lock:
            self._fresh.add(pixel)

    def rests(self, pixel: str) -> None:
        """A pixel's connection sends nothing, and so brings nothing, even if the pixel is gone."""
        with self._lock:
            self._at_rest.add(pixel)

    def goes(self, pixel: str) -> None:
        """A pixel is about to be disconnected."""
        with self._lock:
            self._gone.add(pixel)
            self._fresh.discard(pixel)

    def stays(self, pixel: str) -> None:
        """Disconnecting a pixel failed, for all that is known."""
        with self._lock:
            self._gone.discard(pixel)


def _opposes(setting: FilterSetting, key: PlaceKey, scope: Scope, state: str) -> bool:
    """Whether a setting says something else of a part of a scope."""
    if (setting.kind, setting.name) != key or setting.filter_state == state:
        return False
    pixels = setting.pixel_ids
    return pixels is None or scope is None or not scope.isdisjoint(pixels)

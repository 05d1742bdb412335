"""Sends the filters of one account: one request at a time, and in it all that waits by then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .. import canonical
from ..errors import (
    ConflictError,
    GatewayError,
    InvalidInputError,
    NotFoundError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
)
from ..gateway import FilterSetting
from ..picture import PlaceKey
from .ledger import Ledger, Wish

if TYPE_CHECKING:
    from ..gateway import Client, Filter
    from .pixel_list import PixelList
    from .traffic import Traffic

Plan = Callable[[], "list[Wish]"]
"""Says what to send, as things stand when its turn comes."""

GATHER = 0.1
"""Seconds, at most, for which a request waits for calls that are likely to come.

The engine writes its state between two calls, which takes some 20 ms with 200 resources. 200
filters took 53 requests and 5 s with this, 141 and 8 s with 0.02, 183 and 12 s without; 0.2 was no
better.
Only where all calls of the engine wait is it sure that no other comes (`Traffic.is_full`).
"""

_REFUSED = (NotFoundError, InvalidInputError, ConflictError)
_UNCERTAIN = (OutcomeUnknownError, UnexpectedAnswerError)


@dataclass(frozen=True)
class Sent:
    """What became of a setting.

    Attributes:
        wish: What was asked for.
        error: Why it failed; None if it is in force.
    """

    wish: Wish
    error: GatewayError | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the gateway does not want it, which may be for a pixel that is gone."""
        return isinstance(self.error, _REFUSED) and self.wish.setting.pixel_ids is not None

    @property
    def may_hold(self) -> bool:
        """Whether the setting is in force, or may be."""
        return self.error is None or isinstance(self.error, _UNCERTAIN)


@dataclass
class _Item:
    """One caller's settings, which stay together and in their order."""

    plan: Plan
    wishes: list[Wish] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    failure: BaseException | None = None
    done: bool = False


class FilterWrites:
    """Sends filters of one account; safe for threads.

    Args:
        ledger: Learns what is in force.
        pixels: The pixels that are connected.
        client: Opens the client when it is first needed.
        unverified: Called with a setting that the gateway took without saying what it is now.
        traffic: The engine's calls under way.
    """

    def __init__(
        self,
        ledger: Ledger,
        pixels: PixelList,
        client: Callable[[], Client],
        unverified: Callable[[FilterSetting], None],
        traffic: Traffic,
    ) -> None:
        self._ledger = ledger
        self._pixels = pixels
        self._client = client
        self._unverified = unverified
        self._traffic = traffic
        self._changed = traffic.changed
        self._waiting: list[_Item] = []
        self._busy = False
        self._expected = 0

    def carry_out(self, plan: Plan) -> list[Sent]:
        """Send what a plan says, and say what became of each setting that matters.

        A gateway may refuse filters of pixels that it does not know. Then the list is read again,
        and the plan is made anew of what is connected now, as long as that makes a difference.

        Args:
            plan: Called when nothing else of the account is under way.

        Raises:
            GatewayError: The plan needed the list of pixels, and it cannot be read. Nothing was
                refused before.
        """
        done: dict[FilterSetting, Sent] = {}
        failed: list[Sent] = []
        refused: set[FilterSetting] = set()
        while True:
            try:
                sent = self._submit(plan)
            except GatewayError:
                if not failed:
                    raise
                break  # the refusals say more
            found = [s for s in sent if not (s.wish.optional and s.is_refused)]
            done.update((s.wish.setting, s) for s in found if s.error is None)
            failed = [s for s in found if s.error is not None]
            news = {s.wish.setting for s in failed if s.is_refused} - refused
            if not (news and self._reads_list_again()):
                break
            refused |= news
        return [*done.values(), *failed]

    def _reads_list_again(self) -> bool:
        try:
            self._pixels.read_again()
        except GatewayError:
            return False
        return True

    # -- taking turns --------------------------------------------------------------------------

    def _submit(self, plan: Plan) -> list[Sent]:
        item = _Item(plan)
        with self._traffic.parked():
            with self._changed:
                self._waiting.append(item)
                self._changed.notify_all()
                self._changed.wait_for(lambda: item.done or not self._busy)
                if not item.done:
                    self._busy = True
                    items = self._gather()
            if not item.done:
                self._send_all(items)
        if item.failure is not None:
            raise item.failure
        return item.sent

    def _gather(self) -> list[_Item]:
        """What goes into the next request: as many calls as there were at the end of the last one.

        Those that it ended are likely to come again, unless all wait in other accounts.
        """
        until = time.monotonic() + GATHER
        while len(self._waiting) < self._expected and not self._traffic.is_full():
            left = until - time.monotonic()
            if left <= 0 or not self._changed.wait(left):
                break
        items, self._waiting = self._waiting, []
        return items

    def _send_all(self, items: list[_Item]) -> None:
        try:
            self._send(items)
        except BaseException as error:
            for item in items:
                item.failure = item.failure or error
        finally:
            with self._changed:
                for item in items:
                    item.done = True
                self._busy = False
                self._expected = len(items) + len(self._waiting)
                self._changed.notify_all()

    # -- sending -------------------------------------------------------------------------------

    def _send(self, items: list[_Item]) -> None:
        with self._ledger.deciding() as under_way:
            for item in items:
                try:
                    item.wishes = item.plan()
                except GatewayError as error:
                    item.failure = error
                under_way += [wish.setting for wish in item.wishes]
        groups = _merged([(item, wish) for item in items for wish in item.wishes])
        alone = []
        for group, failed in zip(groups, self._request([g.setting for g in groups]), strict=True):
            if isinstance(failed, _REFUSED) and len(group.parts) > 1:
                alone += group.parts
                continue
            for item, wish in group.parts:
                item.sent.append(Sent(wish, failed))
        errors = self._request([wish.setting for _, wish in alone])
        for (item, wish), failed in zip(alone, errors, strict=True):
            item.sent.append(Sent(wish, failed))

    def _request(self, settings: list[FilterSetting]) -> list[GatewayError | None]:
        """The error of each setting."""
        if not settings:
            return []
        from ..gateway import filters

        results = filters.set_filters(self._client(), self._pixels.tenant_id, settings)
        return [self._judged(s, result) for s, result in zip(settings, results, strict=True)]

    def _judged(self, setting: FilterSetting, result: Filter | GatewayError) -> GatewayError | None:
        error = result if isinstance(result, GatewayError) else self._otherwise(setting, result)
        if isinstance(error, _UNCERTAIN):
            self._ledger.holds(setting, certain=False)
        elif error is None and not isinstance(result, GatewayError):
            self._ledger.holds(setting, certain=True, echoed=_is_echoed(setting, result))
            if not result.model_fields_set:
                self._unverified(setting)
        return error

    def _otherwise(self, setting: FilterSetting, echo: Filter) -> GatewayError | None:
        """The error of an answer about something other than what was asked."""
        name, state = _name_of(setting, echo), echo.filter_state
        # The one state of several pixels, none of them named, may be that of the whole account.
        vague = len(setting.pixel_ids or ()) > 1 and echo.pixel_id is None
        if name and name != setting.name:
            reason = f"the gateway answered with {setting.kind} {name}"
        elif state in ("PUBLISH", "DROP") and state != setting.filter_state and not vague:
            reason = f"the gateway answered {state}"
        else:
            return None
        return UnexpectedAnswerError(
            reason,
            operation=setting.words,
            tenant_id=self._pixels.tenant_id,
            advice="Look at the filter in the gateway's page, then run the command again.",
        )


@dataclass
class _Group:
    setting: FilterSetting
    parts: list[tuple[_Item, Wish]]

    def takes(self, wish: Wish) -> bool:
        """Whether a wish of the same name can go in the same setting."""
        one, other = self.setting, wish.setting
        return (
            one.filter_state == other.filter_state
            and None not in (one.pixel_ids, other.pixel_ids)
            and self.parts[0][1].optional == wish.optional
        )

    def take(self, item: _Item, wish: Wish) -> None:
        """Add the pixels of a wish."""
        pixels = {*(self.setting.pixel_ids or ()), *(wish.setting.pixel_ids or ())}
        self.setting = replace(self.setting, pixel_ids=tuple(sorted(pixels)))
        self.parts.append((item, wish))


def _merged(parts: Iterable[tuple[_Item, Wish]]) -> list[_Group]:
    """Settings of one name and state that follow each other, as one with a list of pixels."""
    groups: list[_Group] = []
    last: dict[PlaceKey, _Group] = {}
    for item, wish in parts:
        key = PlaceKey(wish.setting.kind, wish.setting.name)
        before = last.get(key)
        if before is not None and before.takes(wish):
            before.take(item, wish)
            continue
        last[key] = _Group(wish.setting, [(item, wish)])
        groups.append(last[key])
    return groups


def _name_of(setting: FilterSetting, echo: Filter) -> str | None:
    """What an answer says it is about; a website in whichever spelling."""
    if setting.kind == "event" or not echo.domain:
        return echo.event_name if setting.kind == "event" else echo.domain
    try:
        return canonical.domain(echo.domain)
    except ValueError:
        return echo.domain


def _is_echoed(setting: FilterSetting, echo: Filter) -> bool:
    """Whether name, scope and state came back as asked."""
    if setting.pixel_ids is None:
        scope_echoed = echo.pixel_id is None and "pixel_id" in echo.model_fields_set
    else:
        scope_echoed = echo.pixel_id in setting.pixel_ids
    same = _name_of(setting, echo) == setting.name and echo.filter_state == setting.filter_state
    return scope_echoed and same

"""Sends the filters of one account: one request at a time, and in it all that waits by then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .. import canonical
from ..errors import (
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

Plan = Callable[[], "list[Wish]"]
"""Says what to send, as things stand when its turn comes."""

GATHER = 0.02
"""Seconds for which a request waits for calls that are under way, where several came before."""

_REFUSED = (NotFoundError, InvalidInputError)
_UNCERTAIN = (OutcomeUnknownError, UnexpectedAnswerError)

ECHOED = "echoed"
ACCEPTED = "accepted"


@dataclass(frozen=True)
class Sent:
    """What became of a setting.

    Attributes:
        wish: What was asked for.
        error: Why it failed; None if it is in force.
        verification: `ECHOED` if name, scope and state came back as asked, else `ACCEPTED`.
    """

    wish: Wish
    error: GatewayError | None = None
    verification: str = ACCEPTED

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
    """

    def __init__(
        self,
        ledger: Ledger,
        pixels: PixelList,
        client: Callable[[], Client],
        unverified: Callable[[FilterSetting], None],
    ) -> None:
        self._ledger = ledger
        self._pixels = pixels
        self._client = client
        self._unverified = unverified
        self._changed = threading.Condition()
        self._waiting: list[_Item] = []
        self._busy = False
        self._came_together = 1

    def carry_out(self, plan: Plan) -> list[Sent]:
        """Send what a plan says, and say what became of each setting.

        A gateway may refuse filters of pixels that it does not know: the list is read again then,
        and what is left of the setting is sent once more.

        Args:
            plan: Called when nothing else of the account is under way.

        Raises:
            GatewayError: The plan needed the list of pixels, and it cannot be read.
        """
        outcome = self._submit(plan)
        for _ in range(2):
            refused = [
                s for s in outcome if isinstance(s.error, _REFUSED) and s.wish.setting.pixel_ids
            ]
            if not refused:
                break
            try:
                self._pixels.read_again()
            except GatewayError:
                break  # the refusals say more
            again = self._submit(lambda refused=refused: self._left_of(refused))  # type: ignore[misc]
            outcome = [s for s in outcome if s not in refused] + again
        return outcome

    def try_once(self, plan: Plan) -> list[Sent]:
        """Send what a plan says where it does not matter if the gateway refuses it."""
        return [s for s in self._submit(plan) if not isinstance(s.error, _REFUSED)]

    def _left_of(self, refused: Sequence[Sent]) -> list[Wish]:
        """Refused settings without the pixels that are gone, or that are connected later."""
        connected = self._pixels.all().keys()
        left = []
        for wish in (sent.wish for sent in refused):
            pixels = wish.setting.pixel_ids or ()
            if wish.declared:
                kept = tuple(p for p in pixels if not self._ledger.is_expected(p))
            else:
                kept = tuple(p for p in pixels if p in connected)
            if kept:
                setting = wish.setting
                setting = FilterSetting(setting.kind, setting.name, setting.filter_state, kept)
                left.append(Wish(setting, wish.declared))
        return left

    # -- taking turns --------------------------------------------------------------------------

    def _submit(self, plan: Plan) -> list[Sent]:
        item = _Item(plan)
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
        """What goes into the next request: calls that have just ended are likely to come again."""
        until = time.monotonic() + GATHER
        while len(self._waiting) < self._came_together:
            left = until - time.monotonic()
            if left <= 0 or not self._changed.wait(left):
                break
        items, self._waiting = self._waiting, []
        self._came_together = len(items)
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
                self._changed.notify_all()

    # -- sending -------------------------------------------------------------------------------

    def _send(self, items: list[_Item]) -> None:
        for item in items:
            try:
                item.wishes = item.plan()
            except GatewayError as error:
                item.failure = error
        groups = _merged([(item, wish) for item in items for wish in item.wishes])
        alone = []
        for group, sent in zip(groups, self._request([g.setting for g in groups]), strict=True):
            if isinstance(sent[1], _REFUSED) and len(group.parts) > 1:
                alone += group.parts
                continue
            for item, wish in group.parts:
                item.sent.append(Sent(wish, sent[1], sent[0]))
        for (item, wish), sent in zip(
            alone, self._request([w.setting for _, w in alone]), strict=True
        ):
            item.sent.append(Sent(wish, sent[1], sent[0]))

    def _request(self, settings: list[FilterSetting]) -> list[tuple[str, GatewayError | None]]:
        """Verification and error of each setting."""
        if not settings:
            return []
        from ..gateway import filters

        results = filters.set_filters(self._client(), self._pixels.tenant_id, settings)
        return [self._judged(s, result) for s, result in zip(settings, results, strict=True)]

    def _judged(
        self, setting: FilterSetting, result: Filter | GatewayError
    ) -> tuple[str, GatewayError | None]:
        error = result if isinstance(result, GatewayError) else self._otherwise(setting, result)
        if error is None or isinstance(error, _UNCERTAIN):
            self._ledger.holds(setting, certain=error is None)
        if error is not None or isinstance(result, GatewayError):
            return ACCEPTED, error
        if not result.model_fields_set:
            self._unverified(setting)
        return _verification(setting, result), None

    def _otherwise(self, setting: FilterSetting, echo: Filter) -> GatewayError | None:
        """The error of an answer that speaks of something else than was asked."""
        name, state = _name_of(setting, echo), echo.filter_state
        if name and name != setting.name:
            reason = f"the gateway answered with {setting.kind} {name}"
        elif state in ("PUBLISH", "DROP") and state != setting.filter_state:
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


def _merged(parts: Iterable[tuple[_Item, Wish]]) -> list[_Group]:
    """Settings of one name and state that follow each other, as one with a list of pixels."""
    groups: list[_Group] = []
    last: dict[PlaceKey, _Group] = {}
    for item, wish in parts:
        setting = wish.setting
        key = PlaceKey(setting.kind, setting.name)
        before = last.get(key)
        if before is not None and before.setting.filter_state == setting.filter_state:
            one, other = before.setting.pixel_ids, setting.pixel_ids
            if one is not None and other is not None:
                together = tuple(sorted({*one, *other}))
                before.setting = FilterSetting(*key, setting.filter_state, together)
                before.parts.append((item, wish))
                continue
        last[key] = _Group(setting, [(item, wish)])
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


def _verification(setting: FilterSetting, echo: Filter) -> str:
    name = _name_of(setting, echo)
    if setting.pixel_ids is None:
        scope_echoed = echo.pixel_id is None and "pixel_id" in echo.model_fields_set
    else:
        scope_echoed = echo.pixel_id in setting.pixel_ids
    whole = scope_echoed and name == setting.name and echo.filter_state == setting.filter_state
    return ECHOED if whole else ACCEPTED


def weakest(sent: Iterable[Sent]) -> str:
    """The verification of several settings together; nothing sent is nothing verified."""
    found = [s.verification for s in sent]
    return ECHOED if found and all(v == ECHOED for v in found) else ACCEPTED

"""Writes a filter so that it holds however the gateway keeps filters of the whole account."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from .. import canonical
from ..errors import GatewayError, InvalidInputError, NotFoundError, UnexpectedAnswerError
from .claims import FilterClaim, FilterKey, PixelKey, Progress

if TYPE_CHECKING:
    from ..gateway import Filter
    from .account import AccountView
    from .run import Run

ECHOED = "echoed"
ACCEPTED = "accepted"


class FilterWriter:
    """Writes filters of one key; its account's `filter_writes` is held meanwhile.

    Attributes:
        done: What the gateway has confirmed, in words.
    """

    def __init__(self, run: Run, key: FilterKey) -> None:
        self._run = run
        self._key = key
        self.done: list[str] = []

    def put(self, claim: FilterClaim, before: Collection[str] = ()) -> str:
        """Set a claim's state; how well the gateway confirmed it.

        Account-wide is two calls, one for the account and one that lists its connected pixels, so
        that it holds however the gateway keeps it.

        Args:
            claim: Scope and state.
            before: Pixels that it was sent for before, where it now covers the whole account: they
                may be gone, and an entry of theirs may not be.
        """
        if claim.scope is not None:
            return self._set(sorted(claim.scope), claim.filter_state)
        verification = self._set(None, claim.filter_state)
        others = self._run.filters.named(self._key)
        pixels = {
            pixel
            for pixel in {*self._account().pixels(), *before}
            if others.get(pixel, claim.filter_state) == claim.filter_state
        }
        return _weaker(verification, self._set_connected(pixels, claim.filter_state))

    def put_pixels(self, pixels: Collection[str], state: str) -> None:
        """Set a claim's state for some of its pixels; others may be claimed by their name."""
        named = self._run.filters.named(self._key)
        self._set_connected({p for p in pixels if named.get(p, state) == state}, state)

    def withdraw_pixels(self, pixels: Collection[str], old_state: str) -> None:
        """Let go of pixels."""
        groups: dict[str, set[str]] = {canonical.DROP: set(), canonical.PUBLISH: set()}
        unclaimed = set()
        for pixel in pixels:
            found = self._run.filters.of_pixel(self._key, pixel)
            if found is None:
                unclaimed.add(pixel)
                groups[canonical.PUBLISH].add(pixel)
                continue
            claim, progress = found
            holds = claim.scope is not None or claim.filter_state == old_state
            if not (progress is Progress.APPLIED and holds):
                groups[claim.filter_state].add(pixel)
        if unclaimed:
            self._run.filters.open(self._key, frozenset(unclaimed))
        for state, group in groups.items():
            self._set_connected(group, state)

    def withdraw_account(self, narrowed: FilterClaim | None, sent_for: Collection[str]) -> str:
        """Let go of the whole account.

        The same two calls as to set it, in which pixels that a filter names get their own state.

        Args:
            narrowed: What its filter now claims instead.
            sent_for: Pixels that it was once sent for. They may be gone, and an entry of theirs
                may not be.
        """
        wide = self._run.filters.of_account(self._key)
        if wide is not None:
            verification = ECHOED
            if wide[1] is not Progress.APPLIED:
                verification = self.put(wide[0])
            return self.put(narrowed) if narrowed else verification
        self._run.filters.open(self._key, None)
        named = self._run.filters.named(self._key)
        if narrowed:
            named.update(dict.fromkeys(narrowed.scope or (), narrowed.filter_state))
        self._set(None, canonical.PUBLISH)
        verification = ECHOED
        closed = {pixel for pixel, state in named.items() if state == canonical.DROP}
        opened = {*self._account().pixels(), *sent_for, *named} - closed
        for pixels, state in ((closed, canonical.DROP), (opened, canonical.PUBLISH)):
            said = self._set_connected(pixels, state)
            if narrowed and narrowed.filter_state == state:
                verification = _weaker(verification, said)
        return verification

    def _set_connected(self, pixels: Collection[str], state: str) -> str:
        """Set the state of pixels of which some may be gone by now; those need nothing."""
        if not pixels:
            return ECHOED
        try:
            return self._set(sorted(pixels), state)
        except (NotFoundError, InvalidInputError):
            left = set(pixels) & set(self._account().read_again().pixels())
            if left == set(pixels):
                raise
        return self._set(sorted(left), state) if left else ECHOED

    def _set(self, pixels: list[str] | None, state: str) -> str:
        key = self._key
        where = "the whole account" if pixels is None else f"{len(pixels)} pixel(s)"
        operation = f"set {key.kind} {key.name} to {state} for {where}"
        echo = self._send(pixels, state)
        if echo.filter_state in (canonical.PUBLISH, canonical.DROP) and echo.filter_state != state:
            reason = f"the gateway answered {echo.filter_state}"
            raise UnexpectedAnswerError(
                reason,
                operation=operation,
                tenant_id=key.tenant_id,
                advice="Look at the filter in the gateway's page, then run the command again.",
            )
        if not echo.model_fields_set:
            text = (
                f"account {key.tenant_id}: the gateway took {key.kind} {key.name} without saying "
                "what it is now. Look at it in the gateway's page; a new `reassert` sends it again."
            )
            self._run.warn(text, "unconfirmed", *key)
        self.done.append(operation)
        return _verification(key, pixels, state, echo)

    def _send(self, pixels: list[str] | None, state: str) -> Filter:
        from ..gateway import FilterSetting, filters

        key = self._key
        scope = None if pixels is None else tuple(pixels)
        setting = FilterSetting(key.kind, key.name, state, scope)
        (answer,) = filters.set_filters(self._run.gateway(), key.tenant_id, [setting])
        if isinstance(answer, GatewayError):
            raise answer
        return answer

    def _account(self) -> AccountView:
        return self._run.account(self._key.tenant_id)


def send_again(run: Run, key: PixelKey, *, was_connected: bool = False) -> None:
    """A pixel came into the program: send what applied filters claim of it.

    Filters whose turn is still to come see the mark and send themselves. A pixel that was
    connected before got what this run has sent; it may lack what an earlier one has.
    """
    with run.account(key.tenant_id).filter_writes:
        run.connections.connected_anew(key)
        for filter_key, state in run.filters.applied_to(key, unsent=was_connected):
            FilterWriter(run, filter_key).put(FilterClaim(frozenset({key.pixel_id}), state))


def _verification(key: FilterKey, pixels: list[str] | None, state: str, echo: Filter) -> str:
    name = echo.event_name if key.kind == "event" else echo.domain
    if pixels is None:
        scope_echoed = echo.pixel_id is None and "pixel_id" in echo.model_fields_set
    else:
        scope_echoed = echo.pixel_id in pixels
    whole = scope_echoed and name == key.name and echo.filter_state == state
    return ECHOED if whole else ACCEPTED


def _weaker(one: str, other: str) -> str:
    return ECHOED if one == other == ECHOED else ACCEPTED

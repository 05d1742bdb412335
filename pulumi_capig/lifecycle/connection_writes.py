"""The requests about one pixel that make, change and end its connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import (
    CapigError,
    ConflictError,
    GatewayError,
    InvalidInputError,
    NotFoundError,
    OutcomeUnknownError,
    RefusedError,
    UnexpectedAnswerError,
)
from ..gateway.pixel import Pixel
from .connection_rules import SWITCHES, PixelKey, declared_switches, is_managed, switched

if TYPE_CHECKING:
    from ..gateway import Client
    from .ledger import Wish
    from .run import Run
    from .values import Props


_NOT_TAKEN_OVER = (
    "To go back to the program before, run it with `CAPIG_REASSERT` set to a new value, and change "
    "each `reassert`: it is not documented whether a pixel that is set up again keeps its filters."
)


class ConnectionWrites:
    """What one engine call sends about one pixel.

    Args:
        run: The run.
        key: Account and pixel.
        going_back: How to undo what may have been done, as a sentence.

    Attributes:
        done: What the gateway has confirmed, in words.
        going_back: How to undo what may have been done.
    """

    def __init__(self, run: Run, key: PixelKey, going_back: str = "") -> None:
        self._run = run
        self._key = key
        self.going_back = going_back
        self._account = run.account(key.tenant_id)
        self.done: list[str] = []

    # -- connecting ----------------------------------------------------------------------------

    def connect(self, inputs: Props) -> Pixel:
        """Connect a pixel that is not connected, and bring its filters; undone if that fails."""
        tenant_id, pixel_id = self._key
        if not is_managed(inputs):
            what = f"take over pixel {pixel_id} (account {tenant_id}): it is not connected"
            advice = "To connect it, declare business_id, access_token and external_id."
            raise RefusedError(what, advice)
        pixel = self._set_up_once(inputs)
        try:
            self._bring(anew=True)
            return self.switch(declared_switches(inputs, default=True), pixel)
        except CapigError as error:
            raise self._undone(pixel, error) from error

    def take_over(self, inputs: Props, before: Pixel) -> Pixel:
        """Change a connected pixel to what is declared, its filters included."""
        set_up = is_managed(inputs)
        if set_up:
            self.going_back = _NOT_TAKEN_OVER
        return self.settle(inputs, before, set_up=set_up, bring=True)

    def settle(
        self,
        inputs: Props,
        before: Pixel,
        *,
        set_up: bool,
        stored: Pixel | None = None,
        bring: bool = False,
    ) -> Pixel:
        """Change a connected pixel to what is declared; undeclared switches stay as they were.

        Args:
            inputs: What is declared.
            before: What the list says.
            set_up: Whether operation 1 is sent.
            stored: What state says: an earlier run may have failed to put a switch back.
            bring: Whether its filters are sent, also without operation 1.
        """
        wanted, pixel = declared_switches(inputs), before
        was = _as_before(before, stored) if set_up else {}
        try:
            if set_up:
                pixel = self._set_up_again(inputs, before)
            if bring:
                self._account.ledger.taken_over(self._key.pixel_id)
            if bring or set_up:
                # A run that was killed may have connected it, and a second setup may reset them.
                self._bring(anew=set_up)
            pixel = self.switch({**was, **wanted}, pixel)
        except GatewayError as error:
            off = [name for name, on in was.items() if not on]
            raise self._switched_off_again(off, error, known=stored is not None) from error
        return pixel.over(before)

    def _set_up_again(self, inputs: Props, before: Pixel) -> Pixel:
        try:
            return self._set_up(inputs, before.pixel_name)
        except (ConflictError, InvalidInputError) as error:
            reason = f"{error.reason}, while the pixel is connected"
            advice = (
                "Correct the arguments. If they are right, this gateway cannot set up a connected "
                "pixel again: remove the resource from the program, run `pulumi up`, put it back, "
                "and run `pulumi up` again."
            )
            raise error.because(reason, advice) from error

    def _switched_off_again(
        self, off: Sequence[str], error: GatewayError, *, known: bool
    ) -> GatewayError:
        """The failure; switches that operation 1 may have turned on are off again, or it says so.

        Args:
            off: The switches that were off before.
            error: The failure.
            known: Whether state knows that they were, so that the next run can put them back.
        """
        if not off:
            return error
        try:
            pixel = self._account.pixels.read_again().get(self._key.pixel_id)
        except GatewayError as second:
            reason = f"it is not known whether {' and '.join(off)} is still off"
            return error.because(f"{error.reason}; {reason} ({second.reason})")
        for name in off:
            if pixel is None or getattr(pixel, SWITCHES[name]) is False:
                continue
            try:
                pixel = self.switch({name: False}, pixel)
            except GatewayError as second:
                reason = f"{name} was off before and is on now ({second.reason})"
                advice = "The next `pulumi up` with this program switches it off again."
                if not known:
                    advice = f"To switch it off, declare {name}=False."
                error = error.because(f"{error.reason}; {reason}").also(advice)
        return error

    def _set_up_once(self, inputs: Props) -> Pixel:
        """Operation 1 for a pixel that is not connected; after a lost answer, look first."""
        try:
            return self._set_up(inputs)
        except OutcomeUnknownError as error:
            if found := self._look_again(error):
                self._account.ledger.came(self._key.pixel_id)
                return found
            self._client().rest_after(error)
        try:
            return self._set_up(inputs)
        except GatewayError as error:
            if found := self._look_again(error):
                self._account.ledger.came(self._key.pixel_id)
                return found
            raise

    def _look_again(self, error: GatewayError) -> Pixel | None:
        try:
            return self._account.pixels.read_again().get(self._key.pixel_id)
        except GatewayError as second:
            reason = f"{error.reason}; it is not known whether it is connected ({second.reason})"
            advice = "Once the gateway answers, run `CAPIG_ADOPT=true pulumi up`."
            raise error.because(reason, advice) from second

    def _set_up(self, inputs: Props, name_now: str | None = None) -> Pixel:
        """Operation 1; a name that is not declared is sent unchanged, so that it is not cleared."""
        tenant_id, pixel_id = self._key
        from ..gateway import pixels

        answer = pixels.connect(
            self._client(),
            tenant_id,
            pixel_id,
            business_id=inputs["business_id"],
            access_token=inputs["access_token"],
            external_id=inputs.get("external_id", ""),
            api_version=inputs.get("api_version"),
            name=inputs.get("pixel_name", name_now or None),
        )
        pixel = Pixel.of(answer)
        self.done.append(f"pixel {pixel_id} set up with the declared values")
        self._account.ledger.came(pixel_id)
        self._account.pixels.learned(pixel_id, pixel)
        if pixel.bad_token:
            text = (
                f"account {tenant_id}: the gateway reports a bad access token for pixel "
                f"{pixel_id}; its events are not published."
            )
            self._run.warn(text, "bad token", tenant_id)
        return pixel

    # -- filters -------------------------------------------------------------------------------

    def _bring(self, *, anew: bool) -> None:
        """Send what filters declare for the pixel, until nothing new is wanted.

        Args:
            anew: Whether a setup came before: what was on its way then may have been forgotten.
        """
        bring = partial(self._account.ledger.bring, self._key.pixel_id)

        def plan() -> list[Wish]:
            nonlocal anew
            now, anew = anew, False
            return bring(anew=now)

        while bring(anew=anew):
            sent = self._account.filters.carry_out(plan)
            failed = [s for s in sent if s.error]
            if not failed:
                continue
            error = failed[0].error
            assert error is not None  # noqa: S101 - they are those with an error
            names = ", ".join(
                sorted({f"{s.wish.setting.kind} {s.wish.setting.name}" for s in failed})
            )
            reason = (
                f"{error.reason}; so pixel {self._key.pixel_id} is missing what the program "
                f"declares for {names}"
            )
            raise error.because(reason)

    # -- switches ------------------------------------------------------------------------------

    def switch(self, wanted: Mapping[str, bool], pixel: Pixel, *, always: bool = False) -> Pixel:
        """Operations 4 and 5, where the pixel is not known to be as wanted."""
        for name, on in wanted.items():
            if always or getattr(pixel, SWITCHES[name]) is not on:
                pixel = self._switch_one(name, on, pixel)
                self._account.pixels.learned(self._key.pixel_id, pixel)
        return pixel

    def _switch_one(self, name: str, on: bool, pixel: Pixel) -> Pixel:
        from ..gateway import pixels

        fact = SWITCHES[name]
        send = pixels.set_receiving if name == "receiving" else pixels.set_publishing
        answer = send(self._client(), *self._key, on)
        if getattr(answer, fact) is (not on):
            reason = f"the gateway answered that it is still {'off' if on else 'on'}"
            raise UnexpectedAnswerError(
                reason,
                operation=f"switch {name} of pixel {self._key.pixel_id} {'on' if on else 'off'}",
                tenant_id=self._key.tenant_id,
                advice="Look at the pixel in the gateway's page, then run the command again.",
            )
        self.done.append(switched(name, on))
        known: dict[str, Any] = {fact: on}
        return replace(pixel.after(answer), **known)

    # -- disconnecting -------------------------------------------------------------------------

    def disconnect(self) -> None:
        """Operation 2; done where the pixel is gone already."""
        ledger, pixel_id = self._account.ledger, self._key.pixel_id
        ledger.goes(pixel_id)
        try:
            self._disconnect()
        except GatewayError:
            ledger.stays(pixel_id)
            raise
        self._account.pixels.learned(pixel_id, None)

    def _disconnect(self) -> None:
        from ..gateway import pixels

        tenant_id, pixel_id = self._key
        reason = "the gateway answered false and still lists it"
        failure: GatewayError = UnexpectedAnswerError(
            reason,
            operation=f"disconnect pixel {pixel_id}",
            tenant_id=tenant_id,
            advice="Run the command again. If that does not help, remove the data source in the "
            "gateway's page.",
        )
        try:
            done = pixels.disconnect(self._client(), tenant_id, pixel_id)
        except NotFoundError as error:
            # While a gateway restarts, its proxy may answer 404 too: the list has to agree.
            done, failure = not self.is_listed(error), error
        except OutcomeUnknownError as error:
            done, failure = False, error
        # Neither a flag nor a failure proves that the pixel is still there: only the list does.
        if done is not True and self.is_listed(failure, again=True):
            raise failure

    def clear(self) -> None:
        """Entries that the pixel has from filters of the whole account follow it."""
        ledger, pixel_id = self._account.ledger, self._key.pixel_id
        if ledger.clear(pixel_id):
            for sent in self._account.filters.carry_out(lambda: ledger.clear(pixel_id)):
                if sent.error is not None:
                    raise sent.error

    def is_listed(self, failure: GatewayError, *, again: bool = False) -> bool:
        """Whether the list has the pixel; the failure is raised if that cannot be seen."""
        try:
            pixels = self._account.pixels
            return (pixels.read_again() if again else pixels).get(self._key.pixel_id) is not None
        except GatewayError as error:
            raise failure from error

    def _undone(self, pixel: Pixel, error: CapigError) -> CapigError:
        """Disconnect a pixel that could not be brought to its declared state; the error to raise.

        A create is in state as a whole, or leaves nothing behind: the engine keeps no half of it.
        """
        try:
            self.disconnect()
            self.clear()
        except CapigError as second:
            left = f"connected, {_in_words(pixel)}"
            if self._account.pixels.knows_absent(self._key.pixel_id):
                left = "disconnected, with entries of the account's filters"
            advice = (
                f"Left at the gateway: pixel {self._key.pixel_id} in account "
                f"{self._key.tenant_id}, {left}. To go on, run `CAPIG_ADOPT=true pulumi up`."
            )
            return CapigError(
                f"{error.what}; disconnecting it again failed too: {second.what}",
                f"{advice} {self.going_back}".rstrip(),
            )
        unclear = isinstance(error, OutcomeUnknownError | UnexpectedAnswerError)
        advice = "Nothing is left of it: run the command again when the gateway is healthy."
        return CapigError(
            f"{error.what}; the pixel was disconnected again", advice if unclear else error.advice
        )

    def _client(self) -> Client:
        return self._run.client()


def _as_before(before: Pixel, stored: Pixel | None) -> dict[str, bool]:
    """The switches as they were: off where the list or state says off."""
    found = {}
    for name, fact in SWITCHES.items():
        said = [getattr(pixel, fact) for pixel in (before, stored) if pixel is not None]
        if known := [on for on in said if on is not None]:
            found[name] = all(known)
    return found


def _in_words(pixel: Pixel) -> str:
    def word(on: bool | None) -> str:
        return "unknown" if on is None else "on" if on else "off"

    return ", ".join(f"{name} {word(getattr(pixel, fact))}" for name, fact in SWITCHES.items())

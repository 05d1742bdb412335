"""How a pixel connection lives."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from .. import settings as table
from ..errors import (
    AlreadyConnectedError,
    CapigError,
    GatewayError,
    InvalidInputError,
    NotFoundError,
    OutcomeUnknownError,
    RefusedError,
    UnexpectedAnswerError,
)
from .claims import PixelKey, Progress, settling
from .connection_rules import (
    FIELDS,
    FINGERPRINT,
    INPUTS,
    KEYS,
    SET_UP_BY,
    SWITCHES,
    changed_inputs,
    declared_inputs,
    declared_switches,
    drift_of,
    fingerprint,
    is_managed,
    key_of,
    key_of_id,
    missing_inputs,
)
from .filter_writer import send_again
from .pixels import Pixel
from .tenancy import resolve_tenant
from .values import (
    GOING_BACK,
    Checked,
    Created,
    Difference,
    Found,
    Props,
    canonical_inputs,
    differs,
    is_known,
    read_setting,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from ..gateway import Client
    from .account import AccountView
    from .run import Run


class PixelConnectionLifecycle:
    """Check, diff, create, read, update and delete of pixel connections, over one run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._done: list[str] = []

    # -- check ---------------------------------------------------------------------------------

    def check(self, olds: Props, news: Props) -> Checked:
        """Canonical inputs and all failures; declares the pixel in the run's memory."""
        checked = canonical_inputs(news, FIELDS)
        inputs = checked.inputs
        resolve_tenant(self._run.settings, olds, checked)
        declared = inputs.pop("adopt", False)
        for_all = read_setting(self._run.settings, table.ADOPT, checked, "adopt") is True
        adopt = declared is True or for_all
        if is_known(declared):
            checked.failures += missing_inputs(olds, inputs, adopt=adopt, external_id_given=for_all)
        if "reassert" in olds:
            inputs.setdefault("reassert", olds["reassert"])
        if "access_token" in inputs:
            inputs[FINGERPRINT] = fingerprint(inputs)
        if not checked.failures and all(is_known(inputs.get(name)) for name in KEYS):
            self._run.connections.declare(key_of(inputs), adopt=adopt, expected_anew=not olds)
        return checked

    # -- diff ----------------------------------------------------------------------------------

    def diff(self, olds: Props, news: Props) -> Difference:
        """What would change; an unknown value never decides a replacement."""
        moved = self._run.has_moved(olds.get("gateway"))
        replaces = tuple(
            name for name in KEYS if is_known(news.get(name)) and differs(name, olds, news)
        )
        unknown = not all(is_known(news.get(name)) for name in KEYS)
        changes = moved or unknown or bool(replaces) or bool(changed_inputs(olds, news))
        if not changes:
            self._run.connections.settle(key_of(news), Progress.APPLIED)
        return Difference(changes, replaces)

    # -- create --------------------------------------------------------------------------------

    def create(self, inputs: Props) -> Created:
        """Connect the pixel, or take over what is connected, where that was allowed."""
        key = key_of(inputs)
        with self._settling(key):
            pixel = self._create(key, inputs)
        return Created(f"{key.tenant_id}/{key.pixel_id}", self._outputs(inputs, pixel))

    def _create(self, key: PixelKey, inputs: Props) -> Pixel:
        account = self._run.account(key.tenant_id)
        existing = account.pixel(key.pixel_id)
        if existing is None:
            return self._connect_anew(key, inputs)
        if self._run.connections.was_spared(key):
            return self._settle(key, inputs, existing, set_up=is_managed(inputs))
        if self._run.connections.adopts(key):
            return self._adopt(key, inputs, existing)
        raise _already_connected(key)

    def _adopt(self, key: PixelKey, inputs: Props, existing: Pixel) -> Pixel:
        managed = is_managed(inputs)
        pixel = self._settle(key, inputs, existing, set_up=managed)
        send_again(self._run, key, was_connected=True)
        done = ["set it up with the declared values"] if managed else []
        for name, fact in SWITCHES.items():
            if getattr(existing, fact) != (now := getattr(pixel, fact)):
                done.append(_switched(name, now))
        changed = " and ".join(done) or "nothing had to be changed"
        where = f"pixel {key.pixel_id} (account {key.tenant_id})"
        self._run.tell(f"took over {where}: {changed}")
        return pixel

    def _connect_anew(self, key: PixelKey, inputs: Props) -> Pixel:
        if not is_managed(inputs):
            what = f"take over pixel {key.pixel_id} (account {key.tenant_id}): it is not connected"
            advice = "To connect it, declare business_id, access_token and external_id."
            raise RefusedError(what, advice)
        pixel = self._set_up_once(key, inputs)
        try:
            pixel = self._switch(key, declared_switches(inputs, default=True), pixel)
            send_again(self._run, key)
        except CapigError as error:
            raise self._undone(key, pixel, error) from None
        return pixel

    def _set_up_once(self, key: PixelKey, inputs: Props) -> Pixel:
        """Operation 1 for a pixel that is not connected; after a lost answer, look first."""
        try:
            return self._set_up(key, inputs)
        except OutcomeUnknownError as error:
            if found := self._look_again(key, error):
                return found
            self._gateway().rest_after(error)
        try:
            return self._set_up(key, inputs)
        except GatewayError as error:
            if found := self._look_again(key, error):
                return found
            raise

    def _look_again(self, key: PixelKey, error: GatewayError) -> Pixel | None:
        try:
            return self._run.account(key.tenant_id).read_again().pixel(key.pixel_id)
        except GatewayError as second:
            reason = f"{error.reason}; whether it is connected cannot be seen ({second.reason})"
            advice = "Once the gateway answers, CAPIG_ADOPT=true pulumi up settles it."
            raise error.because(reason, advice) from None

    def _undone(self, key: PixelKey, pixel: Pixel, error: CapigError) -> CapigError:
        """Disconnect a pixel that could not be brought to its declared state; the error to raise.

        A create either is in state or has left nothing: the engine keeps no half of it.
        """
        try:
            self._disconnect(key)
        except CapigError as second:
            left = f"connected, {_words(pixel)}"
            advice = (
                f"Left at the gateway: pixel {key.pixel_id} in account {key.tenant_id}, {left}. "
                "CAPIG_ADOPT=true pulumi up takes it from there."
            )
            return CapigError(
                f"{error.what}; disconnecting it again failed too: {second.what}", advice
            )
        unclear = isinstance(error, OutcomeUnknownError | UnexpectedAnswerError)
        advice = "Nothing is left of it: run the command again once the gateway is well."
        return CapigError(
            f"{error.what}; the pixel was disconnected again", advice if unclear else error.advice
        )

    # -- read ----------------------------------------------------------------------------------

    def read(self, outputs: Props) -> Found | None:
        """What the gateway holds now; None if its list proves that the pixel is gone."""
        self._run.has_moved(outputs.get("gateway"))
        key = key_of(outputs)
        account = self._run.account(key.tenant_id)
        listed = account.pixel(key.pixel_id)
        self._warn_of_bad_tokens(account)
        if listed is None:
            return None
        facts = listed.over(Pixel.from_outputs(outputs)).outputs()
        found = {**outputs, **facts, **drift_of(outputs, listed)}
        return Found(
            found, {name: found[name] for name in INPUTS if name in declared_inputs(outputs)}
        )

    def get(self, resource_id: str) -> Props:
        """What the gateway holds of a pixel that is not managed here.

        Raises:
            RefusedError: The id has not the form ``<tenantId>/<pixelId>``.
            NotFoundError: The pixel is not connected.
        """
        key = key_of_id(resource_id)
        pixel = self._run.account(key.tenant_id).pixel(key.pixel_id)
        if pixel is None:
            reason = "it is not connected"
            raise NotFoundError(
                reason, operation=f"get pixel {key.pixel_id}", tenant_id=key.tenant_id
            )
        return {
            **key._asdict(),
            **{name: bool(getattr(pixel, fact)) for name, fact in SWITCHES.items()},
            **self._outputs({}, pixel),
            "pixel_name": pixel.pixel_name or "",
        }

    def _warn_of_bad_tokens(self, account: AccountView) -> None:
        bad = account.bad_tokens()
        if bad:
            shown = ", ".join(bad[:5]) + (f" and {len(bad) - 5} more" if len(bad) > 5 else "")
            text = (
                f"account {account.tenant_id}: the gateway finds the access token bad of {shown}; "
                "their events are not published. Declare a new access_token."
            )
            self._run.warn(text, "bad token", account.tenant_id)

    # -- update --------------------------------------------------------------------------------

    def update(self, olds: Props, news: Props) -> Props:
        """Send what differs, and nothing else."""
        key = key_of(news)
        with self._settling(key, GOING_BACK):
            pixel = self._update(key, olds, news)
        return self._outputs(news, pixel.over(Pixel.from_outputs(olds)))

    def _update(self, key: PixelKey, olds: Props, news: Props) -> Pixel:
        changed = changed_inputs(olds, news)
        moved = self._run.has_moved(olds.get("gateway"))
        again = "reassert" in changed
        set_up = is_managed(news) and (again or any(n in changed and n in news for n in SET_UP_BY))
        newly_switched = any(name in news and name not in olds for name in SWITCHES)
        if not (moved or set_up or newly_switched):
            wanted = {n: on for n, on in declared_switches(news).items() if again or n in changed}
            try:
                return self._switch(key, wanted, Pixel.from_outputs(olds), always=True)
            except GatewayError as error:
                if self._is_listed(self._run.account(key.tenant_id), key, error, again=True):
                    raise
                return self._connect_anew(key, news)
        before = self._run.account(key.tenant_id).pixel(key.pixel_id)
        if before is None:
            return self._connect_anew(key, news)
        return self._settle(key, news, before, set_up=set_up)

    # -- delete --------------------------------------------------------------------------------

    def delete(self, outputs: Props) -> None:
        """Disconnect the pixel, unless another resource of the program holds it."""
        self._run.has_moved(outputs.get("gateway"))
        key = key_of(outputs)
        claim = self._run.connections.spare(key)
        if claim is Progress.FAILED:
            what = (
                f"disconnect pixel {key.pixel_id} (account {key.tenant_id}): kept, because the "
                "resource that now declares it failed"
            )
            advice = "Mend that failure first; the next `up` settles both."
            raise RefusedError(what, advice)
        if claim is None:
            self._disconnect(key)

    def _disconnect(self, key: PixelKey) -> None:
        account = self._run.account(key.tenant_id)
        reason = "the gateway answered false and still lists it"
        failure: GatewayError = UnexpectedAnswerError(
            reason,
            operation=f"disconnect pixel {key.pixel_id}",
            tenant_id=key.tenant_id,
            advice="Run the command again; if it stays so, remove the data source in the "
            "gateway's page.",
        )
        from ..gateway import pixels

        try:
            done = pixels.disconnect(self._gateway(), key.tenant_id, key.pixel_id)
        except NotFoundError as error:
            # Whatever stands in for a gateway that restarts says 404 too: the list has to agree.
            done, failure = not self._is_listed(account, key, error), error
        except OutcomeUnknownError as error:
            done, failure = False, error
        # Neither a flag nor a failure proves that the pixel is still there: its list does.
        if done is not True and self._is_listed(account, key, failure, again=True):
            raise failure
        account.learned(key.pixel_id, None)

    @staticmethod
    def _is_listed(
        account: AccountView, key: PixelKey, failure: GatewayError, *, again: bool = False
    ) -> bool:
        try:
            view = account.read_again() if again else account
            return view.pixel(key.pixel_id) is not None
        except GatewayError:
            raise failure from None

    # -- what create, adoption and update share -------------------------------------------------

    def _settling(self, key: PixelKey, going_back: str = "") -> AbstractContextManager[None]:
        """Settles the claim on a pixel after one operation."""
        self._done.clear()
        return settling(partial(self._run.connections.settle, key), self._done, going_back)

    def _settle(self, key: PixelKey, inputs: Props, before: Pixel, *, set_up: bool) -> Pixel:
        """Bring a connected pixel to what is declared; switches that are not stay as they were."""
        if not set_up:
            return self._switch(key, declared_switches(inputs), before)
        try:
            pixel = self._set_up(key, inputs, before.pixel_name)
        except InvalidInputError as error:
            reason = f"{error.reason}, while the pixel is connected"
            advice = (
                "Correct the arguments. If they are right, this gateway does not set pixels up "
                "again: take the resource out of the program, `pulumi up`, put it back, and again "
                "`pulumi up`."
            )
            raise error.because(reason, advice) from None
        as_before = {
            name: value
            for name, fact in SWITCHES.items()
            if (value := getattr(before, fact)) is not None
        }
        return self._switch(key, {**as_before, **declared_switches(inputs)}, pixel).over(before)

    def _set_up(self, key: PixelKey, inputs: Props, name_now: str | None = None) -> Pixel:
        """Operation 1; a name that is not declared is sent as it is, lest it be cleared."""
        from ..gateway import pixels

        answer = pixels.connect(
            self._gateway(),
            key.tenant_id,
            key.pixel_id,
            business_id=inputs["business_id"],
            access_token=inputs["access_token"],
            external_id=inputs.get("external_id", ""),
            api_version=inputs.get("api_version"),
            name=inputs.get("pixel_name", name_now or None),
        )
        pixel = Pixel.of(answer)
        self._done.append(f"pixel {key.pixel_id} set up with the declared values")
        self._run.account(key.tenant_id).learned(key.pixel_id, pixel)
        if pixel.bad_token:
            text = (
                f"account {key.tenant_id}: the gateway finds the access token of pixel "
                f"{key.pixel_id} bad; its events are not published."
            )
            self._run.warn(text, "bad token", key.tenant_id)
        return pixel

    def _switch(
        self, key: PixelKey, wanted: Mapping[str, bool], pixel: Pixel, *, always: bool = False
    ) -> Pixel:
        """Operations 4 and 5, where the pixel is not known to be as wanted."""
        for name, on in wanted.items():
            if always or getattr(pixel, SWITCHES[name]) is not on:
                pixel = self._switch_one(key, name, on, pixel)
                self._run.account(key.tenant_id).learned(key.pixel_id, pixel)
        return pixel

    def _switch_one(self, key: PixelKey, name: str, on: bool, pixel: Pixel) -> Pixel:
        from ..gateway import pixels

        send = pixels.set_receiving if name == "receiving" else pixels.set_publishing
        answer, fact = send(self._gateway(), *key, on), SWITCHES[name]
        said = getattr(answer, fact)
        if said is (not on):
            reason = f"the gateway answered that it is still {'off' if on else 'on'}"
            raise UnexpectedAnswerError(
                reason,
                operation=f"switch {name} of pixel {key.pixel_id} {'on' if on else 'off'}",
                tenant_id=key.tenant_id,
                advice="Look at the pixel in the gateway's page, then run the command again.",
            )
        self._done.append(_switched(name, on))
        after = pixel.after(answer)
        if name == "receiving":
            return replace(after, event_bridge_active=on)
        return replace(after, publishing_enabled=on)

    def _outputs(self, inputs: Props, pixel: Pixel) -> Props:
        return {
            FINGERPRINT: "",
            **pixel.outputs(),
            **inputs,
            "gateway": self._run.host(),
        }

    def _gateway(self) -> Client:
        return self._run.gateway()


def _already_connected(key: PixelKey) -> AlreadyConnectedError:
    what = (
        f"connect pixel {key.pixel_id} (account {key.tenant_id}): it is connected already and not "
        "in this stack's state; nothing was changed"
    )
    advice = (
        "Renamed in the program? Give the resource `aliases`. Held by another stack? Leave it "
        "there. To take it over: adopt=True (a whole fleet, or after an interrupted run: "
        "CAPIG_ADOPT=true). To send again what a stack holds: a new `reassert`."
    )
    return AlreadyConnectedError(what, advice)


def _switched(name: str, on: bool | None) -> str:
    return f"switched {name} {'on' if on else 'off'}"


def _words(pixel: Pixel) -> str:
    def word(on: bool | None) -> str:
        return "unknown" if on is None else "on" if on else "off"

    return ", ".join(f"{name} {word(getattr(pixel, fact))}" for name, fact in SWITCHES.items())

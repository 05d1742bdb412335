"""How a pixel connection lives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import canonical
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
from .claims import PixelKey, Progress
from .filters import send_again
from .pixels import Pixel
from .tenancy import resolve_tenant
from .values import (
    UNKNOWN,
    Checked,
    Created,
    Difference,
    Failure,
    Found,
    Props,
    canonical_inputs,
    differs,
    is_known,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..gateway import Gateway
    from .account import AccountView
    from .run import Run

FIELDS = {
    "pixel_id": canonical.pixel_id,
    "business_id": canonical.business_id,
    "access_token": canonical.access_token,
    "external_id": lambda value: canonical.text(value, "an external id"),
    "api_version": canonical.api_version,
    "pixel_name": lambda value: canonical.text(value, "a pixel name"),
    "tenant_id": canonical.tenant_id,
    "receiving": canonical.switch,
    "publishing": canonical.switch,
    "adopt": canonical.switch,
    "reassert": lambda value: canonical.text(value, "reassert"),
}
FINGERPRINT = "access_token_fingerprint"
INPUTS = (*(name for name in FIELDS if name != "adopt"), FINGERPRINT)

SET_UP_BY = ("business_id", "external_id", "api_version", "pixel_name", FINGERPRINT)
"""Inputs that operation 1 alone carries to the gateway."""

SWITCHES = {"receiving": "event_bridge_active", "publishing": "publishing_enabled"}
"""Input and what the gateway calls it."""

KEYS = ("tenant_id", "pixel_id")
MANAGED = ("business_id", "access_token", "external_id")


class PixelConnectionLifecycle:
    """Check, diff, create, read, update and delete of pixel connections, over one run."""

    def __init__(self, run: Run) -> None:
        self._run = run

    # -- check ---------------------------------------------------------------------------------

    def check(self, olds: Props, news: Props) -> Checked:
        """Canonical inputs and all failures; declares the pixel in the run's memory."""
        checked = canonical_inputs(news, FIELDS)
        inputs = checked.inputs
        resolve_tenant(self._run.settings, olds, checked)
        declared = inputs.pop("adopt", False)
        for_all = self._run.settings.get(table.ADOPT)
        adopt = declared is True or for_all
        checked.failures += _missing(olds, inputs, adopt=adopt, external_id_given=for_all)
        if "reassert" in olds:
            inputs.setdefault("reassert", olds["reassert"])
        if "access_token" in inputs:
            inputs[FINGERPRINT] = _fingerprint(inputs)
        if not checked.failures and all(is_known(inputs.get(name)) for name in KEYS):
            expected_anew = not olds and not adopt
            self._run.connections.declare(_key(inputs), adopt=adopt, expected_anew=expected_anew)
        return checked

    # -- diff ----------------------------------------------------------------------------------

    def diff(self, olds: Props, news: Props) -> Difference:
        """What would change; an unknown value never decides a replacement."""
        moved = self._run.has_moved(olds.get("gateway"))
        replaces = tuple(
            name for name in KEYS if is_known(news.get(name)) and differs(name, olds, news)
        )
        changes = moved or bool(replaces) or bool(_changed(olds, news))
        if not changes:
            self._run.connections.settle(_key(news), Progress.APPLIED)
        return Difference(changes, replaces)

    # -- create --------------------------------------------------------------------------------

    def create(self, inputs: Props) -> Created:
        """Connect the pixel, or take over what is connected, where that was allowed."""
        key = _key(inputs)
        try:
            pixel = self._create(key, inputs)
        except BaseException:
            self._run.connections.settle(key, Progress.FAILED)
            raise
        self._run.connections.settle(key, Progress.APPLIED)
        return Created(f"{key.tenant_id}/{key.pixel_id}", self._outputs(inputs, pixel))

    def _create(self, key: PixelKey, inputs: Props) -> Pixel:
        account = self._run.account(key.tenant_id)
        existing = account.pixel(key.pixel_id)
        if existing is None:
            return self._connect_anew(key, inputs)
        if self._run.connections.was_spared(key):
            return self._settle(key, inputs, existing, set_up=_is_managed(inputs))
        if self._run.connections.adopts(key):
            return self._adopt(key, inputs, existing)
        raise _already_connected(key)

    def _adopt(self, key: PixelKey, inputs: Props, existing: Pixel) -> Pixel:
        managed = _is_managed(inputs)
        pixel = self._settle(key, inputs, existing, set_up=managed)
        done = ["set it up with the declared values"] if managed else []
        for name, fact in SWITCHES.items():
            if getattr(existing, fact) != (now := getattr(pixel, fact)):
                done.append(f"switched {name} {'on' if now else 'off'}")
        changed = " and ".join(done) or "nothing had to be changed"
        where = f"pixel {key.pixel_id} (account {key.tenant_id})"
        self._run.tell(f"took over {where}: {changed}")
        return pixel

    def _connect_anew(self, key: PixelKey, inputs: Props) -> Pixel:
        if not _is_managed(inputs):
            what = f"take over pixel {key.pixel_id} (account {key.tenant_id}): it is not connected"
            advice = "To connect it, declare business_id, access_token and external_id."
            raise RefusedError(what, advice)
        pixel = self._set_up_once(key, inputs)
        try:
            pixel = self._switch(key, _switches(inputs, default=True), pixel)
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
        key = _key(outputs)
        account = self._run.account(key.tenant_id)
        listed = account.pixel(key.pixel_id)
        self._warn_of_bad_tokens(account)
        if listed is None:
            return None
        facts = listed.over(Pixel.from_outputs(outputs)).outputs()
        found = {**outputs, **facts, **_drift(outputs, listed)}
        return Found(found, {name: found[name] for name in INPUTS if name in _declared(outputs)})

    def get(self, resource_id: str) -> Props:
        """What the gateway holds of a pixel that is not managed here.

        Raises:
            RefusedError: The id has not the form ``<tenantId>/<pixelId>``.
            NotFoundError: The pixel is not connected.
        """
        key = _parse_id(resource_id)
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
        key = _key(news)
        try:
            pixel = self._update(key, olds, news)
        except BaseException:
            self._run.connections.settle(key, Progress.FAILED)
            raise
        self._run.connections.settle(key, Progress.APPLIED)
        return self._outputs(news, pixel.over(Pixel.from_outputs(olds)))

    def _update(self, key: PixelKey, olds: Props, news: Props) -> Pixel:
        changed = _changed(olds, news)
        moved = self._run.has_moved(olds.get("gateway"))
        again = "reassert" in changed
        set_up = _is_managed(news) and (again or any(n in changed and n in news for n in SET_UP_BY))
        newly_switched = any(name in news and name not in olds for name in SWITCHES)
        if not (moved or set_up or newly_switched):
            wanted = {n: on for n, on in _switches(news).items() if again or n in changed}
            return self._switch(key, wanted, Pixel.from_outputs(olds), always=True)
        before = self._run.account(key.tenant_id).pixel(key.pixel_id)
        if before is None:
            return self._connect_anew(key, news)
        return self._settle(key, news, before, set_up=set_up)

    # -- delete --------------------------------------------------------------------------------

    def delete(self, outputs: Props) -> None:
        """Disconnect the pixel, unless another resource of the program holds it."""
        self._run.has_moved(outputs.get("gateway"))
        key = _key(outputs)
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
        try:
            done = self._gateway().disconnect_pixel(key.tenant_id, key.pixel_id)
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

    def _settle(self, key: PixelKey, inputs: Props, before: Pixel, *, set_up: bool) -> Pixel:
        """Bring a connected pixel to what is declared; switches that are not stay as they were."""
        if not set_up:
            return self._switch(key, _switches(inputs), before)
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
        return self._switch(key, {**as_before, **_switches(inputs)}, pixel).over(before)

    def _set_up(self, key: PixelKey, inputs: Props, name_now: str | None = None) -> Pixel:
        """Operation 1; a name that is not declared is sent as it is, lest it be cleared."""
        answer = self._gateway().connect_pixel(
            key.tenant_id,
            key.pixel_id,
            business_id=inputs["business_id"],
            access_token=inputs["access_token"],
            external_id=inputs.get("external_id", ""),
            api_version=inputs.get("api_version"),
            name=inputs.get("pixel_name", name_now or None),
        )
        pixel = Pixel.of(answer)
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
        gateway, fact = self._gateway(), SWITCHES[name]
        send = gateway.set_receiving if name == "receiving" else gateway.set_publishing
        answer = send(*key, on)
        said = getattr(answer, fact)
        if said is (not on):
            reason = f"the gateway answered that it is still {'off' if on else 'on'}"
            raise UnexpectedAnswerError(
                reason,
                operation=f"switch {name} of pixel {key.pixel_id} {'on' if on else 'off'}",
                tenant_id=key.tenant_id,
                advice="Look at the pixel in the gateway's page, then run the command again.",
            )
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

    def _gateway(self) -> Gateway:
        return self._run.gateway()


def _key(props: Mapping[str, Any]) -> PixelKey:
    return PixelKey(props["tenant_id"], props["pixel_id"])


def _parse_id(resource_id: str) -> PixelKey:
    tenant_id, slash, pixel_id = resource_id.partition("/")
    try:
        if not slash:
            raise ValueError
        return PixelKey(canonical.tenant_id(tenant_id), canonical.pixel_id(pixel_id))
    except ValueError:
        what = "get a pixel connection: the id has the form <tenantId>/<pixelId>"
        raise RefusedError(what, "For example IaoreXfj/18904456377094531.") from None


def _fingerprint(inputs: Props) -> Any:
    pixel_id, token = inputs.get("pixel_id"), inputs["access_token"]
    if not isinstance(pixel_id, str) or not isinstance(token, str):
        return UNKNOWN
    return canonical.fingerprint(pixel_id, token)


def _is_managed(inputs: Mapping[str, Any]) -> bool:
    """Whether operation 1 may be sent: unmanaged pixels were taken over without their secrets."""
    return "business_id" in inputs and "access_token" in inputs


def _switches(inputs: Mapping[str, Any], *, default: bool | None = None) -> dict[str, bool]:
    wanted = {name: inputs.get(name, default) for name in SWITCHES}
    return {name: on for name, on in wanted.items() if on is not None}


def _changed(olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
    """Inputs that differ; a token is compared by its fingerprint, which shows in a diff."""
    blank = {FINGERPRINT: ""}
    names = (name for name in INPUTS if name not in (*KEYS, "access_token"))
    return {name for name in names if differs(name, {**blank, **olds}, {**blank, **news})}


def _declared(outputs: Mapping[str, Any]) -> set[str]:
    names = {name for name in INPUTS if name in outputs}
    return names if "access_token" in outputs else names - {FINGERPRINT}


def _drift(outputs: Mapping[str, Any], listed: Pixel) -> Props:
    """What was declared and is otherwise now."""
    drift: Props = {}
    for name, fact in SWITCHES.items():
        if name in outputs and (now := getattr(listed, fact)) is not None:
            drift[name] = now
    if "pixel_name" in outputs and listed.pixel_name:
        drift["pixel_name"] = listed.pixel_name
    if outputs.get("access_token_available") and listed.access_token_available is False:
        drift[FINGERPRINT] = ""
    return drift


def _missing(
    olds: Mapping[str, Any], inputs: Mapping[str, Any], *, adopt: bool, external_id_given: bool
) -> list[Failure]:
    """What has to be declared, and what cannot be, by how the pixel came under management."""
    if "pixel_id" not in inputs:
        return [Failure("pixel_id", "a pixel id is missing")]
    if _is_managed(olds):
        reason = "the gateway keeps what it was set up with: once declared, it stays declared"
        return [Failure(n, reason) for n in MANAGED[:2] if n in olds and n not in inputs]
    if not (olds or adopt):
        reason = "missing: connecting a pixel needs business_id and access_token"
        return [Failure(name, reason) for name in MANAGED[:2] if name not in inputs]
    if any(name in inputs for name in MANAGED):
        needed = MANAGED[:2] if external_id_given else MANAGED
        reason = (
            "missing: a connected pixel is taken over with business_id, access_token and "
            'external_id (external_id="" if it has none), or with none of the three'
        )
        return [Failure(name, reason) for name in needed if name not in inputs]
    reason = "only setting the pixel up sends it: declare business_id, access_token, external_id"
    return [Failure(name, reason) for name in ("pixel_name", "api_version") if name in inputs]


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


def _words(pixel: Pixel) -> str:
    def word(on: bool | None) -> str:
        return "unknown" if on is None else "on" if on else "off"

    return ", ".join(f"{name} {word(getattr(pixel, fact))}" for name, fact in SWITCHES.items())

"""How a pixel connection lives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .. import canonical
from .. import settings as table
from ..errors import AlreadyConnectedError, GatewayError, NotFoundError
from ..gateway.pixel import Pixel
from ..picture import Row
from .claims import LEFT
from .connection_rules import (
    FIELDS,
    FINGERPRINT,
    INPUTS,
    KEYS,
    SET_UP_BY,
    SWITCHES,
    PixelKey,
    changed_inputs,
    declared_inputs,
    declared_switches,
    drift_of,
    fingerprint,
    is_managed,
    key_of,
    key_of_id,
    missing_inputs,
    switched,
)
from .connection_writes import ConnectionWrites
from .tenancy import resolve_tenant
from .values import (
    Checked,
    Created,
    Difference,
    Failure,
    Found,
    Props,
    canonical_inputs,
    differs,
    is_known,
    read_setting,
    record_gateway,
)

if TYPE_CHECKING:
    from .claims import Claim
    from .run import Run
    from .run_account import RunAccount

_GOING_BACK = "To go back to the old values instead, also set a new `reassert`."
_ADOPT_AGAIN = (
    "Run `CAPIG_ADOPT=true pulumi up` again: a plain `pulumi up` sends no filters of this pixel."
)
_OFF_NOW = "To keep the pixel in the program instead, run `pulumi refresh` first."


class PixelConnectionLifecycle:
    """Check, diff, create, read, update and delete of pixel connections, over one run."""

    def __init__(self, run: Run) -> None:
        self._run = run

    # -- check ---------------------------------------------------------------------------------

    def check(self, olds: Props, news: Props, row: int) -> Checked:
        """Canonical inputs and all failures; tells the picture what the connection declares."""
        checked = canonical_inputs(news, FIELDS)
        inputs = checked.inputs
        resolve_tenant(self._run.settings, olds, checked)
        declared = inputs.pop("adopt", False)
        for_all = read_setting(self._run.settings, table.ADOPT, checked) is True
        adopt = declared is True or for_all
        if is_known(declared):
            checked.failures += missing_inputs(olds, inputs, adopt=adopt, external_id_given=for_all)
        if "reassert" in olds:
            inputs.setdefault("reassert", olds["reassert"])
        if "access_token" in inputs:
            inputs[FINGERPRINT] = fingerprint(inputs)
        record_gateway(self._run.settings, checked)
        self._run.remark(canonical.rounding_remark, inputs.get("pixel_id"))
        self._run.remark(canonical.api_version_remark, inputs.get("api_version"))
        if not checked.failures:
            self._leave(olds, inputs, row)
        if not checked.failures and all(is_known(inputs.get(name)) for name in KEYS):
            self._declare(checked, row, adopt=adopt)
            if not olds and not checked.failures and is_known(declared):
                self._look_ahead(checked, row, adopt=adopt)
        return checked

    def _declare(self, checked: Checked, row: int, *, adopt: bool) -> None:
        key = key_of(checked.inputs)
        claim = self._claim(key)
        claim.adopt, claim.came = claim.adopt or adopt, True
        declared = Row("another resource", "connection", (key.pixel_id,))
        other = self._run.picture.declare(row, key.tenant_id, declared)
        if other is not None:
            reason = f"{other.resource} connects the same pixel, {key.pixel_id}. Keep one of them"
            checked.failures.append(Failure("", reason))

    def _leave(self, olds: Props, news: Props, row: int) -> None:
        """Note that what is deleted first is free for another resource by then."""
        if self._run.picture.deletes_first(row) and _has_key(olds):
            self._claim(key_of(olds)).free(self._claim(key_of(news)) if _has_key(news) else None)

    def _look_ahead(self, checked: Checked, row: int, *, adopt: bool) -> None:
        """Say in a preview what `up` would refuse or take over, where a preview may read.

        A check is told of no olds where a resource is replaced because somebody wants it to be:
        if it is deleted first, `up` takes over what it finds.
        """
        reads = read_setting(self._run.settings, table.PREVIEW_READS, checked)
        if not (reads and self._run.picture.preview) or self._run.picture.deletes_first(row):
            return
        key = key_of(checked.inputs)
        if self._claim(key).freed:
            return
        found = self._run.account(key.tenant_id).pixels.get(key.pixel_id)
        where = f"pixel {key.pixel_id} (account {key.tenant_id})"
        if found is not None and not adopt:
            error = _already_connected(key)
            checked.failures.append(Failure("", f"{error.what}\n  {error.advice}"))
        elif found is not None:
            self._run.tell(f"`up` takes over {where}, which is connected")
        elif not is_managed(checked.inputs):
            reason = f"there is nothing to take over: {where} is not connected"
            checked.failures.append(Failure("", reason))

    # -- diff ----------------------------------------------------------------------------------

    def diff(self, _resource_id: str, olds: Props, news: Props) -> Difference:
        """What would change; an unknown value never decides a replacement."""
        moved = self._run.has_moved(olds.get("gateway"))
        replaces = tuple(
            name for name in KEYS if is_known(news.get(name)) and differs(name, olds, news)
        )
        unknown = not all(is_known(news.get(name)) for name in KEYS)
        changes = moved or unknown or bool(replaces) or bool(changed_inputs(olds, news))
        if not (unknown or replaces or (changes and self._looks(olds, news))):
            self._account(key := key_of(news)).ledger.rests(key.pixel_id)
        return Difference(changes, replaces)

    # -- create --------------------------------------------------------------------------------

    def create(self, inputs: Props) -> Created:
        """Connect the pixel, or take over what is connected, where that was allowed."""
        key = key_of(inputs)
        with self._writing(key) as writes:
            pixel = self._create(key, inputs, writes)
        return Created(f"{key.tenant_id}/{key.pixel_id}", self._outputs(inputs, pixel))

    def _create(self, key: PixelKey, inputs: Props, writes: ConnectionWrites) -> Pixel:
        existing, claim = self._account(key).pixels.get(key.pixel_id), self._claim(key)
        if existing is None:
            return writes.connect(inputs)
        if claim.spared or claim.freed:
            return writes.take_over(inputs, existing)
        if not claim.adopt:
            raise _already_connected(key)
        pixel = writes.take_over(inputs, existing)
        done = ["set it up with the declared values"] if is_managed(inputs) else []
        for name, fact in SWITCHES.items():
            if getattr(existing, fact) != (now := getattr(pixel, fact)):
                done.append(switched(name, now))
        changed = " and ".join(done) or "nothing had to be changed"
        where = f"pixel {key.pixel_id} (account {key.tenant_id})"
        self._run.tell(f"took over {where}: {changed}")
        return pixel

    # -- read ----------------------------------------------------------------------------------

    def read(self, _resource_id: str, outputs: Props) -> Found | None:
        """What the gateway holds now; None if its list proves that the pixel is gone."""
        self._run.has_moved(outputs.get("gateway"))
        key = key_of(outputs)
        account = self._account(key)
        listed = account.pixels.get(key.pixel_id)
        self._warn_of_bad_tokens(account)
        if listed is None:
            return None
        facts = listed.over(Pixel.from_outputs(outputs)).outputs()
        found = {**outputs, **facts, **drift_of(outputs, listed)}
        names = (*(n for n in INPUTS if n in declared_inputs(outputs)), "gateway")
        return Found(found, {name: found[name] for name in names if name in found})

    def get(self, resource_id: str) -> Props:
        """What the gateway holds of a pixel that is not managed here.

        Raises:
            RefusedError: The id has not the form ``<tenantId>/<pixelId>``.
            NotFoundError: The pixel is not connected.
        """
        key = key_of_id(resource_id)
        pixel = self._account(key).pixels.get(key.pixel_id)
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

    def _warn_of_bad_tokens(self, account: RunAccount) -> None:
        bad = account.pixels.bad_tokens()
        if bad:
            shown = ", ".join(bad[:5]) + (f" and {len(bad) - 5} more" if len(bad) > 5 else "")
            text = (
                f"account {account.tenant_id}: the gateway reports a bad access token for {shown}; "
                "their events are not published. Declare a new access_token."
            )
            self._run.warn(text, "bad token", account.tenant_id)

    # -- update --------------------------------------------------------------------------------

    def update(self, _resource_id: str, olds: Props, news: Props) -> Props:
        """Send what differs, and nothing else."""
        key = key_of(news)
        with self._writing(key, _GOING_BACK) as writes:
            try:
                pixel = self._update(key, olds, news, writes)
            except GatewayError as error:
                raise (error.also(_ADOPT_AGAIN) if self._is_settling() else error) from error
        return self._outputs(news, pixel.over(Pixel.from_outputs(olds)))

    def _update(self, key: PixelKey, olds: Props, news: Props, writes: ConnectionWrites) -> Pixel:
        stored = Pixel.from_outputs(olds)
        if not self._reads(olds, news):
            try:
                return writes.switch(_turned(olds, news), stored, always=True)
            except GatewayError as error:
                if writes.is_listed(error, again=True):
                    raise
                return writes.connect(news)
        before = self._account(key).pixels.get(key.pixel_id)
        if before is None:
            return writes.connect(news)
        set_up, bring = _sets_up(olds, news), self._is_settling()
        return writes.settle(news, before, set_up=set_up, stored=stored, bring=bring)

    def _is_settling(self) -> bool:
        """Whether a run was killed before: it may have connected a pixel that was gone, no more."""
        return self._run.settings.get(table.ADOPT) is True

    def _looks(self, olds: Props, news: Props) -> bool:
        """Whether an update finds out if the pixel is gone."""
        return self._reads(olds, news) or bool(_turned(olds, news))

    def _reads(self, olds: Props, news: Props) -> bool:
        """Whether an update needs the list."""
        moved = self._run.has_moved(olds.get("gateway"))
        newly_switched = any(name in news and name not in olds for name in SWITCHES)
        return moved or _sets_up(olds, news) or newly_switched or self._is_settling()

    # -- delete --------------------------------------------------------------------------------

    def delete(self, _resource_id: str, outputs: Props) -> None:
        """Disconnect the pixel, unless another resource of the program holds it."""
        self._run.has_moved(outputs.get("gateway"))
        key = key_of(outputs)
        if self._run.picture.connects(*key):
            where = f"pixel {key.pixel_id} (account {key.tenant_id})"
            claim = self._claim(key)
            claim.spare(f"disconnect {where}")
            if not claim.came:
                self._run.warn(LEFT.format(where), "left", *key)
            return
        self._run.allow_disconnect(key)
        writes = ConnectionWrites(self._run, key)
        writes.disconnect()
        try:
            writes.clear()
        except GatewayError as error:
            raise error.after([f"pixel {key.pixel_id} disconnected"], _OFF_NOW) from error

    # ------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self, key: PixelKey, going_back: str = "") -> Iterator[ConnectionWrites]:
        """Notes how a create or an update ends, and says what a failure leaves in force."""
        claim, writes = self._claim(key), ConnectionWrites(self._run, key, going_back)
        try:
            with claim.trying():
                yield writes
        except GatewayError as error:
            raise error.after(writes.done, writes.going_back) from error

    def _account(self, key: PixelKey) -> RunAccount:
        return self._run.account(key.tenant_id)

    def _claim(self, key: PixelKey) -> Claim:
        return self._account(key).claim("connection", key.pixel_id)

    def _outputs(self, inputs: Props, pixel: Pixel) -> Props:
        return {
            FINGERPRINT: "",
            **pixel.outputs(),
            **inputs,
            "gateway": self._run.host(),
        }


def _sets_up(olds: Props, news: Props) -> bool:
    """Whether an update sends operation 1."""
    changed = changed_inputs(olds, news)
    again = "reassert" in changed or any(n in changed and n in news for n in SET_UP_BY)
    return is_managed(news) and again


def _turned(olds: Props, news: Props) -> dict[str, bool]:
    """The declared switches that an update sends."""
    changed = changed_inputs(olds, news)
    switches = declared_switches(news).items()
    return {name: on for name, on in switches if name in changed or "reassert" in changed}


def _has_key(props: Props) -> bool:
    return all(name in props and is_known(props[name]) for name in KEYS)


def _already_connected(key: PixelKey) -> AlreadyConnectedError:
    what = (
        f"connect pixel {key.pixel_id} (account {key.tenant_id}): it is connected already; "
        "nothing was changed"
    )
    advice = (
        "Renamed in the program? Give the resource `aliases`. Managed by another stack? Leave it "
        "there. To take it over, set adopt=True (CAPIG_ADOPT=true for all pixels, after an "
        "interrupted run, or to go back from a replacement that failed). Tainted, or `--replace`? "
        "To send again what this stack manages: `pulumi state untaint`, and a new `reassert`."
    )
    return AlreadyConnectedError(what, advice)

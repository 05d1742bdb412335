"""How filters live: of events and of websites, of one name and of many.

The API can set a filter and cannot read it. So Pulumi's state is what was last confirmed, and what
is sent follows from what the program wants, compared with what is in force (`ledger`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import canonical
from .. import settings as table
from ..errors import GatewayError, OutcomeUnknownError
from ..picture import FilterKind, PlaceKey, Row
from .filter_writes import Plan, Sent
from .ledger import Scope, Wish
from .tenancy import resolve_tenant
from .values import (
    Canonical,
    Checked,
    Created,
    Difference,
    Failure,
    Found,
    Props,
    canonical_inputs,
    check_set,
    differs,
    is_known,
    read_setting,
    record_gateway,
)

if TYPE_CHECKING:
    from .run import Run
    from .run_account import RunAccount

GLOBAL = "global"
"""What an id says in place of a pixel where a filter is account-wide."""

ECHOED = "echoed"
ACCEPTED = "accepted"
"""Outputs that say whether name, scope and state came back as asked."""

MAY_HOLD = (
    "{} may be in force for some pixels: run `pulumi up` again with it before you remove it from "
    "the program."
)

_UNSEEN = (
    "Also set a new `reassert`: no later run sees what this one left, since the filter is declared "
    "inside `apply` or its arguments come from there."
)


@dataclass(frozen=True)
class FilterType:
    """How one kind of filter differs from the others.

    Attributes:
        kind: What is filtered.
        name: The property that names it.
        canonical: The canonical form of a name.
        several: Whether the property is a set of names.
        remark: What to say about a name that is valid but probably wrong, or "".
    """

    kind: FilterKind
    name: str
    canonical: Canonical
    several: bool = False
    remark: Callable[[str], str] = lambda _name: ""


class FilterClaim(NamedTuple):
    """What one filter resource declares."""

    names: tuple[str, ...]
    scope: Scope
    state: str


class FilterLifecycle:
    """Check, diff, create, read, update and delete of filters, over one run."""

    def __init__(self, run: Run, kind: FilterType) -> None:
        self._run = run
        self._type = kind
        fields: dict[str, Canonical] = {
            "filter_state": canonical.filter_state,
            "tenant_id": canonical.tenant_id,
            "reassert": lambda value: canonical.text(value, "reassert"),
        }
        self._fields = fields if kind.several else {kind.name: kind.canonical, **fields}
        self._inputs = (kind.name, *fields, "pixel_ids")
        self._keys = ("tenant_id",) if kind.several else ("tenant_id", kind.name)

    # -- check ---------------------------------------------------------------------------------

    def check(self, olds: Props, news: Props, row: int) -> Checked:
        """Canonical inputs and all failures; tells the picture what the filter declares."""
        checked = canonical_inputs(news, self._fields)
        inputs = checked.inputs
        resolve_tenant(self._run.settings, olds, checked)
        checked.failures += [
            Failure(name, f"{name} is missing")
            for name in (self._type.name, "filter_state")
            if name not in inputs
        ]
        if self._type.several and self._type.name in inputs:
            name = self._type.name
            check_set(checked, name, self._type.canonical, instead_of_none=_EMPTY[name])
        if "pixel_ids" in inputs:
            instead = _EMPTY["pixel_ids"]
            check_set(checked, "pixel_ids", canonical.pixel_id, instead_of_none=instead)
        self._resolve_reassert(olds, checked)
        record_gateway(self._run.settings, checked)
        if not checked.failures:
            self._declare(checked, row)
        if not checked.failures:
            self._remark(inputs)
        return checked

    def _resolve_reassert(self, olds: Props, checked: Checked) -> None:
        """None is never a difference: the run's value is used, else the last one is kept."""
        if "reassert" in checked.inputs:
            return
        for_all = read_setting(self._run.settings, table.REASSERT, checked)
        if value := for_all or olds.get("reassert"):
            checked.inputs["reassert"] = value

    def _remark(self, inputs: Props) -> None:
        named = inputs[self._type.name]
        for name in named if isinstance(named, list) else [named]:
            self._run.remark(self._type.remark, name)
        pixel_ids = inputs.get("pixel_ids")
        for pixel in pixel_ids if isinstance(pixel_ids, list) else ():
            self._run.remark(canonical.rounding_remark, pixel)

    def _declare(self, checked: Checked, row: int) -> None:
        inputs = checked.inputs
        if not all(
            is_known(inputs.get(name)) for name in (*self._keys, *_CLAIMED, self._type.name)
        ):
            return
        claim, tenant_id = self._claim(inputs), inputs["tenant_id"]
        declared = Row("another filter", self._type.kind, claim.names, claim.scope, claim.state)
        other = self._run.picture.declare(row, tenant_id, declared)
        if other is not None:
            shared = min(set(claim.names) & set(other.names))
            reason = (
                f"{other.resource} contradicts it: {shared} is {claim.state} here and "
                f"{other.state} there, for pixels that both cover. Give them the same state, or "
                "pixels that do not overlap"
            )
            checked.failures.append(Failure("", reason))
        if self._run.picture.is_late(row):
            self._run.account(tenant_id).ledger.late.add(claim)

    # -- diff ----------------------------------------------------------------------------------

    def diff(self, _resource_id: str, olds: Props, news: Props) -> Difference:
        """What would change, by state and program alone.

        A filter that is declared inside ``apply`` is the exception: what this run did before it
        could know of it is sent again.
        """
        moved = self._run.has_moved(olds.get("gateway"))
        replaces = tuple(
            name for name in self._keys if is_known(news.get(name)) and differs(name, olds, news)
        )
        if moved or replaces or any(differs(name, olds, news) for name in self._inputs):
            return Difference(True, replaces)
        return Difference(self._is_disturbed(news))

    def _is_disturbed(self, news: Props) -> bool:
        claim, ledger = self._claim(news), self._run.account(news["tenant_id"]).ledger
        return claim in ledger.late and any(
            ledger.is_disturbed(key, claim.scope, claim.state) for key in self._places(claim)
        )

    # -- create --------------------------------------------------------------------------------

    def create(self, inputs: Props) -> Created:
        """Set the declared state."""
        account, claim = self._account(inputs), self._claim(inputs)
        sent, error = self._carry_out(
            account,
            lambda: [
                wish
                for key in self._places(claim)
                for wish in account.ledger.put(key, claim.scope, claim.state)
            ],
        )
        if error is not None:
            raise self._not_created(claim, sent, error)
        label = min(claim.scope) if claim.scope is not None else GLOBAL
        resource_id = f"{account.tenant_id}/{claim.names[0]}/{label}"
        return Created(resource_id, self._outputs(inputs, account))

    @staticmethod
    def _not_created(claim: FilterClaim, sent: Sequence[Sent], error: GatewayError) -> GatewayError:
        """The error to raise. What was sent stays: another resource may have sent it before.

        A connection may have sent it, or a filter that is removed may leave it to this one.
        """
        error = error.after([s.wish.setting.words for s in sent if not s.error])
        unclear = claim.state == canonical.DROP or any(s.may_hold for s in sent)
        return error.also(MAY_HOLD.format("It")) if unclear else error

    # -- read ----------------------------------------------------------------------------------

    def read(self, _resource_id: str, outputs: Props) -> Found:
        """The last confirmed state: the API has no operation that reads filters."""
        names = (*self._inputs, "gateway")
        return Found(outputs, {name: outputs[name] for name in names if name in outputs})

    # -- update --------------------------------------------------------------------------------

    def update(self, _resource_id: str, olds: Props, news: Props) -> Props:
        """Send what is declared where it changed, then release what is no longer declared."""
        account, old, new = self._account(news), self._claim(olds), self._claim(news)
        again = self._run.has_moved(olds.get("gateway")) or differs("reassert", olds, news)
        disturbed = self._is_disturbed(news)
        again = again or disturbed
        try:
            self._change(account, old, new, lambda: list(self._changes(account, old, new, again)))
        except GatewayError as error:
            raise (error.also(_UNSEEN) if disturbed else error) from error
        return self._outputs(news, account, olds.get("verification", ACCEPTED))

    def _changes(
        self, account: RunAccount, old: FilterClaim, new: FilterClaim, again: bool
    ) -> Iterator[Wish]:
        ledger, kept = account.ledger, set(old.names) & set(new.names)
        believed = "" if again else old.state
        for key in self._places(new):
            if key.name not in kept:
                yield from ledger.put(key, new.scope, new.state)
            elif old.scope is None and new.scope is not None:
                # The way back from the account sets what filters name, this one's pixels too.
                yield from ledger.let_go_account(key, believed)
            elif again or old.state != new.state or _grows(old.scope, new.scope):
                yield from ledger.put(key, new.scope, new.state, leaving=old.scope or frozenset())
        for key in self._places(old):
            if key.name not in kept:
                yield from self._let_go(account, key, old._replace(state=believed))
            elif old.scope is not None and new.scope is not None:
                yield from ledger.let_go(key, old.scope - new.scope, believed)

    def _change(
        self, account: RunAccount, old: FilterClaim, new: FilterClaim | None, plan: Plan
    ) -> None:
        """Change what a filter has put in force, or put it back.

        Raises:
            GatewayError: What failed, and what became of it.
        """
        sent, error = self._carry_out(account, plan)
        if error is None:
            return
        half_way = any(s.may_hold for s in sent)
        error = self._put_back(account, old, error, half_way=half_way)
        unclear = new is not None and (half_way or new.state == canonical.DROP)
        if new is not None and unclear and _adds(old, new):
            error = error.also(MAY_HOLD.format("What was added"))
        raise error

    def _put_back(
        self, account: RunAccount, old: FilterClaim, error: GatewayError, *, half_way: bool
    ) -> GatewayError:
        """Put the old state in force again, which Pulumi's state keeps; the error to raise.

        Another resource may have opened its pixels, since the program wanted that of this one. From
        now on none does.
        """
        ledger, places = account.ledger, self._places(old)
        ledger.keep(places, old.scope, old.state)
        back: list[Wish] = []

        def plan() -> list[Wish]:
            left = [k for k in places if half_way or ledger.is_left(k, old.scope, old.state)]
            back[:] = [w for key in left for w in ledger.put_back(key, old.scope, old.state)]
            return back + [w for key in places for w in ledger.give_back(key, old.scope)]

        _, second = self._carry_out(account, plan)
        if second is not None:
            reason = f"its former state could not be put back ({second.reason})"
            return error.because(f"{error.reason}; {reason}").also(
                "It is not known whether it is in force. Run the command again; to go back to the "
                "old values, also set a new `reassert`."
            )
        if back or half_way:
            return error.because(f"{error.reason}; its former state was put back and is in force")
        return error

    # -- delete --------------------------------------------------------------------------------

    def delete(self, _resource_id: str, outputs: Props) -> None:
        """Release: what another filter claims stays as claimed, the rest goes back to PUBLISH."""
        self._run.has_moved(outputs.get("gateway"))
        account, claim = self._account(outputs), self._claim(outputs)
        self._change(
            account,
            claim,
            None,
            lambda: [
                wish for key in self._places(claim) for wish in self._let_go(account, key, claim)
            ],
        )

    @staticmethod
    def _let_go(account: RunAccount, key: PlaceKey, claim: FilterClaim) -> list[Wish]:
        if claim.scope is None:
            return account.ledger.let_go_account(key, claim.state)
        return account.ledger.let_go(key, claim.scope, claim.state)

    # ------------------------------------------------------------------------------------------

    @staticmethod
    def _carry_out(account: RunAccount, plan: Plan) -> tuple[list[Sent], GatewayError | None]:
        """What became of a plan, and why it is not in force, if so."""
        try:
            sent = account.filters.carry_out(plan)
        except GatewayError as error:
            return [], error
        return sent, _failure(sent) if any(s.error for s in sent) else None

    def _account(self, props: Mapping[str, Any]) -> RunAccount:
        return self._run.account(props["tenant_id"])

    def _claim(self, props: Mapping[str, Any]) -> FilterClaim:
        named, pixel_ids = props[self._type.name], props.get("pixel_ids")
        names = tuple(sorted(named)) if isinstance(named, list) else (named,)
        scope: Scope = None if pixel_ids is None else frozenset(pixel_ids)
        return FilterClaim(names, scope, props["filter_state"])

    def _places(self, claim: FilterClaim) -> list[PlaceKey]:
        return [PlaceKey(self._type.kind, name) for name in claim.names]

    def _outputs(self, inputs: Props, account: RunAccount, before: str = ACCEPTED) -> Props:
        claim = self._claim(inputs)
        # The weakest of all names; those that were not sent are as they were before.
        echoed = (
            account.ledger.is_echoed(key, claim.scope, claim.state) for key in self._places(claim)
        )
        whole = all(before == ECHOED if each is None else each for each in echoed)
        verification = ECHOED if whole else ACCEPTED
        return {**inputs, "gateway": self._run.host(), "verification": verification}


_CLAIMED = ("pixel_ids", "filter_state")
_EMPTY = {
    "pixel_ids": "leave pixel_ids out for the whole account",
    "event_names": "name one event or more",
    "domains": "name one website or more",
}


def _adds(old: FilterClaim, new: FilterClaim) -> bool:
    return bool(set(new.names) - set(old.names)) or _grows(old.scope, new.scope)


def _grows(old: Scope, new: Scope) -> bool:
    if old is None or new is None:
        return old is not None
    return bool(new - old)


def _failure(sent: Sequence[Sent]) -> GatewayError:
    """One error for all settings that failed: the least certain one, which names the others."""
    failed = [s for s in sent if s.error is not None]
    errors = [s.error for s in failed if s.error is not None]
    first = next((e for e in errors if isinstance(e, OutcomeUnknownError)), errors[0])
    others = sorted({s.wish.setting.name for s in failed})
    if len(others) > 1:
        shown = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
        return first.because(f"{first.reason} (failed: {shown})")
    return first

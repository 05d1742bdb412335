"""How event filters and domain filters live: the same life, other names.

The API sets a filter's state and never tells it. So state in Pulumi is what was last confirmed,
and everything below is about the gateway ending in the declared state whatever the order of calls
and however it keeps account-wide filters (one rule, a copy for each pixel, a pixel's own entry
first or last: unknown).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import canonical
from .. import settings as table
from .claims import FilterClaim, FilterKey, Progress, Scope, settling
from .filter_writer import ACCEPTED, FilterWriter
from .tenancy import resolve_tenant
from .values import (
    GOING_BACK,
    UNKNOWN,
    Canonical,
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
)

if TYPE_CHECKING:
    from ..gateway import FilterKind
    from .run import Run

SENT_FOR = "sent_for"
"""Output: pixels of the program that a filter was sent for, as text; they may have gone since."""

GLOBAL = "global"
"""What an id says in place of a pixel where a filter is account-wide."""


@dataclass(frozen=True)
class FilterType:
    """What tells event filters and domain filters apart.

    Attributes:
        kind: The gateway's operation.
        name: The property that names what is filtered.
        canonical: Its canonical form.
        remark: What to say of a name that is valid and yet probably wrong, or "".
    """

    kind: FilterKind
    name: str
    canonical: Canonical
    remark: Callable[[str], str] = lambda _name: ""


class FilterLifecycle:
    """Check, diff, create, read, update and delete of filters, over one run."""

    def __init__(self, run: Run, kind: FilterType) -> None:
        self._run = run
        self._type = kind
        self._fields: dict[str, Canonical] = {
            kind.name: kind.canonical,
            "filter_state": canonical.filter_state,
            "tenant_id": canonical.tenant_id,
            "reassert": lambda value: canonical.text(value, "reassert"),
        }
        self._inputs = (*self._fields, "pixel_ids")
        self._keys = ("tenant_id", kind.name)

    # -- check ---------------------------------------------------------------------------------

    def check(self, olds: Props, news: Props) -> Checked:
        """Canonical inputs and all failures; declares the filter in the run's memory."""
        checked = canonical_inputs(news, self._fields)
        inputs = checked.inputs
        siblings, connections = inputs.pop("siblings", None), inputs.pop("connections", None)
        resolve_tenant(self._run.settings, olds, checked)
        checked.failures += [
            Failure(name, f"{name} is missing")
            for name in (self._type.name, "filter_state")
            if name not in inputs
        ]
        if "pixel_ids" in inputs:
            inputs["pixel_ids"] = _canonical_pixels(inputs["pixel_ids"], checked.failures)
        self._resolve_reassert(olds, checked)
        if not checked.failures:
            self._remark(inputs)
            if siblings and all(is_known(inputs[name]) for name in self._keys):
                self._declare_siblings(self._key(inputs), siblings)
            if all(is_known(inputs.get(name)) for name in (*self._keys, *_CLAIMED)):
                self._run.filters.declare(self._key(inputs), _claim(inputs), connections)
        return checked

    def _declare_siblings(self, key: FilterKey, siblings: str) -> None:
        """Declare what the program says of the same key in resources that come later, or never.

        The engine may leave a resource out of the run (``--target``) or stop before it.
        """
        if self._run.filters.is_news(key, siblings):
            for pixel_ids, filter_state in json.loads(siblings):
                scope = None if pixel_ids is None else frozenset(pixel_ids)
                self._run.filters.declare(key, FilterClaim(scope, filter_state))

    def _resolve_reassert(self, olds: Props, checked: Checked) -> None:
        """None never makes a difference: the run's value, else the last one, stays in mind."""
        if "reassert" in checked.inputs:
            return
        for_all = read_setting(self._run.settings, table.REASSERT, checked, "reassert")
        if value := for_all or olds.get("reassert"):
            checked.inputs["reassert"] = value

    def _remark(self, inputs: Props) -> None:
        name = inputs[self._type.name]
        remark = self._type.remark(name) if isinstance(name, str) else ""
        if remark:
            self._run.warn(remark, self._type.kind, name)

    # -- diff ----------------------------------------------------------------------------------

    def diff(self, olds: Props, news: Props) -> Difference:
        """What would change; an unchanged filter that the run has disturbed is sent again."""
        moved = self._run.has_moved(olds.get("gateway"))
        replaces = tuple(
            name for name in self._keys if is_known(news.get(name)) and differs(name, olds, news)
        )
        if moved or replaces or self._changed(olds, news):
            return Difference(True, replaces)
        key, claim = self._key(news), _claim(news)
        if not self._run.filters.is_undisturbed(key, claim):
            return Difference(True)
        # Asked once the claim is applied: a connection that is made meanwhile either has seen the
        # claim, or is seen here.
        anew = self._run.connections.has_anew(key.tenant_id, claim, expected=True)
        if anew or self._unsent(key, claim, olds):
            self._run.filters.settle(key, claim, Progress.DECLARED)
            return Difference(True)
        return Difference(False)

    def _unsent(self, key: FilterKey, claim: FilterClaim, olds: Props) -> set[str]:
        """Pixels that the program connects and the filter was never sent for.

        They were connected by a run that did not get as far as this filter.
        """
        now, before = self._run.filters.connections(key, claim), olds.get(SENT_FOR)
        if now is None or before is None or now == before:
            return set()
        return set(now.split()) - set(before.split())

    def _changed(self, olds: Props, news: Props) -> bool:
        return any(differs(name, olds, news) for name in self._inputs)

    # -- create --------------------------------------------------------------------------------

    def create(self, inputs: Props) -> Created:
        """Set the declared state."""
        key, claim = self._key(inputs), _claim(inputs)
        with self._settling(key, claim) as writer:
            verification = writer.put(claim)
        label = min(claim.scope) if claim.scope is not None else GLOBAL
        resource_id = f"{key.tenant_id}/{key.name}/{label}"
        return Created(resource_id, self._outputs(inputs, verification))

    # -- read ----------------------------------------------------------------------------------

    def read(self, outputs: Props) -> Found:
        """The last confirmed state: the API has no operation that reads filters."""
        return Found(outputs, {name: outputs[name] for name in self._inputs if name in outputs})

    # -- update --------------------------------------------------------------------------------

    def update(self, olds: Props, news: Props) -> Props:
        """Send what is declared where it changed, then let go of what is no longer declared."""
        key, old, new = self._key(news), _claim(olds), _claim(news)
        with self._settling(key, new, GOING_BACK) as writer:
            verification = olds.get("verification", ACCEPTED)
            narrows = old.scope is None and new.scope is not None
            before = frozenset(olds.get(SENT_FOR, "").split()) | (old.scope or frozenset())
            if not narrows and self._must_send(key, olds, news):
                verification = writer.put(new, before)
            elif not narrows:
                expected = self._run.connections.still_expected(key.tenant_id)
                writer.put_pixels(self._unsent(key, new, olds) - expected, new.filter_state)
            if narrows:
                # The way back from the account sends the claims on single pixels, this one's too.
                verification = writer.withdraw_account(new, before)
            elif old.scope is not None and new.scope is not None:
                writer.withdraw_pixels(old.scope - new.scope, old.filter_state)
        return self._outputs(news, verification, before if new.scope is None else frozenset())

    def _must_send(self, key: FilterKey, olds: Props, news: Props) -> bool:
        old, new = _claim(olds), _claim(news)
        moved = self._run.has_moved(olds.get("gateway"))
        widens = new.scope is None and old.scope is not None
        adds = new.scope is not None and old.scope is not None and bool(new.scope - old.scope)
        if moved or widens or adds or differs("reassert", olds, news):
            return True
        if old.filter_state != new.filter_state or self._run.filters.is_opened(key, new):
            return True
        # A pixel that is still to be connected gets its filters from that connection's create.
        return self._run.connections.has_anew(key.tenant_id, new, expected=False)

    # -- delete --------------------------------------------------------------------------------

    def delete(self, outputs: Props) -> None:
        """Let go: what another filter claims stays as claimed, the rest rests at PUBLISH."""
        self._run.has_moved(outputs.get("gateway"))
        key, claim = self._key(outputs), _claim(outputs)
        with self._run.account(key.tenant_id).filter_writes:
            writer = FilterWriter(self._run, key)
            if claim.scope is None:
                writer.withdraw_account(None, outputs.get(SENT_FOR, "").split())
            else:
                writer.withdraw_pixels(claim.scope, claim.filter_state)

    # ------------------------------------------------------------------------------------------

    @contextmanager
    def _settling(
        self, key: FilterKey, claim: FilterClaim, going_back: str = ""
    ) -> Iterator[FilterWriter]:
        """Holds an account's filter writes for one operation, and settles its claim after it."""
        writer, settle = FilterWriter(self._run, key), partial(self._run.filters.settle, key, claim)
        # Settled before the lock is free: who connects a pixel next must see what was applied.
        with (
            self._run.account(key.tenant_id).filter_writes,
            settling(settle, writer.done, going_back),
        ):
            yield writer

    def _key(self, props: Mapping[str, Any]) -> FilterKey:
        return FilterKey(self._type.kind, props["tenant_id"], props[self._type.name])

    def _outputs(
        self, inputs: Props, verification: str, before: frozenset[str] = frozenset()
    ) -> Props:
        outputs = {**inputs, "gateway": self._run.host(), "verification": verification}
        now = self._run.filters.connections(self._key(inputs), _claim(inputs))
        if now is None and not before:
            return outputs
        return {**outputs, SENT_FOR: " ".join(sorted(before.union((now or "").split())))}


_CLAIMED = ("pixel_ids", "filter_state")


def _claim(props: Mapping[str, Any]) -> FilterClaim:
    pixel_ids = props.get("pixel_ids")
    scope: Scope = None if pixel_ids is None else frozenset(pixel_ids)
    return FilterClaim(scope, props["filter_state"])


def _canonical_pixels(value: Any, failures: list[Failure]) -> Any:
    """A set of pixel ids in canonical form; what is unknown in it stays, after the known."""
    if value is UNKNOWN:
        return value
    if not isinstance(value, list):
        failures.append(Failure("pixel_ids", "must be a list of pixel ids"))
        return value
    if not value:
        reason = "an empty list filters nothing; leave pixel_ids out for the whole account"
        failures.append(Failure("pixel_ids", reason))
    known = []
    for index, item in enumerate(value):
        if item is UNKNOWN:
            continue
        try:
            known.append(canonical.pixel_id(item))
        except ValueError as error:
            failures.append(Failure(f"pixel_ids[{index}]", str(error)))
    return canonical.pixel_ids(known) + [item for item in value if item is UNKNOWN]

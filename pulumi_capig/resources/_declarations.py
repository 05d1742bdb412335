"""The picture of a program: all that it declares. Refuses what contradicts itself.

It is kept on the root resource of the run, so that two stacks in one process do not see each other.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime import get_root_resource, is_dry_run

from .. import canonical
from .. import settings as table
from ..errors import SettingsError
from ..picture import FILTERS, HINT, Row, Writer, digest
from ._gate import ProgramGate
from ._program import is_real_run, refuse, refuse_resource_id, settings
from ._values import LATER, Values

_ON_ROOT = "_pulumi_capig_declarations"

_OTHERS = 1.0
"""Seconds to wait, once a run, for the next value of another provider."""

_STATES = ("", canonical.DROP, canonical.PUBLISH)


@dataclass
class Declared:
    """What one resource declares, as the program passes it.

    Attributes:
        resource: The resource, in words.
        kind: What it is about, as in `Row`.
        tenant: The account; None for the default.
        names: Events or websites; or the keys that no other resource may declare.
        spell: Brings a name into its canonical form.
        scope: Pixel ids; None for the whole account.
        state: The state of a filter; empty for any other kind.
        clash: What two resources with the same key do, such as ``connect the same pixel``.
        overruled: Whether the resource's options make the state decide instead of the program.
        deletes_first: Whether it is deleted before it is replaced.
        also: Keys beyond its account that no other resource may declare.
    """

    resource: str
    kind: str
    tenant: Any
    names: Any
    spell: Callable[[Any], str]
    scope: Any = None
    state: Any = ""
    clash: str = ""
    overruled: bool = False
    deletes_first: bool = False
    also: tuple[Declared, ...] = ()

    @property
    def values(self) -> tuple[Any, ...]:
        """All that it declares."""
        return self.tenant, self.names, self.scope, self.state

    @property
    def ids(self) -> tuple[Any, ...]:
        """The values that may be secret ids: of its account, of pixels, of people."""
        return self.tenant, self.scope, None if self.kind in FILTERS else self.names


class _PlaceKey(NamedTuple):
    account: int | str
    kind: str
    name: str


@dataclass
class _Account:
    """An account: by its id, or by the output that will have it."""

    output: pulumi.Output[Any] | None = None
    digest: str | None = None


@dataclass
class _Place:
    """Who declares what of one name, by state and pixel; None is the whole account."""

    states: defaultdict[str, dict[str | None, int]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def contradiction(self, number: int, row: Row) -> int | None:
        """A filter that contradicts this one; for other kinds, who declares the same key."""
        if not row.is_filter:
            return next((n for n in self.states[""].values() if n != number), None)
        for state, filters in self.states.items():
            if state == row.state or not filters:
                continue
            if row.scope is None:
                return next(iter(filters.values()))
            for pixel in (None, *sorted(row.scope)):
                if pixel in filters:
                    return filters[pixel]
        return None

    def add(self, number: int, row: Row) -> None:
        for pixel in [None] if row.scope is None else row.scope:
            self.states[row.state].setdefault(pixel, number)


@dataclass(frozen=True)
class _Hint:
    """A hint that is made when it is awaited: a program that raises awaits none."""

    declarations: Declarations
    number: int

    def __await__(self) -> Generator[Any, None, str]:
        return self.declarations.hint(self.number).__await__()


class Declarations:
    """What the program of one run has declared so far.

    Args:
        root: The run's root resource.

    Attributes:
        values: What is behind the outputs that the program passes.
    """

    def __init__(self, root: pulumi.Resource) -> None:
        self.values = Values()
        self._gate = ProgramGate(root)
        self._rows: list[Declared] = []
        self._accounts: list[_Account] = []
        self._unresolved: set[int] = set()
        self._numbers: dict[Any, int] = {}
        self._known: dict[int, Row] = {}
        self._ids: dict[int, pulumi.Output[str]] = {}
        self._places: defaultdict[_PlaceKey, _Place] = defaultdict(_Place)
        self._added: set[tuple[int, int | str]] = set()
        self._settling: asyncio.Task[None] | None = None
        self._writer: Writer | None = None
        self._secret_ids: set[str] = set()
        self._written = 0, 0, 0
        self._foreseen: set[int] = set()
        self._late_from: int | None = None

    def declare(self, declared: Declared) -> Any:
        """Add a resource to the picture; returns its hint, which waits for the whole picture.

        Raises:
            pulumi.RunError: It contradicts another resource, and that can be seen already.
        """
        self._gate.count()
        number = len(self._rows)
        for each in (declared, *declared.also):
            self._rows.append(each)
            self._account(each.tenant)
            self._guard(len(self._rows) - 1)
        first_late = 0 if self._gate.came_late else self._late_from
        if number == first_late and not self._gate.gave_up:
            pulumi.log.warn(
                f"{declared.resource} is declared inside `apply`, or after an `await`: previews "
                "cannot show it.\n  Declare it outside of them, and use `apply` only for its "
                "values."
            )
        return _Hint(self, number)

    def remember_arguments(self, resource: pulumi.Resource, declared: Mapping[str, Any]) -> None:
        """Remember what the program passed for the outputs of one of our resources."""
        for name, value in declared.items():
            if name != HINT:
                self.values.stands_for(getattr(resource, name), value)

    def remember_id(self, resource: pulumi.Resource) -> None:
        """Remember the id of one of our resources, to tell it from a pixel id."""
        self._ids[id(resource.id)] = resource.id  # type: ignore[attr-defined]

    def refuse_ids(self, resource: str, declared: Mapping[str, Any]) -> None:
        """Refuse the id of a resource where a pixel id is needed."""
        for key in ("pixel_id", "pixel_ids"):
            if any(id(output) in self._ids for output in _outputs(declared.get(key))):
                refuse_resource_id(resource, key, "the id of a resource")

    async def hint(self, number: int) -> str:
        """What the provider needs to find a resource in the picture, once that is whole.

        Raises:
            pulumi.RunError: What the resource declares is refused, now that it is known.
        """
        await self._gate.passed()
        if self._settling is None:
            self._settling = asyncio.ensure_future(self._settle())
        await asyncio.shield(self._settling)
        declared = self._rows[number]
        await self.values.learn(*declared.values)
        for each in (declared, *declared.also):
            self._note_secrets(each)
        if declared.scope is not None and self.values.known(declared.scope, secrets=True) is None:
            refuse(
                f"{declared.resource}: pixel_ids is an output without a value (None)",
                "Leave pixel_ids out for the whole account, or give the output a value.",
            )
        self._guard(number)
        return self._write().hint(number)

    async def _settle(self) -> None:
        """Wait for what resolves without our resources, such as config or a stack reference."""
        waiting = {
            self.values.learning(output)
            for row in self._rows
            for output in _outputs(row.values, self.values.behind)
        }
        while waiting:
            done, waiting = await asyncio.wait(
                waiting, timeout=_OTHERS, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                break
        for number, row in enumerate(self._rows):
            self._note_secrets(row)
            self._guard(number)

    def _note_secrets(self, declared: Declared) -> None:
        for text in self.values.secrets_in(declared.ids):
            self._secret_ids |= {digest(text), digest(_spelled(declared.spell, text))}

    # -- accounts ------------------------------------------------------------------------------

    def _account(self, tenant: Any) -> int:
        """The number of an account; an output has a separate one until it has resolved."""
        tenant = self.values.behind(tenant)
        tenant = _default() if tenant is None else tenant
        key = id(tenant) if isinstance(tenant, pulumi.Output) else str(tenant)
        if key not in self._numbers:
            self._numbers[key] = len(self._accounts)
            if isinstance(tenant, pulumi.Output):
                self._unresolved.add(len(self._accounts))
                self._accounts.append(_Account(output=tenant))
            else:
                self._accounts.append(_Account(digest=digest(str(tenant)) if tenant else None))
        return self._numbers[key]

    def _account_key(self, number: int) -> int | str:
        if number in self._unresolved:
            account = self._accounts[number]
            value = self.values.known(account.output, secrets=True)
            if isinstance(value, str):
                account.digest = digest(value)
                self._unresolved.discard(number)
        return self._accounts[number].digest or number

    # -- contradictions ------------------------------------------------------------------------

    def _guard(self, number: int) -> None:
        """Refuse what contradicts another resource, as far as that is known by now."""
        row = self._row(number)
        if row is None:
            return
        account = self._account_key(int(row.account))
        if (number, account) in self._added:
            return
        self._added.add((number, account))
        for name in row.names:
            place = self._places[_PlaceKey(account, row.kind, name)]
            if (other := place.contradiction(number, row)) is not None:
                _refuse_contradiction(row, self._known[other], self._rows[other].clash, name)
            place.add(number, row)

    def _row(self, number: int) -> Row | None:
        """What a resource declares, in canonical form; None as long as that is not known."""
        if number not in self._known and (row := self._spelled(self._rows[number])):
            self._known[number] = row
        return self._known.get(number)

    def _spelled(self, declared: Declared) -> Row | None:
        known, by_key = self.values.known, declared.kind not in FILTERS
        names = known(declared.names, secrets=by_key)
        scope, state = (known(v, secrets=True) for v in (declared.scope, declared.state))
        if declared.overruled or LATER in (names, scope, state):
            return None
        if not (isinstance(names, list) and isinstance(scope, list | None) and state in _STATES):
            return None  # the provider's check says what is wrong with it
        try:
            spelled = tuple(sorted({declared.spell(name) for name in names}))
            pixels = None if scope is None else frozenset(map(canonical.pixel_id, scope))
        except (ValueError, TypeError):
            return None  # the provider's check says what is wrong with it
        account = self._account(declared.tenant)
        hidden = self.values.is_secret([declared.names if by_key else None, declared.scope])
        return Row(declared.resource, declared.kind, spelled, pixels, state, account, hidden)

    # -- the file ------------------------------------------------------------------------------

    def _write(self) -> Writer:
        if self._writer is None:
            self._writer = Writer()
            weakref.finalize(self, self._writer.remove)
        for number in [*self._unresolved]:
            self._account_key(number)
        news = len(self._rows), len(self._unresolved), len(self._secret_ids)
        if news != self._written:
            self._written = news
            rows = [self._row(number) for number in range(len(self._rows))]
            accounts = [account.digest for account in self._accounts]
            if self._late_from is None:
                self._late_from = len(rows)
                self._foreseen = {n for n, row in enumerate(rows) if row}
            late = set(range(len(rows))) - self._foreseen
            first = [number for number, row in enumerate(self._rows) if row.deletes_first]
            self._writer.write(
                rows,
                accounts,
                late=late,
                deletes_first=first,
                secret=self._secret_ids,
                preview=is_dry_run(),
            )
        return self._writer


def declarations() -> Declarations | None:
    """What the program of this run declares; None in a unit test with mocks."""
    if not is_real_run():
        return None
    root: Any = get_root_resource()
    found = getattr(root, _ON_ROOT, None)
    if not isinstance(found, Declarations):
        found = Declarations(root)
        setattr(root, _ON_ROOT, found)
    return found


def _outputs(
    value: Any, behind: Callable[[Any], Any] = lambda value: value
) -> list[pulumi.Output[Any]]:
    value = behind(value)
    if isinstance(value, list | tuple):
        return [output for item in value for output in _outputs(item, behind)]
    return [value] if isinstance(value, pulumi.Output) else []


def _refuse_contradiction(row: Row, other: Row, clash: str, name: str) -> None:
    if not row.is_filter:
        shown = "" if row.hidden or other.hidden else f", {name}"
        refuse(f"{row.resource} and {other.resource} {clash}{shown}", "Keep one of them.")
    opposite = canonical.DROP if row.state == canonical.PUBLISH else canonical.PUBLISH
    refuse(
        f"{row.resource} and {other.resource} contradict each other: {name} is {row.state} in "
        f"one and {opposite} in the other, for pixels that both cover",
        "Give them the same state, or pixels that do not overlap: it is not documented which of "
        "them the gateway would follow.",
    )


def _spelled(spell: Callable[[Any], str], text: str) -> str:
    try:
        return spell(text)
    except ValueError:
        return text  # the provider's check says what is wrong with it


def _default() -> str:
    try:
        return settings().get(table.TENANT_ID)
    except SettingsError:
        return ""  # the provider's check says what is wrong with it

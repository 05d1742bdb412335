"""Random programs, and small edits of them: where renames, swaps and hand-overs come from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal, NamedTuple

from tests.support.deployment import Program

ACCOUNTS = ("SandboxA", "SandboxB")
HAND = ("101", "102")
PIXELS = (*HAND, "201", "202", "203")
NAMES = {"event": ("Lead", "Search", "Purchase"), "domain": ("a.example", "b.example")}

Kind = Literal["event", "domain"]


class Place(NamedTuple):
    """An event or website of an account, for one pixel."""

    tenant: str
    kind: Kind
    name: str
    pixel: str


@dataclass(frozen=True)
class Filter:
    """What a filter declares; with `plural`, as one resource of several names."""

    tenant: str
    kind: Kind
    names: tuple[str, ...]
    scope: frozenset[str] | None
    state: str
    plural: bool = False
    reassert: str | None = None

    def __str__(self) -> str:
        scope = "*" if self.scope is None else ",".join(sorted(self.scope))
        what = f"{self.kind}{'s' if self.plural else ''} {self.tenant[-1]} {'+'.join(self.names)}"
        again = f" ({self.reassert})" if self.reassert else ""
        return f"{what} [{scope}] {self.state}{again}"

    def covers(self, place: Place) -> bool:
        """Whether it is about an event or website of a pixel."""
        return (
            (self.tenant, self.kind) == (place.tenant, place.kind)
            and place.name in self.names
            and (self.scope is None or place.pixel in self.scope)
        )

    def contradicts(self, other: Filter) -> bool:
        """Whether both cannot be in force."""
        apart = None not in (self.scope, other.scope) and not (self.scope or frozenset()) & (
            other.scope or frozenset()
        )
        return (
            self.state != other.state
            and (self.tenant, self.kind) == (other.tenant, other.kind)
            and not set(self.names).isdisjoint(other.names)
            and not apart
        )

    def declared(self) -> tuple[str, dict[str, Any]]:
        """As a program passes it."""
        argument = {"event": "event_name", "domain": "domain"}[self.kind]
        named = {f"{argument}s": list(self.names)} if self.plural else {argument: self.names[0]}
        arguments = {**named, "filter_state": self.state, "tenant_id": self.tenant}
        if self.scope is not None:
            arguments["pixel_ids"] = sorted(self.scope)
        if self.reassert is not None:
            arguments["reassert"] = self.reassert
        return f"{self.kind.title()}Filter{'s' if self.plural else ''}", arguments


@dataclass(frozen=True)
class Connection:
    """What a connection declares; one that is not `managed` has no secrets."""

    tenant: str
    pixel: str
    adopt: bool = False
    managed: bool = True
    name: str | None = None
    receiving: bool | None = None
    publishing: bool | None = None
    token: str = "EAAB"
    reassert: str | None = None

    def __str__(self) -> str:
        rest = "".join(
            f" {key}={value}"
            for key, value in vars(self).items()
            if key not in ("tenant", "pixel") and value != getattr(type(self), key)
        )
        return f"pixel {self.tenant[-1]} {self.pixel}{rest}"

    def declared(self) -> tuple[str, dict[str, Any]]:
        """As a program passes it."""
        secrets = {"business_id": "1", "access_token": self.token, "external_id": ""}
        arguments = {
            "pixel_id": self.pixel,
            "tenant_id": self.tenant,
            "pixel_name": self.name,
            "receiving": self.receiving,
            "publishing": self.publishing,
            "reassert": self.reassert,
            **(secrets if self.managed else {}),
        }
        known = {name: value for name, value in arguments.items() if value is not None}
        return "PixelConnection", {**known, "adopt": True} if self.adopt else known


Declared = Filter | Connection
Declarations = Mapping[str, Declared]


def program_of(declarations: Declarations) -> Program:
    """The program as a deployment takes it."""
    return {name: item.declared() for name, item in declarations.items()}


def filters_of(declarations: Declarations) -> dict[str, Filter]:
    """The filters by name."""
    return {name: item for name, item in declarations.items() if isinstance(item, Filter)}


def connections_of(declarations: Declarations) -> dict[str, Connection]:
    """The connections by name."""
    return {name: item for name, item in declarations.items() if isinstance(item, Connection)}


def in_words(declarations: Declarations) -> str:
    """A program in a few words, for messages."""
    return "; ".join(f"{name}: {item}" for name, item in declarations.items())


def contradictory(declarations: Declarations) -> bool:
    """Whether the program's process would refuse it."""
    filters = list(filters_of(declarations).values())
    pixels = [item.pixel for item in connections_of(declarations).values()]
    return len(set(pixels)) < len(pixels) or any(
        one.contradicts(other) for one in filters for other in filters
    )


class Editor:
    """Makes random programs from others.

    Args:
        random: Chooses.
        connected: Says which pixels an account has now.
        by_hand: Says which of them are in no state.
        strict: Whether the gateway refuses filters of pixels that are not connected.
    """

    def __init__(
        self,
        random: Random,
        connected: Callable[[str], Collection[str]],
        by_hand: Callable[[str], Collection[str]],
        *,
        strict: bool,
    ) -> None:
        self._random = random
        self._connected = connected
        self._by_hand = by_hand
        self._strict = strict
        self._count = 0

    def edited(self, before: Declarations) -> dict[str, Declared]:
        """A program some small edits away, which does not contradict itself."""
        for _ in range(50):
            program = dict(before)
            for _ in range(self._random.randint(1, 4)):
                self._edit(program)
            program = self.possible(program)
            if not contradictory(program):
                return program
        return dict(before)

    def possible(self, program: Declarations) -> dict[str, Declared]:
        """A program without pixels that the gateway would refuse."""
        held = {(item.tenant, item.pixel) for item in connections_of(program).values()}
        possible: dict[str, Declared] = {}
        for name, item in program.items():
            if self._strict and isinstance(item, Filter) and item.scope is not None:
                there = frozenset(
                    p
                    for p in item.scope
                    if (item.tenant, p) in held or p in self._by_hand(item.tenant)
                )
                if there:
                    possible[name] = replace(item, scope=there)
            else:
                possible[name] = item
        return possible

    def _edit(self, program: dict[str, Declared]) -> None:
        if not filters_of(program) or self._random.random() < 0.12:
            self._add_filter(program)
        elif self._random.random() < 0.3:
            self._edit_connections(program)
        else:
            self._random.choice(self._filter_edits)(self, program)

    # -- filters -------------------------------------------------------------------------------

    def _scope(self) -> frozenset[str] | None:
        if self._random.random() < 0.4:
            return None
        return frozenset(self._random.sample(PIXELS, self._random.choice((1, 2, 2, 3))))

    def _add_filter(self, program: dict[str, Declared]) -> None:
        kind: Kind = self._random.choice(("event", "event", "domain"))
        plural = self._random.random() < 0.3
        names = self._random.sample(NAMES[kind], self._random.randint(1, 2) if plural else 1)
        state = self._random.choice(("DROP", "DROP", "DROP", "PUBLISH"))
        tenant = self._tenant()
        program[self._spare("f")] = Filter(
            tenant, kind, tuple(sorted(names)), self._scope(), state, plural
        )

    def _rename(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        del program[name]
        program[self._spare("f")] = item

    def _drop(self, program: dict[str, Declared]) -> None:
        del program[self._one_filter(program)[0]]

    def _swap(self, program: dict[str, Declared]) -> None:
        (name, item), (other, second) = self._one_filter(program), self._one_filter(program)
        if item.plural == second.plural and item.kind == second.kind:
            program[name], program[other] = second, item

    def _swap_scopes(self, program: dict[str, Declared]) -> None:
        (name, item), (other, second) = self._one_filter(program), self._one_filter(program)
        if name != other:
            program[name] = replace(item, scope=second.scope)
            program[other] = replace(second, scope=item.scope)

    def _overlap(self, program: dict[str, Declared]) -> None:
        _, item = self._one_filter(program)
        scope = frozenset([self._pixel_of(item)])
        program[self._spare("f")] = replace(item, scope=scope)

    def _hand_over(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        if item.scope is not None and len(item.scope) > 1:
            pixel = self._pixel_of(item)
            program[name] = replace(item, scope=item.scope - {pixel})
            state = self._random.choice((item.state, "PUBLISH", "DROP"))
            program[self._spare("f")] = replace(item, scope=frozenset([pixel]), state=state)

    def _widen(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        program[name] = replace(item, scope=None)

    def _narrow(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        pixels = self._random.sample(PIXELS, self._random.choice((1, 2)))
        program[name] = replace(item, scope=frozenset(pixels))

    def _grow(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        if item.scope is not None:
            program[name] = replace(item, scope=item.scope | {self._random.choice(PIXELS)})

    def _shrink(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        if item.scope is not None and len(item.scope) > 1:
            program[name] = replace(item, scope=item.scope - {self._pixel_of(item)})

    def _flip(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        program[name] = replace(item, state="DROP" if item.state == "PUBLISH" else "PUBLISH")

    def _change_names(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        count = self._random.randint(1, 3) if item.plural else 1
        known = NAMES[item.kind]
        names = self._random.sample(known, min(count, len(known)))
        program[name] = replace(item, names=tuple(sorted(names)))

    def _merge(self, program: dict[str, Declared]) -> None:
        (name, item), (other, second) = self._one_filter(program), self._one_filter(program)
        alike = (item.tenant, item.kind, item.state) == (second.tenant, second.kind, second.state)
        if name == other or not alike:
            return
        if item.scope == second.scope:
            names = tuple(sorted({*item.names, *second.names}))
            del program[name], program[other]
            program[self._spare("f")] = replace(item, names=names, plural=True)
        elif item.names == second.names and None not in (item.scope, second.scope):
            del program[other]
            program[name] = replace(item, scope=(item.scope or frozenset()) | (second.scope or ()))

    def _split(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        if len(item.names) > 1:
            del program[name]
            for each in item.names:
                program[self._spare("f")] = replace(item, names=(each,), plural=False)
        elif item.scope is not None and len(item.scope) > 1:
            del program[name]
            for pixel in sorted(item.scope):
                program[self._spare("f")] = replace(item, scope=frozenset([pixel]))

    def _move(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        program[name] = replace(item, tenant=self._tenant())

    def _reassert(self, program: dict[str, Declared]) -> None:
        name, item = self._one_filter(program)
        program[name] = replace(item, reassert=self.text())

    _filter_edits = (
        _rename, _drop, _swap, _swap_scopes, _overlap, _hand_over, _widen, _narrow, _grow, _shrink,
        _shrink, _flip, _change_names, _merge, _split, _move, _reassert,
    )  # fmt: skip

    def _one_filter(self, program: Declarations) -> tuple[str, Filter]:
        filters = filters_of(program)
        name = self._random.choice(sorted(filters))
        return name, filters[name]

    def _pixel_of(self, item: Filter) -> str:
        return self._random.choice(sorted(item.scope or PIXELS))

    # -- connections ---------------------------------------------------------------------------

    def _edit_connections(self, program: dict[str, Declared]) -> None:
        connections = connections_of(program)
        if not connections or self._random.random() < 0.35:
            self._connect(program)
            return
        name = self._random.choice(sorted(connections))
        item = connections[name]
        edit = self._random.choice(
            ("drop", "rename", "move", "switch", "switch", "name", "token", "reassert")
        )
        if edit == "drop":
            del program[name]
        elif edit == "rename":
            del program[name]
            program[self._spare("c")] = replace(item, adopt=True)
        elif edit == "move" and item.managed:
            program[name] = replace(item, tenant=self._tenant(), adopt=True)
        elif edit == "switch":
            which = self._random.choice(("receiving", "publishing"))
            on = self._random.choice((None, True, False))
            program[name] = replace(item, **{which: on})
        elif edit == "name" and item.managed:
            program[name] = replace(item, name=self._random.choice((None, "Shop", "Store")))
        elif edit == "token" and item.managed:
            program[name] = replace(item, token=self._random.choice(("EAAB", "EAAC")))
        elif edit == "reassert":
            program[name] = replace(item, reassert=self.text())

    def _connect(self, program: dict[str, Declared]) -> None:
        used = {item.pixel for item in connections_of(program).values()}
        free = [pixel for pixel in PIXELS if pixel not in used]
        if not free:
            return
        tenant, pixel = self._tenant(), self._random.choice(free)
        there = pixel in self._connected(tenant)
        managed = not there or self._random.random() < 0.6
        on = self._random.choice((None, None, True, False))
        program[self._spare("c")] = Connection(
            tenant, pixel, adopt=True, managed=managed, publishing=on
        )

    # ------------------------------------------------------------------------------------------

    def text(self) -> str:
        """A text that was not used before."""
        self._count += 1
        return f"again {self._count}"

    def _tenant(self) -> str:
        return self._random.choice((*ACCOUNTS, ACCOUNTS[0], ACCOUNTS[0]))

    def _spare(self, letter: str) -> str:
        self._count += 1
        return f"{letter}{self._count}"


def places(pixels: Collection[str]) -> Iterator[Place]:
    """Everything that filters could be about, for some pixels."""
    for tenant in ACCOUNTS:
        for kind, names in NAMES.items():
            for name in names:
                for pixel in pixels:
                    yield Place(tenant, kind, name, pixel)  # type: ignore[arg-type]

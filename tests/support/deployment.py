"""A deployment on the provider layer: the calls of the engine, in an order that a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_capig.picture import HINT, Row, Writer, digest

from .provider import UNKNOWN, CallError, Provider

Props = dict[str, Any]
Program = Mapping[str, tuple[str, Props]]
"""Resources by name: kind and arguments."""


@dataclass
class Resource:
    """One resource in state."""

    kind: str
    id: str
    inputs: Props
    outputs: Props


@dataclass
class Result:
    """What one operation did: the steps in order, and what failed."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The steps that changed something."""
        return [step for step in self.steps if step[0] != "same"]


class Deployment:
    """A stack's state, and the engine's way through a program.

    The engine checks and diffs a resource when the program registers it, creates and updates at
    once, and deletes at the end, in any order that dependencies allow.
    """

    def __init__(self, provider: Provider, config: Mapping[str, str] | None = None) -> None:
        self.provider = provider
        self.config = dict(config or {})
        self.state: dict[str, Resource] = {}

    def up(
        self,
        program: Program,
        order: Iterable[str] | None = None,
        *,
        refresh: bool = False,
        keep_going: bool = False,
        late: frozenset[str] = frozenset(),
        delete_order: Callable[[list[str]], list[str]] = lambda names: names,
        replace: frozenset[str] = frozenset(),
        delete_first: bool = False,
        target: frozenset[str] | None = None,
        picture: bool = True,
    ) -> Result:
        """Bring the state to a program.

        Args:
            program: What is declared.
            order: In which order the resources are registered; as written if None.
            refresh: Read everything first, as ``up --refresh``.
            keep_going: Go on after a failure, as ``--continue-on-error``.
            late: Resources whose create or update comes after all others are registered, as the
                engine may do with resources that wait.
            delete_order: Puts the deletes in order.
            replace: Resources to replace without a diff, as ``--replace``.
            delete_first: Delete replaced resources before their new ones are created.
            target: The only resources that the run touches, as ``--target``.
            picture: Whether resources carry the program's picture, as all do but those that are
                declared inside ``apply``.
        """
        if picture:
            program = with_picture(program)
        result = Result()
        with self.provider.operation(self.config):
            if refresh:
                self._refresh(result)
            waiting: list[Callable[[], None]] = []
            dead: list[tuple[str, Resource]] = []
            try:
                for name in order if order is not None else program:
                    if target is not None and name not in target:
                        continue
                    act = self._register(name, program[name], dead, result, replace, delete_first)
                    if name in late:
                        waiting.append(lambda n=name, a=act: self._try(n, a, result, keep_going))
                    else:
                        self._try(name, act, result, keep_going)
                for act in waiting:
                    act()
            except _StoppedError:
                return result
            gone = [n for n in self.state if n not in program and (not target or n in target)]
            dead += [(n, self.state[n]) for n in gone]
            by_key = {f"{name} {i}": item for i, (name, item) in enumerate(dead)}
            for key in delete_order(list(by_key)):
                name, resource = key.split()[0], by_key[key]
                try:
                    self.provider.delete(resource.kind, resource.id, resource.outputs)
                except CallError as error:
                    result.errors[name] = str(error)
                    continue
                result.steps.append(("delete", name))
                if self.state.get(name) is resource:
                    del self.state[name]
        return result

    def preview(self, program: Program) -> Result:
        """Check and diff, as a preview does."""
        program, result = with_picture(program, preview=True), Result()
        with self.provider.operation(self.config):
            for name, declared in program.items():
                try:
                    step = self._plan(name, declared)[0]
                except CallError as error:
                    result.errors[name] = str(error)
                else:
                    result.steps.append((step, name))
        result.steps += [("delete", name) for name in self.state if name not in program]
        return result

    def refresh(self) -> Result:
        """Read everything, as ``refresh``."""
        result = Result()
        with self.provider.operation(self.config):
            self._refresh(result)
        return result

    def destroy(self) -> Result:
        """Delete everything, dependants first."""
        return self.up({})

    def _refresh(self, result: Result) -> None:
        for name, resource in list(self.state.items()):
            inputs = resource.inputs
            try:
                id_, outputs, read = self.provider.read(
                    resource.kind, resource.id, resource.outputs
                )
                if not id_:
                    del self.state[name]
                    result.steps.append(("gone", name))
                    continue
                drift = self.provider.diff(resource.kind, id_, outputs, inputs).changes
            except CallError as error:
                result.errors[name] = str(error)
                continue
            resource.inputs, resource.outputs = read, outputs
            result.steps.append(("drift" if drift else "same", name))

    def _plan(
        self, name: str, declared: tuple[str, Props], *, force: bool = False
    ) -> tuple[str, Props]:
        kind, arguments = declared
        old = self.state.get(name)
        checked = self.provider.check(kind, old.inputs if old and not force else None, arguments)
        if checked.failures:
            raise CallError("; ".join(f"{k}: {v}" for k, v in checked.failures.items()))
        if old is None:
            return "create", checked.inputs
        if force:
            return "replace", checked.inputs
        diff = self.provider.diff(kind, old.id, old.outputs, checked.inputs)
        if diff.replaces:
            checked = self.provider.check(kind, None, arguments)
            if checked.failures:
                raise CallError("; ".join(f"{k}: {v}" for k, v in checked.failures.items()))
            return "replace", checked.inputs
        return ("update" if diff.changes else "same"), checked.inputs

    def _register(
        self,
        name: str,
        declared: tuple[str, Props],
        dead: list[tuple[str, Resource]],
        result: Result,
        replace: frozenset[str],
        delete_first: bool,
    ) -> Callable[[], None]:
        kind = declared[0]
        try:
            step, inputs = self._plan(name, declared, force=name in replace)
        except CallError as error:
            failure = error
            return lambda: (_ for _ in ()).throw(failure)
        old = self.state.get(name)

        def act() -> None:
            result.steps.append((step, name))
            if step == "same":
                assert old is not None
                old.inputs = inputs
            elif step == "update":
                assert old is not None
                outputs = self.provider.update(kind, old.id, old.outputs, inputs)
                self.state[name] = Resource(kind, old.id, inputs, outputs)
            else:
                if step == "replace" and delete_first:
                    assert old is not None
                    self.provider.delete(kind, old.id, old.outputs)
                    self.state.pop(name)
                id_, outputs = self.provider.create(kind, inputs)
                if step == "replace" and not delete_first:
                    assert old is not None
                    dead.append((name, old))
                self.state[name] = Resource(kind, id_, inputs, outputs)

        return act

    @staticmethod
    def _try(name: str, act: Callable[[], None], result: Result, keep_going: bool) -> None:
        try:
            act()
        except CallError as error:
            result.errors[name] = str(error)
            if not keep_going:
                raise _StoppedError from None


def with_picture(program: Program, *, preview: bool = False) -> Program:
    """The program with each resource carrying the picture, as the program's process writes it."""
    writer, accounts = Writer(), {digest(DEFAULT): 0}
    rows = []
    for name, (kind, arguments) in program.items():
        account = accounts.setdefault(digest(arguments.get("tenant_id", DEFAULT)), len(accounts))
        rows.append(_row(f"{kind} '{name}'", arguments, account))
    writer.write(rows, list(accounts), late_from=len(rows), preview=preview)
    return {
        name: (kind, {**arguments, HINT: writer.hint(row)})
        for row, (name, (kind, arguments)) in enumerate(program.items())
    }


def _row(resource: str, arguments: Props, account: int) -> Row | None:
    subject, kind = next(s for s in _SUBJECTS.items() if s[0] in arguments)
    names, scope = arguments[subject], arguments.get("pixel_ids")
    values = [*(names if isinstance(names, list) else [names]), *(scope or ())]
    if not all(isinstance(value, str) for value in values) or UNKNOWN in values:
        return None
    pixels = None if scope is None else frozenset(scope)
    spelled = tuple(sorted(names)) if isinstance(names, list) else (names,)
    return Row(resource, kind, spelled, pixels, arguments.get("filter_state", ""), account)


DEFAULT = "SandboxA"
_SUBJECTS: dict[str, Any] = {
    "pixel_id": "connection",
    "event_name": "event",
    "event_names": "event",
    "domain": "domain",
    "domains": "domain",
}


class _StoppedError(Exception):
    """The operation ends at the first failure."""

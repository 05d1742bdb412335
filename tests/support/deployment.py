"""A deployment on the provider layer: the calls of the engine, in an order that a test chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any

from pulumi_capig import canonical
from pulumi_capig.picture import HINT, HOST, THE_DOMAIN, Row, Writer, digest

from .provider import UNKNOWN, CallError, Provider

Props = dict[str, Any]
Program = Mapping[str, tuple[str, Props]]
"""Resources by name: kind and arguments."""


@dataclass(frozen=True)
class IdOf:
    """The id of another resource of the program, which only its create tells."""

    resource: str


@dataclass
class Resource:
    """One resource in state.

    Attributes:
        needs: Resources whose ids it was given.
    """

    kind: str
    id: str
    inputs: Props
    outputs: Props
    needs: frozenset[str] = frozenset()


@dataclass
class Result:
    """What one operation did: the steps in order, and what failed.

    Attributes:
        lives: Whether the operation still lives; one that is killed gets no answer any more.
    """

    steps: list[tuple[str, str]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    lives: Callable[[], bool] = lambda: True

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The steps that changed something."""
        return [step for step in self.steps if step[0] != "same"]

    def confirm(self) -> None:
        """A call was answered: that counts, unless the operation was killed before."""
        if not self.lives():
            raise _StoppedError


class Deployment:
    """A stack's state, and the engine's way through a program.

    The engine checks and diffs a resource when the program registers it, creates and updates at
    once, and deletes at the end, in any order that dependencies allow. Here, one call follows the
    other, so that a test chooses their order.
    """

    def __init__(self, provider: Provider, config: Mapping[str, str] | None = None) -> None:
        self.provider = provider
        self.config = dict(config or {})
        self.state: dict[str, Resource] = {}
        self.doomed: list[tuple[str, Resource]] = []
        """What was replaced and is not deleted yet."""

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
        apart: frozenset[str] = frozenset(),
        lives: Callable[[], bool] = lambda: True,
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
            apart: Resources that are declared inside ``apply``.
            lives: Whether the run still lives. One that is killed gets no answer any more, and
                what ended at that moment is not in state.
        """
        if picture:
            program = with_picture(program, apart=apart, delete_first=delete_first)
        result = Result(lives=lives)
        gone = [n for n in self.state if n not in program and (target is None or n in target)]
        with self.provider.operation(self.config), suppress(_StoppedError):
            if refresh:
                self._refresh(result)
            steps = self._steps(result, keep_going=keep_going)
            with steps:
                names = order if order is not None else program
                for name in sorted(names, key=lambda n: (bool(_needs(program[n])), n in apart)):
                    if target is not None and name not in target:
                        continue
                    if not all(
                        self._is_there(need, steps, result) for need in _needs(program[name])
                    ):
                        continue  # the engine skips what needs something that failed
                    if name in apart:
                        steps.some_ended()
                    act = self._register(name, program[name], result, replace, delete_first)
                    steps.start(name, act, waits=name in late)
            dead = [item for item in self.doomed if target is None or item[0] in target]
            dead += [(n, self.state[n]) for n in gone if n in self.state]
            needed = {need for _, resource in dead for need in resource.needs}
            self._delete_all([d for d in dead if d[0] not in needed], result, delete_order)
            left = {need for _, r in [*self.doomed, *self.state.items()] for need in r.needs}
            last = [d for d in dead if d[0] in needed - left]
            self._delete_all(last, result, delete_order)
        return result

    def _delete_all(
        self,
        dead: list[tuple[str, Resource]],
        result: Result,
        order: Callable[[list[str]], list[str]],
    ) -> None:
        by_key = {f"{item[0]} {i}": item for i, item in enumerate(dead)}
        with self._steps(result, keep_going=True) as steps:
            for key in order(list(by_key)):
                name, resource = by_key[key]
                steps.start(name, partial(self._delete, name, resource, result))

    def _is_there(self, name: str, steps: Steps, result: Result) -> bool:
        """Whether a resource, once its step is over, has an id to hand on."""
        steps.ended(name)
        return name in self.state and name not in result.errors

    def _given(self, arguments: Props) -> Props:
        """The arguments with ids, unknown where there are none yet."""

        def id_of(value: Any) -> Any:
            if not isinstance(value, IdOf):
                return value
            return self.state[value.resource].id if value.resource in self.state else UNKNOWN

        return {name: id_of(value) for name, value in arguments.items()}

    def preview(
        self,
        program: Program,
        *,
        refresh: bool = False,
        replace: frozenset[str] = frozenset(),
        target: frozenset[str] | None = None,
        apart: frozenset[str] = frozenset(),
    ) -> Result:
        """Check and diff, as a preview does; arguments as for `up`."""
        program, result = with_picture(program, preview=True, apart=apart), Result()
        kept = self.state
        self.state = {name: copy(resource) for name, resource in kept.items()}
        try:
            with self.provider.operation(self.config):
                if refresh:
                    self._refresh(Result())
                for name, declared in program.items():
                    if target is not None and name not in target:
                        continue
                    try:
                        step = self._plan(name, declared, force=name in replace)[0]
                    except CallError as error:
                        result.errors[name] = str(error)
                    else:
                        result.steps.append((step, name))
                result.steps += [
                    ("delete", name)
                    for name in self.state
                    if name not in program and (target is None or name in target)
                ]
        finally:
            self.state = kept
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

    def _steps(self, result: Result, *, keep_going: bool) -> Steps:
        """What carries steps out."""
        return InTurn(result, keep_going=keep_going)

    def _refresh(self, result: Result) -> None:
        with self._steps(result, keep_going=True) as steps:
            for name, resource in list(self.state.items()):
                steps.start(name, partial(self._read, name, resource, result))

    def _read(self, name: str, resource: Resource, result: Result) -> None:
        inputs = resource.inputs
        id_, outputs, read = self.provider.read(resource.kind, resource.id, resource.outputs)
        if not id_:
            del self.state[name]
            result.steps.append(("gone", name))
            return
        drift = self.provider.diff(resource.kind, id_, outputs, inputs).changes
        result.confirm()
        resource.inputs, resource.outputs = read, outputs
        result.steps.append(("drift" if drift else "same", name))

    def _delete(self, name: str, resource: Resource, result: Result) -> None:
        self.provider.delete(resource.kind, resource.id, resource.outputs)
        result.confirm()
        result.steps.append(("delete", name))
        self.doomed = [item for item in self.doomed if item[1] is not resource]
        if self.state.get(name) is resource:
            del self.state[name]

    def _plan(
        self, name: str, declared: tuple[str, Props], *, force: bool = False
    ) -> tuple[str, Props]:
        kind, arguments = declared[0], self._given(declared[1])
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
        result: Result,
        replace: frozenset[str],
        delete_first: bool,
    ) -> Callable[[], None]:
        kind, needs = declared[0], _needs(declared)
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
                old.inputs, old.needs = inputs, needs
            elif step == "update":
                assert old is not None
                outputs = self.provider.update(kind, old.id, old.outputs, inputs)
                result.confirm()
                self.state[name] = Resource(kind, old.id, inputs, outputs, needs)
            else:
                if step == "replace" and delete_first:
                    assert old is not None
                    self.provider.delete(kind, old.id, old.outputs)
                    result.confirm()
                    self.state.pop(name)
                id_, outputs = self.provider.create(kind, inputs)
                result.confirm()
                if step == "replace" and not delete_first:
                    assert old is not None
                    self.doomed.append((name, old))
                self.state[name] = Resource(kind, id_, inputs, outputs, needs)

        return act


class Steps:
    """Carries out the steps of one phase, and ends it at the first failure unless it keeps going.

    Args:
        result: Learns what failed.
        keep_going: Whether a failure ends nothing.
    """

    def __init__(self, result: Result, *, keep_going: bool) -> None:
        self._result = result
        self._keep_going = keep_going

    def __enter__(self) -> Steps:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.finish()

    def start(self, name: str, act: Callable[[], None], *, waits: bool = False) -> None:
        """Carry a step out, now or soon; at the end if it waits."""
        raise NotImplementedError

    def some_ended(self) -> None:
        """Return when a step is over, if any was started: what `apply` waits for."""

    def ended(self, name: str) -> None:
        """Return when the step of this name is over, if it was started."""

    def finish(self) -> None:
        """Return when all steps are over."""
        raise NotImplementedError

    def _try(self, name: str, act: Callable[[], None]) -> None:
        try:
            act()
        except CallError as error:
            self._result.confirm()
            self._result.errors[name] = str(error)
            if not self._keep_going:
                raise _StoppedError from None


class InTurn(Steps):
    """One step after the other."""

    def __init__(self, result: Result, *, keep_going: bool) -> None:
        super().__init__(result, keep_going=keep_going)
        self._waiting: list[Callable[[], None]] = []
        self._stopped = False

    def start(self, name: str, act: Callable[[], None], *, waits: bool = False) -> None:
        if waits:
            self._waiting.append(lambda: self._try(name, act))
            return
        try:
            self._try(name, act)
        except _StoppedError:
            self._stopped = True
            raise

    def finish(self) -> None:
        if not self._stopped:
            for act in self._waiting:
                act()


class SideBySide(Steps):
    """Many steps at once, as the engine does it; the provider takes four calls at a time."""

    def __init__(self, result: Result, *, keep_going: bool) -> None:
        super().__init__(result, keep_going=keep_going)
        self._pool = ThreadPoolExecutor(16)
        self._futures: list[Future[None]] = []
        self._named: dict[str, Future[None]] = {}
        self._stopped = False

    def start(self, name: str, act: Callable[[], None], *, waits: bool = False) -> None:
        if self._stopped:
            raise _StoppedError
        self._named[name] = self._pool.submit(self._run, name, act)
        self._futures.append(self._named[name])

    def some_ended(self) -> None:
        wait(self._futures, return_when=FIRST_COMPLETED)

    def ended(self, name: str) -> None:
        if name in self._named:
            wait([self._named[name]])

    def finish(self) -> None:
        self._pool.shutdown()
        for future in self._futures:
            future.result()

    def _run(self, name: str, act: Callable[[], None]) -> None:
        if self._stopped:
            return
        try:
            self._try(name, act)
        except _StoppedError:
            self._stopped = True
            raise


class ThreadedDeployment(Deployment):
    """A deployment whose steps overlap, as the engine's do.

    A resource is checked and diffed when it is registered, one after the other; creates and updates
    start at once and run beside that; deletes come after all of them, all at once.
    """

    def _steps(self, result: Result, *, keep_going: bool) -> Steps:
        return SideBySide(result, keep_going=keep_going)


def with_picture(
    program: Program,
    *,
    preview: bool = False,
    apart: frozenset[str] = frozenset(),
    delete_first: bool = False,
) -> Program:
    """The program with resources that carry its picture, as the program's process writes it.

    Args:
        program: What is declared.
        preview: Whether this is a preview.
        apart: Resources that are declared inside ``apply``: they are not in the picture.
        delete_first: Whether resources say that they are deleted before they are replaced.
    """
    writer, accounts = Writer(), _Accounts()
    rows: list[Row | None] = []
    hints = {}
    for name, (kind, arguments) in program.items():
        if name in apart:
            continue
        hints[name] = {HINT: writer.hint(len(rows))}
        tenant = arguments.get("tenant_id", DEFAULT)
        for told in _TOLD.get(kind, (_Told(),)):
            account = accounts.number(HOST if told.of_host else tenant, program)
            rows.append(told.row(f"{kind} '{name}'", arguments, account))
    if hints:
        first = range(len(rows)) if delete_first else ()
        writer.write(rows, accounts.digests, deletes_first=first, preview=preview)
    else:
        writer.remove()
    return {
        name: (kind, {**arguments, **hints.get(name, {})})
        for name, (kind, arguments) in program.items()
    }


DEFAULT = "SandboxA"


class _Accounts:
    """The accounts of a picture; those that the program does not know yet have a number alone."""

    def __init__(self) -> None:
        self.digests: list[str | None] = []
        self._numbers: dict[Any, int] = {}

    def number(self, tenant: Any, program: Program) -> int:
        """The number of an account, by its id or by the resource that will tell it."""
        if isinstance(tenant, IdOf):
            tenant = program[tenant.resource][1].get("tenant_id", tenant)
        if tenant not in self._numbers:
            self._numbers[tenant] = len(self.digests)
            known = isinstance(tenant, str) and tenant != UNKNOWN
            self.digests.append(digest(tenant) if known else None)
        return self._numbers[tenant]


@dataclass(frozen=True)
class _Told:
    """What a kind of resource has in the picture, as its class says; nothing by default.

    Attributes:
        kind: As in `Row`.
        argument: The argument that names it.
        spell: Brings such a name into its canonical form.
        of_host: Whether it is the host's, and not an account's.
        optional: Whether there is nothing to name without the argument.
    """

    kind: str = ""
    argument: str = ""
    spell: Callable[[str], str] = str
    of_host: bool = False
    optional: bool = False

    def row(self, resource: str, arguments: Props, account: int) -> Row | None:
        """The row of a resource; None as long as it is not known."""
        names, scope = arguments.get(self.argument, [] if self.optional else None), None
        if "pixel_ids" in arguments:
            scope = arguments["pixel_ids"]
        names = names if isinstance(names, list) else [names]
        values = [*names, *(scope or ())]
        if not all(isinstance(value, str) for value in values) or UNKNOWN in values:
            return None
        spelled = tuple(sorted(map(self.spell, names)))
        pixels = None if scope is None else frozenset(scope)
        state = arguments.get("filter_state", "")
        return Row(resource, self.kind, spelled, pixels, state, account)


_TOLD: Mapping[str, tuple[_Told, ...]] = {
    "PixelConnection": (_Told("connection", "pixel_id"),),
    "EventFilter": (_Told("event", "event_name"),),
    "EventFilters": (_Told("event", "event_names"),),
    "DomainFilter": (_Told("domain", "domain"),),
    "DomainFilters": (_Told("domain", "domains"),),
    "Account": (_Told("account", "tenant_id", of_host=True, optional=True),),
    "AccountUser": (_Told("user", "email", canonical.email),),
    "FirstPartyDomain": (
        _Told("first-party domain", "domain", lambda _: THE_DOMAIN),
        _Told("domain of an account", "domain", canonical.domain, of_host=True),
    ),
    "Pipeline": (_Told("pipeline", "pipeline_id", optional=True),),
    "DataSource": (_Told("data source", "data_source_id", optional=True),),
    "ConversionsApiDestination": (_Told("destination", "destination_id", optional=True),),
    "HttpDestination": (_Told("destination", "destination_id", optional=True),),
}
"""By kind of resource; of any other kind, its check alone says what it declares."""


def _needs(declared: tuple[str, Props]) -> frozenset[str]:
    return frozenset(v.resource for v in declared[1].values() if isinstance(v, IdOf))


class _StoppedError(Exception):
    """The operation ends at the first failure."""

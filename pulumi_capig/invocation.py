"""Look-ups as Pulumi has them: waited for, as outputs, and under the mocks of a unit test."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeAlias, TypeVar

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from . import canonical
from . import settings as table
from .errors import CapigError, RefusedError, SettingsError
from .picture import cover, digest
from .resources import _program

if TYPE_CHECKING:
    from .gateway import Client
    from .settings import ClientSettings

R = TypeVar("R")

Arguments: TypeAlias = dict[str, Any]


class Invocation(Generic[R]):
    """One look-up, in its plain and its output form.

    Args:
        name: Its name in Python.
        ask: Asks the gateway, with arguments in canonical form; the result in plain values.
        read: Turns plain values, some of which a mock may leave out, into the result.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[Client, Arguments], dict[str, Any]],
        read: Callable[[dict[str, Any]], R],
    ) -> None:
        self._name = name
        self._ask = ask
        self._read = read

    def now(self, arguments: Arguments, opts: pulumi.InvokeOptions | None) -> R:
        """The result, waited for."""
        self._refuse(arguments, opts)
        if isinstance(get_monitor(), MockMonitor):
            return self._mocked(arguments, opts)
        try:
            checked, settings = _prepare(arguments)
            return self._found(checked, settings)
        except CapigError as error:
            _raise(error)

    def output(self, arguments: Arguments, opts: pulumi.InvokeOptions | None) -> pulumi.Output[R]:
        """The result once the arguments, and what `opts` depends on, are known."""
        self._refuse(arguments, opts)
        names = list(arguments)

        def known(values: list[Any]) -> R | Awaitable[R]:
            given = dict(zip(names, values, strict=False))
            if isinstance(get_monitor(), MockMonitor):
                return self.now(given, opts)
            self._refuse(given, None)
            return self._soon(given, arguments)

        waiting = _settled(getattr(opts, "depends_on", None))
        return pulumi.Output.all(*arguments.values(), waiting).apply(known)

    async def _soon(self, arguments: Arguments, passed: Arguments) -> R:
        try:
            checked, settings = _prepare(arguments)
            # In a thread, so that the program goes on, other look-ups included.
            return await asyncio.to_thread(self._found, checked, settings)
        except CapigError as error:
            _raise(error, [digest(str(arguments[name])) for name in await _secret(passed)])

    def _found(self, arguments: Arguments, settings: ClientSettings) -> R:
        return self._read(self._ask(_client(settings), arguments))

    def _mocked(self, arguments: Arguments, opts: pulumi.InvokeOptions | None) -> R:
        first, *others = self._name.split("_")
        token = "capig:index:" + first + "".join(map(str.capitalize, others))
        known = {name: value for name, value in arguments.items() if value is not None}
        answer = pulumi.runtime.invoke(token, known, opts).value
        ids = {name: value for name, value in known.items() if name in _IN_RESULT}
        return self._read({**ids, **(answer or {})})

    def _refuse(self, arguments: Arguments, opts: pulumi.InvokeOptions | None) -> None:
        """What the constructors of the resources refuse too."""
        ids = {name: value for name, value in arguments.items() if name in _IDS}
        options = pulumi.ResourceOptions(provider=opts.provider) if opts else None
        _program.arguments(f"look-up '{self._name}'", options, {}, ids)


def _prepare(arguments: Arguments) -> tuple[Arguments, ClientSettings]:
    """The arguments in canonical form with the default account, and how the gateway is reached."""
    settings = _program.settings()
    try:
        checked = {
            name: _DEFAULTS[name]
            if value is None and name in _DEFAULTS
            else _CANONICAL[name](value)
            for name, value in arguments.items()
        }
    except ValueError as error:
        what = f"look up: {error}"
        raise RefusedError(what, "Correct the argument.") from error
    checked["tenant_id"] = checked["tenant_id"] or settings.get(table.TENANT_ID)
    if not checked["tenant_id"]:
        what = f"settings: no account: pass tenant_id, or set {table.TENANT_ID.names}"
        raise SettingsError(what)
    return checked, settings.for_client()


def _minutes(value: object) -> int:
    # A number that comes from another resource is a float in Pulumi.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        message = "a time window must be a whole number of minutes"
        raise ValueError(message)
    if value < 1:
        message = "a time window must be at least one minute"
        raise ValueError(message)
    return int(value)


def _pixels(values: object) -> list[str]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        message = "pixel_ids must be a list of ids"
        raise ValueError(message)
    found = canonical.pixel_ids(map(canonical.pixel_id, values))
    if not found:
        message = "pixel_ids must not be empty; leave it out for all pixels of the account"
        raise ValueError(message)
    return found


_CANONICAL: Mapping[str, Callable[[Any], Any]] = {
    "pipeline_id": canonical.gateway_id,
    "pixel_id": canonical.pixel_id,
    "pixel_ids": _pixels,
    "tenant_id": canonical.tenant_id,
    "time_window": _minutes,
}

_DEFAULTS: Mapping[str, Any] = {"pixel_ids": None, "tenant_id": None, "time_window": 60}
_IDS = (*_program.IDS, "pixel_ids")
_IN_RESULT = (*_program.IDS, *_program.HOLDERS)


def _settled(depends_on: Any) -> pulumi.Output[Any]:
    """Known once all of these resources exist, and dependent on them."""

    def wait(found: Any) -> Any:
        resources = found if isinstance(found, Sequence) else [found]
        return pulumi.Output.all(*(_exists(resource) for resource in resources if resource))

    return pulumi.Output.from_input(depends_on).apply(wait)


def _exists(resource: pulumi.Resource) -> pulumi.Output[Any]:
    if isinstance(resource, pulumi.CustomResource):
        return resource.id
    children = getattr(resource, "_childResources", ())
    return pulumi.Output.all(resource.urn, *(_exists(child) for child in children))


_lock = threading.Lock()


def _client(settings: ClientSettings) -> Client:
    with _lock:
        return _open(settings)


@cache
def _open(settings: ClientSettings) -> Client:
    from .gateway import Client

    client = Client(settings)
    atexit.register(client.close)
    return client


async def _secret(passed: Arguments) -> list[str]:
    """Which arguments the program keeps secret."""
    outputs = {name: v for name, v in passed.items() if isinstance(v, pulumi.Output)}
    return [name for name, output in outputs.items() if await output.is_secret()]


def _raise(error: CapigError, secret: Collection[str] = ()) -> NoReturn:
    """Raise an error; in a program in a class that Pulumi shows as one clean line.

    Args:
        error: What failed.
        secret: The digests of arguments that its message must not show.
    """
    if get_monitor() is None:
        raise error from None
    kind = _clean_kind(type(error))
    clean = kind.__new__(kind)
    clean.__dict__.update(vars(error))
    clean.what, clean.advice = cover(error.what, secret), cover(error.advice, secret)
    clean.args = clean.what, clean.advice
    raise clean from None


def _clean_kind(kind: type[CapigError]) -> type[CapigError]:
    members = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return type(kind.__name__, (kind, pulumi.RunError), members)

"""Look-ups: what the gateway holds now, with live counters.

They run in the program's own process, also in a preview, and work in a notebook as well::

    import pulumi_capig as capig

    for pixel in capig.get_pixel_connections("IaoreXfj").pixel_connections:
        print(pixel.pixel_name, pixel.total_events_received)

Settings are read as the resources read them: environment, then stack config where a program
runs. Each call asks the gateway anew; one client serves all of them.

In a unit test with ``pulumi.runtime.set_mocks`` nothing is sent: ``Mocks.call`` is asked with the
token ``capig:index:getPixelConnection`` (``…getPixelConnections``) and the arguments under their
Python names. It answers with the results' names; what it leaves out is ``""``, False, 0.0 or [].

Uncaught in a program, an error of a look-up is shown as a clean line: there, what is raised is a
``pulumi.RunError`` besides the `CapigError` that it is.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

import pulumi
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from . import canonical
from . import settings as table
from .errors import CapigError, NotFoundError, RefusedError, SettingsError, UnexpectedAnswerError
from .lookup import UNTOLD, account, blank_pixel
from .resources import _program

if TYPE_CHECKING:
    from .gateway import Client
    from .settings import ClientSettings

__all__ = [
    "GetPixelConnectionResult",
    "GetPixelConnectionsResult",
    "get_pixel_connection",
    "get_pixel_connection_output",
    "get_pixel_connections",
    "get_pixel_connections_output",
]

R = TypeVar("R")


class _Shown:
    """Shows its values, as a notebook wants them."""

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"


@pulumi.output_type
class GetPixelConnectionResult(_Shown):
    """A connected pixel as the gateway holds it now; no value is ever None.

    Attributes:
        tenant_id: The account.
        pixel_id: The pixel, decimal digits.
        pixel_name: Display name on the gateway; empty if it has none.
        receiving: Whether the gateway receives the pixel's browser events.
        publishing: Whether the gateway publishes the events to Meta.
        domains: Websites that the gateway has seen events of.
        last_published: When an event was last published, as the gateway counts time; 0.0 if never.
        total_events_published: Events published in the time window.
        last_received: When an event was last received; 0.0 if never.
        total_events_received: Events received in the time window.
        signal_config_id: The gateway's global id, ``SignalConfig:<pixel id>``.
        connection_id: The bare pixel id, as the gateway calls the connection.
        connected: Whether pixel id and access token are both present.
        active: Whether the pixel is active as a whole.
        event_bridge_active: What the gateway calls `receiving`.
        publishing_enabled: What the gateway calls `publishing`.
        access_token_available: Whether the gateway holds a token.
        bad_token: Whether the gateway found the token bad.
        api_error_code: The last publishing error, ``<code>.<subcode>``; empty if none.
        data_set_type: ``PIXEL`` is the only value seen.
        gateway: Host of the gateway.
    """

    tenant_id: str
    pixel_id: str
    pixel_name: str
    receiving: bool
    publishing: bool
    domains: Sequence[str]
    last_published: float
    total_events_published: float
    last_received: float
    total_events_received: float
    signal_config_id: str
    connection_id: str
    connected: bool
    active: bool
    event_bridge_active: bool
    publishing_enabled: bool
    access_token_available: bool
    bad_token: bool
    api_error_code: str
    data_set_type: str
    gateway: str


@pulumi.output_type
class GetPixelConnectionsResult(_Shown):
    """An account and its connected pixels as the gateway holds them now.

    Attributes:
        tenant_id: The account.
        name: Its name; empty if the gateway does not say it.
        status: 0 active, 1 setup in progress, 2 deactivated; -1 if the gateway does not say it.
        pixel_connections: The connected pixels, in the gateway's order.
    """

    tenant_id: str
    name: str
    status: int
    pixel_connections: Sequence[GetPixelConnectionResult]


def get_pixel_connection(
    pixel_id: str,
    tenant_id: str | None = None,
    time_window: int | None = 60,
    opts: pulumi.InvokeOptions | None = None,
) -> GetPixelConnectionResult:
    """One connected pixel, with live counters.

    For several pixels of an account, `get_pixel_connections` asks once.

    Args:
        pixel_id: The pixel, decimal digits as text.
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None.
        time_window: Minutes that the counters cover.
        opts: Taken for the sake of Pulumi's form; ``provider`` is refused.

    Raises:
        NotFoundError: The pixel is not connected.
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting stands in the
            clear.
    """
    arguments = {"pixel_id": pixel_id, "tenant_id": tenant_id, "time_window": time_window}
    return _PIXEL.now(arguments, opts)


def get_pixel_connection_output(
    pixel_id: pulumi.Input[str],
    tenant_id: pulumi.Input[str | None] | None = None,
    time_window: pulumi.Input[int | None] | None = 60,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetPixelConnectionResult]:
    """`get_pixel_connection` for arguments that a program does not know yet.

    The result is unknown while an argument, or a resource of ``depends_on``, is; it is secret
    where an argument is, and depends on what the arguments depend on.
    """
    arguments = {"pixel_id": pixel_id, "tenant_id": tenant_id, "time_window": time_window}
    return _PIXEL.output(arguments, opts)


def get_pixel_connections(
    tenant_id: str | None = None,
    time_window: int | None = 60,
    opts: pulumi.InvokeOptions | None = None,
) -> GetPixelConnectionsResult:
    """An account with all its connected pixels, with live counters.

    Args:
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None.
        time_window: Minutes that the counters cover.
        opts: Taken for the sake of Pulumi's form; ``provider`` is refused.

    Raises:
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting stands in the
            clear.
    """
    return _PIXELS.now({"tenant_id": tenant_id, "time_window": time_window}, opts)


def get_pixel_connections_output(
    tenant_id: pulumi.Input[str | None] | None = None,
    time_window: pulumi.Input[int | None] | None = 60,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetPixelConnectionsResult]:
    """`get_pixel_connections` for arguments that a program does not know yet.

    The result is unknown while an argument, or a resource of ``depends_on``, is; it is secret
    where an argument is, and depends on what the arguments depend on.
    """
    return _PIXELS.output({"tenant_id": tenant_id, "time_window": time_window}, opts)


class _LookUp(Generic[R]):
    """One function of this module, in its plain and its output form.

    Args:
        name: Its name in Python.
        find: Picks the result out of an account, in plain values.
        read: Turns plain values, some of which a mock may leave out, into the result.
    """

    def __init__(
        self,
        name: str,
        find: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]],
        read: Callable[[dict[str, Any]], R],
    ) -> None:
        self._name = name
        self._find = find
        self._read = read

    def now(self, arguments: dict[str, Any], opts: pulumi.InvokeOptions | None) -> R:
        """The result, waited for."""
        self._refuse(arguments, opts)
        if isinstance(get_monitor(), MockMonitor):
            return self._mocked(arguments, opts)
        try:
            checked, settings = _prepare(arguments)
            return self._ask(checked, settings)
        except CapigError as error:
            _raise(error)

    def output(
        self, arguments: dict[str, Any], opts: pulumi.InvokeOptions | None
    ) -> pulumi.Output[R]:
        """The result once the arguments, and what `opts` depends on, are known."""
        self._refuse(arguments, opts)
        names = list(arguments)

        def known(values: list[Any]) -> R | Awaitable[R]:
            given = dict(zip(names, values, strict=False))
            if isinstance(get_monitor(), MockMonitor):
                return self.now(given, opts)
            self._refuse(given, None)
            return self._soon(given)

        waiting = _settled(getattr(opts, "depends_on", None))
        return pulumi.Output.all(*arguments.values(), waiting).apply(known)

    async def _soon(self, arguments: dict[str, Any]) -> R:
        try:
            checked, settings = _prepare(arguments)
            # In a thread, so that the program goes on, other look-ups included.
            return await asyncio.to_thread(self._ask, checked, settings)
        except CapigError as error:
            _raise(error)

    def _ask(self, arguments: dict[str, Any], settings: ClientSettings) -> R:
        found = account(_client(settings), arguments["tenant_id"], arguments["time_window"])
        return self._read(self._find(found, arguments))

    def _mocked(self, arguments: dict[str, Any], opts: pulumi.InvokeOptions | None) -> R:
        first, *others = self._name.split("_")
        token = "capig:index:" + first + "".join(map(str.capitalize, others))
        known = {name: value for name, value in arguments.items() if value is not None}
        answer = pulumi.runtime.invoke(token, known, opts).value
        known.pop("time_window", None)
        return self._read({**known, **(answer or {})})

    def _refuse(self, arguments: dict[str, Any], opts: pulumi.InvokeOptions | None) -> None:
        """What the constructors of the resources refuse too."""
        ids = {name: value for name, value in arguments.items() if name in _program.IDS}
        options = pulumi.ResourceOptions(provider=opts.provider) if opts else None
        _program.arguments(f"look-up '{self._name}'", options, {}, ids)


def _find_pixel(found: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    pixels = {pixel["pixel_id"]: pixel for pixel in found["pixel_connections"]}
    pixel_id, tenant_id = arguments["pixel_id"], found["tenant_id"]
    if pixel_id in pixels:
        return dict(pixels[pixel_id])
    if "" in pixels:
        reason = f"an entry of the list has no id, so pixel {pixel_id} may or may not be there"
        raise UnexpectedAnswerError(reason, operation="list the pixels", tenant_id=tenant_id)
    reason = "it is not connected"
    raise NotFoundError(reason, operation=f"get pixel {pixel_id}", tenant_id=tenant_id)


def _read_pixel(values: dict[str, Any]) -> GetPixelConnectionResult:
    return GetPixelConnectionResult(**{**blank_pixel(), **values})


def _read_account(values: dict[str, Any]) -> GetPixelConnectionsResult:
    whole = {"tenant_id": "", "name": "", "status": UNTOLD, "pixel_connections": [], **values}
    pixels = [
        _read_pixel({"tenant_id": whole["tenant_id"], **pixel})
        for pixel in whole["pixel_connections"]
    ]
    return GetPixelConnectionsResult(
        **{**whole, "status": int(whole["status"]), "pixel_connections": pixels}
    )


_PIXEL = _LookUp("get_pixel_connection", _find_pixel, _read_pixel)
_PIXELS = _LookUp("get_pixel_connections", lambda found, _: found, _read_account)


def _prepare(arguments: dict[str, Any]) -> tuple[dict[str, Any], ClientSettings]:
    """The arguments in canonical form with the default account, and how the gateway is reached."""
    settings = _program.settings()
    checked = dict(arguments)
    window = arguments["time_window"]
    try:
        if "pixel_id" in arguments:
            checked["pixel_id"] = canonical.pixel_id(arguments["pixel_id"])
        if arguments["tenant_id"] is not None:
            checked["tenant_id"] = canonical.tenant_id(arguments["tenant_id"])
        checked["time_window"] = _minutes(60 if window is None else window)
    except ValueError as error:
        what = f"look pixels up: {error}"
        raise RefusedError(what, "Correct the argument.") from None
    checked["tenant_id"] = checked["tenant_id"] or settings.get(table.TENANT_ID)
    if not checked["tenant_id"]:
        what = f"settings: no account: pass tenant_id, or set {table.TENANT_ID.names}"
        raise SettingsError(what)
    return checked, settings.for_client()


def _minutes(value: object) -> int:
    # A number that comes from another resource is a float in Pulumi.
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        message = "a time window is a whole number of minutes"
        raise ValueError(message)
    if value < 1:
        message = "a time window is at least one minute"
        raise ValueError(message)
    return int(value)


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


def _raise(error: CapigError) -> NoReturn:
    """Raise an error; in a program in a class that Pulumi shows as one clean line."""
    if get_monitor() is None:
        raise error from None
    kind = _clean_kind(type(error))
    clean = kind.__new__(kind)
    clean.__dict__.update(vars(error))
    clean.args = error.args
    raise clean from None


def _clean_kind(kind: type[CapigError]) -> type[CapigError]:
    members = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return type(kind.__name__, (kind, pulumi.RunError), members)

"""The sandbox gateway: a real HTTP server on loopback, in a thread of the process."""

from __future__ import annotations

import asyncio
import math
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from uvicorn import Config
from uvicorn.server import ServerState

from .admin import admin_application
from .dialect import Dialect
from .endpoints import CLIENT_ID, CLIENT_SECRET
from .faults import Fault, FaultRules
from .gate import Gate
from .gateway import Gateway
from .journal import Counters, Journal, RequestRecord
from .operations import BAD_TOKEN_ERROR
from .page import page_routes
from .protocol import Protocol
from .state import GatewayState, Pixel
from .tokens import TokenStore

__all__ = ["DEFAULT_ACCOUNT", "Sandbox"]

DEFAULT_ACCOUNT = "SandboxA"

_BEHIND = "sandbox"


class Sandbox:
    """A gateway to try and test against, on a free port of this machine.

    ::

        with Sandbox() as sandbox:
            os.environ.update(sandbox.environment())

    It plays the token endpoint and pixel management. What is held lasts over `stop` and `start`.

    Args:
        accounts: Account ids, or names by account id; the first one is the default account.
        dialect: Behaviour where the documentation leaves it open.
        port: Port on 127.0.0.1; 0 takes a free one.
        latency: Seconds that every request takes longer.
        clock: Seconds, for the lifetime of API tokens.

    Attributes:
        state: What the gateway holds, and its history.
        client_id: Name of the API account.
        client_secret: Secret of the API account.
        tenant_id: The default account.

    Raises:
        ValueError: An argument is wrong.
    """

    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET

    def __init__(
        self,
        *,
        accounts: Iterable[str] | Mapping[str, str] = (DEFAULT_ACCOUNT,),
        dialect: Dialect | None = None,
        port: int = 0,
        latency: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 0 <= port <= 65535:
            message = "a port is a number from 0 to 65535"
            raise ValueError(message)
        if not 0 <= latency < math.inf:
            message = "the latency is a finite time, and not below 0"
            raise ValueError(message)
        self.state = GatewayState(accounts, dialect)
        self.tenant_id = next(iter(self.state.accounts))
        self._initial = self.state.dialect, latency
        self._tokens = TokenStore(clock)
        self._faults = FaultRules()
        self._journal = Journal()
        admin = admin_application(self, page_routes(self.state, self._journal))
        self._gateway = Gateway(self.state, self._tokens, self._faults, self._journal, admin)
        self._gateway.latency = latency
        self._port = port
        self._server: _Server | None = None

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    # Running

    def start(self) -> None:
        """Starts to serve; accepts connections when it returns. OSError if the port is taken."""
        if self._server is None:
            self._server = _Server(self._gateway, self._port)
            self._port = self._server.port

    def stop(self) -> None:
        """Ends all connections and refuses new ones; `start` serves on the same port again."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    @property
    def url(self) -> str:
        """Base address, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def environment(self) -> dict[str, str]:
        """The environment variables with which the provider finds this gateway."""
        return {
            "CAPIG_GATEWAY": self.url,
            "CAPIG_CLIENT_ID": self.client_id,
            "CAPIG_CLIENT_SECRET": self.client_secret,
            "CAPIG_TENANT_ID": self.tenant_id,
        }

    def reset(self) -> None:
        """Back to the start: nothing connected, no tokens, faults or requests, first dialect."""
        self.state.clear()
        self.dialect, self.latency = self._initial
        self.clock_ahead = 0
        self._tokens.revoke_all()
        self._faults.clear()
        self._journal.clear()

    # Behaviour

    @property
    def dialect(self) -> Dialect:
        """Behaviour where the documentation leaves it open; may be set at any time."""
        return self.state.dialect

    @dialect.setter
    def dialect(self, dialect: Dialect) -> None:
        self.state.dialect = dialect

    @property
    def latency(self) -> float:
        """Seconds that every request takes longer; requests wait side by side."""
        return self._gateway.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._gateway.latency = seconds

    @property
    def clock_ahead(self) -> float:
        """Seconds by which the `Date` of its answers is ahead of this machine's clock."""
        return self._gateway.clock_ahead

    @clock_ahead.setter
    def clock_ahead(self, seconds: float) -> None:
        self._gateway.clock_ahead = seconds

    def inject(self, fault: Fault) -> None:
        """Adds a fault; of several that match a request, the first one strikes."""
        self._faults.add(fault)

    def clear_faults(self) -> None:
        """Removes all faults."""
        self._faults.clear()

    @contextmanager
    def hold(
        self, operation: str | tuple[str, ...] | None = None, *, applied: bool = False, **where: Any
    ) -> Iterator[Gate]:
        """Holds requests until the body ends, before they are carried out or (`applied`) after.

        Args:
            operation: Operation or operations, None for every request.
            applied: Whether requests are carried out before they are held.
            where: Further arguments of `Fault`.
        """
        gate = Gate()
        self.inject(Fault("hold", operation, gate=gate, applied=applied, **where))
        try:
            yield gate
        finally:
            gate.release()

    def expire_tokens(self) -> None:
        """Ends all API tokens issued so far."""
        self._tokens.revoke_all()

    # What happened

    @property
    def requests(self) -> list[RequestRecord]:
        """All requests that have ended, in the order of their arrival."""
        return self._journal.records

    @property
    def counters(self) -> Counters:
        """Totals over the requests."""
        return self._journal.counters

    def clear_requests(self) -> None:
        """Forgets the requests and their totals."""
        self._journal.clear()

    def wait_for(
        self, operation: str, count: int = 1, *, ended: bool = False, timeout: float = 30
    ) -> None:
        """Waits until an operation was asked for `count` times, or (`ended`) that is over.

        Raises:
            TimeoutError: They did not within `timeout` seconds.
        """
        self._journal.wait_for(operation, count, ended=ended, timeout=timeout)

    # Behind the client's back

    def connect(
        self,
        pixel: str,
        *,
        tenant: str | None = None,
        receiving: bool = True,
        publishing: bool = True,
        name: str | None = None,
        access_token: str = "set-behind-the-back",  # noqa: S107
        business_id: str = "2840127409433732",
        **fields: Any,
    ) -> Pixel:
        """Connects a pixel as if somebody had done so in the gateway's page.

        Args:
            pixel: Pixel id.
            tenant: Account, None for the default one.
            receiving: Switch of receiving.
            publishing: Switch of publishing.
            name: Display name.
            access_token: Access token that the gateway then holds.
            business_id: Business id.
            fields: Further fields of `Pixel`.
        """
        connected = Pixel(
            pixel,
            business_id,
            name=name,
            receiving=receiving,
            publishing=publishing,
            access_token=access_token,
            **fields,
        )
        return self.state.put_pixel(_BEHIND, self._tenant(tenant), connected)

    def disconnect(self, pixel: str, *, tenant: str | None = None) -> None:
        """Disconnects a pixel; KeyError if it is not connected."""
        if not self.state.remove_pixel(_BEHIND, self._tenant(tenant), pixel):
            raise KeyError(pixel)

    def edit(self, pixel: str, *, tenant: str | None = None, **fields: Any) -> Pixel:
        """Changes fields of a connected pixel, named as in `Pixel`; KeyError if not connected."""
        return self.state.edit_pixel(_BEHIND, self._tenant(tenant), pixel, **fields)

    def set_switch(
        self,
        pixel: str,
        *,
        tenant: str | None = None,
        receiving: bool | None = None,
        publishing: bool | None = None,
    ) -> Pixel:
        """Turns the switches that are not None."""
        switches = {"receiving": receiving, "publishing": publishing}
        turned = {name: value for name, value in switches.items() if value is not None}
        return self.edit(pixel, tenant=tenant, **turned)

    def set_name(self, pixel: str, name: str | None, *, tenant: str | None = None) -> Pixel:
        """Gives a pixel another display name."""
        return self.edit(pixel, tenant=tenant, name=name)

    def drop_token(self, pixel: str, *, tenant: str | None = None) -> Pixel:
        """Makes the gateway lose a pixel's access token."""
        return self.edit(pixel, tenant=tenant, access_token="")

    def mark_bad_token(
        self, pixel: str, *, tenant: str | None = None, code: str | None = BAD_TOKEN_ERROR
    ) -> Pixel:
        """Makes the gateway find a pixel's access token bad."""
        return self.edit(pixel, tenant=tenant, bad_token=True, api_error_code=code)

    def set_event_filter(
        self, event: str, state: str, pixels: list[str] | None = None, *, tenant: str | None = None
    ) -> None:
        """Stores an event filter; `pixels` None for the whole account."""
        self.state.write_filter(_BEHIND, "event", self._tenant(tenant), event, pixels, state)

    def set_domain_filter(
        self, domain: str, state: str, pixels: list[str] | None = None, *, tenant: str | None = None
    ) -> None:
        """Stores a domain filter; `pixels` None for the whole account."""
        self.state.write_filter(_BEHIND, "domain", self._tenant(tenant), domain, pixels, state)

    def _tenant(self, tenant: str | None) -> str:
        return self.tenant_id if tenant is None else tenant


class _Server:
    """Serves an application in a thread of its own, from construction until `stop`."""

    def __init__(self, app: Gateway, port: int) -> None:
        self._socket = _bound_socket(port)
        self.port: int = self._socket.getsockname()[1]
        self._config = Config(
            app,
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
        )
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="capig-sandbox", daemon=True)
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Returns when the port is closed and all connections have ended."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._config.load()
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        state = ServerState()
        server = await self._loop.create_server(
            lambda: Protocol(self._config, state, {}), sock=self._socket, backlog=1024
        )
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for task in list(state.tasks):
            task.cancel()
        for protocol in list(state.connections):
            protocol.transport.abort()
        while state.connections or state.tasks:
            await asyncio.sleep(0)
        await server.wait_closed()


def _bound_socket(port: int) -> socket.socket:
    # asyncio turns off Nagle's algorithm for sockets that name the protocol, and only for them.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
    except OSError:
        bound.close()
        raise
    return bound

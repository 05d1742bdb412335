"""The sandbox gateway: a real HTTP server on loopback, in a thread of the process."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp

from .application import application
from .dialect import Dialect
from .gateway import DEFAULT_ACCOUNT, PlayedGateway
from .sockets import SocketProtocol

__all__ = ["DEFAULT_ACCOUNT", "Sandbox"]


class Sandbox(PlayedGateway):
    """A gateway to try and test against, on a free port of this machine.

    ```python
    with Sandbox() as sandbox:
        os.environ.update(sandbox.environment())
    ```

    It plays the token endpoint, pixels, filters, metrics, accounts, users, first-party domains,
    pipelines, data sources and data destinations. What is held lasts over `stop` and `start`.

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
        latency: Seconds that every request takes longer; requests wait side by side.
        clock_ahead: Seconds by which the `Date` of its answers is ahead of this machine's clock.

    Raises:
        ValueError: An argument is wrong.
    """

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
        super().__init__(accounts=accounts, dialect=dialect, latency=latency, clock=clock)
        self._port = port
        self._serving: _Serving | None = None

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

    def start(self) -> None:
        """Starts to serve; accepts connections when it returns. OSError if the port is taken."""
        if self._serving is None:
            self._serving = _Serving(application(self), self._port)
            self._port = self._serving.port

    def stop(self) -> None:
        """Ends all connections and refuses new ones; `start` serves on the same port again."""
        if self._serving is not None:
            self._serving.stop()
            self._serving = None

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


class _Serving:
    """Serves an application in a thread of its own, from construction until `stop`."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        listening = _bound_socket(port)
        self.port: int = listening.getsockname()[1]
        self._server = _Server(
            uvicorn.Config(
                app,
                http=SocketProtocol,
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                backlog=1024,
            )
        )
        self._thread = threading.Thread(
            target=self._run, args=(listening,), name="capig-sandbox", daemon=True
        )
        self._thread.start()
        self._server.accepting.wait()

    def stop(self) -> None:
        """Returns when the port is closed and all connections have ended."""
        self._server.end()
        self._thread.join()

    def _run(self, listening: socket.socket) -> None:
        try:
            asyncio.run(self._server.serve([listening]))
        finally:
            self._server.accepting.set()


class _Server(uvicorn.Server):
    """Uvicorn's server, which wakes and ends at once where that one looks every tenth second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = threading.Event()

    def end(self) -> None:
        """Ends it, from another thread."""
        self._loop.call_soon_threadsafe(self._ending.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to accept connections."""
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)
        self.accepting.set()

    async def main_loop(self) -> None:
        """Waits for the end."""
        await self._ending.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends every request and every connection."""
        for server in self.servers:
            server.close()
        state = self.server_state
        for task in list(state.tasks):
            task.cancel()
        for protocol in list(state.connections):
            protocol.transport.abort()
        while state.connections or state.tasks:
            await asyncio.sleep(0)
        for server in self.servers:
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

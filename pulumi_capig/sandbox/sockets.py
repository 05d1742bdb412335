"""The sockets of the played gateway: connections numbered, and ended at will.

An answer that ends its connection says so by a message of its own, which everything between it and
the socket passes on like any other.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["ClientSocket", "HalfAnswer", "NoAnswer", "SocketEnds", "SocketProtocol", "client_left"]

_numbers = itertools.count(1)

_END = "sandbox.end"


@dataclass(frozen=True)
class ClientSocket:
    """A client's TCP connection; applications find it in `scope["state"]["socket"]`."""

    number: int
    transport: asyncio.Transport

    def end(self, *, reset: bool) -> None:
        """Resets the connection at once, or closes it after what was written."""
        if not reset:
            self.transport.close()
            return
        if (peer := self.transport.get_extra_info("socket")) is not None:
            # Closing with a linger time of zero makes the kernel send RST instead of FIN.
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


class SocketProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1, which lets the application have hold of its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop for each new connection."""
        self.app_state = {"socket": ClientSocket(next(_numbers), transport)}
        super().connection_made(transport)


class NoAnswer(Response):
    """The connection is closed, or reset, without an answer."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__()
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ends the connection."""
        await send({"type": _END, "reset": self._reset})


class HalfAnswer(Response):
    """Half of an answer's content, and then the end of the connection."""

    def __init__(self, whole: Response) -> None:
        super().__init__()
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends what is sent, and ends the connection."""
        whole = self._whole
        await send(
            {
                "type": "http.response.start",
                "status": whole.status_code,
                "headers": whole.raw_headers,
            }
        )
        half = bytes(whole.body)[: len(whole.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await send({"type": _END, "reset": False})


class SocketEnds:
    """Middleware next to the socket: ends the connections of answers that say so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        client: ClientSocket = scope["state"]["socket"]

        async def send_or_end(message: Message) -> None:
            if message["type"] != _END:
                await send(message)
                return
            client.end(reset=message["reset"])
            await client_left(receive)

        # Whoever is still held or slow when the server stops, is cancelled.
        with suppress(asyncio.CancelledError, ClientDisconnect):
            await self._app(scope, receive, send_or_end)


async def client_left(receive: Receive) -> None:
    """Waits until the client has left, or was made to."""
    while (await receive())["type"] != "http.disconnect":
        pass

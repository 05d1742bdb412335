"""TCP connections of the played gateway: numbered, and ended at will."""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from dataclasses import dataclass

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["Connection", "Protocol"]

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Connection:
    """A client's TCP connection; applications find it in `scope["state"]["connection"]`."""

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


class Protocol(H11Protocol):
    """Uvicorn's HTTP/1.1, which lets the application have hold of its connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop for each new connection."""
        self.app_state = {"connection": Connection(next(_numbers), transport)}
        super().connection_made(transport)

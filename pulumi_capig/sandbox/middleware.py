"""What happens between the socket and the operations of the played gateway."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from functools import lru_cache
from typing import TypeAlias

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .asked import NOT_REACHED, AskedField
from .effects import Turn, strike
from .execution import Asked
from .gateway import PlayedGateway
from .journal import FieldRecord, RequestRecord

__all__ = ["Dates", "Faults", "Journaling", "Latency", "Reading"]

Read: TypeAlias = Callable[[Request, PlayedGateway], Awaitable[Asked]]


class _Middleware:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app


class Dates(_Middleware):
    """Dates each answer by the gateway's clock."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        gateway: PlayedGateway = scope["state"]["gateway"]

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = _date(int(time.time() + gateway.clock_ahead))
                message["headers"] = [*message["headers"], (b"date", date)]
            await send(message)

        await self._app(scope, receive, send_dated)


@lru_cache(maxsize=8)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()


class Reading(_Middleware):
    """Reads what a request asks for: `scope["state"]["asked"]`."""

    def __init__(self, app: ASGIApp, read: Read) -> None:
        super().__init__(app)
        self._read = read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        gateway: PlayedGateway = scope["state"]["gateway"]
        scope["state"]["asked"] = await self._read(Request(scope, receive), gateway)
        await self._app(scope, receive, send)


class Journaling(_Middleware):
    """Notes each request when it arrives, and again just before it is answered."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        asked: Asked = scope["state"]["asked"]
        connection: int = scope["state"]["socket"].number
        gateway: PlayedGateway = scope["state"]["gateway"]
        journal = gateway.journal
        arrival = time.perf_counter()
        sequence = journal.arrive(asked.name, asked.fields, connection)
        in_progress = True

        async def send_noted(message: Message) -> None:
            nonlocal in_progress
            if in_progress:
                in_progress = False
                status: int | None = message.get("status")
                seconds = time.perf_counter() - arrival
                record = _record(asked, sequence, status, connection, scope["path"], seconds)
                journal.leave(asked.fields, record)
            elif message["type"] == "http.response.body":
                journal.keep_answer(sequence, message.get("body", b""), asked.secrets)
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            if in_progress:
                journal.leave(asked.fields)


def _record(
    asked: Asked, sequence: int, status: int | None, connection: int, path: str, seconds: float
) -> RequestRecord:
    fields = tuple([_field_record(field, asked) for field in asked.fields])
    faults = [asked.struck.whole.kind] if asked.struck.whole else [field.fault for field in fields]
    tenants = {field.tenant for field in fields}
    return RequestRecord(
        sequence,
        asked.name,
        tenants.pop() if len(tenants) == 1 else None,
        tuple(dict.fromkeys([pixel for field in fields for pixel in field.pixels])),
        asked.variables,
        status,
        all(field.applied for field in fields),
        connection,
        next(filter(None, faults), None),
        path,
        seconds,
        fields,
    )


def _field_record(field: AskedField, asked: Asked) -> FieldRecord:
    outcome = asked.outcomes.get(field.path, NOT_REACHED)
    fault = asked.struck.fields.get(field.path)
    return FieldRecord(
        field.operation,
        field.tenant,
        field.pixels,
        field.path,
        outcome.applied,
        outcome.code,
        None if fault is None else fault.kind,
    )


class Latency(_Middleware):
    """Makes each request take longer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        gateway: PlayedGateway = scope["state"]["gateway"]
        if gateway.latency:
            await asyncio.sleep(gateway.latency)
        await self._app(scope, receive, send)


class Faults(_Middleware):
    """Lets faults strike."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        asked: Asked = scope["state"]["asked"]
        gateway: PlayedGateway = scope["state"]["gateway"]
        asked.struck = gateway.faults.take(asked.fields)
        if (fault := asked.struck.whole) is None:
            await self._app(scope, receive, send)
            return
        answer = await strike(fault, Turn(asked, gateway, receive))
        await answer(scope, receive, send)

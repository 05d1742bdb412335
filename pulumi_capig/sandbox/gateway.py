"""The gateway as an ASGI application: takes requests, lets faults strike, delivers answers."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from email.utils import formatdate

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .answers import Answer, json_answer, page
from .asked import AskedField, Outcome
from .dialect import Dialect
from .effects import strike
from .endpoints import Asked, Endpoints
from .faults import FaultRules, Struck
from .journal import FieldRecord, Journal, RequestRecord
from .protocol import Connection
from .state import GatewayState
from .tokens import TokenStore

__all__ = ["Gateway"]


class Gateway:
    """Plays the gateway's endpoints; `/` and anything below `/sandbox/` go to `admin`.

    Args:
        state: Accounts, pixels and filters.
        tokens: API tokens.
        faults: Faults to strike with.
        journal: Where requests are noted.
        admin: Application for `/` and `/sandbox/`.
    """

    latency: float = 0.0
    clock_ahead: float = 0.0

    def __init__(
        self,
        state: GatewayState,
        tokens: TokenStore,
        faults: FaultRules,
        journal: Journal,
        admin: ASGIApp,
    ) -> None:
        self.state = state
        self._tokens = tokens
        self._faults = faults
        self._journal = journal
        self._admin = admin
        endpoints = Endpoints(state, tokens)
        self._readers = {
            "/clients/token": endpoints.read_token_request,
            "/capig/graphql/": endpoints.read_graphql,
            "/hub/graphql/": endpoints.read_hub,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(time.time() + self.clock_ahead, usegmt=True)
                message["headers"] = [*message["headers"], (b"date", date.encode())]
            await send(message)

        # The server ends what is still held or slow when it stops.
        with suppress(asyncio.CancelledError, ClientDisconnect):
            await self._serve(scope, receive, send_dated)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/" or path.startswith("/sandbox/"):
            await self._admin(scope, receive, send)
            return
        connection: Connection = scope["state"]["connection"]
        if path not in self._readers:
            healthy = path == "/hub/health/"
            answer = json_answer({"status": "UP"}) if healthy else page(404, "Not found")
            await _deliver(answer, connection, receive, send)
        elif scope["method"] != "POST":
            await _deliver(page(405, "Use POST", allow="POST"), connection, receive, send)
        else:
            asked = await self._readers[path](Request(scope, receive))
            answer = await self._answer(asked, _Turn(self, asked, receive), connection, path)
            await _deliver(answer, connection, receive, send)

    @property
    def dialect(self) -> Dialect:
        """Present behaviour."""
        return self.state.dialect

    def revoke_tokens(self) -> None:
        """Ends all API tokens."""
        self._tokens.revoke_all()

    async def _answer(self, asked: Asked, turn: _Turn, connection: Connection, path: str) -> Answer:
        arrival = time.perf_counter()
        sequence = self._journal.arrive(asked.fields, connection.number)
        turn.struck = self._faults.take(asked.fields)
        fault = turn.struck.whole
        try:
            if self.latency:
                await asyncio.sleep(self.latency)
            answer = turn.perform() if fault is None else await strike(fault, turn)
        finally:
            self._journal.leave(asked.fields)
        self._journal.append(
            RequestRecord.of(
                [_field_record(field, asked, turn.struck, answer) for field in asked.fields],
                sequence=sequence,
                variables=asked.variables,
                status=None if answer.delivery in ("closed", "reset") else answer.status,
                applied=answer.applied,
                connection=connection.number,
                fault=fault.kind if fault else None,
                path=path,
                seconds=time.perf_counter() - arrival,
            )
        )
        return answer


def _field_record(field: AskedField, asked: Asked, struck: Struck, answer: Answer) -> FieldRecord:
    unplayed = Outcome(answer.applied if not field.path else False)
    outcome = asked.outcomes.get(field.path, unplayed)
    fault = struck.fields.get(field.path)
    return FieldRecord(
        field.operation,
        field.tenant,
        field.pixels,
        field.path,
        outcome.applied,
        outcome.code,
        fault.kind if fault else None,
    )


class _Turn:
    """One request, as a fault sees it."""

    def __init__(self, gateway: Gateway, asked: Asked, receive: Receive) -> None:
        self._gateway = gateway
        self._asked = asked
        self._receive = receive
        self.struck = Struck()

    @property
    def fields(self) -> tuple[AskedField, ...]:
        return self._asked.fields

    @property
    def dialect(self) -> Dialect:
        return self._gateway.dialect

    def perform(self, limit: int | None = None) -> Answer:
        return self._asked.perform(self.struck.fields, limit)

    def revoke_tokens(self) -> None:
        self._gateway.revoke_tokens()

    async def client_leaves(self, seconds: float | None) -> bool:
        try:
            await asyncio.wait_for(_left(self._receive), seconds)
        except asyncio.TimeoutError:
            return False
        return True


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _deliver(answer: Answer, connection: Connection, receive: Receive, send: Send) -> None:
    if answer.delivery in ("closed", "reset"):
        connection.end(reset=answer.delivery == "reset")
        await _left(receive)
        return
    headers = {
        "content-type": answer.media_type,
        "content-length": str(len(answer.body)),
        **dict(answer.headers),
    }
    start = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": start})
    if answer.delivery == "half":
        half = answer.body[: len(answer.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        connection.end(reset=False)
        await _left(receive)
        return
    await send({"type": "http.response.body", "body": answer.body})

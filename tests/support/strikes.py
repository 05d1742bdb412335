"""Faults that strike one operation, with time and a closed port played on the client's side."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

from pulumi_capig.gateway import client
from pulumi_capig.gateway.answers import Response
from pulumi_capig.gateway.session import TOKEN_PATH, Session
from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from pulumi_capig.settings import Connection

REFUSED = "connection-refused"
"""The port is closed; beside the faults of the sandbox."""

SHORT = 0.1
"""Seconds until a request that the gateway never answers is given up."""

_FIELDS = {"list": "account"}


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Environment variables for a while."""
    with mock.patch.dict(os.environ, variables):
        yield


@contextmanager
def striking(
    sandbox: Sandbox, fault: str, operation: str, *, times: int | None = 1, after: int = 0
) -> Iterator[None]:
    """Let a fault strike; waits between attempts pass at once.

    Args:
        sandbox: The gateway.
        fault: A name of `FAULTS`, or `REFUSED`.
        operation: What it strikes.
        times: How often; None for as long as the body runs.
        after: How many requests of the operation pass before.
    """
    found = FAULTS.get(fault)
    if found is not None:
        sandbox.inject(found.on(operation, times=times, after=after))
    strikes = _Strikes(sandbox, found, operation, times, after)
    try:
        with mock.patch.object(client, "Session", strikes.session):
            yield
    finally:
        sandbox.clear_faults()
        sandbox.start()


@dataclass
class _Strikes:
    """Sees each request leave, and plays what the gateway cannot: time and a closed port."""

    sandbox: Sandbox
    fault: Fault | None
    operation: str
    times: int | None
    after: int
    sent: int = 0
    fields: int = 0

    def session(self, connection: Connection) -> Session:
        strikes = self

        class Struck(Session):
            def _post(self, path: str, deadline: float, **content: Any) -> Response:
                fields = strikes.aimed_at(path, content)
                if not fields:
                    return super()._post(path, deadline, **content)
                strikes.sent += 1
                strikes.fields += fields
                number = strikes.sent - strikes.after
                if number < 1 or (strikes.times is not None and number > strikes.times):
                    return super()._post(path, deadline, **content)
                with strikes.strike(self):
                    return super()._post(path, deadline, **content)

        return Struck(connection, sleep=lambda _seconds: None)

    def aimed_at(self, path: str, content: Mapping[str, Any]) -> int:
        """How often a request asks for the operation."""
        if path == TOKEN_PATH:
            return int(self.operation == "token")
        field = _FIELDS.get(self.operation, self.operation)
        return len(re.findall(rf"\b{field}\s*\(", content["json"]["query"]))

    @contextmanager
    def strike(self, session: Session) -> Iterator[None]:
        if self.fault is None:
            self.sandbox.stop()
            try:
                yield
            finally:
                if self.times is not None:
                    self.sandbox.start()
        elif self.fault.kind in ("slow", "late"):
            connection = session._connection
            session._connection = replace(connection, timeout=SHORT)
            try:
                yield
            finally:
                session._connection = connection
                # What the gateway does about a client that left comes before the next request.
                self.sandbox.wait_for(self.operation, self.fields, ended=True)
        else:
            yield

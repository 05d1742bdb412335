"""Faults that strike one operation, with time and a closed port played on the client's side."""

from __future__ import annotations

import json
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest import mock

import httpx

from pulumi_capig import gateway
from pulumi_capig.gateway import Client
from pulumi_capig.gateway.token_request import TOKEN_PATH
from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from pulumi_capig.settings import ClientSettings

REFUSED = "connection-refused"
"""The port is closed; beside the faults of the sandbox."""

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loading the usual ones, which nothing here needs, takes longer than a test does."""

SHORT = 0.1
"""Seconds until a request that the gateway never answers is given up."""

_FIELDS = {"list": "account"}
_SOURCES = "dataSourceMutations"
"""Where a data source is deleted, by the name that the deletion of a pixel has too."""


def plain_network() -> httpx.HTTPTransport:
    """What sends requests without TLS."""
    return httpx.HTTPTransport(verify=NO_CERTIFICATES)


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
        with mock.patch.object(gateway, "Client", strikes.client):
            yield
    finally:
        sandbox.clear_faults()
        sandbox.start()


@dataclass
class _Strikes(httpx.BaseTransport):
    """Sees each request leave, and plays what the gateway cannot: time and a closed port."""

    sandbox: Sandbox
    fault: Fault | None
    operation: str
    times: int | None
    after: int
    sent: int = 0
    fields: int = 0
    network: httpx.HTTPTransport = field(default_factory=plain_network)

    def client(self, settings: ClientSettings) -> Client:
        """A client whose requests this sees, and which waits for nothing."""
        return Client(settings, transport=self, sleep=lambda _seconds: None)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        fields = self.aimed_at(request)
        if not fields:
            return self.network.handle_request(request)
        self.sent += 1
        self.fields += fields
        number = self.sent - self.after
        if number < 1 or (self.times is not None and number > self.times):
            return self.network.handle_request(request)
        with self.strike(request):
            response = self.network.handle_request(request)
            response.read()
            return response

    def close(self) -> None:
        self.network.close()

    def aimed_at(self, request: httpx.Request) -> int:
        """How often a request asks for the operation."""
        if request.url.path == TOKEN_PATH:
            return int(self.operation == "token")
        group, _, field = _FIELDS.get(self.operation, self.operation).rpartition(".")
        query = json.loads(request.content)["query"]
        if field == "deleteDataSource" and (_SOURCES in query) != (group == _SOURCES):
            return 0
        return len(re.findall(rf"\b{field}\s*[({{]", query))

    @contextmanager
    def strike(self, request: httpx.Request) -> Iterator[None]:
        if self.fault is None:
            self.sandbox.stop()
            try:
                yield
            finally:
                if self.times is not None:
                    self.sandbox.start()
        elif self.fault.kind in ("slow", "late"):
            request.extensions["timeout"] = httpx.Timeout(SHORT).as_dict()
            try:
                yield
            finally:
                # What the gateway does about a client that left comes before the next request.
                self.sandbox.wait_for(self.operation, self.fields, ended=True)
        else:
            yield

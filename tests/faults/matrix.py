"""One cell of the fault matrix: a fault strikes an operation, then it is over."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from unittest import mock

import httpx

from pulumi_capig import gateway
from pulumi_capig.gateway import Client
from pulumi_capig.gateway.token_request import TOKEN_PATH
from pulumi_capig.sandbox import FAULTS, Fault, RequestRecord, Sandbox
from pulumi_capig.settings import ClientSettings
from tests.faults.scenarios import NEIGHBOUR, PIXEL, Scenario
from tests.support.deployment import Deployment, Resource, Result
from tests.support.provider import Provider

REFUSED = "connection-refused"
ALL_FAULTS = (REFUSED, *FAULTS)

Length = Literal["once", "for ever"]

RETRIES = "1"
SHORT = 0.1
"""Seconds until a request that the gateway never answers is given up."""

_FIELDS = {"list": "account"}


@dataclass(frozen=True)
class Cell:
    """A fault that strikes an operation once, or until the step is over.

    Attributes:
        after: How many requests of the operation pass before.
    """

    scenario: Scenario
    operation: str
    fault: str
    length: Length
    after: int = 0

    @property
    def unconfirmed(self) -> bool:
        """Whether the gateway answers as if all were well, and has done nothing.

        A filter without its echo is what some gateway may always answer: a warning and the output
        `verification` are all that can tell it.
        """
        return self.fault == "200-no-success" and self.operation.endswith("Filter")

    @property
    def warns(self) -> bool:
        """Whether the answer says nothing of the filter that it is about."""
        silent = self.fault in ("200-no-success", "missing-fields")
        return silent and self.operation.endswith("Filter")


@dataclass
class Played:
    """What became of a cell.

    Attributes:
        struck: The step during which the fault struck.
        requests: What the gateway was asked in it.
        pixel_left: Whether the pixel was connected after it.
        kept: State after it.
        before: State before it.
        recovery: The further `up`.
        recovery_requests: What the gateway was asked in that.
        again: One more `up`.
        again_requests: What the gateway was asked in that.
        closing: The states that each declared event and domain went through.
        api_tokens: All API tokens that the gateway issued.
    """

    struck: Result
    requests: list[RequestRecord]
    pixel_left: bool
    kept: dict[str, Resource]
    before: dict[str, Resource]
    deployment: Deployment
    recovery: Result = field(default_factory=Result)
    recovery_requests: list[RequestRecord] = field(default_factory=list)
    again: Result = field(default_factory=Result)
    again_requests: list[RequestRecord] = field(default_factory=list)
    api_tokens: tuple[str, ...] = ()

    @property
    def messages(self) -> list[str]:
        """What the user read."""
        return list(self.struck.errors.values())


def play(cell: Cell, provider: Provider, sandbox: Sandbox) -> Played:
    """Play a cell from an empty gateway to the second quiet `up`."""
    scenario = cell.scenario
    deployment = _prepared(scenario, provider, sandbox)
    before = dict(deployment.state)
    sandbox.clear_requests()
    mark = len(sandbox.state.history)
    adopt = {"CAPIG_ADOPT": "true"} if scenario.adopt else {}
    for fault in scenario.also:
        sandbox.inject(fault)
    with _struck(cell, sandbox), _environment(CAPIG_MAX_RETRIES=RETRIES, **adopt):
        act = deployment.refresh if scenario.act == "refresh" else None
        struck = act() if act else deployment.up(scenario.program)
    sandbox.clear_faults()
    sandbox.start()
    played = Played(
        struck,
        sandbox.requests,
        sandbox.state.pixel(sandbox.tenant_id, PIXEL) is not None,
        dict(deployment.state),
        before,
        deployment,
    )
    sandbox.clear_requests()
    advised = any("CAPIG_ADOPT=true" in message for message in played.messages)
    advice = {"CAPIG_ADOPT": "true"} if advised else adopt
    if cell.unconfirmed:
        advice = {**advice, "CAPIG_REASSERT": "again"}
    with _environment(**advice):
        played.recovery = deployment.up(scenario.program)
    played.recovery_requests = sandbox.requests
    sandbox.clear_requests()
    played.again = deployment.up(scenario.program)
    played.again_requests = sandbox.requests
    played.api_tokens = tuple(sandbox._tokens._expiry)
    assert len(sandbox.state.history) >= mark
    return played


def _prepared(scenario: Scenario, provider: Provider, sandbox: Sandbox) -> Deployment:
    sandbox.reset()
    sandbox.connect(NEIGHBOUR)
    if scenario.adopt:
        sandbox.connect(PIXEL)
    deployment = Deployment(provider)
    if scenario.before:
        assert deployment.up(scenario.before).errors == {}
    return deployment


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    with mock.patch.dict(os.environ, variables):
        yield


@contextmanager
def _struck(cell: Cell, sandbox: Sandbox) -> Iterator[None]:
    """Let the cell's fault strike; waits between attempts pass at once."""
    times = 1 if cell.length == "once" else None
    fault = FAULTS.get(cell.fault)
    if fault is not None:
        sandbox.inject(fault.on(cell.operation, times=times, after=cell.after))
    tail = _Tail(cell, sandbox, fault)
    with mock.patch.object(gateway, "Client", tail.client):
        yield


@dataclass
class _Tail(httpx.BaseTransport):
    """Sees each request leave, and plays what the gateway cannot: time and a closed port."""

    cell: Cell
    sandbox: Sandbox
    fault: Fault | None
    sent: int = 0
    network: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)

    def client(self, settings: ClientSettings) -> Client:
        return Client(settings, transport=self, sleep=lambda _seconds: None)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self.is_aimed_at(request):
            return self.network.handle_request(request)
        self.sent += 1
        struck = self.sent - self.cell.after
        if struck < 1 or (self.cell.length == "once" and struck > 1):
            return self.network.handle_request(request)
        with self.striking(request):
            response = self.network.handle_request(request)
            response.read()
            return response

    def close(self) -> None:
        self.network.close()

    def is_aimed_at(self, request: httpx.Request) -> bool:
        operation = self.cell.operation
        if request.url.path == TOKEN_PATH:
            return operation == "token"
        query = json.loads(request.content)["query"]
        return bool(re.search(rf"\b{_FIELDS.get(operation, operation)}\s*\(", query))

    @contextmanager
    def striking(self, request: httpx.Request) -> Iterator[None]:
        if self.fault is None:
            self.sandbox.stop()
            try:
                yield
            finally:
                if self.cell.length == "once":
                    self.sandbox.start()
        elif self.fault.kind in ("slow", "late"):
            request.extensions["timeout"] = httpx.Timeout(SHORT).as_dict()
            try:
                yield
            finally:
                # What the gateway does about a client that left comes before the next request.
                self.sandbox.wait_for(self.cell.operation, self.sent, ended=True)
        else:
            yield

"""A client of the gateway, over real sockets; only time is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_capig.gateway import Gateway
from pulumi_capig.gateway.session import Session
from pulumi_capig.sandbox import Sandbox
from pulumi_capig.settings import Settings
from tests.gateway.scripted import Reply, Scripted

Open = Callable[..., Gateway]


class Time:
    """A clock that goes forward only where somebody sleeps, and remembers how long."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Sandbox]:
    with Sandbox(accounts=("SandboxA", "SandboxB")) as running:
        yield running


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    """The module's sandbox gateway, as new."""
    shared_sandbox.reset()
    return shared_sandbox


@pytest.fixture
def open_gateway(time: Time) -> Iterator[Open]:
    """Opens clients: of a sandbox or an address, with settings as in stack config."""
    with ExitStack() as stack:

        def open_(at: Sandbox | Scripted | str, **config: Any) -> Gateway:
            url = at if isinstance(at, str) else at.url
            found = {"gateway": url, **{key: str(value) for key, value in config.items()}}
            if "token" not in found:
                found = {
                    "clientId": Sandbox.client_id,
                    "clientSecret": Sandbox.client_secret,
                    **found,
                }
            connection = Settings(found.get, environ={}).connection()
            session = Session(connection, sleep=time.sleep, clock=time.clock)
            return stack.enter_context(Gateway(connection, session))

        yield open_


@pytest.fixture
def gateway(sandbox: Sandbox, open_gateway: Open) -> Gateway:
    """A client of the sandbox gateway."""
    return open_gateway(sandbox)


@pytest.fixture
def serve() -> Iterator[Callable[..., Scripted]]:
    """Starts scripted servers."""
    with ExitStack() as stack:

        def start(*replies: Reply, tokens: tuple[Reply, ...] = ()) -> Scripted:
            server = Scripted(*replies, tokens=tokens)
            stack.callback(server.close)
            return server

        yield start


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool

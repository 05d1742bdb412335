"""A client of the gateway, over real sockets; only time is played."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_capig.errors import GatewayError
from pulumi_capig.gateway import Client, Filter, FilterKind, FilterSetting, filters
from pulumi_capig.sandbox import Sandbox
from pulumi_capig.settings import Settings
from tests.gateway.scripted import Reply, Scripted

Open = Callable[..., Client]


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


def set_filter(
    client: Client,
    kind: FilterKind,
    tenant_id: str,
    name: str,
    state: str,
    pixel_ids: Sequence[str] | None = None,
) -> Filter:
    """One filter, alone."""
    scope = None if pixel_ids is None else tuple(pixel_ids)
    setting = FilterSetting(kind, name, state, scope)
    (outcome,) = filters.set_filters(client, tenant_id, [setting])
    if isinstance(outcome, GatewayError):
        raise outcome
    return outcome


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
def open_client(time: Time) -> Iterator[Open]:
    """Opens clients: of a sandbox or an address, with settings as in stack config."""
    with ExitStack() as stack:

        def open_(
            at: Sandbox | Scripted | str, *, real_time: bool = False, **config: Any
        ) -> Client:
            url = at if isinstance(at, str) else at.url
            found = {"gateway": url, **{key: str(value) for key, value in config.items()}}
            if "token" not in found:
                found = {
                    "clientId": Sandbox.client_id,
                    "clientSecret": Sandbox.client_secret,
                    **found,
                }
            settings = Settings(found.get, environ={}).for_client()
            played = {} if real_time else {"sleep": time.sleep, "clock": time.clock}
            return stack.enter_context(Client(settings, **played))

        yield open_


@pytest.fixture
def client(sandbox: Sandbox, open_client: Open) -> Client:
    """A client of the sandbox gateway."""
    return open_client(sandbox)


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

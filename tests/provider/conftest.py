"""The provider, served to tests of this layer."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from pulumi_capig import gateway
from pulumi_capig.sandbox import Sandbox
from tests.support.deployment import Deployment
from tests.support.provider import Provider, serve


@pytest.fixture(scope="session")
def served() -> Iterator[Provider]:
    """One served provider for all tests of a worker; each operation is a run of its own."""
    with serve() as provider:
        yield provider


@pytest.fixture
def provider(served: Provider, in_sandbox: Sandbox) -> Iterator[Provider]:
    """One engine operation against the test's own sandbox."""
    with served.operation() as provider:
        yield provider


@pytest.fixture
def deployment(served: Provider, in_sandbox: Sandbox) -> Deployment:
    """An empty stack against the test's own sandbox."""
    return Deployment(served)


@pytest.fixture
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits between attempts pass at once."""
    monkeypatch.setattr(gateway, "Client", partial(gateway.Client, sleep=lambda _seconds: None))

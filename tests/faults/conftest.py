"""The provider and the real CLI against a gateway that fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.provider import Provider, serve


@pytest.fixture(scope="session")
def served() -> Iterator[Provider]:
    """One served provider for all tests of a worker; each operation is a run of its own."""
    with serve() as provider:
        yield provider


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    """An empty stack whose environment points to the sandbox."""
    return Stack(tmp_path, sandbox.environment())

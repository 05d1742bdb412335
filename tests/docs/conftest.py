"""A stack for the programs of the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox gateway with the accounts that the pages name."""
    with Sandbox(accounts=("SandboxA", "SandboxB")) as running:
        yield running


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    """An empty stack whose environment points to the sandbox."""
    return Stack(tmp_path, sandbox.environment())

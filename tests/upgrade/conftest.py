"""A stack on the real CLI, against a sandbox gateway of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    """An empty stack whose environment points to the sandbox."""
    return Stack(tmp_path, sandbox.environment())

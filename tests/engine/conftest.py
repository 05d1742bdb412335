"""A stack on the real CLI, against a sandbox gateway of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.events import PICTURE


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Iterator[Stack]:
    """An empty stack whose environment points to the sandbox.

    No file of a picture outlives a run, and none is named in what the backend keeps.
    """
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    stack = Stack(tmp_path, {**sandbox.environment(), "TMPDIR": str(temporary)})
    yield stack
    assert [path.name for path in temporary.glob(f"{PICTURE}*")] == []
    assert f"{temporary}/{PICTURE}" not in stack.everything_written()

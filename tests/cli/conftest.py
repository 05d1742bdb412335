"""The command in a process of its own, against a sandbox gateway."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import cli

Capig = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(accounts={"SandboxA": "First", "SandboxB": "Second"}) as running:
        yield running


@pytest.fixture
def capig(in_sandbox: Sandbox, tmp_path: Path) -> Capig:
    """Runs `capig`; an environment variable of "" is as if it were unset."""

    def run(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        path = f"{cli().parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "pulumi_capig.cli", *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "CAPIG_MAX_RETRIES": "0", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run

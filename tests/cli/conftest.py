"""The command in a process of its own, against a sandbox gateway."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support import warm
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
        return subprocess.run(
            [*quick_command(), *map(str, arguments)],
            cwd=tmp_path,
            env=surroundings(**environment),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


MODULE = ["-m", "pulumi_capig.cli"]
COMMAND = [sys.executable, "-W", "error", *MODULE]


def quick_command() -> list[str]:
    """`COMMAND`, started warm; for tests of what it says, and not of how it starts and ends."""
    return [*warm.strict_python(), *MODULE]


def surroundings(**environment: str) -> dict[str, str]:
    path = f"{cli().parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "CAPIG_MAX_RETRIES": "0", **environment}


@pytest.fixture
def on_terminal(in_sandbox: Sandbox) -> Callable[..., list[str]]:
    """Runs `capig` on a terminal of so many columns; the lines that it shows."""

    def run(columns: int, *arguments: str) -> list[str]:
        ours, theirs = pty.openpty()
        environment = surroundings(COLUMNS=str(columns), TERM="xterm")
        with subprocess.Popen([*COMMAND, *arguments], stdout=theirs, env=environment) as running:
            os.close(theirs)
            shown = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        assert running.returncode == 0
        plain = re.sub("\x1b\\[[0-9;]*m", "", shown.decode())
        return [line.rstrip() for line in plain.splitlines()]

    return run


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side is closed
        return b""

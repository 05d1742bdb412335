"""Runs a command and tells what it used."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HOOK = Path(__file__).parent / "hook"


class CommandError(Exception):
    """A command that is measured failed; the text is what it printed."""


@dataclass(frozen=True)
class Usage:
    """What one command used.

    Attributes:
        seconds: From its start to its end.
        cpu: Seconds of processor time, of all its processes.
        memory: Most bytes that a process held at once, by role: ``program``, ``provider``.
        requests: Requests to the gateway, those for a token included.
        lists: Of those, lists of an account's pixels.
        tokens: Of those, requests for a token.
        connections: TCP connections to the gateway.
    """

    seconds: float
    cpu: float
    memory: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    lists: int = 0
    tokens: int = 0
    connections: int = 0

    @property
    def writes(self) -> int:
        """Requests that are neither a list nor for a token."""
        return self.requests - self.lists - self.tokens


def measure(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> Usage:
    """Run a command in a folder and wait for it.

    Raises:
        CommandError: It ended with another status than 0.
    """
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as notes,
        tempfile.TemporaryFile("w+") as output,
    ):
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment, "PYTHONPATH": str(HOOK), "BENCH_PROCESSES": notes},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            message = f"{' '.join(map(str, command))} ended with {process.returncode}:\n"
            raise CommandError(message + output.read())
        return Usage(seconds, used.ru_utime + used.ru_stime, _memory(Path(notes)))


def _memory(notes: Path) -> dict[str, int]:
    peaks: dict[str, int] = {}
    for path in notes.glob("*.json"):
        note = json.loads(path.read_text(encoding="utf-8"))
        peaks[note["role"]] = max(note["memory"], peaks.get(note["role"], 0))
    return peaks


def clean_environment() -> dict[str, str]:
    """The environment without settings of the person who measures."""
    foreign = ("PULUMI_", "CAPIG_", "TF_", "BENCH_", "PYTHON")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
    }

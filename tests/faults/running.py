"""Commands of the CLI under way, to strike them and to look at what they leave behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.support.engine import Outcome, Stack

MARK = "PULUMI_CAPIG_TEST_RUN"


@dataclass(frozen=True)
class Process:
    """A process of a command, found by the environment that it inherited."""

    pid: int
    arguments: str


class Running:
    """A command under way.

    Args:
        stack: The stack whose command it is.
        arguments: Arguments of the CLI.
        environment: Variables beside those of the stack.
    """

    def __init__(self, stack: Stack, *arguments: str, **environment: str) -> None:
        stack.runs_in(Path(sys.prefix))  # where each process is one of the command's own
        self._output = tempfile.NamedTemporaryFile("w+")  # noqa: SIM115
        self._mark = os.urandom(8).hex()
        self._command = ("pulumi", *arguments)
        self._cli = subprocess.Popen(
            self._command,
            cwd=stack.project,
            env={**stack.environment, **environment, MARK: self._mark},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def cli(self) -> int:
        """The CLI's process id."""
        return self._cli.pid

    def processes(self) -> list[Process]:
        """All processes of the command that are alive, the CLI among them."""
        return _marked(f"{MARK}={self._mark}")

    def process(self, *words: str) -> int:
        """The process whose arguments hold one of these words."""
        found = [p.pid for p in self.processes() if any(w in p.arguments for w in words)]
        assert len(found) == 1, (words, self.processes())
        return found[0]

    def text(self) -> str:
        """What the command has printed so far."""
        return Path(self._output.name).read_text("utf-8", errors="replace")

    def until(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until something holds that nobody tells of."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, (self.processes(), self.text())
            time.sleep(0.02)

    def interrupt(self) -> None:
        """Ctrl-C: the terminal sends SIGINT to every process of the foreground group."""
        os.killpg(self._cli.pid, signal.SIGINT)

    def wait(self, seconds: float = 120) -> Outcome:
        """Wait for the CLI's end."""
        code = self._cli.wait(seconds)
        return Outcome(self._command, code, self.text())

    def close(self) -> None:
        """End what is left."""
        for process in self.processes():
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        self._cli.wait(30)
        self._output.close()


@contextmanager
def start(stack: Stack, *arguments: str, **environment: str) -> Iterator[Running]:
    """Start a command of the CLI in a group of its own, as a shell does."""
    running = Running(stack, *arguments, **environment)
    try:
        yield running
    finally:
        running.close()


def _marked(mark: str) -> list[Process]:
    """Processes that inherited a mark, those of other process groups too."""
    listing = subprocess.run(
        ["ps", "axeww", "-o", "pid=,command="], capture_output=True, text=True, check=True
    )
    rows = (line.strip().partition(" ") for line in listing.stdout.splitlines() if mark in line)
    return [Process(int(pid), command.partition(f" {MARK}=")[0]) for pid, _, command in rows]

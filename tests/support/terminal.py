"""A page's commands as somebody at a terminal types them, in a fresh clone."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from tests.support import warm
from tests.support.engine import ROOT, cli

TIMEOUT = 300
"""Seconds until a terminal that says nothing more is ended."""


class Terminal:
    """A shell that is typed into."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._shell = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._guard = threading.Timer(TIMEOUT, self._signal, [signal.SIGKILL])
        self._guard.start()
        self.type("trap 'echo failed: $BASH_COMMAND' ERR")

    def type(self, commands: str) -> None:
        """Type commands without waiting for them."""
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{commands}\n")
        self._shell.stdin.flush()

    def lines(self) -> Iterator[str]:
        """What is printed, line by line."""
        assert self._shell.stdout is not None
        return (line.rstrip("\n") for line in self._shell.stdout)

    def run(self, commands: str) -> str:
        """Type commands and wait for their end; what they printed."""
        self.type(f"{commands}\necho the-end")
        printed: list[str] = []
        for line in self.lines():
            if line == "the-end":
                return "\n".join(printed)
            printed.append(line)
        pytest.fail(f"the terminal ended in the middle of:\n{commands}\n" + "\n".join(printed))

    def serve(self, commands: str) -> str:
        """Type commands that serve a sandbox gateway; the `export` lines that it prints."""
        self.type(commands)
        exports = list(islice(self.lines(), 4))
        assert all(line.startswith("export CAPIG_") for line in exports), exports
        return "\n".join(exports)

    def close(self) -> None:
        """Press Ctrl+C and end the shell."""
        self._signal(signal.SIGINT)
        assert self._shell.stdin is not None
        self._shell.stdin.close()
        self._shell.wait(TIMEOUT)
        assert self._shell.stdout is not None
        self._shell.stdout.close()
        self._guard.cancel()

    def _signal(self, number: signal.Signals) -> None:
        os.killpg(self._shell.pid, number)


def fresh_clone(folder: Path, *sources: str) -> Path:
    """What of a fresh clone is needed to type commands in it; its environment is made already.

    Args:
        folder: Where to make it.
        sources: Paths beside those that `make` needs.
    """
    (folder / ".venv").mkdir(parents=True)
    for path in warm.environment(cli()).iterdir():
        (folder / ".venv" / path.name).symlink_to(path)
    for source in ("Makefile", "pyproject.toml", "requirements", "tools", *sources):
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy2
        copy(ROOT / source, folder / source)
    (folder / ".venv" / ".installed").unlink(missing_ok=True)
    (folder / ".venv" / ".installed").touch()
    return folder


def shows(printed: str, expected: str) -> None:
    """What was printed has the lines that a page shows of it.

    Durations, blanks and the branches that a terminal draws between resources do not count.
    """
    missing = _plain(expected) - _plain(printed)
    assert not missing, f"{missing}\nin what was printed:\n{printed}"


def _plain(text: str) -> set[str]:
    # A slow run's dots stand before a line, or alone.
    noise = r"@ \w+\.+| \(\d+(\.\d+)?s\)|[├└]─"
    lines = (re.sub(noise, "", line) for line in text.splitlines())
    return {" ".join(line.split()) for line in lines}

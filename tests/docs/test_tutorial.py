"""The tutorial, command by command, as somebody at two terminals would follow it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.markdown import DOCS, ROOT, blocks
from tests.support.engine import cli

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


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What of a fresh clone the tutorial touches; its environment is made already."""
    folder = tmp_path / "clone"
    (folder / ".venv").mkdir(parents=True)
    for path in Path(sys.prefix).iterdir():
        (folder / ".venv" / path.name).symlink_to(path)
    for source in ("Makefile", "pyproject.toml", "requirements", "tools"):
        copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy2
        copy(ROOT / source, folder / source)
    (folder / ".venv" / ".installed").unlink(missing_ok=True)
    (folder / ".venv" / ".installed").touch()
    return folder


@pytest.fixture
def terminals(clone: Path) -> Iterator[tuple[Terminal, Terminal]]:
    """Two terminals in the clone."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PULUMI_")},
        "PATH": f"{cli().parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(clone.parent / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    first, second = Terminal(clone, environment), Terminal(clone, environment)
    yield first, second
    first.close()
    second.close()


def plain(text: str) -> set[str]:
    """The lines without durations and blanks."""
    lines = (re.sub(r" \(\d+(\.\d+)?s\)", "", line) for line in text.splitlines())
    return {" ".join(line.split()) for line in lines}


def test_the_tutorial(terminals: tuple[Terminal, Terminal]) -> None:
    first, second = terminals
    printed = ""
    for block in blocks(DOCS / "tutorial.md", "sh", "python", "console"):
        if block.title == "second terminal":
            second.type(block.text)
            exports = [line for line, _ in zip(second.lines(), range(4), strict=False)]
            assert all(line.startswith("export CAPIG_") for line in exports), exports
            first.run("\n".join(exports))
        elif block.language == "sh":
            printed = first.run(block.text)
            assert "failed: " not in printed, f"{block.place}\n{printed}"
        elif block.language == "python":
            (Path(first.run("pwd")) / block.title).write_text(block.text, "utf-8")
        else:
            missing = plain(block.text) - plain(printed)
            assert not missing, f"{block.place}: {missing}\nin what was printed:\n{printed}"

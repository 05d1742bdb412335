"""Pythons that start warm: what a command of the CLI starts anew again and again, forked instead.

A run of the CLI starts five Python processes, and four fifths of what they take goes into imports
of the same packages. A warm environment has a `python` in front of a real one: the same program
runs, in a process of its own with its own arguments, variables, folder and output, but that process
is forked from one that has imported the packages already. Nothing of this project is among them.

Only Linux has all that this needs. Elsewhere, with an official CLI, at full depth (`make test-all`)
and where a test asks for it, every process starts as it does for users.
"""

from __future__ import annotations

import atexit
import marshal
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

from tests.support.depth import DEPTH
from tests.support.warm.python import settings_of_python

HERE = Path(__file__).parent
PROGRAM = (
    "pulumi pulumi.dynamic grpc._channel grpc._server httpx httpcore pydantic.main pydantic.types "
    "pydantic.plugin._loader tenacity idna encodings.idna dill importlib.metadata runpy"
)
COMMAND = "httpcore httpx pydantic.json_schema rich.progress rich.table tenacity typer.main"
HOST = "google.protobuf.json_format google.protobuf.struct_pb2"

AVAILABLE = sys.platform == "linux" and hasattr(os, "pidfd_open") and DEPTH == 1


@cache
def environment(installed: Path) -> Path:
    """A virtual environment for a CLI's programs: that of the tests, warm where it can be."""
    return _warm(Path(sys.prefix), PROGRAM) if _can_be_warm(installed) else Path(sys.prefix)


@cache
def strict_python() -> list[str]:
    """What starts the Python of the tests with all warnings as errors, warm where it can be."""
    options = ["-W", "error"]
    python = _warm(Path(sys.prefix), COMMAND, *options) / "bin" / "python" if AVAILABLE else None
    return [str(python or sys.executable), *options]


@cache
def cli(installed: Path) -> Path:
    """The folder of a CLI, with a language host that starts warm where it can be."""
    if not _can_be_warm(installed):
        return installed.parent
    home = installed.resolve().parents[1]
    folder = _folder()
    shutil.copytree(home / "lib", folder / "lib")
    (folder / "bin").mkdir()
    for script in (home / "bin").glob("pulumi-*"):
        shutil.copy(script, folder / "bin")
    _link(installed.resolve(), folder / "bin" / "pulumi")
    (folder / "venv").symlink_to(
        _warm(home / "venv", f"{HOST} {home}/lib/language_host", "-E", "-s")
    )
    return folder / "bin"


def _can_be_warm(installed: Path) -> bool:
    """Whether a CLI has the project's own language host; another one is tried as it is."""
    return AVAILABLE and (installed.resolve().parents[1] / "lib" / "language_host.py").exists()


def _link(program: Path, link: Path) -> None:
    """Put a program in another folder; it looks for others beside it, where a link leads."""
    try:
        os.link(program, link)
    except OSError:  # another file system
        shutil.copy(program, link)


@cache
def _folder() -> Path:
    """A folder of this process, which goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="warm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _warm(cold: Path, modules: str, *options: str) -> Path:
    """An environment like another one, whose `python` starts warm."""
    real = cold / "bin" / "python"
    folder = Path(tempfile.mkdtemp(prefix="python-", dir=_folder()))
    (folder / "bin").mkdir()
    _serve([real, *options, HERE / "forks.py", folder / "socket", *modules.split()])
    known = (str(real), [*options], str(folder / "socket"), settings_of_python())
    (folder / "bin" / "python.warm").write_bytes(marshal.dumps(known))
    python = folder / "bin" / "python"
    source = (HERE / "python.py").read_text("utf-8")
    python.write_text(f"#!{real} -IS\n{source}", "utf-8")
    python.chmod(0o755)
    for path in (cold / "bin").iterdir():
        if path.name != "python":
            (folder / "bin" / path.name).symlink_to(path)
    for path in cold.iterdir():
        if path.name != "bin":
            (folder / path.name).symlink_to(path)
    return folder


def _serve(command: list[Path | str]) -> None:
    """Start what forks; it ends with this process."""
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"

    def end(stdin: IO[bytes] = server.stdin, stdout: IO[bytes] = server.stdout) -> None:
        stdin.close()
        stdout.close()
        server.wait()

    atexit.register(end)

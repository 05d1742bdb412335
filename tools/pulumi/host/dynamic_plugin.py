"""Becomes `python -m pulumi.dynamic`, which serves a program's dynamic resources, in its Python.

The process ends with the CLI, also with one that was killed.
"""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

import interpreter

_PR_SET_PDEATHSIG = 1


def main(parent: int, arguments: list[str]) -> None:
    try:
        python = find_python()
    except interpreter.InterpreterError as error:
        sys.exit(
            f"{error} With `main` in Pulumi.yaml, name it by its absolute path: Pulumi looks for "
            "it from the program's folder here."
        )
    if sys.platform == "linux":
        end_with_parent()
    else:
        end_with(parent)
    if os.getppid() != parent:
        sys.exit(1)
    command = [str(python), "-u", "-m", "pulumi.dynamic", *arguments]
    os.execve(python, command, interpreter.variables(python))  # noqa: S606


def find_python() -> Path:
    """The Python that serves the resources, by the official plugin's rule.

    It starts in the program's folder and takes an environment's relative path from there, where
    the language host takes it from the folder of Pulumi.yaml.
    """
    virtualenv, toolchain = (
        os.environ.get(f"PULUMI_RUNTIME_{name}", "") for name in ("VIRTUALENV", "TOOLCHAIN")
    )
    if toolchain == "uv":
        virtualenv = virtualenv or ".venv"
    return interpreter.find(Path.cwd(), {"virtualenv": virtualenv, "toolchain": toolchain})


def end_with_parent() -> None:
    """Have the kernel kill this process after its parent; the setting survives exec."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def end_with(parent: int) -> None:
    """Leave a small process behind that kills this one once `parent` is gone."""
    served = os.getpid()
    if os.fork():
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for descriptor in range(3):
        os.close(descriptor)  # or the CLI would wait for the end of the output
    while os.getppid() == served:
        if not _alive(parent):
            os.kill(served, signal.SIGKILL)
        time.sleep(0.3)
    os._exit(0)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])

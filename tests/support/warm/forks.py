"""Forks Pythons that have imported much already; `python.py` asks for them.

Run as `forks.py SOCKET MODULE...`, it imports the modules, listens on the socket, and ends with its
standard input. Each request brings arguments, variables, a folder and the three standard files of a
process that is to be; it gets signals for it, and its end with the status tells how it ended.
"""

from __future__ import annotations

import atexit
import gc
import io
import marshal
import os
import select
import signal
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn


@dataclass(frozen=True)
class Request:
    """A process that is asked for.

    Attributes:
        arguments: Those of `python`: a script, `-m` and a module or `-c` and a source, and more.
        variables: Its environment.
        folder: Where it runs.
        parent: The process that started it.
    """

    arguments: list[str]
    variables: dict[str, str]
    folder: str
    parent: int


class Forks:
    """The processes that were asked for, and who waits for each of them."""

    def __init__(self, path: str) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen(64)
        self._running: dict[int, tuple[int, socket.socket]] = {}
        """By a descriptor that tells of its end: its id, and who waits."""

    def serve(self) -> Request:
        """Serve; returns in each process that was forked, with what it is to run."""
        while True:
            waiting = {asking: end for end, (_, asking) in self._running.items()}
            watched = [sys.stdin, self._listener, *self._running, *waiting]
            # One at a time: what it leads to may make the others untrue.
            one = select.select(watched, [], [])[0][0]
            if one is sys.stdin:
                self._end()
            elif one is self._listener:
                if request := self._fork(self._listener.accept()[0]):
                    return request
            elif isinstance(one, int):
                self._ended(one)
            else:
                self._pass_on(waiting[one])

    def _end(self) -> NoReturn:
        """End, and end all that still run."""
        for pid, _ in self._running.values():
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        os._exit(0)

    def _fork(self, asking: socket.socket) -> Request | None:
        """Fork; returns what to run in the new process, and nothing in this one."""
        header, files, _, _ = socket.recv_fds(asking, 8, 3)
        with asking.makefile("rb") as content:
            text = content.read(int.from_bytes(header, "little"))
        if not text:  # it was killed before it could ask
            asking.close()
            return None
        request = marshal.loads(text)  # noqa: S302
        if pid := os.fork():
            for file in files:
                os.close(file)
            self._running[os.pidfd_open(pid)] = pid, asking
            return None
        for end, (_, other) in self._running.items():
            os.close(end)
            other.close()
        for one in (asking, self._listener):
            one.close()
        os.setsid()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        return Request(*request)

    def _ended(self, end: int) -> None:
        """Tell who waits how a process ended."""
        pid, asking = self._running.pop(end)
        os.close(end)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with asking, suppress(OSError):
            asking.send(marshal.dumps(status))

    def _pass_on(self, end: int) -> None:
        """Pass a signal on to a process; one for which nobody waits any more is killed."""
        pid, asking = self._running[end]
        with suppress(ProcessLookupError):
            if number := asking.recv(1):
                os.kill(pid, number[0])
            else:
                os.killpg(pid, signal.SIGKILL)
                self._ended(end)


def become(request: Request) -> None:
    """Run what `python` would run."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.getppid = lambda: request.parent  # what stands for this process ends with that one
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.variables)
    arguments = request.arguments
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout, sys.stderr = (unbuffered(number) for number in (1, 2))
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
    if arguments[0] == "-m":
        sys.argv, sys.path[0] = arguments[1:], request.folder
        __import__("runpy").run_module(arguments[1], run_name="__main__", alter_sys=True)
        return
    main: Any = ModuleType("__main__")
    main.__builtins__ = __builtins__
    if arguments[0] == "-c":
        file, source = "<string>", arguments.pop(1).encode()
        sys.path[0] = ""
    else:
        file = main.__file__ = arguments[0]
        source = Path(file).read_bytes()
        sys.path[0] = str(Path(file).parent)
    sys.argv, sys.modules["__main__"] = arguments, main
    exec(compile(source, file, "exec"), main.__dict__)  # noqa: S102


def unbuffered(number: int) -> io.TextIOWrapper:
    """An output as `python -u` opens it."""
    raw: Any = io.FileIO(number, "w", closefd=False)
    errors = "backslashreplace" if number == 2 else None
    return io.TextIOWrapper(raw, encoding="utf-8", errors=errors, write_through=True)


def main(path: str, modules: list[str]) -> Request:
    """Import what the modules are called, or where their source is, and serve."""
    for name in modules:
        sys.path[0] = os.path.dirname(name)  # noqa: PTH120
        import_module(name.rpartition("/")[2])
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the tests, and this with them
    forks = Forks(path)
    print("ready", flush=True)
    return forks.serve()


def end(status: object) -> NoReturn:
    """End as a Python does, but for taking the modules apart: that takes longer than much else."""
    if status is not None and not isinstance(status, int):
        print(status, file=sys.stderr)
        status = 1
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads
    atexit._run_exitfuncs()
    for output in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            output.flush()
    os._exit((status or 0) & 0xFF)


if __name__ == "__main__":
    asked = main(sys.argv[1], sys.argv[2:])
    try:
        become(asked)
    except SystemExit as exit_:
        end(exit_.code)
    except Exception:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        end(1)
    end(0)

"""Long commands that show they are at work."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_LINE_EVERY = 30  # seconds, where the output is no terminal
_STOPS = (signal.SIGINT, signal.SIGTERM)
_TAIL = 8  # lines of a failed command's output


class CommandError(Exception):
    """A command failed; the message holds the end of its output."""


@contextmanager
def at_work(message: str) -> Iterator[None]:
    """Say what is being done, and for how many seconds, until the block ends."""
    print(message, flush=True)
    done = threading.Event()
    ticker = threading.Thread(target=_tick, args=(done,), daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


def execute(command: Sequence[str | Path], **environment: str) -> None:
    """Run a command to its end, in silence.

    Args:
        command: the program and its arguments.
        environment: variables on top of this process's own.

    Raises:
        CommandError: it is not there or its status is not 0.
    """
    held = _HeldSignals()
    try:
        process = _start(command, {**os.environ, **environment})
        try:
            held.release()
            output, _ = process.communicate()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    except OSError as error:
        raise CommandError(str(error)) from error
    finally:
        held.release()
    if process.returncode:
        name = " ".join(Path(part).name for part in command[:2])
        tail = "\n".join(f"    {line}" for line in output.splitlines()[-_TAIL:])
        why = f"`{name}` ended with status {process.returncode}:\n{tail}"
        raise CommandError(why)


def _start(
    command: Sequence[str | Path], environment: Mapping[str, str]
) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )


class _HeldSignals:
    """Keeps the signals that stop this process until `release`.

    One that arrived while a command was being started would leave it running, known to nobody.
    """

    def __init__(self) -> None:
        self._arrived: list[int] = []
        self._handlers = {number: signal.signal(number, self._note) for number in _STOPS}

    def release(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        while self._arrived:
            signal.raise_signal(self._arrived.pop())

    def _note(self, number: int, _frame: object) -> None:
        self._arrived.append(number)


def _tick(done: threading.Event) -> None:
    live = sys.stdout.isatty()
    start = time.monotonic()
    while not done.wait(1 if live else _LINE_EVERY):
        elapsed = f"  {time.monotonic() - start:.0f} s"
        print(f"\r{elapsed}" if live else elapsed, end="" if live else "\n", flush=True)
    if live:
        print("\r\033[K", end="", flush=True)

"""The provider's process: one run, what it says to the user, and how a call of it fails."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import CapigError, printable

if TYPE_CHECKING:
    from .lifecycle.run import Run

T = TypeVar("T")

_LONGEST_LINE = 1000


class Stop(Exception):  # noqa: N818 - its name is what users read before the message
    """Ends a call with its message alone."""


# The engine shows an exception as `module.Class: text`; this is the shortest honest form of it.
Stop.__module__ = "builtins"
Stop.__qualname__ = Stop.__name__ = "capig"


class Process:
    """The provider's process, which serves one engine operation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._config: Callable[[str], Any] = lambda _key: None
        self._run: Run | None = None

    def configure(self, config: Callable[[str], Any]) -> None:
        """Take the stack's config: a function from ``namespace:key`` to its value or None."""
        with self._lock:
            self._config = config

    def run(self) -> Run:
        """The run's memory."""
        with self._lock:
            if self._run is None:
                self._run = self._start()
            return self._run

    def forget(self) -> None:
        """Begin a new run, in a process that serves several engine operations."""
        with self._lock:
            run, self._run = self._run, None
        if run is not None:
            run.close()

    def call(self, act: Callable[[Run], T]) -> T:
        """Do something in the run.

        Raises:
            Stop: It failed; its text is all that the user is to read of it.
        """
        try:
            run = self.run()
            with run.traffic.call():
                return act(run)
        except CapigError as error:
            parts = (self.run().picture.cover(p) for p in (error.what, error.advice) if p)
            message = "\n  ".join(map(_line, parts))
        except Exception as error:  # a defect of ours: users get a line, not a dump
            message = _defect(error)
        # The SDK prints what an exception came from: users read the message alone.
        raise Stop(message) from None

    def _start(self) -> Run:
        from .lifecycle.run import Run
        from .settings import Settings

        def open_client(settings: Any) -> Any:
            from .gateway import Client

            return Client(settings)

        return Run(Settings(lambda key: self._config(f"capig:{key}")), open_client, _say)


def _line(text: str) -> str:
    """A text as one line: what others said in it neither moves the cursor nor fills the screen.

    Nor does it get lost: the protocol's transport drops a message of more than a few KB.
    """
    line = printable(text)
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


def _defect(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__, limit=-1)
    at = f" at {Path(frame[0].filename).name}:{frame[0].lineno}" if frame else ""
    return (
        f"unexpected {type(error).__name__}{at}; state is kept as it was\n"
        "  This is a bug in pulumi_capig: please report it with this line."
    )


def _say(text: str) -> None:
    # What the provider's process prints, the engine shows under the stack. One write for a line:
    # calls that speak at once would mix theirs otherwise.
    sys.stderr.write(f"{_line(text)}\n")
    sys.stderr.flush()

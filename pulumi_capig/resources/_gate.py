"""Holds back our resources until the program has declared everything.

A look-up of any provider in the middle of a program lets the engine start on what was declared
above it. What is declared below it would be missing from the picture.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import Any

import pulumi

PATIENCE = 10.0
"""Seconds without a new declaration after which we assume that the program waits for us."""


_REFRAMED = (ValueError, AssertionError, StopIteration)
"""What Python or the SDK wraps in an error of its own where a coroutine raises it."""


class ProgramGate:
    """Opens when the program's own code has returned.

    Args:
        root: The root resource of the run, whose outputs the SDK registers at that moment, in a
            ``finally`` clause.

    Attributes:
        came_late: Whether the program's own code had already returned: everything is inside
            ``apply``.
        gave_up: Whether the gate was opened before the end, with a warning.
    """

    def __init__(self, root: pulumi.Resource) -> None:
        self.came_late = _has_ended(root)
        self.gave_up = False
        self._open = asyncio.Event()
        if self.came_late:
            self._open.set()
        self._count = 0
        self._error: Exception | None = None
        self._watch: asyncio.Task[None] | None = None
        register: Any = root.register_outputs  # type: ignore[attr-defined]

        def registered(outputs: Any) -> None:
            self._end(sys.exc_info()[1])
            register(outputs)

        setattr(root, "register_outputs", registered)  # noqa: B010 - a method, for mypy

    def count(self) -> None:
        """Note that the program has declared one more resource."""
        self._count += 1

    async def passed(self) -> None:
        """Wait for the end of the program.

        Raises:
            Exception: The program failed, so what it has declared is not complete.
        """
        if not self._open.is_set():
            if self._watch is None:
                self._watch = asyncio.ensure_future(self._wait())
            await asyncio.shield(self._watch)
        if self._error is not None:
            raise self._error

    def _end(self, error: BaseException | None) -> None:
        self._error = _shown(error)
        self._open.set()

    async def _wait(self) -> None:
        while not self._open.is_set():
            count = self._count
            try:
                await asyncio.wait_for(self._open.wait(), PATIENCE)
            except asyncio.TimeoutError:
                if count == self._count:
                    self._give_up()

    def _give_up(self) -> None:
        self.gave_up = True
        self._open.set()
        pulumi.log.warn(
            "the program waits for an output of a resource of pulumi_capig before it has declared "
            "everything: whatever it declares from here on is missing from previews and conflict "
            "checks.\n  Declare the resources of pulumi_capig before the call that waits."
        )


def _has_ended(root: pulumi.Resource) -> bool:
    """Whether the program's own code has already returned."""
    if (registered := getattr(root, "_outputs_registered", None)) is not None:
        return bool(registered)
    # An SDK without that mark: the task that runs the program runs as long as the program.
    coroutines = [task.get_coro() for task in asyncio.all_tasks()]
    states = [
        inspect.getcoroutinestate(each)
        for each in coroutines
        if inspect.iscoroutine(each) and each.__name__ == "run_in_stack"
    ]
    return bool(states) and inspect.CORO_RUNNING not in states


def _shown(error: BaseException | None) -> Exception | None:
    """What to raise instead of an error that ended the program, so that users see that error."""
    if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
        return None
    if isinstance(error, SystemExit) and isinstance(error.code, str):
        return pulumi.RunError(error.code)
    if not isinstance(error, Exception):
        how = f"exit status {error.code}" if isinstance(error, SystemExit) else type(error).__name__
        return pulumi.RunError(f"the program ended ({how}) before it had declared everything")
    return _twin(error) if isinstance(error, _REFRAMED) else error


def _twin(error: Exception) -> Exception:
    """An exception that looks the same: what wraps the error itself would show our frames."""
    kind = type(error)
    looks = {"__module__": kind.__module__, "__str__": lambda _twin: str(error)}
    twin: Exception = type(kind.__qualname__, (Exception,), looks)()
    twin.__cause__, twin.__context__ = error.__cause__, error.__context__
    twin.__suppress_context__ = error.__suppress_context__
    return twin.with_traceback(error.__traceback__)

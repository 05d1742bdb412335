"""Long commands that show they are at work."""

import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

_LINE_EVERY = 30  # seconds, where the output is no terminal
_STOPS = (signal.SIGINT, signal.SIGTERM)
_TAIL = 8  # lines of a failed command's output


class CommandError(Exception):
    """A command failed; the message holds the end of its output."""


class Work:
    """Shows how far something is, in stages of steps."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("starting", total=None)

    def stage(self, name: str, steps: int | None = None) -> None:
        """Begin a stage.

        Args:
            name: What its steps do, such as `compiling`.
            steps: How many there are; None if nobody knows.
        """
        self._progress.update(self._task, description=name, completed=0, total=steps)

    def step(self) -> None:
        """Note that a step of the stage is done."""
        self._progress.advance(self._task)


class _Steps(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(_steps(task))


def _steps(task: Task) -> str:
    done = f"{task.completed:.0f}" if task.completed else ""
    return f"{done or 0} of {task.total:.0f}" if task.total else done


@contextmanager
def at_work(message: str) -> Iterator[Work]:
    """Say what is being done, and how far it is, until the block ends."""
    print(message, flush=True)
    columns = (TextColumn("  {task.description}"), BarColumn(), _Steps(), TimeElapsedColumn())
    progress = Progress(*columns, transient=True)
    if progress.console.is_terminal:
        with progress:
            yield Work(progress)
        return
    progress.disable = True
    done = threading.Event()
    work = Work(progress)
    ticker = threading.Thread(target=_tell, args=(progress.tasks[0], done), daemon=True)
    ticker.start()
    try:
        yield work
    finally:
        done.set()
        ticker.join()


def execute(
    command: Sequence[str | Path], on_line: Callable[[str], None] | None = None, **environment: str
) -> None:
    """Run a command to its end, in silence.

    Args:
        command: the program and its arguments.
        on_line: gets each line of its output, as it comes.
        environment: variables on top of this process's own.

    Raises:
        CommandError: it is not there or its status is not 0.
    """
    held = _HeldSignals()
    tail: deque[str] = deque(maxlen=_TAIL)
    try:
        with _start(command, {**os.environ, **environment}) as process:
            try:
                held.release()
                for line in process.stdout or ():
                    tail.append(line.rstrip("\n"))
                    if on_line:
                        on_line(tail[-1])
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
    except OSError as error:
        raise CommandError(str(error)) from error
    finally:
        held.release()
    if process.returncode:
        name = " ".join(Path(part).name for part in command[:2])
        shown = "\n".join(f"    {line}" for line in tail)
        why = f"`{name}` ended with status {process.returncode}:\n{shown}"
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


def _tell(task: Task, done: threading.Event) -> None:
    while not done.wait(_LINE_EVERY):
        how_far = " ".join(filter(None, (task.description, _steps(task))))
        print(f"  {task.elapsed or 0:.0f} s: {how_far}", flush=True)

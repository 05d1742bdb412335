"""The bridge between Pulumi's dynamic providers and the life cycles.

Module path and class names of the providers stand in stored state (pickled by reference): they
are a contract, and whoever renames one leaves the old name working. Instances hold nothing.

The program imports this module to name its providers; what runs them is imported on the first
call, in the provider's process.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from .errors import CapigError, printable

if TYPE_CHECKING:
    from .lifecycle import Lifecycle
    from .lifecycle.run import Run

T = TypeVar("T")

_PROVIDER_KEY = "__provider"
_LONGEST_LINE = 1000


class Stop(Exception):  # noqa: N818 - its name is what users read before the message
    """Ends a call with its message alone."""


# The engine shows an exception as `module.Class: text`; this is the shortest honest form of it.
Stop.__module__ = "builtins"
Stop.__qualname__ = Stop.__name__ = "capig"


class _Process:
    """The provider process, which serves one engine operation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._config: Callable[[str], Any] = lambda _key: None
        self._run: Run | None = None

    def configure(self, config: Callable[[str], Any]) -> None:
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

    def _start(self) -> Run:
        from .lifecycle.run import Run
        from .settings import Settings

        def open_gateway(settings: Any) -> Any:
            from .gateway import Client

            return Client(settings)

        return Run(Settings(lambda key: self._config(f"capig:{key}")), open_gateway, _say)


_process = _Process()


class _CapigProvider(ResourceProvider):
    """Hands each call of the engine to the life cycle of its kind of resource."""

    serialize_as_secret_always = False
    kind: ClassVar[str]

    def configure(self, req: ConfigureRequest) -> None:
        # The SDK sends whole tracebacks to the terminal. This process is ours alone, and this is
        # its first call.
        sys.tracebacklimit = 0
        _process.configure(req.config.get)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        checked = self._call(lambda life: life.check(_known(_olds), _known(news)))
        failures = [CheckFailure(failure.path, failure.reason) for failure in checked.failures]
        return CheckResult(_raw(checked.inputs), failures)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        difference = self._call(lambda life: life.diff(_known(_olds), _known(_news)))
        return DiffResult(difference.changes, list(difference.replaces))

    def create(self, props: dict[str, Any]) -> CreateResult:
        created = self._call(lambda life: life.create(_known(props)))
        return CreateResult(created.id, created.outputs)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        found = self._call(lambda life: life.read(_known(props)))
        if found is None:
            return ReadResult("", {})
        return ReadResult(id_, found.outputs, found.inputs)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(self._call(lambda life: life.update(_known(_olds), _known(_news))))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        self._call(lambda life: life.delete(_known(_props)))

    def _call(self, act: Callable[[Lifecycle], T]) -> T:
        try:
            from .lifecycle import REGISTRY

            return act(REGISTRY[self.kind](_process.run()))
        except CapigError as error:
            message = "\n  ".join(_line(part) for part in (error.what, error.advice) if part)
        except Exception as error:  # a bug of ours: users get a line, not a dump
            message = _bug(error)
        raise Stop(message) from None


class PixelConnectionProvider(_CapigProvider):
    """Provider of ``PixelConnection``."""

    kind = "PixelConnection"


class ConnectedPixelProvider(PixelConnectionProvider):
    """Provider of ``PixelConnection.get``: it reads what is not managed here."""

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        outputs = self._call(lambda life: life.get(id_))  # type: ignore[attr-defined]
        return ReadResult(id_, outputs)


class EventFilterProvider(_CapigProvider):
    """Provider of ``EventFilter``."""

    kind = "EventFilter"


class DomainFilterProvider(_CapigProvider):
    """Provider of ``DomainFilter``."""

    kind = "DomainFilter"


def _known(props: dict[str, Any]) -> dict[str, Any]:
    """Properties in plain values: without the provider, unknowns as one sentinel."""
    from pulumi.output import Unknown

    from .lifecycle.values import UNKNOWN

    def plain(value: Any) -> Any:
        if isinstance(value, Unknown):
            return UNKNOWN
        if isinstance(value, list):
            return [plain(item) for item in value]
        return value

    return {name: plain(value) for name, value in props.items() if name != _PROVIDER_KEY}


def _raw(props: dict[str, Any]) -> dict[str, Any]:
    """Plain values as the SDK sends them."""
    from pulumi.output import Unknown

    from .lifecycle.values import UNKNOWN

    def raw(value: Any) -> Any:
        if value is UNKNOWN:
            return Unknown()  # type: ignore[no-untyped-call]
        if isinstance(value, list):
            return [raw(item) for item in value]
        return value

    return {name: raw(value) for name, value in props.items()}


def _line(text: str) -> str:
    """A text as one line: what others said in it neither moves the cursor nor fills the screen.

    Nor does it get lost: the protocol's transport drops a message of more than a few KB.
    """
    line = printable(text)
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"


def _bug(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__, limit=-1)
    at = f" at {Path(frame[0].filename).name}:{frame[0].lineno}" if frame else ""
    return (
        f"unexpected {type(error).__name__}{at}; state is kept as it was\n"
        "  This is a defect of pulumi_capig: please report it with this line."
    )


def _say(text: str) -> None:
    # What the provider's process prints, the engine shows under the stack. One write for a line:
    # calls that speak at once would mix theirs otherwise.
    sys.stderr.write(f"{_line(text)}\n")
    sys.stderr.flush()

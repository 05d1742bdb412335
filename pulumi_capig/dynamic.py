"""The bridge between Pulumi's dynamic providers and the life cycles.

Module path and class names of the providers stand in stored state (pickled by reference): they
are a contract, and whoever renames one leaves the old name working. Instances hold nothing.

The program imports this module to name its providers; what runs them is imported on the first
call, in the provider's process.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
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

from .picture import HINT
from .process import Process

if TYPE_CHECKING:
    from .lifecycle import Lifecycle
    from .lifecycle.run import Run
    from .lifecycle.values import Failure

T = TypeVar("T")

_NOT_OURS = ("__provider", HINT)
"""Properties that are not the resource's own."""


_process = Process()


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
        def check(life: Lifecycle, run: Run) -> CheckResult:
            row = run.picture.receive(news.get(HINT))
            checked = life.check(_plain(_olds), _plain(news), row)
            told = [replace(f, reason=run.picture.cover(f.reason)) for f in checked.failures]
            return CheckResult(_as_sent(checked.inputs), [_failure(f, news) for f in told])

        return self._call(check)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        found = self._call(lambda life, _: life.diff(_id, _plain(_olds), _plain(_news)))
        return DiffResult(found.changes, list(found.replaces))

    def create(self, props: dict[str, Any]) -> CreateResult:
        created = self._call(lambda life, _: life.create(_plain(props)))
        return CreateResult(created.id, created.outputs)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        found = self._call(lambda life, _: life.read(id_, _plain(props)))
        if found is None:
            return ReadResult("", {})
        return ReadResult(id_, found.outputs, found.inputs)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        outputs = self._call(lambda life, _: life.update(_id, _plain(_olds), _plain(_news)))
        return UpdateResult(outputs)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        self._call(lambda life, _: life.delete(_id, _plain(_props)))

    def _call(self, act: Callable[[Lifecycle, Run], T]) -> T:
        def call(run: Run) -> T:
            from .lifecycle import REGISTRY

            return act(REGISTRY[self.kind](run), run)

        return _process.call(call)


class PixelConnectionProvider(_CapigProvider):
    """Provider of ``PixelConnection``."""

    kind = "PixelConnection"


class ConnectedPixelProvider(PixelConnectionProvider):
    """Provider of ``PixelConnection.get``: it reads what is not managed here."""

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        from .lifecycle.pixel_connection import PixelConnectionLifecycle

        return ReadResult(id_, self._call(lambda _, run: PixelConnectionLifecycle(run).get(id_)))


class EventFilterProvider(_CapigProvider):
    """Provider of ``EventFilter``."""

    kind = "EventFilter"


class DomainFilterProvider(_CapigProvider):
    """Provider of ``DomainFilter``."""

    kind = "DomainFilter"


class EventFiltersProvider(_CapigProvider):
    """Provider of ``EventFilters``."""

    kind = "EventFilters"


class DomainFiltersProvider(_CapigProvider):
    """Provider of ``DomainFilters``."""

    kind = "DomainFilters"


class AccountProvider(_CapigProvider):
    """Provider of ``Account``."""

    kind = "Account"


class AccountUserProvider(_CapigProvider):
    """Provider of ``AccountUser``."""

    kind = "AccountUser"


class FirstPartyDomainProvider(_CapigProvider):
    """Provider of ``FirstPartyDomain``."""

    kind = "FirstPartyDomain"


class PipelineProvider(_CapigProvider):
    """Provider of ``Pipeline``."""

    kind = "Pipeline"


class DataSourceProvider(_CapigProvider):
    """Provider of ``DataSource``."""

    kind = "DataSource"


class ConversionsApiDestinationProvider(_CapigProvider):
    """Provider of ``ConversionsApiDestination``."""

    kind = "ConversionsApiDestination"


class HttpDestinationProvider(_CapigProvider):
    """Provider of ``HttpDestination``."""

    kind = "HttpDestination"


def _failure(failure: Failure, news: Mapping[str, Any]) -> CheckFailure:
    """A failure as the engine shows it: with the argument's value, where it has one to show."""
    if failure.path in news:
        return CheckFailure(failure.path, failure.reason)
    told = failure.path and not failure.reason.startswith(failure.path)
    return CheckFailure("", f"{failure.path}: {failure.reason}" if told else failure.reason)


def _plain(props: dict[str, Any]) -> dict[str, Any]:
    """Properties in plain values: without the provider, unknowns as one sentinel."""
    from pulumi.output import Unknown

    from .lifecycle.values import UNKNOWN

    def plain(value: Any) -> Any:
        if isinstance(value, Unknown):
            return UNKNOWN
        if isinstance(value, list):
            return [plain(item) for item in value]
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return value

    return {name: plain(value) for name, value in props.items() if name not in _NOT_OURS}


def _as_sent(props: dict[str, Any]) -> dict[str, Any]:
    """Plain values as the SDK sends them."""
    from pulumi.output import Unknown

    from .lifecycle.values import UNKNOWN

    def raw(value: Any) -> Any:
        if value is UNKNOWN:
            return Unknown()  # type: ignore[no-untyped-call]
        if isinstance(value, list):
            return [raw(item) for item in value]
        if isinstance(value, dict):
            return {key: raw(item) for key, item in value.items()}
        return value

    return {name: raw(value) for name, value in props.items()}

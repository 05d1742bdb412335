"""Faults on request: what to do to which request, and how often."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar, Literal, get_args

from .asked import AskedField, Path
from .gate import Gate

__all__ = ["FAULTS", "HTML_PAGE", "Fault", "FaultKind", "FaultRules", "Struck"]

HTML_PAGE = "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body></body></html>"

FaultKind = Literal[
    "reset",
    "hang-up",
    "slow",
    "late",
    "hold",
    "unauthorized",
    "token-expired",
    "status",
    "uncovered",
    "errors",
    "data-null",
    "no-success",
    "field-error",
    "truncated",
    "cut-json",
    "not-json",
    "unknown-fields",
    "missing-fields",
    "wrong-types",
    "redirect",
    "huge",
]

_OF_ONE_FIELD = {"no-success", "field-error"}
"""Kinds that strike each field of a document by itself, and leave the others alone."""


@dataclass(frozen=True)
class Fault:
    """A fault, and the requests that it strikes.

    Args:
        kind: What happens:
            `reset`: the connection is reset without an answer. `hang-up`: it is closed.
            `slow`: the answer takes `seconds` (None: until the client leaves); a client that
            leaves before a write that is not `applied` yet has prevented it.
            `late`: like `slow`, but the write is carried out after the client has left.
            `hold`: the request waits for `gate`.
            `unauthorized`: answered as a bad API token. `token-expired`: all API tokens end now.
            `status`: answered with HTTP status `code`. `uncovered`: answered with data, marked
            as an operation that the reference does not cover.
            `errors`: HTTP 200 with `errors` of `code`. `data-null`: HTTP 200, `data` is null.
            `no-success`: HTTP 200, the operation's own result says that it failed.
            `field-error`: the operation fails with `code`, as if it were its own error.
            `truncated`: the connection ends in the middle of the content. `cut-json`: half of
            the content, as if it were all. `not-json`: `body` instead of JSON.
            `unknown-fields`: fields nobody asked for. `missing-fields`: without `fields` (default:
            all below the operation). `wrong-types`: values of other types.
            `redirect`: HTTP 302 to the address `body`. `huge`: `size` bytes more than needed.
        operation: Name or names of operations as in `AskedField`, None for every request.
        tenant: Account, None for every one.
        pixel: Pixel id that the operation names, None for every request.
        times: How many requests are struck, None for every one.
        after: How many matching requests pass before.
        every: Strikes each n-th matching request.
        applied: Whether the operation is carried out nevertheless. None: as usual for the kind,
            which is yes where the answer alone is broken, and no otherwise.
        applied_fields: How many fields of a document are carried out where it is `applied`, from
            the first one on; None for all.
        seconds: Length of `slow` and `late`, None for until the client leaves.
        code: HTTP status of `status`, code of `errors` and `field-error`.
        body: Content of `status` (HTML if it starts with `<`) and of `not-json`; address of
            `redirect`.
        retry_after: Header `Retry-After` of `status`: seconds, a text as it is, or the time from
            now which is then sent as an HTTP date.
        fields: Names that `missing-fields` leaves out.
        size: Bytes of `huge`.
        gate: What `hold` waits for.

    A document of several fields is struck if one of them matches in `operation`, `tenant` and
    `pixel` together. `no-success` and `field-error` strike that field alone, and count fields where
    the other kinds count requests. Of several faults that match a request, the first one decides:
    if it strikes a field, the others may strike further fields, but not the whole request.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = {
        "arbitrary_types_allowed": True,
        "extra": "forbid",
    }

    kind: FaultKind
    operation: str | tuple[str, ...] | None = None
    tenant: str | None = None
    pixel: str | None = None
    times: int | None = 1
    after: int = 0
    every: int = 1
    applied: bool | None = None
    applied_fields: int | None = None
    seconds: float | None = None
    code: int = 500
    body: str | None = None
    retry_after: int | str | timedelta | None = None
    fields: tuple[str, ...] = ()
    size: int = 16 * 1024 * 1024
    gate: Gate | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            known = ", ".join(get_args(FaultKind))
            message = f"unknown fault {self.kind!r}; known are {known}"
            raise ValueError(message)
        if self.kind == "hold" and self.gate is None:
            message = "the fault 'hold' needs a gate"
            raise ValueError(message)

    @classmethod
    def status(
        cls,
        code: int,
        *,
        body: str | None = None,
        retry_after: int | str | timedelta | None = None,
        applied: bool = False,
        **where: Any,
    ) -> Fault:
        """A fault that answers with an HTTP status; `where` as the arguments of the class."""
        return cls(
            "status", code=code, body=body, retry_after=retry_after, applied=applied, **where
        )

    def on(self, operation: str | tuple[str, ...] | None = None, **where: Any) -> Fault:
        """The same fault for other requests; `where` as the arguments of the class."""
        return replace(self, operation=operation, **where)

    def matches(self, asked: AskedField) -> bool:
        """Whether the fault is meant for such an operation."""
        names = (self.operation,) if isinstance(self.operation, str) else self.operation
        return (
            (names is None or asked.operation in names)
            and self.tenant in (None, asked.tenant)
            and (self.pixel is None or self.pixel in asked.pixels)
        )


@dataclass(slots=True)
class Struck:
    """What strikes a request: one fault as a whole, or faults of its fields, by their paths."""

    whole: Fault | None = None
    fields: Mapping[Path, Fault] = field(default_factory=dict)


class FaultRules:
    """The faults injected. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[_Rule] = []

    def add(self, fault: Fault) -> None:
        """Adds a fault; earlier ones come first."""
        with self._lock:
            self._rules.append(_Rule(fault))

    def clear(self) -> None:
        """Removes all faults."""
        with self._lock:
            self._rules.clear()

    def take(self, asked: Collection[AskedField]) -> Struck:
        """What strikes this request; counts it."""
        fields: dict[Path, Fault] = {}
        with self._lock:
            for rule in self._rules:
                if rule.fault.kind in _OF_ONE_FIELD:
                    for one in asked:
                        if one.path not in fields and rule.strikes((one,)):
                            fields[one.path] = rule.fault
                elif not fields and rule.strikes(asked):
                    return Struck(rule.fault)
        return Struck(None, fields)


@dataclass
class _Rule:
    fault: Fault
    seen: int = 0
    struck: int = 0

    def strikes(self, asked: Collection[AskedField]) -> bool:
        fault = self.fault
        if fault.times is not None and self.struck >= fault.times:
            return False
        if not any(map(fault.matches, asked)):
            return False
        self.seen += 1
        turn = self.seen - fault.after
        if turn <= 0 or turn % fault.every:
            return False
        self.struck += 1
        return True


FAULTS: dict[str, Fault] = {
    "reset-before-write": Fault("reset"),
    "reset-after-write": Fault("reset", applied=True),
    "hang-up-before-write": Fault("hang-up"),
    "hang-up-after-write": Fault("hang-up", applied=True),
    "slow-before-write": Fault("slow"),
    "slow-after-write": Fault("slow", applied=True),
    "late-write": Fault("late"),
    "401-once": Fault("unauthorized"),
    "401-for-ever": Fault("unauthorized", times=None),
    "token-expired": Fault("token-expired"),
    "400": Fault.status(400),
    "403": Fault.status(403),
    "404": Fault.status(404),
    "408": Fault.status(408),
    "418-with-data": Fault("uncovered"),
    "429-seconds": Fault.status(429, retry_after=1),
    "429-date": Fault.status(429, retry_after=timedelta(seconds=1)),
    "500": Fault.status(500),
    "500-after-write": Fault.status(500, applied=True),
    "502-page": Fault.status(502, body=HTML_PAGE),
    "502-page-after-write": Fault.status(502, body=HTML_PAGE, applied=True),
    "503": Fault.status(503),
    "503-retry-after": Fault.status(503, retry_after=1),
    "200-errors": Fault("errors"),
    "200-data-null": Fault("data-null"),
    "200-data-null-after-write": Fault("data-null", applied=True),
    "200-no-success": Fault("no-success"),
    "200-page": Fault.status(200, body=HTML_PAGE),
    "truncated": Fault("truncated"),
    "cut-json": Fault("cut-json"),
    "not-json": Fault("not-json"),
    "unknown-fields": Fault("unknown-fields"),
    "missing-fields": Fault("missing-fields"),
    "wrong-types": Fault("wrong-types"),
    "redirect": Fault("redirect"),
    "huge": Fault("huge"),
}
"""Every fault that the tests know, by name; `FAULTS[name].on(operation)` aims one."""

"""What the played gateway was asked, and how much of it at once."""

from __future__ import annotations

import heapq
import json
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .asked import AskedField, Path
from .redaction import fingerprint, redact, redact_links

__all__ = ["Counters", "FieldRecord", "Journal", "KeptAnswer", "RequestRecord"]

_FILTER_WRITES = {"updateEventFilter", "updateDomainFilter"}
_CONNECTION_WRITES = {
    "setupPixelSignalConfig",
    "deleteDataSource",
    "updateSignalConfigEventsStatus",
    "updateSignalConfigCapiPublish",
}


_KEPT_ANSWERS = 200
_KEPT_BYTES = 64 * 1024
_READ = 10_000


@dataclass(frozen=True)
class FieldRecord:
    """One operation of a request.

    Args:
        operation: As in `AskedField`.
        tenant: Account, None where none is named.
        pixels: Pixel ids that the operation names.
        path: Where its result stands in `data`.
        applied: Whether it was carried out and reported no error of its own.
        code: Code of the error that answers it, None for none.
        fault: Kind of the fault that struck this field alone, None for none.
    """

    operation: str
    tenant: str | None
    pixels: tuple[str, ...]
    path: Path
    applied: bool
    code: int | None = None
    fault: str | None = None


@dataclass(frozen=True)
class RequestRecord:
    """A request that was answered, or ended without an answer.

    Args:
        sequence: Order of arrival, from 1 on.
        operation: As in `AskedField`; different ones of a document are joined by `+`.
        tenant: Account, None where the request names none, or several.
        pixels: Pixel ids that the request names.
        variables: GraphQL variables or token form; secrets as `sha256:<12 hex digits>`. Empty
            where the document cannot be read, since nothing then tells which are secret.
        status: HTTP status answered, None where the connection was ended instead.
        applied: Whether all that it asks for was carried out and reported no error.
        connection: Number of the TCP connection.
        fault: Kind of the fault that struck it, or first struck a field of it, None for none.
        path: Where it was posted to.
        seconds: From its arrival to its answer.
        fields: Each operation of it.
    """

    sequence: int
    operation: str
    tenant: str | None
    pixels: tuple[str, ...]
    variables: Mapping[str, Any]
    status: int | None
    applied: bool
    connection: int
    fault: str | None = None
    path: str = ""
    seconds: float = field(default=0.0, compare=False)
    fields: tuple[FieldRecord, ...] = ()


@dataclass(frozen=True)
class Counters:
    """Totals since the start, or since the last clearing.

    Args:
        requests: Requests by operation; a document of several different ones counts once, under
            their names joined by `+`.
        fields: Operations by name, each field of a document for itself.
        connections: Distinct TCP connections that carried a request.
        token_fetches: Requests for an API token.
        max_concurrent: Most requests in progress at once.
        max_concurrent_connection_writes: Most writes of pixel connections at once.
        max_concurrent_filter_writes: Most filter writes of any one account at once.
        in_progress: Requests in progress now.
    """

    requests: Mapping[str, int]
    fields: Mapping[str, int]
    connections: int
    token_fetches: int
    max_concurrent: int
    max_concurrent_connection_writes: int
    max_concurrent_filter_writes: int
    in_progress: int


@dataclass
class KeptAnswer:
    """What a request was answered with.

    Args:
        content: Its body, or the beginning of it.
        length: Bytes of the whole body.
        secrets: Texts in the request that are secret.
    """

    content: bytes
    length: int
    secrets: frozenset[str]

    @cached_property
    def text(self) -> str:
        """The answer without secrets, and no more of it than somebody reads."""
        if self.length > len(self.content):
            return f"{self.length} bytes"
        text = self.content.decode(errors="replace")
        with suppress(ValueError):
            text = json.dumps(redact(json.loads(text)))
        text = redact_links(text)
        for secret in self.secrets:
            text = text.replace(secret, fingerprint(secret))
        return text if len(text) <= _READ else f"{text[:_READ]}…"


class Journal:
    """The request log with its counters. Safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._revision = 0
        self._in_progress: Counter[str] = Counter()
        self.clear()

    def clear(self) -> None:
        """Forgets all requests that have ended, and all totals."""
        with self._changed:
            self._records: list[RequestRecord] = []
            self._requests: Counter[str] = Counter()
            self._arrived: Counter[str] = Counter()
            self._ended: Counter[str] = Counter()
            self._peak: Counter[str] = Counter(self._in_progress)
            self._connections: set[int] = set()
            self._answers: dict[int, KeptAnswer] = {}
            self._sequence = 0
            self._revision += 1

    @property
    def revision(self) -> int:
        """A number that grows with every change."""
        return self._revision

    @property
    def records(self) -> list[RequestRecord]:
        """The requests, in the order of their arrival."""
        with self._changed:
            return sorted(self._records, key=_sequence)

    def latest(self, count: int) -> list[RequestRecord]:
        """The requests that arrived last, the last one first."""
        with self._changed:
            return heapq.nlargest(count, self._records, key=_sequence)

    def answer(self, sequence: int) -> KeptAnswer | None:
        """What a request was answered with, if that was not long ago."""
        return self._answers.get(sequence)

    @property
    def counters(self) -> Counters:
        """The totals."""
        with self._changed:
            filters = [peak for lane, peak in self._peak.items() if lane.startswith("filter:")]
            return Counters(
                requests=dict(self._requests),
                fields=dict(self._arrived),
                connections=len(self._connections),
                token_fetches=self._arrived["token"],
                max_concurrent=self._peak["all"],
                max_concurrent_connection_writes=self._peak["connections"],
                max_concurrent_filter_writes=max(filters, default=0),
                in_progress=self._in_progress["all"],
            )

    def wait_for(self, operation: str, count: int, *, ended: bool, timeout: float) -> None:
        """Waits until an operation has arrived or ended so often; TimeoutError if late."""
        with self._changed:
            totals = self._ended if ended else self._arrived
            if not self._changed.wait_for(lambda: totals[operation] >= count, timeout):
                step = "ended" if ended else "arrived"
                message = f"{totals[operation]} of {count} requests {operation} {step}"
                raise TimeoutError(message)

    def arrive(self, name: str, asked: Sequence[AskedField], connection: int) -> int:
        """Notes the start of a request; returns its sequence number."""
        with self._changed:
            self._sequence += 1
            self._revision += 1
            self._requests[name] += 1
            for one in asked:
                self._arrived[one.operation] += 1
            self._connections.add(connection)
            for lane in _lanes(asked):
                self._in_progress[lane] += 1
                self._peak[lane] = max(self._peak[lane], self._in_progress[lane])
            self._changed.notify_all()
            return self._sequence

    def leave(self, asked: Sequence[AskedField], record: RequestRecord | None = None) -> None:
        """Notes that a request is no longer in progress, and how it ended, if it did so itself."""
        with self._changed:
            for lane in _lanes(asked):
                self._in_progress[lane] -= 1
            self._revision += 1
            if record is not None:
                self._records.append(record)
                for one in asked:
                    self._ended[one.operation] += 1
                self._changed.notify_all()

    def keep_answer(self, sequence: int, content: bytes, secrets: frozenset[str]) -> None:
        """Keeps what a request was answered with, and forgets an older one."""
        kept = KeptAnswer(content[:_KEPT_BYTES], len(content), secrets)
        with self._changed:
            self._answers[sequence] = kept
            if len(self._answers) > _KEPT_ANSWERS:
                del self._answers[next(iter(self._answers))]
            self._revision += 1


def _sequence(record: RequestRecord) -> int:
    return record.sequence


def _lanes(asked: Iterable[AskedField]) -> set[str]:
    lanes = {"all"}
    for one in asked:
        if one.operation in _FILTER_WRITES:
            lanes.add(f"filter:{one.tenant}")
        elif one.operation in _CONNECTION_WRITES:
            lanes.add("connections")
    return lanes

"""Counts of the events that pixels sent to the gateway."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import Part

if TYPE_CHECKING:
    from ..state import GatewayState

__all__ = ["Count", "Events", "Received"]


@dataclass(frozen=True)
class Received:
    """Events that came in together.

    Args:
        pixel: Pixel id.
        name: Event name.
        domain: Website, None where it is not known.
        count: How many came in.
        published: How many of them the gateway sent on.
        at: Milliseconds since 1970.
    """

    pixel: str
    name: str
    domain: str | None
    count: int
    published: int
    at: int


@dataclass(frozen=True)
class Count:
    """The sum of what came in under one name."""

    name: str
    received: int
    published: int
    last: int


class Events(Part):
    """What came in, account by account."""

    def __init__(self, gateway: GatewayState) -> None:
        super().__init__(gateway)
        self._held: dict[str, list[Received]] = {}

    def add(self, tenant: str, received: Received) -> None:
        """Counts events."""
        with self._gateway.lock:
            self._held.setdefault(tenant, []).append(received)
            key = received.name, received.pixel
            self._gateway.record("sandbox", tenant, "traffic", key, None, received)

    def by_name(self, tenant: str, pixels: Collection[str] | None = None) -> list[Count]:
        """Sums by event name, of these pixels or of all (None)."""
        return _sums(self._of(tenant, pixels), lambda item: item.name)

    def by_domain(self, tenant: str, pixels: Collection[str] | None = None) -> list[Count]:
        """Sums by website, of these pixels or of all (None)."""
        return _sums(self._of(tenant, pixels), lambda item: item.domain)

    def pixels(self, tenant: str) -> set[str]:
        """The pixels that sent something."""
        return {item.pixel for item in self._of(tenant, None)}

    def forget(self, _operation: str, tenant: str) -> None:
        """Drops the counts of an account."""
        self._held.pop(tenant, None)

    def _of(self, tenant: str, pixels: Collection[str] | None) -> list[Received]:
        with self._gateway.lock:
            held = self._held.get(tenant, ())
            return [item for item in held if pixels is None or item.pixel in pixels]


def _sums(items: Iterable[Received], name: Callable[[Received], str | None]) -> list[Count]:
    sums: dict[str, Count] = {}
    for item in items:
        if (key := name(item)) is not None:
            so_far = sums.get(key, Count(key, 0, 0, 0))
            sums[key] = Count(
                key,
                so_far.received + item.count,
                so_far.published + item.published,
                max(so_far.last, item.at),
            )
    return list(sums.values())

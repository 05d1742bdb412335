"""Sets of pixels of an account, where some mean all but a few."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["ALL", "NONE", "Pixels"]


@dataclass(frozen=True)
class Pixels:
    """Some pixels of an account, or all but some.

    Attributes:
        ids: The pixels.
        all_but: Whether the set is of all others.
    """

    ids: frozenset[str]
    all_but: bool = False

    @classmethod
    def of(cls, ids: Iterable[str]) -> Pixels:
        """These alone."""
        return cls(frozenset(ids))

    def __bool__(self) -> bool:
        return self.all_but or bool(self.ids)

    def __invert__(self) -> Pixels:
        return Pixels(self.ids, not self.all_but)

    def __and__(self, other: Pixels) -> Pixels:
        if self.all_but and other.all_but:
            return Pixels(self.ids | other.ids, all_but=True)
        if self.all_but:
            return Pixels(other.ids - self.ids)
        return Pixels(self.ids - other.ids if other.all_but else self.ids & other.ids)

    def __or__(self, other: Pixels) -> Pixels:
        return ~(~self & ~other)

    def __sub__(self, other: Pixels) -> Pixels:
        return self & ~other


NONE = Pixels(frozenset())
ALL = ~NONE

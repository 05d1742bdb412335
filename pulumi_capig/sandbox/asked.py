"""What a request asks for, operation by operation, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["AskedField", "Outcome", "Path"]

Path: TypeAlias = tuple[str, ...]
"""Where the result of an operation stands in `data`; empty outside of GraphQL."""


@dataclass(frozen=True)
class AskedField:
    """One operation that a request asks for. A document may ask for several.

    Args:
        operation: Name of the operation's field (`setupPixelSignalConfig`, ...), `list` for
            `account`, `token` for the token endpoint.
        tenant: Account, None where none is named.
        pixels: Pixel ids that the arguments name.
        path: Where its result stands.
    """

    operation: str
    tenant: str | None = None
    pixels: tuple[str, ...] = ()
    path: Path = ()


@dataclass(frozen=True)
class Outcome:
    """What became of one operation.

    Args:
        applied: Whether it was carried out and reported no error of its own.
        code: Code of the error that answers it, None for none.
    """

    applied: bool
    code: int | None = None

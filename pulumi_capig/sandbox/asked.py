"""What a request asks for, operation by operation, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = ["NOT_REACHED", "AskedField", "OperationError", "Outcome", "Path"]

Path: TypeAlias = tuple[str, ...]
"""Where the result of an operation stands in `data`; empty outside of GraphQL."""


@dataclass(slots=True)
class AskedField:
    """One operation that a request asks for. A document may ask for several.

    Args:
        operation: Name of the operation's field (`setupPixelSignalConfig`, `createTenant`, ...),
            `list` for `account`, `dataSourceMutations.deleteDataSource` for what has the name of
            a pixel's deletion, `token` for the token endpoint.
        tenant: Account, None where none is named.
        pixels: Pixel ids that the arguments name.
        path: Where its result stands.
    """

    operation: str
    tenant: str | None = None
    pixels: tuple[str, ...] = ()
    path: Path = ()


@dataclass(slots=True)
class Outcome:
    """What became of one operation.

    Args:
        applied: Whether it was carried out and reported no error of its own.
        code: Code of the error that answers it, None for none.
    """

    applied: bool
    code: int | None = None


NOT_REACHED = Outcome(applied=False)
"""Of an operation to which the request did not come."""


class OperationError(Exception):
    """An operation answers with an error.

    Args:
        code: The documented code, for example 404.
        message: One line.
        beside: The result that comes with it nevertheless, None for none.
    """

    def __init__(self, code: int, message: str, beside: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.beside = beside

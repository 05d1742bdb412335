"""Carrying a request out, as far as faults let it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.responses import Response

from .answers import phrase
from .asked import AskedField, OperationError, Outcome, Path
from .faults import Fault, Struck

__all__ = ["Asked", "Execution"]

_T = TypeVar("_T")


@dataclass(slots=True)
class Execution:
    """One carrying-out of a request.

    Args:
        struck: Faults of single fields.
        limit: How many fields are carried out, None for all.
        outcomes: Where it is noted what became of each field.
    """

    struck: Mapping[Path, Fault]
    limit: int | None
    outcomes: dict[Path, Outcome]

    def carry_out(self, path: Path, act: Callable[[bool], _T]) -> _T:
        """Carries one operation out as its fault lets it, and notes what became of it.

        Args:
            path: Where its result stands.
            act: The operation; True for one that says by its result alone that it failed.

        Raises:
            OperationError: The operation answers with an error.
        """
        applied, code = False, None
        try:
            if self.limit is not None and len(self.outcomes) >= self.limit:
                raise OperationError(500, "The gateway ended before this operation")
            if (fault := self.struck.get(path)) is None:
                result, applied = act(False), True
                return result
            if fault.applied:
                act(False)
                applied = True
            if fault.kind == "no-success":
                return act(True)
            raise OperationError(fault.code, phrase(fault.code))
        except OperationError as error:
            code = error.code
            raise
        finally:
            self.outcomes[path] = Outcome(applied, code)


@dataclass(slots=True)
class Asked:
    """A request that was read.

    Args:
        fields: What it asks for.
        variables: GraphQL variables or token form, without secrets.
        secrets: The secrets that it names.
        answer: Carries it out and answers it.
        struck: The faults that strike it.
        outcomes: What became of each field, once it was carried out.
        name: The names of its operations; of several, the different ones joined by `+`.
    """

    fields: tuple[AskedField, ...]
    variables: Mapping[str, Any]
    secrets: frozenset[str]
    answer: Callable[[Execution], Response]
    struck: Struck = field(default_factory=Struck)
    outcomes: dict[Path, Outcome] = field(default_factory=dict)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = "+".join(dict.fromkeys([one.operation for one in self.fields]))

    def perform(self, limit: int | None = None) -> Response:
        """Carries out what is asked for, or the first fields of it."""
        return self.answer(Execution(self.struck.fields, limit, self.outcomes))

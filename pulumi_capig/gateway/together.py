"""Sends mutations in as few documents as the gateway takes, and one by one where it takes none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from ..errors import (
    GatewayError,
    InvalidInputError,
    NotFoundError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
    UnreachableError,
)
from .joint import Joint, Part
from .session import Session

T = TypeVar("T")

_ONE_ALONE = (InvalidInputError, NotFoundError, UnexpectedAnswerError)
"""Errors of one mutation, after which the next one may well succeed."""


class Together(Generic[T]):
    """Mutations of one kind of result, of which several may go in one document; safe for threads.

    Args:
        session: What sends them.
        read: Turns the result of one into a value, or raises `Failure`.
    """

    def __init__(self, session: Session, read: Callable[[Any], T]) -> None:
        self._session = session
        self._read = read
        self._one_by_one = False  # set once and never back, so that it needs no lock

    def execute(self, documents: Iterable[Sequence[Part[T]]]) -> list[T | GatewayError]:
        """Send what goes in each document, in order.

        Args:
            documents: The mutations of each.

        Returns:
            The result or the error of each mutation, in order. After a failure that all would
            meet, such as an unreachable gateway, nothing more is sent.
        """
        outcomes: list[T | GatewayError] = []
        barrier: GatewayError | None = None
        for parts in documents:
            if barrier is not None:
                outcomes += [_not_sent(part, barrier) for part in parts]
                continue
            found = self._send(parts)
            outcomes += found
            barrier = _barrier(found)
        return outcomes

    def _send(self, parts: Sequence[Part[T]]) -> list[T | GatewayError]:
        outcomes: list[T | GatewayError | None] = [None] * len(parts)
        if len(parts) > 1 and not self._one_by_one:
            outcomes = self._session.execute_joint(Joint(parts, self._read))
            self._one_by_one = self._one_by_one or None in outcomes
        return self._send_rest(parts, outcomes)

    def _send_rest(
        self, parts: Sequence[Part[T]], outcomes: Sequence[T | GatewayError | None]
    ) -> list[T | GatewayError]:
        found: list[T | GatewayError] = []
        barrier: GatewayError | None = None
        for part, outcome in zip(parts, outcomes, strict=True):
            if outcome is not None:
                found.append(outcome)
            elif barrier is not None:
                found.append(_not_sent(part, barrier))
            else:
                found.append(self._send_alone(part))
                barrier = _barrier(found[-1:])
        return found

    def _send_alone(self, part: Part[T]) -> T | GatewayError:
        try:
            return self._session.execute(part.call, self._read, ran=part.ran)
        except GatewayError as error:
            return error


def _barrier(outcomes: Sequence[T | GatewayError]) -> GatewayError | None:
    """The error that whatever follows would meet again, if these say so, one and all."""
    errors = [error for error in outcomes if isinstance(error, GatewayError)]
    if len(errors) < len(outcomes) or any(isinstance(error, _ONE_ALONE) for error in errors):
        return None
    return errors[-1]


def _not_sent(part: Part[T], error: GatewayError) -> GatewayError:
    kind = UnreachableError if isinstance(error, OutcomeUnknownError) else type(error)
    kind, again = (OutcomeUnknownError, " again") if part.ran else (kind, "")
    return kind(
        f"it was not sent{again}, after this failed: {error.operation}: {error.reason}",
        operation=part.call.words,
        tenant_id=part.call.tenant_id,
        code=error.code,
        request_id=error.request_id,
        attempts=0,
        retry_after=error.retry_after,
        advice=error.advice,
    )

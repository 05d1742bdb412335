"""Sends mutations in as few documents as the gateway takes, and one by one where it takes none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from ..errors import (
    ConflictError,
    GatewayError,
    InvalidInputError,
    NotFoundError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
    UnreachableError,
)
from .calls import Call
from .exchange import Exchange
from .explanation import Explanation
from .failure import AttemptFailure
from .joint import Joint, Part
from .sender import Sender

T = TypeVar("T")

_OF_ONE = (ConflictError, InvalidInputError, NotFoundError, UnexpectedAnswerError)
"""Errors that may be about one mutation alone."""


class Together:
    """Sends several mutations in one document, until the gateway refuses that; safe for threads.

    Args:
        sender: What sends them.
        explanation: What failures come to.
        execute: Sends one alone; told whether an earlier request may have applied it.
    """

    def __init__(
        self, sender: Sender, explanation: Explanation, execute: Callable[[Call[Any], bool], Any]
    ) -> None:
        self._sender = sender
        self._explanation = explanation
        self._execute = execute
        self._one_by_one = False  # set once and never back, so that it needs no lock

    def execute(self, documents: Iterable[Sequence[Part[T]]]) -> list[T | GatewayError]:
        """Send what goes in each document, in order.

        Args:
            documents: The mutations of each.

        Returns:
            The value or the error of each mutation, in order. After a failure that all would
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
            outcomes = self._send_joint(Joint(parts))
            self._one_by_one = self._one_by_one or None in outcomes
        return self._send_rest(parts, outcomes)

    def _send_joint(self, joint: Joint[T]) -> list[T | GatewayError | None]:
        """The result of each part; None for one that needs a separate document."""
        exchange = self._sender.exchange(joint)
        alone, no_token = False, None
        try:
            self._sender.send(joint, exchange, joint.failed)
        except AttemptFailure as failure:
            alone = failure.joint_refused
        except GatewayError as error:
            no_token = error
        outcomes: list[T | GatewayError | None] = []
        for part in joint.parts:
            if part.open and alone:
                outcomes.append(None)
            elif part.result is not None:
                outcomes.append(part.result)
            else:
                outcomes.append(self._error(part, exchange, no_token))
        return outcomes

    def _error(
        self, part: Part[T], exchange: Exchange[None], no_token: GatewayError | None
    ) -> GatewayError:
        subject = part.call.subject
        if part.open and no_token:
            return self._explanation.without_token(
                no_token, exchange, ran=part.ran, subject=subject
            )
        assert part.failure is not None  # noqa: S101 - a part without a value has one
        return self._explanation.of(part.failure, exchange, ran=part.ran, subject=subject)

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
                alone = self._send_alone(part)
                found.append(alone)
                barrier = _barrier([alone])
        return found

    def _send_alone(self, part: Part[T]) -> T | GatewayError:
        try:
            value: T = self._execute(part.call, part.ran)
            return value
        except GatewayError as error:
            return error


def _barrier(outcomes: Sequence[T | GatewayError]) -> GatewayError | None:
    """The error that whatever follows would meet again, if these say so, one and all."""
    errors = [error for error in outcomes if isinstance(error, GatewayError)]
    if len(errors) < len(outcomes) or any(map(_is_its_own, errors)):
        return None
    return errors[-1]


def _is_its_own(error: GatewayError) -> bool:
    """Whether an error is about one mutation, so that the next one may well succeed."""
    if not isinstance(error, _OF_ONE):
        return False
    # A proxy refuses without looking at the content.
    return not (error.code in (401, 403) or 300 <= (error.code or 0) < 400)


def _not_sent(part: Part[T], error: GatewayError) -> GatewayError:
    kind = UnreachableError if isinstance(error, OutcomeUnknownError) else type(error)
    kind, again = (OutcomeUnknownError, " again") if part.ran else (kind, "")
    not_sent = kind(
        f"it was not sent{again}, because this failed first: {error.operation}: {error.reason}",
        operation=part.call.words,
        tenant_id=part.call.tenant_id,
        code=error.code,
        request_id=error.request_id,
        attempts=0,
        retry_after=error.retry_after,
        advice=error.advice,
    )
    not_sent.__cause__ = error
    return not_sent

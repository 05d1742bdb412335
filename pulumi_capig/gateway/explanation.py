"""From a failed attempt to the error that a caller sees: its class, its words, no secret."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ..errors import (
    ConflictError,
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    OutcomeUnknownError,
    UnavailableError,
    one_line,
)
from ..settings import Credentials
from .exchange import Exchange, Subject
from .failure import AttemptFailure

_ANSWERS = (ConflictError, InvalidInputError, NotFoundError)
"""Errors that tell how things stand now, whatever became of earlier attempts."""

_TOO_MUCH = (403, 429)

_ASK_LESS = "To send fewer requests at once, set CAPIG_PARALLEL_WRITES or CAPIG_RATE_LIMIT."

_QUOTED = 200


class Explanation:
    """Says what failures mean to a caller.

    Args:
        credentials: What the client logs in with; it appears in no message.
    """

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    def of(
        self,
        failure: AttemptFailure,
        exchange: Exchange[Any],
        *,
        ran: bool,
        subject: Subject | None = None,
    ) -> GatewayError:
        """The error that a failure comes to. Its cause is the failure, without secrets from now on.

        Args:
            failure: What went wrong last.
            exchange: The attempts.
            ran: Whether one of them may have been applied.
            subject: What it is about, where the exchange is about more than that.
        """
        about = subject or exchange.subject
        kind = failure.kind
        if ran and about.mutates and kind not in _ANSWERS:
            kind = OutcomeUnknownError
        self._redact(failure, exchange, about)
        said = f': "{_shorten(failure.said)}"' if failure.said else ""
        error = kind(
            f"{failure.reason}{_asked(failure)}{said}",
            operation=about.words,
            tenant_id=about.tenant_id,
            code=failure.code,
            request_id=failure.request_id,
            attempts=exchange.attempts,
            retry_after=failure.retry_after,
            advice=failure.advice or self._advice(failure, kind, about),
            in_json=failure.in_json,
        )
        error.__cause__ = failure
        return error

    def without_token(
        self,
        error: GatewayError,
        exchange: Exchange[Any],
        *,
        ran: bool,
        subject: Subject | None = None,
    ) -> GatewayError:
        """What it means to a call that there is no token for its next attempt."""
        about = subject or exchange.subject
        if not (about.mutates and ran):
            return error
        unknown = OutcomeUnknownError(
            f"{error.operation}: {error.reason}",
            operation=about.words,
            tenant_id=about.tenant_id,
            code=error.code,
            request_id=error.request_id,
            attempts=exchange.attempts,
        )
        unknown.__cause__ = error
        return unknown

    def _advice(
        self, failure: AttemptFailure, kind: type[GatewayError], about: Subject
    ) -> str | None:
        if kind is UnavailableError and failure.code in _TOO_MUCH:
            return f"{UnavailableError.advice_by_default} {_ASK_LESS}"
        if kind is not NotAuthorizedError:
            return None
        if about.tenant_id is None and about.mutates:
            return "Give the API account rights at the host: it needs them to create accounts."
        if about.tenant_id is None:
            return (
                "Check CAPIG_CLIENT_ID and CAPIG_CLIENT_SECRET. `refresh` and `destroy` use the "
                "values of the last `up`: set the variables, or add --run-program."
            )
        if self._credentials.token:
            return (
                "Check the account's id. If it is right, the host does not manage the account, or "
                "the API account has no rights there. A ready token is not renewed: put a new one "
                "into CAPIG_TOKEN."
            )
        return None

    def _redact(self, failure: AttemptFailure, exchange: Exchange[Any], about: Subject) -> None:
        secrets = sorted(filter(None, self._secrets(exchange, about)), key=len, reverse=True)
        failure.reason, failure.said = one_line(failure.reason), one_line(failure.said)
        for secret in secrets:
            failure.reason = failure.reason.replace(secret, "[secret]")
            failure.said = failure.said.replace(secret, "[secret]")
        failure.refusals = []

    def _secrets(self, exchange: Exchange[Any], about: Subject) -> Iterator[str]:
        yield self._credentials.client_secret
        yield from exchange.tokens
        yield from about.secrets


def _asked(failure: AttemptFailure) -> str:
    if not failure.retry_after:
        return ""
    return f" and asks to wait for {math.ceil(failure.retry_after)} s"


def _shorten(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"

"""Asks the gateway for an API token."""

from __future__ import annotations

from typing import Any

from .. import canonical
from ..errors import (
    ConflictError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    UnexpectedAnswerError,
)
from ..settings import Credentials
from .answers import errors_of, no_result, refusal, refuse_redirect
from .codes import code_of
from .exchange import Exchange, Subject
from .explanation import Explanation
from .failure import AttemptFailure
from .line import Line
from .response import Response
from .retries import Retries

TOKEN_PATH = "/clients/token"  # noqa: S105 - a path

Token = tuple[str, float | None]

_SUBJECT = Subject("token", "fetch an API token")


class TokenRequest:
    """Asks in one body encoding, then in the other: the documents and Meta's script differ.

    Args:
        credentials: Those of the API account.
        line: Where to ask.
        retries: What is asked again.
        explanation: What failures come to.
    """

    def __init__(
        self, credentials: Credentials, line: Line, retries: Retries, explanation: Explanation
    ) -> None:
        self._line = line
        self._retries = retries
        self._explanation = explanation
        self._form_first = True
        self._fields = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "grant_type": "client_credentials",
        }

    def __call__(self, deadline: float) -> Token:
        """A token, and its lifetime in seconds where the gateway says it.

        Raises:
            GatewayError: There is none.
        """
        exchange = Exchange(_SUBJECT, deadline, token_of)
        try:
            return self._retries.run(exchange, lambda: self._ask(exchange))
        except AttemptFailure as failure:
            raise self._explanation.of(failure, exchange, ran=False) from failure

    def _ask(self, exchange: Exchange[Token]) -> Token:
        try:
            return self._post(exchange, as_form=self._form_first)
        except AttemptFailure as failure:
            if failure.transient or failure.code not in (400, 401, 403, 406, 415, 422):
                raise
            first = failure
        try:
            found = self._post(exchange, as_form=not self._form_first)
        except AttemptFailure as second:
            # Refused credentials tell more than a refused encoding.
            if first.kind is NotAuthorizedError and second.kind is UnexpectedAnswerError:
                raise first from second
            raise
        self._form_first = not self._form_first
        return found

    def _post(self, exchange: Exchange[Token], *, as_form: bool) -> Token:
        if as_form:
            return self._line.post(TOKEN_PATH, exchange, data=self._fields)
        parts = {name: (None, value) for name, value in self._fields.items()}
        return self._line.post(TOKEN_PATH, exchange, files=parts)


def token_of(response: Response) -> Token:
    """The token of a token response, and its lifetime in seconds where that is given.

    Raises:
        AttemptFailure: The response holds no token.
    """
    refuse_redirect(response)
    code = code_of(errors_of(response), response.status)
    if code is None and response.json is not None:
        return _token(response.json), _lifetime(response.json)
    failure = no_result(response) if response.json is None else refusal(response, code, [])
    # Nothing but credentials can be wrong here, and no pixel missing.
    elsewhere = {
        ConflictError: NotAuthorizedError,
        InvalidInputError: NotAuthorizedError,
        NotFoundError: UnexpectedAnswerError,
    }
    failure.kind = elsewhere.get(failure.kind, failure.kind)
    raise failure


def _token(content: dict[str, Any]) -> str:
    try:
        return canonical.api_token(content.get("token") or content.get("access_token"))
    except ValueError as error:
        reason = "the gateway answered without a token that can be used"
        raise AttemptFailure(UnexpectedAnswerError, reason) from error


def _lifetime(content: dict[str, Any]) -> float | None:
    lifetime = content.get("expires_in")
    if not isinstance(lifetime, int | float) or isinstance(lifetime, bool):
        return None
    return float(lifetime) if lifetime > 0 else None

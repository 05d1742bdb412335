"""Error codes of the gateway: where they stand, and what each of them means.

The reference names codes and never shows their carrier: HTTP status, ``errors``, or both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from ..errors import (
    ConflictError,
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    UnavailableError,
    UnexpectedAnswerError,
)

UNCOVERED = 418  # the gateway's mark on operations outside of its public reference

_KEYS = ("code", "status", "statusCode", "errorCode", "classification", "errorType")
_AT_HEAD = re.compile(r"\W*(?:(?:http|error|code|status)\W*)*([45][0-9]{2})\b", re.IGNORECASE)


_NUMBERS: Mapping[str, int] = {
    "BADREQUEST": 400,
    "BADUSERINPUT": 400,
    "GRAPHQLPARSEFAILED": 400,
    "GRAPHQLVALIDATIONFAILED": 400,
    "INVALIDARGUMENT": 400,
    "INVALIDSYNTAX": 400,
    "VALIDATION": 400,
    "NOTAUTHENTICATED": 401,
    "TOKENEXPIRED": 401,
    "UNAUTHENTICATED": 401,
    "UNAUTHORIZED": 401,
    "ACCESSDENIED": 403,
    "FORBIDDEN": 403,
    "PERMISSIONDENIED": 403,
    "NOTFOUND": 404,
    "ALREADYEXISTS": 409,
    "CONFLICT": 409,
    "RATELIMITED": 429,
    "RATELIMITEXCEEDED": 429,
    "RESOURCEEXHAUSTED": 429,
    "THROTTLED": 429,
    "TOOMANYREQUESTS": 429,
    "SERVICEUNAVAILABLE": 503,
    "UNAVAILABLE": 503,
    "DEADLINEEXCEEDED": 504,
    "TIMEOUT": 504,
}
"""What the words of common servers mean (Apollo, graphql-java, Spring, DGS, gRPC), without marks
between their parts and without ``Error`` or ``Exception`` at their end."""

_ANY_ERROR = frozenset({"INTERNAL", "INTERNALSERVER"})
"""Words that some servers put to each error, so that any number says more."""


class Meaning(NamedTuple):
    """What a code means to whoever sent the request.

    Attributes:
        kind: The error class.
        ran: Whether the request may have been applied.
        transient: Whether another attempt may go better.
    """

    kind: type[GatewayError]
    ran: bool
    transient: bool


_MEANINGS: Mapping[int, Meaning] = {
    400: Meaning(InvalidInputError, ran=False, transient=False),
    401: Meaning(NotAuthorizedError, ran=False, transient=False),
    403: Meaning(NotAuthorizedError, ran=False, transient=False),
    404: Meaning(NotFoundError, ran=False, transient=False),
    408: Meaning(UnavailableError, ran=True, transient=True),
    409: Meaning(ConflictError, ran=False, transient=False),
    UNCOVERED: Meaning(UnexpectedAnswerError, ran=True, transient=False),
    422: Meaning(InvalidInputError, ran=False, transient=False),
    425: Meaning(UnavailableError, ran=False, transient=True),
    426: Meaning(UnexpectedAnswerError, ran=False, transient=False),
    429: Meaning(UnavailableError, ran=False, transient=True),
    505: Meaning(UnexpectedAnswerError, ran=False, transient=False),
}

WRONG_HTTP_VERSION = frozenset({426, 464, 505})
"""How front ends say that they do not take HTTP/1.1; 464 is that of an AWS load balancer."""


def code_of(errors: Sequence[Mapping[str, Any]], status: int) -> int | None:
    """The first code: in an error's extensions, at the head of its message, the HTTP status."""
    for error in errors:
        if code := _own_code(error):
            return code
    if not 200 <= status < 300:
        return status
    return 500 if any(_ANY_ERROR.intersection(_words(error)) for error in errors) else None


def meaning_of(code: int | None, *, busy: bool = False) -> Meaning:
    """What a code means.

    Args:
        code: The code; None for an error without one.
        busy: Whether the answer says when to come back. With a 403, it is about how much is asked.
    """
    if code is None:
        return Meaning(UnexpectedAnswerError, ran=True, transient=False)
    if code == HTTPStatus.FORBIDDEN and busy:
        return Meaning(UnavailableError, ran=False, transient=True)
    if code in _MEANINGS:
        return _MEANINGS[code]
    if code >= 500:
        return Meaning(UnavailableError, ran=True, transient=True)
    return Meaning(UnexpectedAnswerError, ran=code < 400, transient=False)


def sentence_of(code: int | None) -> str:
    """A code in words."""
    if code is None:
        return "the gateway reported an error"
    if code == UNCOVERED:
        return "the gateway does not cover this operation"
    answered = f"the gateway answered {code}{_phrase(code)}"
    if code in WRONG_HTTP_VERSION:
        return f"{answered}: its front end may accept only HTTP/2"
    return answered


def _own_code(error: Mapping[str, Any]) -> int | None:
    """A number is used before a word, wherever the two are."""
    for value in _given(error):
        if code := _three_digits(value):
            return code
    if head := _AT_HEAD.match(str(error.get("message", ""))):
        return int(head.group(1))
    return next((_NUMBERS[word] for word in _words(error) if word in _NUMBERS), None)


def _given(error: Mapping[str, Any]) -> Iterator[object]:
    extensions = error.get("extensions")
    for holder in (extensions if isinstance(extensions, dict) else {}, error):
        yield from (holder[key] for key in _KEYS if key in holder)


def _words(error: Mapping[str, Any]) -> Iterator[str]:
    for value in _given(error):
        if isinstance(value, str):
            letters = re.sub(r"[^A-Z]", "", value.upper())
            yield letters.removesuffix("EXCEPTION").removesuffix("ERROR")


def _three_digits(value: object) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"[45][0-9]{2}", text) else None


def _phrase(code: int) -> str:
    try:
        return f" {HTTPStatus(code).phrase}"
    except ValueError:
        return ""

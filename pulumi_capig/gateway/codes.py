"""Error codes of the gateway: where they stand, and what each of them means.

The reference names codes and never shows their carrier: HTTP status, ``errors``, or both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple

from ..errors import (
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    UnavailableError,
    UnexpectedAnswerError,
)

UNCOVERED = 418  # the gateway's mark on operations outside of its public reference

_KEYS = ("code", "status", "statusCode", "errorCode", "classification")
_AT_HEAD = re.compile(r"\W*(?:(?:http|error|code|status)\W*)*([45][0-9]{2})\b", re.IGNORECASE)


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
    409: Meaning(InvalidInputError, ran=False, transient=False),
    UNCOVERED: Meaning(UnexpectedAnswerError, ran=True, transient=False),
    422: Meaning(InvalidInputError, ran=False, transient=False),
    425: Meaning(UnavailableError, ran=False, transient=True),
    429: Meaning(UnavailableError, ran=False, transient=True),
}


def code_of(errors: Sequence[Mapping[str, Any]], status: int) -> int | None:
    """The first code: in an error's extensions, at the head of its message, the HTTP status."""
    for error in errors:
        given = error.get("extensions")
        extensions = given if isinstance(given, dict) else {}
        for key in _KEYS:
            if code := _three_digits(extensions.get(key)):
                return code
        if head := _AT_HEAD.match(str(error.get("message", ""))):
            return int(head.group(1))
    return status if status != HTTPStatus.OK else None


def meaning_of(code: int | None) -> Meaning:
    """What a code means; None is an error without one."""
    if code is None:
        return Meaning(UnexpectedAnswerError, ran=True, transient=False)
    if code >= 500:
        return Meaning(UnavailableError, ran=True, transient=True)
    unknown = Meaning(UnexpectedAnswerError, ran=code < 400, transient=False)
    return _MEANINGS.get(code, unknown)


def sentence_of(code: int | None) -> str:
    """A code in words."""
    if code is None:
        return "the gateway reported an error"
    if code == UNCOVERED:
        return "the gateway does not cover this operation"
    return f"the gateway answered {code}{_phrase(code)}"


def _three_digits(value: object) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"[45][0-9]{2}", text) else None


def _phrase(code: int) -> str:
    try:
        return f" {HTTPStatus(code).phrase}"
    except ValueError:
        return ""

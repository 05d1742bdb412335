"""From an HTTP response to a result, or to a failure that says what may be done about it.

Status, content type, ``errors`` and ``data`` are all looked at before anything counts as a result.
Where the facts leave the carrier of an error open (HTTP status, ``errors``, both), each is read.
"""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from ..errors import (
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    UnavailableError,
    UnexpectedAnswerError,
)

UNCOVERED = 418  # the gateway's mark on operations outside of its public reference

_CODE_KEYS = ("code", "status", "statusCode", "errorCode", "classification")
_REQUEST_ID_HEADERS = ("x-request-id", "x-fb-trace-id", "x-amzn-trace-id", "x-cloud-trace-context")
_CODE_AT_HEAD = re.compile(r"\W*(?:(?:http|error|code|status)\W*)*([45][0-9]{2})\b", re.IGNORECASE)
_QUOTED = 200


@dataclass(frozen=True)
class Response:
    """An HTTP response, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def request_id(self) -> str | None:
        """The id to quote to whoever runs the gateway."""
        for name in _REQUEST_ID_HEADERS:
            if value := self.headers.get(name):
                return value[:100]
        return None

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait for, from either form of Retry-After."""
        value = self.headers.get("retry-after", "").strip()
        if not value:
            return None
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", value):
            return float(value)
        try:
            at = email.utils.parsedate_to_datetime(value).timestamp()
        except (TypeError, ValueError, OverflowError):
            return None
        return max(0.0, at - time.time())


@dataclass
class Failure(Exception):  # noqa: N818 - it never leaves the gateway package
    """One request failed.

    Attributes:
        kind: The error class to raise if it stays so.
        reason: One sentence.
        code: The error code, if one was given.
        ran: Whether the gateway may have applied the request.
        transient: Whether another attempt may go better.
        retry_after: Seconds that the gateway asked to wait for.
        request_id: The id to quote.
        refusals: Messages of a validation error, which name fields that the gateway lacks.
    """

    kind: type[GatewayError]
    reason: str
    code: int | None = None
    ran: bool = False
    transient: bool = False
    retry_after: float | None = None
    request_id: str | None = None
    refusals: list[str] = field(default_factory=list)

    @property
    def unauthorized(self) -> bool:
        """Whether a new token may help."""
        return self.code == HTTPStatus.UNAUTHORIZED


def data_of(response: Response) -> dict[str, Any]:
    """The ``data`` of a GraphQL response.

    Raises:
        Failure: The response holds no data that can be relied on.
    """
    if 300 <= response.status < 400:
        raise _redirect(response)
    content = _json_object(response)
    errors = _errors(content)
    data = content.get("data") if content else None
    usable = isinstance(data, dict) and any(value is not None for value in data.values())
    code = _code(errors, response.status)
    if usable and (code == UNCOVERED or (not errors and response.status == HTTPStatus.OK)):
        return dict(data)  # type: ignore[arg-type]
    if content is None or (response.status == HTTPStatus.OK and not errors):
        raise _not_a_result(response, content)
    raise _refusal(response, code, errors, has_data=usable)


def token_of(response: Response) -> tuple[str, float | None]:
    """The token of a token response, and its lifetime in seconds where that is given.

    Raises:
        Failure: The response holds no token.
    """
    if 300 <= response.status < 400:
        raise _redirect(response)
    content = _json_object(response) or {}
    token = content.get("token") or content.get("access_token")
    if response.status == HTTPStatus.OK and isinstance(token, str) and token:
        lifetime = content.get("expires_in")
        is_number = isinstance(lifetime, int | float) and not isinstance(lifetime, bool)
        return token, float(lifetime) if is_number and lifetime > 0 else None  # type: ignore[arg-type, operator]
    if response.status == HTTPStatus.OK:
        raise _not_a_result(response, None)
    raise _refusal(response, _code(_errors(content), response.status), [], has_data=False)


def _json_object(response: Response) -> dict[str, Any] | None:
    try:
        content = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _errors(content: dict[str, Any] | None) -> list[dict[str, Any]]:
    errors = (content or {}).get("errors")
    if not isinstance(errors, list):
        return [{"message": str(errors)}] if errors else []
    return [e if isinstance(e, dict) else {"message": str(e)} for e in errors]


def _code(errors: list[dict[str, Any]], status: int) -> int | None:
    """The first code: in an error's extensions, at the head of its message, the HTTP status."""
    for error in errors:
        given = error.get("extensions")
        extensions = given if isinstance(given, dict) else {}
        for key in _CODE_KEYS:
            if code := _three_digits(extensions.get(key)):
                return code
        if head := _CODE_AT_HEAD.match(str(error.get("message", ""))):
            return int(head.group(1))
    return status if status != HTTPStatus.OK else None


def _three_digits(value: object) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if re.fullmatch(r"[45][0-9]{2}", text) else None


def _refusal(
    response: Response, code: int | None, errors: list[dict[str, Any]], *, has_data: bool
) -> Failure:
    messages = [str(error.get("message", "")) for error in errors]
    validation = bool(messages) and not has_data and code in (None, 400)
    kind, ran, transient = _meaning(code)
    return Failure(
        kind,
        _sentence(code, messages),
        code=code,
        ran=ran,
        transient=transient,
        retry_after=response.retry_after,
        request_id=response.request_id,
        refusals=messages if validation else [],
    )


def _meaning(code: int | None) -> tuple[type[GatewayError], bool, bool]:
    """Error class, whether the request may have been applied, whether to try again."""
    known: dict[int, tuple[type[GatewayError], bool, bool]] = {
        400: (InvalidInputError, False, False),
        401: (NotAuthorizedError, False, False),
        403: (NotAuthorizedError, False, False),
        404: (NotFoundError, False, False),
        408: (UnavailableError, True, True),
        409: (InvalidInputError, False, False),
        422: (InvalidInputError, False, False),
        425: (UnavailableError, False, True),
        429: (UnavailableError, False, True),
    }
    if code in known:
        return known[code]
    if code is not None and code >= 500:
        return UnavailableError, True, True
    return UnexpectedAnswerError, True, False


def _sentence(code: int | None, messages: list[str]) -> str:
    said = f': "{_quote(messages[0])}"' if messages and messages[0] else ""
    if code is None:
        return f"the gateway reported an error{said}"
    if code == UNCOVERED:
        return f"the gateway does not cover this operation{said}"
    return f"the gateway answered {code}{_phrase(code)}{said}"


def _phrase(code: int) -> str:
    try:
        return f" {HTTPStatus(code).phrase}"
    except ValueError:
        return ""


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[:_QUOTED]}…"


def _not_a_result(response: Response, content: dict[str, Any] | None) -> Failure:
    media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    shown = f"{media or 'no content type'}, {len(response.body)} bytes"
    kind, ran, transient = _meaning(response.status)
    if response.status == HTTPStatus.OK:
        # JSON that does not parse was cut off on the way; anything else is somebody else's page.
        transient = content is None and media.endswith("json")
        reason = f"the answer is not the documented JSON ({shown})"
        if content is not None:
            reason = "the gateway answered without an error and without data"
    else:
        answer = f"{response.status}{_phrase(response.status)}"
        reason = f"the gateway answered {answer} ({shown})"
        if "html" in media and kind in (NotFoundError, InvalidInputError):
            kind = UnexpectedAnswerError  # a page of something in between says nothing of pixels
    return Failure(
        kind,
        reason,
        code=response.status if response.status != HTTPStatus.OK else None,
        ran=ran,
        transient=transient,
        retry_after=response.retry_after,
        request_id=response.request_id,
    )


def _redirect(response: Response) -> Failure:
    target = response.headers.get("location", "")
    host = re.sub(r"^[a-z]+://([^/?#]*@)?([^/?#]*).*$", r"\2", target) or "elsewhere"
    return Failure(
        UnexpectedAnswerError,
        f"the gateway redirects to {_quote(host)}; redirects are never followed",
        code=response.status,
    )

"""From an HTTP response to a result, or to a failure that says what may be done about it.

Status, content type, ``errors`` and ``data`` are all looked at before anything counts as a result.
Where the facts leave the carrier of an error open (HTTP status, ``errors``, both), each is read.
"""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from .. import canonical
from ..errors import (
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    UnavailableError,
    UnexpectedAnswerError,
    one_line,
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
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

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


@dataclass(eq=False)
class Failure(Exception):  # noqa: N818 - it never leaves the gateway package
    """One request failed.

    Attributes:
        kind: The error class to raise if it stays so.
        reason: One sentence.
        code: The error code, if one was given.
        ran: Whether the gateway may have applied the request.
        transient: Whether another attempt may go better.
        said: What the gateway says of it, in full and as it came: it may hold a secret.
        advice: What to do next, where this is known better than by the class.
        retry_after: Seconds that the gateway asked to wait for.
        request_id: The id to quote.
        refusals: Messages of a validation error, which name fields that the gateway lacks.
        joint_refused: Whether what was sent in one document has to be sent one by one.
    """

    kind: type[GatewayError]
    reason: str
    code: int | None = None
    ran: bool = False
    transient: bool = False
    said: str = field(default="", repr=False)
    advice: str | None = None
    retry_after: float | None = None
    request_id: str | None = None
    refusals: list[str] = field(default_factory=list)
    joint_refused: bool = False

    @property
    def unauthorized(self) -> bool:
        """Whether a new token may help."""
        return self.code == HTTPStatus.UNAUTHORIZED

    def from_(self, response: Response) -> None:
        """Note what the headers of the response say."""
        self.request_id, self.retry_after = response.request_id, response.retry_after

    def sentence(self, secrets: Iterable[str]) -> str:
        """The reason and what the gateway says of it, without these secrets, then shortened."""
        reason, said = one_line(self.reason), one_line(self.said)
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            reason, said = reason.replace(secret, "[secret]"), said.replace(secret, "[secret]")
        return f'{reason}: "{_shorten(said)}"' if said else reason


def result_of(response: Response, path: Sequence[str], *, mutates: bool) -> Any:
    """What a GraphQL response says at an operation's path below ``data``; None if nothing.

    Args:
        response: The response.
        path: The operation's field, from the root.
        mutates: Whether the operation changes anything.

    Raises:
        Failure: The response holds no data that can be relied on.
    """
    if 300 <= response.status < 400:
        raise _redirect(response)
    content = _json_object(response)
    errors = _errors(content) or _plain_error(response)
    data = content.get("data") if content else None
    usable = isinstance(data, dict) and any(value is not None for value in data.values())
    code = _code(errors, response.status)
    if usable and (code == UNCOVERED or (not errors and response.status == HTTPStatus.OK)):
        return _at(path, data)
    if not errors and (content is None or response.status == HTTPStatus.OK):
        raise _not_a_result(response, content)
    failure = _refusal(code, errors)
    if isinstance(data, dict) or any(error.get("path") for error in errors):
        failure.refusals = []  # the document was run, so that it was valid
    if mutates and (_at(path, data) is not None or any(_is_below(path, e) for e in errors)):
        # What failed is a field of the operation's result: the operation itself was done.
        failure.kind, failure.ran = UnexpectedAnswerError, True
    raise failure


def results_of(response: Response, paths: Mapping[str, Sequence[str]]) -> dict[str, Any | Failure]:
    """What a response to several mutations in one document says of each.

    GraphQL executes root fields in order and lets each fail alone, so that each has a result or an
    error of its own.

    Args:
        response: The response.
        paths: The path of each mutation below ``data``, by its alias.

    Returns:
        A result, which may be None, or a failure for each alias.

    Raises:
        Failure: The response says nothing of any single one.
    """
    if 300 <= response.status < 400:
        raise _redirect(response)
    content = _json_object(response)
    errors = _errors(content)
    given = content.get("data") if content else None
    data = given if isinstance(given, dict) else None
    results = {alias: _at(path, data) for alias, path in paths.items()}
    own = {alias: [e for e in errors if _starts_at(alias, e)] for alias in paths}
    others = [e for e in errors if not any(_starts_at(alias, e) for alias in paths)]
    if not _speaks_of_each(response.status, results, own, others):
        raise _of_nobody(response, content)
    # An error without a path is that of a field without a result, which each error leaves behind;
    # of several, the least certain one.
    shared = sorted(others, key=lambda e: not _meaning(_code([e], response.status))[1])[:1]
    found: dict[str, Any | Failure] = {}
    for alias, result in results.items():
        its_errors = own[alias] or (shared if result is None else [])
        failure = _refusal_of_one(its_errors, paths[alias], result, response.status)
        if failure is None and data is None:
            failure = _lost_beside_an_error()
        found[alias] = result if failure is None else failure
    return found


def _speaks_of_each(
    status: int,
    results: Mapping[str, Any],
    own: Mapping[str, list[dict[str, Any]]],
    others: list[dict[str, Any]],
) -> bool:
    if any(own.values()):
        return True
    missing = [alias for alias, result in results.items() if result is None]
    if len(missing) == len(results):
        return False
    if not others:
        return status in (HTTPStatus.OK, UNCOVERED)
    return bool(missing) or all(_code([error], status) == UNCOVERED for error in others)


def _starts_at(alias: str, error: dict[str, Any]) -> bool:
    where = error.get("path")
    return isinstance(where, list) and where[:1] == [alias]


def _of_nobody(response: Response, content: dict[str, Any] | None) -> Failure:
    """The failure of a whole response; it may be one to what was joined in the document."""
    try:
        result_of(response, (), mutates=False)
    except Failure as failure:
        failure.joint_refused = _refuses_joint(failure, response, content)
        # A text or a page may stand for the error of one, and hides what the others came to.
        failure.ran = failure.ran or content is None
        return failure
    reason = "the gateway answered without an error and without a result"
    return Failure(UnexpectedAnswerError, reason, ran=True)


def _refuses_joint(failure: Failure, response: Response, content: dict[str, Any] | None) -> bool:
    """Whether the document may have been refused for what it holds, and certainly was not run."""
    if content is not None and isinstance(content.get("data"), dict):
        return False
    code = failure.code
    if code is None:  # without ``data``, nothing was executed
        return content is not None and "data" not in content and bool(_errors(content))
    if code == HTTPStatus.FORBIDDEN:  # in JSON it is the gateway's own, and about rights
        return not response.media_type.endswith("json")
    return 400 <= code < 500 and code != HTTPStatus.UNAUTHORIZED and not failure.transient


def _refusal_of_one(
    errors: list[dict[str, Any]], path: Sequence[str], result: Any, status: int
) -> Failure | None:
    uncovered = [e for e in errors if _code([e], status) == UNCOVERED]
    if not errors or (result is not None and len(uncovered) == len(errors)):
        return None
    failure = _refusal(_code(errors, status), errors)
    failure.refusals = []  # the document was run, so that it was valid
    if result is not None or any(_is_below(path, e) for e in errors):
        failure.kind, failure.ran = UnexpectedAnswerError, True
    return failure


def _lost_beside_an_error() -> Failure:
    """An error of one field took the answers of all others with it, as non-null types ask for."""
    reason = "the gateway answered null"
    return Failure(UnexpectedAnswerError, reason, ran=True, joint_refused=True)


def _at(path: Sequence[str], data: Any) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _is_below(path: Sequence[str], error: dict[str, Any]) -> bool:
    where = error.get("path")
    return isinstance(where, list) and len(where) > len(path)


def token_of(response: Response) -> tuple[str, float | None]:
    """The token of a token response, and its lifetime in seconds where that is given.

    Raises:
        Failure: The response holds no token.
    """
    if 300 <= response.status < 400:
        raise _redirect(response)
    content = _json_object(response)
    code = _code(_errors(content), response.status)
    if code is None and content is not None:
        return _token(content), _lifetime(content)
    failure = _not_a_result(response, None) if content is None else _refusal(code, [])
    # Nothing but credentials can be wrong here, and no pixel missing.
    elsewhere = {InvalidInputError: NotAuthorizedError, NotFoundError: UnexpectedAnswerError}
    failure.kind = elsewhere.get(failure.kind, failure.kind)
    raise failure


def _token(content: dict[str, Any]) -> str:
    try:
        return canonical.api_token(content.get("token") or content.get("access_token"))
    except ValueError:
        reason = "the gateway answered without a token that can be used"
        raise Failure(UnexpectedAnswerError, reason) from None


def _lifetime(content: dict[str, Any]) -> float | None:
    lifetime = content.get("expires_in")
    if not isinstance(lifetime, int | float) or isinstance(lifetime, bool):
        return None
    return float(lifetime) if lifetime > 0 else None


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


def _plain_error(response: Response) -> list[dict[str, Any]]:
    """What a plain-text answer says, where its status marks it as an error."""
    if response.status < 400 or response.media_type != "text/plain":
        return []
    return [{"message": response.body.decode("utf-8", "replace")}]


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


def _refusal(code: int | None, errors: list[dict[str, Any]]) -> Failure:
    messages = [str(error.get("message") or "") for error in errors]
    kind, ran, transient = _meaning(code)
    return Failure(
        kind,
        _sentence(code),
        code=code,
        ran=ran,
        transient=transient,
        said=messages[0] if messages else "",
        refusals=messages if code in (None, 400) else [],
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
        UNCOVERED: (UnexpectedAnswerError, True, False),
        422: (InvalidInputError, False, False),
        425: (UnavailableError, False, True),
        429: (UnavailableError, False, True),
    }
    if code in known:
        return known[code]
    if code is not None and code >= 500:
        return UnavailableError, True, True
    return UnexpectedAnswerError, code is None or code < 400, False


def _sentence(code: int | None) -> str:
    if code is None:
        return "the gateway reported an error"
    if code == UNCOVERED:
        return "the gateway does not cover this operation"
    return f"the gateway answered {code}{_phrase(code)}"


def _phrase(code: int) -> str:
    try:
        return f" {HTTPStatus(code).phrase}"
    except ValueError:
        return ""


def _shorten(text: str) -> str:
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _not_a_result(response: Response, content: dict[str, Any] | None) -> Failure:
    shown = f"{response.media_type or 'no content type'}, {len(response.body)} bytes"
    if response.status == HTTPStatus.OK:
        if content is not None:
            reason = "the gateway answered without an error and without data"
            return Failure(UnexpectedAnswerError, reason, ran=True)
        # JSON that does not parse was cut off on the way; anything else is somebody else's page.
        transient = response.media_type.endswith("json")
        reason = f"the answer is not the documented JSON ({shown})"
        return Failure(UnexpectedAnswerError, reason, ran=True, transient=transient)
    kind, ran, transient = _meaning(response.status)
    if "html" in response.media_type and kind in (NotFoundError, InvalidInputError):
        kind = UnexpectedAnswerError  # a page of something in between says nothing of pixels
    reason = f"{_sentence(response.status)} ({shown})"
    return Failure(kind, reason, code=response.status, ran=ran, transient=transient)


def _redirect(response: Response) -> Failure:
    try:
        host = urlsplit(response.headers.get("location", "")).hostname
    except ValueError:
        host = None
    return Failure(
        UnexpectedAnswerError,
        f"the gateway redirects to {host or 'another page'}; redirects are never followed",
        code=response.status,
    )

"""From a response to a result, or to a failure that says what may be done about it.

Status, content type, ``errors`` and ``data`` are all looked at before anything counts as a result.
Where the facts leave the carrier of an error open (HTTP status, ``errors``, both), each is read.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ..errors import (
    ConflictError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    UnexpectedAnswerError,
)
from .codes import UNCOVERED, WRONG_HTTP_VERSION, code_of, meaning_of, sentence_of
from .failure import HTTP_1_ADVICE, AttemptFailure
from .response import Response

Error = dict[str, Any]

NULL = "the gateway answered null"
NO_DATA = "the gateway answered without an error and without data"

_LET_US_IN = (
    "A firewall or a bot check in front of the gateway refuses this machine: allow it to reach "
    "/clients/token, /capig/graphql/ and /hub/graphql/."
)
_UNPACKED = "Look for a proxy or a cache on the way that ignores Accept-Encoding."

_ASKED_FOR = frozenset({"", "identity", "gzip", "deflate"})
"""Codings of a content that a client of httpx can read."""


def result_of(
    response: Response,
    path: Sequence[str],
    *,
    mutates: bool,
    nullable: bool = False,
    spare: Collection[str] = (),
) -> Any:
    """What a GraphQL response says at an operation's path below ``data``; None if nothing.

    Args:
        response: The response.
        path: The operation's field, from the root.
        mutates: Whether the operation changes anything.
        nullable: Whether null is a result: of an operation at the root, it is all of the data.
        spare: Names of fields of the result that nobody needs.

    Raises:
        AttemptFailure: The response holds no data that can be relied on.
    """
    refuse_redirect(response)
    errors = errors_of(response) or _plain_error(response)
    data = response.json.get("data") if response.json else None
    usable = isinstance(data, dict) and any(value is not None for value in data.values())
    if nullable and not errors and isinstance(data, dict) and [*data] == [*path]:
        usable = True
    result = at(path, data)
    if errors and result is not None and all(_is_spare(path, e, spare) for e in errors):
        return result
    code = code_of(errors, response.status)
    if usable and (code == UNCOVERED or (not errors and response.is_success)):
        return result
    if not errors and (response.json is None or response.is_success):
        raise no_result(response)
    failure = refusal(response, code, errors)
    if isinstance(data, dict) or any(error.get("path") for error in errors):
        failure.refusals = []  # the document was run, so that it was valid
    of_a_field = any(is_below(path, e) for e in errors)
    # For something that exists already, a gateway may return its present state.
    beside = result is not None and failure.kind is not ConflictError
    if mutates and (beside or of_a_field):
        # What failed is a field of the operation's result: the operation itself was done.
        failure.kind, failure.ran = UnexpectedAnswerError, True
    raise failure


def errors_of(response: Response) -> list[Error]:
    """The entries of ``errors``, each as an object."""
    errors = (response.json or {}).get("errors")
    if not isinstance(errors, list):
        return [{"message": str(errors)}] if errors else []
    return [e if isinstance(e, dict) else {"message": str(e)} for e in errors]


def refusal(response: Response, code: int | None, errors: Sequence[Error]) -> AttemptFailure:
    """The failure that errors with a code come to."""
    messages = [str(error.get("message") or "") for error in errors]
    kind, ran, transient = meaning_of(code, busy=response.retry_after is not None)
    return AttemptFailure(
        kind,
        sentence_of(code),
        code=code,
        ran=ran,
        transient=transient,
        said=messages[0] if messages else "",
        in_json=response.json is not None,
        advice=HTTP_1_ADVICE if code in WRONG_HTTP_VERSION else None,
        refusals=messages if code in (None, 400) else [],
    )


def no_result(response: Response) -> AttemptFailure:
    """The failure of a response that holds neither data nor errors."""
    if not response.is_success:
        return _page(response)
    if response.json is not None:
        return AttemptFailure(UnexpectedAnswerError, NO_DATA, ran=True, in_json=True)
    odd = [coding for coding in response.codings if coding not in _ASKED_FOR]
    if odd:
        reason = f'the answer is compressed in a way that was not asked for ("{odd[0]}")'
        return AttemptFailure(UnexpectedAnswerError, reason, ran=True, advice=_UNPACKED)
    # JSON that does not parse was cut off on the way; anything else is not the gateway's page.
    transient = response.media_type.endswith("json")
    reason = f"the answer is not the documented JSON ({response.form})"
    return AttemptFailure(UnexpectedAnswerError, reason, ran=True, transient=transient)


def _page(response: Response) -> AttemptFailure:
    """The failure of an error's page, of which the status is all that can be read."""
    code = response.status
    kind, ran, transient = meaning_of(code, busy=response.retry_after is not None)
    advice = HTTP_1_ADVICE if code in WRONG_HTTP_VERSION else None
    if "html" in response.media_type and kind in (
        NotFoundError,
        InvalidInputError,
        ConflictError,
        NotAuthorizedError,
    ):
        # A proxy's page says nothing about pixels or credentials.
        advice = _LET_US_IN if kind is NotAuthorizedError else advice
        kind = UnexpectedAnswerError
    reason = f"{sentence_of(code)} ({response.form})"
    return AttemptFailure(kind, reason, code=code, ran=ran, transient=transient, advice=advice)


def null() -> AttemptFailure:
    """The failure of an operation whose result is null and must not be."""
    return AttemptFailure(UnexpectedAnswerError, NULL, ran=True, in_json=True)


def refuse_redirect(response: Response) -> None:
    """Fail on a redirect.

    Raises:
        AttemptFailure: It is one.
    """
    if 300 <= response.status < 400:
        raise _redirect(response)


def _plain_error(response: Response) -> list[Error]:
    """What a plain-text answer says, where its status marks it as an error."""
    if response.status < 400 or response.media_type != "text/plain":
        return []
    return [{"message": response.body.decode("utf-8", "replace")}]


def at(path: Sequence[str], data: Any) -> Any:
    """The value at a path; None if there is none."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def is_below(path: Sequence[str], error: Error) -> bool:
    """Whether an error is that of a field of the result at a path."""
    where = error.get("path")
    return isinstance(where, list) and len(where) > len(path)


def _is_spare(path: Sequence[str], error: Error, spare: Collection[str]) -> bool:
    """Whether an error is that of a field of the result that nobody needs."""
    where = error.get("path")
    if not isinstance(where, list) or where[: len(path)] != list(path):
        return False
    names = [step for step in where[len(path) :] if isinstance(step, str)]
    return bool(names) and names[-1] in spare


def _redirect(response: Response) -> AttemptFailure:
    target = _without_secrets(response.headers.get("location", "")) or "another page"
    return AttemptFailure(
        UnexpectedAnswerError,
        f"the gateway redirects to {target}; redirects are never followed",
        code=response.status,
    )


def _without_secrets(address: str) -> str:
    """Scheme, host and path of an address; empty if it has none of them."""
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))
    except ValueError:
        return ""

"""From a response to a result, or to a failure that says what may be done about it.

Status, content type, ``errors`` and ``data`` are all looked at before anything counts as a result.
Where the facts leave the carrier of an error open (HTTP status, ``errors``, both), each is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from ..errors import InvalidInputError, NotFoundError, UnexpectedAnswerError
from .codes import UNCOVERED, code_of, meaning_of, sentence_of
from .failure import AttemptFailure
from .response import Response

Error = dict[str, Any]


def result_of(response: Response, path: Sequence[str], *, mutates: bool) -> Any:
    """What a GraphQL response says at an operation's path below ``data``; None if nothing.

    Args:
        response: The response.
        path: The operation's field, from the root.
        mutates: Whether the operation changes anything.

    Raises:
        AttemptFailure: The response holds no data that can be relied on.
    """
    refuse_redirect(response)
    errors = errors_of(response) or _plain_error(response)
    data = response.json.get("data") if response.json else None
    usable = isinstance(data, dict) and any(value is not None for value in data.values())
    code = code_of(errors, response.status)
    if usable and (code == UNCOVERED or (not errors and response.status == HTTPStatus.OK)):
        return _at(path, data)
    if not errors and (response.json is None or response.status == HTTPStatus.OK):
        raise no_result(response)
    failure = refusal(code, errors)
    if isinstance(data, dict) or any(error.get("path") for error in errors):
        failure.refusals = []  # the document was run, so that it was valid
    if mutates and (_at(path, data) is not None or any(_is_below(path, e) for e in errors)):
        # What failed is a field of the operation's result: the operation itself was done.
        failure.kind, failure.ran = UnexpectedAnswerError, True
    raise failure


def results_of(
    response: Response, paths: Mapping[str, Sequence[str]]
) -> dict[str, Any | AttemptFailure]:
    """What a response to several mutations in one document says of each.

    GraphQL executes root fields in order and lets each fail alone, so that each has a result or an
    error of its own.

    Args:
        response: The response.
        paths: The path of each mutation below ``data``, by its alias.

    Returns:
        A result, which may be None, or a failure for each alias.

    Raises:
        AttemptFailure: The response says nothing of any single one.
    """
    refuse_redirect(response)
    errors = errors_of(response)
    given = response.json.get("data") if response.json else None
    data = given if isinstance(given, dict) else None
    results = {alias: _at(path, data) for alias, path in paths.items()}
    own = {alias: [e for e in errors if _starts_at(alias, e)] for alias in paths}
    others = [e for e in errors if not any(_starts_at(alias, e) for alias in paths)]
    if not _speaks_of_each(response.status, results, own, others):
        raise _of_nobody(response)
    # An error without a path is that of a field without a result, which each error leaves behind;
    # of several, the least certain one.
    shared = sorted(others, key=lambda e: not meaning_of(code_of([e], response.status)).ran)[:1]
    found: dict[str, Any | AttemptFailure] = {}
    for alias, result in results.items():
        its_errors = own[alias] or (shared if result is None else [])
        failure = _refusal_of_one(its_errors, paths[alias], result, response.status)
        if failure is None and data is None:
            failure = _lost_beside_an_error()
        found[alias] = result if failure is None else failure
    return found


def errors_of(response: Response) -> list[Error]:
    """The entries of ``errors``, each as an object."""
    errors = (response.json or {}).get("errors")
    if not isinstance(errors, list):
        return [{"message": str(errors)}] if errors else []
    return [e if isinstance(e, dict) else {"message": str(e)} for e in errors]


def refusal(code: int | None, errors: Sequence[Error]) -> AttemptFailure:
    """The failure that errors with a code come to."""
    messages = [str(error.get("message") or "") for error in errors]
    kind, ran, transient = meaning_of(code)
    return AttemptFailure(
        kind,
        sentence_of(code),
        code=code,
        ran=ran,
        transient=transient,
        said=messages[0] if messages else "",
        refusals=messages if code in (None, 400) else [],
    )


def no_result(response: Response) -> AttemptFailure:
    """The failure of a response that holds neither data nor errors."""
    shown = f"{response.media_type or 'no content type'}, {len(response.body)} bytes"
    if response.status == HTTPStatus.OK:
        if response.json is not None:
            reason = "the gateway answered without an error and without data"
            return AttemptFailure(UnexpectedAnswerError, reason, ran=True)
        # JSON that does not parse was cut off on the way; anything else is somebody else's page.
        transient = response.media_type.endswith("json")
        reason = f"the answer is not the documented JSON ({shown})"
        return AttemptFailure(UnexpectedAnswerError, reason, ran=True, transient=transient)
    kind, ran, transient = meaning_of(response.status)
    if "html" in response.media_type and kind in (NotFoundError, InvalidInputError):
        kind = UnexpectedAnswerError  # a page of something in between says nothing of pixels
    reason = f"{sentence_of(response.status)} ({shown})"
    return AttemptFailure(kind, reason, code=response.status, ran=ran, transient=transient)


def null() -> AttemptFailure:
    """The failure of an operation whose result is null and must not be."""
    return AttemptFailure(UnexpectedAnswerError, "the gateway answered null", ran=True)


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


def _at(path: Sequence[str], data: Any) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def _is_below(path: Sequence[str], error: Error) -> bool:
    where = error.get("path")
    return isinstance(where, list) and len(where) > len(path)


def _starts_at(alias: str, error: Error) -> bool:
    where = error.get("path")
    return isinstance(where, list) and where[:1] == [alias]


def _speaks_of_each(
    status: int,
    results: Mapping[str, Any],
    own: Mapping[str, list[Error]],
    others: Sequence[Error],
) -> bool:
    if any(own.values()):
        return True
    missing = [alias for alias, result in results.items() if result is None]
    if len(missing) == len(results):
        return False
    if not others:
        return status in (HTTPStatus.OK, UNCOVERED)
    return bool(missing) or all(code_of([error], status) == UNCOVERED for error in others)


def _of_nobody(response: Response) -> AttemptFailure:
    """The failure of a whole response; it may be one to what was joined in the document."""
    try:
        result_of(response, (), mutates=False)
    except AttemptFailure as failure:
        failure.joint_refused = _refuses_joint(failure, response)
        # A text or a page may stand for the error of one, and hides what the others came to.
        failure.ran = failure.ran or response.json is None
        return failure
    return null()


def _refuses_joint(failure: AttemptFailure, response: Response) -> bool:
    """Whether the document may have been refused for what it holds, and certainly was not run."""
    content = response.json
    if content is not None and isinstance(content.get("data"), dict):
        return False
    code = failure.code
    if code is None:  # without ``data``, nothing was executed
        return content is not None and "data" not in content and bool(errors_of(response))
    if code == HTTPStatus.FORBIDDEN:  # in JSON it is the gateway's own, and about rights
        return not response.media_type.endswith("json")
    return 400 <= code < 500 and code != HTTPStatus.UNAUTHORIZED and not failure.transient


def _refusal_of_one(
    errors: Sequence[Error], path: Sequence[str], result: Any, status: int
) -> AttemptFailure | None:
    uncovered = [e for e in errors if code_of([e], status) == UNCOVERED]
    if not errors or (result is not None and len(uncovered) == len(errors)):
        return None
    failure = refusal(code_of(errors, status), errors)
    failure.refusals = []  # the document was run, so that it was valid
    if result is not None or any(_is_below(path, e) for e in errors):
        failure.kind, failure.ran = UnexpectedAnswerError, True
    return failure


def _lost_beside_an_error() -> AttemptFailure:
    """An error of one field took the answers of all others with it, as non-null types ask for."""
    failure = null()
    failure.joint_refused = True
    return failure


def _redirect(response: Response) -> AttemptFailure:
    try:
        host = urlsplit(response.headers.get("location", "")).hostname
    except ValueError:
        host = None
    return AttemptFailure(
        UnexpectedAnswerError,
        f"the gateway redirects to {host or 'another page'}; redirects are never followed",
        code=response.status,
    )

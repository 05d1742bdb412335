"""From the response to several mutations in one document to the result or the failure of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from ..errors import UnexpectedAnswerError
from .answers import Error, at, errors_of, is_below, null, refusal, refuse_redirect, result_of
from .codes import UNCOVERED, code_of, meaning_of
from .failure import AttemptFailure
from .response import Response


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
    results = {alias: at(path, data) for alias, path in paths.items()}
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
        failure = _refusal_of_one(response, its_errors, paths[alias], result)
        if failure is None and data is None:
            failure = _lost_beside_an_error()
        found[alias] = result if failure is None else failure
    return found


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
        return 200 <= status < 300 or status == UNCOVERED
    return bool(missing) or all(code_of([error], status) == UNCOVERED for error in others)


def _of_nobody(response: Response) -> AttemptFailure:
    """The failure of a whole response; it may be one to what was joined in the document."""
    try:
        result_of(response, (), mutates=False)
    except AttemptFailure as failure:
        failure.joint_refused = _refuses_joint(failure, response)
        # A text may stand for the error of one, and hides what the others came to. A page is of
        # something in between, which let nothing through.
        if failure.joint_refused and response.json is None and "html" not in response.media_type:
            failure.ran = True
        return failure
    return null()


def _refuses_joint(failure: AttemptFailure, response: Response) -> bool:
    """Whether the document may have been refused for what it holds, and certainly was not run."""
    content = response.json
    if failure.transient or (content is not None and isinstance(content.get("data"), dict)):
        return False
    code = failure.code
    if code is None:  # without ``data``, nothing was executed
        return content is not None and "data" not in content and bool(errors_of(response))
    if code == HTTPStatus.FORBIDDEN:  # in JSON it is the gateway's own, and about rights
        return not response.media_type.endswith("json")
    return 400 <= code < 500 and code != HTTPStatus.UNAUTHORIZED


def _refusal_of_one(
    response: Response, errors: Sequence[Error], path: Sequence[str], result: Any
) -> AttemptFailure | None:
    uncovered = [e for e in errors if code_of([e], response.status) == UNCOVERED]
    if not errors or (result is not None and len(uncovered) == len(errors)):
        return None
    failure = refusal(response, code_of(errors, response.status), errors)
    failure.refusals = []  # the document was run, so that it was valid
    if result is not None or any(is_below(path, e) for e in errors):
        failure.kind, failure.ran = UnexpectedAnswerError, True
    return failure


def _lost_beside_an_error() -> AttemptFailure:
    """An error of one field took the answers of all others with it, as non-null types ask for."""
    failure = null()
    failure.joint_refused = True
    return failure

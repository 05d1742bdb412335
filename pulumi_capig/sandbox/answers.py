"""Answers of the played gateway, in the carriers that its dialect says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from graphql import ExecutionResult, GraphQLError
from starlette.responses import Response

from .asked import OperationError
from .dialect.answers import AnswerDialect

__all__ = [
    "error_entry",
    "executed",
    "failed",
    "json_answer",
    "mark_uncovered",
    "page",
    "phrase",
    "unauthorized",
]

_JSON = "application/json"


def json_answer(payload: object, status: int = 200) -> Response:
    """An answer of JSON."""
    return Response(json.dumps(payload), status, media_type=_JSON)


def page(status: int, body: str, **headers: str) -> Response:
    """An answer of any text: HTML, JSON or plain, by its first character."""
    media_type = {"<": "text/html", "{": _JSON, "[": _JSON}.get(body[:1], "text/plain")
    return Response(body, status, {"content-type": media_type, **headers}, media_type)


def phrase(status: int) -> str:
    """The usual words for an HTTP status."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else f"Status {status}"


def executed(
    result: ExecutionResult, dialect: AnswerDialect, beside: Sequence[GraphQLError] = ()
) -> Response:
    """The answer of an execution, successful or not, or partly.

    Args:
        result: What came of it.
        dialect: Present behaviour of the gateway.
        beside: Errors that leave the results of their operations alone.
    """
    errors = [*(result.errors or ()), *beside]
    if errors and all(error.path is None for error in errors):
        return _refused_document(errors, dialect)
    data = _integers(result.data) if dialect.counters == "int" else result.data
    if not errors:
        answer = json_answer({"data": data})
        return mark_uncovered(answer, dialect) if dialect.covered_answers_418 else answer
    entries = []
    for error in errors:
        cause = error.original_error
        if not isinstance(cause, OperationError):
            raise cause or error
        entries.append((cause.code, error_entry(cause.code, error.message, dialect, error.path)))
    return _in_carrier(entries[0][0], [entry for _, entry in entries], data, dialect)


def failed(code: int, message: str, dialect: AnswerDialect) -> Response:
    """The answer of an operation that fails with `code`, without any data."""
    return _in_carrier(code, [error_entry(code, message, dialect)], None, dialect)


def unauthorized(dialect: AnswerDialect) -> Response:
    """The answer to a missing or bad API token."""
    status = 401 if dialect.auth_carrier == "status" else 200
    return json_answer({"errors": [error_entry(401, "Not authorized", dialect)]}, status)


def mark_uncovered(answer: Response, dialect: AnswerDialect) -> Response:
    """The same answer, marked as that of an operation outside of the reference."""
    if answer.media_type != _JSON:
        return answer
    payload = json.loads(bytes(answer.body))
    if dialect.uncovered != "status":
        message = "The operation is not covered by the API reference"
        payload["errors"] = [error_entry(418, message, dialect)]
    return json_answer(payload, 200 if dialect.uncovered == "errors" else 418)


def error_entry(
    code: int, message: str, dialect: AnswerDialect, path: Sequence[str | int] | None = None
) -> dict[str, Any]:
    """One element of `errors`, with the code where the dialect puts it."""
    key = dialect.error_code_key
    entry: dict[str, Any] = {"message": f"{code}: {message}" if key == "message" else message}
    if path:
        entry["path"] = list(path)
    if key not in ("message", "none"):
        entry["extensions"] = {key: code if dialect.error_code_form == "number" else str(code)}
    return entry


def _refused_document(errors: Sequence[GraphQLError], dialect: AnswerDialect) -> Response:
    if dialect.error_carrier == "text":
        return page(400, errors[0].message)
    status = 400 if dialect.error_carrier == "status" else 200
    return json_answer({"errors": [error.formatted for error in errors]}, status)


def _in_carrier(
    code: int, entries: list[dict[str, Any]], data: object, dialect: AnswerDialect
) -> Response:
    if dialect.error_carrier == "text":
        return page(code, f"{phrase(code)}: {entries[0]['message']}")
    uncovered = code == 418 and dialect.uncovered == "errors"
    status = code if dialect.error_carrier == "status" and not uncovered else 200
    return json_answer({"errors": entries, "data": data}, status)


def _integers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _integers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_integers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value

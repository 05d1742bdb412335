"""Answers of the played gateway, in the carriers that its dialect says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Literal

from graphql import ExecutionResult, GraphQLError

from .dialect import Dialect
from .state import OperationError

__all__ = [
    "Answer",
    "error_entry",
    "executed",
    "failed",
    "json_answer",
    "mark_uncovered",
    "page",
    "phrase",
    "unauthorized",
]


@dataclass(frozen=True)
class Answer:
    """What goes over the wire.

    Args:
        status: HTTP status.
        body: Content, as bytes.
        media_type: Content type.
        headers: Further headers.
        applied: Whether all that was asked for was carried out and reported no error.
        delivery: Whole; only half of the content and then the end of the connection; the
            connection closed, or reset, without an answer.
    """

    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    applied: bool = False
    delivery: Literal["whole", "half", "closed", "reset"] = "whole"


def json_answer(payload: object, status: int = 200, *, applied: bool = False) -> Answer:
    """An answer of JSON."""
    return Answer(status, json.dumps(payload).encode(), applied=applied)


def page(status: int, body: str, **headers: str) -> Answer:
    """An answer of any text: HTML, JSON or plain, by its first character."""
    media_types = {"<": "text/html", "{": "application/json", "[": "application/json"}
    media_type = media_types.get(body[:1], "text/plain")
    return Answer(status, body.encode(), media_type, tuple(headers.items()))


def phrase(status: int) -> str:
    """The usual words for an HTTP status."""
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else f"Status {status}"


def executed(result: ExecutionResult, dialect: Dialect, *, applied: bool) -> Answer:
    """The answer of an execution, successful or not, or partly."""
    errors = result.errors or []
    if errors and all(error.path is None for error in errors):
        return _refused_document(errors, dialect)
    data = _integers(result.data) if dialect.counters == "int" else result.data
    if not errors:
        answer = json_answer({"data": data}, applied=applied)
        return mark_uncovered(answer, dialect) if dialect.covered_answers_418 else answer
    entries = []
    for error in errors:
        cause = error.original_error
        if not isinstance(cause, OperationError):
            raise cause or error
        entries.append((cause.code, error_entry(cause.code, error.message, dialect, error.path)))
    answer = _in_carrier(entries[0][0], [entry for _, entry in entries], data, dialect)
    return replace(answer, applied=applied)


def failed(code: int, message: str, dialect: Dialect) -> Answer:
    """The answer of an operation that fails with `code`, without any data."""
    return _in_carrier(code, [error_entry(code, message, dialect)], None, dialect)


def unauthorized(dialect: Dialect) -> Answer:
    """The answer to a missing or bad API token."""
    status = 401 if dialect.auth_carrier == "status" else 200
    return json_answer({"errors": [error_entry(401, "Not authorized", dialect)]}, status)


def mark_uncovered(answer: Answer, dialect: Dialect) -> Answer:
    """The same answer, marked as that of an operation outside of the reference."""
    if answer.media_type != "application/json":
        return answer
    payload = json.loads(answer.body)
    if dialect.uncovered != "status":
        message = "The operation is not covered by the API reference"
        payload["errors"] = [error_entry(418, message, dialect)]
    status = 200 if dialect.uncovered == "errors" else 418
    return json_answer(payload, status, applied=answer.applied)


def error_entry(
    code: int, message: str, dialect: Dialect, path: Sequence[str | int] | None = None
) -> dict[str, Any]:
    """One element of `errors`, with the code where the dialect puts it."""
    key = dialect.error_code_key
    entry: dict[str, Any] = {"message": f"{code}: {message}" if key == "message" else message}
    if path:
        entry["path"] = list(path)
    if key not in ("message", "none"):
        entry["extensions"] = {key: code if dialect.error_code_form == "number" else str(code)}
    return entry


def _refused_document(errors: Sequence[GraphQLError], dialect: Dialect) -> Answer:
    if dialect.error_carrier == "text":
        return page(400, errors[0].message)
    status = 400 if dialect.error_carrier == "status" else 200
    return json_answer({"errors": [error.formatted for error in errors]}, status)


def _in_carrier(code: int, entries: list[dict[str, Any]], data: object, dialect: Dialect) -> Answer:
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

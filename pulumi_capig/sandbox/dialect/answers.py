"""The dialect of GraphQL answers, whatever was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AnswerDialect"]


@dataclass(frozen=True)
class AnswerDialect:
    """Switches of GraphQL requests and their answers.

    Args:
        auth_carrier: How a missing or bad API token is answered: HTTP 401 with `errors`, or
            HTTP 200 with `errors`.
        error_carrier: How an operation's error is answered: its code as HTTP status with
            `errors`, HTTP 200 with `errors`, or its code as HTTP status with a line of plain text.
        error_code_key: Where `errors` say the code: a key of `extensions`, or `message` for a
            number at the head of the message, or `none`.
        error_code_form: Whether that code is a number or a string.
        uncovered: How an uncovered operation is marked: HTTP 418, HTTP 200 with `errors` of code
            418, or HTTP 418 with such `errors`; `data` comes with each.
        covered_answers_418: Whether even documented operations are marked as uncovered.
        several_fields: A document with several root fields: each is carried out by itself, in
            their order, with its own result or error (of several errors, the first one's code is
            the HTTP status); or the whole document is refused with this code, and nothing of it
            is carried out.
        unknown_fields: What an older schema does not have, as `Type.field`, or
            `Type.field.argument` for an argument.
        counters: JSON form of counters and times.
        long: JSON form of what the schema types `Long`.
    """

    auth_carrier: Literal["status", "errors"] = "status"
    error_carrier: Literal["status", "errors", "text"] = "status"
    error_code_key: Literal[
        "code", "status", "statusCode", "errorCode", "classification", "message", "none"
    ] = "code"
    error_code_form: Literal["number", "string"] = "number"
    uncovered: Literal["status", "errors", "both"] = "status"
    covered_answers_418: bool = False
    several_fields: Literal["run", "400", "413", "418"] = "run"
    unknown_fields: frozenset[str] = frozenset()
    counters: Literal["float", "int"] = "float"
    long: Literal["number", "string"] = "number"

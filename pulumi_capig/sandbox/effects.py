"""What each kind of fault does to a request."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any, Protocol

from .answers import (
    Answer,
    error_entry,
    failed,
    json_answer,
    mark_uncovered,
    page,
    phrase,
    unauthorized,
)
from .asked import AskedField
from .dialect import Dialect
from .faults import Fault

__all__ = ["Turn", "strike"]


class Turn(Protocol):
    """One request, as a fault sees it."""

    @property
    def dialect(self) -> Dialect:
        """Present behaviour of the gateway."""

    @property
    def fields(self) -> Sequence[AskedField]:
        """What it asks for."""

    def perform(self, limit: int | None = None) -> Answer:
        """Carries the request out, or the first fields of it."""

    def revoke_tokens(self) -> None:
        """Ends all API tokens."""

    async def client_leaves(self, seconds: float | None) -> bool:
        """Waits until the client has left (True) or the time is over (False)."""


async def strike(fault: Fault, turn: Turn) -> Answer:
    """The answer of a request that a fault strikes."""
    return await _EFFECTS[fault.kind](fault, turn)


def _unbroken(fault: Fault, turn: Turn, *, usually: bool = False) -> Answer:
    """The answer before the fault: the operation's own, or an empty one."""
    applied = usually if fault.applied is None else fault.applied
    return turn.perform(fault.applied_fields) if applied else json_answer({"data": None})


async def _slow(fault: Fault, turn: Turn) -> Answer:
    if fault.applied:
        answer = turn.perform(fault.applied_fields)
        await turn.client_leaves(fault.seconds)
        return answer
    if await turn.client_leaves(fault.seconds):
        return Answer(0, delivery="closed")
    return turn.perform()


async def _late(fault: Fault, turn: Turn) -> Answer:
    await turn.client_leaves(fault.seconds)
    return turn.perform()


async def _hold(fault: Fault, turn: Turn) -> Answer:
    assert fault.gate is not None  # noqa: S101
    if not fault.applied:
        await fault.gate.pass_through()
        return turn.perform()
    answer = turn.perform(fault.applied_fields)
    await fault.gate.pass_through()
    return answer


def _reset(fault: Fault, turn: Turn) -> Answer:
    return replace(_unbroken(fault, turn), delivery="reset")


def _hang_up(fault: Fault, turn: Turn) -> Answer:
    return replace(_unbroken(fault, turn), delivery="closed")


def _unauthorized(fault: Fault, turn: Turn) -> Answer:
    return _keeping(_unbroken(fault, turn), unauthorized(turn.dialect))


def _token_expired(_fault: Fault, turn: Turn) -> Answer:
    turn.revoke_tokens()
    return turn.perform()


def _status(fault: Fault, turn: Turn) -> Answer:
    unbroken = _unbroken(fault, turn)
    if fault.body is None:
        dialect = replace(turn.dialect, error_carrier="status")
        answer = failed(fault.code, phrase(fault.code), dialect)
    else:
        answer = page(fault.code, fault.body)
    if (wait := fault.retry_after) is not None:
        if isinstance(wait, timedelta):
            wait = format_datetime(datetime.now(timezone.utc) + wait, usegmt=True)
        answer = replace(answer, headers=(("retry-after", str(wait)),))
    return _keeping(unbroken, answer)


def _uncovered(fault: Fault, turn: Turn) -> Answer:
    return mark_uncovered(_unbroken(fault, turn, usually=True), turn.dialect)


def _errors(fault: Fault, turn: Turn) -> Answer:
    entry = error_entry(fault.code, phrase(fault.code), turn.dialect)
    return _keeping(_unbroken(fault, turn), json_answer({"errors": [entry], "data": None}))


def _data_null(fault: Fault, turn: Turn) -> Answer:
    return _keeping(_unbroken(fault, turn), json_answer({"data": None}))


def _truncated(fault: Fault, turn: Turn) -> Answer:
    return replace(_unbroken(fault, turn, usually=True), delivery="half")


def _cut_json(fault: Fault, turn: Turn) -> Answer:
    answer = _unbroken(fault, turn, usually=True)
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _not_json(fault: Fault, turn: Turn) -> Answer:
    answer = _unbroken(fault, turn, usually=True)
    return replace(answer, body=(fault.body or "this is not JSON").encode())


def _unknown_fields(fault: Fault, turn: Turn) -> Answer:
    def widen(value: Any) -> Any:
        if isinstance(value, dict):
            members = {key: widen(item) for key, item in value.items()}
            return {**members, "unheardOf": {"list": [1, None], "text": "new"}}
        return [widen(item) for item in value] if isinstance(value, list) else value

    return _rewritten(_unbroken(fault, turn, usually=True), widen)


def _missing_fields(fault: Fault, turn: Turn) -> Answer:
    def thin(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: thin(item) for key, item in value.items() if key not in fault.fields}
        return [thin(item) for item in value] if isinstance(value, list) else value

    paths = [("data", *asked.path) for asked in turn.fields]
    change = thin if fault.fields else lambda payload: _bare(payload, paths)
    return _rewritten(_unbroken(fault, turn, usually=True), change)


def _bare(value: dict[str, Any], paths: list[tuple[str, ...]]) -> dict[str, Any]:
    """Empties the operations' own results, and drops those that are plain values."""
    return {
        key: _bare(item, [path[1:] for path in paths if path[:1] == (key,)])
        for key, item in value.items()
        if isinstance(item, dict) and any(path[:1] == (key,) for path in paths)
    }


def _wrong_types(fault: Fault, turn: Turn) -> Answer:
    def turn_around(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turn_around(item) for key, item in value.items()}
        if isinstance(value, list):
            return [turn_around(item) for item in value] or "none"
        if value is None:
            return [None]
        return {"unexpected": True} if isinstance(value, str) else "unexpected"

    return _rewritten(_unbroken(fault, turn, usually=True), turn_around)


def _redirect(fault: Fault, turn: Turn) -> Answer:
    location = fault.body or "https://elsewhere.invalid/capig/graphql/"
    return _keeping(_unbroken(fault, turn), Answer(302, headers=(("location", location),)))


def _huge(fault: Fault, turn: Turn) -> Answer:
    def pad(payload: Any) -> Any:
        return {**payload, "padding": "x" * fault.size}

    return _rewritten(_unbroken(fault, turn, usually=True), pad)


def _keeping(unbroken: Answer, answer: Answer) -> Answer:
    return replace(answer, applied=unbroken.applied)


def _rewritten(answer: Answer, change: Callable[[Any], Any]) -> Answer:
    if answer.media_type != "application/json":
        return answer
    return replace(answer, body=json.dumps(change(json.loads(answer.body))).encode())


def _at_once(effect: Callable[[Fault, Turn], Answer]) -> Callable[[Fault, Turn], Awaitable[Answer]]:
    async def run(fault: Fault, turn: Turn) -> Answer:
        return effect(fault, turn)

    return run


_EFFECTS: dict[str, Callable[[Fault, Turn], Awaitable[Answer]]] = {
    "slow": _slow,
    "late": _late,
    "hold": _hold,
    **{
        kind: _at_once(effect)
        for kind, effect in {
            "reset": _reset,
            "hang-up": _hang_up,
            "unauthorized": _unauthorized,
            "token-expired": _token_expired,
            "status": _status,
            "uncovered": _uncovered,
            "errors": _errors,
            "data-null": _data_null,
            "truncated": _truncated,
            "cut-json": _cut_json,
            "not-json": _not_json,
            "unknown-fields": _unknown_fields,
            "missing-fields": _missing_fields,
            "wrong-types": _wrong_types,
            "redirect": _redirect,
            "huge": _huge,
        }.items()
    },
}

"""What each kind of fault does to a request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any, TypeAlias

from starlette.responses import Response
from starlette.types import Receive

from .answers import (
    error_entry,
    failed,
    json_answer,
    mark_uncovered,
    page,
    phrase,
    unauthorized,
)
from .dialect import Dialect
from .execution import Asked
from .faults import Fault
from .gateway import PlayedGateway
from .sockets import HalfAnswer, NoAnswer, client_left

__all__ = ["Turn", "strike"]


@dataclass(frozen=True)
class Turn:
    """One request, as a fault sees it."""

    asked: Asked
    gateway: PlayedGateway
    receive: Receive

    @property
    def dialect(self) -> Dialect:
        """Present behaviour of the gateway."""
        return self.gateway.dialect

    def perform(self, limit: int | None = None) -> Response:
        """Carries the request out, or the first fields of it."""
        return self.asked.perform(limit)

    async def client_leaves(self, seconds: float | None) -> bool:
        """Waits until the client has left (True) or the time is over (False)."""
        try:
            await asyncio.wait_for(client_left(self.receive), seconds)
        except asyncio.TimeoutError:
            return False
        return True


_Effect: TypeAlias = Callable[[Fault, Turn], Awaitable[Response]]


async def strike(fault: Fault, turn: Turn) -> Response:
    """The answer of a request that a fault strikes."""
    return await _EFFECTS[fault.kind](fault, turn)


def _unbroken(fault: Fault, turn: Turn, *, usually: bool = False) -> Response:
    """The answer before the fault: the operation's own, or an empty one."""
    applied = usually if fault.applied is None else fault.applied
    return turn.perform(fault.applied_fields) if applied else json_answer({"data": None})


async def _slow(fault: Fault, turn: Turn) -> Response:
    if fault.applied:
        answer = turn.perform(fault.applied_fields)
        await turn.client_leaves(fault.seconds)
        return answer
    if await turn.client_leaves(fault.seconds):
        return NoAnswer(reset=False)
    return turn.perform()


async def _late(fault: Fault, turn: Turn) -> Response:
    await turn.client_leaves(fault.seconds)
    return turn.perform()


async def _hold(fault: Fault, turn: Turn) -> Response:
    assert fault.gate is not None  # noqa: S101
    if not fault.applied:
        await fault.gate.pass_through()
        return turn.perform()
    answer = turn.perform(fault.applied_fields)
    await fault.gate.pass_through()
    return answer


def _reset(fault: Fault, turn: Turn) -> Response:
    _unbroken(fault, turn)
    return NoAnswer(reset=True)


def _hang_up(fault: Fault, turn: Turn) -> Response:
    _unbroken(fault, turn)
    return NoAnswer(reset=False)


def _unauthorized(fault: Fault, turn: Turn) -> Response:
    _unbroken(fault, turn)
    return unauthorized(turn.dialect)


def _token_expired(_fault: Fault, turn: Turn) -> Response:
    turn.gateway.expire_tokens()
    return turn.perform()


def _status(fault: Fault, turn: Turn) -> Response:
    _unbroken(fault, turn)
    if fault.body is None:
        dialect = replace(turn.dialect, error_carrier="status")
        answer = failed(fault.code, phrase(fault.code), dialect)
    else:
        answer = page(fault.code, fault.body)
    if (wait := fault.retry_after) is not None:
        if isinstance(wait, timedelta):
            wait = format_datetime(datetime.now(timezone.utc) + wait, usegmt=True)
        answer.headers["retry-after"] = str(wait)
    return answer


def _uncovered(fault: Fault, turn: Turn) -> Response:
    return mark_uncovered(_unbroken(fault, turn, usually=True), turn.dialect)


def _errors(fault: Fault, turn: Turn) -> Response:
    _unbroken(fault, turn)
    entry = error_entry(fault.code, phrase(fault.code), turn.dialect)
    return json_answer({"errors": [entry], "data": None})


def _data_null(fault: Fault, turn: Turn) -> Response:
    _unbroken(fault, turn)
    return json_answer({"data": None})


def _truncated(fault: Fault, turn: Turn) -> Response:
    return HalfAnswer(_unbroken(fault, turn, usually=True))


def _cut_json(fault: Fault, turn: Turn) -> Response:
    answer = _unbroken(fault, turn, usually=True)
    return _with_content(answer, bytes(answer.body)[: len(answer.body) // 2])


def _not_json(fault: Fault, turn: Turn) -> Response:
    answer = _unbroken(fault, turn, usually=True)
    return _with_content(answer, (fault.body or "this is not JSON").encode())


def _unknown_fields(fault: Fault, turn: Turn) -> Response:
    def widen(value: Any) -> Any:
        if isinstance(value, dict):
            members = {key: widen(item) for key, item in value.items()}
            return {**members, "unheardOf": {"list": [1, None], "text": "new"}}
        return [widen(item) for item in value] if isinstance(value, list) else value

    return _rewritten(_unbroken(fault, turn, usually=True), widen)


def _missing_fields(fault: Fault, turn: Turn) -> Response:
    def thin(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: thin(item) for key, item in value.items() if key not in fault.fields}
        return [thin(item) for item in value] if isinstance(value, list) else value

    paths = [("data", *field.path) for field in turn.asked.fields]
    change = thin if fault.fields else lambda payload: _bare(payload, paths)
    return _rewritten(_unbroken(fault, turn, usually=True), change)


def _bare(value: dict[str, Any], paths: list[tuple[str, ...]]) -> dict[str, Any]:
    """Empties the operations' own results, and drops those that are plain values."""
    return {
        key: _bare(item, [path[1:] for path in paths if path[:1] == (key,)])
        for key, item in value.items()
        if isinstance(item, dict) and any(path[:1] == (key,) for path in paths)
    }


def _wrong_types(fault: Fault, turn: Turn) -> Response:
    def turn_around(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turn_around(item) for key, item in value.items()}
        if isinstance(value, list):
            return [turn_around(item) for item in value] or "none"
        if value is None:
            return [None]
        return {"unexpected": True} if isinstance(value, str) else "unexpected"

    return _rewritten(_unbroken(fault, turn, usually=True), turn_around)


def _redirect(fault: Fault, turn: Turn) -> Response:
    location = fault.body or "https://elsewhere.invalid/capig/graphql/"
    _unbroken(fault, turn)
    return Response(status_code=302, headers={"location": location})


def _huge(fault: Fault, turn: Turn) -> Response:
    def pad(payload: Any) -> Any:
        return {**payload, "padding": "x" * fault.size}

    return _rewritten(_unbroken(fault, turn, usually=True), pad)


def _rewritten(answer: Response, change: Callable[[Any], Any]) -> Response:
    if answer.media_type != "application/json":
        return answer
    return _with_content(answer, json.dumps(change(json.loads(bytes(answer.body)))).encode())


def _with_content(answer: Response, content: bytes) -> Response:
    return Response(content, answer.status_code, media_type=answer.media_type)


def _at_once(effect: Callable[[Fault, Turn], Response]) -> _Effect:
    async def run(fault: Fault, turn: Turn) -> Response:
        return effect(fault, turn)

    return run


_EFFECTS: dict[str, _Effect] = {
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

"""What has to hold in every cell of the fault matrix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_capig.sandbox import RequestRecord, Sandbox
from tests.faults.matrix import Cell, Played
from tests.faults.scenarios import (
    DOMAIN,
    EVENT,
    NEIGHBOUR,
    PIXEL,
    TENANT,
    TOKEN,
    WIDE_EVENT,
    WRITES,
)
from tests.support.deployment import Program

CONFIRMING = (None, "unknown-fields", "uncovered", "token-expired")
"""Faults with which an answer still is a result."""


@dataclass(frozen=True)
class Write:
    """One operation that the gateway carried out; a document may hold several.

    Attributes:
        given: Its arguments.
        confirmed: Whether its answer was a result.
    """

    operation: str
    pixels: tuple[str, ...]
    given: Mapping[str, Any]
    confirmed: bool

    @property
    def name(self) -> str | None:
        """The event or domain that it is about."""
        return self.given.get("eventName") or self.given.get("domain")


def check(cell: Cell, played: Played, sandbox: Sandbox) -> None:
    """Everything at once."""
    messages_are_clear(cell, played, sandbox)
    state_is_true(cell, played)
    one_more_up_converges(cell, played, sandbox)
    nothing_is_written_needlessly(cell, played)
    what_was_closed_stays_closed(cell, sandbox)


# Messages


def messages_are_clear(cell: Cell, played: Played, sandbox: Sandbox) -> None:
    """One message of at most two lines, that names operation and account."""
    messages = played.messages
    if cell.scenario.name in ("create", "update", "undo", "adopt", "narrow"):
        assert len(messages) <= 1, messages
    secrets = (TOKEN, sandbox.client_secret, *played.api_tokens)
    for message in messages:
        is_clear(message, secrets)


def is_clear(message: str, secrets: Iterable[str], account: str = TENANT) -> None:
    """A message as errors.py promises it."""
    what, *advice = message.splitlines()
    assert what.startswith("capig: "), message
    assert len(advice) == 1, message
    assert len(what) <= 1001, message
    assert len(advice[0]) <= 1001, message
    for sign in (
        "Traceback",
        "unexpected ",
        ".py",
        "bug in pulumi_capig",
        "<!DOCTYPE",
        "object at 0x",
    ):
        unexpected_form = "unexpected form" in message and sign == "unexpected "
        assert sign not in message or unexpected_form, message
    # Of a long line users see the beginning.
    named = f"(account {account})"[:100] in what or "fetch an API token: " in what
    assert named, message
    for secret in secrets:
        assert secret not in message, message


# State


def state_is_true(cell: Cell, played: Played) -> None:
    """State holds what was confirmed: it lost nothing and invented nothing."""
    before, kept, failed = played.before, played.kept, set(played.struck.errors)
    if cell.scenario.act == "refresh":
        assert kept.keys() == before.keys()
        if not failed:
            assert played.struck.changes == []
        for name, resource in kept.items():
            assert resource.outputs == before[name].outputs
        return
    declared = set(cell.scenario.program)
    for name in failed:
        if name in before:
            assert kept[name].outputs == before[name].outputs, "state of a failed step changed"
        else:
            assert name not in kept, "a failed create is in state"
    for name in before.keys() - declared - failed:
        finished = ("delete", name) in played.struck.steps
        assert finished == (name not in kept)
    done = {name for step, name in played.struck.steps if step in ("create", "update")} - failed
    assert done <= kept.keys()
    if "shop" in kept and not (failed and "shop" in failed):
        assert played.pixel_left, "state holds a pixel that is not connected"
    orphan = played.pixel_left and "shop" not in kept and not cell.scenario.adopt
    if orphan:
        told = any("CAPIG_ADOPT=true" in message for message in played.messages)
        assert told, "a pixel was left connected, and nobody was told"


# The end


def one_more_up_converges(cell: Cell, played: Played, sandbox: Sandbox) -> None:
    """Once the fault is over, one `up` reaches what is declared, and the next has nothing to do."""
    assert played.recovery.errors == {}
    if cell.unconfirmed and cell.scenario.name in ("destroy", "narrow"):
        return  # what is not declared any more is not sent again either: a warning has told
    gateway_holds(cell.scenario.program, sandbox)
    assert set(played.deployment.state) == set(cell.scenario.program)
    assert played.again.errors == {}
    assert played.again.changes == []
    assert played.again_requests == []


def gateway_holds(program: Program, sandbox: Sandbox) -> None:
    """The pixel with its name and switches, the closed events and domains, and nothing else."""
    state = sandbox.state
    listed = {pixel.pixel_id: pixel for pixel in state.pixels(TENANT)}
    assert listed.keys() == ({PIXEL, NEIGHBOUR} if "shop" in program else {NEIGHBOUR})
    neighbour = listed[NEIGHBOUR]
    assert (neighbour.receiving, neighbour.publishing, neighbour.name) == (True, True, None)
    if "shop" in program:
        wanted = program["shop"][1]
        for attribute, argument in {
            "business_id": "business_id",
            "access_token": "access_token",
            "name": "pixel_name",
            "receiving": "receiving",
            "publishing": "publishing",
        }.items():
            assert getattr(listed[PIXEL], attribute) == wanted[argument]
    for kind, name in (("event", EVENT), ("event", WIDE_EVENT), ("domain", DOMAIN)):
        for pixel in listed:
            closed = any(_closes(d, name, pixel) for d in program.values())
            held = state.effective(kind, TENANT, name, pixel)  # type: ignore[arg-type]
            assert held == ("DROP" if closed else "PUBLISH"), (name, pixel)


def _closes(declared: tuple[str, Mapping[str, Any]], name: str, pixel: str) -> bool:
    arguments = declared[1]
    if name not in (arguments.get("event_name"), arguments.get("domain")):
        return False
    return "pixel_ids" not in arguments or pixel in arguments["pixel_ids"]


# What was sent


def nothing_is_written_needlessly(cell: Cell, played: Played) -> None:
    """No write that was confirmed is sent again, and nothing of what was finished.

    Needless is a write that the gateway carried out and that sets what an earlier write of the
    same operation had set, though its answer was a result and nothing was written to that pixel
    since; and in the `up` after the fault each write that is not of a resource which failed, was
    never reached, or lost its pixel's connection.
    """
    for requests in (played.requests, played.recovery_requests):
        _nothing_confirmed_is_repeated(requests)
        _no_second_connection(cell, played, requests)
    if cell.unconfirmed:
        return  # `reassert` sends again all that has been finished
    finished = _finished(cell, played)
    again_connected = _sets_up(played.recovery_requests)
    for write in _carried_out(played.recovery_requests):
        owner = _owner(write)
        if owner != "shop" and again_connected:
            continue
        assert owner not in finished, f"{owner} was finished, and {write.operation} was sent"


def _nothing_confirmed_is_repeated(requests: list[RequestRecord]) -> None:
    confirmed: dict[tuple[Any, ...], Write] = {}
    for write in _carried_out(requests):
        what = (write.operation, write.pixels, str(write.given))
        assert what not in confirmed, f"{write.operation} was confirmed and sent again"
        if write.operation in ("setupPixelSignalConfig", "deleteDataSource"):
            # Another connection is another object: its switches and filters are new.
            confirmed.clear()
        if write.name is not None:
            # What sets another state, for the account or some of its pixels, may undo it.
            confirmed = {
                key: other
                for key, other in confirmed.items()
                if other.name != write.name
                or other.given["filterState"] == write.given["filterState"]
            }
        if write.confirmed:
            confirmed[what] = write


def _finished(cell: Cell, played: Played) -> set[str]:
    if cell.scenario.act == "refresh":
        return set(cell.scenario.before)
    steps = played.struck.steps
    done = {name for step, name in steps if step in ("create", "update", "same", "delete")}
    return done - set(played.struck.errors)


def _owner(write: Write) -> str:
    """The resource that a write is of."""
    if write.name is None:
        return "shop"
    return {EVENT: "no-leads", WIDE_EVENT: "no-search", DOMAIN: "staging"}[write.name]


def _no_second_connection(cell: Cell, played: Played, requests: list[RequestRecord]) -> None:
    """Operation 1 reaches a pixel that is connected only to change or to take it over."""
    if cell.scenario.name not in ("create", "undo"):
        return
    adopting = any("CAPIG_ADOPT=true" in message for message in played.messages)
    connected = played.pixel_left if requests is played.recovery_requests else False
    for write in _carried_out(requests):
        if write.operation == "setupPixelSignalConfig":
            assert not connected or adopting, "a connected pixel was set up again"
            connected = True
        elif write.operation == "deleteDataSource":
            connected = False


def _sets_up(requests: list[RequestRecord]) -> bool:
    return any(w.operation == "setupPixelSignalConfig" for w in _carried_out(requests))


def _carried_out(requests: list[RequestRecord]) -> list[Write]:
    return [
        Write(
            field.operation,
            field.pixels,
            # A document of several settings names its variables by their fields.
            request.variables.get("input") or request.variables.get(f"input_{field.path[0]}", {}),
            field.code is None and request.fault in CONFIRMING,
        )
        for request in requests
        for field in request.fields
        if field.applied and field.operation in WRITES
    ]


# Consent


def what_was_closed_stays_closed(cell: Cell, sandbox: Sandbox) -> None:
    """A declared DROP never opens again while its pixel is connected."""
    if not cell.scenario.declares_throughout:
        return
    for kind, name in (("event", EVENT), ("event", WIDE_EVENT), ("domain", DOMAIN)):
        for change in sandbox.state.history:
            if change.kind == kind and change.key == (name, PIXEL):
                assert (change.before, change.after) != ("DROP", "PUBLISH"), change

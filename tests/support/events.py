"""What a command of the CLI is about to do, or did, from the engine's own event log."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from tests.support.engine import Outcome, Stack

PICTURE = "pulumi-capig-"
"""How the file of a picture is called: it is in no log and in no state."""


class Change(NamedTuple):
    """A step that is not `same`.

    Attributes:
        resource: The resource's name.
        operation: What is done to it.
        inputs: The inputs that differ, sorted, where it is an update.
    """

    resource: str
    operation: str
    inputs: tuple[str, ...] = ()


def changes(stack: Stack, command: str, *arguments: str, **environment: str) -> set[Change]:
    """The changes of a command that goes well; each update has an input that differs."""
    return logged(stack, command, *arguments, **environment)[1]


def logged(
    stack: Stack,
    command: str,
    *arguments: str,
    ok: bool = True,
    differ: bool = True,
    **environment: str,
) -> tuple[Outcome, set[Change]]:
    """A command's outcome and its changes.

    Args:
        stack: The stack.
        command: The command.
        arguments: What follows it.
        ok: Whether it goes well.
        differ: Whether each update has an input that differs.
        environment: Variables beside those of the stack.
    """
    log = stack.project / "events.jsonl"
    log.unlink(missing_ok=True)
    wanted = () if command == "preview" else ("--yes", "--skip-preview")
    outcome = stack.run(
        command,
        *wanted,
        *arguments,
        "--event-log",
        str(log),
        PULUMI_DEBUG_COMMANDS="1",
        PULUMI_EXPERIMENTAL="1",
        **environment,
    )
    outcome = outcome.ok() if ok else outcome.failed()
    text = log.read_text("utf-8")
    assert PICTURE not in text + outcome.text
    events = (json.loads(line) for line in text.splitlines())
    steps = (event["resourcePreEvent"]["metadata"] for event in events if _is_step(event))
    found = {_change(step) for step in steps if "dynamic/capig:" in step["type"]}
    for change in found:
        assert change.inputs or change.operation != "update" or not differ, change
    return outcome, {change for change in found if change.operation not in ("same", "read")}


def _is_step(event: dict[str, Any]) -> bool:
    return "resourcePreEvent" in event


def _change(step: dict[str, Any]) -> Change:
    old, new = ((step.get(side) or {}).get("inputs", {}) for side in ("old", "new"))
    differ = tuple(sorted(k for k in {*old, *new} if old.get(k) != new.get(k)))
    name, operation = step["urn"].rpartition("::")[2], step["op"]
    return Change(name, operation, differ if operation == "update" else ())

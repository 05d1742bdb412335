"""An `up` that is broken off at any moment: what is left, and what settles it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from pulumi_capig.sandbox import Sandbox
from pulumi_capig.sandbox.gate import Gate
from tests.faults.running import Running, start
from tests.support.depth import DEPTH
from tests.support.engine import Outcome, Stack
from tests.support.markdown import DOCS, blocks

ROUNDS, PIXELS = (50, 67) if DEPTH > 1 else (7, 8)
"""Rounds, and pixels of a round: each is a connection and two filters."""

TOKEN = "EAAB-a-pixel-token-that-must-not-leak"
PROGRAM = f"""
    for number in range({PIXELS}):
        pixel = capig.PixelConnection(
            f"p{{number}}",
            pixel_id=str(1000 + number),
            business_id="1",
            access_token="{TOKEN}",
            publishing=False,
        )
        where = {{"filter_state": "DROP", "pixel_ids": [pixel.pixel_id]}}
        capig.EventFilter(f"e{{number}}", event_name="Lead", **where)
        capig.DomainFilter(f"d{{number}}", domain=f"d{{number}}.example.com", **where)
"""
CHECKPOINTS = {"PULUMI_SKIP_CHECKPOINTS": "false"}
OPERATIONS = ("setupPixelSignalConfig", "updateSignalConfigCapiPublish", "updateEventFilter")


def interrupted(running: Running, gate: Gate) -> None:
    running.interrupt()
    running.until(lambda: "^C received; cancelling" in running.text())
    gate.release()


def interrupted_twice(running: Running, gate: Gate) -> None:
    running.interrupt()
    running.until(lambda: "^C received; cancelling" in running.text())
    running.interrupt()
    running.until(lambda: "^C received; terminating" in running.text())
    gate.release()


def terminated(running: Running, gate: Gate) -> None:
    os.kill(running.cli, signal.SIGTERM)
    running.until(lambda: "SIGTERM received; cancelling" in running.text())
    gate.release()


def killed(*words: str) -> Callable[[Running, Gate], None]:
    """SIGKILL of the process whose arguments hold one of these; the CLI if there are none."""

    def strike(running: Running, gate: Gate) -> None:
        os.kill(running.process(*words) if words else running.cli, signal.SIGKILL)
        if not words:
            # What the gateway holds, it carries out only when nobody waits any more.
            running.until(lambda: running.processes() == [])
        gate.release()

    return strike


@dataclass(frozen=True)
class Way:
    """A way to break a command off.

    Attributes:
        strike: What is done to it.
        graceful: Whether what is under way still ends, so that a plain `up` goes on.
        locked: Whether the stack stays locked.
    """

    strike: Callable[[Running, Gate], None]
    graceful: bool = False
    locked: bool = False


WAYS = {
    "SIGINT": Way(interrupted, graceful=True),
    "SIGINT twice": Way(interrupted_twice),
    "SIGTERM": Way(terminated, graceful=True),
    "CLI killed": Way(killed(), locked=True),
    "program killed": Way(killed("program.py", "pulumi-language-python-exec"), graceful=True),
    "provider killed": Way(killed("pulumi.dynamic")),
    "language host killed": Way(
        killed("language_host.py", "pulumi-language-python "), graceful=True
    ),
}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_broken_up_is_settled_by_the_next(stack: Stack, sandbox: Sandbox, number: int) -> None:
    draw = random.Random(number)
    way = WAYS[list(WAYS)[number % len(WAYS)]]
    operation, applied = draw.choice(OPERATIONS), draw.random() < 0.5
    # Filters of one event go together: of those there may be one request alone.
    after = 0 if operation == "updateEventFilter" else draw.randrange(PIXELS - 1)
    stack.environment.update(CHECKPOINTS)
    stack.write(PROGRAM)
    with (
        sandbox.hold(operation, applied=applied, after=after, times=None) as gate,
        start(stack, "up", "--yes", "--skip-preview", "--color=never") as running,
    ):
        gate.wait(timeout=300)  # a busy machine takes its time to get there
        way.strike(running, gate)
        outcome = running.wait().failed()
        assert TOKEN not in outcome.text
        running.until(lambda: running.processes() == [])
    if way.locked:
        unlock(stack)
    assert in_state(stack) <= connected(sandbox)
    settle(stack, way)
    holds_all(sandbox)
    assert len(stack.resources()) == 3 * PIXELS
    for command in (stack.up, stack.refresh):
        command("--expect-no-changes").ok()
    set_up = Counter(
        pixel
        for request in sandbox.requests
        if request.operation == "setupPixelSignalConfig" and request.applied
        for pixel in request.pixels
    )
    assert max(set_up.values()) <= (1 if way.graceful else 2)


def test_a_kill_just_while_the_state_is_saved(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect("1000")
    stack.write('capig.EventFilter("leads", event_name="Lead", filter_state="DROP")')
    stack.up().ok()
    (beside,) = stack.state_folder.glob(".pulumi/stacks/test/dev.json.attrs")
    beside.write_text("")  # Pulumi empties it first, and fills it then
    assert UNREADABLE in stack.up().failed().text
    make_readable(stack)
    stack.is_settled()


UNREADABLE = "error: failed to load checkpoint: EOF"


def make_readable(stack: Stack) -> None:
    """What the page on interruptions says of a state that cannot be read."""
    (command,) = (b.text for b in blocks(DOCS / "interruption.md", "sh") if "find" in b.text)
    subprocess.run(["bash", "-e", "-c", command], cwd=stack.state_folder, check=True)


def unlock(stack: Stack) -> None:
    """What the CLI says after it was killed, and does."""
    locked = stack.up().failed()
    if UNREADABLE in locked.text:
        make_readable(stack)
        locked = stack.up().failed()
    assert "pulumi cancel" in locked.text
    stack.run("cancel", "--yes").ok()


def settle(stack: Stack, way: Way) -> None:
    """A plain `up`; where a create was lost half way, its message says how to go on."""
    outcome = stack.up("--continue-on-error", "--color=never")
    if outcome.code == 0:
        return
    assert not way.graceful, outcome.text
    assert not_connected_errors(outcome) == [], outcome.text
    assert "CAPIG_ADOPT=true" in outcome.text
    stack.up(CAPIG_ADOPT="true").ok()


def not_connected_errors(outcome: Outcome) -> list[str]:
    """Errors other than that of a pixel which is connected and not in state."""
    diagnostics = outcome.text.partition("Diagnostics:")[2].splitlines()
    return [
        line
        for line in diagnostics
        if "error: " in line
        and "it is connected already; nothing was changed" not in line
        and not line.strip().startswith("error: update failed")
    ]


def connected(sandbox: Sandbox) -> set[str]:
    return {pixel.pixel_id for pixel in sandbox.state.pixels(sandbox.tenant_id)}


def in_state(stack: Stack) -> set[str]:
    ids = (resource["id"] for name, resource in stack.resources().items() if name[0] == "p")
    return {id_.rpartition("/")[2] for id_ in ids}


def holds_all(sandbox: Sandbox) -> None:
    """Every pixel with its switches and its closed event and domain."""
    assert connected(sandbox) == {str(1000 + number) for number in range(PIXELS)}
    state, tenant = sandbox.state, sandbox.tenant_id
    for pixel in state.pixels(tenant):
        assert (pixel.receiving, pixel.publishing) == (True, False), pixel
        assert state.effective_event(tenant, "Lead", pixel.pixel_id) == "DROP"
        number = int(pixel.pixel_id) - 1000
        domain = f"d{number}.example.com"
        assert state.effective_domain(tenant, domain, pixel.pixel_id) == "DROP"

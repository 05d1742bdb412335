"""What the pages on interruption, targets and deletes say of odd ways, and the ways out of them."""

from __future__ import annotations

import os
import signal

from pulumi_capig.sandbox import Sandbox
from tests.faults.running import start
from tests.support.engine import Stack

ONE, TWO = "101", "102"


def shop(name: str, *more: str) -> str:
    arguments = [f'"{name}"', f'pixel_id="{ONE}"', 'business_id="1"', 'access_token="EAAB"']
    return f"{name} = capig.PixelConnection({', '.join((*arguments, *more))})\n"


def drop(*pixels: str, options: str = "") -> str:
    arguments = f'event_name="Lead", filter_state="DROP", pixel_ids={list(pixels)!r}'
    opts = f", opts=pulumi.ResourceOptions({options})" if options else ""
    return f'capig.EventFilter("leads", {arguments}{opts})\n'


def held(sandbox: Sandbox, *pixels: str) -> list[str | None]:
    return [sandbox.state.effective_event("SandboxA", "Lead", pixel) for pixel in pixels]


BACK = {"CAPIG_ADOPT": "true", "CAPIG_REASSERT": "after the kill"}


def kill_at(operation: str, stack: Stack, sandbox: Sandbox) -> None:
    """Kill the CLI in an `up`, when the gateway has carried out an operation."""
    stack.environment["PULUMI_SKIP_CHECKPOINTS"] = "false"
    with (
        sandbox.hold(operation, applied=True) as gate,
        start(stack, "up", "--yes", "--skip-preview", "--color=never") as running,
    ):
        gate.wait()
        os.kill(running.cli, signal.SIGKILL)
        running.until(lambda: running.processes() == [])
    stack.run("cancel", "--yes").ok()


def test_a_narrowing_that_was_killed_and_reverted(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect(ONE)
    sandbox.connect(TWO)
    stack.write(drop(ONE, TWO))
    stack.up().ok()
    stack.write(drop(ONE))
    kill_at("updateEventFilter", stack, sandbox)
    stack.write(drop(ONE, TWO))
    stack.up("--expect-no-changes", CAPIG_ADOPT="true").ok()
    assert held(sandbox, ONE, TWO) == ["DROP", "PUBLISH"], "the reason for the page's last line"
    stack.up("--refresh", **BACK).ok()
    assert held(sandbox, ONE, TWO) == ["DROP", "DROP"]


def test_a_switch_that_was_turned_by_a_killed_run_and_reverted(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(shop("shop", "publishing=False"))
    stack.up().ok()
    stack.write(shop("shop", "publishing=True"))
    kill_at("updateSignalConfigCapiPublish", stack, sandbox)
    stack.write(shop("shop", "publishing=False"))
    stack.up("--refresh", **BACK).ok()
    (pixel,) = sandbox.state.pixels("SandboxA")
    assert not pixel.publishing


def test_a_tainted_connection_is_refused_with_what_helps(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(shop("shop"))
    stack.up().ok()
    urn = stack.resources()["shop"]["urn"]
    stack.run("state", "taint", "--yes", urn).ok()
    outcome = stack.up().failed()
    assert "it is connected already; nothing was changed" in outcome.text
    assert "Tainted, or `--replace`?" in outcome.text
    assert "`pulumi state untaint`, and a new `reassert`" in outcome.text
    stack.run("state", "untaint", "--yes", urn).ok()
    stack.up("--expect-no-changes").ok()
    sandbox.clear_requests()
    stack.write(shop("shop", 'reassert="1"'))
    stack.up().ok()
    assert [r.operation for r in sandbox.requests][-1] == "setupPixelSignalConfig"


def test_a_target_on_the_old_name_of_a_renamed_connection(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(shop("shop") + drop(ONE))
    stack.up().ok()
    stack.write(shop("store", "adopt=True", 'external_id=""') + drop(ONE))
    stack.up("--target", "**::shop").ok()
    assert sandbox.state.pixels("SandboxA") == []
    stack.up().ok()
    assert held(sandbox, ONE) == ["DROP"]
    stack.up("--expect-no-changes").ok()


def test_a_filter_that_is_skipped_with_a_connection_that_is_renamed(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(shop("shop") + drop(ONE, options="deleted_with=shop"))
    stack.up().ok()
    stack.write(shop("store", "adopt=True", 'external_id=""'))
    stack.up().ok()
    assert held(sandbox, ONE) == ["DROP"], "undeclared by now"
    opened = 'capig.EventFilter("leads", event_name="Lead", filter_state="PUBLISH")\n'
    stack.write(shop("store") + opened)
    stack.up().ok()
    stack.write(shop("store"))
    stack.up().ok()
    assert held(sandbox, ONE) == ["PUBLISH"]

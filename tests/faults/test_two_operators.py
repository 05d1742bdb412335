"""Two people at once: on one stack the CLI's lock answers, on one account the guard tells."""

from __future__ import annotations

from pathlib import Path

from pulumi_capig.sandbox import Sandbox
from tests.faults.running import start
from tests.support.engine import Stack

PROGRAM = """
    shop = capig.PixelConnection("shop", pixel_id="101", business_id="1", access_token="EAAB")
    capig.EventFilter("lead", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id])
"""
WRITES = {"setupPixelSignalConfig", "deleteDataSource", "updateSignalConfigEventsStatus",
          "updateSignalConfigCapiPublish", "updateEventFilter"}  # fmt: skip


def test_one_stack_is_locked_and_nothing_hides_it(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(PROGRAM)
    with (
        sandbox.hold("setupPixelSignalConfig") as gate,
        start(stack, "up", "--yes", "--skip-preview") as running,
    ):
        gate.wait()
        for second in (stack.up, stack.destroy, stack.refresh):
            refused = second().failed()
            assert "the stack is currently locked" in refused.text
            assert "pulumi cancel" in refused.text
            assert "capig" not in refused.text.replace(stack.state_folder.as_uri(), "")
        gate.release()
        running.wait().ok()
    assert sandbox.counters.requests["setupPixelSignalConfig"] == 1
    stack.is_settled()


def test_the_guard_tells_of_a_pixel_that_another_stack_holds(
    stack: Stack, sandbox: Sandbox, tmp_path: Path
) -> None:
    stack.write(PROGRAM)
    stack.up().ok()
    folder = tmp_path / "other"
    folder.mkdir()
    other = Stack(folder, sandbox.environment(), PROGRAM)
    sandbox.clear_requests()
    refused = other.up().failed()
    assert "connect pixel 101" in refused.text
    assert "connected already" in refused.text
    assert "another stack" in refused.text
    assert not WRITES & sandbox.counters.requests.keys()
    assert other.resources() == {}
    other.destroy().ok()
    stack.is_settled()
    assert sandbox.state.pixel(sandbox.tenant_id, "101") is not None

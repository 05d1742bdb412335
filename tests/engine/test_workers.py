"""A project that asks for more than the SDK's four calls at a time."""

from __future__ import annotations

import threading

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import ROOT, Stack
from tests.support.markdown import DOCS, blocks

PAGE = DOCS / "large-stacks.md"
PROGRAM = """
    for index in range(12):
        capig.PixelConnection(
            f"p{index}",
            pixel_id=str(10**15 + index),
            business_id="7",
            access_token="EAAB-of-the-test",
        )
"""


def ask_for_workers(stack: Stack) -> None:
    """What the page says, by the letter."""
    (script,) = (b for b in blocks(PAGE, "sh") if b.title.startswith("workers/"))
    (settings,) = (b for b in blocks(PAGE, "yaml") if "plugins:" in b.text)
    file = stack.project / script.title
    file.parent.mkdir()
    file.write_text(script.text, "utf-8")
    file.chmod(0o755)
    with (stack.project / "Pulumi.yaml").open("a", encoding="utf-8") as project:
        project.write(f"\n{settings.text}")


@pytest.mark.parametrize(("asked", "served"), [(True, 12), (False, 4)])
def test_calls_at_a_time(stack: Stack, sandbox: Sandbox, asked: bool, served: int) -> None:
    stack.write(PROGRAM)
    if asked:
        ask_for_workers(stack)
    with sandbox.hold("setupPixelSignalConfig", times=None) as gate:
        run = threading.Thread(
            target=lambda: stack.up("--parallel", "16", CAPIG_PARALLEL_WRITES="16").ok()
        )
        run.start()
        gate.wait(served)
    run.join()
    assert sandbox.counters.max_concurrent_connection_writes == served
    assert sandbox.counters.connections <= served
    stack.destroy().ok()
    assert sandbox.state.pixel("SandboxA", str(10**15)) is None


def test_the_benchmark_runs_what_the_page_shows() -> None:
    (script,) = (b for b in blocks(PAGE, "sh") if b.title.startswith("workers/"))
    file = ROOT / "benchmarks" / "project" / script.title
    assert file.read_text("utf-8").strip() == script.text.strip()

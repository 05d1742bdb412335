"""What a killed run leaves of its picture: one private file, which no later run reads."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.faults.running import start
from tests.faults.test_interruption import unlock
from tests.support.engine import Stack
from tests.support.events import PICTURE

SHOP, SECRET, TOKEN = "301", "189044563770945", "EAAB-a-pixel-token-that-must-not-leak"
PROGRAM = f"""
    secret = pulumi.Output.secret("{SECRET}")
    setup = {{"business_id": "1", "access_token": "{TOKEN}"}}
    capig.PixelConnection("shop", OPTIONS, pixel_id="{SHOP}", **setup)
    capig.PixelConnection("other", OPTIONS, pixel_id=secret, **setup)
    capig.EventFilter("lead", OPTIONS, event_name="Lead", filter_state="DROP", pixel_ids=[secret])
"""
# The SDK awaits it after the inputs, so the picture is written and nobody is told of it.
HANGS = "pulumi.ResourceOptions(aliases=[pulumi.Output.from_input(asyncio.Event().wait())])"


@pytest.mark.parametrize(
    "words", [(), ("program.py", "pulumi-language-python-exec")], ids=["CLI", "program"]
)
def test_a_killed_run_leaves_one_private_file_that_disturbs_nobody(
    tmp_path: Path, sandbox: Sandbox, words: tuple[str, ...]
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    stack = Stack(tmp_path, {**sandbox.environment(), "TMPDIR": str(temporary)})
    stack.write("    import asyncio\n" + PROGRAM.replace("OPTIONS", HANGS))

    with start(stack, "up", "--yes", "--skip-preview") as running:
        running.until(lambda: any(f.stat().st_size for f in temporary.glob(f"{PICTURE}*.json")))
        os.kill(running.process(*words) if words else running.cli, signal.SIGKILL)
        running.until(lambda: running.processes() == [])

    (file,) = temporary.glob(f"{PICTURE}*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_text("utf-8")
    assert SHOP in content
    for secret in (SECRET, TOKEN, sandbox.tenant_id, sandbox.client_secret):
        assert secret not in content

    if not words:
        unlock(stack)
    stack.write(PROGRAM.replace("OPTIONS", "None"))
    stack.up().ok()
    stack.is_settled()
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", SECRET) == "DROP"
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", SHOP) == "PUBLISH"
    assert [*temporary.glob(f"{PICTURE}*")] == [file]
    assert file.read_text("utf-8") == content

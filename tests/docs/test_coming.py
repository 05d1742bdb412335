"""The page for people who come from clicking: its commands take everything over as it is."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.markdown import DOCS, blocks
from tests.support.terminal import shows


def test_what_was_clicked_is_taken_over_as_it_is(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect("319279634094583")
    sandbox.connect("824710156172809", tenant="SandboxB", publishing=False)
    for tenant in ("SandboxA", "SandboxB"):
        sandbox.set_role("ops@agency.example", "admin", tenant=tenant)
    sandbox.set_domain("capig.shop.example")
    pipeline = sandbox.add_pipeline("Web").id
    sandbox.add_source(pipeline, "Shop site")
    sandbox.add_destination(pipeline, "Meta")
    doctor, accounts, export, up, shown = blocks(DOCS / "coming-from-clicking.md", "sh", "console")
    stack.environment |= {
        "PATH": f"{Path(sys.executable).parent}:{stack.environment['PATH']}",
        "PULUMI_SKIP_CONFIRMATIONS": "true",
    }
    before = len(sandbox.state.history)
    for commands in (doctor, accounts, export):
        stack.shell(commands.text).ok()
    shows(stack.shell(up.text).ok().text, shown.text)
    assert len(sandbox.state.history) == before
    kinds = re.findall(r"capig:(\w+)::", "\n".join(r["urn"] for r in stack.resources().values()))
    assert sorted(kinds) == [
        *["Account"] * 2,
        *["AccountUser"] * 2,
        "ConversionsApiDestination",
        "DataSource",
        "FirstPartyDomain",
        "Pipeline",
        *["PixelConnection"] * 2,
    ]
    stack.is_settled()

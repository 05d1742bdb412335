"""The tutorials, command by command, as somebody at two terminals would follow it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import warm
from tests.support.engine import cli
from tests.support.markdown import DOCS, blocks
from tests.support.terminal import Terminal, fresh_clone, shows


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What of a fresh clone the tutorial touches."""
    return fresh_clone(tmp_path / "clone")


@pytest.fixture
def terminals(clone: Path) -> Iterator[tuple[Terminal, Terminal]]:
    """Two terminals in the clone."""
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PULUMI_")},
        "PATH": f"{warm.cli(cli())}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(clone.parent / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_SKIP_CHECKPOINTS": "1",
        "PULUMI_OPTION_SKIP_PREVIEW": "true",  # `up` runs the program once, not twice
    }
    first, second = Terminal(clone, environment), Terminal(clone, environment)
    yield first, second
    first.close()
    second.close()


@pytest.mark.parametrize("page", ["tutorial.md", "advertiser.md"])
def test_the_tutorial(terminals: tuple[Terminal, Terminal], page: str) -> None:
    first, second = terminals
    printed = ""
    for block in blocks(DOCS / page, "sh", "python", "console"):
        if block.title == "second terminal":
            first.run(second.serve(block.text))
        elif block.language == "sh":
            printed = first.run(block.text)
            fails = block.title == "fails"
            assert ("failed: " in printed) == fails, f"{block.place}\n{printed}"
        elif block.language == "python":
            (Path(first.run("pwd")) / block.title).write_text(block.text, "utf-8")
        else:
            shows(re.sub(r"account \w{8}:", "account IaoreXfj:", printed), block.text)

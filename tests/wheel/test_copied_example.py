"""An example in a project of one's own, by what the page of examples says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import ROOT, Stack
from tests.support.markdown import DOCS, blocks
from tests.support.needs import missing
from tests.support.terminal import fresh_clone, shows
from tests.wheel.conftest import write_pins

EXAMPLE = "onboarding"


def test_a_copy_previews(tmp_path: Path, sandbox: Sandbox, locked: dict[str, list[str]]) -> None:
    stack = Stack(tmp_path, sandbox.environment())
    stack.environment |= {
        "HOME": str(tmp_path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{stack.environment['PATH']}",
        **as_locked(tmp_path, locked),
    }
    needed = (f"examples/{EXAMPLE}", "pulumi_capig", "README.md", "LICENSE")
    stack.project = fresh_clone(tmp_path / "clone", *needed)
    commands, edit = blocks(DOCS / "examples.md")
    copied = stack.shell(commands.text)
    if "(from versions: none)" in copied.text:
        missing("no package index can be reached: an environment is installed from one")
    copied.ok()

    stack.project = tmp_path / EXAMPLE
    project = stack.project / edit.title
    old, new = (line[1:] for line in edit.text.splitlines())
    text = project.read_text("utf-8")
    assert text.count(old) == 1
    project.write_text(text.replace(old, new), "utf-8")
    tokens, preview, shown, *_ = blocks(ROOT / "examples" / EXAMPLE / "README.md")
    shows(stack.shell(f"{tokens.text}\n{preview.text}").ok().text, shown.text)


def as_locked(folder: Path, locked: dict[str, list[str]]) -> dict[str, str]:
    """What has pip install the versions that are tested, out of the cache that it has anyway."""
    ask = [sys.executable, "-m", "pip", "cache", "dir"]
    cache = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    return {
        "PIP_CACHE_DIR": cache,
        "PIP_CONSTRAINT": str(write_pins(folder, locked)),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "1",
    }

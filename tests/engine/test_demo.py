"""The demo: to its end, stopped in the middle, and in trouble."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import warm
from tests.support.engine import ROOT, cli

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the demo's process keeps temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def start(temporary: Path, tmp_path: Path) -> Start:
    """Starts the demo, by default with the project's CLI, in somebody's environment."""

    def start(path: str = f"{warm.cli(cli())}{os.pathsep}{os.environ['PATH']}") -> object:
        own = {
            "PULUMI_HOME": str(tmp_path / "own-home"),
            "PULUMI_BACKEND_URL": "file:///there-is-no-such-folder",
            "PULUMI_STACK": "production",
            "CAPIG_GATEWAY": "https://capig.invalid",
            "CAPIG_TOKEN": "of-production",
        }
        return subprocess.Popen(
            [sys.executable, ROOT / "tools" / "demo.py"],
            cwd=tmp_path,
            env={**os.environ, **own, "PATH": path, "TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def processes_of(folder: Path) -> list[str]:
    """Commands of the processes whose environment names a folder."""
    if not Path("/proc/self/environ").exists():
        listing = subprocess.run(["ps", "-axEww"], capture_output=True, text=True, check=True)
        return [line for line in listing.stdout.splitlines() if str(folder) in line]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:  # ended meanwhile, or somebody else's
            continue
    return found


def test_the_demo_shows_every_step_and_leaves_nothing(
    start: Start, temporary: Path, tmp_path: Path
) -> None:
    demo = start()
    output, _ = demo.communicate(timeout=300)
    assert demo.returncode == 0, output
    commands = " ".join(re.findall(r"^\$ pulumi (\w+)", output, re.MULTILINE))
    assert commands.endswith("preview up preview refresh up preview up destroy")
    assert "5 unchanged" in output
    assert "~ publishing              : true => false" in output
    assert '~ filter_state: "DROP" => "PUBLISH"' in output

    rows = output.partition("after each step")[2].splitlines()
    table = {row[:17].strip(): row[17:].split() for row in rows if len(row) > 17}
    assert table["preview"] == ["-", "-", "-", "-", "-", "0"]
    assert table["up"][:-1] == ["on", "on", "DROP", "DROP", "DROP"]
    assert table["preview again"][-1] == "0"
    assert table["refresh"][:2] == ["on", "off"]
    assert table["up: repaired"][:2] == ["on", "on"]
    assert table["up: edited"][2] == "PUBLISH"
    assert table["destroy"][:-1] == ["-"] * 5
    assert max(map(len, rows)) <= 80

    assert list(temporary.iterdir()) == []
    assert processes_of(temporary) == []
    assert not (tmp_path / "own-home").exists()


@pytest.mark.parametrize(
    ("number", "moment"),
    [(signal.SIGINT, "$ pulumi up"), (signal.SIGTERM, "Previewing")],
    ids=["interrupt in up", "terminate in preview"],
)
def test_the_demo_cleans_up_when_it_is_stopped(
    start: Start, temporary: Path, number: signal.Signals, moment: str
) -> None:
    demo = start()
    assert demo.stdout is not None
    assert any(line.startswith(moment) for line in demo.stdout)
    assert processes_of(temporary) != []
    demo.send_signal(number)
    output, _ = demo.communicate(timeout=300)
    assert demo.returncode == 128 + number, output
    assert "The demo was stopped." in output
    assert "Traceback" not in output
    assert list(temporary.iterdir()) == []
    assert processes_of(temporary) == []


def test_a_step_that_fails_is_named(start: Start, temporary: Path, tmp_path: Path) -> None:
    outputs = [start(path=str(tmp_path)).communicate(timeout=300)[0]]
    fake = tmp_path / "pulumi"
    fake.write_text("#!/bin/sh\nexit 3\n")
    fake.chmod(0o755)
    demo = start(path=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    outputs.append(demo.communicate(timeout=300)[0])
    assert demo.returncode == 1
    where = "The demo stopped at step 1, 'A stack, and what the program asks for': "
    assert f"{where}there is no pulumi on PATH" in outputs[0]
    assert f"{where}`pulumi stack init demo` ended with 3" in outputs[1]
    assert list(temporary.iterdir()) == []

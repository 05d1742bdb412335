"""The Makefile, in a folder where nothing is made yet."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import CLONE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "requirements/dev.txt"):
        copy = tmp_path / name
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(CLONE / name, copy)
    return tmp_path


def make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = ["make", "--no-print-directory", *arguments]
    outside = {k: v for k, v in os.environ.items() if "MAKE" not in k}  # of the `make` around us
    return subprocess.run(command, cwd=folder, env=outside, capture_output=True, text=True)


def test_help_names_every_target(folder: Path) -> None:
    targets = re.findall(r"^([a-z-]+):", (folder / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[0] for line in make(folder).stdout.splitlines()] == targets


def test_python_that_is_too_old_or_missing_is_one_line(folder: Path) -> None:
    for python in ("false", "no-such-python"):
        run = make(folder, "venv", f"PYTHON={python}")
        assert run.returncode != 0
        assert run.stdout == (
            f"{python} is not Python 3.10 or later: name one, as in `make venv PYTHON=python3.12`\n"
        )
        assert not (folder / ".venv").exists()

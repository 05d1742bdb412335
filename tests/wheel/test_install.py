"""How to install the package is said on one page, which holds, and by messages, which know."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_capig import _version
from tests.support.engine import ROOT
from tests.support.markdown import DOCS, blocks
from tests.wheel.conftest import PRESENT, Distributions, Environment
from tests.wheel.test_copied_example import as_locked

PAGE = DOCS / "install.md"
SHOWN = ("README.md", "CONTRIBUTING.md", "Makefile", "docs", "examples", "pulumi_capig", "tools")


def texts() -> list[Path]:
    """What users see: pages, examples, and the package with its messages."""
    found: list[Path] = []
    for name in SHOWN:
        path = ROOT / name
        found += (
            [path]
            if path.is_file()
            else (p for p in path.rglob("*") if p.is_file() and p.suffix != ".webp")
        )
    return [path for path in found if "__pycache__" not in path.parts and path != PAGE]


def test_nothing_but_the_page_says_where_the_package_comes_from() -> None:
    for path in texts():
        text = path.read_text("utf-8")
        if path.name.startswith("requirements"):
            assert not re.search(r"^\s*pulumi[-_]capig", text, re.MULTILINE), path
        assert not re.search(r"pip3? install\b[^\n]*\bpulumi[-_]capig", text), path


def test_the_page_leads_to_a_project_that_installs_without_a_clone(
    tmp_path: Path, locked: dict[str, list[str]]
) -> None:
    assert "pip install pulumi-capig" not in PAGE.read_text("utf-8"), "is it released?"
    from_a_clone, from_a_wheel = (block.text for block in blocks(PAGE, "sh"))
    named = from_a_clone.splitlines()[0].replace("/path/to/the/clone", str(ROOT))
    assert named.endswith(str(ROOT))
    environment = Environment(tmp_path / "environment", PRESENT)
    environment.create(pip=True)
    project = tmp_path / "project"
    project.mkdir()
    done = subprocess.run(
        ["bash", "-e", "-c", f"{named}\n{from_a_wheel}"],
        cwd=project,
        env={
            "HOME": str(tmp_path),
            "PATH": f"{environment.folder}/bin:/usr/bin:/bin",
            **as_locked(tmp_path, locked),
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    wheel = f"wheels/pulumi_capig-{_version.__version__}-py3-none-any.whl"
    assert (project / "requirements.txt").read_text("utf-8") == f"{wheel}[cli]\n"
    assert environment.run("capig", "--version") == f"capig {_version.__version__}\n"


@pytest.mark.parametrize("environment", [PRESENT], indirect=True)
def test_a_missing_extra_is_named_with_where_the_package_came_from(
    environment: Environment, distributions: Distributions
) -> None:
    ask = "from pulumi_capig._origin import install; print(install('cli'))"
    command = environment.run("python", "-I", "-c", ask).strip()
    assert command == f"pip install '{distributions.wheel}[cli]'"
    (about,) = environment.packages.glob("pulumi_capig-*.dist-info")
    origin = about / "direct_url.json"
    aside = origin.read_text("utf-8")
    try:
        commit = '"vcs_info": {"vcs": "git", "commit_id": "0123"}'
        origin.write_text(f'{{"url": "https://git.example.com/it", {commit}}}', "utf-8")
        command = environment.run("python", "-I", "-c", ask).strip()
        source = "git+https://git.example.com/it@0123"
        assert command == f"pip install 'pulumi-capig[cli] @ {source}'"
        origin.unlink()  # as after an installation from an index
        command = environment.run("python", "-I", "-c", ask).strip()
        assert command == "pip install 'pulumi-capig[cli]'"
    finally:
        origin.write_text(aside, "utf-8")


def test_an_editable_clone_stays_editable() -> None:
    ask = "from pulumi_capig._origin import install; print(install('cli'))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout == f"pip install -e '{ROOT}[cli]'\n"

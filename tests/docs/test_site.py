"""The site: it builds strictly, and has what the pages alone have not."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_capig import _version
from tests.support.engine import ROOT

ADDRESS = "https://git.example.com/team/capig"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "CI_PROJECT_URL": ADDRESS, "GITHUB_REPOSITORY": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_each_page_says_the_version_and_leads_to_the_repository(site: Path) -> None:
    for page in ("index.html", "deletes/index.html", "examples/signals/index.html"):
        text = (site / page).read_text("utf-8")
        assert f"pulumi_capig {_version.__version__}" in text
        assert f'href="{ADDRESS}"' in text
    home = (site / "index.html").read_text("utf-8")
    assert f"These pages describe version {_version.__version__}." in home


def test_an_example_is_a_page_with_the_files_that_it_names(site: Path) -> None:
    for example in ROOT.glob("examples/*/README.md"):
        text = (site / "examples" / example.parent.name / "index.html").read_text("utf-8")
        assert example.read_text("utf-8").splitlines()[0].removeprefix("# ") in text
    signals = (site / "examples" / "signals" / "index.html").read_text("utf-8")
    assert 'href="#file-main-py"' in signals
    assert 'id="file-main-py"' in signals
    assert 'href="../../advertiser/"' in (site / "examples/advertiser/index.html").read_text()


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("https://git.example.com/team/capig.git", ADDRESS),
        ("https://user:secret@git.example.com/team/capig", ADDRESS),
        ("git@git.example.com:team/capig.git", ADDRESS),
        ("ssh://git@git.example.com:22/team/capig.git", ADDRESS),
        ("/srv/git/capig.git", None),
        ("../capig", None),
        ("", None),
    ],
)
def test_a_remote_is_a_page_where_a_browser_can_open_it(remote: str, page: str | None) -> None:
    hook = runpy.run_path(str(ROOT / "tools" / "docs_site.py"))
    assert hook["browsable"](remote) == page

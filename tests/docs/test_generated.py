"""The tables that pages take from docstrings and from help: current, and whole."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from cogapp import Cog
from typer.main import get_command

from pulumi_capig.cli.app import app
from tests.support.markdown import DOCS, PAGES, ROOT, name
from tools.pages import arguments, options, outputs, resources, settings

GENERATED = [page for page in PAGES if "from tools.pages import" in page.read_text("utf-8")]
RESOURCES = sorted(p for p in resources.SOURCES.glob("*.py") if not p.stem.startswith("_"))
CURRENT, STALE = 0, 5


def cog(*arguments: str) -> int:
    """Run the marks of pages as `make docs` does; its exit status."""
    return int(Cog().main(["cog", "-I", str(ROOT), "--verbosity=0", *arguments]))


@pytest.mark.parametrize("page", GENERATED, ids=name)
def test_a_page_shows_what_the_docstrings_say(page: Path) -> None:
    assert cog("--check", str(page)) == CURRENT, "`make docs` writes it"


def test_a_page_that_differs_is_noticed_and_written(tmp_path: Path) -> None:
    current = (DOCS / "resources" / "pipeline.md").read_text("utf-8")
    page = tmp_path / "pipeline.md"
    page.write_text(current.replace("Whether events flow", "Whether something flows"), "utf-8")
    assert cog("--check", str(page)) == STALE
    assert cog("-r", str(page)) == CURRENT
    assert page.read_text("utf-8") == current


@pytest.mark.parametrize("source", RESOURCES, ids=lambda source: source.stem)
def test_the_page_of_a_resource_takes_both_tables_from_it(source: Path) -> None:
    page = DOCS / "resources" / f"{source.stem.replace('_', '-')}.md"
    text = page.read_text("utf-8")
    for table in ("arguments", "outputs"):
        assert f'cog.outl({table}("{source.stem}")) ]]] -->' in text


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        ("        active: Whether", "the arguments are not those under `Args:`"),
        ("        active: pulumi.Input[bool] | None = None,", "the arguments are not those"),
    ],
)
def test_an_argument_that_one_of_both_lacks_is_an_error(
    left_out: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (resources.SOURCES / "pipeline.py").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(left_out)]
    assert len(kept) == len(lines) - 1
    (tmp_path / "pipeline.py").write_text("".join(kept), "utf-8")
    monkeypatch.setattr(resources, "SOURCES", tmp_path)
    with pytest.raises(ValueError, match=message):
        arguments("pipeline")


def test_an_output_without_a_description_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (resources.SOURCES / "pipeline.py").read_text("utf-8")
    undescribed = source.replace('\n        """Host of the gateway."""', "")
    assert undescribed != source
    (tmp_path / "pipeline.py").write_text(undescribed, "utf-8")
    monkeypatch.setattr(resources, "SOURCES", tmp_path)
    with pytest.raises(ValueError, match="`gateway` has no description"):
        outputs("pipeline")


def test_a_row_says_the_type_whether_it_is_required_and_links_what_has_a_page() -> None:
    of_users, of_filters = arguments("account_user"), arguments("event_filters")
    assert "\n| `email` | `str`, required | The person's e-mail address," in of_users
    assert "\n| `adopt` | `bool`, default `False` | Take over" in of_users
    assert "\n| `event_names` | set or list of `str`, required | The events:" in of_filters
    assert "each as in [`EventFilter`](event-filter.md);" in of_filters
    assert "Defaults to [`CAPIG_REASSERT`](../settings.md)." in of_filters


def test_a_setting_without_a_description_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["tools.pages.settings"]
    source = module.SOURCE.read_text("utf-8")
    undescribed = source.replace('"""Name of the API account."""\n', "")
    assert undescribed != source
    (tmp_path / "table.py").write_text(undescribed, "utf-8")
    monkeypatch.setattr(module, "SOURCE", tmp_path / "table.py")
    with pytest.raises(ValueError, match="CLIENT_ID has no description"):
        settings()


def test_the_page_of_the_command_line_takes_the_options_of_each_command() -> None:
    page = (DOCS / "command-line.md").read_text("utf-8")
    for command in get_command(app).commands:
        assert f'cog.outl(options("{command}")) ]]] -->' in page
    assert "cog.outl(options()) ]]] -->" in page


def test_a_command_shows_what_it_takes_beside_the_options_of_most() -> None:
    of_status = options("status")
    assert "--tenant" in options()
    assert "--tenant" not in of_status
    assert "\n| `--window MINUTES` | Minutes that the counters cover. Default: 60. |" in of_status
    assert "\n| `--tenant ID` | Id of the account." in options("invite")
    assert "\n| `EMAIL` | E-mail address" in options("invite")
    assert "\n| `-o, --output FILE` |" in options("export")

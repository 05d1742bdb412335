"""The tables that pages take from docstrings: current, and whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from cogapp import Cog

from tests.support.markdown import DOCS, PAGES, ROOT, name
from tools import pages

GENERATED = [page for page in PAGES if "from tools.pages import" in page.read_text("utf-8")]
RESOURCES = sorted(p for p in pages.SOURCES.glob("*.py") if not p.stem.startswith("_"))
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
    lines = (pages.SOURCES / "pipeline.py").read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(left_out)]
    assert len(kept) == len(lines) - 1
    (tmp_path / "pipeline.py").write_text("".join(kept), "utf-8")
    monkeypatch.setattr(pages, "SOURCES", tmp_path)
    with pytest.raises(ValueError, match=message):
        pages.arguments("pipeline")


def test_an_output_without_a_description_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = (pages.SOURCES / "pipeline.py").read_text("utf-8")
    undescribed = source.replace('\n        """Host of the gateway."""', "")
    assert undescribed != source
    (tmp_path / "pipeline.py").write_text(undescribed, "utf-8")
    monkeypatch.setattr(pages, "SOURCES", tmp_path)
    with pytest.raises(ValueError, match="`gateway` has no description"):
        pages.outputs("pipeline")


def test_a_row_says_the_type_whether_it_is_required_and_links_what_has_a_page() -> None:
    of_users, of_filters = pages.arguments("account_user"), pages.arguments("event_filters")
    assert "\n| `email` | `str`, required | The person's e-mail address," in of_users
    assert "\n| `adopt` | `bool`, default `False` | Take over" in of_users
    assert "\n| `event_names` | set or list of `str`, required | The events:" in of_filters
    assert "each as in [`EventFilter`](event-filter.md);" in of_filters
    assert "Defaults to [`CAPIG_REASSERT`](../settings.md)." in of_filters

"""The page of the benchmark, made from figures that nobody measured."""

import xml.etree.ElementTree as ElementTree
from itertools import count
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.layer import STEPS, Layer
from benchmarks.results import Measured, Results
from benchmarks.subjects import CASES, subjects, with_checkpoints
from benchmarks.usage import Usage


@pytest.fixture
def measured() -> Measured:
    """Figures of every subject, case and size, each another one."""
    results, figures = Results(), count(1)
    for subject in (*subjects(accounts=[1, 10]), *with_checkpoints()):
        for size in (1, 50, 200):
            for case in CASES:
                seconds = next(figures) / 8
                usage = Usage(seconds, seconds / 2, {"provider": next(figures) << 20}, requests=7)
                results.add(subject, size, case, usage)
    cost = {kind: {step: {50: 1.0, 500: 2.0} for step in STEPS} for kind in ("filters",)}
    return Measured("On a machine.", results, Layer(cost, {"filters": 1.0}, 0.01, 0.02))


def test_what_was_measured_can_be_read_again(measured: Measured) -> None:
    assert Measured.read(measured.text()) == measured


def test_the_page_and_the_plot_show_what_was_measured(
    measured: Measured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, page, plot = (tmp_path / name for name in ("measured.json", "page.md", "plot.svg"))
    file.write_text(measured.text(), "utf-8")
    page.write_text(report.PAGE.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(report, "MEASURED", file)
    report.write(page, plot)
    text = page.read_text("utf-8")
    kept = report.PAGE.read_text("utf-8").partition("[[[cog")[0]
    assert text.startswith(kept)
    assert "\nOn a machine.\n" in text
    for name in ("glance", "times", "far", "goals", "counts", "checkpoints", "layer"):
        shown = report.part(name)
        assert shown.splitlines()[1].startswith("|:--"), name
        assert f"\n{shown}\n<!-- [[[end]]] -->" in text, name
    drawn = ElementTree.fromstring(plot.read_text("utf-8"))  # noqa: S314 - our own
    words = {element.text for element in drawn.iter() if element.text}
    assert {"connect 200 pixels", "200 ms a request", "pulumi_capig", "Meta's script"} <= words
    before = text, plot.read_text("utf-8")
    report.write(page, plot)
    assert (page.read_text("utf-8"), plot.read_text("utf-8")) == before


def test_a_block_that_fails_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, measured: Measured
) -> None:
    file, page = tmp_path / "measured.json", tmp_path / "page.md"
    file.write_text(measured.text(), "utf-8")
    monkeypatch.setattr(report, "MEASURED", file)
    page.write_text(
        '<!-- [[[cog from benchmarks.report import part; part("none") ]]] -->\n'
        "<!-- [[[end]]] -->\n",
        "utf-8",
    )
    with pytest.raises(RuntimeError, match=r"page\.md failed"):
        report.write(page, tmp_path / "plot.svg")

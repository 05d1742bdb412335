"""The page: what the blocks of docs/benchmark.md show, and the plot beside it."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from cogapp import Cog
from tabulate import tabulate

from .goals import goals
from .layer import STEPS, Layer
from .plot import chart
from .results import Measured, Results
from .subjects import CASES, FAR, LATENCY, ROOT
from .usage import Usage

PAGE = ROOT / "docs" / "benchmark.md"
PLOT = ROOT / "docs" / "benchmark.svg"
MEASURED = ROOT / "benchmarks" / "measured.json"

_VERDICTS = {True: "yes", False: "**no**", None: "unclear, too much other load"}


@cache
def measured() -> Measured:
    """What was measured last, from its file."""
    return Measured.read(MEASURED.read_text(encoding="utf-8"))


def part(name: str) -> str:
    """A part of the page; its blocks call this.

    Args:
        name: ``conditions`` or a table: ``glance``, ``times``, ``far``, ``goals``, ``counts``,
            ``checkpoints``, ``layer``.
    """
    results, layer = measured().results, measured().layer
    match name:
        case "conditions":
            return measured().conditions
        case "glance":
            return _glance(results)
        case "times":
            return _times(results, LATENCY)
        case "far":
            return _times(results, FAR)
        case "goals":
            rows = [(g.text, g.worst, _VERDICTS[g.met]) for g in goals(results, layer)]
            return _table(("goal", "measured", "met"), rows)
        case "counts":
            return _counts(results)
        case "checkpoints":
            return _checkpoints(results)
        case "layer":
            return _layer(layer) if layer else "Not measured."
    raise ValueError(name)


def write(page: Path = PAGE, plot: Path = PLOT) -> None:
    """Write what was measured last into the blocks of the page, and the plot into its file."""
    measured.cache_clear()
    if Cog().main(["cog", "-r", "-I", str(ROOT), str(page)]):
        message = f"a block of {page} failed"
        raise RuntimeError(message)
    plot.write_text(_plot(measured().results), encoding="utf-8")


def machine() -> str:
    """Where it was measured."""
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"


GLANCE = 200
"""The size that is shown at a glance."""

WAYS = {
    "pulumi_capig": ("connections, 1 account", "blocklist, 1 account"),
    "pulumi_capig, 32 at once": ("connections, 32 at once", ""),
    "Terraform + curl": ("Terraform + curl", "Terraform + curl, blocklist"),
    "Meta's script": ("Meta's script", ""),
}
"""Ways to the same end: the subjects that connect pixels and that block websites."""

LOOKS_AT = {
    "pulumi_capig": "pixels connected already, drift of connections, each answer's `errors`",
    "pulumi_capig, 32 at once": "the same",
    "Terraform + curl": "its own state; an answer with `errors` counts as success",
    "Meta's script": "each answer's `errors`",
}

TASKS = (
    ("connect 200 pixels", 0, "up"),
    ("block 200 websites", 1, "up"),
    ("swap one website", 1, "one change"),
    ("unblock all", 1, "destroy"),
    ("nothing to do", 0, "no-change preview"),
)


def _least(results: Results, way: str, task: tuple[str, int, str], latency: float) -> float | None:
    _, index, case = task
    far = f", {FAR * 1e3:.0f} ms" if latency == FAR else ""
    subject = WAYS[way][index]
    return results.least(subject + far, GLANCE, case) if subject else None


def _glance(results: Results) -> str:
    rows = []
    for latency in (LATENCY, FAR):
        for way in WAYS:
            cells = [_least(results, way, task, latency) for task in TASKS]
            if any(cells):
                shown = ("" if cell is None else f"{cell:.1f}" for cell in cells)
                rows.append((f"{latency * 1e3:.0f} ms", way, *shown, LOOKS_AT[way]))
    return _table(("a request", "way", *(task[0] for task in TASKS), "what it looks at"), rows)


def _times(results: Results, latency: float) -> str:
    chosen = {n: s for n, s in results.subjects.items() if s.latency == latency}
    sizes = [
        size for size in results.sizes() if any((n, size, "up") in results.usages for n in chosen)
    ]
    rows = []
    for case in CASES:
        for name in chosen:
            if not results.subjects[name].checkpoints:
                cells = [_time(results, name, size, case) for size in sizes]
                if any(cells):
                    rows.append((case, name, *cells))
    return _table(("case", "subject", *(f"N = {size}" for size in sizes)), rows)


def _time(results: Results, name: str, size: int, case: str) -> str:
    values = results.values(name, size, case, lambda usage: usage.seconds)
    if not values:
        return ""
    ratio = results.ratio(name, size, case)
    spread = f" ({min(values):.2f}-{max(values):.2f})" if len(values) > 1 else ""
    factor = f", **{ratio:.2f}**" if ratio is not None else ""
    return f"{results.seconds(name, size, case):.2f}{spread}{factor}"


def _counts(results: Results) -> str:
    rows = []
    for name, subject in results.subjects.items():
        for case in CASES:
            for size in results.sizes():
                usages = results.usages.get((name, size, case))
                if usages and not subject.checkpoints:
                    ratio = results.processor_ratio(name, size, case)
                    rows.append((name, case, str(size), *_used(usages[0], ratio)))
    heads = ("requests", "lists", "tokens", "connections", "CPU s", "program MB", "provider MB")
    return _table(("subject", "case", "N", *heads), rows)


def _used(usage: Usage, ratio: float | None) -> tuple[str, ...]:
    counts = (usage.requests, usage.lists, usage.tokens, usage.connections)
    memory = (usage.memory.get(role) for role in ("program", "provider"))
    return (
        *(str(count) for count in counts),
        f"{usage.cpu:.1f}" + (f", **{ratio:.2f}**" if ratio is not None else ""),
        *(f"{peak / 2**20:.0f}" if peak else "" for peak in memory),
    )


def _checkpoints(results: Results) -> str:
    rows = []
    for name, subject in results.subjects.items():
        for case in ("up", "destroy") if subject.checkpoints else ():
            without = name.removesuffix(", checkpoints")
            for size in results.sizes():
                pair = [results.seconds(n, size, case) for n in (without, name)]
                if pair[0] and pair[1]:
                    cells = (f"{pair[0]:.2f}", f"{pair[1]:.2f}", f"{pair[1] - pair[0]:.2f}")
                    rows.append((without, case, str(size), *cells))
    return _table(("subject", "case", "N", "skipped", "written", "cost"), rows)


def _layer(layer: Layer) -> str:
    rows = []
    sizes: list[int] = []
    for kind, steps in layer.cost.items():
        for step in STEPS:
            sizes = sorted(steps[step])
            rows.append((kind, step, *(f"{steps[step][size]:.0f}" for size in sizes)))
    return _table(("kind", "step", *(f"N = {size}" for size in sizes)), rows)


def _plot(results: Results) -> str:
    panels = {
        f"{latency * 1e3:.0f} ms a request": {
            name: {
                way: seconds
                for way in WAYS
                if (seconds := _least(results, way, task, latency)) is not None
            }
            for task in TASKS
            if (name := task[0])
        }
        for latency in (LATENCY, FAR)
    }
    return chart("seconds", panels)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return tabulate(list(rows), heads, tablefmt="pipe", disable_numparse=True)

"""The plot of the page: what a newcomer wants to know, as bars."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Text stays text, and the same values make the same file.
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "benchmark", "font.size": 12}
_COLORS = ("#4051b5", "#9fa8da", "#f2a33a", "#8d8d8d")

Panel = Mapping[str, Mapping[str, float]]


def chart(unit: str, panels: Mapping[str, Panel]) -> str:
    """The chart as SVG text: a panel below the other, in each a group of bars for each task.

    Args:
        unit: Of the bars.
        panels: By title, task and way: how long it took.
    """
    import matplotlib as mpl  # here: it is heavy, and the page is read without a plot
    from matplotlib.figure import Figure

    ways = list(
        dict.fromkeys(w for panel in panels.values() for bars in panel.values() for w in bars)
    )
    colors = dict(zip(ways, _COLORS, strict=False))
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(5, 8), layout="constrained")
        for index, (title, panel) in enumerate(panels.items(), start=1):
            axes = figure.add_subplot(len(panels), 1, index, title=title, xlabel=unit)
            _draw(axes, panel, colors)
        handles = [mpl.patches.Patch(color=color, label=way) for way, color in colors.items()]
        figure.legend(handles=handles, loc="outside upper center", ncols=2, frameon=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def _draw(axes: Axes, panel: Panel, colors: Mapping[str, str]) -> None:
    y, ticks = 0.0, []
    for bars in panel.values():
        ticks.append(y + (len(bars) - 1) / 2)
        for way, seconds in bars.items():
            drawn = axes.barh(y, seconds, color=colors[way])
            axes.bar_label(drawn, fmt="%.1f", padding=2)
            y += 1
        y += 0.8
    axes.set_yticks(ticks, list(panel))
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)

"""The plot of the page: both axes logarithmic, one line a series."""

from __future__ import annotations

import io
from collections.abc import Mapping

import matplotlib as mpl
from matplotlib.figure import Figure

# Text stays text, and the same values make the same file.
_STYLE = {"svg.fonttype": "none", "svg.hashsalt": "benchmark", "font.size": 9}

Series = Mapping[str, Mapping[int, float]]


def chart(title: str, unit: str, series: Series) -> str:
    """The chart as SVG text.

    Args:
        title: What is shown.
        unit: Of the vertical axis.
        series: Values by size, by name of the series.
    """
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(9, 5), layout="constrained")
        axes = figure.add_subplot(title=title, xscale="log", yscale="log", ylabel=unit)
        # In the order in which the lines end, from above.
        for name, line in sorted(series.items(), key=lambda one: -one[1][max(one[1])]):
            sizes = sorted(line)
            axes.plot(sizes, [line[size] for size in sizes], marker=".", label=name)
        ticks = sorted({size for line in series.values() for size in line})
        axes.set_xticks(ticks, [f"N = {size}" for size in ticks])
        axes.minorticks_off()
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(alpha=0.3)
        figure.legend(loc="outside right upper", frameon=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()

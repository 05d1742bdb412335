"""A small line chart in SVG: both axes logarithmic, one line a series."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 210, 40, 50
COLORS = ("#999999", "#555555", "#0b62a4", "#7bb3dd", "#c0504d", "#e0a030", "#6aa84f")

Series = Mapping[str, Mapping[int, float]]


def chart(title: str, unit: str, series: Series) -> str:
    """The chart as SVG text.

    Args:
        title: What is shown.
        unit: Of the vertical axis.
        series: Values by size, by name of the series.
    """
    points = [(x, y) for line in series.values() for x, y in line.items()]
    sizes = sorted({x for x, _ in points})
    low = math.floor(math.log10(min(y for _, y in points)))
    high = math.ceil(math.log10(max(y for _, y in points)))

    def across(size: float) -> float:
        span = math.log(max(sizes) / min(sizes)) or 1
        return LEFT + (WIDTH - LEFT - RIGHT) * math.log(size / min(sizes)) / span

    def up(value: float) -> float:
        share = (math.log10(value) - low) / max(1, high - low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share

    parts = [_text(LEFT, 22, title, weight="bold")]
    for power in range(low, high + 1):
        for value in (10.0**power, 3 * 10.0**power):
            if power < high or value == 10.0**power:
                y = up(value)
                parts.append(_line([(LEFT, y), (WIDTH - RIGHT, y)], "#e4e4e4", 1))
                parts.append(_text(LEFT - 8, y + 4, f"{value:g} {unit}", anchor="end"))
    for size in sizes:
        parts.append(_text(across(size), HEIGHT - BOTTOM + 20, f"N = {size}", anchor="middle"))
    ends: list[float] = []
    by_height = sorted(series, key=lambda name: -series[name][max(series[name])])
    for name in by_height:
        color = COLORS[list(series).index(name) % len(COLORS)]
        line = [(across(size), up(value)) for size, value in sorted(series[name].items())]
        parts.append(_line(line, color, 2))
        ends.append(max(line[-1][1] + 4, ends[-1] + 15 if ends else 0))
        parts.append(_text(WIDTH - RIGHT + 10, ends[-1], name, color=color))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _text(
    x: float, y: float, text: str, color: str = "#333333", anchor: str = "start", weight: str = ""
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {where} fill="{color}"{bold}>{escape(text)}</text>'


def _line(points: list[tuple[float, float]], color: str, width: int) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="{width}"/>'

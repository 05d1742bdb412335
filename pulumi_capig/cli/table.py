"""Rows as a table, or as a list where a terminal is too narrow for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .terminal import UNLIMITED

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Row", "count", "show_rows"]

Row = Mapping[str, Text]
"""The cells by their headings; the first one is never cut short."""

_SHORTEST_NAME = 8
"""Letters of a name that a table must have room for."""


def show_rows(
    output: Console,
    rows: Sequence[Row],
    *,
    name: str = "name",
    numbers: Collection[str] = (),
    optional: Collection[str] = (),
) -> None:
    """Prints rows.

    Args:
        output: Where to.
        rows: All of the same headings, one at least.
        name: Heading of the one column that may be cut short.
        numbers: Headings of figures.
        optional: Headings of columns that are left out where all cells are empty.
    """
    shown = [h for h in rows[0] if h not in optional or any(row[h] for row in rows)]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in shown:
        table.add_column(
            heading,
            justify="right" if heading in numbers else "left",
            no_wrap=heading != name,
        )
    for row in rows:
        table.add_row(*(row[heading] for heading in shown))
    whole = Measurement.get(output, output.options.update(max_width=UNLIMITED), table).maximum
    longest = max(row[name].cell_len for row in rows)
    if whole - max(0, longest - _SHORTEST_NAME) <= output.width:
        output.print(table)
        return
    first = shown[0]
    for row in rows:
        output.print(row[first] + Text("  ") + row[name] if name != first else row[first])
        facts = (Text(f"{h} ") + row[h] for h in shown if h not in (first, name) and row[h])
        output.print(Padding(Text(", ").join(facts), (0, 0, 0, 2)))


def count(figure: float | None) -> Text:
    """A figure; nothing for one that is not known."""
    if figure is None:
        return Text()
    return Text(f"{figure:,.1f}".removesuffix(".0") if abs(figure) < 1e15 else f"{figure:g}")

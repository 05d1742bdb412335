"""Pieces of Markdown that stay what they are, whatever a name or a message holds."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ...errors import one_line
from .preview import SECRET, UNKNOWN

__all__ = ["code", "fenced", "folded", "listed", "row", "value"]

_LONGEST = 160
"""Characters that are shown of one value."""

_FOLDED_FROM = 12
"""Things that a cell shows at once; more of them are behind a click."""


def code(text: str) -> str:
    """A text as code, on one line."""
    text = one_line(text)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    if not text:
        return '`""`'
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    blank = " " if "`" in (text[0], text[-1]) else ""
    return f"{ticks}{blank}{text}{blank}{ticks}"


def value(given: object) -> str:
    """An argument's value; neither secrets nor what is not known yet are shown as code."""
    if isinstance(given, str):
        if given.startswith(SECRET):
            return "(secret)"
        return "(known after `up`)" if given == UNKNOWN else code(given)
    if isinstance(given, list):
        return listed([value(each) for each in given]) or "(none)"
    return code(json.dumps(given, ensure_ascii=False))


def listed(items: Sequence[str]) -> str:
    """Things in a row."""
    return ", ".join(items)


def folded(items: Sequence[str], what: str) -> str:
    """Things in a row, if they are many behind a click on what they are."""
    if len(items) <= _FOLDED_FROM:
        return listed(items)
    return f"<details><summary>{len(items)} {what}</summary>{listed(items)}</details>"


def row(*cells: str) -> str:
    """A row of a table. Code is no protection: a bar ends its cell there, too."""
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def fenced(lines: Sequence[str]) -> list[str]:
    """Lines as they are."""
    text = [re.sub(r"[^\S ]|[^\x20-\x7e\xa0-\U0010ffff]", " ", line) for line in lines]
    runs = [len(run) for line in text for run in re.findall("`+", line)]
    ticks = "`" * max(3, 1 + max(runs, default=0))
    return [f"{ticks}text", *text, ticks]

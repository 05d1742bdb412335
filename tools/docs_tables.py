"""What the site's tables need on a phone: each cell knows the heading of its column."""

from __future__ import annotations

import re
from html import escape, unescape

_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_HEAD = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<td\b")
_TAG = re.compile(r"<[^>]+>")


def on_page_content(html: str, **_context: object) -> str:
    """Put the heading of its column on each cell; the style sheet shows it on a phone."""
    return _TABLE.sub(lambda table: _labelled(table[0]), html)


def _labelled(table: str) -> str:
    heads = [unescape(_TAG.sub("", head)).strip() for head in _HEAD.findall(table)]

    def row(match: re.Match[str]) -> str:
        labels = iter(heads)
        return _CELL.sub(lambda _: f'<td data-label="{escape(next(labels, ""))}"', match[0])

    return _ROW.sub(row, table)

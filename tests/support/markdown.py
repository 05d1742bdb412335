"""The pages of the documentation, other pages like them, and the blocks of code in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.engine import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))

_FENCE = re.compile(
    r"^( *)```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^\1```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        place: Page and line.
        language: What it is written in.
        title: What it is called, or "".
        text: Its lines.
    """

    place: str
    language: str
    title: str
    text: str


def name(page: Path) -> str:
    """A page's path below the folder of documentation."""
    return page.relative_to(DOCS).as_posix()


def blocks(page: Path, *languages: str) -> list[Block]:
    """The blocks of a page of the project in these languages, or in all, in order."""
    text = page.read_text("utf-8")
    found = []
    for match in _FENCE.finditer(text):
        indent, language, title, body = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        body = re.sub(f"^{indent}", "", body, flags=re.MULTILINE)
        if language in languages or not languages:
            place = f"{page.relative_to(ROOT).as_posix()}:{line}"
            found.append(Block(place, language, title or "", body))
    return found

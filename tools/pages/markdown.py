"""Tables, and docstrings as their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from os.path import relpath
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str, page: str) -> str:
    """A description as one line.

    Args:
        text: A docstring or a help text. It holds no links: a resource, a setting or a command in
            single backticks becomes one.
        page: The page that it stands on, below the folder of documentation.
    """
    text = re.sub(r"``(.+?)``", r"`\1`", " ".join(text.split()))
    linked = re.sub(r"`(\w+|capig \w+)`", lambda found: _link(found[1], page), text)
    return linked.replace("|", "\\|")


def _link(name: str, page: str) -> str:
    target = _target(name)
    path = target.partition("#")[0]
    if path == page or not (DOCS / path).is_file():
        return f"`{name}`"
    return f"[`{name}`]({relpath(target, Path(page).parent)})"


def _target(name: str) -> str:
    """The page of a name, if there is one."""
    if name.startswith("CAPIG_"):
        return "settings.md"
    if name.startswith("capig "):
        return f"command-line.md#{name.replace(' ', '-')}"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name) if name[0].isupper() else ""
    return f"resources/{words.lower()}.md"

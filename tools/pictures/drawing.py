"""Pictures as SVG text, in one style: a card that is readable on a phone, in light and in dark."""

from __future__ import annotations

import re
from html import escape
from typing import Literal

WIDTH = 512
"""Of each picture, so that text of 16 is 11 pixels high on a screen of 390."""

LINE = 22
"""From one line of text to the next."""

MARGIN = 16

Anchor = Literal["start", "middle", "end"]

STYLE = """
:root{--card:#fbfcfe;--edge:#d5dbe5;--ink:#1c2431;--soft:#566175;--line:#8b97a9;--box:#eef1f8;\
--own:#3949ab;--own-box:#e8eaf9;--stop:#b3261e;--stop-box:#fdecea;--go:#1a7042;--go-box:#e6f4ea}
@media (prefers-color-scheme:dark){:root{--card:#22252e;--edge:#3d4352;--ink:#e8ebf2;\
--soft:#a9b2c3;--line:#7f8aa0;--box:#2c313d;--own:#aab6ff;--own-box:#2d3356;--stop:#ffaaa2;\
--stop-box:#4d2a2a;--go:#8fd6a8;--go-box:#22402f}}
text{font:16px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;\
fill:var(--ink)}
.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;\
font-size:.94em}
.strong{font-weight:600}
.soft{fill:var(--soft)}
.own{fill:var(--own)}
.stop{fill:var(--stop)}
.go{fill:var(--go)}
.over{paint-order:stroke;stroke:var(--card);stroke-width:6px;stroke-linejoin:round}
rect,circle{fill:var(--box);stroke:var(--edge)}
rect.own,circle.own{fill:var(--own-box);stroke:var(--own)}
rect.card{fill:var(--card)}
rect.stop{fill:var(--stop-box);stroke:var(--stop)}
rect.go{fill:var(--go-box);stroke:var(--go)}
rect.group{fill:none;stroke:var(--line);stroke-dasharray:5 4}
rect.band{stroke:none}
path{fill:none;stroke:var(--line);stroke-width:1.5}
path.own{stroke:var(--own)}
path.lane{stroke:var(--edge);stroke-dasharray:4 4}
marker path{fill:var(--line);stroke:none}
"""

HEAD = (
    '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" '
    'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>'
)


class Picture:
    """A picture that grows downwards.

    Args:
        title: What it shows, in some words.
        says: What it says, in some sentences, for those who do not see it.
    """

    def __init__(self, title: str, says: str) -> None:
        self._title = title
        self._says = says
        self._parts: list[str] = []

    def text(
        self, x: float, y: float, text: str, kind: str = "", *, anchor: Anchor = "start"
    ) -> None:
        """A line of text on its base line; what is between backticks is code."""
        plain = escape(text.replace("'", "\u2019"), quote=False)
        inner = re.sub(r"`([^`]+)`", r'<tspan class="code">\1</tspan>', plain)
        where = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._add(f'<text x="{x:g}" y="{y:g}"{where}{_class(kind)}>{inner}</text>')

    def lines(self, x: float, y: float, *texts: str, kind: str = "") -> float:
        """Some lines of text; returns the base line after the last one."""
        for text in texts:
            self.text(x, y, text, kind)
            y += LINE
        return y

    def box(
        self, x: float, y: float, width: float, height: float, kind: str = "", *, round_: float = 6
    ) -> None:
        """A box."""
        self._add(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
            f'rx="{round_:g}"{_class(kind)}/>'
        )

    def label(self, x: float, y: float, width: float, text: str, kind: str = "") -> None:
        """A box with one line of text in its middle."""
        self.box(x, y, width, 28, kind, round_=14)
        self.text(x + width / 2, y + 19.5, text, kind, anchor="middle")

    def disc(self, x: float, y: float, text: str) -> None:
        """A number in a circle."""
        self._add(f'<circle cx="{x:g}" cy="{y:g}" r="14" class="own"/>')
        self.text(x, y + 5.5, text, "strong own", anchor="middle")

    def line(self, *points: tuple[float, float], kind: str = "", head: bool = False) -> None:
        """A line through some points, with or without a head at its end."""
        route = " ".join(f"{x:g} {y:g}" for x, y in points)
        end = ' marker-end="url(#head)"' if head else ""
        self._add(f'<path d="M{route}"{_class(kind)}{end}/>')

    def arrow(self, *points: tuple[float, float]) -> None:
        """An arrow through some points."""
        self.line(*points, head=True)

    def svg(self, height: float) -> str:
        """The picture's text."""
        inside = "\n".join(self._parts)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
            f'width="{WIDTH}" height="{height:g}" role="img" aria-labelledby="title says">\n'
            f'<title id="title">{escape(self._title)}</title>\n'
            f'<desc id="says">{escape(self._says)}</desc>\n'
            f"<style>{STYLE}</style>\n<defs>{HEAD}</defs>\n"
            f'<rect class="card" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1:g}" '
            f'rx="8"/>\n{inside}\n</svg>\n'
        )

    def _add(self, part: str) -> None:
        self._parts.append(part)


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""

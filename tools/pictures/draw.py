"""Draw the documentation's pictures: `python tools/pictures/draw.py [FOLDER]`."""

from __future__ import annotations

import sys
from pathlib import Path

import advertiser
import architecture
import filters
import signals
import up

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"

PICTURES = {
    "architecture": architecture.draw,
    "up": up.draw,
    "filter-scope": filters.draw_scope,
    "deletes": filters.draw_deletes,
    "advertiser": advertiser.draw,
    "signals": signals.draw,
}


def main(folder: Path) -> None:
    """Write all pictures into a folder."""
    for name, draw in PICTURES.items():
        (folder / f"{name}.svg").write_text(draw(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)

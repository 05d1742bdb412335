"""What the scope of a filter means, and what a delete unblocks."""

from __future__ import annotations

from drawing import LINE, MARGIN, WIDTH, Picture

_COLUMNS = (MARGIN, 264)
_COLUMN = 232
_CHIP = 42


def draw_scope() -> str:
    """The whole account beside named pixels."""
    picture = Picture(
        "The scope of a filter with DROP",
        "Without pixel_ids the filter covers the whole account: pixels A, B and C, and a pixel D "
        "that the program connects later, in the step that connects it. Whether it covers a pixel "
        "E that somebody else connects later is not documented; a new reassert covers it. With "
        "pixel_ids A and B it covers these two, and no pixel that comes later. Deleting either "
        "filter publishes the event again for all pixels, except where another filter of the "
        "program claims them.",
    )
    wide, named = _COLUMNS
    for x, heading, code in (
        (wide, "Whole account", "no `pixel_ids`"),
        (named, "Named pixels", '`pixel_ids=["A", "B"]`'),
    ):
        picture.text(x, 36, heading, "strong own")
        picture.text(x, 36 + LINE, code)
    y = _row(picture, 84, "A, B and C are connected", "ABC", "", "AB", "C")
    y = _row(
        picture,
        y,
        "Your program connects D",
        "ABCD",
        "",
        "AB",
        "CD",
        ("in the same step",),
        ("until you name it",),
    )
    y = _row(
        picture,
        y,
        "Someone else connects E",
        "ABCD",
        "",
        "AB",
        "CDE",
        ("not documented; a new", "`reassert` covers E"),
        unsure="E",
    )
    y = _row(picture, y, "You delete the filter", "", "ABCDE", "", "ABCDE")
    y = picture.lines(
        MARGIN,
        y + 6,
        "A pixel that another filter of your program covers",
        "keeps the state that the other filter declares.",
        kind="soft",
    )
    return _legend(picture, y + 14)


def _row(
    picture: Picture,
    y: float,
    heading: str,
    wide_held: str,
    wide_open: str,
    named_held: str,
    named_open: str,
    wide_says: tuple[str, ...] = (),
    named_says: tuple[str, ...] = (),
    unsure: str = "",
) -> float:
    """What becomes of the pixels in both columns; returns where the next row begins."""
    picture.box(8, y - 4, WIDTH - 16, 32, "band")
    picture.text(MARGIN, y + 17.5, heading, "strong")
    chips = y + 38
    for x, held, opened, doubt in (
        (_COLUMNS[0], wide_held, wide_open, unsure),
        (_COLUMNS[1], named_held, named_open, ""),
    ):
        _chips(picture, x, chips, held, opened, doubt)
    below = chips + 28 + 20
    picture.lines(_COLUMNS[0], below, *wide_says, kind="soft")
    picture.lines(_COLUMNS[1], below, *named_says, kind="soft")
    return below + LINE * max(len(wide_says), len(named_says)) - 2


def _chips(picture: Picture, x: float, y: float, held: str, opened: str, doubt: str = "") -> None:
    step = _CHIP + 4
    for name in sorted(held + opened + doubt):
        kind = "stop" if name in held else "go" if name in opened else ""
        mark = "✕" if name in held else "✓" if name in opened else "?"
        picture.label(x, y, _CHIP, f"{name} {mark}", kind)
        x += step


def _legend(picture: Picture, y: float) -> str:
    picture.label(MARGIN, y - 16, _CHIP, "A ✕", "stop")
    picture.text(MARGIN + _CHIP + 8, y + 3, "event is dropped")
    picture.label(264, y - 16, _CHIP, "A ✓", "go")
    picture.text(264 + _CHIP + 8, y + 3, "event is published")
    return picture.svg(y + 28)


def draw_deletes() -> str:
    """What each way to take something out unblocks."""
    picture = Picture(
        "What a delete unblocks",
        "A filter drops an event for pixels A and B. Taking B out of pixel_ids unblocks B. "
        "Removing the filter, or changing its event_name, unblocks both. Destroy unblocks both and "
        "disconnects the pixels. Removing it with retain_on_delete, pulumi state delete, and "
        "renaming the resource in the program unblock nothing.",
    )
    picture.text(MARGIN, 36, "A filter drops an event for the pixels A and B", "strong")
    picture.text(MARGIN, 66, "you do", "soft")
    picture.text(_AFTER, 66, "afterwards", "soft")
    y = 78.0
    for (first, second), held, opened in (
        (("take B out of `pixel_ids`", ""), "A", "B"),
        (("remove the filter from", "the program"), "", "AB"),
        (("change `event_name`", "(for the old name)"), "", "AB"),
        (("`pulumi destroy`", "then disconnects the pixels"), "", "AB"),
        (("remove the filter, with", "`retain_on_delete=True`"), "AB", ""),
        (("`pulumi state delete`", ""), "AB", ""),
        (("rename the resource", "in the program"), "AB", ""),
    ):
        height = 62 if second else 44
        picture.line((MARGIN, y), (WIDTH - MARGIN, y), kind="lane")
        picture.lines(MARGIN, y + 27, first, *filter(None, (second,)))
        _chips(picture, _AFTER, y + height / 2 - 14, held, opened)
        y += height
    picture.line((MARGIN, y), (WIDTH - MARGIN, y), kind="lane")
    return _legend(picture, y + 30)


_AFTER = 360

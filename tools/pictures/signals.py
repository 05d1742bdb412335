"""Signals Gateway: from sources through a pipeline to destinations."""

from __future__ import annotations

from drawing import MARGIN, WIDTH, Picture

_LEFT, _RIGHT, _HALF = MARGIN, 264, 232
_FULL = WIDTH - 2 * MARGIN


def draw() -> str:
    """Where events come from, where they are blocked, where they go."""
    picture = Picture(
        "Signals Gateway: sources, a pipeline, destinations",
        "Two data sources, a site and an app, send events into a pipeline. The pipeline blocks "
        "AchievementUnlocked, which reaches no destination, and passes Purchase and Lead. The "
        "dataset of Meta gets Purchase and blocks Lead for itself; the HTTP endpoint gets both.",
    )
    for x, code, text in (
        (_LEFT, "`DataSource`", "your site"),
        (_RIGHT, "`DataSource`", "an app, a file, …"),
    ):
        picture.box(x, 16, _HALF, 62)
        picture.text(x + 12, 40, code, "strong")
        picture.text(x + 12, 64, text)
    picture.arrow((_LEFT + _HALF / 2, 78), (_LEFT + _HALF / 2, 116))
    picture.arrow((_RIGHT + _HALF / 2, 78), (_RIGHT + _HALF / 2, 116))
    picture.box(_LEFT, 118, _FULL, 152, "own")
    picture.text(_LEFT + 12, 142, "`Pipeline`", "strong own")
    picture.text(_LEFT + 12, 166, '`blocked_events=["AchievementUnlocked"]`')
    picture.label(_LEFT + 12, 182, 108, "Purchase ✓", "go")
    picture.label(_LEFT + 128, 182, 82, "Lead ✓", "go")
    picture.label(_LEFT + 218, 182, 214, "AchievementUnlocked ✕", "stop")
    picture.text(_LEFT + 12, 236, "What it blocks reaches no destination.", "soft")
    picture.text(_LEFT + 12, 258, "Everything else goes on.", "soft")
    _destination(
        picture,
        (_LEFT, 252),
        ("ConversionsApiDestination", "a dataset of Meta", '`blocked_events=["Lead"]`'),
        ("Lead ✕", "stop"),
    )
    _destination(
        picture,
        (_LEFT + 268, 212),
        ("HttpDestination", "your own endpoint", "blocks nothing"),
        ("Lead ✓", "go"),
    )
    picture.lines(
        MARGIN,
        474,
        "A pixel that is connected to the gateway has its own",
        "pipeline: declare a `PixelConnection` and filters.",
        kind="soft",
    )
    return picture.svg(514)


def _destination(
    picture: Picture, place: tuple[int, int], texts: tuple[str, str, str], lead: tuple[str, str]
) -> None:
    x, width = place
    picture.arrow((x + width / 2, 270), (x + width / 2, 308))
    picture.box(x, 310, width, 132)
    picture.text(x + 12, 334, f"`{texts[0]}`", "strong")
    picture.lines(x + 12, 358, *texts[1:])
    picture.label(x + 12, 398, 108, "Purchase ✓", "go")
    picture.label(x + 124, 398, 78, *lead)

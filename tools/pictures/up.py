"""The life of one `pulumi up`."""

from __future__ import annotations

from drawing import MARGIN, WIDTH, Picture

LANES = {"program": 58, "picture": 161, "engine": 258, "provider": 355, "gateway": 454}
_INSIDE = 8
_LETTER = 8.2  # wide, on average and generously


def draw() -> str:
    """Who is asked what, and in which order."""
    sequence = _Sequence()
    sequence.band("1", "Your program runs")
    sequence.step("program", "picture", "writes all it declares")
    sequence.step("program", "engine", "registers each resource")
    sequence.band("2", "What would change?", "nothing is sent")
    sequence.step("engine", "provider", "`check`: are the arguments right?")
    sequence.step("provider", "picture", "reads it, once")
    sequence.step("provider", "engine", "canonical arguments, or errors")
    sequence.step("engine", "provider", "`diff`: program and state")
    sequence.step("provider", "engine", "same, update or replace")
    sequence.band("3", "Create and update", "`up` only")
    sequence.step("engine", "provider", "`create`, `update`")
    sequence.step("provider", "gateway", "lists the pixels, once")
    sequence.step("provider", "picture", "which filters cover this pixel?")
    sequence.step("provider", "gateway", "connects it, sends its filters")
    sequence.step("gateway", "provider", "answers each write")
    sequence.step("provider", "engine", "outputs, which go into the state")
    sequence.band("4", "Delete what left the program", "`up` only")
    sequence.step("engine", "provider", "`delete`")
    sequence.step("provider", "picture", "does another resource claim it?")
    sequence.step("provider", "gateway", "if not, withdraws it")
    return sequence.finish(
        "`pulumi up` runs 1 and 2 twice: for its preview, and",
        "again when you say yes. Then 3 and 4 follow.",
    )


class _Sequence:
    """Steps between those who take part, one below the other."""

    def __init__(self) -> None:
        self._picture = Picture(
            "One pulumi up, step by step",
            "Your program writes the picture, all that it declares, and registers each resource "
            "with the engine. The engine asks the provider to check and to diff; the provider "
            "reads the picture once and sends nothing. In up alone, create and update follow: the "
            "provider lists the account's pixels once, connects a pixel and sends its filters, "
            "and its outputs go into the state. Deletes come last, and the provider sends only "
            "what no other resource claims.",
        )
        self._steps: list[tuple[float, str, str, str]] = []
        self._bands: list[tuple[float, str, str, str]] = []
        self._y = 64.0

    def band(self, number: str, text: str, remark: str = "") -> None:
        self._bands.append((self._y, number, text, remark))
        self._y += 64

    def step(self, start: str, end: str, text: str) -> None:
        self._steps.append((self._y, start, end, text))
        self._y += 42

    def finish(self, *remarks: str) -> str:
        picture, bottom = self._picture, self._y
        for name, x in LANES.items():
            picture.line((x, 44), (x, bottom - 18), kind="lane")
            picture.box(x - 44, 16, 88, 28, "own" if name == "provider" else "")
            kind = "strong own" if name == "provider" else "strong"
            picture.text(x, 35.5, name, kind, anchor="middle")
        for y, number, text, remark in self._bands:
            picture.box(_INSIDE, y - 4, WIDTH - 2 * _INSIDE, 32, "band")
            picture.disc(_INSIDE + 18, y + 12, number)
            picture.text(_INSIDE + 40, y + 17.5, text, "strong")
            if remark:
                picture.text(WIDTH - MARGIN, y + 17.5, remark, "soft", anchor="end")
        for y, start, end, text in self._steps:
            self._draw(y, LANES[start], LANES[end], text)
        y = picture.lines(MARGIN, bottom + 8, *remarks, kind="soft")
        return picture.svg(y - 6)

    def _draw(self, y: float, start: float, end: float, text: str) -> None:
        half = len(text.replace("`", "")) * _LETTER / 2
        middle = min(max((start + end) / 2, _INSIDE + half), WIDTH - _INSIDE - half)
        self._picture.text(middle, y, text, "over", anchor="middle")
        self._picture.arrow((start, y + 9), (end, y + 9))

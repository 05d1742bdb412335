"""An advertiser, from onboarding to offboarding."""

from __future__ import annotations

from itertools import pairwise

from drawing import LINE, WIDTH, Picture

_RAIL, _LEFT = 30, 62
_RIGHT = WIDTH - 16


def draw() -> str:
    """Five steps, each with what it does and what guards it."""
    picture = Picture(
        "An advertiser from onboarding to offboarding",
        "Onboard: an account, and in it an admin, a first-party domain, a pixel and filters; the "
        "CNAME record and the invitation are done by hand. Change: name, roles, tokens and "
        "filters change in place, and nothing replaces an account. Switch off with active=False: "
        "pixels stop publishing, everything stays. Unprotect with protect=False: only Pulumi's "
        "state changes. Take it out of the program: filters, pixels and people go first, then the "
        "account, if it is empty.",
    )
    ends: list[float] = []
    y = 40.0
    for number, (heading, code, texts, guards) in enumerate(_STEPS, 1):
        ends.append(y)
        picture.text(_LEFT, y, heading, "strong")
        picture.text(_RIGHT, y, code, anchor="end")
        if number == 1:
            y = _account(picture, y + 14)
        y = picture.lines(_LEFT, y + LINE + 2, *texts)
        height = LINE * len(guards) + 14
        picture.box(_LEFT, y - 12, _RIGHT - _LEFT, height, "own")
        picture.lines(_LEFT + 10, y + 9, *guards, kind="own")
        y += height + 24
    for y_from, y_to in pairwise(ends):
        picture.arrow((_RAIL, y_from + 10), (_RAIL, y_to - 22))
    for number, at in enumerate(ends, 1):
        picture.disc(_RAIL, at - 5, str(number))
    picture.box(_LEFT, y - 20, 22, 18, "own")
    picture.text(_LEFT + 32, y - 5.5, "what protects you", "soft")
    return picture.svg(y + 14)


_STEPS = (
    (
        "Onboard",
        "`pulumi up`",
        ("By hand: the CNAME record and the invitation.",),
        ("If an answer is lost, the account is not", "requested a second time."),
    ),
    (
        "Change",
        "`pulumi up`",
        ("Name, people, token and filters: in place.",),
        (
            "Nothing replaces an account. If you rename the",
            "resource, the preview fails: it is protected.",
        ),
    ),
    (
        "Switch off",
        "`active=False`",
        ("Its pixels stop publishing; everything stays.",),
        ("You can go back: `active=True`",),
    ),
    (
        "Take the protection away",
        "`protect=False`",
        ("Changes Pulumi's state alone.",),
        ("Until then, `pulumi destroy` refuses.",),
    ),
    (
        "Take it out of the program",
        "`pulumi up`",
        (
            "Filters and pixels go first, then the account;",
            "its domain and its last admin go with it.",
        ),
        ("An account with a pixel that someone else", "connected is not deleted."),
    ),
)


def _account(picture: Picture, y: float) -> float:
    """The account and what is in it; returns the base line of what follows."""
    picture.box(_LEFT, y, _RIGHT - _LEFT, 116)
    picture.text(_LEFT + 12, y + 24, "`Account`", "strong")
    width, left = 198, _LEFT + 12
    for row, names in enumerate(
        (("AccountUser", "FirstPartyDomain"), ("PixelConnection", "EventFilter"))
    ):
        for column, name in enumerate(names):
            picture.label(
                left + column * (width + 14), y + 40 + row * 36, width, f"`{name}`", "card"
            )
    return y + 120

"""What counts as text, and characters in it that nobody sees."""

from __future__ import annotations

import re
import unicodedata

_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")
# Letters, marks and symbols that are drawn as nothing: Unicode's default ignorables, and a blank.
_DRAWN_AS_NOTHING = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
)
_JOINER, _COLOURED = "\u200d", "\ufe0f"
# Unicode's emoji, by ranges that hold some other symbols too.
_EMOJI = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_KEYCAP = "\u20e3"


def text(value: object, what: str) -> str:
    """A string, and nothing that only looks like one."""
    if not isinstance(value, str):
        message = f"{what} must be text, not {kind(value)}"
        raise ValueError(message)
    return value


def visible(value: object, what: str) -> str:
    """A string without characters that nobody sees, such as those that copying brings along.

    What holds an emoji together or colours it is no such character.
    """
    value = text(value, what)
    if value.isascii() and value.isprintable():
        return value
    for place, character in enumerate(value):
        if _is_unseen(character) and not _is_of_emoji(value, place):
            message = f"{what} has an invisible character (U+{ord(character):04X})"
            raise ValueError(message)
    return value


def kind(value: object) -> str:
    """What a value is, in words."""
    if value is None:
        return "None"
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", str: "text"}
    return names.get(type(value), "an object" if isinstance(value, dict) else type(value).__name__)


def has_blanks(value: str) -> bool:
    """Whether there are blanks or line ends of any kind."""
    return re.search(r"\s", value) is not None


def _is_unseen(character: str) -> bool:
    if character == " ":
        return False
    hidden = unicodedata.category(character) in _CATEGORIES
    return hidden or re.match(f"[{_DRAWN_AS_NOTHING}]", character) is not None


def _is_of_emoji(value: str, place: int) -> bool:
    before, character, after = value[:place], value[place], value[place + 1 :]
    if character == _JOINER:
        joined = re.search(f"{_EMOJI}{_COLOURED}?$", before)
        return joined is not None and re.match(_EMOJI, after) is not None
    if character == _COLOURED:
        return re.search(f"{_EMOJI}$", before) is not None or after.startswith(_KEYCAP)
    return False

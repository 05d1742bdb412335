"""Plain forms of values: each reads a text, or raises ``ValueError`` with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable


def text(value: str) -> str:
    """Any text, as it is."""
    return value


def boolean(value: str) -> bool:
    """``true`` or ``false``."""
    choices = {"true": True, "false": False}
    if value not in choices:
        message = "must be true or false"
        raise ValueError(message)
    return choices[value]


def number(unit: str, example: str) -> Callable[[str], float]:
    """A number above 0.

    Args:
        unit: What is counted, for the message: ``seconds``.
        example: A good value, for the message.
    """

    def parse(value: str) -> float:
        try:
            found = float(value)
        except ValueError:
            found = -1.0
        if not 0 < found < 1e6:
            message = f"must be a number of {unit} above 0, for example {example}"
            raise ValueError(message)
        return found

    return parse


def count(least: int, most: int) -> Callable[[str], int]:
    """A whole number, both ends included."""

    def parse(value: str) -> int:
        if not (re.fullmatch("[0-9]{1,9}", value) and least <= int(value) <= most):
            message = f"must be a whole number from {least} to {most}"
            raise ValueError(message)
        return int(value)

    return parse

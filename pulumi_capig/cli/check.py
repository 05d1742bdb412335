"""One line of a diagnosis."""

from __future__ import annotations

from dataclasses import dataclass

from .exits import Exit

__all__ = ["Check"]


@dataclass(frozen=True)
class Check:
    """One line of the diagnosis.

    Attributes:
        name: What was looked at.
        said: What was found.
        fix: What to do about it; empty where all is well.
        status: What it means for the exit status.
    """

    name: str
    said: str
    fix: str = ""
    status: Exit = Exit.GOOD

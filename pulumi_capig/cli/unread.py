"""What `capig export` asks the gateway for, and what of it a program cannot have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ..errors import GatewayError, NotAuthorizedError, NotFoundError, one_line

__all__ = ["Unread", "asked", "usable"]

T = TypeVar("T")


@dataclass(frozen=True)
class Unread:
    """Something that the program lacks, and why."""

    what: str
    why: str

    def __str__(self) -> str:
        return one_line(f"{self.what}: {self.why}")


def asked(
    ask: Callable[[], T | None],
    what: str,
    unread: list[Unread],
    *,
    null: bool = True,
    refused: tuple[type[GatewayError], ...] = (),
) -> T | None:
    """An answer; None where the account may not be seen, which is then noted.

    Args:
        ask: Asks for it.
        what: What is asked for.
        unread: Where to note it.
        null: Whether the gateway's null means that it may not be seen.
        refused: How a gateway of an older version refuses the question, in GraphQL's own errors.
    """
    try:
        found = ask()
    except (NotAuthorizedError, NotFoundError) as error:
        unread.append(Unread(what, error.reason))
        return None
    except refused as error:
        if not error.in_json:
            raise
        unread.append(Unread(what, error.reason))
        return None
    if found is None and null:
        unread.append(Unread(what, "the gateway answered null"))
    return found


def usable(form: Callable[[object], str], value: object) -> str | None:
    """A value in the form that a program declares; None if it has none."""
    try:
        return form(value) if value else None
    except ValueError:
        return None

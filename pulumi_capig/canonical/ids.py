"""Ids of Meta, of the gateway's accounts and of its API accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .text import has_blanks, text, visible


def digits(value: object, what: str) -> str:
    """A Meta id: decimal digits of any length, as text (a number loses digits above 2**53).

    A zero in front is refused: Meta's ids have none, and with it one pixel had two ids.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        message = f"{what} must be text: write it in quotes (a number loses digits)"
        raise ValueError(message)
    value = text(value, what)
    if not re.fullmatch("[0-9]+", value):
        message = f"{what} must be decimal digits and nothing else"
        if _is_rewritten_number(value):
            message += "; YAML or a spreadsheet has rewritten it: write it in quotes there"
        raise ValueError(message)
    if value.startswith("0"):
        message = f"{what} never starts with 0: remove the zero"
        raise ValueError(message)
    return value


def pixel_id(value: object) -> str:
    """A pixel (dataset) id."""
    if isinstance(value, str) and "/" in value:
        message = "this is the id of a resource; pass the connection's pixel_id"
        raise ValueError(message)
    return digits(value, "a pixel id")


def business_id(value: object) -> str:
    """A Meta business id."""
    return digits(value, "a business id")


def pixel_ids(values: Iterable[str]) -> list[str]:
    """Pixel ids as a set: sorted, each once."""
    return sorted(set(values))


def rounding_remark(pixel_id: str) -> str:
    """What to say of an id that a spreadsheet may have rounded; else empty."""
    if not re.fullmatch("[0-9]{15}0+", pixel_id):
        return ""
    return (
        f"id {pixel_id} may be rounded: a spreadsheet keeps 15 digits and puts zeros after them; "
        "compare it with Meta's Events Manager"
    )


def tenant_id(value: object) -> str:
    """An account's id: text without blanks and without ``/``."""
    value = text(value, "an account id")
    if not value:
        message = "an account id must not be empty"
    elif value[0] in "[{":
        message = "this is a list or an object and not an account id: write one id, in quotes"
    elif has_blanks(value) or "/" in value:
        message = "an account id must not contain whitespace or '/'"
    elif _is_rewritten_number(value):
        message = "YAML has rewritten this account id as a number: write it in quotes"
    else:
        return visible(value, "an account id")
    raise ValueError(message)


def client_id(value: object) -> str:
    """The name of an API account: any characters that can be seen."""
    value = visible(value, "the API account")
    if value.startswith(('["', '{"')):
        message = "this is a list or an object and not an API account: write one name, in quotes"
    elif _is_rewritten_number(value) and "e" in value:
        message = "YAML has rewritten this API account as a number: write it in quotes"
    else:
        return value
    raise ValueError(message)


def _is_rewritten_number(value: str) -> bool:
    """Whether a program has printed this for a number, as YAML does 12345e78: 1.2345e+82."""
    decimals, exponent = "[.,][0-9]+", "[eE][+-][0-9]+"
    form = f"-?[0-9]+({decimals}({exponent})?|{exponent})"
    return re.fullmatch(form, value) is not None

"""People who have access to an account, and what they may do there."""

from __future__ import annotations

import re

from .domains import domain
from .text import has_blanks, text, visible

_ACTION = re.compile(r"[a-z][a-z_]*")
_FULL_ROLE = re.compile(r"(?:advertiser|agency)-([a-z][a-z_]*)(?:-\w+)?", re.ASCII | re.IGNORECASE)


def email(value: object) -> str:
    """An e-mail address in lower case, as gateways answer it."""
    value = text(value, "an e-mail address")
    local, _, host = value.partition("@")
    if has_blanks(value) or value.count("@") != 1 or not local or not host:
        message = "an e-mail address has the form name@example.com"
    elif not local.isascii() or not local.isprintable():
        message = "the part of an e-mail address before the @ must be ASCII"
    else:
        try:
            return f"{local.lower()}@{domain(host)}"
        except ValueError as error:
            message = f"the part of an e-mail address after the @ is not a domain: {error}"
    raise ValueError(message)


def role(value: object) -> str:
    """What a user of an account may do: the action alone, in lower case."""
    value = text(value, "a role")
    if full := _FULL_ROLE.fullmatch(value):
        message = f'write only the action of the role: "{full[1].lower()}"'
        raise ValueError(message)
    if not _ACTION.fullmatch(value):
        message = 'a role is one word in lower case, such as "admin", "manage" or "view"'
        raise ValueError(message)
    return value


def account_name(value: object) -> str:
    """The display name of an account."""
    name = visible(value, "an account name")
    if not name or name != name.strip():
        message = "an account name must not be empty, or start or end with whitespace"
        raise ValueError(message)
    return name

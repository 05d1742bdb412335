"""Domains of websites."""

from __future__ import annotations

import ipaddress
import re

from .text import has_blanks, text

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
# Full stops that UTS 46 maps to the ASCII one.
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))


def domain(value: object) -> str:
    """A bare domain in lower case and ASCII (IDNA, UTS 46), without a trailing dot."""
    value = text(value, "a domain")
    _refuse_other_than_domain(value)
    name = _to_ascii(value)
    labels = name.split(".")
    if len(name) > 253 or not all(re.fullmatch(_LABEL, label) for label in labels):
        message = "this is not a domain; the form is example.com"
        raise ValueError(message)
    if labels[-1].isdigit():
        message = "an IP address is not a domain; the gateway filters websites by their domain"
        raise ValueError(message)
    return name


def _refuse_other_than_domain(value: str) -> None:
    has_scheme = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", value) is not None
    if not value:
        message = "the domain is empty"
    elif has_blanks(value):
        message = "a domain must not contain whitespace"
    elif has_scheme:
        message = "write the domain without its scheme (example.com, not https://example.com)"
    elif any(mark in value for mark in "/?#\\"):
        message = "write the domain without a path (example.com, not example.com/page)"
    elif "*" in value:
        message = "the gateway does not know wildcards; declare each domain by its full name"
    elif "@" in value:
        message = "this is an e-mail address or holds a user name; the form is example.com"
    elif _is_ip(value.strip("[]").partition("%")[0]) or re.fullmatch(r"[0-9.]+:[0-9]+", value):
        message = "an IP address is not a domain; the gateway filters websites by their domain"
    elif ":" in value:
        message = "write the domain without a port (example.com, not example.com:8080)"
    else:
        return
    raise ValueError(message)


def _to_ascii(value: str) -> str:
    name = value.translate(_DOTS).removesuffix(".")
    if name.isascii() and "xn--" not in name.lower():
        return name.lower()
    import idna  # only where a name needs it: programs stay quick to start

    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except idna.IDNAError as error:
        message = "this is not a valid internationalised domain name"
        raise ValueError(message) from error


def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True

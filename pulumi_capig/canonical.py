"""One spelling for each value, so that no other spelling of it ever makes a difference.

Each function takes what a program or a setting says and returns the canonical form, or raises
``ValueError`` with one sentence for the person who wrote it. No message quotes a secret.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Iterable

from .enums import FilterState, StandardEvent

STANDARD_EVENTS = tuple(event.value for event in StandardEvent)
"""Meta's standard event names; names are case-sensitive by use."""

PUBLISH = FilterState.PUBLISH.value
DROP = FilterState.DROP.value

_DIGITS = re.compile(r"[0-9]+")
_API_VERSION = re.compile(r"v[0-9]+\.[0-9]+")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_API_TOKEN = re.compile(r"[!-~]+")
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")
_BLANK = re.compile(r"\s")
_PLACEHOLDER = re.compile(
    r"<.*>|\$\{.*\}|\$\(.*\)|\{\{.*\}\}|\[.*\]|x{3,}|\*+|\.+|change[-_ ]?me|todo|your[-_ ].*",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
# Full stops that UTS 46 maps to the ASCII one.
_DOTS = re.compile("[\u3002\uff0e\uff61]")


def text(value: object, what: str) -> str:
    """A string, and nothing that only looks like one."""
    if not isinstance(value, str):
        message = f"{what} must be text, not {_kind(value)}"
        raise ValueError(message)
    return value


def visible(value: object, what: str) -> str:
    """A string without characters that nobody sees, such as those that copying brings along.

    The joiner that holds an emoji together is no such character.
    """
    value = text(value, what)
    if not value.isprintable():
        for character in value.replace("\u200d", ""):
            if character != " " and unicodedata.category(character) in _UNSEEN:
                message = f"{what} has a character that cannot be seen (U+{ord(character):04X})"
                raise ValueError(message)
    return value


def digits(value: object, what: str) -> str:
    """A Meta id: decimal digits of any length, as text (a number loses digits above 2**53)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        message = f"{what} must be text: write it in quotes (a number loses digits)"
        raise ValueError(message)
    value = text(value, what)
    if not _DIGITS.fullmatch(value):
        message = f"{what} must be decimal digits and nothing else"
        raise ValueError(message)
    return value


def pixel_id(value: object) -> str:
    """A pixel (dataset) id."""
    return digits(value, "a pixel id")


def business_id(value: object) -> str:
    """A Meta business id."""
    return digits(value, "a business id")


def pixel_ids(values: Iterable[str]) -> list[str]:
    """Pixel ids as a set: sorted, each once."""
    return sorted(set(values))


def tenant_id(value: object) -> str:
    """An account's id: text without blanks and without ``/``."""
    value = text(value, "an account id")
    if not value:
        message = "an account id must not be empty"
        raise ValueError(message)
    if _BLANK.search(value) or "/" in value:
        message = "an account id has no blanks and no '/'"
        raise ValueError(message)
    return visible(value, "an account id")


def api_version(value: object) -> str:
    """A Graph API version such as ``v24.0``."""
    value = text(value, "an API version")
    if not _API_VERSION.fullmatch(value):
        message = "an API version has the form v24.0"
        raise ValueError(message)
    return value


def access_token(value: object) -> str:
    """A pixel's access token: not empty, no blanks or line ends, no placeholder."""
    value = text(value, "an access token")
    if not value:
        message = "the access token is empty"
        raise ValueError(message)
    if _BLANK.search(value):
        message = "the access token has blanks or line ends; it was probably not copied cleanly"
        raise ValueError(message)
    if _PLACEHOLDER.fullmatch(value):
        message = "the access token is a placeholder; put the real token in its place"
        raise ValueError(message)
    return visible(value, "the access token")


def api_token(value: object) -> str:
    """A token of the gateway's API: what a header can carry, without blanks."""
    value = text(value, "an API token")
    if not _API_TOKEN.fullmatch(value):
        message = (
            "an API token has no blanks, line ends or letters beyond ASCII; this one was probably "
            "not copied cleanly"
        )
        raise ValueError(message)
    return value


def event_name(value: object) -> str:
    """A standard or custom event name: 1 to 50 characters, no blanks around it."""
    value = text(value, "an event name")
    if not 1 <= len(value) <= 50:
        message = f"an event name has 1 to 50 characters, this one has {len(value)}"
        raise ValueError(message)
    if value != value.strip():
        message = "an event name has no blanks before or after it"
        raise ValueError(message)
    return visible(value, "an event name")


def event_remark(name: str) -> str:
    """What to say of an event name that is a standard one but for its case; else empty."""
    for standard in STANDARD_EVENTS:
        if name != standard and name.casefold() == standard.casefold():
            return f"event {name} is not the standard event {standard}: names are case-sensitive"
    return ""


def filter_state(value: object) -> str:
    """``PUBLISH`` or ``DROP``."""
    value = text(value, "a filter state")
    if value not in (PUBLISH, DROP):
        message = 'a filter state is "PUBLISH" or "DROP"'
        raise ValueError(message)
    return str(value)


def switch(value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        message = f"must be True or False, not {_kind(value)}"
        raise ValueError(message)
    return value


def domain(value: object) -> str:
    """A bare domain in lower case and ASCII (IDNA, UTS 46), without a trailing dot."""
    value = text(value, "a domain")
    _refuse_other_than_domain(value)
    name = _to_ascii(value)
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        message = "this is not a domain; the form is example.com"
        raise ValueError(message)
    if labels[-1].isdigit():
        message = "an IP address is not a domain; the gateway filters websites by their domain"
        raise ValueError(message)
    return name


def _refuse_other_than_domain(value: str) -> None:
    host = _SCHEME.sub("", value)
    if not value:
        message = "the domain is empty"
    elif _BLANK.search(value):
        message = "a domain has no blanks"
    elif host != value:
        message = "write the domain without its scheme (example.com, not https://example.com)"
    elif any(mark in value for mark in "/?#\\"):
        message = "write the domain without a path (example.com, not example.com/page)"
    elif "*" in value:
        message = "wildcards are not known to the gateway; declare each domain by its full name"
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
    name = _DOTS.sub(".", value)
    name = name.removesuffix(".")
    if name.isascii() and "xn--" not in name.lower():
        return name.lower()
    import idna  # only where a name needs it: programs stay quick to start

    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        message = "this is not a valid internationalised domain name"
        raise ValueError(message) from None


def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def fingerprint(pixel: str, token: str) -> str:
    """A token's readable trace: 12 hex digits of SHA-256 over ``<pixel id>:<token>``."""
    return hashlib.sha256(f"{pixel}:{token}".encode()).hexdigest()[:12]


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "an object" if isinstance(value, dict) else type(value).__name__)

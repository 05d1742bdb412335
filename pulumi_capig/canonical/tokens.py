"""Credentials: what a real one looks like, and what is only a stand-in for one.

No message quotes any part of a value, since the rest of it may be a real token.
"""

from __future__ import annotations

import hashlib
import re

from .text import has_blanks, text, visible

_OUTPUT = r"calling __str__ on an output.*|<pulumi\.output.*"
_NOTHING = r"none|null|nil|<nil>|undefined|nan|n/?a|true|false|\[object object\]"
_TO_FILL_IN = (
    r"<[\w .:-]*>|\[[\w .:-]*\]|\$\w+|%\w+%|[$#]\{.*\}#?|\$\(.*\)|\{\{.*\}\}|\{\w*\}"
    r"|(secrets|vars|env|process\.env|os\.environ)[.\[(].*"
    r"|x{3,}|\*+|\.+|\u2026+|change[-_ ]?me|replace[-_ ]?me|todo|fixme|tbd|placeholder|redacted"
    r"|(your|insert)[-_ ].*"
)
_QUOTES = tuple("\"'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb")
_MASKED = r"\u2026|\.{3}|\*{2}|[\u2022\u25cf\u00b7\u2588]|x{6}"
_ADDRESS = r"https?://.*|www\..*"
_ENCRYPTED = r"(secure:|v1:|enc\[).*"
_LABELLED = (
    r"[\"']?(bearer|oauth|authorization|token|access[-_ ]?token)[\"']?\s*[\s:=].*|\w+=[^=].*|\{.*"
)
_ELSEWHERE = (
    r"@.*|(~|\.{1,2})?/.*|[a-z]:\\.*|.*\.(txt|json|ya?ml|pem|env|csv|key)|[a-z][a-z0-9+.-]*://.*"
    r"|(file|env|arn|vault|ssm|op|secret|keychain|ref)[:+].*"
)


def access_token(value: object) -> str:
    """A pixel's access token: all of it and nothing else, without spaces or line breaks."""
    name = "the access token"
    value = _filled_in(value, name)
    if _is(_ADDRESS, value):
        message = f"{name} is a web address: pass only the token"
    elif _is(_ENCRYPTED, value):
        message = f"{name} is encrypted: read it with config.require_secret()"
    elif _is(_LABELLED, value):
        message = (
            f"{name} has a prefix or a format around it, such as Bearer or JSON: pass only the "
            "token"
        )
    elif _is(_ELSEWHERE, value):
        message = (
            f"{name} names a file or another place: read it in your program and pass its "
            "content (only settings accept file:PATH)"
        )
    elif has_blanks(_copied(value, name)):
        message = f"{name} contains spaces or line breaks; it was probably not copied cleanly"
    elif not visible(value, name).isascii():
        stranger = next(ord(character) for character in value if not character.isascii())
        message = (
            f"{name} contains a non-ASCII character (U+{stranger:04X}), which no token has; copy "
            "it again"
        )
    else:
        return value
    raise ValueError(message)


def api_token(value: object) -> str:
    """A token of the gateway's API: what a header can carry, without blanks."""
    value = text(value, "an API token")
    if not re.fullmatch("[!-~]+", value):
        message = (
            "an API token has no spaces, line breaks or non-ASCII characters; this one was "
            "probably not copied cleanly"
        )
        raise ValueError(message)
    return value


def ready_token(value: object) -> str:
    """A token of the gateway's API that somebody has fetched and set."""
    name = "the API token"
    return api_token(_copied(_filled_in(value, name), name))


def client_secret(value: object) -> str:
    """An API account's secret: any characters that can be seen, and no placeholder."""
    name = "the secret"
    return visible(_filled_in(value, name), name)


def _filled_in(value: object, what: str) -> str:
    """A secret, and not a placeholder for one."""
    value = text(value, what)
    if not value:
        message = f"{what} is empty"
    elif _is(_OUTPUT, value):
        message = f"{what} is an Output converted to text: pass the Output itself"
    elif _is(_NOTHING, value):
        message = f"{what} is a word such as None or null: the value was never set"
    elif _is(_TO_FILL_IN, value):
        message = f"{what} is a placeholder: replace it with the real one"
    else:
        return value
    raise ValueError(message)


def _copied(value: str, what: str) -> str:
    """The whole token, without quotes around it."""
    if value.strip().startswith(_QUOTES) or value.strip().endswith(_QUOTES):
        message = f"{what} has quotes around it: remove them"
    elif re.search(_MASKED, value, re.IGNORECASE):
        message = f"{what} is shortened or masked, as pages and logs show it: copy the whole value"
    else:
        return value
    raise ValueError(message)


def _is(form: str, value: str) -> bool:
    return re.fullmatch(form, value.strip(), re.IGNORECASE | re.DOTALL) is not None


def fingerprint(pixel: str, token: str) -> str:
    """A token's readable trace: 12 hex digits of SHA-256 over ``<pixel id>:<token>``."""
    return hashlib.sha256(f"{pixel}:{token}".encode()).hexdigest()[:12]

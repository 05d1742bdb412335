"""Secrets are fingerprints wherever the sandbox tells what it was asked or what it holds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator
from functools import lru_cache
from typing import Any

__all__ = ["fingerprint", "redact", "redact_links", "secrets_in"]

_NAMES = {
    "accesskey",
    "accesstoken",
    "badtokens",
    "basicauth",
    "clientsecret",
    "credentials",
    "invitationlink",
    "link",
    "privatekey",
    "sendinvitation",
    "token",
    "value",  # the API key of a data destination
}
"""Names of what is secret, in lower case and without underscores."""


_LINK = re.compile(r"[^\s\"'<>]*/auth/verify/\?[^\s\"'<>]*")
"""An invitation link, wherever it stands."""


def redact(value: Any, secrets: Container[str] = ()) -> Any:
    """A copy of JSON data in which secrets are fingerprints.

    Args:
        value: JSON data.
        secrets: Texts that are secret under any name.
    """
    if isinstance(value, dict):
        return {
            key: fingerprint(item) if item and _is_secret(key) else redact(item, secrets)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [redact(item, secrets) for item in value]
    return fingerprint(value) if isinstance(value, str) and value in secrets else value


def redact_links(text: str) -> str:
    """The same text with fingerprints of invitation links, whole or cut off."""
    return _LINK.sub(lambda found: fingerprint(found.group()), text)


def secrets_in(value: Any) -> Iterator[str]:
    """The texts in JSON data that bear the name of a secret."""
    if isinstance(value, list):
        for item in value:
            yield from secrets_in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if _is_secret(key) and isinstance(item, str):
                yield item
            else:
                yield from secrets_in(item)


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return name.replace("_", "").lower() in _NAMES


def fingerprint(secret: object) -> str:
    """What tells a secret from another one without showing it."""
    return f"sha256:{hashlib.sha256(str(secret).encode()).hexdigest()[:12]}"

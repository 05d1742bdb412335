"""Values of pipelines, their sources and destinations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ..enums import DataSourceType
from .text import has_blanks, kind, text, visible

_SOURCES = tuple(each.value for each in DataSourceType)
_METHODS = ("GET", "POST", "PUT")
_PLACES = ("HEADER", "QUERY_PARAM")

_AUTH: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "api_key": (
        "API_KEY",
        "apiKeyAuth",
        {"name": "name", "value": "value", "add_to": "addTo"},
    ),
    "basic": ("BASIC", "basicAuth", {"credentials": "credentials"}),
    "client_credentials": (
        "CLIENT_CREDENTIALS",
        "clientCredentialsAuth",
        {
            "auth_endpoint": "authEndpoint",
            "http_method": "httpMethod",
            "client_id": "clientId",
            "client_secret": "clientSecret",
        },
    ),
    "json_web_token": (
        "JSON_WEB_TOKEN",
        "jsonWebTokenAuth",
        {"service_user_account": "serviceUserAccount", "private_key": "privateKey"},
    ),
}
"""Each way to authenticate: its type and its block in the API, and what the block holds."""

_CHOICES: Mapping[str, tuple[str, ...]] = {"add_to": _PLACES, "http_method": _METHODS}


def display_name(value: object) -> str:
    """The display name of a pipeline, a data source or a destination."""
    name = visible(value, "a name")
    if not name or name != name.strip():
        message = "a name must not be empty, or start or end with whitespace"
        raise ValueError(message)
    return name


def gateway_id(value: object) -> str:
    """An id that the gateway made."""
    found = visible(value, "an id")
    if not found:
        message = "the id is empty"
        raise ValueError(message)
    if has_blanks(found) or "/" in found:
        message = "an id of the gateway must not contain whitespace or '/'"
        raise ValueError(message)
    return found


def data_source_type(value: object) -> str:
    """What a data source is."""
    found = text(value, "a type of data source")
    if found == "META_PIXEL":
        message = "connect a Meta pixel with PixelConnection instead"
        raise ValueError(message)
    if found not in _SOURCES:
        message = f"the type of a data source must be {_either(_SOURCES)}"
        raise ValueError(message)
    return found


def http_method(value: object) -> str:
    """How an address is called."""
    if value not in _METHODS:
        message = f"an HTTP method must be {_either(_METHODS)}"
        raise ValueError(message)
    return str(value)


def endpoint(value: object) -> str:
    """The address that a destination calls."""
    found = visible(value, "an endpoint")
    try:
        parts = urlsplit(found)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        holds_password = "@" in parts.netloc
    except ValueError:
        usable = holds_password = False
    if holds_password:
        message = "an endpoint must not contain a user name or password: pass them as auth"
        raise ValueError(message)
    if not usable or has_blanks(found):
        message = "an endpoint must be a web address, such as https://lake.example.com/events"
        raise ValueError(message)
    return found


def payload(value: object) -> str:
    """The template of what a destination is sent."""
    found = text(value, "a payload")
    if not found.strip():
        message = "the payload is empty"
        raise ValueError(message)
    return found


def auth(value: object) -> dict[str, dict[str, str]]:
    """How a destination authenticates: one of the four ways, with all that it takes."""
    if not isinstance(value, Mapping) or len(value) != 1 or not set(value) <= set(_AUTH):
        message = f"auth must have exactly one key: {_either(tuple(_AUTH))}"
        raise ValueError(message)
    ((way, block),) = value.items()
    parts = _AUTH[way][2]
    if not isinstance(block, Mapping) or set(block) != set(parts):
        message = f"{way} in auth must have exactly these keys: {', '.join(parts)}"
        raise ValueError(message)
    return {way: {name: _part(way, name, block[name]) for name in sorted(parts)}}


def auth_blocks(value: Mapping[str, Any] | None) -> tuple[str, dict[str, dict[str, str]]]:
    """The type of an authentication in the API, and its block."""
    if not value:
        return "NONE", {}
    ((way, block),) = value.items()
    kind_, name, parts = _AUTH[way]
    return kind_, {name: {parts[part]: given for part, given in block.items()}}


def auth_fingerprint(address: str, value: Mapping[str, Any]) -> str:
    """An authentication's readable trace: 12 hex digits of scrypt, as it may be a weak password."""
    plain = json.dumps(value, sort_keys=True).encode()
    salt = address.encode()
    return hashlib.scrypt(plain, salt=salt, n=2**12, r=8, p=1, dklen=6).hex()


def as_it_is(value: object) -> object:
    """A value whose parts are looked at one by one."""
    return value


def _part(way: str, name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        message = f"{name} of {way} in auth must be text, not {kind(value)}"
        raise ValueError(message)
    choices = _CHOICES.get(name)
    if choices and value not in choices:
        message = f"{name} of {way} in auth must be {_either(choices)}"
        raise ValueError(message)
    return value


def _either(choices: tuple[str, ...]) -> str:
    quoted = [f'"{choice}"' for choice in choices]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"

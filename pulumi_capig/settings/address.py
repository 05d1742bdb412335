"""Where a gateway is: one spelling of each address, since state remembers it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from .. import canonical


@dataclass(frozen=True)
class Address:
    """Where the gateway is.

    Attributes:
        url: Scheme and host, without a path: ``https://capig.example.com``.
        host: The host in lower case, with the port unless it is the scheme's own; what state
            records as ``gateway``.
    """

    url: str
    host: str


def address(value: str) -> Address:
    """Read a gateway's address; a bare domain is reached by https.

    Raises:
        ValueError: It is no address, holds more than scheme and host, or is not safe to use.
    """
    try:
        if any(c.isspace() for c in value):
            raise ValueError
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host, port = _host(parts.hostname or ""), parts.port
        own_port = {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError) as error:
        # Raised without its cause, which may quote a password.
        message = "must be the gateway's address, for example https://capig.example.com"
        raise ValueError(message) from error
    if "@" in parts.netloc:
        message = "must not contain a user name or password"
        raise ValueError(message)
    if parts.path.strip("/") or parts.query or parts.fragment:
        message = "must be scheme and domain only, without a path: https://capig.example.com"
        raise ValueError(message)
    if parts.scheme == "http" and not _is_loopback(host):
        message = "must be https (plain http only to localhost, 127.0.0.0/8 and ::1)"
        raise ValueError(message)
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port in (None, own_port) else f"{shown}:{port}"
    return Address(f"{parts.scheme}://{netloc}", netloc)


def hosts(value: str) -> tuple[str, ...]:
    """Read the hosts of several addresses, separated by commas.

    Raises:
        ValueError: One of them is no address.
    """
    return tuple(address(part.strip()).host for part in value.split(",") if part.strip())


def _host(name: str) -> str:
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return canonical.domain(name)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

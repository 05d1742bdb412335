"""The HTTP client, as the environment's certificates and proxies make it."""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from ..errors import SettingsError
from ..settings import Address

_ADVICE = (
    "Check SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY and ALL_PROXY; a SOCKS proxy needs "
    "`pip install 'httpx[socks]'`."
)


def open_client(address: Address, **options: Any) -> httpx.Client:
    """A client for requests to a gateway; it follows no redirect.

    Args:
        address: Where the gateway is.
        options: Further arguments of `httpx.Client`.

    Raises:
        SettingsError: The environment names certificates or a proxy that cannot be used.
    """
    try:
        return httpx.Client(
            base_url=address.url,
            follow_redirects=False,
            verify=_trust(address),
            # Plain http goes to loopback alone, where a proxy of the environment cannot follow.
            mounts={"http://": None},
            **options,
        )
    except (OSError, ImportError) as error:
        why = last_word(error)
    except (ValueError, httpx.InvalidURL):
        why = "the proxy's address is malformed"  # and may hold a password
    what = f"settings: certificates or proxy cannot be used ({why})"
    raise SettingsError(what, _ADVICE)


def is_tls(error: BaseException | None) -> bool:
    """Whether a failure to connect is one of TLS."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def last_word(error: Exception) -> str:
    """What an error says, or else its name."""
    return str(error).strip().rstrip(".") or type(error).__name__


def _trust(address: Address) -> ssl.SSLContext | bool:
    """The usual roots; none for plain http, where they would be loaded, 30 ms long, for nobody."""
    return True if address.url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

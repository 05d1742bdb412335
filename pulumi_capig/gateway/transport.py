"""The HTTP client, as the environment's certificates and proxies make it."""

from __future__ import annotations

import os
import ssl
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import httpx

from ..errors import SettingsError
from ..settings import Address
from .failure import HTTP_1_ADVICE

_ADVICE = (
    "Check SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY and ALL_PROXY; a SOCKS proxy needs "
    "`pip install 'httpx[socks]'`."
)


_OTHER_NAME = (62, 64)  # of OpenSSL: the name, the address
_EXPIRED = 10

_NOT_READ = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables of other tools for what SSL_CERT_FILE is here."""


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
            # Whoever calls has a socket that stays open; how many call is limited elsewhere.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=None),
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
    return _tls_error(error) is not None


def tls_advice(error: BaseException) -> str:
    """What to do about a TLS connection that failed."""
    found = _tls_error(error)
    if isinstance(found, ssl.SSLCertVerificationError):
        if found.verify_code in _OTHER_NAME:
            return "Check that CAPIG_GATEWAY names the domain that the certificate is for."
        if found.verify_code == _EXPIRED:
            return "Renew the gateway's certificate, or correct this machine's clock."
        return _with_ignored(
            "Make this machine trust the issuer of the gateway's certificate: set SSL_CERT_FILE "
            "to a file of trusted certificates."
        )
    if "NO_APPLICATION_PROTOCOL" in str(found):
        return HTTP_1_ADVICE
    return "Check that CAPIG_GATEWAY names a port that speaks TLS, and that no proxy breaks TLS up."


def proxy_for(url: httpx.URL) -> str | None:
    """The proxy of the environment that a request goes through, without its password."""
    if url.scheme != "https" or urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    address = proxies.get("https") or proxies.get("all")
    if not address:
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def last_word(error: Exception) -> str:
    """What an error says, or else its name."""
    return str(error).strip().rstrip(".") or type(error).__name__


def _tls_error(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _with_ignored(advice: str) -> str:
    """An advice, and which variables of other tools are set in vain."""
    ignored = [f"{name} is set, but it is not read." for name in _NOT_READ if os.environ.get(name)]
    return " ".join([advice, *ignored])


def _trust(address: Address) -> ssl.SSLContext | bool:
    """The usual roots; none for plain http, where they would be loaded, 30 ms long, for nobody."""
    return True if address.url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

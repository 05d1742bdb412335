"""Looks at the gateway from outside: whether it answers, over which TLS, at what time."""

from __future__ import annotations

import email.utils
import ssl
import time
from dataclasses import dataclass

import httpx

from ..errors import SettingsError, UnexpectedAnswerError
from ..settings import Address

HEALTH_PATH = "/hub/health/"

SKEW_ALLOWED = 60.0
"""Seconds; tokens and certificates are judged by the clock."""

MEND_TLS = (
    "Renew the gateway's certificate, or let this machine trust its issuer: SSL_CERT_FILE names "
    "a file of trusted certificates. See that CAPIG_GATEWAY names a port that speaks TLS."
)


class UnreachedError(Exception):
    """Nothing answers."""


class TlsError(UnreachedError):
    """Something answers that cannot be trusted."""


@dataclass(frozen=True)
class Seen:
    """What a first answer tells.

    Attributes:
        clock_ahead: Seconds by which this machine's clock is ahead; None if it cannot be told.
    """

    clock_ahead: float | None


def reach(address: Address, timeout: float) -> Seen:
    """Asks for the gateway's health page; any answer will do, since its form is not documented.

    Args:
        address: Where the gateway is.
        timeout: Seconds for each phase of the request. The content is not waited for.

    Raises:
        SettingsError: The environment names certificates or a proxy that cannot be used.
        TlsError: The TLS connection failed.
        UnreachedError: There was no answer.
    """
    health = f"{address.url}{HEALTH_PATH}"
    try:
        with _client(address, timeout) as http, http.stream("GET", health) as response:
            return Seen(_clock_ahead(response.headers.get("date", "")))
    except httpx.HTTPError as error:
        why = str(error).strip() or type(error).__name__
        raise (TlsError if _is_tls(error) else UnreachedError)(why) from None


def _client(address: Address, timeout: float) -> httpx.Client:
    try:
        return httpx.Client(
            timeout=timeout,
            verify=address.url.startswith("https:"),
            mounts={"http://": None},  # plain http goes to loopback alone, past any proxy
        )
    except OSError as error:
        what = f"the trusted certificates cannot be loaded: {error.strerror or error}"
        advice = "Correct SSL_CERT_FILE (a file of certificates in PEM form), or unset it."
    except ImportError:
        what = "a SOCKS proxy is set, and the package that speaks SOCKS is missing"
        advice = "Install it (pip install 'httpx[socks]'), or unset HTTPS_PROXY and ALL_PROXY."
    except (ValueError, httpx.InvalidURL):  # which may hold the proxy's password
        what = "the address of the proxy cannot be read"
        advice = "Correct HTTPS_PROXY, ALL_PROXY or NO_PROXY, or unset it."
    raise SettingsError(what, advice)


def is_no_gateway(error: UnexpectedAnswerError) -> bool:
    """Whether something else than the gateway gave this answer: a page, or a redirect to one."""
    return "JSON" in error.reason or "redirects" in error.reason or "html" in error.reason


def _clock_ahead(date: str) -> float | None:
    try:
        return time.time() - email.utils.parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False

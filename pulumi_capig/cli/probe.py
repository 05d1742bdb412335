"""Looks at the gateway from outside: whether it answers, over which TLS, at what time."""

from __future__ import annotations

import email.utils
import time
from dataclasses import dataclass

import httpx

from ..errors import UnexpectedAnswerError
from ..gateway.transport import is_tls, last_word, open_client
from ..settings import Address

HEALTH_PATH = "/hub/health/"

SKEW_ALLOWED = 60.0
"""Seconds; tokens and certificates are judged by the clock."""

FIX_TLS = (
    "Renew the gateway's certificate, or make this machine trust its issuer: set SSL_CERT_FILE to "
    "a file of trusted certificates. Check that CAPIG_GATEWAY names a port that speaks TLS."
)


class UnreachedError(Exception):
    """Nothing answers."""


class TlsError(UnreachedError):
    """Something answers that cannot be trusted."""


@dataclass(frozen=True)
class Seen:
    """What a first answer shows.

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
    try:
        with (
            open_client(address, timeout=timeout) as http,
            http.stream("GET", HEALTH_PATH) as response,
        ):
            return Seen(_clock_ahead(response.headers.get("date", "")))
    except httpx.HTTPError as error:
        kind = TlsError if is_tls(error) else UnreachedError
        raise kind(last_word(error)) from error


def is_no_gateway(error: UnexpectedAnswerError) -> bool:
    """Whether something else than the gateway gave this answer: a page, or a redirect to one."""
    return "JSON" in error.reason or "redirects" in error.reason or "html" in error.reason


def _clock_ahead(date: str) -> float | None:
    try:
        return time.time() - email.utils.parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None

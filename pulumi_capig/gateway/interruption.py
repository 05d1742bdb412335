"""What it means when no whole answer comes: why, and whether the request may have been applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from ..errors import UnexpectedAnswerError, UnreachableError
from ..settings import ClientSettings
from .failure import HTTP_1_ADVICE, AttemptFailure
from .transport import is_tls, last_word, proxy_for, tls_advice

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

_COMPLETE = "pulumi_capig.complete"
_STEPS = {
    "http11.send_request_headers.started": False,
    "http11.send_request_body.complete": True,
}

_BINARY = "illegal request line"
"""What h11 says of an answer that begins as no line of HTTP/1.1 can, such as a frame of HTTP/2."""

_BROKEN = (httpx.WriteError, httpx.ReadError, httpx.RemoteProtocolError)

_PROXY_ADVICE = "Check HTTPS_PROXY, ALL_PROXY and NO_PROXY, and check that the proxy is running."


@dataclass(frozen=True)
class Limit:
    """How long one request may take.

    Attributes:
        seconds: For each of its phases.
        variable: The setting that says so.
    """

    seconds: float
    variable: str

    @classmethod
    def of(cls, settings: ClientSettings, left: float) -> Limit:
        """The limit of a request.

        Args:
            settings: The limits of the client.
            left: Seconds until the deadline of its call.
        """
        if left < settings.timeout:
            return cls(max(0.001, left), "CAPIG_DEADLINE")
        return cls(settings.timeout, "CAPIG_TIMEOUT")


def watch(request: httpx.Request) -> None:
    """Note on a request whether it has left this machine as a whole.

    A transport that does not say so leaves no note.
    """

    def trace(event: str, _info: Any) -> None:
        if event in _STEPS:
            request.extensions[_COMPLETE] = _STEPS[event]

    request.extensions["trace"] = trace


def failure_of(
    error: httpx.HTTPError, request: httpx.Request | None = None, limit: Limit | None = None
) -> AttemptFailure:
    """The failure of a request without a whole answer.

    Args:
        error: What httpx says.
        request: The request, if it is watched.
        limit: How long it might take.
    """
    if isinstance(error, httpx.DecodingError):
        reason = f"the answer cannot be read ({error})"
        return AttemptFailure(UnexpectedAnswerError, reason, ran=True)
    why = _why(error, limit)
    if isinstance(error, _NEVER_SENT):
        return _not_reached(error, request, why)
    if why == _BINARY:
        reason = "the answer is not HTTP/1.1: the front end may accept only HTTP/2"
        return AttemptFailure(UnreachableError, reason, advice=HTTP_1_ADVICE)
    if isinstance(error, _BROKEN) and _is_incomplete(request):
        # A request that arrives only in part cannot be applied.
        reason = f"the connection broke before the request was complete ({why})"
        return AttemptFailure(UnreachableError, reason, transient=True)
    timed_out = isinstance(error, httpx.TimeoutException)
    reason = why if timed_out else f"the connection broke before the answer was complete ({why})"
    return AttemptFailure(UnreachableError, reason, ran=True, transient=True)


def _not_reached(error: httpx.HTTPError, request: httpx.Request | None, why: str) -> AttemptFailure:
    if is_tls(error):
        reason = f"the TLS connection failed ({why})"
        return AttemptFailure(UnreachableError, reason, advice=tls_advice(error))
    proxy = proxy_for(request.url) if request else None
    if proxy is not None:
        reason = f"the gateway cannot be reached through the proxy {proxy} ({why})"
        return AttemptFailure(UnreachableError, reason, transient=True, advice=_PROXY_ADVICE)
    reason = f"the gateway cannot be reached ({why})"
    return AttemptFailure(UnreachableError, reason, transient=True)


def _why(error: httpx.HTTPError, limit: Limit | None) -> str:
    if not isinstance(error, httpx.TimeoutException):
        return last_word(error)
    if limit is None:
        return "the request timed out"
    return f"the request timed out after {limit.seconds:.3g} s (set by {limit.variable})"


def _is_incomplete(request: httpx.Request | None) -> bool:
    return request is not None and request.extensions.get(_COMPLETE) is False

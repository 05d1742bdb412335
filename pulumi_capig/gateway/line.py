"""The line to one gateway: paced, within deadlines, answers read whole, each request noted."""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from .. import _version
from ..errors import UnexpectedAnswerError, UnreachableError
from ..settings import ClientSettings
from .answers import errors_of
from .codes import code_of
from .exchange import Exchange
from .failure import AttemptFailure
from .interruption import Limit, failure_of, watch
from .pace import Pace
from .request_log import RequestLog
from .response import Response
from .transport import open_client

T = TypeVar("T")

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes; an account with 5,000 pixels answers about 4 MB."""

_NO_AUTH = httpx.Auth()

_EXCHANGE = "pulumi_capig.exchange"
_RESPONSE = "pulumi_capig.response"


class Line:
    """Posts requests to one gateway; safe for threads.

    Args:
        settings: Address and limits.
        pace: Keeps requests apart.
        log: Where requests are noted.
        clock: Seconds that only go forward.
        transport: Carries requests in place of the network.
    """

    def __init__(
        self,
        settings: ClientSettings,
        pace: Pace,
        log: RequestLog,
        clock: Callable[[], float],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        options = {} if transport is None else {"transport": transport}
        network = open_client(settings.address, **options)
        agent = f"pulumi_capig/{_version.__version__} (Python/{platform.python_version()})"
        self._http = httpx.Client(
            base_url=settings.address.url,
            headers={"User-Agent": agent},
            transport=_Carrier(network, settings, pace, log, clock),
        )

    def post(
        self, path: str, exchange: Exchange[T], auth: httpx.Auth = _NO_AUTH, **content: Any
    ) -> T:
        """Post one attempt of a call, and return what its answer comes to.

        Raises:
            AttemptFailure: The attempt failed.
            GatewayError: There is no token for it.
        """
        extensions = {_EXCHANGE: exchange}
        response = self._http.post(path, auth=auth, extensions=extensions, **content)
        return exchange.value(response_of(response))

    def close(self) -> None:
        """Close all sockets."""
        self._http.close()


def exchange_of(request: httpx.Request) -> Exchange[Any]:
    """The call that a request is an attempt of."""
    exchange: Exchange[Any] = request.extensions[_EXCHANGE]
    return exchange


def response_of(response: httpx.Response) -> Response:
    """A response, as it came over the network."""
    found: Response = response.extensions[_RESPONSE]
    return found


class _Carrier(httpx.BaseTransport):
    """Carries requests over the network.

    It stands below the token's httpx.Auth, so that what that sends again is paced and noted too,
    and above a client of httpx, which knows the proxies and certificates of the environment.
    """

    def __init__(
        self,
        network: httpx.Client,
        settings: ClientSettings,
        pace: Pace,
        log: RequestLog,
        clock: Callable[[], float],
    ) -> None:
        self._network = network
        self._settings = settings
        self._pace = pace
        self._log = log
        self._clock = clock
        self._has_answered = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange = exchange_of(request)
        if not self._pace.wait(exchange.deadline):
            raise self._out_of_time()
        exchange.attempts += 1
        started = self._clock()
        limit = Limit.of(self._settings, exchange.deadline - started)
        try:
            response = self._carry(request, limit, exchange.deadline)
        except httpx.HTTPError as error:
            self._note(exchange, started, error_code=type(error).__name__)
            failure = failure_of(error, request, limit)
            failure.restarting = self._has_answered and failure.transient and not failure.ran
            raise failure from error
        self._has_answered = True
        self._note(
            exchange,
            started,
            status=response.status,
            request_id=response.request_id,
            error_code=code_of(errors_of(response), response.status),
        )
        return httpx.Response(
            response.status,
            headers=[("set-cookie", cookie) for cookie in response.cookies],
            extensions={_RESPONSE: response},
        )

    def close(self) -> None:
        self._network.close()

    def _carry(self, request: httpx.Request, limit: Limit, deadline: float) -> Response:
        watch(request)
        request.extensions["timeout"] = httpx.Timeout(limit.seconds).as_dict()
        response = self._network.send(request, stream=True)
        try:
            body = self._read(response, deadline)
        finally:
            response.close()
        return Response(
            response.status_code, response.headers, body, response.headers.get_list("set-cookie")
        )

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        chunks, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > LARGEST_ANSWER:
                reason = f"the answer is larger than {LARGEST_ANSWER // 2**20} MiB"
                raise AttemptFailure(UnexpectedAnswerError, reason, ran=True)
            if self._clock() > deadline:
                reason = "the answer did not end within the deadline"
                raise AttemptFailure(UnreachableError, reason, ran=True)
            chunks.append(chunk)
        return b"".join(chunks)

    def _note(self, exchange: Exchange[Any], started: float, **found: Any) -> None:
        seconds = self._clock() - started
        self._log.note(exchange.subject, exchange.attempts, seconds=seconds, **found)

    def _out_of_time(self) -> AttemptFailure:
        reason = f"the deadline of {self._settings.deadline:g} s passed before the request was sent"
        advice = "Raise CAPIG_DEADLINE (or CAPIG_RATE_LIMIT, if you set one)."
        return AttemptFailure(UnreachableError, reason, advice=advice)

"""The client of a gateway: executes calls, and knows none of them by name."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import TypeVar

import httpx

from ..errors import GatewayError
from ..settings import ClientSettings
from .auth import TokenAuth
from .calls import Call
from .explanation import Explanation
from .failure import AttemptFailure
from .joint import Part
from .line import Line
from .operation import Operation
from .pace import Pace
from .request_log import RequestLog
from .retries import Retries
from .sender import Sender
from .together import Together
from .token_request import TokenRequest
from .tokens import Tokens

T = TypeVar("T")


class Client:
    """A client of one gateway; safe for threads; knows nothing of Pulumi.

    What can be asked for are the functions of the modules in `pulumi_capig.gateway.operations`,
    one for each page of the reference; `pulumi_capig.gateway.pixels` is one of them.

    Args:
        settings: Address, credentials and limits, as `Settings.for_client()` gives them.
        transport: Carries requests in place of the network, as in httpx.
        sleep: Waits for some seconds; replaced in tests.
        clock: Seconds that only go forward; replaced in tests.

    Attributes:
        host: The gateway's host, with the port unless it is the scheme's own.
        writes: Held while anything but a filter is written: the gateway is given `parallelWrites`
            of these at once.

    Raises:
        SettingsError: The environment names certificates or a proxy that cannot be used, or the
            log file cannot be written.
    """

    def __init__(
        self,
        settings: ClientSettings,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.host = settings.address.host
        self.writes = threading.BoundedSemaphore(settings.parallel_writes)
        self._deadline = settings.deadline
        self._sleep = sleep
        self._log = RequestLog(settings.log)
        self._line = Line(
            settings, Pace(settings.rate_limit, clock, sleep), self._log, clock, transport
        )
        self._explanation = Explanation(settings.credentials)
        retries = Retries(settings.max_retries, clock, sleep)
        request = TokenRequest(settings.credentials, self._line, retries, self._explanation)
        tokens = Tokens(
            request, settings.credentials.token, clock, most=retries.most, pause=retries.pause
        )
        auth = TokenAuth(tokens, retries.most)
        self._sender = Sender(
            self._line, tokens, auth, retries, lambda: clock() + settings.deadline
        )
        self._together = Together(self._sender, self._explanation, self.execute)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all sockets, and the log file."""
        self._line.close()
        self._log.close()

    def execute(self, call: Call[T], ran: bool = False) -> T:
        """Send a call, again where that is safe, and return its value.

        Args:
            call: What to send.
            ran: Whether an earlier request may have applied it.

        Raises:
            GatewayError: It failed; the class says what may be done about it.
        """
        exchange = self._sender.exchange(call)
        exchange.ran = ran
        try:
            return self._sender.send(call, exchange)
        except AttemptFailure as failure:
            raise self._explanation.of(failure, exchange, ran=exchange.ran) from failure
        except GatewayError as error:
            told = self._explanation.without_token(error, exchange, ran=exchange.ran)
            if told is error:
                raise
            raise told from error

    def execute_together(self, documents: Iterable[Sequence[Part[T]]]) -> list[T | GatewayError]:
        """Send several mutations in each document, in order.

        A gateway that refuses such a document gets one request each, for as long as this client
        lives.

        Args:
            documents: The mutations of each; all of them can be sent twice without harm.

        Returns:
            The value or the error of each mutation, in order; nothing is raised. After a failure
            that all would meet, such as an unreachable gateway, nothing more is sent: what follows
            has that error too.
        """
        return self._together.execute(documents)

    def refused_fields(self, operation: Operation) -> list[str]:
        """Fields of an operation that this gateway has refused by name: it is an older one.

        They are known once the operation was sent. No request is sent for this.

        Args:
            operation: The operation.
        """
        return self._sender.documents.refused(operation)

    def rest_after(self, error: GatewayError) -> None:
        """Wait for as long as the gateway asked with an error, before what is sent next.

        Args:
            error: The error; there is no wait where the gateway named none.
        """
        if error.retry_after:
            self._sleep(min(error.retry_after, self._deadline))

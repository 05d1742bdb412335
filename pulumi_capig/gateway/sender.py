"""Sends calls: with the token, in the documents that the gateway takes, as often as it helps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import httpx

from .documents import Document, Documents
from .exchange import Exchange, Subject
from .failure import AttemptFailure
from .line import Line
from .response import Response
from .retries import Retries
from .tokens import Tokens

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Sendable(Protocol[T_co]):
    """A call, or several that go in one document."""

    @property
    def subject(self) -> Subject:
        """What it is about."""

    @property
    def url(self) -> str:
        """The path that it is posted to."""

    @property
    def variables(self) -> Any:
        """The variables of the next attempt."""

    def document(self, documents: Documents) -> Document:
        """The document of the next attempt."""

    def answered(self, response: Response) -> T_co:
        """What a response comes to."""


class Sender:
    """Sends calls; safe for threads.

    Args:
        line: Where to.
        tokens: Told of each token that the gateway accepted.
        auth: Adds the token.
        retries: What is sent again.
        time_left: The deadline of a call that begins now.
    """

    def __init__(
        self,
        line: Line,
        tokens: Tokens,
        auth: httpx.Auth,
        retries: Retries,
        time_left: Callable[[], float],
    ) -> None:
        self.documents = Documents()
        self._line = line
        self._tokens = tokens
        self._auth = auth
        self._retries = retries
        self._time_left = time_left

    def exchange(self, sendable: Sendable[T]) -> Exchange[T]:
        """A new one for a call."""
        return Exchange(sendable.subject, self._time_left(), sendable.answered)

    def send(
        self,
        sendable: Sendable[T],
        exchange: Exchange[T],
        failed: Callable[[AttemptFailure], None] = lambda _failure: None,
    ) -> T:
        """Send a call, again where that is safe and may help.

        Args:
            sendable: What to send.
            exchange: What notes the attempts.
            failed: Told of each attempt that failed.

        Raises:
            AttemptFailure: The last attempt failed.
            GatewayError: There is no token for it.
        """

        def attempt() -> T:
            try:
                return self._send_once(sendable, exchange)
            except AttemptFailure as failure:
                failed(failure)
                raise

        return self._retries.run(exchange, attempt)

    def _send_once(self, sendable: Sendable[T], exchange: Exchange[T]) -> T:
        while True:
            document = sendable.document(self.documents)
            content = {"query": document.text, "variables": sendable.variables}
            try:
                value = self._line.post(sendable.url, exchange, self._auth, json=content)
            except AttemptFailure as failure:
                # A refused document was not run, so that another one may be sent at once.
                if self.documents.leave_out(document, failure.refusals):
                    continue
                raise
            self._tokens.accepted(exchange.token, exchange.subject.tenant_id)
            return value

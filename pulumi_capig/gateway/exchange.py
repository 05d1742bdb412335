"""One call under way: what it is about, until when, and what became of it so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from .failure import AttemptFailure
from .response import Response

T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """What a call is about.

    Attributes:
        operation: Name of its operation, for the log.
        words: What it does, in words, for messages.
        tenant_id: The account; None where it is about none.
        mutates: Whether it changes anything.
        repeatable: Whether sending it again after an unknown outcome does no harm.
        secrets: Values that must not appear in any message.
    """

    operation: str
    words: str
    tenant_id: str | None = None
    mutates: bool = False
    repeatable: bool = True
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


class Exchange(Generic[T]):
    """All attempts of one call.

    Args:
        subject: What it is about.
        deadline: Until when it may take, on the client's clock.
        read: Turns a response into a value, or raises `AttemptFailure`.

    Attributes:
        attempts: How many requests were sent.
        ran: Whether one of them, of which no certain answer came, may have been applied.
        token: The token of the last one.
        tokens: All tokens that were used.
    """

    def __init__(self, subject: Subject, deadline: float, read: Callable[[Response], T]) -> None:
        self.subject = subject
        self.deadline = deadline
        self.attempts = 0
        self.ran = False
        self.token = ""
        self.tokens: set[str] = set()
        self._read = read
        self._judged: Response | None = None
        self._value: T
        self._failure: AttemptFailure | None = None

    def refuses_token(self, response: Response) -> bool:
        """Whether a response asks for another token, and the request may be sent again."""
        failure = self._judge(response)
        if failure is None or not failure.unauthorized:
            return False
        return self.subject.repeatable or not failure.ran

    def value(self, response: Response) -> T:
        """What a response comes to.

        Raises:
            AttemptFailure: The attempt failed.
        """
        failure = self._judge(response)
        if failure is not None:
            raise failure
        return self._value

    def _judge(self, response: Response) -> AttemptFailure | None:
        if self._judged is not response:
            self._judged, self._failure = response, None
            try:
                self._value = self._read(response)
            except AttemptFailure as failure:
                self._failure = failure.of(response)
        return self._failure

"""Several mutations in one document: one request, and for each a result or an error of its own.

GraphQL executes root fields in order, and the fields below one root field in any. So each mutation
gets a root field, under an alias. All of them can be sent twice without harm.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .calls import Call
from .documents import Document, Documents
from .exchange import Subject
from .failure import AttemptFailure
from .graphql import variable_of
from .joint_answers import results_of
from .response import Response

T = TypeVar("T")


@dataclass
class Part(Generic[T]):
    """One mutation of a joint document.

    Attributes:
        call: The mutation as it would be sent alone.
        about: What it sets; two parts about the same thing must be applied in order.
        result: Its value, once there is one.
        failure: What went wrong last, while there is no value.
        ran: Whether an attempt without an answer may have applied it.
        again: Whether it has to be sent again although it has a value.
    """

    call: Call[T]
    about: Hashable
    result: T | None = None
    failure: AttemptFailure | None = None
    ran: bool = False
    again: bool = False

    @property
    def open(self) -> bool:
        """Whether the next attempt sends it: it has neither a value nor a certain refusal."""
        failure = self.failure
        if failure is None:
            return self.again or self.result is None
        return failure.transient or failure.unauthorized or failure.joint_refused

    def succeeded(self, result: T) -> None:
        """Note a value."""
        self.result, self.failure, self.again = result, None, False

    def failed(self, failure: AttemptFailure) -> None:
        """Note a failure; what an earlier attempt may have done stays possible."""
        self.result, self.failure, self.again = None, failure, False
        self.ran = self.ran or failure.ran


class Joint(Generic[T]):
    """Mutations of one account that go in one document, in order.

    Args:
        parts: The mutations, of operations of one endpoint.
    """

    def __init__(self, parts: Sequence[Part[T]]) -> None:
        self.parts = parts
        self.url = parts[0].call.url
        first, more = parts[0].call.subject, len(parts) - 1
        self.subject = Subject(
            f"{first.operation}+{more}",
            f"{first.words}, and {more} more",
            first.tenant_id,
            mutates=True,
            secrets=frozenset[str]().union(*(part.call.secrets for part in parts)),
        )

    @property
    def open_parts(self) -> dict[str, Part[T]]:
        """What the next attempt sends, by alias."""
        return {f"s{n}": part for n, part in enumerate(self.parts) if part.open}

    def document(self, documents: Documents) -> Document:
        """The document of the next attempt."""
        return documents.joint({a: part.call.operation for a, part in self.open_parts.items()})

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the next attempt."""
        return {
            variable_of(name, alias): value
            for alias, part in self.open_parts.items()
            for name, value in part.call.variables.items()
        }

    def answered(self, response: Response) -> None:
        """Take an answer: what each part that was sent came to.

        Raises:
            AttemptFailure: Another attempt may help those that are open still.
        """
        sent = self.open_parts
        paths = {alias: (alias, *part.call.operation.path[1:]) for alias, part in sent.items()}
        for alias, found in results_of(response, paths).items():
            _take(sent[alias], found, response)
        failures = [part.failure for part in sent.values() if part.open and part.failure]
        if not failures:
            return
        self._keep_order()
        unauthorized = [failure for failure in failures if failure.unauthorized]
        transient = [failure for failure in failures if failure.transient]
        raise (unauthorized or transient or failures)[0]

    def failed(self, failure: AttemptFailure) -> None:
        """Note the failure of a whole attempt."""
        if not any(part.failure is failure for part in self.parts):
            for part in self.open_parts.values():
                part.failed(failure)

    def _keep_order(self) -> None:
        """Send again what came after an open part about the same thing, too."""
        waiting = set()
        for part in self.parts:
            if part.open:
                waiting.add(part.about)
            elif part.result is not None:
                part.again = part.about in waiting


def _take(part: Part[T], found: Any, response: Response) -> None:
    try:
        if isinstance(found, AttemptFailure):
            raise found
        part.succeeded(part.call.value(found))
    except AttemptFailure as failure:
        part.failed(failure.of(response))

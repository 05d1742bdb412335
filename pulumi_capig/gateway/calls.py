"""One call of an operation: what is sent, and what its answer comes to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from .answers import at, null, result_of
from .documents import Document, Documents
from .exchange import Subject
from .failure import AttemptFailure
from .operation import Operation
from .response import Response

T = TypeVar("T")

_LINK = re.compile(r"\S*(?:://|/auth/|token=)\S*", re.IGNORECASE)
"""What an invitation link looks like, whole or in part."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """One operation about to be sent.

    Attributes:
        operation: The operation.
        words: What it does, in words, for messages: ``connect pixel 123``.
        tenant_id: The account; None where it is about none.
        variables: GraphQL variables, the account included.
        read: Turns the result into a value, or raises `AttemptFailure`. It gets None only from an
            operation that is nullable.
        secrets: Values that must not appear in any message.
        literals: Values that stand in the document itself, where it says ``"$name"``.
    """

    operation: Operation
    words: str
    tenant_id: str | None
    variables: Mapping[str, Any] = field(repr=False)
    read: Callable[[Any], T] = field(repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    literals: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def subject(self) -> Subject:
        """What it is about, for messages and for the log."""
        operation = self.operation
        return Subject(
            operation.name,
            self.words,
            self.tenant_id,
            mutates=operation.mutates,
            repeatable=operation.repeatable,
            secrets=self.secrets,
        )

    @property
    def url(self) -> str:
        """The path that it is posted to."""
        return self.operation.url

    def document(self, documents: Documents) -> Document:
        """Its document, as the gateway takes it now."""
        document = documents.of(self.operation)
        return document.with_literals(self.literals) if self.literals else document

    def answered(self, response: Response) -> T:
        """Its value, from a response.

        Raises:
            AttemptFailure: The response holds none.
        """
        operation = self.operation
        try:
            result = result_of(
                response,
                operation.path,
                mutates=operation.mutates,
                nullable=operation.nullable,
                spare=operation.spare,
            )
        except AttemptFailure as failure:
            failure.said = self._without_link(failure.said, response)
            raise
        return self.value(result)

    def value(self, result: Any) -> T:
        """Its value, from its result.

        Raises:
            AttemptFailure: The result is not one.
        """
        if result is None and not self.operation.nullable:
            raise null()
        return self.read(result)

    def _without_link(self, said: str, response: Response) -> str:
        """What the gateway says, less a link that its answer may hold."""
        below = self.operation.link_at
        if below is None:
            return said
        link = at(("data", *self.operation.path, *below), response.json)
        if isinstance(link, str) and link:
            said = said.replace(link, "[secret]")
        return _LINK.sub("[secret]", said)

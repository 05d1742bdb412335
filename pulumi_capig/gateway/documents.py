"""The GraphQL documents, less the fields that a gateway has refused by name.

Older gateways do not know every documented field. One that is refused is left out for the rest of
the process, with everything below it, and never leaves an empty selection behind.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from .graphql import Thinned, joined
from .operation import Operation

_LITERAL = re.compile(r'"\$(\w+)"')
_QUOTED_NAME = re.compile(r"[\"'`](?:(\w+)\.)?(\w+)[\"'`]")


@dataclass(frozen=True)
class Document:
    """What is sent.

    Attributes:
        text: GraphQL.
        operations: The operations in it.
        optional: Names of the fields in it that may be left out.
    """

    text: str
    operations: frozenset[Operation]
    optional: frozenset[str]

    def with_literals(self, values: Mapping[str, str]) -> Document:
        """The document with values in place of ``"$name"``.

        A literal is right where the reference gives an argument two types, of which a gateway
        takes one variable alone.
        """
        text = _LITERAL.sub(
            lambda found: json.dumps(values.get(found[1], found[0][1:-1])), self.text
        )
        return replace(self, text=text)


class Documents:
    """The documents as one gateway takes them; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thinned: dict[Operation, Thinned] = {}
        self._refused: dict[Operation, frozenset[str]] = {}

    def of(self, operation: Operation) -> Document:
        """The document of one operation."""
        thinned = self._present(operation)
        return Document(thinned.text, frozenset({operation}), thinned.optional)

    def joint(self, operations: Mapping[str, Operation]) -> Document:
        """One document of several operations of one endpoint.

        Args:
            operations: By their alias, in order.
        """
        parts = {alias: self._present(operation) for alias, operation in operations.items()}
        optional = frozenset().union(*(part.optional for part in parts.values()))
        return Document(joined(parts), frozenset(operations.values()), optional)

    def refused(self, operation: Operation) -> list[str]:
        """Fields of an operation that are left out, in the order of its document."""
        names = re.findall(r"\w+", Thinned(operation, frozenset()).text)
        refused = {name.rpartition(".")[2] for name in self._refused.get(operation, ())}
        return [name for name in dict.fromkeys(names) if name in refused]

    def leave_out(self, sent: Document, messages: Iterable[str]) -> bool:
        """Leave out, from now on, what validation messages refuse.

        Args:
            sent: The document that was sent. Another thread may have left fields out since.
            messages: What the gateway says.

        Returns:
            Whether there was anything to leave out, so that another document may be sent.
        """
        named = frozenset(_named(messages, sent.optional))
        if not named:
            return False
        with self._lock:
            refused = {
                operation: self._refused.get(operation, frozenset()) | named
                for operation in sent.operations
            }
            try:
                thinned = {
                    operation: Thinned(operation, refused[operation]) for operation in refused
                }
            except ValueError:  # nothing of use would be left
                return False
            self._refused.update(refused)
            self._thinned.update(thinned)
        return True

    def _present(self, operation: Operation) -> Thinned:
        with self._lock:
            if operation not in self._thinned:
                self._thinned[operation] = Thinned(operation, frozenset())
            return self._thinned[operation]


def _named(messages: Iterable[str], optional: frozenset[str]) -> Iterator[str]:
    """The fields that validation messages refuse, out of those that may be left out.

    Where a message says the type, and a fragment is on that, it is a field of that type alone: a
    gateway may lack the name of a role, and know that of an account.
    """
    for message in messages:
        about_fields = re.search(r"field|undefined|unknown", message, re.IGNORECASE)
        # A refused variable may be quoted with all its values, which name nothing.
        if about_fields and "variable" not in message.lower():
            # What follows is a suggestion of fields that the gateway does know.
            quoted = _QUOTED_NAME.findall(message.partition("Did you mean")[0])
            names = [name for _, name in quoted]
            kinds = [*filter(None, (kind for kind, _ in quoted)), *names]
            of_a_type = {f"{kind}.{name}" for kind in kinds for name in names} & optional
            yield from of_a_type or optional.intersection(names)

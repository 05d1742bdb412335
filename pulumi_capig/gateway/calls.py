"""One call of the gateway: its document, its variables and what it means to send it twice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

_QUOTED_NAME = re.compile(r"[\"'`](?:\w+\.)?(\w+)[\"'`]")


@dataclass(frozen=True)
class Call:
    """One GraphQL operation about to be sent.

    Attributes:
        operation: Name of its document, which is the operation's name in the reference.
        words: What it does, in words, for messages: ``connect pixel 123``.
        tenant_id: The account.
        variables: GraphQL variables, the account included.
        path: Where the result stands below ``data``.
        mutates: Whether it changes anything.
        repeatable: Whether sending it again after an unknown outcome does no harm.
        secrets: Values that must not appear in any message.
    """

    operation: str
    words: str
    tenant_id: str
    variables: dict[str, Any] = field(repr=False)
    path: tuple[str, ...]
    mutates: bool = True
    repeatable: bool = True
    secrets: frozenset[str] = field(default=frozenset(), repr=False)

    def content(self, documents: Documents) -> dict[str, Any]:
        """Document and variables, as they are sent now."""
        return {"query": documents.text(self.operation), "variables": self.variables}

    def leave_out(self, documents: Documents, sent: str, messages: list[str]) -> bool:
        """Leave out the fields that validation messages refuse, if any, from now on."""
        return documents.leave_out(self.operation, sent, messages)


class Documents:
    """The documents, less the fields that this gateway has refused by name.

    Older gateways do not know every documented field. One that is refused is left out for the
    rest of the process.
    """

    def __init__(self) -> None:
        self._refused: dict[str, frozenset[str]] = {}

    def text(self, operation: str) -> str:
        """The document as it is sent now."""
        refused = self._refused.get(operation, frozenset())
        lines = _document(operation).splitlines()
        return "\n".join(line for line in lines if line.strip() not in refused)

    def leave_out(self, operation: str, sent: str, messages: list[str]) -> bool:
        """Leave out the fields of a sent document that validation messages refuse, if any."""
        named = {
            name
            for message in messages
            # A refused variable may be quoted with all its values, which name nothing.
            if re.search(r"field|undefined|unknown", message, re.IGNORECASE)
            and "variable" not in message.lower()
            # What follows is a suggestion of fields that the gateway does know.
            for name in _QUOTED_NAME.findall(message.partition("Did you mean")[0])
        }
        refused = named & _leaves(sent)
        self._refused[operation] = self._refused.get(operation, frozenset()) | refused
        return bool(refused)


@cache
def _document(operation: str) -> str:
    return (files(__package__) / "documents" / f"{operation}.graphql").read_text("utf-8")


def _leaves(document: str) -> frozenset[str]:
    """Fields without arguments and sub-fields: each stands alone on its line."""
    lines = (line.strip() for line in document.splitlines())
    return frozenset(line for line in lines if re.fullmatch(r"\w+", line))

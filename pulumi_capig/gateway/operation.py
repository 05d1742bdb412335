"""One operation of the reference, as the client needs to know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Endpoint = Literal["capig", "hub"]
"""The two GraphQL endpoints of a gateway, which have a schema each and take the same token."""


@dataclass(frozen=True)
class Operation:
    """One operation of the reference.

    Attributes:
        document: Name of its document, which is the operation's name in the reference; a second
            selection of one operation has a word more, as in ``NAME.reach``.
        endpoint: Where it is sent to, and the folder that holds its document.
        path: Where its result is below ``data``.
        mutates: Whether it changes anything.
        repeatable: Whether sending it again after an unknown outcome does no harm.
        nullable: Whether null is a result, and not the lack of one.
        spare: Names of fields of its result that nobody needs: what fails there, fails alone.
        link_at: Where in its result a link is that is a secret; None if it has none.
    """

    document: str
    endpoint: Endpoint
    path: tuple[str, ...]
    mutates: bool
    repeatable: bool = True
    nullable: bool = False
    spare: frozenset[str] = frozenset()
    link_at: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """Its name in the reference."""
        return self.document.partition(".")[0]

    @property
    def url(self) -> str:
        """The path that it is posted to."""
        return f"/{self.endpoint}/graphql/"

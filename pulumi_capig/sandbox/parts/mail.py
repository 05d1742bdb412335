"""The mail box: what the gateway would have sent to people."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..redaction import fingerprint
from . import Part

if TYPE_CHECKING:
    from ..state import GatewayState

__all__ = ["Mail", "MailBox", "new_link"]

_BASE = "http://localhost:8443"
"""As in the reference's samples: the host's own address is not in them."""


@dataclass(frozen=True)
class Mail:
    """An invitation that would have been sent.

    Args:
        sequence: Position in the mail box, from 1 on.
        operation: Operation that caused it.
        tenant: Account, empty for the host.
        to: E-mail as it was given.
        link: The invitation link, a secret.
    """

    sequence: int
    operation: str
    tenant: str
    to: str
    link: str = field(repr=False)


class MailBox(Part):
    """All that would have been sent, in order."""

    def __init__(self, gateway: GatewayState) -> None:
        super().__init__(gateway)
        self._sent: list[Mail] = []

    def all(self) -> list[Mail]:
        """Everything."""
        with self._gateway.lock:
            return list(self._sent)

    def send(self, operation: str, tenant: str, to: str, link: str) -> None:
        """Puts an invitation into the box."""
        with self._gateway.lock:
            self._sent.append(Mail(len(self._sent) + 1, operation, tenant, to, link))
            self._gateway.record(operation, tenant, "mail", (to,), None, fingerprint(link))


def new_link(email: str) -> str:
    """A fresh invitation link."""
    return f"{_BASE}/auth/verify/?token={secrets.token_urlsafe(16)}&et=inv&email={email}"

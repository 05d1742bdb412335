"""People get a role, and an invitation."""

from __future__ import annotations

import re
from typing import TypeGuard

from .parts.mail import MailBox, new_link
from .parts.people import Grant, HeldPerson, People
from .state import GatewayState

__all__ = ["invite", "is_email", "send_link"]

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


def is_email(text: str | None) -> TypeGuard[str]:
    """Whether a text has the form of an e-mail address."""
    return text is not None and _EMAIL.fullmatch(text) is not None


def invite(
    state: GatewayState, operation: str, email: str, grant: Grant, *, anew: bool = False
) -> tuple[HeldPerson, str | None]:
    """Gives a role to whoever has this e-mail, and tells them.

    Args:
        state: What the gateway holds.
        operation: Cause.
        email: Who.
        grant: The role.
        anew: Whether they are a further person, even if the gateway knows somebody of this e-mail.

    Returns:
        The person, and the link that the answer says.
    """
    people = state.part(People)
    known = [] if anew else people.named(email)
    person = known[0] if known else people.new(email)
    person = people.put(operation, grant.tenant, person.granted(grant))
    link = send_link(state, operation, grant.tenant, person.email if known else email)
    untold = known and state.dialect.invitation_link == "null-known"
    return person, None if untold else link


def send_link(state: GatewayState, operation: str, tenant: str, email: str) -> str | None:
    """Sends an invitation; returns its link, None on a gateway without a mail server."""
    if state.dialect.invitation_link == "null-no-smtp":
        return None
    link = new_link(email)
    state.part(MailBox).send(operation, tenant, email, link)
    return link

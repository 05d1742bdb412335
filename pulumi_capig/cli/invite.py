"""`capig invite`: a new invitation link for a user of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from .. import canonical, lookup
from ..errors import GatewayError, NotFoundError, RefusedError, UnexpectedAnswerError
from .sources import Sources
from .terminal import complain

if TYPE_CHECKING:
    from ..gateway import Client

_ACTIVATED = 1
_SECRET = (
    "warning: the link is a secret: whoever has it can set the password of that user",
    "Give it to that person only, and keep it out of logs. If the host has SMTP, the gateway has "
    "mailed it to them, too.",
)


def invite(sources: Sources, tenant: str, email: str) -> None:
    """Prints a new link, and nothing else, on standard output.

    Args:
        sources: Where settings come from.
        tenant: The account.
        email: Whom to invite: a user of the account.

    Raises:
        SettingsError: Settings are missing or wrong.
        RefusedError: The e-mail is malformed.
        GatewayError: It failed.
    """
    try:
        person = canonical.email(email)
    except ValueError as error:
        what = f"invite: {error}"
        raise RefusedError(what, "Correct the e-mail address.") from error
    settings = sources.read(lambda found: found.for_client())
    from ..gateway import Client, users

    with Client(settings) as client:
        try:
            link = users.invite(client, tenant, person)
        except NotFoundError as error:
            advice = "Only a user of the account can be invited: add one with an AccountUser."
            raise error.because(advice=advice) from error
        accepted = link is not None and _has_accepted(client, tenant, person)
    if link is None:
        what = "the gateway answered without a link"
        raise UnexpectedAnswerError(
            what,
            operation=f"invite {person}",
            tenant_id=tenant,
            advice="A mail may have been sent anyway: look at the user in the gateway's page.",
        )
    typer.echo(link)
    complain(*_SECRET)
    if accepted:
        complain(
            f"warning: {person} has accepted an invitation already: this link sets a new password"
        )


def _has_accepted(client: Client, tenant: str, person: str) -> bool:
    """Whether the account lists the person as activated; the link is made whatever it says."""
    try:
        users = lookup.record(client, tenant)["users"]
    except GatewayError:
        return False
    return any(user["email"].lower() == person and user["status"] == _ACTIVATED for user in users)

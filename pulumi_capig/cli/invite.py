"""`capig invite`: a new invitation link for a user of an account."""

from __future__ import annotations

import typer

from .. import canonical
from ..errors import NotFoundError, RefusedError, UnexpectedAnswerError
from .sources import Sources
from .terminal import complain

_SECRET = (
    "warning: the link is a secret: whoever has it can set the password of that user",
    "Hand it to that person alone, and keep it out of logs.",
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
            advice = "Only a user of the account can be invited: an AccountUser makes one."
            raise error.because(advice=advice) from error
    if link is None:
        what = "the gateway answered without a link"
        raise UnexpectedAnswerError(
            what,
            operation=f"invite {person}",
            tenant_id=tenant,
            advice="A mail may have gone out nevertheless: look at the user in the gateway's page.",
        )
    typer.echo(link)
    complain(*_SECRET)

"""What `capig doctor` finds at the hub, the gateway's endpoint for accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, TypeAlias

from ..errors import (
    CapigError,
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
)
from .check import Check
from .exits import Exit

if TYPE_CHECKING:
    from ..gateway import Client
    from ..gateway.operations.accounts import AccountRecord

Told: TypeAlias = "AccountRecord | CapigError | None"
"""What the hub says of an account; None is its null."""

_ABOUT_THE_ACCOUNT = (InvalidInputError, NotAuthorizedError, NotFoundError)

_LET_THROUGH = (
    "Allow this machine to reach /hub/graphql/ too, and look at the gateway's health page "
    "(/hub/health/). Pixels and filters work without the hub; accounts, users and domains do not."
)
_DISAGREE = (
    "Look at the account in the gateway's page. Its pixels can be managed; the account itself, its "
    "users and its domain cannot."
)


def ask(client: Client, tenant: str) -> Told:
    """Asks the hub about an account."""
    from ..gateway import accounts

    try:
        return accounts.read(client, tenant)
    except CapigError as error:
        return error


def of_endpoint(told: Collection[Told]) -> Check:
    """Whether the hub answers at all."""
    errors = [each for each in told if isinstance(each, GatewayError)]
    broken = [error for error in errors if not isinstance(error, _ABOUT_THE_ACCOUNT)]
    if broken and len(broken) == len(told):
        return Check("hub", broken[0].reason, _LET_THROUGH, Exit.GATEWAY)
    if len(errors) == len(told):
        return Check("hub", "answers, but shows none of these accounts")
    return Check("hub", "answers to the same token")


def of_account(name: str, pixels: str, told: Told) -> Check:
    """An account whose pixels can be seen.

    Args:
        name: The name of the check.
        pixels: What is known of its pixels.
        told: What the hub says of it.
    """
    if told is None or isinstance(told, _ABOUT_THE_ACCOUNT):
        reason = "the gateway answered null" if told is None else told.reason
        said = f"{pixels}, but the hub does not show the account: {reason}"
        return Check(name, said, _DISAGREE, Exit.FINDING)
    return Check(name, f"{pixels}{managed(told)}")


def managed(told: Told) -> str:
    """Who manages an account, to be appended; empty where the hub does not say it."""
    flag = None if told is None or isinstance(told, CapigError) else told.can_partner_manage
    return {None: "", True: ", managed by the host", False: ", not managed by the host"}[flag]


def known_to_hub(check: Check, told: Told) -> Check:
    """The check of an account whose pixels cannot be seen, with what the hub says of it."""
    if told is None or isinstance(told, CapigError):
        return check
    said = f"{check.said}; the hub knows it{managed(told)}"
    return Check(check.name, said, check.fix, check.status)


def of_schema(client: Client, told: Mapping[str, Told], fix: str) -> Check | None:
    """Whether the hub is an older one; None where no account was read."""
    from ..gateway import accounts

    if all(each is None or isinstance(each, CapigError) for each in told.values()):
        return None
    unknown = client.refused_fields(accounts.READ)
    if not unknown:
        return Check("hub schema", "the gateway knows all documented fields of accounts")
    said = f"older than the documented version: it lacks {', '.join(unknown)}"
    return Check("hub schema", said, fix, Exit.FINDING)

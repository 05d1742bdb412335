"""The account that this stack is named after: its people, its pixels, and the policy for it."""

import os
from pathlib import Path

import pulumi
import tables

import pulumi_capig as capig

stack = pulumi.get_stack()
config = pulumi.Config()


def this_account() -> tables.Account:
    try:
        accounts = tables.read(Path(__file__).parent)
    except tables.BadTablesError as error:
        raise pulumi.RunError(str(error)) from None
    if stack not in accounts:
        message = (
            f"{tables.ACCOUNTS} has no account {stack}; "
            f"`python agency.py destroy {stack}` takes down what its stack holds"
        )
        raise pulumi.RunError(message)
    return accounts[stack]


def tokens(businesses: set[str]) -> dict[str, pulumi.Input[str]]:
    """The access token of each business: from the environment, or else from stack config."""
    found = {
        business: os.environ.get(f"TOKEN_{business}") or config.get_secret(f"token-{business}")
        for business in businesses
    }
    if missing := sorted(business for business, token in found.items() if token is None):
        message = (
            f"no access token of business {', '.join(missing)}\n"
            f"Set TOKEN_{missing[0]} in the environment, or type "
            f"`pulumi config set --secret --stack {stack} token-{missing[0]}`, which asks for it."
        )
        raise pulumi.RunError(message)
    return {business: token for business, token in found.items() if token is not None}


def id_of(account: tables.Account) -> pulumi.Input[str]:
    """The account's id; the account itself is a resource only where the table says so."""
    if not account.is_declared:
        return account.tenant_id
    declared = capig.Account(
        "account",
        tenant_id=account.tenant_id or None,
        name=account.title or None,
        event_enrichment=None if account.tenant_id else account.event_enrichment,
        active=account.active,
    )
    return declared.tenant_id


account = this_account()
tenant_id = id_of(account)
token_of = tokens({pixel.business_id for pixel in account.pixels})

for email, role in account.people.items():
    capig.AccountUser(f"user-{email}", tenant_id=tenant_id, email=email, role=role)

for pixel in account.pixels:
    capig.PixelConnection(
        f"pixel-{pixel.pixel_id}",
        tenant_id=tenant_id,
        pixel_id=pixel.pixel_id,
        business_id=pixel.business_id,
        access_token=token_of[pixel.business_id],
        pixel_name=pixel.name or None,
        receiving=pixel.receiving,
        publishing=pixel.publishing,
    )

# Without `pixel_ids`, a filter is for every pixel of the account.
for (kind, name), state in account.policy.items():
    if kind == "event":
        capig.EventFilter(f"event-{name}", tenant_id=tenant_id, event_name=name, filter_state=state)
    else:
        capig.DomainFilter(f"domain-{name}", tenant_id=tenant_id, domain=name, filter_state=state)

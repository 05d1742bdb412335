"""What an advertiser has on the gateway, as programs of the provider layer declare it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pulumi_capig.sandbox import Sandbox

from .deployment import IdOf

Declared = tuple[str, dict[str, Any]]

SHOP = IdOf("shop")
"""The account that the program makes as `shop`."""

OWNER = "owner@shop.example"


def account(name: str | None = "Shop GmbH", **more: Any) -> Declared:
    """A new account."""
    return "Account", _given(name=name, **{"event_enrichment": False, **more})


def taken_over(tenant_id: str, **more: Any) -> Declared:
    """An account that exists."""
    return "Account", _given(tenant_id=tenant_id, **more)


def user(email: str = OWNER, role: str = "admin", **more: Any) -> Declared:
    """A person's access."""
    return "AccountUser", _given(email=email, role=role, **more)


def first_party(domain: str = "capig.shop.example", **more: Any) -> Declared:
    """A first-party domain."""
    return "FirstPartyDomain", _given(domain=domain, **more)


def pixel(pixel_id: str = "101", **more: Any) -> Declared:
    """A connection."""
    given = {"pixel_id": pixel_id, "business_id": "1", "access_token": "EAAB", "external_id": ""}
    return "PixelConnection", {**given, **more}


def lead(**more: Any) -> Declared:
    """A filter of an event."""
    return "EventFilter", {"event_name": "Lead", "filter_state": "DROP", **more}


def _given(**arguments: Any) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value is not None}


def asked(sandbox: Sandbox) -> list[str]:
    """The operations of all requests but those of tokens, in order."""
    return [r.operation for r in sandbox.requests if r.operation != "token"]


def speak(sandbox: Sandbox, **switches: Any) -> None:
    """Change switches of the gateway's dialect."""
    sandbox.dialect = replace(sandbox.dialect, **switches)


def made(sandbox: Sandbox) -> list[str]:
    """Ids of the accounts that there are beside those of the beginning."""
    return [
        tenant for tenant in sandbox.state.accounts if tenant not in sandbox.state.first_accounts
    ]


def role_of(sandbox: Sandbox, email: str = OWNER, tenant: str | None = None) -> list[str]:
    """The roles that somebody has in an account."""
    from pulumi_capig.sandbox.parts.people import People

    place = sandbox.tenant_id if tenant is None else tenant
    people = sandbox.state.part(People).named(email)
    return [grant.role for person in people for grant in person.roles(place)]


def domain_of(sandbox: Sandbox, tenant: str | None = None) -> Any:
    """What is held of an account's first-party domain."""
    from pulumi_capig.sandbox.parts.routing import Routings

    return sandbox.state.part(Routings).get(sandbox.tenant_id if tenant is None else tenant)

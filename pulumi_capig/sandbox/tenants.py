"""Accounts and users as the hub's answers say them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from .parts.accounts import Accounts, HeldAccount
from .parts.events import Events
from .parts.people import HOST, PENDING, Grant, HeldPerson, People
from .parts.pipelines import Pipelines
from .roles import is_admin, offered_roles, role_entry
from .state import GatewayState

__all__ = ["is_sole_admin", "tenant_entry", "usage_entry", "user_entry"]

_USAGE_HOURS = 24


def tenant_entry(state: GatewayState, account: HeldAccount) -> dict[str, Any]:
    """An account; whatever stands below it is a function, since accounts and users name each other.

    Args:
        state: What the gateway holds.
        account: The account.
    """
    return {
        "id": account.id,
        "name": account.name,
        "status": account.status,
        "canPartnerManage": account.managed,
        "users": partial(_users, state, account.id),
        "availableRoles": partial(_available_roles, state, account),
        "canEditTenantSettingsInUI": False,
        "canViewTenantInUI": False,
        "canEditTenantUsersInUI": False,
        "tenantUsage": partial(usage_entry, state, account),
    }


def user_entry(state: GatewayState, person: HeldPerson, tenant: str) -> dict[str, Any]:
    """A user, in an answer about an account or (`HOST`) the host."""
    dialect = state.dialect
    told = person.grants if dialect.user_roles == "all" else person.roles(tenant)
    theirs = list(dict.fromkeys(grant.tenant for grant in person.grants if grant.tenant != HOST))
    return {
        "id": person.id,
        "email": person.email.lower() if dialect.email_answered == "lower" else person.email,
        "status": person.status,
        "roles": [_role(state, grant) for grant in told if grant.role],
        "tenants": partial(_accounts, state, theirs),
        "isSelf": False,
        "canBeDeleted": partial(_can_be_deleted, state, person, theirs),
        "defaultTenantId": next(iter(theirs), None),
        "userExpiry": None,
    }


def is_sole_admin(state: GatewayState, person: HeldPerson, tenant: str) -> bool:
    """Whether a person is the only admin of an account, or of the host."""
    admins = [
        other.id
        for other in state.part(People).of(tenant)
        if any(map(is_admin, other.roles(tenant)))
    ]
    return admins == [person.id]


def usage_entry(state: GatewayState, account: HeldAccount) -> dict[str, Any]:
    """What an account uses of the gateway."""
    pixels, events = state.pixels(account.id), state.part(Events)
    pipelines = state.part(Pipelines).of(account.id)
    active = sum(pixel.receiving and pixel.publishing for pixel in pixels)
    counts = events.by_name(account.id)
    received = sum(count.received for count in counts)
    return {
        "totalPixels": len(pixels),
        "totalActivePixels": active,
        "totalInactivePixels": len(pixels) - active,
        "totalActivePipeline": sum(pipeline.active for pipeline in pipelines),
        "totalPipelines": len(pipelines),
        "tenantUsageByTraffic": {
            "totalEventsReceived": str(received) if state.dialect.long == "string" else received,
            "totalPixelsWithTraffic": len(events.pixels(account.id)),
            "publishError": any(pixel.bad_token for pixel in pixels),
            "durationInHours": _USAGE_HOURS,
            "lastUpdatedAt": str(max((count.last for count in counts), default=0)),
        },
        "pixelIds": [pixel.pixel_id for pixel in pixels],
    }


def _users(state: GatewayState, tenant: str) -> list[dict[str, Any]]:
    hidden = state.dialect.pending_users == "unlisted"
    return [
        user_entry(state, person, tenant)
        for person in state.part(People).of(tenant)
        if not (hidden and person.status == PENDING)
    ]


def _accounts(state: GatewayState, tenants: Sequence[str]) -> list[dict[str, Any]]:
    held = map(state.part(Accounts).get, tenants)
    return [tenant_entry(state, account) for account in held if account is not None]


def _can_be_deleted(state: GatewayState, person: HeldPerson, tenants: Sequence[str]) -> bool:
    return not any(is_sole_admin(state, person, tenant) for tenant in tenants)


def _role(state: GatewayState, grant: Grant) -> dict[str, str]:
    account = state.part(Accounts).get(grant.tenant)
    return role_entry(grant, state.dialect, account.name if account else "")


def _available_roles(state: GatewayState, account: HeldAccount) -> list[dict[str, str]]:
    if state.dialect.roles == "none":
        return []
    return [
        {"name": name, "displayName": display, "tenantName": account.name}
        for name, display in offered_roles(account.id, state.dialect).items()
    ]

"""The roles that the gateway offers, at its host and in an account."""

from __future__ import annotations

from collections.abc import Mapping

from .dialect import Dialect
from .parts.people import HOST, Grant

__all__ = ["admin_of", "grant_of", "is_admin", "offered_roles", "role_entry"]

_DISPLAYS: Mapping[str, Mapping[str, str]] = {
    "documented": {"admin": "admin", "manage": "manage", "view": "view"},
    "table": {"admin": "admin", "user": "user", "view": "view"},
    "other-names": {"admin": "admin", "standard": "manage", "view": "view"},
    "none": {"admin": "admin", "manage": "manage", "view": "view"},
}
"""What the action in a role's name is shown as."""


def offered_roles(tenant: str, dialect: Dialect) -> dict[str, str]:
    """The names of an account's roles (of the host's for `HOST`), with what is shown of each."""
    head, tail = ("agency", "") if tenant == HOST else ("advertiser", f"-{tenant}")
    shown = _DISPLAYS[dialect.roles]
    return {f"{head}-{action}{tail}": display for action, display in shown.items()}


def grant_of(role: str, dialect: Dialect) -> Grant | None:
    """The role of a name, in whatever account; None if no account has a role of such a name."""
    parts = role.split("-", 2)
    tenant = parts[2] if len(parts) == 3 else HOST
    return Grant(tenant, role) if role in offered_roles(tenant, dialect) else None


def role_entry(grant: Grant, dialect: Dialect, place: str = "") -> dict[str, str]:
    """A role as answers say it; `place` is the name of its account."""
    shown = offered_roles(grant.tenant, dialect).get(grant.role, grant.action)
    return {"name": grant.role, "displayName": shown, "tenantName": place}


def is_admin(grant: Grant) -> bool:
    """Whether it is an admin's role."""
    return grant.action == "admin"


def admin_of(tenant: str) -> Grant:
    """The admin's role of an account."""
    return Grant(tenant, f"advertiser-admin-{tenant}")

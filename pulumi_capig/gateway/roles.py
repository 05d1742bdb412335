"""Roles in one account: the action that people say, and the name that the gateway takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .operations.accounts import AccountRecord
    from .operations.users import Role, User


def offered(account: AccountRecord, tenant_id: str) -> dict[str, str]:
    """The roles that an account offers.

    Args:
        account: The account.
        tenant_id: Its id.

    Returns:
        Their names by their actions, in the gateway's order.
    """
    found: dict[str, str] = {}
    for role in account.available_roles or ():
        if role and role.name and (action := _action(role, tenant_id)):
            found.setdefault(action, role.name)
    return found


def held(user: User, account: AccountRecord, tenant_id: str) -> tuple[str, str]:
    """The role that a user has in an account, whatever else they are elsewhere.

    Args:
        user: The user.
        account: The account.
        tenant_id: Its id.

    Returns:
        The action and the name of the role; both are empty if the user has none there.
    """
    actions = {name: action for action, name in offered(account, tenant_id).items()}
    for role in _named(user.roles):
        name = role.name or ""
        if name in actions:
            return actions[name], name
        if re.fullmatch(rf"advertiser-.+-{re.escape(tenant_id)}", name):
            return _action(role, tenant_id), name
    return "", ""


def _named(roles: list[Role | None] | None) -> Iterator[Role]:
    return (role for role in roles or () if role and role.name)


def _action(role: Role, tenant_id: str) -> str:
    """What a role is called by people: its display name, else the action in its name."""
    name = (role.name or "").removeprefix("advertiser-").removesuffix(f"-{tenant_id}")
    return (role.display_name or name).strip().lower()

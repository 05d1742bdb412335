"""An account as the hub holds it: its users, its roles and what it uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import NotFoundError
from .untold import UNTOLD, told

if TYPE_CHECKING:
    from ..gateway import Client
    from ..gateway.operations.users import User
    from ..gateway.roles import Roles

BLANK_ACCOUNT: Mapping[str, Any] = {
    "tenant_id": "",
    "name": "",
    "status": UNTOLD,
    "managed": False,
    "roles": [],
    "users": [],
    "gateway": "",
}

BLANK_USER: Mapping[str, Any] = {
    "user_id": "",
    "email": "",
    "status": UNTOLD,
    "role": "",
    "role_name": "",
}

BLANK_USAGE: Mapping[str, Any] = {
    "total_pixels": UNTOLD,
    "total_active_pixels": UNTOLD,
    "total_inactive_pixels": UNTOLD,
    "total_pipelines": UNTOLD,
    "total_active_pipelines": UNTOLD,
    "total_events_received": UNTOLD,
    "total_pixels_with_traffic": UNTOLD,
    "publish_error": False,
    "duration_in_hours": UNTOLD,
    "last_updated_at": "",
}


def record(client: Client, tenant_id: str) -> dict[str, Any]:
    """An account with its users (operation 9).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Raises:
        NotFoundError: The gateway answers null.
        GatewayError: The gateway refused or cannot be reached.
    """
    from ..gateway import accounts
    from ..gateway.roles import Roles

    found = accounts.read(client, tenant_id)
    if found is None:
        reason = "the gateway answered null: it has no such account, or the host may not see it"
        raise NotFoundError(reason, operation="read the account", tenant_id=tenant_id)
    roles = Roles.of(found, tenant_id)
    return told(
        BLANK_ACCOUNT,
        tenant_id=tenant_id,
        name=found.name,
        status=found.status,
        managed=found.can_partner_manage,
        roles=roles.actions(),
        users=[_user(user, roles) for user in found.users or () if user],
        gateway=client.host,
    )


def usage(client: Client, tenant_id: str) -> dict[str, Any]:
    """What an account uses (operation 12).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Raises:
        GatewayError: The gateway refused or cannot be reached.
    """
    from ..gateway import accounts

    found = accounts.usage(client, tenant_id)
    traffic = found.tenant_usage_by_traffic
    return told(
        BLANK_USAGE,
        total_pixels=found.total_pixels,
        total_active_pixels=found.total_active_pixels,
        total_inactive_pixels=found.total_inactive_pixels,
        total_pipelines=found.total_pipelines,
        total_active_pipelines=found.total_active_pipeline,
        **(dict(traffic) if traffic else {}),
    )


def _user(user: User, roles: Roles) -> dict[str, Any]:
    from ..gateway.roles import names

    role_name = roles.held(names(user.roles)) or ""
    return told(
        BLANK_USER,
        user_id=user.id,
        email=user.email and user.email.lower(),
        status=user.status,
        role=roles.action(role_name),
        role_name=role_name,
    )

"""Look up an account: its users, and what it uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from .. import lookup
from ..invocation import Invocation
from .shown import Shown, whole

if TYPE_CHECKING:
    from ..gateway import Client

__all__ = [
    "GetAccountResult",
    "GetAccountUsageResult",
    "GetAccountUserResult",
    "get_account",
    "get_account_output",
    "get_account_usage",
    "get_account_usage_output",
]


@pulumi.output_type
class GetAccountUserResult(Shown):
    """A user of an account; no value is ever None.

    Attributes:
        user_id: The gateway's id.
        email: In lower case.
        status: 0 deactivated, 1 activated, 2 pending; -1 if the gateway does not say it.
        role: The role in this account, as `AccountUser.role` takes it; ``""`` if there is none.
        role_name: The role's full name.
    """

    user_id: str
    email: str
    status: int
    role: str
    role_name: str


@pulumi.output_type
class GetAccountResult(Shown):
    """An account as the gateway holds it now; no value is ever None.

    Attributes:
        tenant_id: The account.
        name: Its display name.
        status: 0 active, 1 setup in progress, 2 deactivated; -1 if the gateway does not say it.
        managed: Whether the host manages it; False if the gateway does not say it.
        roles: The roles that its users can have, as `AccountUser.role` takes them.
        users: Its users, in the gateway's order. Whether people with a pending invitation are among
            them is not documented.
        gateway: Host of the gateway.
    """

    tenant_id: str
    name: str
    status: int
    managed: bool
    roles: Sequence[str]
    users: Sequence[GetAccountUserResult]
    gateway: str


@pulumi.output_type
class GetAccountUsageResult(Shown):
    """What an account uses, for its bill; -1 means that the gateway does not say it.

    Attributes:
        total_pixels: Connected pixels.
        total_active_pixels: Those that are active.
        total_inactive_pixels: Those that are not.
        total_pipelines: Pipelines of Signals Gateway.
        total_active_pipelines: Those that are active.
        total_events_received: Events received in the last ``duration_in_hours``.
        total_pixels_with_traffic: Pixels that these events came from.
        publish_error: Whether publishing failed; False if the gateway does not say it.
        duration_in_hours: How many hours the counts cover.
        last_updated_at: When they were counted, as the gateway says it; ``""`` if it does not.
    """

    total_pixels: int
    total_active_pixels: int
    total_inactive_pixels: int
    total_pipelines: int
    total_active_pipelines: int
    total_events_received: int
    total_pixels_with_traffic: int
    publish_error: bool
    duration_in_hours: int
    last_updated_at: str


def get_account(
    tenant_id: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetAccountResult:
    """Look up an account with its users and their roles.

    Args:
        tenant_id: The account. Defaults to `CAPIG_TENANT_ID` or ``capig:tenantId``.
        opts: Pulumi's invoke options; ``provider`` is refused.

    Raises:
        NotFoundError: The gateway has no such account, or the host may not see it.
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting is in plain
            text.
    """
    return _ACCOUNT.now({"tenant_id": tenant_id}, opts)


def get_account_output(
    tenant_id: pulumi.Input[str | None] | None = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetAccountResult]:
    """`get_account` for arguments that are outputs of other resources.

    The result is unknown while an argument or a resource in ``depends_on`` is unknown. It is secret
    if an argument is secret, and depends on what the arguments depend on.
    """
    return _ACCOUNT.output({"tenant_id": tenant_id}, opts)


def get_account_usage(
    tenant_id: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetAccountUsageResult:
    """Look up what an account uses, for its bill.

    Args:
        tenant_id: The account. Defaults to `CAPIG_TENANT_ID` or ``capig:tenantId``.
        opts: Pulumi's invoke options; ``provider`` is refused.

    Raises:
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting is in plain
            text.
    """
    return _USAGE.now({"tenant_id": tenant_id}, opts)


def get_account_usage_output(
    tenant_id: pulumi.Input[str | None] | None = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetAccountUsageResult]:
    """`get_account_usage` for arguments that are outputs of other resources.

    The result is unknown while an argument or a resource in ``depends_on`` is unknown. It is secret
    if an argument is secret, and depends on what the arguments depend on.
    """
    return _USAGE.output({"tenant_id": tenant_id}, opts)


def _ask_account(client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    return lookup.record(client, arguments["tenant_id"])


def _ask_usage(client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    return lookup.usage(client, arguments["tenant_id"])


def _read_account(values: dict[str, Any]) -> GetAccountResult:
    found = whole(lookup.BLANK_ACCOUNT, values)
    users = [GetAccountUserResult(**whole(lookup.BLANK_USER, user)) for user in found["users"]]
    return GetAccountResult(**{**found, "users": users})


def _read_usage(values: dict[str, Any]) -> GetAccountUsageResult:
    return GetAccountUsageResult(**whole(lookup.BLANK_USAGE, values))


_ACCOUNT = Invocation("get_account", _ask_account, _read_account)
_USAGE = Invocation("get_account_usage", _ask_usage, _read_usage)

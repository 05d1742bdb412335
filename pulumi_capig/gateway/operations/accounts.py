"""Account management: operations 8 to 12. An account is a tenant in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import OutcomeUnknownError, UnexpectedAnswerError
from ..calls import Call
from ..failure import AttemptFailure
from ..models import Count, Flag, Model, Status, Word, flag
from ..operation import Operation
from .users import Role, User

if TYPE_CHECKING:
    from ..client import Client

_ALL_BUT_THE_ID = frozenset(
    {
        "availableRoles",
        "canPartnerManage",
        "displayName",
        "email",
        "name",
        "roles",
        "status",
        "users",
    }
)
"""Fields whose failure must not hide a new account's id: no other operation returns it."""

_LOOK_FIRST = (
    "There may be a new account with this name. Look in the gateway's page before you create it "
    "again. If it is there, pass its id as tenant_id to take it over."
)

_FIGURES = frozenset(
    {
        "durationInHours",
        "lastUpdatedAt",
        "publishError",
        "tenantUsageByTraffic",
        "totalActivePipeline",
        "totalActivePixels",
        "totalEventsReceived",
        "totalInactivePixels",
        "totalPipelines",
        "totalPixels",
        "totalPixelsWithTraffic",
    }
)

CREATE = Operation(
    "CreateTenantMutation",
    "hub",
    ("tenantMutations", "createTenant"),
    mutates=True,
    repeatable=False,
    spare=_ALL_BUT_THE_ID,
)
READ = Operation("TenantAccountUsersViewQuery", "hub", ("tenant",), mutates=False, nullable=True)
REACH = Operation(
    "TenantAccountUsersViewQuery.reach", "hub", ("tenant",), mutates=False, nullable=True
)
UPDATE = Operation(
    "TenantEditNameModalMutation",
    "hub",
    ("tenantMutations", "updateTenant"),
    mutates=True,
    nullable=True,
)
DELETE = Operation(
    "DeleteTenant",
    "hub",
    ("tenantMutations", "deleteTenant"),
    mutates=True,
    repeatable=False,
    nullable=True,
)
USAGE = Operation("TenantUsageQuery", "hub", ("tenantUsage",), mutates=False, spare=_FIGURES)


class AccountRecord(Model):
    """An account as the hub holds it, without its pixels.

    Attributes:
        id: The account's id.
        name: Its display name.
        status: 0 active, 1 setup in progress, 2 deactivated.
        can_partner_manage: Whether the host manages it.
        available_roles: Those that its users can have.
        users: Its users; whether those with a pending invitation are among them is not documented.
    """

    id: str | None = None
    name: str | None = None
    status: Status = None
    can_partner_manage: bool | None = None
    available_roles: list[Role | None] | None = None
    users: list[User | None] | None = None


class AccountResult(Model):
    """Answer to a new or a changed account."""

    tenant: AccountRecord | None = None


class Traffic(Model):
    """Traffic of an account in the last hours."""

    total_events_received: Count = None
    total_pixels_with_traffic: Count = None
    publish_error: Flag = None
    duration_in_hours: Count = None
    last_updated_at: Word = None


class Usage(Model):
    """What an account uses; no edition of the reference names all of the figures."""

    total_pixels: Count = None
    total_active_pixels: Count = None
    total_inactive_pixels: Count = None
    total_pipelines: Count = None
    total_active_pipeline: Count = None
    tenant_usage_by_traffic: Traffic | None = None


class AccountName(Model):
    """An account as a user of it knows it."""

    id: str | None = None
    name: Word = None


class _UserInReach(Model):
    tenants: list[AccountName | None] | None = None


class _Reach(Model):
    users: list[_UserInReach | None] | None = None


def create(
    client: Client,
    *,
    name: str,
    managed: bool,
    event_enrichment: bool,
    admin_email: str | None = None,
) -> AccountRecord:
    """Make an account (operation 8).

    It is never sent twice: no operation lists accounts, so a second one could not be found.

    Args:
        client: Of the gateway.
        name: Its display name.
        managed: Whether the host manages it.
        event_enrichment: Whether its events are enhanced with advanced matching data.
        admin_email: Who is invited as its admin; needed where the host does not manage it.

    Returns:
        The account as the gateway answers it; its id is there.

    Raises:
        InvalidInputError: The gateway does not accept the input.
        OutcomeUnknownError: No answer came with an id: there may be a new account.
        GatewayError: It failed in another way.
    """
    given = {"name": name, "canPartnerManage": managed, "eventEnrichment": event_enrichment}
    if admin_email is not None:
        given["adminEmail"] = admin_email
    call = Call(CREATE, f'create account "{name}"', None, {"input": given}, _created)
    try:
        with client.writes:
            return client.execute(call)
    except OutcomeUnknownError as error:
        raise error.because(advice=_LOOK_FIRST) from error.__cause__


def read(client: Client, tenant_id: str) -> AccountRecord | None:
    """Read an account with its users and roles (operation 9).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Returns:
        The account; None where the gateway answers null and no error.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    variables = {"tenantId": tenant_id}
    return client.execute(Call(READ, "read the account", tenant_id, variables, _record))


def reach(client: Client, tenant_id: str) -> list[AccountName]:
    """All accounts that the users of an account are in (operation 9).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Returns:
        Each account once, by its id, in the gateway's order.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    words, variables = "follow the account's users", {"tenantId": tenant_id}
    return client.execute(Call(REACH, words, tenant_id, variables, _in_reach))


def update(
    client: Client, tenant_id: str, *, name: str, managed: bool, status: int | None
) -> AccountRecord | None:
    """Set what an account is called, who manages it and whether it is active (operation 10).

    Whether the gateway resets what is not sent is not documented, so all of it is.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        name: Its display name.
        managed: Whether the host manages it.
        status: 0 active, 2 deactivated; None to send none.

    Returns:
        The account as the gateway answers it; None where it answers null.

    Raises:
        InvalidInputError: The gateway does not accept the input.
        GatewayError: It failed in another way.
    """
    given: dict[str, Any] = {"tenantId": tenant_id, "name": name, "canPartnerManage": managed}
    if status is not None:
        given["status"] = status
    call = Call(UPDATE, "update the account", tenant_id, {"input": given}, _updated)
    with client.writes:
        return client.execute(call)


def delete(client: Client, tenant_id: str) -> bool | None:
    """Delete an account, with all its users and connections (operation 11).

    It is never sent twice: what a gateway answers for an account that is gone is not documented.

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Returns:
        The gateway's own flag, which may be null.

    Raises:
        OutcomeUnknownError: No usable answer came: the account may be gone.
        GatewayError: It failed in another way.
    """
    call = Call(DELETE, "delete the account", tenant_id, {"tenantId": tenant_id}, flag)
    with client.writes:
        return client.execute(call)


def usage(client: Client, tenant_id: str) -> Usage:
    """What an account uses, for its bill (operation 12).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Returns:
        The figures; None is one that the gateway does not tell.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    variables = {"tenantId": tenant_id}
    return client.execute(Call(USAGE, "read the usage", tenant_id, variables, Usage.read))


def _created(result: Any) -> AccountRecord:
    account = AccountResult.read(result).tenant
    if account is None or not account.id:
        reason = "the gateway answered without the new account's id"
        raise AttemptFailure(UnexpectedAnswerError, reason, ran=True)
    return account


def _record(result: Any) -> AccountRecord | None:
    return None if result is None else AccountRecord.read(result)


def _updated(result: Any) -> AccountRecord | None:
    return None if result is None else AccountResult.read(result).tenant


def _in_reach(result: Any) -> list[AccountName]:
    users = _Reach.read(result or {}).users or ()
    accounts = [account for user in users if user for account in user.tenants or () if account]
    return list({account.id: account for account in accounts if account.id}.values())

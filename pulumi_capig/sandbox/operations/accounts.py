"""Accounts: operations 8 to 12 of the reference."""

from __future__ import annotations

from typing import Any

from ..asked import OperationError
from ..invitations import invite, is_email
from ..parts.accounts import ACTIVE, DEACTIVATED, IN_SETUP, Accounts, HeldAccount
from ..play import Operations, Play, require
from ..roles import admin_of
from ..tenants import tenant_entry, usage_entry

__all__ = ["OPERATIONS"]

OPERATIONS = Operations()


@OPERATIONS.plays("TenantMutations.createTenant")
def _create(play: Play, *, input: dict[str, Any]) -> Any:
    if play.refusing:
        return {"tenant": None}
    accounts, dialect = play.state.part(Accounts), play.dialect
    managed, admin = input["canPartnerManage"], input.get("adminEmail")
    _check_name(input["name"])
    names = {account.name for account in accounts.all().values()}
    require(
        dialect.duplicate_name == "allowed" or input["name"] not in names,
        400,
        "There is an account of this name",
    )
    require(managed or is_email(admin), 400, "adminEmail is not an e-mail address")
    account = HeldAccount(
        accounts.new_id(),
        input["name"],
        ACTIVE if managed else dialect.new_unmanaged_status,
        managed,
        input["eventEnrichment"],
        play.operation,
    )
    accounts.put(play.operation, account)
    if not managed:
        invite(play.state, play.operation, str(admin), admin_of(account.id))
    return {"tenant": tenant_entry(play.state, account)}


@OPERATIONS.plays("Query.tenant")
def _get(play: Play, **_: Any) -> Any:
    account = play.hub_account(play.tenant)
    return None if account is None or play.refusing else tenant_entry(play.state, account)


@OPERATIONS.plays("TenantMutations.updateTenant")
def _update(play: Play, *, input: dict[str, Any]) -> Any:
    account = play.hub_account(input["tenantId"])
    if account is None or play.refusing:
        return {"tenant": None}
    wanted = {key: value for key, value in input.items() if value is not None}
    if "name" in wanted:
        _check_name(wanted["name"])
    if "status" in wanted:
        one = (IN_SETUP,) if play.dialect.status_one == "taken" else ()
        require(wanted["status"] in (ACTIVE, DEACTIVATED, *one), 400, "status cannot be set to it")
    reset = play.dialect.update_tenant == "put"
    edited = play.state.part(Accounts).edit(
        play.operation,
        account.id,
        name=wanted.get("name", "" if reset else account.name),
        status=wanted.get("status", ACTIVE if reset else account.status),
        managed=wanted.get("canPartnerManage", False if reset else account.managed),
    )
    return {"tenant": tenant_entry(play.state, edited)}


@OPERATIONS.plays("TenantMutations.deleteTenant")
def _delete(play: Play, **_: Any) -> Any:
    if play.state.part(Accounts).get(play.tenant) is None:
        if play.refusing or play.dialect.delete_unknown_tenant == "false":
            return False
        code = int(play.dialect.delete_unknown_tenant)
        raise OperationError(code, f"No account {play.tenant}")
    play.reach(play.tenant)
    if play.refusing:
        return False
    play.state.remove_account(play.operation, play.tenant)
    return True


@OPERATIONS.plays("Query.tenantUsage")
def _usage(play: Play, **_: Any) -> Any:
    account = play.hub_account(play.tenant)
    return None if account is None or play.refusing else usage_entry(play.state, account)


def _check_name(name: str) -> None:
    require(name.strip(), 400, "name is empty")

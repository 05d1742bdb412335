"""What `capig export --with …` reads beside the pixels: accounts, users, domains, pipelines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .. import canonical
from ..errors import RefusedError, one_line
from . import export_pipelines
from .program import ExportedAccount, ExportedRecord, ExportedUser
from .unread import Unread, asked, usable

if TYPE_CHECKING:
    from ..gateway import Client
    from ..gateway.operations.accounts import AccountRecord

WORDS = ("accounts", "users", "domains", "pipelines")
"""What can be exported beside pixels."""

_ACTIVE = {0: True, 1: True, 2: False}


def wanted(words: Sequence[str], *, everything: bool) -> frozenset[str]:
    """What is named, separated by commas or one by one.

    Raises:
        RefusedError: A word is unknown.
    """
    named = [word.strip() for text in words for word in text.split(",") if word.strip()]
    if unknown := [word for word in named if word not in WORDS]:
        what = f"export: --with does not know {one_line(unknown[0])}"
        raise RefusedError(what, f"It knows {', '.join(WORDS)}.")
    return frozenset(WORDS if everything else named)


def read(
    client: Client, account: ExportedAccount, words: Collection[str]
) -> tuple[ExportedAccount, list[Unread]]:
    """An account with what is wanted of it, and what cannot be read.

    Raises:
        GatewayError: The gateway cannot be reached; half a program is of no use.
    """
    from ..gateway import accounts, routing

    tenant, unread = account.tenant_id, list[Unread]()
    if {"accounts", "users"} & set(words):
        record = asked(lambda: accounts.read(client, tenant), f"account {tenant}", unread)
        if record is not None and "accounts" in words:
            account = replace(account, record=_record(record))
        if record is not None and "users" in words:
            account = replace(account, users=[*_users(record, tenant, unread)])
    if "domains" in words:
        what = f"first-party domain of account {tenant}"
        found = asked(lambda: routing.read(client, tenant), what, unread, null=False)
        domain = usable(canonical.domain, found and found.ingress)
        if found and found.ingress and not domain:
            unread.append(Unread(what, "it is no domain that a program can name"))
        account = replace(account, domain=domain or "")
    if "pipelines" in words:
        account = replace(account, signals=export_pipelines.read(client, tenant, unread))
    return account, unread


def _record(record: AccountRecord) -> ExportedRecord:
    return ExportedRecord(
        name=usable(canonical.account_name, record.name) or "",
        managed=record.can_partner_manage,
        active=None if record.status is None else _ACTIVE.get(record.status),
    )


def _users(record: AccountRecord, tenant: str, unread: list[Unread]) -> Iterator[ExportedUser]:
    from ..gateway.roles import Roles, names

    roles = Roles.of(record, tenant)
    if record.users is None:
        unread.append(Unread(f"users of account {tenant}", "the gateway answered null"))
    seen = set()
    for user in filter(None, record.users or ()):
        who = f"user {user.email or user.id or 'without an e-mail'} of account {tenant}"
        email = usable(canonical.email, user.email)
        role = usable(canonical.role, roles.action(roles.held(names(user.roles)) or ""))
        if email is None or role is None:
            why = "it has no e-mail" if email is None else "it has no role there"
            unread.append(Unread(who, f"{why} that a program can name"))
        elif email not in seen:
            seen.add(email)
            yield ExportedUser(email, role)

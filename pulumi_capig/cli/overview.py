"""`capig accounts`: what the accounts are, who is in them, and what they use."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import typer
from rich.text import Text

from .. import canonical, lookup
from ..errors import GatewayError, one_line
from .accounts import ask_each, status_in_words
from .exits import Exit
from .sources import Sources
from .table import Row, count, show_rows
from .terminal import complain, complain_of, console, print_json

if TYPE_CHECKING:
    from ..gateway import Client
    from ..gateway.operations.accounts import AccountName

PENDING = 2

_COLUMNS = (
    "tenant_id",
    "name",
    "status",
    "managed",
    "users",
    "users_pending",
    "domain",
    "cname_resolved",
    "total_pixels",
    "total_pipelines",
    "total_events_received",
    "by_reach",
)


class Form(Enum):
    """How to print it."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass
class _Found:
    """What is known of an account, and what could not be asked."""

    account: dict[str, Any]
    failures: list[GatewayError] = field(default_factory=list)


def report(sources: Sources, tenants: Sequence[str], *, reach: bool, form: Form) -> int:
    """Prints the accounts and returns the exit status.

    Args:
        sources: Where settings come from.
        tenants: The accounts.
        reach: Whether accounts are added that a user of these is in, too.
        form: How to print them.
    """
    others = _in_reach(sources, tenants) if reach else {}
    accounts, failed = [], False
    for tenant, found in ask_each(sources, _ask, [*tenants, *others]):
        if isinstance(found, GatewayError):
            raise found
        known = {"tenant_id": tenant, "name": others.get(tenant), "by_reach": tenant in others}
        accounts.append({**dict.fromkeys(_COLUMNS), **known, **found.account})
        # Of what is in reach, the host need not manage all.
        failed = failed or bool(found.failures and tenant in tenants)
        for error in found.failures:
            complain_of(error)
    _print(accounts, form)
    return Exit.GATEWAY if failed else Exit.GOOD


def print_ids(sources: Sources, tenants: Sequence[str], *, reach: bool) -> int:
    """Prints the ids, one a line, and returns the exit status."""
    others = _in_reach(sources, tenants) if reach else {}
    for tenant in [*tenants, *others]:
        typer.echo(tenant)
    return Exit.GOOD


def _in_reach(sources: Sources, tenants: Sequence[str]) -> dict[str, str]:
    """The names of further accounts, by their ids; says how far that goes.

    Raises:
        GatewayError: An account cannot be read: what its users reach would be missing.
    """
    found: dict[str, str] = {}
    for _, answer in ask_each(sources, _reach, tenants):
        if isinstance(answer, GatewayError):
            raise answer
        for account in answer:
            if (tenant := account.id or "") not in tenants and _is_usable(tenant):
                found.setdefault(tenant, account.name or "")
    added = f"{len(found)} account{'' if len(found) == 1 else 's'}"
    complain(
        f"--reach added {added} that users of the named accounts can reach",
        "There may be more: no operation lists accounts.",
    )
    return found


def _reach(client: Client, tenant: str) -> list[AccountName]:
    from ..gateway import accounts

    return accounts.reach(client, tenant)


def _is_usable(tenant: str) -> bool:
    try:
        return canonical.tenant_id(tenant) == tenant and "#" not in tenant
    except ValueError:
        return False


def _ask(client: Client, tenant: str) -> _Found:
    found = _Found({})
    for ask in (_record, _domain, _usage):
        try:
            found.account.update(ask(client, tenant))
        except GatewayError as error:
            found.failures.append(error)
            if ask is _record:
                break  # what is refused once is refused for the rest, too
    return found


def _record(client: Client, tenant: str) -> dict[str, Any]:
    record = lookup.record(client, tenant)
    pending = sum(user["status"] == PENDING for user in record["users"])
    return {
        **_told(record, "name", "status", "managed"),
        "users": len(record["users"]) - pending,
        "users_pending": pending,
    }


def _domain(client: Client, tenant: str) -> dict[str, Any]:
    found = lookup.first_party_domain(client, tenant)
    return _told(found, "domain", "cname_resolved")


def _usage(client: Client, tenant: str) -> dict[str, Any]:
    figures = ("total_pixels", "total_pipelines", "total_events_received")
    return _told(lookup.usage(client, tenant), *figures)


def _told(found: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Some values of a look-up; None is what the gateway does not say."""
    return {name: None if found[name] == lookup.UNTOLD else found[name] for name in names}


def _print(accounts: Sequence[dict[str, Any]], form: Form) -> None:
    if form is Form.JSON:
        print_json(accounts)
    elif form is Form.CSV:
        writer = csv.DictWriter(sys.stdout, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: _as_csv(v) for k, v in account.items()} for account in accounts)
    else:
        numbers = ("users", "pending", "pixels", "pipelines", "events")
        optional = ("pending", "domain", "CNAME", "pipelines", "found")
        show_rows(console(), [*map(_cells, accounts)], numbers=numbers, optional=optional)


def _as_csv(value: object) -> object:
    """A flag as in JSON; a text on one line, and none that a spreadsheet takes for a formula."""
    if isinstance(value, bool):
        return str(value).lower()
    text = one_line(value) if isinstance(value, str) else value
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@") else text


def _cells(account: Mapping[str, Any]) -> Row:
    status, domain = account["status"], one_line(account["domain"] or "")
    managed, resolved = account["managed"], account["cname_resolved"]
    return {
        "account": Text(one_line(account["tenant_id"])),
        "name": Text(one_line(account["name"] or ""), no_wrap=True, overflow="ellipsis"),
        "status": Text("" if status is None else status_in_words(status), _STYLES.get(status, "")),
        "managed": Text("" if managed is None else "yes" if managed else "no"),
        "users": count(account["users"]),
        "pending": count(account["users_pending"] or None),
        "domain": Text(domain),
        "CNAME": Text("resolved") if resolved else Text("missing" if domain else "", "yellow"),
        "pixels": count(account["total_pixels"]),
        "pipelines": count(account["total_pipelines"] or None),
        "events": count(account["total_events_received"]),
        "found": Text("by --reach" if account["by_reach"] else ""),
    }


_STYLES = {2: "yellow"}

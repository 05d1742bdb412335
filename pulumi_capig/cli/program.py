"""A Pulumi program as text: the same bytes for the same pixels, accounts and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .lines import call, comment, flags, literal, variables
from .program_pipelines import NOTHING, Signals, ids_of, resources

__all__ = [
    "ExportedAccount",
    "ExportedConnection",
    "ExportedRecord",
    "ExportedUser",
    "by_number",
    "render",
    "token_key",
]


@dataclass(frozen=True)
class ExportedConnection:
    """What is declared of a pixel; None and empty values are not."""

    pixel_id: str
    name: str = ""
    receiving: bool | None = None
    publishing: bool | None = None
    business_id: str = ""


@dataclass(frozen=True)
class ExportedRecord:
    """What is declared of an account itself; None and empty values are not."""

    name: str = ""
    managed: bool | None = None
    active: bool | None = None


@dataclass(frozen=True)
class ExportedUser:
    """A user of an account."""

    email: str
    role: str


@dataclass(frozen=True)
class ExportedAccount:
    """An account, its pixels, and what else is declared of it."""

    tenant_id: str
    name: str
    connections: Sequence[ExportedConnection]
    record: ExportedRecord | None = None
    users: Sequence[ExportedUser] = ()
    domain: str = ""
    signals: Signals = NOTHING

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is declared."""
        held = (self.connections, self.record, self.users, self.domain, self.signals)
        return not any(held)

    def of_usable_ids(self) -> ExportedAccount:
        """The same without the pixels that a program cannot name; each of the others once."""
        usable = {c.pixel_id: c for c in self.connections if re.fullmatch("[0-9]+", c.pixel_id)}
        return replace(self, connections=list(usable.values()))


def render(
    title: str,
    explanation: str,
    accounts: Sequence[ExportedAccount],
    remarks: Sequence[str] = (),
) -> str:
    """The program, in the layout of `ruff format`.

    Args:
        title: First line of its docstring.
        explanation: The rest of it.
        accounts: What it declares, in this order; the pixels by their numbers.
        remarks: What it does not declare, in comments below that.
    """
    filled = [account for account in accounts if not account.is_empty]
    lines = [f'"""{title}', "", *explanation.splitlines(), '"""', ""]
    if remarks:
        lines += ["# Not read, and so not declared:", *(f"# - {each}" for each in remarks), ""]
    if not filled:
        lines.append("# No pixel is connected.")
        return "\n".join(lines) + "\n"
    lines += ["import pulumi", "import pulumi_capig as capig", ""]
    if any(c.business_id for account in filled for c in account.connections):
        lines += ["config = pulumi.Config()", ""]
    constants = variables("ACCOUNT_", [account.tenant_id for account in filled])
    pipelines = ids_of([account.signals for account in filled])
    for account in filled:
        lines += _account(account, constants[account.tenant_id])
    lines += _tokens(filled)
    for account in filled:
        constant = constants[account.tenant_id]
        for resource in _resources(account, constant):
            lines += ["", *resource]
        for resource in resources(account.signals, account.tenant_id, constant, pipelines):
            lines += ["", *resource]
    return "\n".join(lines) + "\n"


def by_number(digits: str) -> tuple[int, str]:
    """Puts ids in the order of their numbers."""
    return len(digits), digits


def token_key(business_id: str) -> str:
    """Name in stack config of a business's access token."""
    return f"accessToken{business_id}"


def _tokens(accounts: Sequence[ExportedAccount]) -> list[str]:
    """One variable for each business: one token serves all of its pixels."""
    businesses = {c.business_id for account in accounts for c in account.connections}
    return [
        f'{_token_variable(business)} = config.require_secret("{token_key(business)}")'
        for business in sorted(businesses - {""}, key=by_number)
    ]


def _token_variable(business_id: str) -> str:
    return f"token_{business_id}"


def _account(account: ExportedAccount, constant: str) -> Iterator[str]:
    """The account's id under a name: a text, or an output of the account itself."""
    yield from comment(account.name)
    if account.record is None:
        yield f"{constant} = {literal(account.tenant_id)}"
        return
    record, variable = account.record, constant.replace("ACCOUNT", "account", 1)
    arguments = {"tenant_id": literal(account.tenant_id)}
    if record.name:
        arguments["name"] = literal(record.name)
    arguments |= flags(managed=record.managed, active=record.active)
    yield from call(f"{variable} = capig.Account", account.tenant_id, arguments)
    yield f"{constant} = {variable}.tenant_id"


def _resources(account: ExportedAccount, constant: str) -> Iterator[list[str]]:
    """The lines of each resource in an account."""
    tenant_id = account.tenant_id
    for user in sorted(account.users, key=lambda user: user.email):
        given = {"email": literal(user.email), "role": literal(user.role)}
        yield _adopted("AccountUser", f"{tenant_id}-{user.email}", constant, given)
    if account.domain:
        given = {"domain": literal(account.domain)}
        yield _adopted("FirstPartyDomain", f"{tenant_id}-first-party-domain", constant, given)
    for connection in sorted(account.connections, key=lambda c: by_number(c.pixel_id)):
        name = f"{tenant_id}-{connection.pixel_id}"
        resource = _adopted("PixelConnection", name, constant, _connection(connection))
        yield [*comment(connection.name), *resource]


def _connection(connection: ExportedConnection) -> dict[str, str]:
    arguments = {"pixel_id": literal(connection.pixel_id)}
    if connection.business_id:
        arguments["business_id"] = literal(connection.business_id)
        arguments["access_token"] = _token_variable(connection.business_id)
        arguments["external_id"] = '""'
    return arguments | flags(receiving=connection.receiving, publishing=connection.publishing)


def _adopted(kind: str, name: str, constant: str, arguments: Mapping[str, str]) -> list[str]:
    """A resource of an account that is there already."""
    whole = {"tenant_id": constant, **arguments, "adopt": "True"}
    return [*call(f"capig.{kind}", name, whole)]

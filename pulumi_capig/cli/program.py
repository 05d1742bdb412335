"""A Pulumi program of pixel connections, as text: the same bytes for the same pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..errors import one_line

__all__ = ["ExportedAccount", "ExportedConnection", "by_number", "render", "token_key"]


@dataclass(frozen=True)
class ExportedConnection:
    """What is declared of a pixel; None and empty values are not."""

    pixel_id: str
    name: str = ""
    receiving: bool | None = None
    publishing: bool | None = None
    business_id: str = ""


@dataclass(frozen=True)
class ExportedAccount:
    """An account and its pixels."""

    tenant_id: str
    name: str
    connections: Sequence[ExportedConnection]

    def of_usable_ids(self) -> ExportedAccount:
        """The same without the pixels that a program cannot name; each of the others once."""
        usable = {c.pixel_id: c for c in self.connections if re.fullmatch("[0-9]+", c.pixel_id)}
        return replace(self, connections=list(usable.values()))


def render(title: str, explanation: str, accounts: Sequence[ExportedAccount]) -> str:
    """The program, in the layout of `ruff format`.

    Args:
        title: First line of its docstring.
        explanation: The rest of it.
        accounts: What it declares, in this order; the pixels by their numbers.
    """
    filled = [account for account in accounts if account.connections]
    lines = [f'"""{title}', "", *explanation.splitlines(), '"""', ""]
    if not filled:
        lines.append("# No pixel is connected.")
        return "\n".join(lines) + "\n"
    lines += ["import pulumi", "import pulumi_capig as capig", ""]
    if any(c.business_id for account in filled for c in account.connections):
        lines += ["config = pulumi.Config()", ""]
    constants = _constants([account.tenant_id for account in filled])
    for account in filled:
        lines += _comment(account.name)
        lines.append(f"{constants[account.tenant_id]} = {_literal(account.tenant_id)}")
    lines += _tokens(filled)
    for account in filled:
        for connection in sorted(account.connections, key=lambda c: by_number(c.pixel_id)):
            lines += ["", *_comment(connection.name)]
            lines += _resource(connection, account.tenant_id, constants[account.tenant_id])
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


def _resource(connection: ExportedConnection, tenant_id: str, constant: str) -> Iterator[str]:
    yield "capig.PixelConnection("
    yield f"    {_literal(f'{tenant_id}-{connection.pixel_id}')},"
    yield f"    tenant_id={constant},"
    yield f"    pixel_id={_literal(connection.pixel_id)},"
    if connection.business_id:
        yield f"    business_id={_literal(connection.business_id)},"
        yield f"    access_token={_token_variable(connection.business_id)},"
        yield '    external_id="",'
    for switch in ("receiving", "publishing"):
        if (on := getattr(connection, switch)) is not None:
            yield f"    {switch}={on},"
    yield "    adopt=True,"
    yield "    opts=pulumi.ResourceOptions(protect=True),"
    yield ")"


def _constants(tenant_ids: Sequence[str]) -> dict[str, str]:
    """A constant's name for each account, made of its id."""
    names: dict[str, str] = {}
    for tenant_id in tenant_ids:
        name = "ACCOUNT_" + re.sub(r"[^A-Za-z0-9]", "_", tenant_id)
        while name in names.values():
            name += "_"
        names[tenant_id] = name
    return names


def _comment(name: str) -> list[str]:
    text = one_line(name)
    return [f"# {text}"] if text else []


def _literal(text: str) -> str:
    """A string in the quotes that `ruff format` prefers."""
    shown = repr(text)
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in shown else shown

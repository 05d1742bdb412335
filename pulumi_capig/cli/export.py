"""`capig export`: a Pulumi program that takes over what the gateway holds, changing nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from .. import lookup
from ..errors import GatewayError, RefusedError, one_line
from ..gateway.pixel import Pixel
from ..settings import GATEWAY
from . import export_accounts, onboarding, program
from .accounts import ask_each
from .program import ExportedAccount, ExportedConnection
from .sources import Sources
from .unread import Unread

if TYPE_CHECKING:
    from ..gateway import Client

_MARK = "# capig export "

_FROM_GATEWAY = """\
`pulumi up` takes them over and changes nothing: `adopt` is for pixels that are connected
already, and `protect` keeps each from being deleted by mistake. A switch is declared as
it was found. What the gateway does not show (business, access token, filters) is left
alone until you declare it."""

_MORE = """
Accounts are taken over by their ids, users and first-party domains with `adopt`. What no
operation returns (event enrichment, where a domain's CNAME record points to) is left alone.
Pipelines, data sources and destinations are taken over by their ids. No operation returns what a
destination is set up with (tokens, endpoints, payloads): it is left alone until you declare all
of it. A pipeline without any source or destination is in no list, and so it is not in here."""

_FROM_FILES = """\
`pulumi up` connects them, and sets those that are connected already up with the declared
values (`adopt`); `protect` keeps each from being deleted by mistake."""


@dataclass(frozen=True)
class Program:
    """A program, and what to tell the user about it.

    Attributes:
        text: The program.
        holds: What it declares, in words.
        notes: Lines about what it does not.
    """

    text: str
    holds: str
    notes: list[str] = field(default_factory=list)


def from_gateway(sources: Sources, tenants: Sequence[str], words: Collection[str] = ()) -> Program:
    """The program for what some accounts hold.

    Args:
        sources: Where settings come from.
        tenants: The accounts.
        words: What it declares beside their pixels, of `export_accounts.WORDS`.

    Raises:
        SettingsError: A setting is missing or wrong.
        GatewayError: An account cannot be read; half a program is of no use.
    """
    accounts, remarks = [], list[str]()

    def read(client: Client, tenant: str) -> tuple[ExportedAccount, list[Unread]]:
        return export_accounts.read(client, _read(client, tenant), words)

    for _, found in ask_each(sources, read, sorted(tenants)):
        if isinstance(found, GatewayError):
            raise found
        accounts.append(found[0])
        remarks += map(str, found[1])
    notes = [note for account in accounts for note in _left_out(account)]
    notes += [f"capig: not declared: {remark}" for remark in remarks]
    usable = [account.of_usable_ids() for account in accounts]
    address = sources.read(lambda settings: settings.get(GATEWAY))
    what = "What the accounts hold at" if words else "Pixel connections of"
    title = f"{what} {address.host if address else 'the gateway'}."
    explanation = _FROM_GATEWAY + _MORE if words else _FROM_GATEWAY
    return Program(program.render(title, explanation, usable, remarks), _holds(usable), notes)


def from_files(tenants: Sequence[str], pixels: Path, tokens: Path) -> Program:
    """The program for the two files of Meta's bulk onboarding; the gateway is not asked.

    Tokens do not appear in it: it reads them from the stack's config, and the notes are the
    commands that put them there.

    Raises:
        RefusedError: A file cannot be used, or several accounts are named.
    """
    if len(tenants) != 1:
        what = "export from files: their pixels belong to one account, and several are named"
        raise RefusedError(what, "Name that one with --tenant.")
    connections = onboarding.read(pixels, tokens)
    used = sorted({c.business_id for c in connections}, key=program.by_number)
    notes = ["Set the access tokens before `pulumi up`; each command asks for one:"]
    notes += [f"  pulumi config set --secret {program.token_key(business)}" for business in used]
    title = f"Pixel connections of {pixels.name}."
    account = ExportedAccount(tenants[0], "", connections)
    return Program(program.render(title, _FROM_FILES, [account]), _holds([account]), notes)


def _holds(accounts: Sequence[ExportedAccount]) -> str:
    found = [_many(sum(len(account.connections) for account in accounts), "pixel")]
    if users := sum(len(account.users) for account in accounts):
        found.append(_many(users, "user"))
    if domains := sum(bool(account.domain) for account in accounts):
        found.append(_many(domains, "first-party domain"))
    if pipelines := sum(len(account.signals.pipelines) for account in accounts):
        found.append(_many(pipelines, "pipeline"))
    ends = [end.kind for account in accounts for end in account.signals.ends]
    if sources := ends.count("DataSource"):
        found.append(_many(sources, "data source"))
    if destinations := len(ends) - sources:
        found.append(_many(destinations, "destination"))
    return f"{', '.join(found)} of {_many(len(accounts), 'account')}"


def _many(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def write(found: Program, output: Path | None, *, force: bool) -> None:
    """Writes a program to standard output, or to a file that `capig export` alone writes.

    Raises:
        RefusedError: The file was edited by hand, or cannot be written.
    """
    if output is None:
        typer.echo(found.text, nl=False)
    else:
        _write_file(f"{_MARK}{_digest(found.text)}\n{found.text}", output, force=force)
        typer.echo(f"capig: {output} written: {found.holds}", err=True)
    for note in found.notes:
        typer.echo(note, err=True)
    if output is not None:
        typer.echo(_next(output), err=True)


def _next(output: Path) -> str:
    """What to type now that a file is written."""
    preview = "`pulumi preview` shows what `pulumi up` takes over"
    if output.name == "__main__.py":
        return f"Next: {preview}."
    if output.stem.isidentifier():
        return f"Next: add `import {output.stem}` to the __main__.py beside it; {preview}."
    return f"Next: give it a name that Python can import, such as pixels.py; {preview}."


def _write_file(text: str, output: Path, *, force: bool) -> None:
    try:
        if output.exists() and not force and not _is_own(output.read_text(encoding="utf-8")):
            what = f"export: {output} was edited by hand or is another program; it was left alone"
            advice = (
                "Export to a separate file (-o) and import it from your program, or overwrite "
                "this one with --force."
            )
            raise RefusedError(what, advice)
        output.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        what = f"export: {output} cannot be written: {reason}"
        raise RefusedError(what) from error


def _is_own(text: str) -> bool:
    """Whether a file is as an export left it."""
    head, _, body = text.partition("\n")
    return not text or head == f"{_MARK}{_digest(body)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(client: Client, tenant: str) -> ExportedAccount:
    answer, configs = lookup.listed(client, tenant)
    found = []
    for config in configs:
        pixel = Pixel.of(config)
        found.append(
            ExportedConnection(
                config.pixel_id or "",
                name=pixel.pixel_name or "",
                receiving=pixel.event_bridge_active,
                publishing=pixel.publishing_enabled,
            )
        )
    return ExportedAccount(tenant, answer.name or "", found)


def _left_out(account: ExportedAccount) -> Iterator[str]:
    usable = {connection.pixel_id for connection in account.of_usable_ids().connections}
    if lost := sum(connection.pixel_id not in usable for connection in account.connections):
        entries = f"{lost} entr{'y' if lost == 1 else 'ies'}"
        yield one_line(
            f"capig: account {account.tenant_id}: {entries} of the gateway's list left out, "
            "because the pixel id is not in digits"
        )

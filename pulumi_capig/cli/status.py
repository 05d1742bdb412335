"""`capig status`: what the accounts hold now."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

import typer
from rich.text import Text

from .. import lookup
from ..errors import GatewayError, one_line
from . import standing
from .accounts import ask_each, status_in_words
from .exits import Exit
from .prometheus import exposition
from .sources import Sources
from .standing import Standing, complain_of_hub
from .table import count, show_rows
from .terminal import complain_of, console, print_json

if TYPE_CHECKING:
    from ..gateway import Client

Pixel = dict[str, Any]


class Form(Enum):
    """How to print it."""

    TABLE = "table"
    JSON = "json"
    PROMETHEUS = "prometheus"


def report(
    sources: Sources, tenants: Sequence[str], window: int, *, check: bool, form: Form
) -> int:
    """Prints the pixels of the accounts and returns the exit status.

    Args:
        sources: Where settings come from.
        tenants: The accounts.
        window: Minutes that the counters cover.
        check: Whether a pixel in trouble is a finding.
        form: How to print them.
    """
    accounts: list[dict[str, Any]] = []
    failures: dict[str, GatewayError] = {}

    # The other forms tell of pixels alone.
    asks_hub = check or form is Form.TABLE

    def ask(client: Client, tenant: str) -> dict[str, Any]:
        found = lookup.account(client, tenant, window)
        return {**found, "standing": standing.ask(client, tenant) if asks_hub else Standing()}

    for tenant, found in ask_each(sources, ask, tenants):
        if isinstance(found, GatewayError):
            failures[tenant] = found
        else:
            accounts.append(found)
    for failure in {failure.what: failure for failure in failures.values()}.values():
        complain_of(failure)  # what concerns all accounts is said once
    pixels = [pixel for account in accounts for pixel in account["pixel_connections"]]
    if form is Form.JSON:
        print_json([{name: _finite(value) for name, value in pixel.items()} for pixel in pixels])
    elif form is Form.PROMETHEUS:
        typer.echo("\n".join(exposition(accounts, failures, window)))
    else:
        _show(accounts, window)
    complain_of_hub([account["standing"] for account in accounts])
    findings = [
        f"account {account['tenant_id']}: {finding}"
        for account in accounts
        for finding in account["standing"].findings
    ]
    findings += [finding for pixel in pixels for finding in _findings(pixel, window)]
    if check:
        for finding in findings:
            typer.echo(one_line(finding), err=True)
    if failures:
        return Exit.GATEWAY
    return Exit.FINDING if check and findings else Exit.GOOD


def _findings(pixel: Pixel, window: int) -> Iterable[str]:
    where = f"pixel {pixel['pixel_id']} (account {pixel['tenant_id']})"
    if pixel["bad_token"]:
        yield f"{where}: bad token"
    if pixel["api_error_code"]:
        yield f"{where}: error code {pixel['api_error_code']}"
    if not pixel["total_events_received"]:
        why = "" if pixel["receiving"] else " (receiving is off)"
        yield f"{where}: no event received in {window} minutes{why}"


def _finite(value: object) -> object:
    """JSON has no infinity; a gateway's answer can."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _show(accounts: Sequence[dict[str, Any]], window: int) -> None:
    output = console()
    for number, account in enumerate(accounts):
        if number:
            output.print()
        name = f" {one_line(account['name'])}" if account["name"] else ""
        status = status_in_words(account["status"])
        pixels = account["pixel_connections"]
        covered = f"events of the last {window} minutes" if pixels else "no pixel is connected"
        output.print(Text(one_line(account["tenant_id"]), "bold") + f"{name} ({status}), {covered}")
        if remarks := str(account["standing"]):
            output.print(Text(one_line(remarks), "yellow"))
        if pixels:
            rows = [_cells(pixel) for pixel in pixels]
            show_rows(output, rows, numbers=("received", "published"), optional=("error",))


def _cells(pixel: Pixel) -> dict[str, Text]:
    """What is shown of a pixel, by heading."""
    return {
        "pixel": Text(one_line(pixel["pixel_id"])),
        "name": Text(one_line(pixel["pixel_name"]), no_wrap=True, overflow="ellipsis"),
        "receiving": _switch(pixel["receiving"]),
        "publishing": _switch(pixel["publishing"]),
        "token": _token(pixel),
        "error": Text(one_line(pixel["api_error_code"]), "red"),
        "received": count(pixel["total_events_received"]),
        "published": count(pixel["total_events_published"]),
    }


def _switch(on: bool) -> Text:
    return Text("on") if on else Text("off", "yellow")


def _token(pixel: Pixel) -> Text:
    if pixel["bad_token"]:
        return Text("bad", "red")
    return Text("good") if pixel["access_token_available"] else Text("none", "yellow")

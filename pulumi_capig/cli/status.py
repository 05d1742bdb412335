"""`capig status`: what the accounts hold now."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .. import lookup
from ..errors import GatewayError
from .accounts import ask_each
from .exits import Exit
from .program import one_line

Pixel = dict[str, Any]

_STATUS = {0: "active", 1: "setup in progress", 2: "deactivated", lookup.UNTOLD: "status unknown"}
_WIDE = 200


def report(tenants: Sequence[str], window: int, *, check: bool, as_json: bool) -> int:
    """Prints the pixels of the accounts and returns the exit status.

    Args:
        tenants: The accounts.
        window: Minutes that the counters cover.
        check: Whether a pixel in trouble is a finding.
        as_json: Whether to print JSON.
    """
    accounts: list[dict[str, Any]] = []
    failed = False
    for _, found in ask_each(lambda gateway, id: lookup.account(gateway, id, window), tenants):
        if isinstance(found, GatewayError):
            failed = True
            typer.echo(f"capig: {found}", err=True)
        else:
            accounts.append(found)
    pixels = [pixel for account in accounts for pixel in account["pixel_connections"]]
    if as_json:
        typer.echo(json.dumps(pixels, indent=2, ensure_ascii=False))
    else:
        _show(accounts, window)
    findings = [finding for pixel in pixels for finding in _findings(pixel, window)]
    if check:
        for finding in findings:
            typer.echo(finding, err=True)
    if failed:
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


def _show(accounts: Sequence[dict[str, Any]], window: int) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    for number, account in enumerate(accounts):
        if number:
            console.print()
        name = f" {one_line(account['name'])}" if account["name"] else ""
        status = _STATUS.get(account["status"], f"status {account['status']}")
        console.print(f"[bold]{escape(account['tenant_id'])}[/]{escape(name)} ({status})")
        if account["pixel_connections"]:
            console.print(_table(account["pixel_connections"], window))
        else:
            console.print("no pixel is connected")


def _table(pixels: Sequence[Pixel], window: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("pixel", "name", "receiving", "publishing", "token", "error"):
        table.add_column(heading, overflow="fold")
    for heading in (f"received in {window} min", "published"):
        table.add_column(heading, justify="right")
    for pixel in pixels:
        table.add_row(
            pixel["pixel_id"],
            escape(one_line(pixel["pixel_name"])),
            _switch(pixel["receiving"]),
            _switch(pixel["publishing"]),
            _token(pixel),
            f"[red]{escape(pixel['api_error_code'])}[/]" if pixel["api_error_code"] else "",
            _count(pixel["total_events_received"]),
            _count(pixel["total_events_published"]),
        )
    return table


def _switch(on: bool) -> str:
    return "on" if on else "[yellow]off[/]"


def _token(pixel: Pixel) -> str:
    if pixel["bad_token"]:
        return "[red]bad[/]"
    return "good" if pixel["access_token_available"] else "[yellow]none[/]"


def _count(events: float) -> str:
    return f"{events:,.0f}" if events == int(events) else f"{events:,.1f}"

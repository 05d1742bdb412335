"""`capig events`: what was received and published, by event and website."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from .. import canonical, lookup
from ..errors import GatewayError, SettingsError, one_line
from .accounts import ask_each
from .exits import Exit
from .sources import Sources
from .table import Row, count, show_rows
from .terminal import complain_of, console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from ..gateway import Client


def pixels_named(given: Sequence[str] | None) -> list[str] | None:
    """The pixels of the command line; None for all.

    Raises:
        SettingsError: An id is malformed.
    """
    try:
        return canonical.pixel_ids(map(canonical.pixel_id, given)) if given else None
    except ValueError as error:
        what = f"--pixel: {error}"
        raise SettingsError(what, "Correct the id.") from error


def report(
    sources: Sources,
    tenants: Sequence[str],
    pixel_ids: Sequence[str] | None,
    window: int,
    *,
    as_json: bool,
) -> int:
    """Prints the events of the accounts and returns the exit status.

    Args:
        sources: Where settings come from.
        tenants: The accounts.
        pixel_ids: The pixels; None for all.
        window: Minutes that the figures cover.
        as_json: Whether to print JSON.
    """
    found: list[dict[str, Any]] = []
    failures: dict[str, GatewayError] = {}

    def ask(client: Client, tenant: str) -> dict[str, Any]:
        return {"tenant_id": tenant, **lookup.events(client, tenant, pixel_ids, window)}

    for _, answer in ask_each(sources, ask, tenants):
        if isinstance(answer, GatewayError):
            failures[answer.what] = answer
        else:
            found.append(answer)
    for failure in failures.values():
        complain_of(failure)
    if as_json:
        print_json([{name: _finite(value) for name, value in each.items()} for each in found])
    else:
        _show(found, window)
    return Exit.GATEWAY if failures else Exit.GOOD


def _finite(value: object) -> object:
    """JSON has no infinity; a gateway's answer can."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _show(accounts: Sequence[dict[str, Any]], window: int) -> None:
    output = console()
    for number, account in enumerate(accounts):
        if number:
            output.print()
        sums = (f"{_sum(account['incoming_events'])} received",
                f"{_sum(account['outgoing_events'])} published")  # fmt: skip
        covered = f": {', '.join(sums)} in the last {window} minutes"
        output.print(Text(one_line(account["tenant_id"]), "bold") + covered)
        for heading in ("event", "website"):
            _show_rows(output, heading, account["events" if heading == "event" else "domains"])


def _sum(figure: int) -> str:
    return "unknown" if figure == lookup.UNTOLD else f"{figure:,}"


def _show_rows(output: Console, heading: str, rows: Sequence[dict[str, Any]]) -> None:
    """The busiest ones first."""
    ordered = sorted(rows, key=lambda row: (-row["received"], row["name"]))
    if ordered:
        cells = [_cells(heading, row) for row in ordered]
        show_rows(output, cells, name=heading, numbers=("received", "published"))


def _cells(heading: str, row: dict[str, Any]) -> Row:
    figures = {name: _figure(row[name]) for name in ("received", "published")}
    if row["published"] == 0 < row["received"]:
        figures["published"].stylize("yellow")
    return {heading: Text(one_line(row["name"])), **figures}


def _figure(figure: int) -> Text:
    return count(None if figure == lookup.UNTOLD else figure)

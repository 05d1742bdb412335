"""The table of docs/faults.md: ``python -m tests.faults.table`` plays the matrix and writes it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from pulumi_capig.sandbox import Sandbox
from tests.faults import advertiser
from tests.faults.matrix import ALL_FAULTS, Cell, Length, Played, play
from tests.faults.scenarios import OPERATIONS, PIXEL, TENANT, principal
from tests.support.provider import serve

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
START, END = "<!-- generated: {} -->", "<!-- end: {} -->"
LENGTHS: tuple[Length, ...] = ("once", "for ever")

UNDONE = "; the pixel was disconnected again"

TITLES = {
    "token": "token",
    "list": "list",
    "setupPixelSignalConfig": "connect",
    "deleteDataSource": "disconnect",
    "updateSignalConfigEventsStatus": "receiving",
    "updateSignalConfigCapiPublish": "publishing",
    "updateEventFilter": "event",
    "updateDomainFilter": "domain",
}


ADVERTISER_TITLES = {
    "createTenant": "create account",
    "tenant": "read account",
    "updateTenant": "update account",
    "deleteTenant": "delete account",
    "addUserWithRole": "add user",
    "changeRoleForUser": "role",
    "sendInvitation": "invite",
    "ingressDomain": "read domain",
    "upsertIngressDomain": "set domain",
}


@dataclass(frozen=True)
class Reading:
    """What the user reads, without what differs from case to case."""

    reason: str
    advice: str


def cells() -> list[Cell]:
    """Every operation under every fault, once and for ever, in the step that the docs show."""
    return [
        Cell(principal(operation), operation, fault, length)
        for operation in OPERATIONS
        for fault in ALL_FAULTS
        for length in LENGTHS
    ]


def sign(cell: Cell, played: Played) -> str:
    """What happens in a cell, as one character of the table."""
    if not played.messages:
        return "w" if cell.warns else "·"
    message = played.messages[0]
    if "CAPIG_ADOPT=true" in message:
        return "A"
    if UNDONE in message:
        return "U"
    return "?" if "may already hold the new state" in message else "E"


def readings(played: Played) -> set[Reading]:
    """The messages of a cell, without names and numbers."""
    return {reading(message) for message in played.messages}


def reading(message: str) -> Reading:
    """A message without names and numbers."""
    what, _, advice = message.removeprefix("capig: ").partition("\n  ")
    reason = what.partition(": ")[2]
    reason = re.sub(r" \[[^\]]*attempts?\]| \[code [^\]]*\]", "", reason)
    # What failed in the second place, while the first was undone, is named again.
    reason = re.sub(r"(?<=too: )[^:;]*: ", "", reason)
    reason = re.sub(r"received \d+ bytes, expected \d+", "received m of n bytes", reason)
    reason = re.sub(r"\d+ bytes\)", "n bytes)", reason)
    reason = re.sub(r"\[Errno \d+\] ", "", reason).removesuffix(UNDONE)
    # Byte counts and names differ from case to case; what is said does not.
    return Reading(*(text.replace(PIXEL, "…").replace(TENANT, "…") for text in (reason, advice)))


def unexplained(played: Played) -> set[Reading]:
    """Messages of a cell that are not on the page."""
    page = "\n".join(section("messages"))
    return {r for r in readings(played) if r.reason not in page or r.advice not in page}


@cache
def documented() -> dict[tuple[str, str], str]:
    """The table of the page: signs by fault and operation."""
    return _documented("table", TITLES)


@cache
def documented_of_advertisers() -> dict[tuple[str, str], str]:
    """The same of accounts, people and domains."""
    return _documented("accounts", ADVERTISER_TITLES)


def _documented(name: str, titles: Mapping[str, str]) -> dict[tuple[str, str], str]:
    rows = [line.strip("| ").split("|") for line in section(name)[2:]]
    return {
        (row[0].strip(" `"), operation): cell.strip()
        for row in rows
        for operation, cell in zip(titles, row[1:], strict=True)
    }


def section(name: str) -> list[str]:
    """The lines of a generated part of the page."""
    page = PAGE.read_text("utf-8")
    _, _, rest = page.partition(START.format(name))
    return rest.partition(END.format(name))[0].strip().splitlines()


def table(signs: dict[tuple[str, str, Length], str], titles: Mapping[str, str]) -> str:
    """A table as Markdown."""
    lines = [
        f"| fault | {' | '.join(titles.values())} |",
        f"| --- |{' :-: |' * len(titles)}",
    ]
    for fault in ALL_FAULTS:
        row = (" ".join(signs[fault, o, length] for length in LENGTHS) for o in titles)
        lines.append(f"| `{fault}` | {' | '.join(row)} |")
    return "\n".join(lines)


def messages(found: Iterable[Reading]) -> str:
    """The messages as Markdown, those with the same second line together."""
    by_advice: dict[str, set[str]] = {}
    for reading in found:
        by_advice.setdefault(reading.advice, set()).add(reading.reason)
    lines = []
    for advice, reasons in sorted(by_advice.items(), key=lambda item: (-len(item[1]), item[0])):
        lines += [f"**{advice}**", "", *(f"- {reason}" for reason in sorted(reasons)), ""]
    return "\n".join(lines).strip()


def main() -> None:
    """Play the matrices and write their tables into the page."""
    from tests.faults import signals_table

    signs: dict[tuple[str, str, Length], str] = {}
    of_advertisers: dict[tuple[str, str, Length], str] = {}
    found: set[Reading] = set()
    with Sandbox() as sandbox, serve() as provider:
        os.environ.update(sandbox.environment())
        for cell in cells():
            played = play(cell, provider, sandbox)
            signs[cell.fault, cell.operation, cell.length] = sign(cell, played)
            found |= readings(played)
        for fault, operation, length in product(ALL_FAULTS, advertiser.OPERATIONS, LENGTHS):
            step = advertiser.principal(operation)
            struck = advertiser.play(
                advertiser.Cell(step, operation, fault, length), provider, sandbox
            )
            of_advertisers[fault, operation, length] = advertiser.sign(struck)
        parts = {
            "table": table(signs, TITLES),
            "accounts": table(of_advertisers, ADVERTISER_TITLES),
            "messages": messages(found),
            **dict(signals_table.tables(provider, sandbox)),
        }
    page = PAGE.read_text("utf-8")
    for name, content in parts.items():
        start, end = START.format(name), END.format(name)
        before, _, rest = page.partition(start)
        page = f"{before}{start}\n{content}\n{end}{rest.partition(end)[2]}"
    PAGE.write_text(page, "utf-8")
    print(f"{len(signs)} cells, {len(found)} messages", file=sys.stderr)


if __name__ == "__main__":
    main()

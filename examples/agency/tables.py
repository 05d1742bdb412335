"""The two tables: which pixels an account has, and which events and websites are held back."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ALL = "*"
PIXELS, POLICY = "pixels.csv", "policy.csv"
SWITCHES = {"on": True, "off": False, "": None}


class BadTablesError(Exception):
    """The tables cannot be used as they are; the message has a line for each thing in the way."""


@dataclass(frozen=True)
class Pixel:
    """A pixel to connect. A switch that is None, or a name that is "", is left alone."""

    pixel_id: str
    business_id: str
    name: str
    receiving: bool | None
    publishing: bool | None


@dataclass(frozen=True)
class Account:
    """An account: its name here, which is its stack's, its id at the gateway, what it declares.

    Attributes:
        policy: `PUBLISH` or `DROP`, by kind (`event`, `domain`) and name.
    """

    name: str
    tenant_id: str
    pixels: tuple[Pixel, ...]
    policy: dict[tuple[str, str], str]

    def __len__(self) -> int:
        """How many resources its stack has, itself included."""
        return 1 + len(self.pixels) + len(self.policy)


@dataclass(frozen=True)
class Row:
    """A row: where it stands, as `file:line`, and its values by column."""

    place: str
    values: dict[str, str]


Check = Callable[[str], str]
"""Says what is wrong with a value, or nothing."""


def read(folder: Path) -> dict[str, Account]:
    """Read both tables.

    Args:
        folder: Where `pixels.csv` and `policy.csv` are.

    Returns:
        The accounts by name, in the order of the table.

    Raises:
        BadTablesError: A table cannot be read, or has bad rows.
    """
    problems: list[str] = []
    pixels = _pixels(folder / PIXELS, problems)
    policy = _policy(folder / POLICY, {row.values["account"] for row in pixels}, problems)
    if problems:
        raise BadTablesError("\n  ".join(["correct these first:", *problems]))
    rules = _by_account(policy)
    return {
        # What an account says of its own comes last, and holds.
        name: _account(name, rows, [*rules.get(ALL, []), *rules.get(name, [])])
        for name, rows in _by_account(pixels).items()
    }


def doubts(accounts: Iterable[Account]) -> list[str]:
    """What is valid and may be wrong all the same, a line each."""
    pixels = [pixel for account in accounts for pixel in account.pixels]
    names = ("business_id", "pixel_id")
    ids = [(name, getattr(pixel, name)) for name in names for pixel in pixels]
    return [
        f"{PIXELS}: {name} {value} may be rounded: a spreadsheet keeps 15 digits and puts zeros "
        "after them; compare it with Meta's Events Manager"
        for name, value in dict.fromkeys(ids)
        if _may_be_rounded(value)
    ]


def _by_account(rows: Sequence[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.values["account"], []).append(row)
    return grouped


def _account(name: str, pixels: Sequence[Row], policy: Sequence[Row]) -> Account:
    rules = {(row.values["kind"], row.values["name"]): row.values["filter_state"] for row in policy}
    tenant_id = pixels[0].values["tenant_id"]
    return Account(name, tenant_id, tuple(_pixel(row.values) for row in pixels), rules)


def _pixel(values: dict[str, str]) -> Pixel:
    return Pixel(
        values["pixel_id"],
        values["business_id"],
        values["name"],
        SWITCHES[values["receiving"]],
        SWITCHES[values["publishing"]],
    )


def _pixels(path: Path, problems: list[str]) -> list[Row]:
    checks = {
        "account": _account_name,
        "tenant_id": _tenant_id,
        "business_id": _digits,
        "pixel_id": _digits,
        "name": _anything,
        "receiving": _one_of(*SWITCHES),
        "publishing": _one_of(*SWITCHES),
    }
    rows = list(_rows(path, checks, problems))
    if not (rows or problems):
        problems.append(f"{path.name}: no rows below the header")
    _each_once(rows, ("tenant_id", "pixel_id"), problems)
    _one_to_one(rows, "account", "tenant_id", problems)
    _one_to_one(rows, "tenant_id", "account", problems)
    return rows


def _policy(path: Path, accounts: set[str], problems: list[str]) -> list[Row]:
    def account(value: str) -> str:
        known = value == ALL or value in accounts or not accounts
        return "" if known else f"is {value!r}, which is neither {ALL} nor in {PIXELS}"

    checks = {
        "account": account,
        "kind": _one_of("event", "domain"),
        "name": _anything,
        "filter_state": _one_of("DROP", "PUBLISH"),
    }
    rows = list(_rows(path, checks, problems))
    for row in rows:
        check = _domain if row.values["kind"] == "domain" else _event
        if wrong := check(row.values["name"]):
            problems.append(f"{row.place}: name {wrong}")
    _each_once(rows, ("account", "kind", "name"), problems)
    return rows


def _rows(path: Path, checks: dict[str, Check], problems: list[str]) -> Iterator[Row]:
    """The rows of a file; says in `problems` what is wrong with it and with each of them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", strict=True)
            missing = [name for name in checks if name not in (reader.fieldnames or ())]
            if missing:
                header = ",".join(reader.fieldnames or ())
                lacks = f"the header lacks {', '.join(missing)}"
                problems.append(f"{path.name}:1: {lacks}; {_about_header(header)}")
                return
            for line in reader:
                place = f"{path.name}:{reader.line_num}"
                if None in line:
                    problems.append(f"{place}: more values than the header has columns")
                values = {name: line[name].strip() for name in checks}
                if any(values.values()):
                    wrong = {name: check(values[name]) for name, check in checks.items()}
                    problems += [f"{place}: {name} {why}" for name, why in wrong.items() if why]
                    yield Row(place, values)
    except OSError as error:
        problems.append(f"{path.name}: {error.strerror}")
    except UnicodeDecodeError:
        problems.append(f"{path.name}: not UTF-8 text (a spreadsheet saves it as `CSV UTF-8`)")
    except csv.Error as error:
        problems.append(f"{path.name}:{reader.reader.line_num}: not CSV: {error}")


def _about_header(header: str) -> str:
    """What was found in the place of a header, and a guess at what happened."""
    if not header:
        return "the file is empty"
    for separator, name in {";": "semicolons", "\t": "tabs"}.items():
        if separator in header:
            return f"it is {header!r}, with {name} between the columns: save the file with commas"
    return f"it is {header!r}"


def _each_once(rows: Sequence[Row], columns: tuple[str, ...], problems: list[str]) -> None:
    first: dict[tuple[str, ...], str] = {}
    for row in rows:
        key = tuple(row.values[column] for column in columns)
        place = first.setdefault(key, row.place)
        if place != row.place:
            problems.append(f"{row.place}: {' '.join(key)} is in {place} already")


def _one_to_one(rows: Sequence[Row], one: str, other: str, problems: list[str]) -> None:
    first: dict[str, Row] = {}
    for row in rows:
        known = first.setdefault(row.values[one], row)
        if known.values[other] != row.values[other]:
            said = f"{other} {row.values[other]!r}, but {known.values[other]!r} in {known.place}"
            problems.append(f"{row.place}: {one} {row.values[one]} has the {said}")


def _anything(_value: str) -> str:
    return ""


def _one_of(*choices: str) -> Check:
    shown = " or ".join(choice or "nothing" for choice in choices)
    return lambda value: "" if value in choices else f"is {value!r}, not {shown}"


def _account_name(value: str) -> str:
    good = re.fullmatch(r"[A-Za-z0-9._-]{1,100}", value)
    return "" if good else f"is {value!r}; a stack's name has letters, digits, '-', '_' and '.'"


def _tenant_id(value: str) -> str:
    good = value and "/" not in value and len(value.split()) == 1
    return "" if good else f"is {value!r}, not an account id of the gateway"


def _digits(value: str) -> str:
    good = value.isascii() and value.isdigit()
    return "" if good else f"is {value!r}, not digits alone (did a spreadsheet rewrite it?)"


def _event(value: str) -> str:
    return "" if 1 <= len(value) <= 50 else f"is {value!r}; an event has 1 to 50 characters"


def _domain(value: str) -> str:
    good = re.fullmatch(r"[^\s/:*@]+\.[^\s/:*@]+", value)
    return "" if good else f"is {value!r}; a domain has the form www.example.com"


def _may_be_rounded(value: str) -> bool:
    """Whether an id ends as a spreadsheet leaves it, which keeps 15 digits of a number."""
    rest = value[15:]
    return bool(rest) and not rest.strip("0")

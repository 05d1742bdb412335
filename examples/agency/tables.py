"""The four tables: accounts, their people, their pixels, and what is blocked in them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ALL = "*"
ACCOUNTS, PEOPLE = "accounts.csv", "people.csv"
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
    """An account: its name here, which is its stack's, and what it declares.

    Attributes:
        tenant_id: Its id at the gateway; "" for one that its stack makes.
        title: Its name at the gateway; "" is left alone.
        event_enrichment: What a new account begins with, for good.
        active: None is left alone.
        people: Roles, by e-mail address.
        policy: `PUBLISH` or `DROP`, by kind (`event`, `domain`) and name.
    """

    name: str
    tenant_id: str
    title: str
    event_enrichment: bool | None
    active: bool | None
    people: dict[str, str]
    pixels: tuple[Pixel, ...]
    policy: dict[tuple[str, str], str]

    @property
    def is_declared(self) -> bool:
        """Whether the account itself is a resource: one that is made here, or has to be changed."""
        return not self.tenant_id or bool(self.title) or self.active is not None

    def __len__(self) -> int:
        """How many resources its stack has, itself included."""
        return 1 + self.is_declared + len(self.people) + len(self.pixels) + len(self.policy)


@dataclass(frozen=True)
class Row:
    """A row: where it stands, as `file:line`, and its values by column."""

    place: str
    values: dict[str, str]


Check = Callable[[str], str]
"""Says what is wrong with a value, or nothing."""

Table = dict[str, list[Row]]
"""Rows by their account."""


def read(folder: Path) -> dict[str, Account]:
    """Read the tables.

    Args:
        folder: Where they are.

    Returns:
        The accounts by name, in the order of the table.

    Raises:
        BadTablesError: A table cannot be read, or has bad rows.
    """
    problems: list[str] = []
    accounts = _accounts(folder / ACCOUNTS, problems)
    names = {row.values["account"] for row in accounts}
    people = _by_account(_people(folder / PEOPLE, names, problems))
    pixels = _by_account(_pixels(folder / PIXELS, names, problems))
    policy = _by_account(_policy(folder / POLICY, names, problems))
    if problems:
        raise BadTablesError("\n  ".join(["correct these first:", *problems]))
    return {row.values["account"]: _account(row.values, people, pixels, policy) for row in accounts}


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


def _by_account(rows: Sequence[Row]) -> Table:
    grouped: Table = {}
    for row in rows:
        grouped.setdefault(row.values["account"], []).append(row)
    return grouped


def _account(values: dict[str, str], people: Table, pixels: Table, policy: Table) -> Account:
    name = values["account"]

    def for_all_and(table: Table) -> Iterator[dict[str, str]]:
        # What an account says of its own comes last, and holds.
        return (row.values for of in (ALL, name) for row in table.get(of, []))

    return Account(
        name,
        values["tenant_id"],
        values["name"],
        SWITCHES[values["event_enrichment"]],
        SWITCHES[values["active"]],
        {row["email"]: row["role"] for row in for_all_and(people)},
        tuple(_pixel(row.values) for row in pixels.get(name, [])),
        {(row["kind"], row["name"]): row["filter_state"] for row in for_all_and(policy)},
    )


def _pixel(values: dict[str, str]) -> Pixel:
    return Pixel(
        values["pixel_id"],
        values["business_id"],
        values["name"],
        SWITCHES[values["receiving"]],
        SWITCHES[values["publishing"]],
    )


def _accounts(path: Path, problems: list[str]) -> list[Row]:
    checks = {
        "account": _account_name,
        "tenant_id": _tenant_id,
        "name": _anything,
        "event_enrichment": _one_of(*SWITCHES),
        "active": _one_of(*SWITCHES),
    }
    rows = list(_rows(path, checks, problems))
    if not (rows or problems):
        problems.append(f"{path.name}: no rows below the header")
    for row in rows:
        empty = [name for name in ("name", "event_enrichment") if not row.values[name]]
        if empty and not row.values["tenant_id"]:
            problems.append(
                f"{row.place}: {' and '.join(empty)} of a new account (one without tenant_id) "
                "must not be empty"
            )
    _each_once(rows, ("account",), problems)
    _each_once([row for row in rows if row.values["tenant_id"]], ("tenant_id",), problems)
    return rows


def _people(path: Path, accounts: set[str], problems: list[str]) -> list[Row]:
    checks = {"account": _known(accounts, all_too=True), "email": _email, "role": _role}
    rows = list(_rows(path, checks, problems))
    _each_once(rows, ("account", "email"), problems)
    return rows


def _pixels(path: Path, accounts: set[str], problems: list[str]) -> list[Row]:
    checks = {
        "account": _known(accounts),
        "business_id": _digits,
        "pixel_id": _digits,
        "name": _anything,
        "receiving": _one_of(*SWITCHES),
        "publishing": _one_of(*SWITCHES),
    }
    rows = list(_rows(path, checks, problems))
    _each_once(rows, ("account", "pixel_id"), problems)
    return rows


def _policy(path: Path, accounts: set[str], problems: list[str]) -> list[Row]:
    checks = {
        "account": _known(accounts, all_too=True),
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


def _known(accounts: set[str], *, all_too: bool = False) -> Check:
    def check(value: str) -> str:
        if value in accounts or not accounts or (all_too and value == ALL):
            return ""
        where = f"neither {ALL} nor in {ACCOUNTS}" if all_too else f"not in {ACCOUNTS}"
        return f"is {value!r}, which is {where}"

    return check


def _anything(_value: str) -> str:
    return ""


def _one_of(*choices: str) -> Check:
    shown = " or ".join(choice or "nothing" for choice in choices)
    return lambda value: "" if value in choices else f"is {value!r}, not {shown}"


def _account_name(value: str) -> str:
    good = re.fullmatch(r"[A-Za-z0-9._-]{1,100}", value)
    return "" if good else f"is {value!r}; a stack's name has letters, digits, '-', '_' and '.'"


def _tenant_id(value: str) -> str:
    good = "/" not in value and len(value.split()) <= 1
    return "" if good else f"is {value!r}, not an account id of the gateway"


def _email(value: str) -> str:
    good = re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", value) and value == value.lower()
    return "" if good else f"is {value!r}; an address is in lower case: name@example.com"


def _role(value: str) -> str:
    good = re.fullmatch(r"[a-z_]+", value)
    return "" if good else f"is {value!r}, not a role such as admin, manage or view"


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

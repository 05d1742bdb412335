"""The two files of Meta's bulk onboarding: which pixels there are, and each business's token."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PIXELS = ("business_id", "pixel_id")
TOKENS = ("business_id", "access_token")


class BadRowsError(Exception):
    """The files cannot be used as they are; the message has a line for each thing in the way."""


@dataclass(frozen=True)
class Pixel:
    """A pixel to connect."""

    pixel_id: str
    business_id: str
    access_token: str = field(repr=False)


class Row(NamedTuple):
    """Where a row stands, as `file:line`; its values by column; what is wrong with them."""

    place: str
    values: dict[str, str]
    problems: list[str]


def read(pixels: Path, tokens: Path) -> list[Pixel]:
    """Read both files.

    Args:
        pixels: CSV with the columns `business_id` and `pixel_id`.
        tokens: CSV with the columns `business_id` and `access_token`.

    Raises:
        BadRowsError: One of them cannot be read, or has bad rows.
    """
    problems: list[str] = []
    businesses = _by("business_id", tokens, TOKENS, problems)
    found = []
    for row in _by("pixel_id", pixels, PIXELS, problems).values():
        business = row.values["business_id"]
        if business in businesses:
            token = businesses[business].values["access_token"]
            found.append(Pixel(row.values["pixel_id"], business, token))
        elif businesses:
            lacking = f"business {business} has no usable token in {tokens.name}"
            problems.append(f"{row.place}: {lacking}")
    if problems:
        raise BadRowsError("\n  ".join(["correct these first:", *problems]))
    return found


def doubts(pixels: Iterable[Pixel]) -> list[str]:
    """What is valid and may be wrong all the same, a line each."""
    ids = [(name, getattr(pixel, name)) for name in PIXELS for pixel in pixels]
    return [
        f"{name} {value} may be rounded: a spreadsheet keeps 15 digits and puts zeros after them; "
        "compare it with Meta's Events Manager"
        for name, value in dict.fromkeys(ids)
        if _may_be_rounded(value)
    ]


def _by(key: str, path: Path, columns: tuple[str, ...], problems: list[str]) -> dict[str, Row]:
    """The good rows of a file by one of its columns; says in `problems` what the others lack."""
    good: dict[str, Row] = {}
    try:
        for row in _rows(path, columns):
            value = row.values[key]
            if value in good:
                row.problems.append(f"{key} {value} is in {good[value].place} already")
            problems += [f"{row.place}: {problem}" for problem in row.problems]
            if not row.problems:
                good[value] = row
    except BadRowsError as error:
        problems.append(str(error))
    return good


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[Row]:
    """The rows of a file; a byte order mark, blank lines and blanks around values do not count."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            filled = ((lines.line_num, row) for line in lines if any(row := _stripped(line)))
            number, header = next(filled, (1, []))
            if missing := [name for name in columns if name not in header]:
                lacks = f"the header lacks {' and '.join(missing)}"
                message = f"{path.name}:{number}: {lacks}; {_about_header(header, columns)}"
                raise BadRowsError(message)
            is_empty = True
            for number, line in filled:
                is_empty = False
                values = dict.fromkeys(columns, "") | dict(zip(header, line, strict=False))
                problems = [_problem(name, values[name]) for name in columns]
                if any(line[len(header) :]):
                    problems.append(f"{len(line)} values under a header of {len(header)}")
                yield Row(f"{path.name}:{number}", values, list(filter(None, problems)))
    except OSError as error:
        message = f"{path}: {error.strerror}"
    except UnicodeDecodeError:
        message = f"{path.name}: not UTF-8 text (a spreadsheet saves it as `CSV UTF-8`)"
    except csv.Error as error:
        message = f"{path.name}:{lines.line_num}: not CSV: {error}"
    else:
        if not is_empty:
            return
        message = f"{path.name}: no rows below the header"
    raise BadRowsError(message)


def _about_header(header: list[str], columns: tuple[str, ...]) -> str:
    """What was found in the place of a header, and a guess at what happened."""
    found, wanted = ",".join(header), ",".join(columns)
    if not found:
        return f"the file is empty; begin it with {wanted}"
    if re.search("[0-9]{4}|EAA", found):  # it may hold a token, so it is not shown
        return f"the first line looks like a row; put {wanted} above it"
    for separator, name in {";": "semicolons", "\t": "tabs"}.items():
        if separator in found:
            return f"it is {found!r}, with {name} between the columns: save the file with commas"
    return f"it is {found!r}: name the columns {wanted}"


def _stripped(line: list[str]) -> list[str]:
    return [value.strip() for value in line]


def _problem(column: str, value: str) -> str:
    """What is wrong with a value, or nothing. A token is never quoted."""
    if not value:
        return f"{column} is empty"
    if column == "access_token":
        return "access_token has blanks in it" if len(value.split()) > 1 else ""
    if not (value.isascii() and value.isdigit()):
        return f"{column} is {value!r}, not digits alone (did a spreadsheet rewrite it?)"
    return ""


def _may_be_rounded(value: str) -> bool:
    """Whether an id ends as a spreadsheet leaves it, which keeps 15 digits of a number."""
    rest = value[15:]
    return bool(rest) and not rest.strip("0")

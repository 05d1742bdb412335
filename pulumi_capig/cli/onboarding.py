"""The two CSV files of Meta's bulk onboarding: which pixels there are, and who holds a token."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NoReturn

from .. import canonical
from ..errors import RefusedError
from . import headers
from .program import ExportedConnection

__all__ = ["read"]

_Row = dict[str, str]


def read(pixels: Path, tokens: Path) -> list[ExportedConnection]:
    """The pixels of both files; the tokens themselves are not kept.

    Args:
        pixels: CSV with the columns `business_id` and `pixel_id`.
        tokens: CSV with the columns `business_id` and `access_token`.

    Raises:
        RefusedError: A file cannot be read or has a bad row.
    """
    businesses = {row["business_id"] for row in _rows(tokens, "business_id", "access_token")}
    found: dict[str, ExportedConnection] = {}
    for number, row in enumerate(_rows(pixels, "business_id", "pixel_id"), 1):
        place, pixel, business = f"{pixels.name}, row {number}", row["pixel_id"], row["business_id"]
        try:
            canonical.pixel_id(pixel)
            canonical.business_id(business)
        except ValueError as error:
            _refuse(f"{place}: {error}")
        if pixel in found:
            _refuse(f"{place}: pixel {pixel} is listed twice")
        if business not in businesses:
            _refuse(f"{place}: business {business} has no token in {tokens.name}")
        found[pixel] = ExportedConnection(pixel, business_id=business)
    return list(found.values())


def _rows(path: Path, *columns: str) -> list[_Row]:
    """The rows of a file, without blanks around values and without empty lines."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [[value.strip() for value in line] for line in csv.reader(file, strict=True)]
    except OSError as error:
        _refuse(f"{path}: {error.strerror}", "Check the path.")
    except UnicodeDecodeError:
        _refuse(f"{path.name}: it is not UTF-8 text")
    except csv.Error as error:
        _refuse(f"{path.name}: it is not CSV: {error}")
    header, *rows = [line for line in lines if any(line)] or [[]]
    if not set(columns) <= set(header):
        what, advice = headers.complaint(header, columns)
        _refuse(f"{path.name}: {what}", advice)
    return [_row(f"{path.name}, row {i}", header, row, columns) for i, row in enumerate(rows, 1)]


def _row(place: str, header: list[str], line: list[str], columns: tuple[str, ...]) -> _Row:
    row = dict(zip(header, line, strict=False))
    if empty := [name for name in columns if not row.get(name)]:
        _refuse(f"{place}: {' and '.join(empty)} is empty")
    return row


def _refuse(reason: str, advice: str = "Correct the file.") -> NoReturn:
    what = f"export from files: {reason}"
    raise RefusedError(what, advice)

"""What is wrong with the header of a CSV file, and what it was meant to be."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["complaint"]

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_MEANT = {
    "business_id": ("businessid", "business", "businessmanagerid"),
    "pixel_id": ("pixelid", "pixel", "datasetid", "dataset"),
    "access_token": ("accesstoken", "token", "systemusertoken"),
}
_LONGEST = 40


def complaint(header: Sequence[str], columns: Sequence[str]) -> tuple[str, str]:
    """What is wrong and what to do about it.

    Args:
        header: The values of the first line.
        columns: The columns that it lacks some of.
    """
    wanted = ",".join(columns)
    missing = [name for name in columns if name not in header]
    lacks = f"the header lacks {' and '.join(missing)}"
    if not header:
        return f"{lacks}; the file is empty", f"Begin it with the line {wanted}"
    for separator, name in _SEPARATORS.items():
        parts = [part.strip() for part in ",".join(header).split(separator)]
        if len(parts) > 1:
            shown = "" if _is_data(parts) else f" (it is {','.join(header)!r})"
            return f"{lacks}{shown}: the file has {name} between its columns", (
                "Save it with commas; spreadsheets call that `CSV UTF-8 (comma delimited)`."
            )
    if _is_data(header):  # it may hold a token, so it is not shown
        return f"{lacks}; its first line looks like a row", f"Put the line {wanted} above it."
    renamed = {name: meant for name in header if (meant := _meant(name)) in missing}
    advice = ", ".join(f"{name!r} to {meant}" for name, meant in renamed.items())
    return f"{lacks}; it is {','.join(header)!r}", (
        f"Rename {advice}." if advice else f"Name the columns {wanted}."
    )


def _is_data(values: Sequence[str]) -> bool:
    """Whether the values of a line are no names of columns."""
    return any(
        re.search("[0-9]{4}", value) or value.startswith("EAA") or len(value) > _LONGEST
        for value in values
    )


def _meant(name: str) -> str:
    """The column that a name of another spelling means, or ""."""
    plain = re.sub("[^a-z]", "", name.casefold())
    return next((column for column, names in _MEANT.items() if plain in names), "")

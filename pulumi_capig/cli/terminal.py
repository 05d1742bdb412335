"""What the commands print. Much of it comes from the gateway, and may hold anything."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import typer

from ..errors import CapigError, NotAuthorizedError, one_line

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["UNLIMITED", "complain", "complain_of", "console", "give_up", "prepare", "print_json"]

UNLIMITED = 1_000_000
"""Columns of an output that is no terminal."""

_CHECK_RIGHTS = (
    "Check CAPIG_CLIENT_ID and CAPIG_CLIENT_SECRET (or CAPIG_TOKEN), the id of the account, and "
    "that the API account may manage it. `capig doctor` shows which of them it is."
)


def prepare() -> None:
    """Has characters that the encoding of an output lacks escaped, instead of failing on them."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:  # closed by the shell
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def console() -> Console:
    """Standard output: takes texts as they are, and breaks lines where a terminal is narrow."""
    from rich.console import Console

    width = None if sys.stdout is not None and sys.stdout.isatty() else UNLIMITED
    return Console(emoji=False, highlight=False, markup=False, width=width)


def print_json(value: object) -> None:
    """JSON on standard output; what is not printable is escaped."""
    lines = json.dumps(value, indent=2, ensure_ascii=False).split("\n")
    typer.echo("\n".join(map(_escaped, lines)))


def _escaped(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)


def complain(*lines: str) -> None:
    """What went wrong, then what to do about it, on standard error."""
    text = "\n  ".join(one_line(line) for line in lines if line)
    typer.echo(f"capig: {text}", err=True)


def complain_of(error: CapigError) -> None:
    """An error of this package in its two lines."""
    # The advice for refused credentials is for those who run Pulumi.
    refused = isinstance(error, NotAuthorizedError)
    complain(error.what, _CHECK_RIGHTS if refused else error.advice)


def give_up(error: OSError) -> None:
    """What the system refuses, such as to write to a full disk."""
    try:
        sys.stdout.flush()
    except OSError:  # Python would try again at exit, and print a traceback
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    complain(f"cannot go on: {error.strerror or error}")

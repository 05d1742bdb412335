"""From the files of the command line to the comment and the exit status."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from ...errors import RefusedError, SettingsError
from ..exits import Exit
from ..terminal import complain
from .changes import Danger
from .preview import Preview, read
from .report import Report

__all__ = ["comment", "dangers"]

_STANDARD_INPUT = "-"


def dangers(given: Sequence[str]) -> list[Danger]:
    """The dangers that `--fail-on` names.

    Args:
        given: Each a name, or several with commas between.

    Raises:
        SettingsError: There is no such danger.
    """
    names = [name.strip() for each in given for name in each.split(",")]
    known = [danger.value for danger in Danger]
    if unknown := [name for name in names if name not in known]:
        what = f"--fail-on: there is no {unknown[0]!r}"
        raise SettingsError(what, f"Use one or more of {', '.join(known)}, separated by commas.")
    return [danger for danger in Danger if danger.value in names]


def comment(sources: Sequence[str], fail_on: Sequence[Danger]) -> int:
    """Print the comment for some previews, and return the exit status.

    Args:
        sources: Files, each with `NAME=` before it or not; standard input if there are none.
        fail_on: The dangers that are a finding.

    Raises:
        RefusedError: A file cannot be read, or is of another command.
    """
    report = Report(list(_previews(sources or [_STANDARD_INPUT])))
    typer.echo(report.markdown(), nl=False)
    findings = [words for danger in fail_on if (words := report.found(danger))]
    if fail_on and report.failed:
        findings.append(f"the preview of {', '.join(report.failed)} failed, so there may be more")
    for words in findings:
        complain(f"--fail-on: {words}")
    return Exit.FINDING if findings else Exit.GOOD


def _previews(sources: Sequence[str]) -> Iterator[Preview]:
    """Each preview under a name that no other has."""
    taken: set[str] = set()
    for source in sources:
        name, file = _name_and_file(source)
        preview = read(_text(file))
        if preview.refreshes:
            what = f"comment: {file} is from `pulumi refresh`, which changes nothing on the gateway"
            raise RefusedError(what, "Pass the output of `pulumi preview --json --show-sames`.")
        unnamed = Path(file).stem if len(sources) > 1 else ""
        wanted = name or preview.stack or unnamed
        preview.stack = wanted
        number = 2
        while preview.stack in taken:
            preview.stack, number = f"{wanted} ({number})", number + 1
        taken.add(preview.stack)
        yield preview


def _name_and_file(source: str) -> tuple[str, str]:
    name, equals, file = source.partition("=")
    if not equals or Path(source).exists():
        return "", source
    return name, file


def _text(file: str) -> str:
    try:
        content = sys.stdin.buffer.read() if file == _STANDARD_INPUT else Path(file).read_bytes()
    except OSError as error:
        what = f"comment: {file} cannot be read: {error.strerror}"
        raise RefusedError(
            what, "Check the path. To name the stack of a file, write NAME=FILE."
        ) from error
    return content.decode("utf-8-sig", errors="replace")

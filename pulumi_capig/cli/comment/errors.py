"""What Pulumi says in diagnostics, in lines that a person can read: no traceback, no repetition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from ...errors import one_line

__all__ = ["Said", "untangle"]

_NOISE = re.compile(
    "Resource monitor has terminated|(preview|update) failed$|BAIL:|resource registrations? failed$"
)
_UNHANDLED = "the program failed with an unhandled exception:"
_PROBLEM = re.compile(
    r"\S+ resource '(?P<name>.*?)'(: property (?P<argument>.*?) value \{(?P<value>.*)\})? "
    r"has a problem: (?P<reason>.*)",
    re.DOTALL,
)
_FRAME = re.compile(r'^\s*File "([^"]+)", line (\d+)')
_LIBRARY = re.compile(r"site-packages|dist-packages|/lib/python|<frozen")


@dataclass(frozen=True)
class Said:
    """One thing that was said.

    Attributes:
        where: The resource or the line of the program that it is about; "" for neither.
        text: What was said.
        more: Lines that belong to it, such as what to do about it.
    """

    where: str
    text: str
    more: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """A line for it, and one, set in, for each that belongs to it; nothing for noise."""
        if not self.text:
            return []
        first = f"{self.where}: {self.text}" if self.where else self.text
        return [first, *(f"  {line}" for line in self.more)]


def untangle(message: str, urn: str) -> Said:
    """Take a message apart.

    Args:
        message: As Pulumi printed it.
        urn: The resource that it is about, or "".
    """
    message = message.strip().removeprefix("error: ").removeprefix(_UNHANDLED).strip()
    if _NOISE.match(message):
        return Said("", "")
    where = _resource(urn)
    if problem := _PROBLEM.match(message):
        return _problem(problem, where)
    lines = message.splitlines()
    frames = [number for number, line in enumerate(lines) if _FRAME.match(line)]
    if frames:
        where = where or _place([lines[number] for number in frames])
        lines = _exception(lines[frames[-1] + 1 :])
    said = [clean for line in lines if (clean := one_line(line))]
    return Said(where, said[0], tuple(said[1:])) if said else Said("", "")


def _problem(problem: re.Match[str], where: str) -> Said:
    """An argument that a provider's check refuses; Pulumi shows what it cannot find as `<nil>`."""
    first, *more = [one_line(line) for line in problem["reason"].splitlines()]
    argument, value = problem["argument"], problem["value"]
    if argument:
        shown = "" if value in ("<nil>", "[secret]", "") else f" ({one_line(value)})"
        first = f"{argument}{shown}: {first}"
    return Said(where or f"'{problem['name']}'", first, tuple(filter(None, more)))


def _place(frames: list[str]) -> str:
    """The last line of the program's own in a traceback."""
    places = [match.groups() for frame in frames if (match := _FRAME.match(frame))]
    own = [place for place in places if not _LIBRARY.search(place[0])]
    file, line = (own or places)[-1]
    return f"{PurePath(file).name}:{line}"


def _exception(lines: list[str]) -> list[str]:
    """What follows the last frame of a traceback, without the source that is shown of it."""
    for number, line in enumerate(lines):
        if line and not line[0].isspace():
            return lines[number:]
    return lines[-1:]


def _resource(urn: str) -> str:
    """Type and name of a resource, in short; "" for the stack, which everything is about."""
    parts = urn.split("::", 3)
    if len(parts) < 4 or parts[2].endswith(":Stack"):
        return ""
    return f"{parts[2].rpartition(':')[2]} '{parts[3]}'"

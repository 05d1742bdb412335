"""Parts of a Pulumi program as lines of text, in the layout of `ruff format`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..errors import one_line

__all__ = ["call", "comment", "flags", "literal", "texts", "variables"]


def call(what: str, name: str, arguments: Mapping[str, str]) -> Iterator[str]:
    """The making of a resource that is protected.

    Args:
        what: What is called, and what it is bound to.
        name: The resource's name.
        arguments: Its arguments as Python.
    """
    yield f"{what}("
    yield f"    {literal(name)},"
    for argument, value in arguments.items():
        yield from f"    {argument}={value},".split("\n")
    yield "    opts=pulumi.ResourceOptions(protect=True),"
    yield ")"


def comment(name: str) -> list[str]:
    """A name on one line; nothing if it is empty."""
    text = one_line(name)
    return [f"# {text}"] if text else []


def literal(text: str) -> str:
    """A string in the quotes that `ruff format` prefers."""
    shown = repr(text)
    return f'"{shown[1:-1]}"' if shown[0] == "'" and '"' not in shown else shown


def texts(found: Iterable[str]) -> str:
    """A list of strings as an argument, one a line."""
    items = [f"        {literal(each)},\n" for each in found]
    return f"[\n{''.join(items)}    ]" if items else "[]"


def flags(**values: bool | None) -> dict[str, str]:
    """Those arguments that are known."""
    return {name: str(on) for name, on in values.items() if on is not None}


def variables(prefix: str, ids: Iterable[str]) -> dict[str, str]:
    """A variable's name for each id, made of it."""
    found: dict[str, str] = {}
    for each in ids:
        name = prefix + re.sub(r"[^A-Za-z0-9]", "_", each)
        while name in found.values():
            name += "_"
        found[each] = name
    return found

"""The options of the command line."""

from __future__ import annotations

import re
from typing import Any

from typer.main import get_command

from pulumi_capig.cli.app import app

from .markdown import cell, table

_SHARED = ("--tenant", "--tenants", "--stack", "--cwd")
"""Options that most commands have, with one meaning: a table of their own has them."""

_NAMES = re.compile(r"`[^`]*`|--[\w-]+|CAPIG_\w+")


def options(command: str = "") -> str:
    """The options of a command, as a table.

    Args:
        command: Name of the command; empty for the options that most commands have.
    """
    found: Any = get_command(app)
    shared = {each.help for each in found.commands["status"].params if each.opts[0] in _SHARED}
    of_command = found.commands[command or "status"].params
    shown = [each for each in of_command if (each.help in shared) is not bool(command)]
    rows = [(f"`{_usage(each)}`", _meaning(each)) for each in shown]
    return table(("option", "meaning"), rows)


def _usage(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar)
    names = ", ".join(sorted(parameter.opts, key=len))
    return names if parameter.is_flag else f"{names} {parameter.metavar}"


def _meaning(parameter: Any) -> str:
    default = f" Default: {parameter.default}." if parameter.default else ""
    return cell(_NAMES.sub(_as_code, parameter.help), "command-line.md") + default


def _as_code(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith("`") else f"`{found[0]}`"

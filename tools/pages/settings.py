"""The table of settings."""

from __future__ import annotations

import ast
from itertools import pairwise

from .markdown import ROOT, cell, table

SOURCE = ROOT / "pulumi_capig" / "settings" / "table.py"


def settings() -> str:
    """The settings, as a table.

    Raises:
        ValueError: A setting has no description.
    """
    module = ast.parse(SOURCE.read_text(encoding="utf-8"))
    rows = []
    for node, below in pairwise([*module.body, ast.Pass()]):
        match node:
            case ast.Assign([ast.Name(id=name)], ast.Call(ast.Name("Setting"), given)):
                rows.append(_row(name, given, below))
            case ast.AnnAssign(ast.Name(id=name), _, ast.Call(ast.Name("Setting"), given)):
                rows.append(_row(name, given, below))
    return table(("environment", "stack config", "meaning"), rows)


def _row(name: str, given: list[ast.expr], below: ast.stmt) -> tuple[str, str, str]:
    key, _, default = given
    match below:
        case ast.Expr(value=ast.Constant(value=str(text))):
            meaning = cell(text, "settings.md") + _default(default)
            return f"`CAPIG_{name}`", f"`capig:{ast.literal_eval(key)}`", meaning
    message = f"{name} has no description"
    raise ValueError(message)


def _default(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=int() | float() as number) if number and number is not True:
            return f" Default: {number:g}."
    return ""

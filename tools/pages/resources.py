"""Arguments and outputs of the resources. Their modules are read, not imported."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from .markdown import ROOT, cell, table

SOURCES = ROOT / "pulumi_capig" / "resources"
ENUMS = ROOT / "pulumi_capig" / "enums.py"

_COLLECTIONS = {"Sequence": "list of", "Collection": "set or list of"}
_OF_PULUMI = {"resource_name", "opts"}


def arguments(resource: str) -> str:
    """The arguments of a resource, as a table.

    Args:
        resource: Name of its module and its page, such as ``event_filter``.

    Raises:
        ValueError: An argument has no description, or a description no argument.
    """
    declared = _class(resource)
    described = dict(_described(ast.get_docstring(declared) or ""))
    taken = _constructor(declared).args
    if {argument.arg for argument in taken.kwonlyargs} != described.keys() - _OF_PULUMI:
        message = f"{resource}: the arguments are not those under `Args:`"
        raise ValueError(message)
    rows = [
        (f"`{each.arg}`", _argument_form(each, default), cell(described[each.arg], _page(resource)))
        for each, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True)
    ]
    return table(("argument", "type", "meaning"), rows)


def outputs(resource: str) -> str:
    """What a resource has besides the arguments that were declared, as a table.

    Args:
        resource: Name of its module and its page, such as ``event_filter``.

    Raises:
        ValueError: An output has no description and is no argument.
    """
    declared = _class(resource)
    described = dict(_described(ast.get_docstring(declared) or ""))
    rows = []
    for name, annotation, text in _annotated(declared):
        if text:
            rows.append((f"`{name}`", _form(annotation), cell(text, _page(resource))))
        elif name not in described:
            message = f"{resource}: `{name}` has no description"
            raise ValueError(message)
    return table(("output", "type", "meaning"), rows)


def events() -> str:
    """The standard events, as a list in one sentence."""
    module = ast.parse(ENUMS.read_text(encoding="utf-8"))
    (enum,) = (n for n in module.body if isinstance(n, ast.ClassDef) and n.name == "StandardEvent")
    members = [node.value for node in enum.body if isinstance(node, ast.Assign)]
    return ", ".join(f"`{ast.literal_eval(member)}`" for member in members)


def _page(resource: str) -> str:
    return f"resources/{resource.replace('_', '-')}.md"


def _class(resource: str) -> ast.ClassDef:
    module = ast.parse((SOURCES / f"{resource}.py").read_text(encoding="utf-8"))
    (found,) = (node for node in module.body if isinstance(node, ast.ClassDef))
    return found


def _constructor(declared: ast.ClassDef) -> ast.FunctionDef:
    functions = (node for node in declared.body if isinstance(node, ast.FunctionDef))
    return next(function for function in functions if function.name == "__init__")


def _described(docstring: str) -> Iterator[tuple[str, str]]:
    """Names and descriptions under ``Args:``."""
    section = docstring.partition("\nArgs:\n")[2].partition("\n\n")[0]
    _, *parts = re.split(r"^ {4}(\w+): ", section, flags=re.MULTILINE)
    return zip(parts[::2], parts[1::2], strict=True)


def _annotated(declared: ast.ClassDef) -> Iterator[tuple[str, ast.expr, str]]:
    """Names, types and docstrings of what type checkers see on a resource."""
    for block in declared.body:
        if isinstance(block, ast.If):
            for node, below in pairwise([*block.body, ast.Pass()]):
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    yield node.target.id, node.annotation, _text(below)


def _text(node: ast.stmt) -> str:
    match node:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return text
    return ""


def _argument_form(argument: ast.arg, default: ast.expr | None) -> str:
    form = _form(argument.annotation)
    match default:
        case None:
            return f"{form}, required"
        case ast.Constant(value=None):
            return form
    return f"{form}, default `{ast.unparse(default)}`"


def _form(annotation: ast.expr | None) -> str:
    """A type as words, without Pulumi's wrappers and None."""
    match annotation:
        case ast.Subscript(value=ast.Attribute(attr="Input" | "Output"), slice=inner):
            return _form(inner)
        case ast.Subscript(value=ast.Name(id="Mapping")):
            return "`dict`"
        case ast.Subscript(value=ast.Name(id=outer), slice=inner):
            return f"{_COLLECTIONS[outer]} {_form(inner)}"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return " or ".join(filter(None, map(_form, (left, right))))
        case ast.Constant(value=None):
            return ""
        case ast.Name(id=name):
            return f"`{name}`"
    message = f"no words for the type {annotation and ast.unparse(annotation)}"
    raise ValueError(message)

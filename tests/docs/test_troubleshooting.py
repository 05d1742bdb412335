"""The messages that the page on troubleshooting names, and those that the code has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.markdown import DOCS, ROOT

GAP = "…"
PACKAGE = ROOT / "pulumi_capig"
FOREIGN = "## Pulumi's own"

PAGE = (DOCS / "troubleshooting.md").read_text("utf-8")
OURS = PAGE.partition(FOREIGN)[0] + PAGE.partition("## A bug")[2]

# Names that hold the line of an error until it is raised, and calls that take one, by its place.
HOLDERS = {"message", "reason", "what"}
TAKERS = {"AttemptFailure": 1, "Failure": 1, "_refuse": 0, "complain": 0}


def nodes() -> Iterator[ast.AST]:
    """What can fail in a user's run, or at a command: all but the sandbox."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "sandbox" not in path.relative_to(PACKAGE).parts:
            yield from ast.walk(ast.parse(path.read_text("utf-8")))


def text_of(node: ast.AST) -> str:
    """A string with a gap for each value in it; "" for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(v.value if isinstance(v, ast.Constant) else GAP for v in node.values)
    return ""


@cache
def all_texts() -> frozenset[str]:
    """Every string of the package."""
    return frozenset(filter(None, map(text_of, nodes())))


def messages() -> set[str]:
    """The first lines of errors, as far as they can be told from other strings."""
    found = set()
    for node in nodes():
        if isinstance(node, ast.Assign):
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            found |= {text_of(node.value)} if names & HOLDERS else set()
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            place = TAKERS.get(node.func.id, len(node.args))
            found |= {text_of(argument) for argument in node.args[place : place + 1]}
    words = {text: re.findall(r"\w{2,}", text.replace(GAP, "")) for text in found}
    return {text for text in found if len(words[text]) > 2 and not text.startswith("module ")}


def named() -> set[str]:
    """The messages in the first cells of the page's tables, and the one of the last section."""
    cells = re.findall(r"^\| (`.*?) \|", OURS, re.MULTILINE)
    spans = (span for cell in cells for span in re.findall(r"(``?)(.+?)\1(?!`)", cell))
    quoted = {message for _, message in spans}
    return quoted | {"unexpected …; state is kept as it was"}


def says(text: str, message: str) -> bool:
    """Whether a string of the code can come out as a message that leaves gaps."""
    at = 0
    for part in filter(None, (part.strip() for part in message.split(GAP))):
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


@pytest.mark.parametrize("message", sorted(named()))
def test_a_message_that_is_explained_exists(message: str) -> None:
    assert any(says(text, message) for text in all_texts())


@pytest.mark.parametrize("message", sorted(messages()))
def test_a_message_that_exists_is_explained(message: str) -> None:
    assert any(says(message, entry) for entry in named())

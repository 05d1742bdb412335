"""GraphQL documents as text: read from their files, thinned out, and joined.

A document is a file: the folder is its endpoint, the name its operation. One field stands on each
line; what several documents select is a fragment, in a file of its own. A field whose line says
``# needed`` cannot be left out, nor can those that lead to the operation's result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

from .operation import Endpoint, Operation

_VARIABLE = re.compile(r"\$(\w+): ([\w!\[\]]+)")
_ACCOUNT = "tenantId"


@dataclass(frozen=True)
class Field:
    """A field of a selection, or the spread of a fragment.

    Attributes:
        text: Its line, with its arguments.
        needed: Whether an answer without it is of no use.
        below: Its own selection, if it has one.
    """

    text: str
    needed: bool = False
    below: tuple[Field, ...] | None = None

    @property
    def name(self) -> str:
        """Its name, or that of the fragment."""
        return re.split(r"\W", self.text.removeprefix("..."), maxsplit=1)[0]

    @property
    def may_go(self) -> bool:
        """Whether it may be left out."""
        return not (self.needed or self.is_spread)

    @property
    def is_spread(self) -> bool:
        """Whether it is the spread of a fragment."""
        return self.text.startswith("...")

    def __str__(self) -> str:
        return self.text if self.below is None else f"{self.text} {_selection(self.below)}"


@dataclass(frozen=True)
class Definition:
    """An operation or a fragment, as its file says it.

    Attributes:
        head: All before its selection.
        fields: Its selection.
    """

    head: str
    fields: tuple[Field, ...]

    @property
    def kind(self) -> str:
        """The type that a fragment is on; empty for an operation."""
        return self.head.partition(" on ")[2]

    def __str__(self) -> str:
        return f"{self.head} {_selection(self.fields)}"


class Thinned:
    """An operation without some fields, nor what they leave empty.

    Args:
        operation: The operation.
        without: Names of the fields; those of a fragment's type alone as ``Type.field``.

    Attributes:
        head: Its kind, name and variables.
        root: Its root field.
        fragments: The fragments that are used, by name.

    Raises:
        ValueError: Nothing would be left of a field that is needed.
    """

    def __init__(self, operation: Operation, without: frozenset[str]) -> None:
        self._endpoint = operation.endpoint
        self._without = without
        self.fragments: dict[str, Definition] = {}
        definition = _operation(operation)
        self.head = definition.head
        (self.root,) = self._kept(definition.fields)

    @cached_property
    def optional(self) -> frozenset[str]:
        """Names of the fields that may be left out, in both forms."""
        definitions = self.fragments.values()
        selections = [(self.root,), *(definition.fields for definition in definitions)]
        of_a_type = (
            _of(definition.kind, field.name)
            for definition in definitions
            for field in definition.fields
            if field.may_go
        )
        return frozenset((*of_a_type, *(name for some in selections for name in _optional(some))))

    @cached_property
    def text(self) -> str:
        """The document."""
        return _document(Definition(self.head, (self.root,)), self.fragments)

    def _kept(self, fields: Iterable[Field], kind: str = "") -> tuple[Field, ...]:
        return tuple(kept for field in fields if (kept := self._keep(field, kind)))

    def _keep(self, field: Field, kind: str) -> Field | None:
        if field.is_spread:
            return field if self._keep_fragment(field.name) else None
        if field.may_go and not self._without.isdisjoint((field.name, _of(kind, field.name))):
            return None
        if field.below is None:
            return field
        below = self._kept(field.below)
        if field.needed and not below:
            raise ValueError(field.name)
        return replace(field, below=below) if below else None

    def _keep_fragment(self, name: str) -> bool:
        whole = _fragment(self._endpoint, name)
        fields = self._kept(whole.fields, whole.kind)
        if fields:
            self.fragments[name] = replace(whole, fields=fields)
        return bool(fields)


def joined(parts: Mapping[str, Thinned]) -> str:
    """One document of several operations, each a root field under an alias.

    Each has its own variables, named with the alias, and they share the account.

    Args:
        parts: The operations by their alias, in order. The document's name is that of the first.
    """
    first = next(iter(parts.values()))
    declared: dict[str, None] = {}
    fragments: dict[str, Definition] = {}
    for alias, part in parts.items():
        declared.update(dict.fromkeys(_declared(part.head, alias)))
        fragments.update(part.fragments)
    variables = f"({', '.join(declared)})" if declared else ""
    head = first.head.partition("(")[0] + variables
    roots = tuple(_aliased(part.root, alias) for alias, part in parts.items())
    return _document(Definition(head, roots), fragments)


def variable_of(name: str, alias: str) -> str:
    """What a variable of an operation is called in a joined document."""
    return name if name == _ACCOUNT else f"{name}_{alias}"


def _document(operation: Definition, fragments: Mapping[str, Definition]) -> str:
    return " ".join(map(str, (operation, *fragments.values())))


def _selection(fields: Iterable[Field]) -> str:
    return f"{{ {' '.join(map(str, fields))} }}"


def _optional(fields: Iterable[Field]) -> Iterator[str]:
    for field in fields:
        if field.may_go:
            yield field.name
        yield from _optional(field.below or ())


def _of(kind: str, name: str) -> str:
    return f"{kind}.{name}"


def _declared(head: str, alias: str) -> Iterator[str]:
    for name, kind in _VARIABLE.findall(head):
        yield f"${variable_of(name, alias)}: {kind}"


def _aliased(root: Field, alias: str) -> Field:
    inner = _renamed(root, alias)
    return replace(inner, text=f"{alias}: {inner.text}")


def _renamed(field: Field, alias: str) -> Field:
    """A field whose arguments name the variables of a joined document."""
    text = re.sub(r"\$(\w+)", lambda found: f"${variable_of(found[1], alias)}", field.text)
    below = None if field.below is None else tuple(_renamed(item, alias) for item in field.below)
    return replace(field, text=text, below=below)


@cache
def _operation(operation: Operation) -> Definition:
    definition = _read(operation.endpoint, f"{operation.document}.graphql")
    return replace(definition, fields=_leading(definition.fields, operation.path))


def _leading(fields: Iterable[Field], path: Sequence[str]) -> tuple[Field, ...]:
    """A selection in which the fields along a path are needed."""
    return tuple(
        replace(field, needed=True, below=field.below and _leading(field.below, path[1:]))
        if path and field.name == path[0]
        else field
        for field in fields
    )


@cache
def _fragment(endpoint: Endpoint, name: str) -> Definition:
    return _read(endpoint, f"fragments/{name}.graphql")


def _read(endpoint: Endpoint, name: str) -> Definition:
    file = files(__package__) / "documents" / endpoint / name
    lines = iter(file.read_text("utf-8").splitlines())
    return Definition(next(lines).removesuffix(" {"), tuple(_fields(lines)))


def _fields(lines: Iterator[str]) -> Iterator[Field]:
    for line in lines:
        text, _, remark = (part.strip() for part in line.partition("#"))
        if text == "}":
            return
        needed = remark.startswith("needed")
        if text.endswith("{"):
            yield Field(text.removesuffix("{").rstrip(), needed, tuple(_fields(lines)))
        else:
            yield Field(text, needed)

"""GraphQL documents: read and checked against a schema once, then executed many times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    execute_sync,
    get_named_type,
    parse,
    validate,
)
from graphql.utilities import value_from_ast_untyped

from .asked import AskedField, Path
from .redaction import redact, secrets_in
from .schemas import Stage, field_of, holds_operations

__all__ = ["ParsedDocument", "read_document"]

_NAMES = {
    ("tenantQueries", "account"): "list",
    ("dataSourceMutations", "deleteDataSource"): "dataSourceMutations.deleteDataSource",
}
"""Operations that are not called by their field: there are two of one name."""


class ParsedDocument:
    """A document that was read.

    Args:
        schema: What it asks.
        query: Its text.
    """

    def __init__(self, schema: GraphQLSchema, query: str) -> None:
        self._schema = schema
        self._node: DocumentNode | None = None
        self._errors: list[GraphQLError]
        self._known_places: dict[str | None, list[_Place]] = {}
        try:
            self._node = parse(query)
            self._errors = validate(schema, self._node)
        except GraphQLError as error:
            self._errors = [error]

    def asked(
        self, variables: dict[str, Any], operation_name: str | None
    ) -> tuple[tuple[AskedField, ...], Mapping[str, Any], frozenset[str]]:
        """What the document asks for, the variables without secrets, and the secrets.

        What is secret, is known by the arguments, whatever names the document has for them.
        """
        fields: dict[Path, AskedField] = {}
        secrets: set[str] = set()
        for place in self._places(operation_name):
            given = [_arguments(node, variables) for node in place.nodes]
            tenant = next(filter(None, map(_tenant, given)), None)
            pixels = tuple(dict.fromkeys(_pixels(given[-1], place.above)))
            fields[place.path] = AskedField(place.name, tenant, pixels, place.path)
            secrets.update(secrets_in(given[-1]))
        if not fields:
            return (AskedField("invalid"),), {}, frozenset(secrets_in(variables))
        return tuple(fields.values()), redact(variables, secrets), frozenset(secrets)

    def root_fields(self, operation_name: str | None) -> int:
        """How many root fields the document has."""
        return len({place.path[0] for place in self._places(operation_name)})

    def execute(
        self, stage: Stage, variables: dict[str, Any], operation_name: str | None
    ) -> ExecutionResult:
        """Executes the document, unless it has errors: then they are the result."""
        if self._node is None or self._errors:
            return ExecutionResult(None, list(self._errors))
        return execute_sync(
            self._schema,
            self._node,
            root_value={},
            context_value=stage,
            variable_values=variables,
            operation_name=operation_name,
            field_resolver=field_of,
        )

    def _places(self, name: str | None) -> list[_Place]:
        """The operations that one of its definitions (None: its only one) asks for."""
        if name not in self._known_places:
            self._known_places[name] = list(self._find_places(name))
        return self._known_places[name]

    def _find_places(self, name: str | None) -> Iterator[_Place]:
        definitions = self._node.definitions if self._node else ()
        fragments = {
            item.name.value: item
            for item in definitions
            if isinstance(item, FragmentDefinitionNode)
        }
        for item in definitions:
            if isinstance(item, OperationDefinitionNode) and (
                name is None or (item.name and item.name.value == name)
            ):
                root = self._schema.get_root_type(item.operation)
                for nodes in _below(root, item.selection_set, fragments):
                    path = tuple((node.alias or node.name).value for node in nodes)
                    above, field = ("", *(node.name.value for node in nodes))[-2:]
                    yield _Place(_NAMES.get((above, field), field), above, path, nodes)


@dataclass(slots=True)
class _Place:
    """Where a document asks for an operation: its field, below those that lead to it."""

    name: str
    above: str
    path: Path
    nodes: tuple[FieldNode, ...]


@lru_cache(maxsize=1024)
def read_document(schema: GraphQLSchema, query: str) -> ParsedDocument:
    """The document of a text; the same one for the same text."""
    return ParsedDocument(schema, query)


def _below(
    kind: GraphQLObjectType | None,
    selections: SelectionSetNode | None,
    fragments: Mapping[str, FragmentDefinitionNode],
) -> Iterator[tuple[FieldNode, ...]]:
    for field in _fields(selections, fragments):
        definition = kind.fields.get(field.name.value) if kind else None
        below = get_named_type(definition.type) if definition else None
        if isinstance(below, GraphQLObjectType) and holds_operations(below):
            for nodes in _below(below, field.selection_set, fragments):
                yield (field, *nodes)
        else:
            yield (field,)


def _fields(
    selections: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[FieldNode]:
    for node in selections.selections if selections else ():
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, FragmentSpreadNode):
            if node.name.value in fragments:
                yield from _fields(fragments[node.name.value].selection_set, fragments)
        else:
            yield from _fields(getattr(node, "selection_set", None), fragments)


def _arguments(field: FieldNode, variables: dict[str, Any]) -> dict[str, Any]:
    return {
        argument.name.value: value_from_ast_untyped(argument.value, variables)
        for argument in field.arguments or ()
    }


def _tenant(arguments: Mapping[str, Any]) -> str | None:
    given = _input(arguments)
    named = _text(arguments.get("tenantId", given.get("tenantId")))
    roles = map(given.get, ("roleName", "roleToAdd", "roleToRevoke"))
    return named or next(filter(None, map(_account_of_role, roles)), None)


def _account_of_role(role: Any) -> str | None:
    """The account that a role's name ends with; None for a role of the host."""
    kind, _, rest = role.partition("-") if isinstance(role, str) else ("", "", "")
    return rest.partition("-")[2] if kind == "advertiser" else None


def _pixels(arguments: Mapping[str, Any], above: str) -> Iterator[str]:
    given = _input(arguments)
    several = given.get("pixelIds", arguments.get("pixelIds"))
    for value in (
        arguments.get("id") if above == "signalMutations" else None,
        given.get("pixelId"),
        *(several if isinstance(several, list) else ()),
    ):
        if (text := _text(value)) is not None:
            yield text


def _input(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    given = arguments.get("input")
    return given if isinstance(given, dict) else {}


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) else None

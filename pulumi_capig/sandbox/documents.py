"""GraphQL documents: checked against the documented schema once, then executed many times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    Visitor,
    build_ast_schema,
    execute_sync,
    parse,
    validate,
    visit,
)
from graphql.language import REMOVE
from graphql.utilities import value_from_ast_untyped

from .asked import AskedField
from .operations import Context, field_of, play
from .redaction import redact, secrets_in

__all__ = ["Document", "read_document"]

_CONTAINERS = {
    "tenantQueries",
    "tenantMutations",
    "signalMutations",
    "dataPipelineMutations",
    "dataSourceMutations",
    "dataDestinationMutations",
}
_NAMES = {"account": "list"}


@dataclass(frozen=True)
class Document:
    """A parsed document with its validation errors."""

    schema: GraphQLSchema
    node: DocumentNode | None
    errors: tuple[GraphQLError, ...] = ()

    def asked(
        self, variables: Mapping[str, Any], operation_name: str | None
    ) -> tuple[AskedField, ...]:
        """What the document asks for with these variables, in the order of its fields."""
        fields = [
            AskedField(
                _NAMES.get(below[-1].name.value, below[-1].name.value),
                _text(_arguments(below[0], variables).get("tenantId")),
                tuple(dict.fromkeys(_pixels(_arguments(below[-1], variables)))),
                tuple(map(_key, below)),
            )
            for below in self._operations(operation_name)
        ]
        return tuple({field.path: field for field in fields}.values()) or (AskedField("invalid"),)

    def root_fields(self, operation_name: str | None) -> int:
        """How many root fields the document has."""
        return len({_key(root) for root, *_ in self._operations(operation_name)})

    def redacted(
        self, variables: Mapping[str, Any], operation_name: str | None
    ) -> Mapping[str, Any]:
        """The variables without secrets, whatever names the document has for them."""
        fields = list(self._operations(operation_name))
        given = [_arguments(field, variables) for *_, field in fields]
        return redact(dict(variables), set(secrets_in(given))) if fields else {}

    def execute(
        self, context: Context, variables: dict[str, Any], operation_name: str | None
    ) -> ExecutionResult:
        """Executes the document, unless it has errors: then they are the result."""
        if self.node is None or self.errors:
            return ExecutionResult(None, list(self.errors))
        return execute_sync(
            self.schema,
            self.node,
            root_value={},
            context_value=context,
            variable_values=variables,
            operation_name=operation_name,
            field_resolver=field_of,
        )

    def _operations(self, name: str | None) -> Iterator[tuple[FieldNode, ...]]:
        """The fields that are operations, each with those above it."""
        if self.node is None:
            return
        fragments = {
            item.name.value: item
            for item in self.node.definitions
            if isinstance(item, FragmentDefinitionNode)
        }
        for item in self.node.definitions:
            if isinstance(item, OperationDefinitionNode) and (
                name is None or (item.name and item.name.value == name)
            ):
                yield from _leaves(item.selection_set, fragments)


@lru_cache(maxsize=1024)
def read_document(query: str, unknown_fields: frozenset[str]) -> Document:
    """Parses a document and validates it against the schema without `unknown_fields`."""
    schema = _schema(unknown_fields)
    try:
        node = parse(query)
    except GraphQLError as error:
        return Document(schema, None, (error,))
    return Document(schema, node, tuple(validate(schema, node)))


@lru_cache(maxsize=64)
def _schema(unknown_fields: frozenset[str]) -> GraphQLSchema:
    sdl = resources.files(__package__).joinpath("schema/capig.graphql").read_text("utf-8")
    schema = build_ast_schema(visit(parse(sdl), _Removal(unknown_fields)))
    play(schema)
    return schema


class _Removal(Visitor):
    def __init__(self, unknown_fields: frozenset[str]) -> None:
        super().__init__()
        self._unknown = unknown_fields

    def enter_field_definition(self, node: Any, _key: Any, _parent: Any, *rest: Any) -> Any:
        return self._judge(node, rest)

    def enter_input_value_definition(self, node: Any, _key: Any, _parent: Any, *rest: Any) -> Any:
        return self._judge(node, rest)

    def _judge(self, node: Any, rest: tuple[Any, ...]) -> Any:
        owner = next(item for item in reversed(rest[-1]) if hasattr(item, "name"))
        return REMOVE if f"{owner.name.value}.{node.name.value}" in self._unknown else None


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


def _leaves(
    selections: SelectionSetNode | None, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[tuple[FieldNode, ...]]:
    for field in _fields(selections, fragments):
        if field.name.value not in _CONTAINERS:
            yield (field,)
            continue
        for below in _leaves(field.selection_set, fragments):
            yield (field, *below)


def _key(field: FieldNode) -> str:
    return (field.alias or field.name).value


def _arguments(field: FieldNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {
        argument.name.value: value_from_ast_untyped(argument.value, dict(variables))
        for argument in field.arguments or ()
    }


def _pixels(arguments: Mapping[str, Any]) -> Iterator[str]:
    given = arguments.get("input")
    given = given if isinstance(given, dict) else {}
    several = given.get("pixelIds")
    for value in (
        arguments.get("id"),
        given.get("pixelId"),
        *(several if isinstance(several, list) else ()),
    ):
        if (text := _text(value)) is not None:
            yield text


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int) else None

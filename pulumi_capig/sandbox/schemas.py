"""Executable schemas, made of the reference's SDL and the operations that are played."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    build_schema,
    get_named_type,
)

from .asked import OperationError
from .execution import Execution
from .play import Operations, Play, Resolver
from .state import GatewayState

if TYPE_CHECKING:
    Info: TypeAlias = GraphQLResolveInfo[Any]

__all__ = ["Stage", "field_of", "holds_operations", "schema_of"]

_HOLDER = re.compile("Query|Mutation|[A-Z][A-Za-z]*(Queries|Mutations)")


@dataclass(slots=True)
class Stage:
    """What an execution works on: the context of all resolvers."""

    state: GatewayState
    execution: Execution


@lru_cache(maxsize=64)
def schema_of(
    sdl: str, operations: tuple[Operations, ...], unknown: frozenset[str]
) -> GraphQLSchema:
    """The schema in which some operations are played; the others answer with the code 418.

    Args:
        sdl: Name of a file of this package's folder `schema`.
        operations: What is played.
        unknown: What is left out, as `Type.field` or `Type.field.argument`.
    """
    schema = build_schema(resources.files(__package__).joinpath("schema", sdl).read_text("utf-8"))
    played = {field: act for page in operations for field, act in page.resolvers.items()}
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and holds_operations(kind):
            for name, field in kind.fields.items():
                if holds_operations(field.type):
                    field.resolve = _descend
                else:
                    field.resolve = _operation(played.pop(f"{kind.name}.{name}", _uncovered))
    if played:
        message = f"{sdl} does not have {', '.join(played)}"
        raise LookupError(message)
    for name in unknown:
        _leave_out(schema, name)
    return schema


def holds_operations(kind: Any) -> bool:
    """Whether the fields of a type are operations, or lead to some, instead of data."""
    return _HOLDER.fullmatch(get_named_type(kind).name) is not None


def field_of(source: Mapping[str, Any], info: Info, **_: Any) -> Any:
    """Default resolver: objects are mappings."""
    return source.get(info.field_name)


def _descend(outer: Mapping[str, Any], _info: Info, **given: Any) -> Mapping[str, Any]:
    return {**outer, **given}


def _operation(resolver: Resolver) -> Resolver:
    def resolve(outer: Mapping[str, Any], info: Info, **given: Any) -> Any:
        stage: Stage = info.context

        def act(refusing: bool) -> Any:
            return resolver(Play(stage.state, info.field_name, outer, refusing), **given)

        return stage.execution.carry_out(tuple(map(str, info.path.as_list())), act)

    return resolve


def _uncovered(play: Play, **_: Any) -> None:
    raise OperationError(418, f"{play.operation} is not covered by this sandbox")


def _leave_out(schema: GraphQLSchema, name: str) -> None:
    owner, member, *argument = name.split(".")
    kind = schema.get_type(owner)
    if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType) and member in kind.fields:
        field = kind.fields[member]
        if not argument:
            del kind.fields[member]
        elif isinstance(field, GraphQLField):
            field.args.pop(argument[0], None)

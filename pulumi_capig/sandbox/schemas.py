"""Executable schemas, made of the reference's SDL and the operations that are played."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationType,
    build_schema,
    get_named_type,
    parse_type,
    type_from_ast,
)

from .asked import OperationError
from .dialect import Dialect
from .execution import Execution
from .play import Operations, Play, Resolver
from .state import GatewayState

if TYPE_CHECKING:
    Info: TypeAlias = GraphQLResolveInfo[Any]

__all__ = ["Stage", "field_of", "holds_operations", "schema_for", "schema_of"]

_HOLDER = re.compile("Query|Mutation|[A-Z][A-Za-z]*(Queries|Mutations)")


@dataclass(slots=True)
class Stage:
    """What an execution works on: the context of all resolvers.

    Args:
        state: What the gateway holds.
        execution: What faults let be carried out.
        since: Revision of the state when the request arrived.
        beside: Errors that come with a result, filled by the execution.
    """

    state: GatewayState
    execution: Execution
    since: int = 0
    beside: list[GraphQLError] = field(default_factory=list)


@lru_cache(maxsize=64)
def schema_of(
    sdl: str, operations: tuple[Operations, ...], changed: frozenset[tuple[str, str | None]]
) -> GraphQLSchema:
    """The schema in which some operations are played; the others answer with the code 418.

    Args:
        sdl: Name of a file of this package's folder `schema`.
        operations: What is played.
        changed: Members with other types than there, as `Members`.
    """
    schema = build_schema(resources.files(__package__).joinpath("schema", sdl).read_text("utf-8"))
    played = {field: act for page in operations for field, act in page.resolvers.items()}
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and holds_operations(kind):
            for name, member in kind.fields.items():
                if holds_operations(member.type):
                    member.resolve = _descend
                else:
                    member.resolve = _operation(played.pop(f"{kind.name}.{name}", _uncovered))
    if played:
        message = f"{sdl} does not have {', '.join(played)}"
        raise LookupError(message)
    for name, wanted in changed:
        _change(schema, name, wanted)
    return schema


def schema_for(sdl: str, operations: tuple[Operations, ...], dialect: Dialect) -> GraphQLSchema:
    """The schema as a dialect has it; the arguments as those of `schema_of`."""
    changed: dict[str, str | None] = {}
    for page in operations:
        for members in page.variations:
            changed |= members(dialect)
    changed |= dict.fromkeys(dialect.unknown_fields)
    return schema_of(sdl, operations, frozenset(changed.items()))


def holds_operations(kind: Any) -> bool:
    """Whether the fields of a type are operations, or lead to some, instead of data."""
    return _HOLDER.fullmatch(get_named_type(kind).name) is not None


def field_of(source: Mapping[str, Any], info: Info, **_: Any) -> Any:
    """Default resolver: objects are mappings, of what costs or recurs as a function."""
    value = source.get(info.field_name)
    return value() if callable(value) else value


def _descend(outer: Mapping[str, Any], _info: Info, **given: Any) -> Mapping[str, Any]:
    return {**outer, **given}


def _operation(resolver: Resolver) -> Resolver:
    def resolve(outer: Mapping[str, Any], info: Info, **given: Any) -> Any:
        stage: Stage = info.context

        writing = info.operation.operation is OperationType.MUTATION
        path = info.path.as_list()

        def act(refusing: bool) -> Any:
            play = Play(
                stage.state, info.field_name, {**outer, **given}, refusing, writing, stage.since
            )
            return resolver(play, **given)

        try:
            return stage.execution.carry_out(tuple(map(str, path)), act)
        except OperationError as error:
            if error.beside is None:
                raise
            stage.beside.append(GraphQLError(str(error), path=path, original_error=error))
            return error.beside

    return resolve


def _uncovered(play: Play, **_: Any) -> None:
    raise OperationError(418, f"{play.operation} is not covered by this sandbox")


def _change(schema: GraphQLSchema, name: str, wanted: str | None) -> None:
    """Gives a member another type, or leaves it out."""
    owner, member, *argument = name.split(".")
    kind = schema.get_type(owner)
    if not isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
        return
    members: dict[str, Any] = kind.fields
    if argument and isinstance(found := members.get(member), GraphQLField):
        members, member = found.args, argument[0]
    elif argument:
        return
    if wanted is None:
        members.pop(member, None)
    elif member in members:
        members[member].type = type_from_ast(schema, parse_type(wanted))

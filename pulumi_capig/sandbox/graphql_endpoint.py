"""A GraphQL endpoint of the gateway: a path, its schema, and the operations that are played."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .answers import executed, failed, unauthorized
from .asked import AskedField
from .documents import read_document
from .execution import Asked, Execution
from .gateway import PlayedGateway
from .play import Operations
from .schemas import Stage, schema_for

__all__ = ["GraphQLEndpoint"]


@dataclass(frozen=True)
class GraphQLEndpoint:
    """An endpoint whose schema is known.

    Args:
        path: Where it is posted to.
        sdl: File of its schema, in the folder `schema`.
        operations: What is played, page by page.
    """

    path: str
    sdl: str
    operations: tuple[Operations, ...]

    async def read(self, request: Request, gateway: PlayedGateway) -> Asked:
        """What a request asks for."""
        try:
            query, variables, name = _parts(json.loads(await request.body()))
        except ValueError:
            return Asked(
                (AskedField("invalid"),),
                {},
                frozenset(),
                lambda _: failed(400, "The body is not a GraphQL request", gateway.dialect),
            )
        schema = schema_for(self.sdl, self.operations, gateway.dialect)
        document = read_document(schema, query)
        since = gateway.state.revision

        def answer(execution: Execution) -> Response:
            dialect = gateway.dialect
            if not _is_authorized(request, gateway):
                return unauthorized(dialect)
            if dialect.several_fields != "run" and document.root_fields(name) > 1:
                return failed(int(dialect.several_fields), "Ask for one field at a time", dialect)
            stage = Stage(gateway.state, execution, since)
            with gateway.state.lock:
                result = document.execute(stage, variables, name)
            return executed(result, dialect, stage.beside)

        return Asked(*document.asked(variables, name), answer)


def _is_authorized(request: Request, gateway: PlayedGateway) -> bool:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and gateway.tokens.accepts(token)


def _parts(body: Any) -> tuple[str, dict[str, Any], str | None]:
    """Query, variables and operation name of a GraphQL request; ValueError if it is none."""
    given = body if isinstance(body, dict) else {}
    query, name = given.get("query"), given.get("operationName")
    variables = given.get("variables") or {}
    if not isinstance(query, str) or not isinstance(variables, dict):
        raise ValueError
    return query, variables, name if isinstance(name, str) else None

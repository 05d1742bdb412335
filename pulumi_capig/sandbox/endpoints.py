"""The endpoints of the gateway.

To play a further page of the reference, add a file to `operations`, its switches to `dialect`, and
name both where the others are named: here and in `dialect/__init__.py`. What it holds is a class in
`parts`. A further endpoint is its SDL in `schema` and a line here.
"""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request

from .execution import Asked
from .gateway import PlayedGateway
from .graphql_endpoint import GraphQLEndpoint
from .operations import (
    accounts,
    destinations,
    filters,
    metrics,
    pipelines,
    pixels,
    routing,
    sources,
    users,
)
from .token_endpoint import TokenEndpoint

__all__ = ["ENDPOINTS", "Endpoint"]


class Endpoint(Protocol):
    """What requests are posted to."""

    @property
    def path(self) -> str:
        """Where they are posted to."""

    async def read(self, request: Request, gateway: PlayedGateway) -> Asked:
        """What a request asks for."""


_CAPIG = (
    pixels.OPERATIONS,
    filters.OPERATIONS,
    metrics.OPERATIONS,
    pipelines.OPERATIONS,
    sources.OPERATIONS,
    destinations.OPERATIONS,
)
_HUB = (accounts.OPERATIONS, users.OPERATIONS, routing.OPERATIONS)

ENDPOINTS: tuple[Endpoint, ...] = (
    GraphQLEndpoint("/capig/graphql/", "capig.graphql", _CAPIG),
    GraphQLEndpoint("/hub/graphql/", "hub.graphql", _HUB),
    TokenEndpoint("/clients/token"),
)

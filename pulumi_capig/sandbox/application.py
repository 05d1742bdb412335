"""The gateway as an ASGI application: its endpoints, and what it says of itself."""

from __future__ import annotations

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from .admin import ADMIN_ROUTES
from .answers import json_answer
from .endpoints import ENDPOINTS, Endpoint
from .execution import Asked
from .gateway import PlayedGateway
from .middleware import Dates, Faults, Journaling, Latency, Reading
from .page import PAGE_ROUTES
from .sockets import SocketEnds

__all__ = ["application"]


def application(gateway: PlayedGateway) -> ASGIApp:
    """Plays a gateway, and lets people look at it and change it."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["gateway"] = gateway
        await _ROUTER(scope, receive, send)

    return serve


class _Answering:
    """Carries out what was asked for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        asked: Asked = scope["state"]["asked"]
        await asked.perform()(scope, receive, send)


async def _health(_request: Request) -> Response:
    return json_answer({"status": "UP"})


def _route(endpoint: Endpoint) -> Route:
    return Route(
        endpoint.path,
        _Answering(),
        methods=["POST"],
        middleware=[
            Middleware(Reading, endpoint.read),
            Middleware(Journaling),
            Middleware(Latency),
            Middleware(Faults),
        ],
    )


_ROUTER = Router(
    [*map(_route, ENDPOINTS), Route("/hub/health/", _health), *PAGE_ROUTES, *ADMIN_ROUTES],
    redirect_slashes=False,
    middleware=[Middleware(SocketEnds), Middleware(Dates)],
)

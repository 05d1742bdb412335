"""The page of the sandbox: what the gateway holds and was asked, live."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from .admin import OF_THIS_MACHINE
from .gateway import PlayedGateway
from .state import HeldPixel

__all__ = ["PAGE_ROUTES"]

_LATEST = 50


async def _show_page(_request: Request) -> Response:
    html = _html()
    headers = {
        "cache-control": "no-store",
        "content-security-policy": _policy(html),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    return HTMLResponse(html, headers=headers)


async def _show_view(request: Request) -> Response:
    """What the page asks for by itself twice a second."""
    gateway: PlayedGateway = request.state.gateway
    # Taken before the view is, so that what changes meanwhile is seen the next time.
    tag = f'"{gateway.mark}-{gateway.state.revision}-{gateway.journal.revision}"'
    headers = {"cache-control": "no-cache", "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return JSONResponse(_view(gateway), headers=headers)


def _view(gateway: PlayedGateway) -> dict[str, Any]:
    state, counters = gateway.state, gateway.counters
    accounts: dict[str, dict[str, Any]] = {
        account.id: {
            "id": account.id,
            "name": account.name,
            "pixels": [_pixel(pixel) for pixel in state.pixels(account.id)],
            "events": [],
            "domains": [],
        }
        for account in state.accounts.values()
    }
    for (tenant, name, pixel), value in state.event_filters().items():
        accounts[tenant]["events"].append([name, pixel, value])
    for (tenant, name, pixel), value in state.domain_filters().items():
        accounts[tenant]["domains"].append([name, pixel, value])
    return {
        "accounts": list(accounts.values()),
        "requests": [asdict(record) for record in gateway.journal.latest(_LATEST)],
        "totals": {
            "requests": sum(counters.requests.values()),
            "in_progress": counters.in_progress,
            "connections": counters.connections,
        },
    }


def _pixel(pixel: HeldPixel) -> dict[str, Any]:
    return {
        "id": pixel.pixel_id,
        "name": pixel.name,
        "receiving": pixel.receiving,
        "publishing": pixel.publishing,
        "token": "bad" if pixel.bad_token else "held" if pixel.access_token else "missing",
        "error": pixel.api_error_code,
        "received": pixel.total_events_received,
        "published": pixel.total_events_published,
    }


@cache
def _html() -> str:
    return resources.files(__package__).joinpath("page.html").read_text("utf-8")


@cache
def _policy(html: str) -> str:
    """The page's own style and script and its questions to the sandbox, and nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {_hash_of('style', html)}",
            f"script-src {_hash_of('script', html)}",
            "connect-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ]
    )


def _hash_of(tag: str, html: str) -> str:
    (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


PAGE_ROUTES = [
    Route("/", _show_page, middleware=[OF_THIS_MACHINE]),
    Route("/sandbox/view", _show_view, middleware=[OF_THIS_MACHINE]),
]

"""The page of the sandbox: what the gateway holds and was asked, live."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from .journal import Journal
from .state import GatewayState, Pixel

__all__ = ["page_routes"]

_LATEST = 50


def page_routes(state: GatewayState, journal: Journal) -> list[Route]:
    """The page, and what it asks for by itself twice a second."""
    start = secrets.token_hex(4)  # a page may outlive one sandbox and find the next

    async def show_page(_request: Request) -> Response:
        html = _html()
        headers = {
            "cache-control": "no-store",
            "content-security-policy": _policy(html),
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        }
        return HTMLResponse(html, headers=headers)

    async def show_view(request: Request) -> Response:
        # Taken before the view is, so that what changes meanwhile is seen the next time.
        tag = f'"{start}-{state.revision}-{journal.revision}"'
        headers = {"cache-control": "no-cache", "etag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return JSONResponse(_view(state, journal), headers=headers)

    return [Route("/", show_page), Route("/sandbox/view", show_view)]


def _view(state: GatewayState, journal: Journal) -> dict[str, Any]:
    counters = journal.counters
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
        "requests": [asdict(record) for record in journal.latest(_LATEST)],
        "totals": {
            "requests": sum(counters.requests.values()),
            "in_progress": counters.in_progress,
            "connections": counters.connections,
        },
    }


def _pixel(pixel: Pixel) -> dict[str, Any]:
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

"""The page of the sandbox: what the gateway holds and was asked, live."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from zlib import crc32

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from .admin import OF_THIS_MACHINE
from .gateway import PlayedGateway
from .view import view

__all__ = ["PAGE_ROUTES"]


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
    search = request.query_params.get("search", "")
    # Taken before the view is, so that what changes meanwhile is seen the next time.
    revisions = f"{gateway.state.revision}-{gateway.journal.revision}"
    tag = f'"{gateway.mark}-{revisions}-{crc32(search.encode()):x}"'
    headers = {"cache-control": "no-cache", "etag": tag}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return JSONResponse(view(gateway, search), headers=headers)


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

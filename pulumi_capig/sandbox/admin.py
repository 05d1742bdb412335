"""What the sandbox itself serves: its page, and JSON of what it holds and what to change.

====== ================================ ========================================================
GET    `/`                              a page for people
GET    `/sandbox/view`                  what the page shows
GET    `/sandbox/state`                 accounts, pixels, filters, history, requests, totals
POST   `/sandbox/faults`                adds a fault: the arguments of `Fault`
DELETE `/sandbox/faults`                removes all faults
POST   `/sandbox/dialect`               changes the dialect: arguments of `Dialect`
POST   `/sandbox/pixels/TENANT/PIXEL`   connects a pixel or changes it: fields of `Pixel`
DELETE `/sandbox/pixels/TENANT/PIXEL`   disconnects a pixel
POST   `/sandbox/reset`                 back to the start
====== ================================ ========================================================
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from .dialect import Dialect
from .faults import Fault
from .redaction import redact
from .state import Change, FilterKind, GatewayState, Pixel

if TYPE_CHECKING:
    from .server import Sandbox

__all__ = ["admin_application"]

_T = TypeVar("_T")
_Act = Callable[["Sandbox", Request], Awaitable[object]]


def admin_application(sandbox: Sandbox, page: Sequence[Route]) -> ASGIApp:
    """The endpoints over one sandbox, and those of its page."""

    def route(method: str, path: str, act: _Act) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                return JSONResponse(await act(sandbox, request))
            except (KeyError, TypeError, ValueError) as error:
                return JSONResponse({"error": _one_line(error)}, 400)

        return Route(f"/sandbox/{path}", endpoint, methods=[method])

    router = Router(
        [
            *page,
            route("GET", "state", _show),
            route("POST", "faults", _add_fault),
            route("DELETE", "faults", _clear_faults),
            route("POST", "dialect", _set_dialect),
            route("POST", "pixels/{tenant}/{pixel}", _put_pixel),
            route("DELETE", "pixels/{tenant}/{pixel}", _remove_pixel),
            route("POST", "reset", _reset),
        ],
        redirect_slashes=False,
    )
    # Another site may have its name lead here, and would be let in by that name.
    return TrustedHostMiddleware(router, ["127.0.0.1", "localhost"])


async def _show(sandbox: Sandbox, _request: Request) -> object:
    state = sandbox.state
    return {
        "accounts": [
            {
                **asdict(account),
                "pixels": [_plain(pixel) for pixel in state.pixels(account.id)],
                "effective_events": _effective(state, "event", account.id),
                "effective_domains": _effective(state, "domain", account.id),
            }
            for account in state.accounts.values()
        ],
        "event_filters": [[*key, value] for key, value in state.event_filters().items()],
        "domain_filters": [[*key, value] for key, value in state.domain_filters().items()],
        "history": [_change(change) for change in state.history],
        "requests": [asdict(record) for record in sandbox.requests],
        "counters": asdict(sandbox.counters),
        "dialect": _plain(sandbox.dialect),
    }


async def _add_fault(sandbox: Sandbox, request: Request) -> object:
    sandbox.inject(_valid(Fault, await request.json()))
    return {}


async def _clear_faults(sandbox: Sandbox, _request: Request) -> object:
    sandbox.clear_faults()
    return {}


async def _set_dialect(sandbox: Sandbox, request: Request) -> object:
    sandbox.dialect = _valid(Dialect, {**asdict(sandbox.dialect), **await request.json()})
    return _plain(sandbox.dialect)


async def _put_pixel(sandbox: Sandbox, request: Request) -> object:
    tenant, pixel = request.path_params["tenant"], request.path_params["pixel"]
    held = sandbox.state.pixel(tenant, pixel) or Pixel(pixel, access_token="set-by-hand")  # noqa: S106
    wanted = _valid(Pixel, {**asdict(held), **await request.json(), "pixel_id": pixel})
    return _plain(sandbox.state.put_pixel("sandbox", tenant, wanted))


async def _remove_pixel(sandbox: Sandbox, request: Request) -> object:
    sandbox.disconnect(request.path_params["pixel"], tenant=request.path_params["tenant"])
    return {}


async def _reset(sandbox: Sandbox, _request: Request) -> object:
    sandbox.reset()
    return {}


def _valid(kind: type[_T], given: object) -> _T:
    return TypeAdapter(kind).validate_python(given)


def _one_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()
        )
    return f"not known: {error}" if isinstance(error, KeyError) else str(error)


def _effective(state: GatewayState, kind: FilterKind, tenant: str) -> dict[str, object]:
    return {
        name: {
            pixel.pixel_id: state.effective(kind, tenant, name, pixel.pixel_id)
            for pixel in state.pixels(tenant)
        }
        for name in state.filter_names(kind, tenant)
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        **{key: value for key, value in vars(change).items() if key not in ("before", "after")},
        "before": _plain(change.before),
        "after": _plain(change.after),
    }


def _plain(value: object) -> Any:
    """JSON data without secrets."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    members = {
        key: sorted(item) if isinstance(item, frozenset) else item
        for key, item in asdict(value).items()
    }
    return redact(members)

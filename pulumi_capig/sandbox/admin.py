"""What the sandbox itself serves: its page, and JSON of what it holds and what to change.

====== ================================ ========================================================
GET    `/`                              a page for people
GET    `/sandbox/view`                  what the page shows
GET    `/sandbox/state`                 all that it holds, history, requests, totals
POST   `/sandbox/faults`                adds a fault: the arguments of `Fault`
DELETE `/sandbox/faults`                removes all faults
POST   `/sandbox/dialect`               changes the dialect: arguments of `Dialect`
POST   `/sandbox/pixels/TENANT/PIXEL`   connects a pixel or changes it: fields of `Pixel`
DELETE `/sandbox/pixels/TENANT/PIXEL`   disconnects a pixel
POST   `/sandbox/reset`                 back to the start
====== ================================ ========================================================
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, is_dataclass
from typing import Any, TypeAlias, TypeVar

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .dialect import Dialect
from .faults import Fault
from .gateway import PlayedGateway
from .history import Change
from .parts.destinations import Destinations
from .parts.people import People
from .parts.pipelines import Pipelines
from .parts.routing import Routings
from .parts.sources import Sources
from .redaction import redact
from .state import FilterKind, GatewayState, HeldPixel

__all__ = ["ADMIN_ROUTES", "OF_THIS_MACHINE"]

OF_THIS_MACHINE = Middleware(TrustedHostMiddleware, ["127.0.0.1", "localhost"])
"""Another site may have its name lead here, and would be let in by that name."""

_T = TypeVar("_T")
_Act: TypeAlias = Callable[[PlayedGateway, Request], Awaitable[object]]


async def _show(gateway: PlayedGateway, _request: Request) -> object:
    state = gateway.state
    with state.lock:
        return _told(gateway, state)


def _told(gateway: PlayedGateway, state: GatewayState) -> dict[str, Any]:
    return {
        "accounts": [
            {
                **asdict(account),
                "domain": _plain(state.part(Routings).get(account.id)),
                "pipelines": [_plain(held) for held in state.part(Pipelines).of(account.id)],
                "sources": [_plain(held) for held in state.part(Sources).of(account.id)],
                "destinations": [_plain(held) for held in state.part(Destinations).of(account.id)],
                "pixels": [_plain(pixel) for pixel in state.pixels(account.id)],
                "effective_events": _effective(state, "event", account.id),
                "effective_domains": _effective(state, "domain", account.id),
            }
            for account in state.accounts.values()
        ],
        "users": [_plain(person) for person in state.part(People).all()],
        "mails": [_plain(mail) for mail in gateway.mails],
        "event_filters": [[*key, value] for key, value in state.event_filters().items()],
        "domain_filters": [[*key, value] for key, value in state.domain_filters().items()],
        "history": [_change(change) for change in state.history],
        "requests": [asdict(record) for record in gateway.requests],
        "counters": asdict(gateway.counters),
        "dialect": _plain(gateway.dialect),
    }


async def _add_fault(gateway: PlayedGateway, request: Request) -> object:
    gateway.inject(_valid(Fault, await request.json()))
    return {}


async def _clear_faults(gateway: PlayedGateway, _request: Request) -> object:
    gateway.clear_faults()
    return {}


async def _set_dialect(gateway: PlayedGateway, request: Request) -> object:
    gateway.dialect = _valid(Dialect, {**asdict(gateway.dialect), **await request.json()})
    return _plain(gateway.dialect)


async def _put_pixel(gateway: PlayedGateway, request: Request) -> object:
    tenant, pixel = request.path_params["tenant"], request.path_params["pixel"]
    held = gateway.state.pixel(tenant, pixel) or HeldPixel(pixel, access_token="set-by-hand")  # noqa: S106
    wanted = _valid(HeldPixel, {**asdict(held), **await request.json(), "pixel_id": pixel})
    return _plain(gateway.state.put_pixel("sandbox", tenant, wanted))


async def _remove_pixel(gateway: PlayedGateway, request: Request) -> object:
    gateway.disconnect(request.path_params["pixel"], tenant=request.path_params["tenant"])
    return {}


async def _reset(gateway: PlayedGateway, _request: Request) -> object:
    gateway.reset()
    return {}


def _valid(kind: type[_T], given: object) -> _T:
    from pydantic import TypeAdapter, ValidationError  # slow to import, and seldom wanted

    try:
        return TypeAdapter(kind).validate_python(given)
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise ValueError("; ".join(lines)) from error


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


def _route(method: str, path: str, act: _Act) -> Route:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await act(request.state.gateway, request))
        except (KeyError, TypeError, ValueError) as error:
            said = f"not known: {error}" if isinstance(error, KeyError) else str(error)
            return JSONResponse({"error": said}, 400)

    return Route(f"/sandbox/{path}", endpoint, methods=[method], middleware=[OF_THIS_MACHINE])


ADMIN_ROUTES = [
    _route("GET", "state", _show),
    _route("POST", "faults", _add_fault),
    _route("DELETE", "faults", _clear_faults),
    _route("POST", "dialect", _set_dialect),
    _route("POST", "pixels/{tenant}/{pixel}", _put_pixel),
    _route("DELETE", "pixels/{tenant}/{pixel}", _remove_pixel),
    _route("POST", "reset", _reset),
]

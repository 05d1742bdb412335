"""Pulumi provider for the control plane of Meta's Conversions API Gateway and Signals Gateway.

::

    import pulumi_capig as capig

    capig.PixelConnection("shop", pixel_id="…", business_id="…", access_token=token)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._version import __version__
from .errors import (
    AlreadyConnectedError,
    CapigError,
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    OutcomeUnknownError,
    RefusedError,
    SettingsError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
    WrongGatewayError,
)

if TYPE_CHECKING:
    from .functions import (
        GetPixelConnectionResult,
        GetPixelConnectionsResult,
        get_pixel_connection,
        get_pixel_connection_output,
        get_pixel_connections,
        get_pixel_connections_output,
    )
    from .resources import DomainFilter, EventFilter, FilterState, PixelConnection, StandardEvent

__all__ = [
    "AlreadyConnectedError",
    "CapigError",
    "DomainFilter",
    "EventFilter",
    "FilterState",
    "GatewayError",
    "GetPixelConnectionResult",
    "GetPixelConnectionsResult",
    "InvalidInputError",
    "NotAuthorizedError",
    "NotFoundError",
    "OutcomeUnknownError",
    "PixelConnection",
    "RefusedError",
    "SettingsError",
    "StandardEvent",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "WrongGatewayError",
    "__version__",
    "get_pixel_connection",
    "get_pixel_connection_output",
    "get_pixel_connections",
    "get_pixel_connections_output",
]


def __getattr__(name: str) -> object:
    # These need Pulumi; the gateway's client and the sandbox do without it.
    if name in __all__:
        home = "functions" if name.lower().startswith("get") else "resources"
        return getattr(import_module(f"{__name__}.{home}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

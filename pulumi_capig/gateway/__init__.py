"""The control-plane client, usable alone: a gateway's operations, typed.

::

    from pulumi_capig.gateway import Client, pixels
    from pulumi_capig.settings import Settings

    with Client(Settings().for_client()) as client:
        print(pixels.list_account(client, "IaoreXfj").signal_configs)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .filter_setting import FilterKind, FilterSetting

if TYPE_CHECKING:
    from .client import Client
    from .operations import filters, pixels
    from .operations.filters import Filter
    from .operations.pixels import Account, ConnectionStatus, SignalConfig

__all__ = [
    "Account",
    "Client",
    "ConnectionStatus",
    "Filter",
    "FilterKind",
    "FilterSetting",
    "SignalConfig",
    "filters",
    "pixels",
]

_HOMES = {
    "Account": "operations.pixels",
    "Client": "client",
    "ConnectionStatus": "operations.pixels",
    "Filter": "operations.filters",
    "SignalConfig": "operations.pixels",
}


def __getattr__(name: str) -> object:
    # A preview says what would be sent, and needs no client.
    if name in ("filters", "pixels"):
        return import_module(f"{__name__}.operations.{name}")
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

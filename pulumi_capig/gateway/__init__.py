"""The control-plane client, usable alone: seven operations on one gateway.

::

    from pulumi_capig.gateway import Gateway
    from pulumi_capig.settings import Settings

    with Gateway(Settings().connection()) as gateway:
        print(gateway.account("IaoreXfj").signal_configs)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .filters import FilterKind, FilterSetting

if TYPE_CHECKING:
    from .client import Gateway
    from .models import Account, ConnectionStatus, Filter, SignalConfig

__all__ = [
    "Account",
    "ConnectionStatus",
    "Filter",
    "FilterKind",
    "FilterSetting",
    "Gateway",
    "SignalConfig",
]


def __getattr__(name: str) -> object:
    # A preview says what would be sent, and needs no client.
    if name in __all__:
        home = "client" if name == "Gateway" else "models"
        return getattr(import_module(f"{__name__}.{home}"), name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)

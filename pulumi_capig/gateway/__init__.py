"""The control-plane client, usable alone: a gateway's operations, typed.

::

    from pulumi_capig.gateway import Client, pixels
    from pulumi_capig.settings import Settings

    with Client(Settings().for_client()) as client:
        print(pixels.list_account(client, "IaoreXfj").signal_configs)
"""

from .client import Client
from .operations import filters, pixels
from .operations.filters import Filter, FilterKind, FilterSetting
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

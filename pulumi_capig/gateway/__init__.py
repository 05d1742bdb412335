"""The control-plane client, usable alone: seven operations on one gateway.

::

    from pulumi_capig.gateway import Gateway
    from pulumi_capig.settings import Settings

    with Gateway(Settings().connection()) as gateway:
        print(gateway.account("IaoreXfj").signal_configs)
"""

from .client import Gateway
from .filters import FilterKind, FilterSetting
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

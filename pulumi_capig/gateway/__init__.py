"""The control-plane client, usable alone: a gateway's operations, typed.

```python
from pulumi_capig.gateway import Client, pixels
from pulumi_capig.settings import Settings

with Client(Settings().for_client()) as client:
    print(pixels.list_account(client, "IaoreXfj").signal_configs)
```

Each page of the reference is a module here: `accounts`, `destinations`, `filters` and so on.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from .filter_setting import FilterKind as FilterKind
from .filter_setting import FilterSetting as FilterSetting

if TYPE_CHECKING:
    from .client import Client as Client
    from .operations import *  # noqa: F403 - the one list of the pages
    from .operations.filters import Filter as Filter
    from .operations.pixels import Account as Account
    from .operations.pixels import ConnectionStatus as ConnectionStatus
    from .operations.pixels import SignalConfig as SignalConfig
else:
    _HOMES = {
        "Account": "operations.pixels",
        "Client": "client",
        "ConnectionStatus": "operations.pixels",
        "Filter": "operations.filters",
        "SignalConfig": "operations.pixels",
    }

    def __getattr__(name: str) -> object:
        # A preview says what would be sent, and needs no client.
        if name in _HOMES:
            return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        if name == "__all__":
            return sorted([*_HOMES, "FilterKind", "FilterSetting", *_pages()])
        if name in _pages():
            return import_module(f"{__name__}.operations.{name}")
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)

    @cache
    def _pages() -> list[str]:
        """The pages of the reference, by their modules."""
        folders = import_module(f"{__name__}.operations").__path__
        return [module.name for module in iter_modules(folders)]

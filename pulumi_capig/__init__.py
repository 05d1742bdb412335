"""Pulumi provider for the control plane of Meta's Conversions API Gateway and Signals Gateway.

```python
import pulumi_capig as capig

capig.PixelConnection("shop", pixel_id="…", business_id="…", access_token=token)
```
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from . import errors
from ._version import __version__ as __version__
from .errors import *  # noqa: F403 - its export list is its own

if TYPE_CHECKING:
    from .functions import *  # noqa: F403
    from .resources import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        # These need Pulumi; the gateway's client and the sandbox do without it.
        if name == "__all__":
            lists = [import_module(f"{__name__}.{home}").__all__ for home in _NEED_PULUMI]
            return sorted([*errors.__all__, "__version__", *(n for names in lists for n in names)])
        look_up = name.lower().startswith("get")
        if look_up or name[0].isupper():  # and not a module, which any import may ask for
            module = import_module(f"{__name__}.{'functions' if look_up else 'resources'}")
            if name in module.__all__:
                return getattr(module, name)
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})


_NEED_PULUMI = ("resources", "functions")

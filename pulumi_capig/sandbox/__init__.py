"""A gateway to try programs and test them with (extra `sandbox`).

```python
from pulumi_capig.sandbox import Dialect, Fault, Sandbox

with Sandbox(dialect=Dialect(account_wide="copies")) as sandbox:
    sandbox.inject(Fault.status(503, retry_after=1, operation="list"))
    ...
```

It is an HTTP server on loopback which executes the documented schema over real state. Pixels,
filters, metrics, accounts, users, first-party domains, pipelines, data sources and data
destinations are played; any other operation answers with the error code 418.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .dialect import Dialect

if TYPE_CHECKING:
    from .faults import FAULTS, Fault
    from .gate import Gate
    from .history import Change
    from .journal import Counters, FieldRecord, RequestRecord
    from .parts.mail import Mail
    from .server import Sandbox
    from .standalone import serve
    from .state import Pixel

__all__ = [
    "FAULTS",
    "Change",
    "Counters",
    "Dialect",
    "Fault",
    "FieldRecord",
    "Gate",
    "Mail",
    "Pixel",
    "RequestRecord",
    "Sandbox",
    "serve",
]

_HOMES = {
    "FAULTS": "faults",
    "Change": "history",
    "Counters": "journal",
    "Fault": "faults",
    "FieldRecord": "journal",
    "Gate": "gate",
    "Mail": "parts.mail",
    "Pixel": "state",
    "RequestRecord": "journal",
    "Sandbox": "server",
    "serve": "standalone",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    try:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("pulumi_capig"):
            raise
        from .._origin import install

        message = f"the sandbox needs {error.name}: {install('sandbox')}"
        raise ImportError(message) from None

"""Look-ups: read what the gateway holds now, with live counters, without managing it.

They run in the program's own process, in previews too. They also work in a notebook:

```python
import pulumi_capig as capig

for pixel in capig.get_pixel_connections("IaoreXfj").pixel_connections:
    print(pixel.pixel_name, pixel.total_events_received)
```

Settings come from the environment, then, in a program, from stack config, as for resources. Each
call asks the gateway again; all calls share one client.

In a unit test with ``pulumi.runtime.set_mocks``, nothing is sent: ``Mocks.call`` gets the token
``capig:index:getPixelConnection`` (``…getPixelConnections``, ``…getAccount`` and so on) and the
arguments under their Python names. Return values under the names of the result. What you leave out
counts as not said by the gateway: ``""``, False, [], and for a figure 0.0 or -1.

If a program does not catch the error of a look-up, Pulumi shows it as one clean line: in a program,
the error is both a `CapigError` and a ``pulumi.RunError``.
"""

from typing import TYPE_CHECKING

from . import accounts, domains, events, pipelines, pixels
from .accounts import *  # noqa: F403 - its export list is its own
from .domains import *  # noqa: F403
from .events import *  # noqa: F403
from .pipelines import *  # noqa: F403
from .pixels import *  # noqa: F403

if not TYPE_CHECKING:  # type checkers read no list that is computed
    __all__ = sorted(
        name for page in (accounts, domains, events, pipelines, pixels) for name in page.__all__
    )

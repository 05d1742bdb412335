"""Look-ups: what the gateway holds now, with live counters.

They run in the program's own process, also in a preview, and work in a notebook as well:

```python
import pulumi_capig as capig

for pixel in capig.get_pixel_connections("IaoreXfj").pixel_connections:
    print(pixel.pixel_name, pixel.total_events_received)
```

Settings are read as the resources read them: environment, then stack config where a program
runs. Each call asks the gateway anew; one client serves all of them.

In a unit test with ``pulumi.runtime.set_mocks`` nothing is sent: ``Mocks.call`` is asked with the
token ``capig:index:getPixelConnection`` (``…getPixelConnections``, ``…getAccount`` and so on) and
the arguments under their Python names. It answers with the results' names; what it leaves out is
what the gateway does not say: ``""``, False, [], and for a figure 0.0 or -1.

Uncaught in a program, an error of a look-up is shown as a clean line: there, what is raised is a
``pulumi.RunError`` besides the `CapigError` that it is.
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

"""The operations of the reference: a module for each of its pages, typed calls and their models.

Each function takes the client first and raises `GatewayError`, whose class says what may be done
about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import accounts as accounts
    from . import destinations as destinations
    from . import filters as filters
    from . import metrics as metrics
    from . import pipelines as pipelines
    from . import pixels as pixels
    from . import routing as routing
    from . import sources as sources
    from . import users as users

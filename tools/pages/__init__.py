"""Tables of the documentation that are written from docstrings and help, so that none can differ.

`make docs` runs the marks in the pages, which call these functions.
"""

from .options import options
from .resources import arguments, events, outputs
from .settings import settings

__all__ = ["arguments", "events", "options", "outputs", "settings"]

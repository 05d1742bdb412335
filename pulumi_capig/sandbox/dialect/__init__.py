"""How the played gateway behaves where the real one's behaviour is not documented.

Each part of the reference has its switches in a file; `Dialect` is all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .accounts import AccountDialect
from .answers import AnswerDialect
from .destinations import DestinationDialect
from .filters import FilterDialect
from .people import PeopleDialect
from .pipelines import PipelineDialect
from .pixels import PixelDialect
from .routing import RoutingDialect
from .sources import SourceDialect
from .tokens import TokenDialect

__all__ = ["Dialect"]


@dataclass(frozen=True)
class Dialect(
    TokenDialect,
    AnswerDialect,
    PixelDialect,
    FilterDialect,
    AccountDialect,
    PeopleDialect,
    RoutingDialect,
    PipelineDialect,
    SourceDialect,
    DestinationDialect,
):
    """What a gateway does wherever the documentation leaves it open.

    The defaults are what the public samples suggest. Change a switch with
    `dataclasses.replace(dialect, ...)`, also while the sandbox runs.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

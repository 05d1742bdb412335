"""What a user declares: one file a resource."""

from ..enums import FilterState, StandardEvent
from .domain_filter import DomainFilter
from .domain_filters import DomainFilters
from .event_filter import EventFilter
from .event_filters import EventFilters
from .pixel_connection import PixelConnection

__all__ = [
    "DomainFilter",
    "DomainFilters",
    "EventFilter",
    "EventFilters",
    "FilterState",
    "PixelConnection",
    "StandardEvent",
]

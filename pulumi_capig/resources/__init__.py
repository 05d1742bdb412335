"""What a user declares: one file a resource."""

from ..enums import FilterState, StandardEvent
from .domain_filter import DomainFilter
from .event_filter import EventFilter
from .pixel_connection import PixelConnection

__all__ = ["DomainFilter", "EventFilter", "FilterState", "PixelConnection", "StandardEvent"]

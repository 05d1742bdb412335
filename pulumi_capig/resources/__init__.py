"""What a user declares: one file a resource."""

from .domain_filter import DomainFilter
from .enums import FilterState, StandardEvent
from .event_filter import EventFilter
from .pixel_connection import PixelConnection

__all__ = ["DomainFilter", "EventFilter", "FilterState", "PixelConnection", "StandardEvent"]

"""What a user declares: one file a resource."""

from ..enums import FilterState, StandardEvent
from .account import Account
from .account_user import AccountUser
from .domain_filter import DomainFilter
from .domain_filters import DomainFilters
from .event_filter import EventFilter
from .event_filters import EventFilters
from .first_party_domain import FirstPartyDomain
from .pixel_connection import PixelConnection

__all__ = [
    "Account",
    "AccountUser",
    "DomainFilter",
    "DomainFilters",
    "EventFilter",
    "EventFilters",
    "FilterState",
    "FirstPartyDomain",
    "PixelConnection",
    "StandardEvent",
]

"""The resources that a program declares, one file each."""

from ..enums import DataSourceType, FilterState, StandardEvent
from .account import Account
from .account_user import AccountUser
from .conversions_api_destination import ConversionsApiDestination
from .data_source import DataSource
from .domain_filter import DomainFilter
from .domain_filters import DomainFilters
from .event_filter import EventFilter
from .event_filters import EventFilters
from .first_party_domain import FirstPartyDomain
from .http_destination import HttpDestination
from .pipeline import Pipeline
from .pixel_connection import PixelConnection

__all__ = [
    "Account",
    "AccountUser",
    "ConversionsApiDestination",
    "DataSource",
    "DataSourceType",
    "DomainFilter",
    "DomainFilters",
    "EventFilter",
    "EventFilters",
    "FilterState",
    "FirstPartyDomain",
    "HttpDestination",
    "Pipeline",
    "PixelConnection",
    "StandardEvent",
]

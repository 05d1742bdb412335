"""How resources live: rules over a gateway and plain values, without Pulumi and without HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from .. import canonical
from .absence import InAccount
from .account import AccountLifecycle
from .account_user import AccountUserLifecycle
from .data_source import DataSourceLifecycle
from .destinations import ConversionsApiDestinationLifecycle, HttpDestinationLifecycle
from .filters import FilterLifecycle, FilterType
from .first_party_domain import FirstPartyDomainLifecycle
from .pipeline import PipelineLifecycle
from .pixel_connection import PixelConnectionLifecycle
from .run import Run
from .values import Props

if TYPE_CHECKING:
    from .values import Checked, Created, Difference, Found


class Lifecycle(Protocol):
    """What each kind of resource can do."""

    def check(self, olds: Props, news: Props, row: int) -> Checked:
        """Canonical inputs, and all that is wrong with them; `row` is its own in the picture."""

    def diff(self, resource_id: str, olds: Props, news: Props) -> Difference:
        """Whether an update or a replacement is needed."""

    def create(self, inputs: Props) -> Created:
        """Make what is declared."""

    def read(self, resource_id: str, outputs: Props) -> Found | None:
        """What there is now; None if it is gone."""

    def update(self, resource_id: str, olds: Props, news: Props) -> Props:
        """Change what there is to what is declared; the new outputs."""

    def delete(self, resource_id: str, outputs: Props) -> None:
        """Take away what there is."""


EVENT_FILTER = FilterType(
    "event", "event_name", canonical.event_name, remark=canonical.event_remark
)
DOMAIN_FILTER = FilterType("domain", "domain", canonical.domain)
EVENT_FILTERS = replace(EVENT_FILTER, name="event_names", several=True)
DOMAIN_FILTERS = replace(DOMAIN_FILTER, name="domains", several=True)

_IN_ACCOUNT: Mapping[str, Callable[[Run], Lifecycle]] = {
    "PixelConnection": PixelConnectionLifecycle,
    "EventFilter": lambda run: FilterLifecycle(run, EVENT_FILTER),
    "DomainFilter": lambda run: FilterLifecycle(run, DOMAIN_FILTER),
    "EventFilters": lambda run: FilterLifecycle(run, EVENT_FILTERS),
    "DomainFilters": lambda run: FilterLifecycle(run, DOMAIN_FILTERS),
    "AccountUser": AccountUserLifecycle,
    "FirstPartyDomain": FirstPartyDomainLifecycle,
    "Pipeline": PipelineLifecycle,
    "DataSource": DataSourceLifecycle,
    "ConversionsApiDestination": ConversionsApiDestinationLifecycle,
    "HttpDestination": HttpDestinationLifecycle,
}


def _in_account(make: Callable[[Run], Lifecycle]) -> Callable[[Run], Lifecycle]:
    return lambda run: InAccount(run, make(run))


REGISTRY: Mapping[str, Callable[[Run], Lifecycle]] = {
    "Account": AccountLifecycle,
    **{kind: _in_account(make) for kind, make in _IN_ACCOUNT.items()},
}

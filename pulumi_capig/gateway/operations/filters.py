"""Event and domain filters: operations 6 and 7, one or several in one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..calls import Call
from ..filter_setting import FilterKind, FilterSetting
from ..joint import Part
from ..models import Model
from ..operation import Operation

if TYPE_CHECKING:
    from ...errors import GatewayError
    from ..client import Client

SET_EVENT = Operation(
    "EventFilterStatusMutation", "capig", ("tenantMutations", "updateEventFilter"), mutates=True
)
SET_DOMAIN = Operation(
    "useComitDomainFilterChangeMutation",
    "capig",
    ("tenantMutations", "updateDomainFilter"),
    mutates=True,
)
_OPERATIONS: Mapping[FilterKind, tuple[Operation, str]] = {
    "event": (SET_EVENT, "eventName"),
    "domain": (SET_DOMAIN, "domain"),
}

MOST_SETTINGS = 40
"""In one document, which is then some 10 KB: a tenth of the requests for a policy of 200 names,
and less than a second of work, if the gateway needs 20 ms for each, of the 30 that it has."""

MOST_PIXELS = 1000
"""In all lists of one document, some 20 KB: well below the 1 MB that a reverse proxy takes if
nobody has set it up otherwise. One name may list more, since its settings stay together."""


class Filter(Model):
    """One event or domain filter; one object even where several pixels were asked for."""

    id: str | None = None
    event_name: str | None = None
    domain: str | None = None
    pixel_id: str | None = None
    filter_state: str | None = None


class FilterResult(Model):
    """Answer to a filter."""

    updated_filter: Filter | None = None


def set_filters(
    client: Client, tenant_id: str, settings: Sequence[FilterSetting]
) -> list[Filter | GatewayError]:
    """Set the states of events and domains, in order, in as few requests as may be.

    Several go in one document, unless the gateway has refused such a document before. All of them
    are set operations: sending one again does no harm.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        settings: What to set.

    Returns:
        What the gateway says of each, or why it failed, in order. Nothing is raised. After a
        failure that all would meet, those that follow are not sent and have it too.
    """
    return client.execute_together(
        [Part(_call(tenant_id, setting), (setting.kind, setting.name)) for setting in document]
        for document in _documents(settings)
    )


def _documents(settings: Sequence[FilterSetting]) -> Iterator[list[FilterSetting]]:
    """The settings of each document, in order, none of them too large.

    Those of one name stay together: the first may open what the next one closes again.
    """
    document: list[FilterSetting] = []
    pixels = 0
    for _, same in groupby(settings, lambda setting: (setting.kind, setting.name)):
        name = list(same)
        more = sum(len(setting.pixel_ids or ()) for setting in name)
        if document and (len(document) + len(name) > MOST_SETTINGS or pixels + more > MOST_PIXELS):
            yield document
            document, pixels = [], 0
        document += name
        pixels += more
    if document:
        yield document


def _call(tenant_id: str, setting: FilterSetting) -> Call[Filter]:
    operation, key = _OPERATIONS[setting.kind]
    given = {key: setting.name, **_scope(setting), "filterState": setting.filter_state}
    return Call(
        operation,
        setting.words,
        tenant_id,
        {"tenantId": tenant_id, "input": given},
        _updated,
    )


def _scope(setting: FilterSetting) -> dict[str, Any]:
    """The whole account is null for events and an absent list for domains, as documented."""
    if setting.pixel_ids is not None:
        return {"pixelIds": list(setting.pixel_ids)}
    return {"pixelIds": None} if setting.kind == "event" else {}


def _updated(result: Any) -> Filter:
    return FilterResult.read(result).updated_filter or Filter()

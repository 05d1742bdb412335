"""Event and domain filters: operations 6 and 7, alone and several in one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .calls import Call

FilterKind = Literal["event", "domain"]

MOST_SETTINGS = 40
"""In one document, which is then some 10 KB: a tenth of the requests for a policy of 200 names,
and less than a second of work, if the gateway needs 20 ms for each, of the 30 that it has."""

MOST_PIXELS = 1000
"""In all lists of one document, some 20 KB: well below the 1 MB that a reverse proxy takes if
nobody has set it up otherwise. One setting may list more, since it cannot be parted."""

_OPERATIONS: Mapping[FilterKind, tuple[str, str, str]] = {
    "event": ("EventFilterStatusMutation", "updateEventFilter", "eventName"),
    "domain": ("useComitDomainFilterChangeMutation", "updateDomainFilter", "domain"),
}


@dataclass(frozen=True)
class FilterSetting:
    """What one event or domain is set to.

    Attributes:
        kind: ``event`` (operation 6) or ``domain`` (operation 7).
        name: The event's name, or the domain.
        filter_state: ``PUBLISH`` or ``DROP``.
        pixel_ids: The pixels; None for the whole account.
    """

    kind: FilterKind
    name: str
    filter_state: str
    pixel_ids: tuple[str, ...] | None = None

    def call(self, tenant_id: str) -> Call:
        """The setting as a call of its own.

        Args:
            tenant_id: The account.
        """
        operation, field, key = _OPERATIONS[self.kind]
        given = {key: self.name, **self._scope(), "filterState": self.filter_state}
        return Call(
            operation,
            self.words,
            tenant_id,
            {"tenantId": tenant_id, "input": given},
            ("tenantMutations", field),
        )

    @property
    def words(self) -> str:
        """The setting in words, for messages."""
        return f"set {self.kind} {self.name} to {self.filter_state} for {self._where()}"

    def _scope(self) -> dict[str, Any]:
        """The whole account is null for events and an absent list for domains, as documented."""
        if self.pixel_ids is not None:
            return {"pixelIds": list(self.pixel_ids)}
        return {"pixelIds": None} if self.kind == "event" else {}

    def _where(self) -> str:
        if self.pixel_ids is None:
            return "the whole account"
        if len(self.pixel_ids) <= 3:
            return f"pixel{'s' if len(self.pixel_ids) > 1 else ''} {', '.join(self.pixel_ids)}"
        return f"{len(self.pixel_ids)} pixels"


def documents_of(settings: Sequence[FilterSetting]) -> Iterator[list[FilterSetting]]:
    """The settings of each document, in order, none of them too large."""
    group: list[FilterSetting] = []
    pixels = 0
    for setting in settings:
        more = len(setting.pixel_ids or ())
        if group and (len(group) == MOST_SETTINGS or pixels + more > MOST_PIXELS):
            yield group
            group, pixels = [], 0
        group.append(setting)
        pixels += more
    if group:
        yield group

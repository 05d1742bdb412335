"""What the played gateway holds, and everything it went through."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, cast

from .. import canonical
from .dialect import Dialect
from .filter_book import FilterBook
from .history import Change, ChangeKind, History
from .parts import Part
from .parts.accounts import Accounts, HeldAccount

__all__ = [
    "BAD_TOKEN_ERROR",
    "FilterKind",
    "GatewayState",
    "HeldAccount",
    "HeldPixel",
    "Pixel",
]

BAD_TOKEN_ERROR = "190.460"  # noqa: S105

FilterKind = Literal["event", "domain"]

_FilterChange = Literal["event_filter", "domain_filter", "event", "domain"]
_Watched: TypeAlias = tuple[_FilterChange, str, str | None]
_STORED: dict[FilterKind, _FilterChange] = {"event": "event_filter", "domain": "domain_filter"}


_P = TypeVar("_P", bound=Part)


@dataclass(frozen=True)
class HeldPixel:
    """A pixel connection as the gateway holds it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    pixel_id: str
    business_id: str = ""
    external_id: str = ""
    api_version: str | None = None
    access_token: str = field(default="", repr=False)
    name: str | None = None
    receiving: bool = True
    publishing: bool = True
    bad_token: bool = False
    api_error_code: str | None = None
    domains: tuple[str, ...] = ()
    last_received: float = 0.0
    total_events_received: float = 0.0
    last_published: float = 0.0
    total_events_published: float = 0.0


Pixel = HeldPixel
"""Its name outside of this package."""


class GatewayState:
    """All that the gateway holds. Safe to use from several threads.

    Pixels and filters are here; the rest is in parts, a class for each.

    Args:
        accounts: Account ids, or names by account id.
        dialect: Behaviour; may be replaced at any time.

    Attributes:
        lock: Holding it, several reads are of one moment, and writes are one step.
        first_accounts: The accounts of the beginning.

    Raises:
        ValueError: There is no account, or one with an id that the provider refuses.
    """

    def __init__(
        self, accounts: Iterable[str] | Mapping[str, str], dialect: Dialect | None = None
    ) -> None:
        names = accounts if isinstance(accounts, Mapping) else {}
        self.first_accounts = {
            tenant: HeldAccount(tenant, names.get(tenant, f"Tenant for {tenant}"))
            for tenant in map(canonical.tenant_id, accounts)
        }
        if not self.first_accounts:
            message = "a gateway has one account at least"
            raise ValueError(message)
        self.dialect = dialect or Dialect()
        self.lock = threading.RLock()
        self._history = History()
        self.clear()

    def clear(self) -> None:
        """Forgets everything but the dialect and the accounts of the beginning."""
        with self.lock:
            self._parts: dict[type[Part], Part] = {Accounts: Accounts(self)}
            self._pixels: dict[str, dict[str, HeldPixel]] = {}
            self._books: dict[FilterKind, FilterBook] = {
                "event": FilterBook(),
                "domain": FilterBook(),
            }
            self._history.clear()

    # What it holds

    def part(self, kind: type[_P]) -> _P:
        """One part of it, by its class."""
        with self.lock:
            if kind not in self._parts:
                self._parts[kind] = kind(self)
            return cast("_P", self._parts[kind])

    @property
    def accounts(self) -> dict[str, HeldAccount]:
        """A copy: the accounts by id."""
        return self.part(Accounts).all()

    def pixels(self, tenant: str) -> list[HeldPixel]:
        """The connected pixels of an account, in the order of their connection."""
        with self.lock:
            return list(self._pixels_of(tenant).values())

    def pixel(self, tenant: str, pixel_id: str) -> HeldPixel | None:
        """A connected pixel, or None."""
        with self.lock:
            return self._pixels_of(tenant).get(pixel_id)

    def is_connected(self, pixel_id: str) -> bool:
        """Whether any account holds the pixel."""
        with self.lock:
            return any(pixel_id in pixels for pixels in self._pixels.values())

    def event_filters(self) -> dict[tuple[str, str, str | None], str]:
        """Stored event filters: state by account, event name, pixel (None: account-wide)."""
        return self._stored("event")

    def domain_filters(self) -> dict[tuple[str, str, str | None], str]:
        """Stored domain filters: state by account, domain, pixel (None: account-wide)."""
        return self._stored("domain")

    def effective_event(self, tenant: str, event: str, pixel_id: str) -> str | None:
        """What really happens to an event of a pixel; None if the pixel is not connected."""
        return self.effective("event", tenant, event, pixel_id)

    def effective_domain(self, tenant: str, domain: str, pixel_id: str) -> str | None:
        """What really happens to a domain of a pixel; None if the pixel is not connected."""
        return self.effective("domain", tenant, domain, pixel_id)

    def effective(self, kind: FilterKind, tenant: str, name: str, pixel_id: str) -> str | None:
        """`effective_event` or `effective_domain`, by `kind`."""
        with self.lock:
            if pixel_id not in self._pixels_of(tenant):
                return None
            return self._books[kind].effective(tenant, name, pixel_id, self.dialect.account_wide)

    def filter_names(self, kind: FilterKind, tenant: str) -> list[str]:
        """Event names or domains that a filter of the account was ever written for."""
        with self.lock:
            return sorted(self._books[kind].names(tenant))

    # What it went through

    @property
    def revision(self) -> int:
        """A number that grows with every change."""
        return self._history.revision

    @property
    def history(self) -> list[Change]:
        """Everything that changed, in order."""
        return self._history.changes

    def event_trail(self, tenant: str, event: str, pixel_id: str) -> list[str | None]:
        """The states that an event of a pixel went through, the present one last."""
        with self.lock:
            steps = [
                change
                for change in self._history.changes
                if (change.kind, change.tenant, change.key) == ("event", tenant, (event, pixel_id))
            ]
            if not steps:
                return [self.effective_event(tenant, event, pixel_id)]
            return [steps[0].before, *(step.after for step in steps)]

    # What changes it

    def record(
        self,
        operation: str,
        tenant: str,
        kind: ChangeKind,
        key: tuple[str | None, ...],
        before: object,
        after: object,
    ) -> None:
        """Notes a change in the history; the arguments as those of `Change`."""
        self._history.record(operation, tenant, kind, key, before, after)

    def remove_account(self, operation: str, tenant: str) -> None:
        """Deletes an account with all that is in it; KeyError if there is none of this id."""
        with self.lock:
            for pixel_id in list(self._pixels_of(tenant)):
                self.remove_pixel(operation, tenant, pixel_id)
            with self._recording(operation, tenant, self._entries_of(tenant)):
                for book in self._books.values():
                    book.forget_account(tenant)
            del self._pixels[tenant]
            for part in reversed(self._parts.values()):
                part.forget(operation, tenant)

    def put_pixel(
        self, operation: str, tenant: str, pixel: HeldPixel, *, forgets: bool = False
    ) -> HeldPixel:
        """Connects a pixel, or replaces what is held of it; `forgets` its own filters then too."""
        with self.lock:
            pixels = self._pixels_of(tenant)
            before = pixels.get(pixel.pixel_id)
            if before is not None:
                pixels[pixel.pixel_id] = pixel
                self._history.record(operation, tenant, "pixel", (pixel.pixel_id,), before, pixel)
                if forgets:
                    self._forget_filters(operation, tenant, pixel.pixel_id)
                return pixel
            filters = self._everything_of(tenant, pixel.pixel_id)
            with self._recording(operation, tenant, filters):
                self._forget_entries(tenant, pixel.pixel_id)
                pixels[pixel.pixel_id] = pixel
                self._history.record(operation, tenant, "pixel", (pixel.pixel_id,), None, pixel)
            return pixel

    def edit_pixel(self, operation: str, tenant: str, pixel_id: str, **changes: Any) -> HeldPixel:
        """Changes fields of a connected pixel; KeyError if it is not connected."""
        with self.lock:
            pixel = replace(self._pixels_of(tenant)[pixel_id], **changes)
            return self.put_pixel(operation, tenant, pixel)

    def remove_pixel(self, operation: str, tenant: str, pixel_id: str) -> bool:
        """Disconnects a pixel; False if it is not connected."""
        with self.lock:
            if (before := self._pixels_of(tenant).get(pixel_id)) is None:
                return False
            with self._recording(operation, tenant, self._everything_of(tenant, pixel_id)):
                del self._pixels_of(tenant)[pixel_id]
                self._forget_entries(tenant, pixel_id)
                self._history.record(operation, tenant, "pixel", (pixel_id,), before, None)
            return True

    def write_filter(
        self,
        operation: str,
        kind: FilterKind,
        tenant: str,
        name: str,
        pixel_ids: Sequence[str] | None,
        state: str,
    ) -> None:
        """Stores a filter for some pixels, or for the whole account (None)."""
        with self.lock:
            model, pixels = self.dialect.account_wide, self._pixels_of(tenant)
            scope = list(pixels) if pixel_ids is None else list(dict.fromkeys(pixel_ids))
            keys = [None] if pixel_ids is None and model != "copies" else scope
            watched: list[_Watched] = [(_STORED[kind], name, key) for key in keys]
            watched += [(kind, name, pixel) for pixel in scope]
            with self._recording(operation, tenant, watched):
                self._books[kind].write(
                    tenant, name, pixel_ids, state, model=model, connected=pixels
                )

    def _pixels_of(self, tenant: str) -> dict[str, HeldPixel]:
        """The pixels of an account by their ids; KeyError if there is no such account."""
        return self._pixels.setdefault(self.part(Accounts)[tenant].id, {})

    def _entries_of(self, tenant: str) -> list[_Watched]:
        """All stored filters of an account."""
        return [
            (_STORED[kind], name, pixel)
            for kind, book in self._books.items()
            for owner, name, pixel, _ in book.stored()
            if owner == tenant
        ]

    def _forget_filters(self, operation: str, tenant: str, pixel_id: str) -> None:
        with self._recording(operation, tenant, self._everything_of(tenant, pixel_id)):
            for book in self._books.values():
                book.forget_pixel(tenant, pixel_id)

    def _forget_entries(self, tenant: str, pixel_id: str) -> None:
        if not self.dialect.filters_survive_delete:
            for book in self._books.values():
                book.forget_pixel(tenant, pixel_id)

    def _stored(self, kind: FilterKind) -> dict[tuple[str, str, str | None], str]:
        with self.lock:
            return {
                (tenant, name, pixel): state
                for tenant, name, pixel, state in self._books[kind].stored()
            }

    @contextmanager
    def _recording(
        self, operation: str, tenant: str, watched: Iterable[_Watched]
    ) -> Iterator[None]:
        """Records what the body changed of the filters watched."""
        before = [(item, self._look(tenant, item)) for item in watched]
        yield
        for item, value in before:
            kind, *key = item
            self._history.record(
                operation, tenant, kind, tuple(key), value, self._look(tenant, item)
            )

    def _look(self, tenant: str, item: _Watched) -> str | None:
        kind, name, pixel = item
        if kind == "event_filter":
            return self._books["event"].stored_state(tenant, name, pixel)
        if kind == "domain_filter":
            return self._books["domain"].stored_state(tenant, name, pixel)
        return None if pixel is None else self.effective(kind, tenant, name, pixel)

    def _everything_of(self, tenant: str, pixel_id: str) -> list[_Watched]:
        """All filters of one pixel, stored and effective."""
        watched: list[_Watched] = []
        for kind, book in self._books.items():
            for name in sorted(book.names(tenant)):
                watched += [(_STORED[kind], name, pixel_id), (kind, name, pixel_id)]
        return watched

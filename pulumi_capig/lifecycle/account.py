"""One account as one run sees it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from .claims import Claims
from .filter_writes import FilterWrites
from .ledger import Ledger
from .pixel_list import PixelList

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..gateway import Client, FilterSetting
    from ..picture import Picture

    T = TypeVar("T")


class RunAccount:
    """What a run wants of an account, knows of it, and sends to it; safe for threads.

    Args:
        tenant_id: The account.
        picture: What the program declares.
        client: Opens the client when it is first needed.
        unverified: Called with account and setting that the gateway took without an echo.

    Attributes:
        pixels: The pixels that are connected.
        ledger: Filters: what is wanted beside what is held.
        filters: Sends filters.
        claims: Claims on pixels.
    """

    def __init__(
        self,
        tenant_id: str,
        picture: Picture,
        client: Callable[[], Client],
        unverified: Callable[[str, FilterSetting], None],
    ) -> None:
        self.tenant_id = tenant_id
        self._client = client
        self._lock = threading.Lock()
        self._shared: dict[Any, Any] = {}
        self.pixels = PixelList(tenant_id, client, picture.learn)
        self.ledger = Ledger(tenant_id, picture, self.pixels)
        self.filters = FilterWrites(
            self.ledger, self.pixels, client, lambda setting: unverified(tenant_id, setting)
        )
        self.claims: Claims[str] = Claims()

    def share(self, make: Callable[[str, Callable[[], Client]], T]) -> T:
        """What a kind of resource knows of this account, the same object for all of the run.

        Args:
            make: Makes it, of the account's id and what opens the client: a class or a function.
        """
        with self._lock:
            if make not in self._shared:
                self._shared[make] = make(self.tenant_id, self._client)
            found: T = self._shared[make]
            return found

"""One account as one run sees it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .filter_writes import FilterWrites
from .ledger import Ledger
from .pixel_list import PixelList

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..gateway import FilterSetting, Gateway
    from ..picture import Picture


@dataclass
class PixelClaim:
    """What the run knows of the program's claim on one pixel.

    Attributes:
        adopt: Whether the pixel may be taken over.
        spared: Whether a delete of this run left the pixel for the claimant.
        failed: Whether the claimant tried and failed.
    """

    adopt: bool = False
    spared: bool = False
    failed: bool = False


class Account:
    """What a run wants of an account, knows of it, and sends to it; safe for threads.

    Args:
        tenant_id: The account.
        picture: What the program declares.
        gateway: Opens the gateway when it is first needed.
        unverified: Called with account and setting that the gateway took without an echo.

    Attributes:
        pixels: The pixels that are connected.
        ledger: Filters: what is wanted beside what is held.
        filters: Sends filters.
    """

    def __init__(
        self,
        tenant_id: str,
        picture: Picture,
        gateway: Callable[[], Gateway],
        unverified: Callable[[str, FilterSetting], None],
    ) -> None:
        self.tenant_id = tenant_id
        self.pixels = PixelList(tenant_id, gateway)
        self.ledger = Ledger(tenant_id, picture, self.pixels)
        self.filters = FilterWrites(
            self.ledger, self.pixels, gateway, lambda setting: unverified(tenant_id, setting)
        )
        self._lock = threading.Lock()
        self._claims: dict[str, PixelClaim] = {}

    def claim(self, pixel_id: str) -> PixelClaim:
        """The program's claim on a pixel, the same object for all of the run."""
        with self._lock:
            return self._claims.setdefault(pixel_id, PixelClaim())

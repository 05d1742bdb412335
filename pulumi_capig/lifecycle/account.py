"""One account as one run sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .claims import Claims
from .filter_writes import FilterWrites
from .ledger import Ledger
from .pixel_list import PixelList

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..gateway import Client, FilterSetting
    from ..picture import Picture


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
        self.pixels = PixelList(tenant_id, client, picture.learn)
        self.ledger = Ledger(tenant_id, picture, self.pixels)
        self.filters = FilterWrites(
            self.ledger, self.pixels, client, lambda setting: unverified(tenant_id, setting)
        )
        self.claims: Claims[str] = Claims()

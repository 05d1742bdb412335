"""One account as one run sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from .claims import Claim, Claims
from .filter_writes import FilterWrites
from .ledger import Ledger
from .memory import Memory
from .pixel_list import PixelList

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..gateway import Client, FilterSetting
    from ..picture import Picture
    from .traffic import Traffic

    T = TypeVar("T")


class RunAccount:
    """What a run wants of an account, knows of it, and sends to it; safe for threads.

    Args:
        tenant_id: The account.
        picture: What the program declares.
        client: Opens the client when it is first needed.
        unverified: Called with account and setting that the gateway took without an echo.
        traffic: The engine's calls under way in the run.

    Attributes:
        pixels: The pixels that are connected.
        ledger: Filters: what is wanted beside what is held.
        filters: Sends filters.
        gone: Whether the account, with all that was in it, was deleted by this run or is proved to
            be gone.
    """

    def __init__(
        self,
        tenant_id: str,
        picture: Picture,
        client: Callable[[], Client],
        unverified: Callable[[str, FilterSetting], None],
        traffic: Traffic,
    ) -> None:
        self.tenant_id = tenant_id
        self.gone = False
        self._memory = Memory(lambda make: make(tenant_id, client))
        self.pixels = PixelList(tenant_id, client, picture.learn)
        self.ledger = Ledger(tenant_id, picture, self.pixels)
        self.filters = FilterWrites(
            self.ledger,
            self.pixels,
            client,
            lambda setting: unverified(tenant_id, setting),
            traffic,
        )
        self._claims: Claims[tuple[str, str]] = Claims()

    def claim(self, kind: str, key: str) -> Claim:
        """The program's claim on what the account has under a key, one for all of the run.

        Args:
            kind: What it is in the picture: a pixel's is ``connection``.
            key: Its key.
        """
        return self._claims.on((kind, key))

    def share(self, make: Callable[[str, Callable[[], Client]], T]) -> T:
        """What a kind of resource knows of this account, the same object for all of the run.

        Args:
            make: Makes it, of the account's id and what opens the client: a class or a function.
        """
        found: T = self._memory.of(make)
        return found

"""The pixels of one account, as one run sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import UnexpectedAnswerError
from ..gateway.pixel import Pixel
from .shared import Shared

if TYPE_CHECKING:
    from ..gateway import Client


@dataclass
class _Listed:
    """A list of connected pixels; incomplete where an entry has no id."""

    pixels: dict[str, Pixel]
    complete: bool
    bad_tokens: list[str] | None = None

    def put(self, pixel_id: str, pixel: Pixel | None) -> None:
        self.bad_tokens = None
        if pixel is None:
            self.pixels.pop(pixel_id, None)
        else:
            self.pixels[pixel_id] = pixel

    def find_bad_tokens(self) -> list[str]:
        # Every read of a refresh asks, so that the list is gone through once, not each time.
        if self.bad_tokens is None:
            self.bad_tokens = sorted(i for i, pixel in self.pixels.items() if pixel.bad_token)
        return self.bad_tokens


class PixelList:
    """The shared list of an account's connected pixels; safe for threads.

    Args:
        tenant_id: The account.
        client: Opens the client when it is first needed.
        met: Called with the ids that a list names.

    Attributes:
        disconnected: Ids of the pixels that this run has disconnected.
    """

    def __init__(
        self,
        tenant_id: str,
        client: Callable[[], Client],
        met: Callable[[Iterable[str]], None],
    ) -> None:
        self.tenant_id = tenant_id
        self._client = client
        self._met = met
        self._shared = Shared(self._ask)
        self.disconnected: set[str] = set()

    def know_empty(self) -> None:
        """A new account has no pixel: the list need not be asked for."""
        self._shared.know(_Listed({}, complete=True))

    def all(self) -> dict[str, Pixel]:
        """All connected pixels, from the one list of the run."""
        return self._shared.look(lambda listed: dict(listed.pixels))

    def bad_tokens(self) -> list[str]:
        """Ids of the pixels whose access token the gateway finds bad, sorted."""
        return self._shared.look(_Listed.find_bad_tokens)

    def get(self, pixel_id: str) -> Pixel | None:
        """A connected pixel, or None if the list proves that it is not connected.

        Raises:
            UnexpectedAnswerError: An entry of the list has no id.
        """
        found, complete = self._shared.look(lambda all_: (all_.pixels.get(pixel_id), all_.complete))
        if found is None and not complete:
            reason = f"an entry of the list has no id, so pixel {pixel_id} may or may not be there"
            raise UnexpectedAnswerError(
                reason, operation="list the pixels", tenant_id=self.tenant_id
            )
        return found

    def is_complete(self) -> bool:
        """Whether each entry of the list has an id."""
        return self._shared.look(lambda listed: listed.complete)

    def knows_absent(self, pixel_id: str) -> bool:
        """Whether the list, as far as it is known, lacks a pixel; nothing is asked."""
        return self._shared.glance(lambda listed: pixel_id not in listed.pixels, unread=True)

    def is_missing(self, pixel_id: str) -> bool:
        """Whether the list was read and proves that it lacks a pixel; nothing is asked."""
        return self._shared.glance(
            lambda listed: listed.complete and pixel_id not in listed.pixels, unread=False
        )

    def read_again(self) -> PixelList:
        """Ask for the list anew."""
        self._shared.read_again()
        return self

    def learned(self, pixel_id: str, pixel: Pixel | None) -> None:
        """An own write was answered: what the pixel is now, or None if it is disconnected."""
        if pixel is None:
            self.disconnected.add(pixel_id)
        else:
            self.disconnected.discard(pixel_id)
        self._shared.wrote(lambda listed: listed.put(pixel_id, pixel))

    def _ask(self) -> _Listed:
        from ..gateway import pixels

        configs = pixels.list_account(self._client(), self.tenant_id).signal_configs
        if configs is None:
            reason = "the gateway answered without a list (signalConfigs is null)"
            raise UnexpectedAnswerError(
                reason, operation="list the pixels", tenant_id=self.tenant_id
            )
        ids = [config.pixel_id if config else None for config in configs]
        listed = {
            i: Pixel.of(config) for i, config in zip(ids, configs, strict=True) if i and config
        }
        self._met(listed)
        return _Listed(listed, complete=all(ids))

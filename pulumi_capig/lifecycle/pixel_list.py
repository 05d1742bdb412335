"""The pixels of one account: read once a run, and kept true by own writes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..errors import GatewayError, UnexpectedAnswerError
from ..failures import LastFailure
from .pixels import Pixel

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..gateway import Gateway


class PixelList:
    """The shared list of an account's connected pixels; safe for threads.

    Args:
        tenant_id: The account.
        gateway: Opens the gateway when it is first needed.
    """

    def __init__(self, tenant_id: str, gateway: Callable[[], Gateway]) -> None:
        self.tenant_id = tenant_id
        self._gateway = gateway
        self._reading = threading.Lock()
        self._lock = threading.Lock()
        self._pixels: dict[str, Pixel] | None = None
        self._bad_tokens: list[str] | None = None
        self._complete = True
        self._serial = 0
        self._written: dict[str, tuple[int, Pixel | None]] = {}
        self._failure = LastFailure()

    def all(self) -> dict[str, Pixel]:
        """All connected pixels, from the one list of the run."""
        self._read_once()
        with self._lock:
            return dict(self._pixels or {})

    def bad_tokens(self) -> list[str]:
        """Ids of the pixels whose access token the gateway finds bad, sorted."""
        self._read_once()
        with self._lock:
            # Every read of a refresh asks, so that the list is gone through once, not each time.
            if self._bad_tokens is None:
                pixels = (self._pixels or {}).items()
                self._bad_tokens = sorted(i for i, pixel in pixels if pixel.bad_token)
            return self._bad_tokens

    def get(self, pixel_id: str) -> Pixel | None:
        """A connected pixel, or None if the list proves that it is not connected."""
        self._read_once()
        with self._lock:
            found = (self._pixels or {}).get(pixel_id)
        if found is None and not self._complete:
            reason = f"an entry of the list has no id, so pixel {pixel_id} may or may not be there"
            raise UnexpectedAnswerError(
                reason, operation="list the pixels", tenant_id=self.tenant_id
            )
        return found

    def knows_absent(self, pixel_id: str) -> bool:
        """Whether the list, as far as it is known, lacks a pixel; nothing is asked."""
        with self._lock:
            return self._pixels is None or pixel_id not in self._pixels

    def is_missing(self, pixel_id: str) -> bool:
        """Whether the list was read and lacks a pixel; nothing is asked."""
        with self._lock:
            return self._pixels is not None and pixel_id not in self._pixels

    def read_again(self) -> PixelList:
        """Ask for the list anew."""
        with self._reading:
            self._read()
        return self

    def learned(self, pixel_id: str, pixel: Pixel | None) -> None:
        """An own write was answered: what the pixel is now, or None if it is disconnected."""
        with self._lock:
            self._serial += 1
            self._written[pixel_id] = self._serial, pixel
            self._bad_tokens = None
            if self._pixels is not None:
                self._put(self._pixels, pixel_id, pixel)

    def _read_once(self) -> None:
        with self._reading:
            if self._pixels is not None:
                return
            self._failure.raise_if_recent()
            try:
                self._read()
            except GatewayError as error:
                self._failure.note(error)
                raise

    def _read(self) -> None:
        with self._lock:
            started = self._serial
        configs = self._gateway().account(self.tenant_id).signal_configs
        if configs is None:
            reason = "the gateway answered without a list (signalConfigs is null)"
            raise UnexpectedAnswerError(
                reason, operation="list the pixels", tenant_id=self.tenant_id
            )
        ids = [config.pixel_id if config else None for config in configs]
        listed = {
            i: Pixel.of(config) for i, config in zip(ids, configs, strict=True) if i and config
        }
        with self._lock:
            # What was written while the list was under way is newer than the list.
            for pixel_id, (serial, pixel) in self._written.items():
                if serial > started:
                    self._put(listed, pixel_id, pixel)
            self._pixels = listed
            self._bad_tokens = None
            self._complete = all(ids)

    @staticmethod
    def _put(pixels: dict[str, Pixel], pixel_id: str, pixel: Pixel | None) -> None:
        if pixel is None:
            pixels.pop(pixel_id, None)
        else:
            pixels[pixel_id] = pixel

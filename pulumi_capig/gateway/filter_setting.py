"""What an event or a website is set to, as a plain value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FilterKind = Literal["event", "domain"]


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

    @property
    def words(self) -> str:
        """The setting in words, for messages."""
        return f"set {self.kind} {self.name} to {self.filter_state} for {self._where()}"

    def _where(self) -> str:
        pixels = self.pixel_ids
        if pixels is None:
            return "the whole account"
        if len(pixels) <= 3:
            return f"pixel{'s' if len(pixels) > 1 else ''} {', '.join(pixels)}"
        return f"{len(pixels)} pixels"

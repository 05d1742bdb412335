"""Values used for something that the gateway does not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNTOLD = -1
"""For a number whose 0 has a meaning: an active account, a figure on a bill."""


def told(blank: Mapping[str, Any], **said: Any) -> dict[str, Any]:
    """Values by their names, with a blank one for each that is None.

    Args:
        blank: The value for each that is not said, by its name.
        said: What the gateway says.
    """
    return {**blank, **{name: value for name, value in said.items() if value is not None}}

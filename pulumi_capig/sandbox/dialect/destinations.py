"""The dialect of data destinations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DestinationDialect"]


@dataclass(frozen=True)
class DestinationDialect:
    """Switches of data destinations.

    Args:
        update_destination: Fields that an update leaves out stay, or are reset.
        http_auth_blocks: Which of the four structures of authentication a configuration has to
            have: any, or all of them.
        config_unknown_destination: An unknown destination is configured: 500, or `false`.
        meta_capi_config_in_list: Whether the list tells the dataset of a destination: it does, is
            null there, or the field is unknown everywhere.
    """

    update_destination: Literal["patch", "put"] = "patch"
    http_auth_blocks: Literal["any", "all-four"] = "any"
    config_unknown_destination: Literal["500", "false"] = "500"
    meta_capi_config_in_list: Literal["told", "null", "unknown"] = "told"

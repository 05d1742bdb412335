"""The dialect of data sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["SourceDialect"]


@dataclass(frozen=True)
class SourceDialect:
    """Switches of data sources.

    Args:
        source_update_field: Under which name an update takes the type.
        source_update_type: Whether an update may leave the type out.
        update_source: Fields that an update leaves out stay, or are reset.
        header_code: The code for a site is always the same, or has another id at each call.
    """

    source_update_field: Literal["both", "type", "dataSourceType"] = "both"
    source_update_type: Literal["optional", "required"] = "optional"
    update_source: Literal["patch", "put"] = "patch"
    header_code: Literal["stable", "another-id"] = "stable"

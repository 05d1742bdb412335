"""The dialect of event filters and domain filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AccountWide", "FilterDialect"]

AccountWide = Literal["rule-own-first", "rule-own-last", "copies"]


@dataclass(frozen=True)
class FilterDialect:
    """Switches of filters.

    Args:
        filter_echo_several: The one `updatedFilter` of several pixels names the first one, none,
            or none with the account's common state, `MIXED` where its pixels differ.
        filter_echo_id: Whether `updatedFilter` has an `id`.
        filter_echo_missing: Fields of `updatedFilter` (or `updatedFilter` itself) answered null.
        filter_unknown_pixel: A filter of a pixel that is not connected: stored, or 404.
        account_wide: How a filter without pixels is kept: as one rule which a pixel's own entry
            overrides (`rule-own-first`), as one rule which overrides a pixel's own entry and which
            `PUBLISH` clears (`rule-own-last`), or as an entry of each pixel connected then.
        filters_survive_delete: Whether a pixel that is connected anew finds its former entries.
    """

    filter_echo_several: Literal["first", "null", "mixed"] = "first"
    filter_echo_id: bool = True
    filter_echo_missing: frozenset[str] = frozenset()
    filter_unknown_pixel: Literal["accepted", "404"] = "accepted"
    account_wide: AccountWide = "rule-own-first"
    filters_survive_delete: bool = False

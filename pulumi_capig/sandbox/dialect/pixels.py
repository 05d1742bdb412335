"""The dialect of pixel connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["PixelDialect"]


@dataclass(frozen=True)
class PixelDialect:
    """Switches of pixel connections.

    Args:
        second_setup: A pixel that is already connected is set up again: its switches stay, are
            switched on, or the operation answers 400.
        second_setup_unnamed: A second setup without `name` clears or keeps the name.
        second_setup_filters: A second setup keeps or forgets the pixel's own filters.
        foreign_pixel: A pixel of another account is set up: connected in both, or 400.
        delete_unknown: Deletion of a pixel that is not connected: 404, or `false`.
        list_connection_id: Whether the list says `connectionId`.
        unknown_tenant: The list of an unknown account. Everything else answers 401 for it.
        unset_pixel_name: `pixelName` of a pixel without name: as the samples (null after setup,
            else empty), always empty, always null.
        switch_unknown_pixel: A switch of a pixel that is not connected: 500, success without
            `connectionStatus`, or `success: false`.
        odd_status: A switch to something other than 0 or 1: 400, or taken as 1.
        active: `active` means both switches are on, or receiving alone.
        setup_status_null: Whether setup answers without `connectionStatus`.
        bad_tokens: Access tokens found bad as soon as they are set up.
    """

    second_setup: Literal["upsert", "resets-switches", "400"] = "upsert"
    second_setup_unnamed: Literal["clears", "keeps"] = "clears"
    second_setup_filters: Literal["keeps", "forgets"] = "keeps"
    foreign_pixel: Literal["allowed", "400"] = "allowed"
    delete_unknown: Literal["404", "false"] = "404"
    list_connection_id: bool = True
    unknown_tenant: Literal["401", "account-null", "signal-configs-null"] = "401"
    unset_pixel_name: Literal["sample", "empty", "null"] = "sample"
    switch_unknown_pixel: Literal["500", "null-status", "no-success"] = "500"
    odd_status: Literal["400", "on"] = "400"
    active: Literal["both", "receiving"] = "both"
    setup_status_null: bool = False
    bad_tokens: frozenset[str] = frozenset()

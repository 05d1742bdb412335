"""Filters of events and of websites: operations 6 and 7 of the reference."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..play import Operations, Play, require
from ..state import FilterKind

__all__ = ["OPERATIONS"]

OPERATIONS = Operations()


@OPERATIONS.plays("TenantMutations.updateEventFilter")
def _event(play: Play, *, input: dict[str, Any]) -> Any:
    return _set(play, "event", "EventFilter", "eventName", input)


@OPERATIONS.plays("TenantMutations.updateDomainFilter")
def _domain(play: Play, *, input: dict[str, Any]) -> Any:
    return _set(play, "domain", "DomainFilter", "domain", input)


def _set(
    play: Play, kind: FilterKind, type_name: str, name_field: str, given: dict[str, Any]
) -> Any:
    tenant = play.account().id
    if play.refusing:
        return {"updatedFilter": None}
    name, pixels, wanted = given[name_field], given.get("pixelIds"), given["filterState"]
    require(name.strip(), 400, f"{name_field} is empty")
    require(pixels is None or pixels, 400, "pixelIds is empty")
    require(wanted != "MIXED", 400, "filterState MIXED cannot be set")
    if play.dialect.filter_unknown_pixel == "404":
        for pixel in pixels or ():
            require(play.state.pixel(tenant, pixel), 404, f"Pixel {pixel} not found")
    play.state.write_filter(play.operation, kind, tenant, name, pixels, wanted)
    told, pixel = _told(play, kind, name, pixels, wanted)
    label = f"{type_name}:{name}:{pixel or 'global'}" if play.dialect.filter_echo_id else None
    echo = {"id": label, name_field: name, "pixelId": pixel, "filterState": told}
    return _echo(echo, play.dialect.filter_echo_missing)


def _told(
    play: Play, kind: FilterKind, name: str, pixels: list[str] | None, wanted: str
) -> tuple[str, str | None]:
    """The state and the pixel that the answer names."""
    several = play.dialect.filter_echo_several
    if not pixels or (len(pixels) > 1 and several != "first"):
        mixed = pixels and several == "mixed"
        return (_common_state(play, kind, name) if mixed else wanted), None
    return wanted, pixels[0]


def _common_state(play: Play, kind: FilterKind, name: str) -> str:
    states = {
        play.state.effective(kind, play.tenant, name, pixel.pixel_id) or ""
        for pixel in play.state.pixels(play.tenant)
    }
    return states.pop() if len(states) == 1 else "MIXED"


def _echo(told: dict[str, Any], missing: Collection[str]) -> dict[str, Any]:
    kept = {field: None if field in missing else value for field, value in told.items()}
    return {"updatedFilter": None if "updatedFilter" in missing else kept}

"""What the inputs and outputs of a pixel connection say, by themselves: nothing here sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .. import canonical
from ..errors import RefusedError
from ..gateway.pixel import Pixel
from .values import UNKNOWN, Failure, Props, differs

if TYPE_CHECKING:
    from collections.abc import Mapping


class PixelKey(NamedTuple):
    """What a connection is about."""

    tenant_id: str
    pixel_id: str


FIELDS = {
    "pixel_id": canonical.pixel_id,
    "business_id": canonical.business_id,
    "access_token": canonical.access_token,
    "external_id": lambda value: canonical.text(value, "an external id"),
    "api_version": canonical.api_version,
    "pixel_name": lambda value: canonical.text(value, "a pixel name"),
    "tenant_id": canonical.tenant_id,
    "receiving": canonical.switch,
    "publishing": canonical.switch,
    "adopt": canonical.switch,
    "reassert": lambda value: canonical.text(value, "reassert"),
}
FINGERPRINT = "access_token_fingerprint"
INPUTS = (*(name for name in FIELDS if name != "adopt"), FINGERPRINT)

SET_UP_BY = ("business_id", "external_id", "api_version", "pixel_name", FINGERPRINT)
"""Inputs that operation 1 alone carries to the gateway."""

SWITCHES = {"receiving": "event_bridge_active", "publishing": "publishing_enabled"}
"""Input and what the gateway calls it."""

KEYS = ("tenant_id", "pixel_id")
MANAGED = ("business_id", "access_token", "external_id")


def key_of(props: Mapping[str, Any]) -> PixelKey:
    """Account and pixel of a resource."""
    return PixelKey(props["tenant_id"], props["pixel_id"])


def key_of_id(resource_id: str) -> PixelKey:
    """Account and pixel of a resource's id.

    Raises:
        RefusedError: The id has not the form ``<tenantId>/<pixelId>``.
    """
    tenant_id, slash, pixel_id = resource_id.partition("/")
    try:
        if not slash:
            raise ValueError
        return PixelKey(canonical.tenant_id(tenant_id), canonical.pixel_id(pixel_id))
    except ValueError as error:
        what = "get a pixel connection: the id must have the form <tenantId>/<pixelId>"
        raise RefusedError(what, "For example IaoreXfj/18904456377094531.") from error


def fingerprint(inputs: Props) -> Any:
    """Non-reversible fingerprint of the token; unknown while its inputs are unknown."""
    pixel_id, token = inputs.get("pixel_id"), inputs["access_token"]
    if not isinstance(pixel_id, str) or not isinstance(token, str):
        return UNKNOWN
    return canonical.fingerprint(pixel_id, token)


def is_managed(inputs: Mapping[str, Any]) -> bool:
    """Whether operation 1 may be sent: unmanaged pixels were taken over without their secrets."""
    return "business_id" in inputs and "access_token" in inputs


def declared_switches(inputs: Mapping[str, Any], *, default: bool | None = None) -> dict[str, bool]:
    """The switches that are declared, or have a default."""
    wanted = {name: inputs.get(name, default) for name in SWITCHES}
    return {name: on for name, on in wanted.items() if on is not None}


def changed_inputs(olds: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
    """Inputs that differ; a token is compared by its fingerprint, which shows in a diff."""
    blank = {FINGERPRINT: ""}
    names = (name for name in INPUTS if name not in (*KEYS, "access_token"))
    return {name for name in names if differs(name, {**blank, **olds}, {**blank, **news})}


def declared_inputs(outputs: Mapping[str, Any]) -> set[str]:
    """Which outputs the program declared: those are inputs as well."""
    names = {name for name in INPUTS if name in outputs}
    return names if "access_token" in outputs else names - {FINGERPRINT}


def drift_of(outputs: Mapping[str, Any], listed: Pixel) -> Props:
    """What was declared and is different now."""
    drift: Props = {}
    for name, fact in SWITCHES.items():
        if name in outputs and (now := getattr(listed, fact)) is not None:
            drift[name] = now
    if "pixel_name" in outputs and listed.pixel_name:
        drift["pixel_name"] = listed.pixel_name
    if outputs.get("access_token_available") and listed.access_token_available is False:
        drift[FINGERPRINT] = ""
    return drift


def missing_inputs(
    olds: Mapping[str, Any], inputs: Mapping[str, Any], *, adopt: bool, external_id_given: bool
) -> list[Failure]:
    """What has to be declared, and what cannot be, by how the pixel came under management."""
    if "pixel_id" not in inputs:
        return [Failure("pixel_id", "a pixel id is missing")]
    if is_managed(olds):
        reason = "the gateway keeps this value, so it cannot be left out again: put it back"
        return [Failure(n, reason) for n in MANAGED[:2] if n in olds and n not in inputs]
    if not (olds or adopt):
        reason = "missing: connecting a pixel needs business_id and access_token"
        return [Failure(name, reason) for name in MANAGED[:2] if name not in inputs]
    if any(name in inputs for name in MANAGED):
        needed = MANAGED[:2] if external_id_given else MANAGED
        reason = (
            "missing: to take over a connected pixel, declare business_id, access_token and "
            'external_id (external_id="" if it has none), or none of the three'
        )
        return [Failure(name, reason) for name in needed if name not in inputs]
    reason = (
        "it is sent only when a pixel is set up: declare business_id, access_token and external_id "
        "too, or leave it out"
    )
    return [Failure(name, reason) for name in ("pixel_name", "api_version") if name in inputs]


def switched(name: str, on: bool | None) -> str:
    """A switch that was turned, in words."""
    return f"switched {name} {'on' if on else 'off'}"

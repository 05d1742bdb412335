"""Look up connected pixels, with live counters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from ..errors import NotFoundError, UnexpectedAnswerError
from ..invocation import Invocation
from ..lookup import UNTOLD, account, blank_pixel
from .shown import Shown

if TYPE_CHECKING:
    from ..gateway import Client

__all__ = [
    "GetPixelConnectionResult",
    "GetPixelConnectionsResult",
    "get_pixel_connection",
    "get_pixel_connection_output",
    "get_pixel_connections",
    "get_pixel_connections_output",
]


@pulumi.output_type
class GetPixelConnectionResult(Shown):
    """A connected pixel as the gateway holds it now; no value is ever None.

    Attributes:
        tenant_id: The account.
        pixel_id: The pixel, decimal digits.
        pixel_name: Display name on the gateway; ``""`` if it has none.
        receiving: Whether the gateway receives the pixel's browser events.
        publishing: Whether the gateway publishes the events to Meta.
        domains: Websites that the gateway has seen events of.
        last_published: When an event was last published, as the gateway counts time; 0.0 if never.
        total_events_published: Events published in the time window.
        last_received: When an event was last received; 0.0 if never.
        total_events_received: Events received in the time window.
        signal_config_id: The gateway's global id, ``SignalConfig:<pixel id>``.
        connection_id: The bare pixel id, which the gateway uses as the id of the connection.
        connected: Whether pixel id and access token are both present.
        active: Whether the pixel is active as a whole.
        event_bridge_active: What the gateway calls `receiving`.
        publishing_enabled: What the gateway calls `publishing`.
        access_token_available: Whether the gateway holds a token.
        bad_token: Whether the gateway found the token to be bad.
        api_error_code: The last publishing error, ``<code>.<subcode>``; ``""`` if there is none.
        data_set_type: ``PIXEL`` is the only value seen.
        gateway: Host of the gateway.
    """

    tenant_id: str
    pixel_id: str
    pixel_name: str
    receiving: bool
    publishing: bool
    domains: Sequence[str]
    last_published: float
    total_events_published: float
    last_received: float
    total_events_received: float
    signal_config_id: str
    connection_id: str
    connected: bool
    active: bool
    event_bridge_active: bool
    publishing_enabled: bool
    access_token_available: bool
    bad_token: bool
    api_error_code: str
    data_set_type: str
    gateway: str


@pulumi.output_type
class GetPixelConnectionsResult(Shown):
    """An account and its connected pixels as the gateway holds them now.

    Attributes:
        tenant_id: The account.
        name: Its name; ``""`` if the gateway does not say it.
        status: 0 active, 1 setup in progress, 2 deactivated; -1 if the gateway does not say it.
        pixel_connections: The connected pixels, in the gateway's order.
    """

    tenant_id: str
    name: str
    status: int
    pixel_connections: Sequence[GetPixelConnectionResult]


def get_pixel_connection(
    pixel_id: str,
    tenant_id: str | None = None,
    time_window: int | None = 60,
    opts: pulumi.InvokeOptions | None = None,
) -> GetPixelConnectionResult:
    """Look up one connected pixel, with live counters.

    For several pixels of an account, use `get_pixel_connections`: it is one request.

    Args:
        pixel_id: The pixel, decimal digits as text.
        tenant_id: The account. Defaults to `CAPIG_TENANT_ID` or ``capig:tenantId``.
        time_window: How many minutes the counters cover.
        opts: Pulumi's invoke options; ``provider`` is refused.

    Raises:
        NotFoundError: The pixel is not connected.
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting is in plain
            text.
    """
    arguments = {"pixel_id": pixel_id, "tenant_id": tenant_id, "time_window": time_window}
    return _PIXEL.now(arguments, opts)


def get_pixel_connection_output(
    pixel_id: pulumi.Input[str],
    tenant_id: pulumi.Input[str | None] | None = None,
    time_window: pulumi.Input[int | None] | None = 60,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetPixelConnectionResult]:
    """`get_pixel_connection` for arguments that are outputs of other resources.

    The result is unknown while an argument or a resource in ``depends_on`` is unknown. It is secret
    if an argument is secret, and depends on what the arguments depend on.
    """
    arguments = {"pixel_id": pixel_id, "tenant_id": tenant_id, "time_window": time_window}
    return _PIXEL.output(arguments, opts)


def get_pixel_connections(
    tenant_id: str | None = None,
    time_window: int | None = 60,
    opts: pulumi.InvokeOptions | None = None,
) -> GetPixelConnectionsResult:
    """Look up all connected pixels of an account, with live counters.

    Args:
        tenant_id: The account. Defaults to `CAPIG_TENANT_ID` or ``capig:tenantId``.
        time_window: How many minutes the counters cover.
        opts: Pulumi's invoke options; ``provider`` is refused.

    Raises:
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: An id is a number, ``provider`` is set, or a secret setting is in plain
            text.
    """
    return _PIXELS.now({"tenant_id": tenant_id, "time_window": time_window}, opts)


def get_pixel_connections_output(
    tenant_id: pulumi.Input[str | None] | None = None,
    time_window: pulumi.Input[int | None] | None = 60,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetPixelConnectionsResult]:
    """`get_pixel_connections` for arguments that are outputs of other resources.

    The result is unknown while an argument or a resource in ``depends_on`` is unknown. It is secret
    if an argument is secret, and depends on what the arguments depend on.
    """
    return _PIXELS.output({"tenant_id": tenant_id, "time_window": time_window}, opts)


def _ask_account(client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    return account(client, arguments["tenant_id"], arguments["time_window"])


def _ask_pixel(client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    found = _ask_account(client, arguments)
    pixels = {pixel["pixel_id"]: pixel for pixel in found["pixel_connections"]}
    pixel_id, tenant_id = arguments["pixel_id"], found["tenant_id"]
    if pixel_id in pixels:
        return dict(pixels[pixel_id])
    if "" in pixels:
        reason = f"an entry of the list has no id, so pixel {pixel_id} may or may not be there"
        raise UnexpectedAnswerError(reason, operation="list the pixels", tenant_id=tenant_id)
    reason = "it is not connected"
    raise NotFoundError(reason, operation=f"get pixel {pixel_id}", tenant_id=tenant_id)


def _read_pixel(values: dict[str, Any]) -> GetPixelConnectionResult:
    return GetPixelConnectionResult(**{**blank_pixel(), **values})


def _read_account(values: dict[str, Any]) -> GetPixelConnectionsResult:
    whole = {"tenant_id": "", "name": "", "status": UNTOLD, "pixel_connections": [], **values}
    pixels = [
        _read_pixel({"tenant_id": whole["tenant_id"], **pixel})
        for pixel in whole["pixel_connections"]
    ]
    return GetPixelConnectionsResult(
        **{**whole, "status": int(whole["status"]), "pixel_connections": pixels}
    )


_PIXEL = Invocation("get_pixel_connection", _ask_pixel, _read_pixel)
_PIXELS = Invocation("get_pixel_connections", _ask_account, _read_account)

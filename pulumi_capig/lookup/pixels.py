"""An account with its connected pixels, counters included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import UnexpectedAnswerError
from ..gateway.pixel import Pixel
from .untold import UNTOLD

if TYPE_CHECKING:
    from ..gateway import Account, Client, SignalConfig

COUNTERS = (
    "last_published",
    "total_events_published",
    "last_received",
    "total_events_received",
)


def account(client: Client, tenant_id: str, time_window: int = 60) -> dict[str, Any]:
    """An account with all its connected pixels; no value in it is None.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        time_window: Minutes that the counters cover.

    Raises:
        GatewayError: The gateway refused, cannot be reached, or answered without the account.
    """
    answer, configs = listed(client, tenant_id, time_window)
    return {
        "tenant_id": tenant_id,
        "name": answer.name or "",
        "status": UNTOLD if answer.status is None else answer.status,
        "pixel_connections": [pixel(client.host, tenant_id, config) for config in configs],
    }


def listed(
    client: Client, tenant_id: str, time_window: int = 60
) -> tuple[Account, list[SignalConfig]]:
    """An account as the gateway answers it, and its connected pixels."""
    from ..gateway import pixels

    answer = pixels.list_account(client, tenant_id, time_window)
    if answer.signal_configs is None:
        reason = "the gateway answered without a list (signalConfigs is null)"
        raise UnexpectedAnswerError(reason, operation="list the pixels", tenant_id=tenant_id)
    return answer, [config for config in answer.signal_configs if config is not None]


def pixel(host: str, tenant_id: str, config: SignalConfig) -> dict[str, Any]:
    """One connected pixel."""
    held, status = Pixel.of(config), config.connection_status
    outputs = held.outputs()
    return {
        **blank_pixel(),
        "tenant_id": tenant_id,
        "pixel_id": config.pixel_id or "",
        "pixel_name": held.pixel_name or "",
        "receiving": outputs["event_bridge_active"],
        "publishing": outputs["publishing_enabled"],
        **outputs,
        "domains": [domain for domain in config.domains or () if domain],
        **{name: getattr(status, name, None) or 0.0 for name in COUNTERS},
        "gateway": host,
    }


def blank_pixel() -> dict[str, Any]:
    """A pixel of which nothing is known."""
    return {
        "tenant_id": "",
        "pixel_id": "",
        "pixel_name": "",
        "receiving": False,
        "publishing": False,
        **Pixel().outputs(),
        "domains": [],
        **dict.fromkeys(COUNTERS, 0.0),
        "gateway": "",
    }

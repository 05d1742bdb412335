"""What is known of one connected pixel: the stable facts, without the counters."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operations.pixels import ConnectionStatus, SignalConfig

_FROM_STATUS = (
    "pixel_name",
    "connected",
    "active",
    "event_bridge_active",
    "publishing_enabled",
    "access_token_available",
    "bad_token",
    "api_error_code",
)

_BLANK: dict[str, str | bool] = {
    "signal_config_id": "",
    "connection_id": "",
    "data_set_type": "",
    "connected": False,
    "active": False,
    "event_bridge_active": False,
    "publishing_enabled": False,
    "access_token_available": False,
    "bad_token": False,
    "api_error_code": "",
}
"""The outputs, each with the value that is used while no answer has given one."""


@dataclass(frozen=True)
class Pixel:
    """A connected pixel; None is what no answer has said yet."""

    signal_config_id: str | None = None
    connection_id: str | None = None
    data_set_type: str | None = None
    pixel_name: str | None = None
    connected: bool | None = None
    active: bool | None = None
    event_bridge_active: bool | None = None
    publishing_enabled: bool | None = None
    access_token_available: bool | None = None
    bad_token: bool | None = None
    api_error_code: str | None = None

    @classmethod
    def of(cls, config: SignalConfig) -> Pixel:
        """From an answer of the gateway."""
        pixel = cls(
            signal_config_id=config.id,
            connection_id=config.connection_id or config.pixel_id,
            data_set_type=config.data_set_type,
        )
        return pixel.after(config.connection_status)

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, Any]) -> Pixel:
        """From the state of a resource."""
        return cls(**{f.name: outputs[f.name] for f in fields(cls) if f.name in outputs})

    def after(self, status: ConnectionStatus | None) -> Pixel:
        """With what an answer says; what it leaves null keeps its last known value."""
        if status is None:
            return self
        said = {
            name: value for name in _FROM_STATUS if (value := getattr(status, name)) is not None
        }
        if "api_error_code" in status.model_fields_set and status.api_error_code is None:
            said["api_error_code"] = ""  # null is how the gateway says: no error
        return replace(self, **said)

    def over(self, older: Pixel) -> Pixel:
        """This, with an older one's values where nothing is known."""
        return replace(older, **{k: v for k, v in asdict(self).items() if v is not None})

    def outputs(self) -> dict[str, Any]:
        """The outputs of a resource: never null, so that dependants know them in a preview."""
        known = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: known.get(name, blank) for name, blank in _BLANK.items()}

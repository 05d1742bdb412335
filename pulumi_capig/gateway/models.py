"""What the gateway answers, read leniently: any field may be null or missing, unknown ones pass."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Answer(BaseModel):
    """Base of all answers: GraphQL names on the wire, ids as text even if they came as numbers."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        coerce_numbers_to_str=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )


class ConnectionStatus(Answer):
    """State of one pixel connection; the counters cover the window that was asked for."""

    model_config = ConfigDict(
        alias_generator=lambda name: "pixelID" if name == "pixel_id" else to_camel(name)
    )

    id: str | None = None
    pixel_id: str | None = None
    pixel_name: str | None = None
    connected: bool | None = None
    active: bool | None = None
    event_bridge_active: bool | None = None
    publishing_enabled: bool | None = None
    access_token_available: bool | None = None
    bad_token: bool | None = None
    api_error_code: str | None = None
    target_id: str | None = None
    last_published: float | None = None
    total_events_published: float | None = None
    last_received: float | None = None
    total_events_received: float | None = None


class SignalConfig(Answer):
    """One connected pixel."""

    id: str | None = None
    connection_id: str | None = None
    data_set_type: str | None = None
    domains: list[str | None] | None = None
    connection_status: ConnectionStatus | None = None

    @property
    def pixel_id(self) -> str | None:
        """The bare pixel id, from whichever of its three places holds it."""
        status = self.connection_status
        if status and status.pixel_id:
            return status.pixel_id
        if self.connection_id:
            return self.connection_id
        for global_id in (self.id, status.id if status else None):
            if global_id and ":" in global_id:
                return global_id.rpartition(":")[2]
        return self.id


class Account(Answer):
    """An account with its connected pixels."""

    name: str | None = None
    status: int | None = None
    signal_configs: list[SignalConfig | None] | None = None


class SwitchResult(Answer):
    """Answer to a switch."""

    success: bool | None = None
    connection_status: ConnectionStatus | None = None


class Filter(Answer):
    """One event or domain filter; one object even where several pixels were asked for."""

    id: str | None = None
    event_name: str | None = None
    domain: str | None = None
    pixel_id: str | None = None
    filter_state: str | None = None


class FilterResult(Answer):
    """Answer to a filter."""

    updated_filter: Filter | None = None

"""Pixel management: operations 1 to 5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from ...errors import UnexpectedAnswerError
from ..calls import Call
from ..failure import AttemptFailure
from ..models import Model
from ..operation import Operation

if TYPE_CHECKING:
    from ..client import Client

_SIGNALS = ("tenantMutations", "signalMutations")

SET_UP = Operation(
    "AddNewPixelModalMutation",
    "capig",
    (*_SIGNALS, "setupPixelSignalConfig"),
    mutates=True,
    repeatable=False,
)
DELETE = Operation(
    "DeleteDataSourceModalMutation",
    "capig",
    (*_SIGNALS, "deleteDataSource"),
    mutates=True,
    nullable=True,
)
LIST = Operation("ConnectionStatusCardQuery", "capig", ("tenantQueries", "account"), mutates=False)
SWITCH_RECEIVING = Operation(
    "updateSignalConfigStatusMutation",
    "capig",
    (*_SIGNALS, "updateSignalConfigEventsStatus"),
    mutates=True,
)
SWITCH_PUBLISHING = Operation(
    "updateSignalConfigCapiPublishMutation",
    "capig",
    (*_SIGNALS, "updateSignalConfigCapiPublish"),
    mutates=True,
)


class ConnectionStatus(Model):
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


class SignalConfig(Model):
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


class Account(Model):
    """An account with its connected pixels."""

    name: str | None = None
    status: int | None = None
    signal_configs: list[SignalConfig | None] | None = None


class SwitchResult(Model):
    """Answer to a switch."""

    success: bool | None = None
    connection_status: ConnectionStatus | None = None


def connect(
    client: Client,
    tenant_id: str,
    pixel_id: str,
    *,
    business_id: str,
    access_token: str,
    external_id: str = "",
    api_version: str | None = None,
    name: str | None = None,
) -> SignalConfig:
    """Connect a pixel, or set a connected one up again (operation 1).

    What a second setup does is not documented: an upsert by the troubleshooting guide, an error or
    a reset of the switches for all that is known. So this call is never sent twice after an unknown
    outcome: `OutcomeUnknownError` asks the caller to look first.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pixel_id: The pixel, decimal digits.
        business_id: The Meta business that owns it, decimal digits.
        access_token: The pixel's token; secret.
        external_id: ``external_business_id`` of the MBE setup; empty with manual tokens.
        api_version: Graph API version such as ``v24.0``; the gateway's own if None.
        name: Display name.

    Returns:
        The connected pixel, as the gateway answers it.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    optional = {"apiVersion": api_version, "name": name}
    given = {
        "businessId": business_id,
        "pixelId": pixel_id,
        "accessToken": access_token,
        "externalId": external_id,
        **{key: value for key, value in optional.items() if value is not None},
    }
    call = Call(
        SET_UP,
        f"connect pixel {pixel_id}",
        tenant_id,
        {"tenantId": tenant_id, "input": given},
        SignalConfig.read,
        secrets=frozenset({access_token}),
    )
    with client.connection_writes:
        return client.execute(call)


def disconnect(client: Client, tenant_id: str, pixel_id: str) -> bool | None:
    """Remove a pixel's connection (operation 2).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pixel_id: The pixel.

    Returns:
        The gateway's own flag, which may be null.

    Raises:
        NotFoundError: The pixel is not connected.
        GatewayError: It failed in another way.
    """
    call = Call(
        DELETE,
        f"disconnect pixel {pixel_id}",
        tenant_id,
        {"tenantId": tenant_id, "id": pixel_id},
        _flag,
    )
    with client.connection_writes:
        return client.execute(call)


def list_account(client: Client, tenant_id: str, time_window: int = 60) -> Account:
    """Read an account with all its connected pixels (operation 3).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        time_window: Minutes that the counters cover.

    Returns:
        The account. Its list is None where the gateway answers none, which is not an empty one.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    variables = {"tenantId": tenant_id, "timeWindow": time_window}
    return client.execute(Call(LIST, "list the pixels", tenant_id, variables, Account.read))


def unknown_fields(client: Client) -> list[str]:
    """Fields of an account and its pixels that this gateway has refused: it is an older one.

    They are known once an account was read. No request is sent for this.

    Args:
        client: Of the gateway.
    """
    return client.refused_fields(LIST)


def set_receiving(client: Client, tenant_id: str, pixel_id: str, on: bool) -> ConnectionStatus:
    """Switch receiving of a pixel's events on or off (operation 4).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pixel_id: The pixel.
        on: Whether it receives.

    Returns:
        The state of its connection, as the gateway answers it.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    words = f"switch receiving of pixel {pixel_id} {'on' if on else 'off'}"
    return _switch(client, SWITCH_RECEIVING, words, tenant_id, pixel_id, on)


def set_publishing(client: Client, tenant_id: str, pixel_id: str, on: bool) -> ConnectionStatus:
    """Switch publishing of a pixel's events on or off (operation 5).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pixel_id: The pixel.
        on: Whether it publishes.

    Returns:
        The state of its connection, as the gateway answers it.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    words = f"switch publishing of pixel {pixel_id} {'on' if on else 'off'}"
    return _switch(client, SWITCH_PUBLISHING, words, tenant_id, pixel_id, on)


def _switch(
    client: Client, operation: Operation, words: str, tenant_id: str, pixel_id: str, on: bool
) -> ConnectionStatus:
    variables = {"tenantId": tenant_id, "id": pixel_id, "input": {"status": int(on)}}
    with client.connection_writes:
        return client.execute(Call(operation, words, tenant_id, variables, _switched))


def _flag(result: Any) -> bool | None:
    return result if isinstance(result, bool) else None


def _switched(result: Any) -> ConnectionStatus:
    answer = SwitchResult.read(result)
    if answer.success is False:
        raise AttemptFailure(
            UnexpectedAnswerError,
            "the gateway answered success: false",
            advice="Check in the gateway that the pixel is still connected; `pulumi refresh` "
            "tells.",
        )
    return answer.connection_status or ConnectionStatus()

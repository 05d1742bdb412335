"""Pixel management: operations 1 to 5."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from ...errors import GatewayError, NotAuthorizedError, NotFoundError, UnexpectedAnswerError
from ..answers import NO_DATA, NULL
from ..calls import Call
from ..failure import AttemptFailure
from ..models import ODD_IS_UNKNOWN, Figure, Model, Status, Word, flag
from ..operation import Operation

if TYPE_CHECKING:
    from ..client import Client

_SIGNALS = ("tenantMutations", "signalMutations")

_SPARE = frozenset(
    {
        "domains",
        "lastPublished",
        "lastReceived",
        "status",
        "targetId",
        "totalEventsPublished",
        "totalEventsReceived",
    }
)
"""Fields that no resource depends on: they must not keep an account from being read."""

_DIGITS = re.compile(r"[0-9]+")
_GLOBAL_ID = re.compile(r"[A-Za-z]\w*(?::[\w-]+)*:([0-9]+)", re.ASCII)

_GONE = (
    "If the account is gone for good, remove its resources and their dependents from the state: "
    "`pulumi state delete URN --target-dependents`."
)

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
LIST = Operation(
    "ConnectionStatusCardQuery",
    "capig",
    ("tenantQueries", "account"),
    mutates=False,
    spare=_SPARE,
)
SWITCH_RECEIVING = Operation(
    "updateSignalConfigStatusMutation",
    "capig",
    (*_SIGNALS, "updateSignalConfigEventsStatus"),
    mutates=True,
    spare=_SPARE,
)
SWITCH_PUBLISHING = Operation(
    "updateSignalConfigCapiPublishMutation",
    "capig",
    (*_SIGNALS, "updateSignalConfigCapiPublish"),
    mutates=True,
    spare=_SPARE,
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
    target_id: Word = None
    last_published: Figure = None
    total_events_published: Figure = None
    last_received: Figure = None
    total_events_received: Figure = None


class SignalConfig(Model):
    """One connected pixel."""

    id: str | None = None
    connection_id: str | None = None
    data_set_type: str | None = None
    domains: Annotated[list[str | None] | None, ODD_IS_UNKNOWN] = None
    connection_status: ConnectionStatus | None = None

    @property
    def pixel_id(self) -> str | None:
        """The bare pixel id, from whichever of its four places holds one.

        Only digits are an id, plain or in a global id, which may be encoded: whatever else stands
        there would not be found again, and a connected pixel would be taken for gone.
        """
        status = self.connection_status or ConnectionStatus()
        bare, ids = (status.pixel_id, self.connection_id), (self.id, status.id)
        found = (*map(_bare_id, bare), *map(_in_global_id, ids), *map(_bare_id, ids))
        return next(filter(None, found), None)


class Account(Model):
    """An account with its connected pixels."""

    name: str | None = None
    status: Status = None
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
    with client.writes:
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
        flag,
    )
    with client.writes:
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
    try:
        return client.execute(Call(LIST, "list the pixels", tenant_id, variables, Account.read))
    except GatewayError as error:
        if not _may_be_gone(error):
            raise
        raise error.because(advice=f"{error.advice} {_GONE}") from error.__cause__


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
    with client.writes:
        return client.execute(Call(operation, words, tenant_id, variables, _switched))


def _may_be_gone(error: GatewayError) -> bool:
    """Whether an account that was deleted may answer so, to one that may see it no more too."""
    if error.tenant_id is None:
        return False
    return isinstance(error, NotAuthorizedError | NotFoundError) or error.reason in (NO_DATA, NULL)


def _bare_id(text: str | None) -> str | None:
    if text is not None and _DIGITS.fullmatch(text):
        return text
    return _in_global_id(text)


def _in_global_id(text: str | None) -> str | None:
    for plain in (text or "", _decoded(text or "")):
        if found := _GLOBAL_ID.fullmatch(plain):
            return found[1]
    return None


def _decoded(text: str) -> str:
    """A global id out of its base64, as Relay has it; empty if it is none."""
    try:
        usual = text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4)
        return base64.b64decode(usual, validate=True).decode("ascii")
    except ValueError:
        return ""


def _switched(result: Any) -> ConnectionStatus:
    answer = SwitchResult.read(result)
    if answer.success is False:
        raise AttemptFailure(
            UnexpectedAnswerError,
            "the gateway answered success: false",
            advice="Run `pulumi refresh` to see whether the pixel is still connected.",
        )
    return answer.connection_status or ConnectionStatus()

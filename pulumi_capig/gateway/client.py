"""The seven operations of pixel management, typed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, TypeVar

from pydantic import ValidationError

from ..errors import GatewayError, UnexpectedAnswerError
from ..settings import Connection
from .answers import Failure
from .calls import Call
from .filters import FilterKind, FilterSetting, documents_of
from .joint import Part
from .models import (
    Account,
    Answer,
    ConnectionStatus,
    Filter,
    FilterResult,
    SignalConfig,
    SwitchResult,
)
from .session import Session
from .together import Together

A = TypeVar("A", bound=Answer)

_LIST = "ConnectionStatusCardQuery"


class Gateway:
    """A client of one gateway; safe for threads; knows nothing of Pulumi.

    Args:
        connection: Address, credentials and limits, as `Settings.connection()` gives them.
        session: What sends the calls; made from `connection` if None.

    All methods raise `GatewayError`, whose class says what may be done about it.
    """

    def __init__(self, connection: Connection, session: Session | None = None) -> None:
        self.host = connection.address.host
        self._session = session or Session(connection)
        self._filters = Together(self._session, _filter)
        self._connection_writes = threading.BoundedSemaphore(connection.parallel_writes)

    def __enter__(self) -> Gateway:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def rest_after(self, error: GatewayError) -> None:
        """Wait for as long as the gateway asked with an error, before what is sent next."""
        if error.retry_after:
            self._session.rest(error.retry_after)

    def connect_pixel(
        self,
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

        What a second setup does is not documented: an upsert by the troubleshooting guide, an
        error or a reset of the switches for all that is known. So this call is never sent twice
        after an unknown outcome: `OutcomeUnknownError` asks the caller to look first.

        Args:
            tenant_id: The account.
            pixel_id: The pixel, decimal digits.
            business_id: The Meta business that owns it, decimal digits.
            access_token: The pixel's token; secret.
            external_id: ``external_business_id`` of the MBE setup; empty with manual tokens.
            api_version: Graph API version such as ``v24.0``; the gateway's own if None.
            name: Display name.
        """
        optional = {"apiVersion": api_version, "name": name}
        call = Call(
            "AddNewPixelModalMutation",
            f"connect pixel {pixel_id}",
            tenant_id,
            {
                "tenantId": tenant_id,
                "input": {
                    "businessId": business_id,
                    "pixelId": pixel_id,
                    "accessToken": access_token,
                    "externalId": external_id,
                    **{key: value for key, value in optional.items() if value is not None},
                },
            },
            ("tenantMutations", "signalMutations", "setupPixelSignalConfig"),
            repeatable=False,
            secrets=frozenset({access_token}),
        )
        with self._connection_writes:
            return self._session.execute(call, _reader(SignalConfig))

    def disconnect_pixel(self, tenant_id: str, pixel_id: str) -> bool | None:
        """Remove a pixel's connection (operation 2); the gateway's own flag, which may be null.

        Raises:
            NotFoundError: The pixel is not connected.
        """
        call = Call(
            "DeleteDataSourceModalMutation",
            f"disconnect pixel {pixel_id}",
            tenant_id,
            {"tenantId": tenant_id, "id": pixel_id},
            ("tenantMutations", "signalMutations", "deleteDataSource"),
        )
        with self._connection_writes:
            return self._session.execute(call, _flag)

    def account(self, tenant_id: str, time_window: int = 60) -> Account:
        """An account with all its connected pixels (operation 3).

        Args:
            tenant_id: The account.
            time_window: Minutes that the counters cover.
        """
        call = Call(
            _LIST,
            "list the pixels",
            tenant_id,
            {"tenantId": tenant_id, "timeWindow": time_window},
            ("tenantQueries", "account"),
            mutates=False,
        )
        return self._session.execute(call, _reader(Account))

    def unknown_fields(self) -> list[str]:
        """Fields of an account and its pixels that this gateway has refused: it is an older one.

        They are known once an account was asked for. No request is sent.
        """
        return self._session.refused_fields(_LIST)

    def set_receiving(self, tenant_id: str, pixel_id: str, on: bool) -> ConnectionStatus:
        """Switch receiving of a pixel's events on or off (operation 4)."""
        return self._switch(
            "updateSignalConfigStatusMutation",
            "updateSignalConfigEventsStatus",
            f"switch receiving of pixel {pixel_id} {'on' if on else 'off'}",
            tenant_id,
            pixel_id,
            on,
        )

    def set_publishing(self, tenant_id: str, pixel_id: str, on: bool) -> ConnectionStatus:
        """Switch publishing of a pixel's events on or off (operation 5)."""
        return self._switch(
            "updateSignalConfigCapiPublishMutation",
            "updateSignalConfigCapiPublish",
            f"switch publishing of pixel {pixel_id} {'on' if on else 'off'}",
            tenant_id,
            pixel_id,
            on,
        )

    def set_filter(
        self,
        kind: FilterKind,
        tenant_id: str,
        name: str,
        filter_state: str,
        pixel_ids: Sequence[str] | None = None,
    ) -> Filter:
        """Set the state of an event (operation 6) or of a domain (operation 7).

        Args:
            kind: Which of the two.
            tenant_id: The account.
            name: The event's name, or the domain.
            filter_state: ``PUBLISH`` or ``DROP``.
            pixel_ids: The pixels; None for the whole account.
        """
        pixels = None if pixel_ids is None else tuple(pixel_ids)
        (result,) = self.set_filters(tenant_id, [FilterSetting(kind, name, filter_state, pixels)])
        if isinstance(result, GatewayError):
            raise result
        return result

    def set_filters(
        self, tenant_id: str, settings: Sequence[FilterSetting]
    ) -> list[Filter | GatewayError]:
        """Set the states of events and domains, in order, in as few requests as may be.

        Several go in one document, unless the gateway has refused such a document before. All of
        them are set operations: sending one again does no harm.

        Args:
            tenant_id: The account.
            settings: What to set.

        Returns:
            What the gateway says of each, or why it failed, in order. Nothing is raised. Where a
            failure is one that all would meet, those that follow are not sent and have it too.
        """
        return self._filters.execute(
            [Part(setting.call(tenant_id), (setting.kind, setting.name)) for setting in document]
            for document in documents_of(settings)
        )

    def _switch(
        self, operation: str, field: str, words: str, tenant_id: str, pixel_id: str, on: bool
    ) -> ConnectionStatus:
        call = Call(
            operation,
            words,
            tenant_id,
            {"tenantId": tenant_id, "id": pixel_id, "input": {"status": int(on)}},
            ("tenantMutations", "signalMutations", field),
        )
        with self._connection_writes:
            return self._session.execute(call, _switched)


def _reader(kind: type[A]) -> Callable[[Any], A]:
    """Reads a result as a model, or fails in the words of the first thing that is wrong."""

    def read(result: Any) -> A:
        if result is None:
            reason = "the gateway answered null"
            raise Failure(UnexpectedAnswerError, reason, ran=True)
        try:
            return kind.model_validate(result)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
        at = ".".join(str(part) for part in first["loc"]) or "the result"
        reason = f"the answer has an unexpected form ({at}: {first['msg']})"
        raise Failure(UnexpectedAnswerError, reason, ran=True)

    return read


def _flag(result: Any) -> bool | None:
    return result if isinstance(result, bool) else None


def _switched(result: Any) -> ConnectionStatus:
    payload = _reader(SwitchResult)(result)
    if payload.success is False:
        raise Failure(
            UnexpectedAnswerError,
            "the gateway answered success: false",
            advice="Check in the gateway that the pixel is still connected; `pulumi refresh` "
            "tells.",
        )
    return payload.connection_status or ConnectionStatus()


def _filter(result: Any) -> Filter:
    return _reader(FilterResult)(result).updated_filter or Filter()

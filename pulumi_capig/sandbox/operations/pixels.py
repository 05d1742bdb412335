"""Pixel connections: operations 1 to 5 of the reference."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ..dialect import Dialect
from ..play import Operations, Play, require
from ..state import BAD_TOKEN_ERROR, HeldPixel

__all__ = ["OPERATIONS"]

OPERATIONS = Operations()

_DIGITS = re.compile(r"\d+")
_API_VERSION = re.compile(r"v\d+\.\d+")


@OPERATIONS.plays("SignalMutations.setupPixelSignalConfig")
def _setup(play: Play, *, input: dict[str, Any]) -> Any:
    state, dialect = play.state, play.dialect
    tenant = play.account().id
    if play.refusing:
        return None
    wanted = _wanted_pixel(input, dialect)
    held = state.pixel(tenant, wanted.pixel_id)
    if held is not None:
        wanted = _second_setup(held, wanted, dialect)
    elif dialect.foreign_pixel == "400":
        require(
            not state.is_connected(wanted.pixel_id),
            400,
            f"Pixel {wanted.pixel_id} is connected in another account",
        )
    forgets = dialect.second_setup_filters == "forgets"
    state.put_pixel(play.operation, tenant, wanted, forgets=forgets)
    unset = None if dialect.unset_pixel_name == "sample" else _unset_name(dialect)
    config = _signal_config(wanted, dialect, unset)
    return {**config, "connectionStatus": None} if dialect.setup_status_null else config


def _wanted_pixel(given: dict[str, Any], dialect: Dialect) -> HeldPixel:
    for field in ("pixelId", "businessId"):
        require(_DIGITS.fullmatch(given[field]), 400, f"{field} is not a number")
    require(given["accessToken"].strip(), 400, "accessToken is empty")
    version = given.get("apiVersion")
    require(version is None or _API_VERSION.fullmatch(version), 400, "apiVersion is malformed")
    bad = given["accessToken"] in dialect.bad_tokens
    return HeldPixel(
        given["pixelId"],
        given["businessId"],
        given["externalId"],
        version,
        given["accessToken"],
        given.get("name"),
        bad_token=bad,
        api_error_code=BAD_TOKEN_ERROR if bad else None,
    )


def _second_setup(held: HeldPixel, wanted: HeldPixel, dialect: Dialect) -> HeldPixel:
    require(dialect.second_setup != "400", 400, f"Pixel {wanted.pixel_id} is already connected")
    reset = dialect.second_setup == "resets-switches"
    kept = dialect.second_setup_unnamed == "keeps" and wanted.name is None
    return replace(
        held,
        business_id=wanted.business_id,
        external_id=wanted.external_id,
        api_version=wanted.api_version,
        access_token=wanted.access_token,
        name=held.name if kept else wanted.name,
        bad_token=wanted.bad_token,
        api_error_code=wanted.api_error_code,
        receiving=reset or held.receiving,
        publishing=reset or held.publishing,
    )


@OPERATIONS.plays("SignalMutations.deleteDataSource")
def _delete(play: Play, *, id: str) -> Any:
    tenant = play.account().id
    if play.refusing:
        return False
    if play.state.remove_pixel(play.operation, tenant, id):
        return True
    require(play.dialect.delete_unknown == "false", 404, f"Pixel {id} not found")
    return False


@OPERATIONS.plays("TenantQueries.account")
def _list(play: Play, **_: Any) -> Any:
    state, dialect = play.state, play.dialect
    if play.refusing:
        return None
    if play.tenant not in state.accounts and dialect.unknown_tenant != "401":
        null = dialect.unknown_tenant == "account-null"
        return None if null else {"name": None, "status": None, "signalConfigs": None}
    account = play.account()
    configs = [
        _signal_config(pixel, dialect, _unset_name(dialect)) for pixel in state.pixels(account.id)
    ]
    if not dialect.list_connection_id:
        configs = [{**config, "connectionId": None} for config in configs]
    return {"name": account.name, "status": account.status, "signalConfigs": configs}


@OPERATIONS.plays("SignalMutations.updateSignalConfigEventsStatus")
def _receiving(play: Play, *, id: str, input: dict[str, Any]) -> Any:
    return _turn(play, "receiving", id, input["status"])


@OPERATIONS.plays("SignalMutations.updateSignalConfigCapiPublish")
def _publishing(play: Play, *, id: str, input: dict[str, Any]) -> Any:
    return _turn(play, "publishing", id, input["status"])


def _turn(play: Play, switch: str, pixel_id: str, status: int) -> Any:
    dialect = play.dialect
    tenant = play.account().id
    if play.refusing:
        return {"success": False, "connectionStatus": None}
    require(status in (0, 1) or dialect.odd_status == "on", 400, "status is not 0 or 1")
    try:
        pixel = play.state.edit_pixel(play.operation, tenant, pixel_id, **{switch: status != 0})
    except KeyError:
        require(dialect.switch_unknown_pixel != "500", 500, "Internal server error")
        success = dialect.switch_unknown_pixel == "null-status"
        return {"success": success, "connectionStatus": None}
    connection_status = _connection_status(pixel, dialect, _unset_name(dialect))
    return {"success": True, "connectionStatus": connection_status}


def _unset_name(dialect: Dialect) -> str | None:
    return None if dialect.unset_pixel_name == "null" else ""


def _signal_config(pixel: HeldPixel, dialect: Dialect, unset_name: str | None) -> dict[str, Any]:
    return {
        "id": f"SignalConfig:{pixel.pixel_id}",
        "connectionId": pixel.pixel_id,
        "domains": pixel.domains,
        "dataSetType": "PIXEL",
        "connectionStatus": _connection_status(pixel, dialect, unset_name),
    }


def _connection_status(
    pixel: HeldPixel, dialect: Dialect, unset_name: str | None
) -> dict[str, Any]:
    return {
        "id": f"ConnectionStatus:{pixel.pixel_id}",
        "connected": bool(pixel.access_token),
        "active": pixel.receiving and (pixel.publishing or dialect.active == "receiving"),
        "eventBridgeActive": pixel.receiving,
        "publishingEnabled": pixel.publishing,
        "accessKey": None,
        "apiErrorCode": pixel.api_error_code,
        "badToken": pixel.bad_token,
        "targetId": "",
        "pixelID": pixel.pixel_id,
        "pixelName": pixel.name or unset_name,
        "accessTokenAvailable": bool(pixel.access_token),
        "totalEventsPublished": pixel.total_events_published,
        "lastPublished": pixel.last_published,
        "totalEventsReceived": pixel.total_events_received,
        "lastReceived": pixel.last_received,
    }

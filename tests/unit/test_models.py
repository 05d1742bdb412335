"""Answers are read leniently, and what cannot be read is named without its value."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pulumi_capig.gateway.models import Model
from pulumi_capig.gateway.operations.filters import Filter, FilterResult
from pulumi_capig.gateway.operations.pixels import (
    Account,
    ConnectionStatus,
    SignalConfig,
    SwitchResult,
)

KINDS: list[type[Model]] = [
    Account,
    ConnectionStatus,
    Filter,
    FilterResult,
    SignalConfig,
    SwitchResult,
]
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_nothing_is_required(kind: type[Model]) -> None:
    assert set(kind().model_dump().values()) == {None}
    assert kind.model_validate({}) == kind()


@every_kind
def test_every_field_may_be_null(kind: type[Model]) -> None:
    names = kind().model_dump(by_alias=True)
    assert kind.model_validate(dict.fromkeys(names)) == kind()


@every_kind
def test_unknown_fields_pass(kind: type[Model]) -> None:
    assert kind.model_validate({"unheardOf": {"list": [1, None]}, "__typename": "T"}) == kind()


@every_kind
def test_answers_do_not_change(kind: type[Model]) -> None:
    answer = kind()
    name = next(iter(kind.model_fields))
    with pytest.raises(ValidationError):
        setattr(answer, name, None)


def test_names_on_the_wire() -> None:
    assert set(ConnectionStatus().model_dump(by_alias=True)) == {
        "id",
        "pixelID",
        "pixelName",
        "connected",
        "active",
        "eventBridgeActive",
        "publishingEnabled",
        "accessTokenAvailable",
        "badToken",
        "apiErrorCode",
        "targetId",
        "lastPublished",
        "totalEventsPublished",
        "lastReceived",
        "totalEventsReceived",
    }


@pytest.mark.parametrize("number", [0, 2**53 + 1, 18904456377094531, 10**30])
def test_ids_may_come_as_numbers(number: int) -> None:
    status = {"id": number, "pixelID": number, "targetId": number}
    config = SignalConfig.model_validate({"connectionId": number, "connectionStatus": status})
    assert config.pixel_id == config.connection_id == str(number)
    assert Filter.model_validate({"pixelId": number}).pixel_id == str(number)


@pytest.mark.parametrize("value", ["1678753252000", 1678753252000, 1678753252000.0])
def test_counters_in_any_form(value: object) -> None:
    status = ConnectionStatus.model_validate({"lastReceived": value})
    assert status.last_received == 1678753252000.0


@pytest.mark.parametrize(
    ("config", "pixel"),
    [
        ({"connectionStatus": {"pixelID": "1"}, "connectionId": "2", "id": "X:3"}, "1"),
        ({"connectionStatus": {"pixelID": ""}, "connectionId": "2", "id": "X:3"}, "2"),
        ({"connectionStatus": {"pixelID": None}, "connectionId": "2"}, "2"),
        ({"connectionStatus": None, "connectionId": "", "id": "SignalConfig:3"}, "3"),
        ({"connectionStatus": {"id": "ConnectionStatus:4"}, "id": None}, "4"),
        ({"connectionStatus": {"id": "ConnectionStatus:4"}, "id": "5"}, "4"),
        ({"id": "5"}, "5"),
        ({"connectionStatus": {}}, None),
        ({}, None),
    ],
    ids=str,
)
def test_pixel_id_from_whichever_place_holds_it(config: Any, pixel: str | None) -> None:
    assert SignalConfig.model_validate(config).pixel_id == pixel


def test_holes_in_lists() -> None:
    account = Account.model_validate({"signalConfigs": [None, {"domains": [None, "a.example"]}]})
    assert account.signal_configs is not None
    hole, config = account.signal_configs
    assert hole is None
    assert config is not None
    assert config.domains == [None, "a.example"]


@pytest.mark.parametrize(
    ("kind", "content", "where"),
    [
        (Account, {"signalConfigs": "secret"}, "signalConfigs"),
        (Account, {"signalConfigs": [{"connectionStatus": "secret"}]}, "connectionStatus"),
        (ConnectionStatus, {"badToken": "secret"}, "badToken"),
        (ConnectionStatus, {"pixelID": ["secret"]}, "pixelID"),
        (ConnectionStatus, {"publishingEnabled": "secret"}, "publishingEnabled"),
        (SwitchResult, {"success": {"secret": 1}}, "success"),
        (FilterResult, ["secret"], "FilterResult"),
        (FilterResult, "secret", "FilterResult"),
    ],
    ids=str,
)
def test_wrong_types_are_named_and_not_shown(kind: type[Model], content: Any, where: str) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(content)
    assert where in str(caught.value)
    assert "secret" not in str(caught.value)

"""The reference's sample requests and answers, sent and served word for word."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_capig.gateway import Client, Filter, SignalConfig, pixels
from tests.gateway.conftest import Open, set_filter
from tests.gateway.scripted import TOKEN, Reply, Scripted, data
from tests.support.samples import SAMPLES, Sample

PIXEL = "18904456377094531"


def connect(client: Client) -> None:
    config = pixels.connect(
        client,
        "IaoreXfj",
        PIXEL,
        business_id="2840127409433732",
        access_token="<accessToken>",
        api_version="v14.0",
        external_id="633612748410ba6e902",
    )
    assert (config.pixel_id, config.connection_id, config.domains) == (PIXEL, PIXEL, [])
    status = config.connection_status
    assert status is not None
    assert (status.active, status.event_bridge_active, status.publishing_enabled) == (True,) * 3
    assert (status.access_token_available, status.api_error_code) == (True, None)
    assert (status.pixel_name, status.connected, status.bad_token) == (None, None, None)
    assert (status.last_received, status.total_events_received) == (0.0, 0.0)


def disconnect(client: Client) -> None:
    assert pixels.disconnect(client, "IaoreXfj", PIXEL) is True


def list_(client: Client) -> None:
    account = pixels.list_account(client, "zilSRUW7")
    assert (account.name, account.status) == ("Tenant for test@meta.com", None)
    assert account.signal_configs is not None
    configs = [config for config in account.signal_configs if config is not None]
    listed = ["319279634094583", "824710156172809", "1429427071255793"]
    assert [config.pixel_id for config in configs] == listed
    assert [config.connection_id for config in configs] == [None] * 3
    assert {config.data_set_type for config in configs} == {"PIXEL"}
    statuses = [config.connection_status for config in configs]
    assert all(status is not None and status.bad_token is False for status in statuses)


def receive(client: Client) -> None:
    status = pixels.set_receiving(client, "IaoreXfj", PIXEL, True)
    assert (status.connected, status.active) == (True, True)
    assert (status.event_bridge_active, status.publishing_enabled) == (True, True)


def publish(client: Client) -> None:
    status = pixels.set_publishing(client, "IaoreXfj", PIXEL, False)
    assert (status.active, status.event_bridge_active) == (False, True)
    assert status.publishing_enabled is False


def event(client: Client) -> None:
    answer = set_filter(client, "event", "IaoreXfj", "AddToCart", "PUBLISH", [PIXEL])
    assert answer == Filter(event_name="AddToCart", pixel_id=PIXEL, filter_state="PUBLISH")


def domain(client: Client) -> None:
    answer = set_filter(client, "domain", "IaoreXfj", "example.com", "DROP")
    id_ = "DomainFilter:example.com:global"
    assert answer == Filter(id=id_, domain="example.com", filter_state="DROP")


CALLS = (connect, disconnect, list_, receive, publish, event, domain)


@pytest.mark.parametrize(
    ("call", "sample"), list(zip(CALLS, SAMPLES, strict=True)), ids=[s.operation for s in SAMPLES]
)
def test_sample(
    serve: Callable[..., Scripted],
    open_client: Open,
    call: Callable[[Client], None],
    sample: Sample,
) -> None:
    server = serve(Reply(sample.mended))
    call(open_client(server))
    (request,) = server.calls
    assert request.path == "/capig/graphql/"
    assert set(request.content) == {"query", "variables"}
    assert request.content["variables"] == json.loads(sample.variables)
    assert f" {sample.operation}(" in request.content["query"]
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Content-Type"] == "application/json"


def test_which_samples_are_malformed() -> None:
    def is_json(text: str) -> bool:
        try:
            json.loads(text)
        except ValueError:
            return False
        return True

    assert [sample.operation for sample in SAMPLES if not is_json(sample.answer)] == [
        "ConnectionStatusCardQuery",
        "useComitDomainFilterChangeMutation",
    ]


@pytest.mark.parametrize(
    ("kind", "pixels", "sent"),
    [
        ("event", None, {"pixelIds": None}),
        ("event", ["1", "2"], {"pixelIds": ["1", "2"]}),
        ("domain", None, {}),
        ("domain", ["1"], {"pixelIds": ["1"]}),
    ],
)
def test_scope_of_a_filter(
    serve: Callable[..., Scripted], open_client: Open, kind: Any, pixels: Any, sent: Any
) -> None:
    field = {"event": "updateEventFilter", "domain": "updateDomainFilter"}[kind]
    server = serve(data(tenantMutations={field: {"updatedFilter": None}}))
    assert set_filter(open_client(server), kind, "T", "name", "DROP", pixels) == Filter()
    given = dict(server.calls[0].content["variables"]["input"])
    del given["eventName" if kind == "event" else "domain"], given["filterState"]
    assert given == sent


def test_optional_fields_of_a_setup_are_left_out(
    serve: Callable[..., Scripted], open_client: Open
) -> None:
    server = serve(data(tenantMutations={"signalMutations": {"setupPixelSignalConfig": {}}}))
    answer = pixels.connect(open_client(server), "T", "1", business_id="2", access_token="EAA")
    assert answer == SignalConfig()
    given = server.calls[0].content["variables"]["input"]
    assert given == {"businessId": "2", "pixelId": "1", "accessToken": "EAA", "externalId": ""}

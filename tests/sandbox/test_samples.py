"""The sample requests of the documentation are answered as its sample responses say."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.samples import SAMPLES

PIXEL = "18904456377094531"


@pytest.fixture
def gateway() -> Iterator[Sandbox]:
    accounts = {"IaoreXfj": "Tenant for demo@meta.com", "zilSRUW7": "Tenant for test@meta.com"}
    with Sandbox(accounts=accounts) as running:
        yield running


@pytest.fixture
def client(gateway: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.url) as http:
        form = {
            "client_id": gateway.client_id,
            "client_secret": gateway.client_secret,
            "grant_type": "client_credentials",
        }
        token = http.post("/clients/token", data=form).json()["token"]
        http.headers["authorization"] = f"Bearer {token}"
        yield http


def ask(client: httpx.Client, operation: str) -> object:
    (sample,) = (each for each in SAMPLES if each.operation == operation)
    body = {"query": sample.query, "variables": json.loads(sample.variables)}
    answer = client.post("/capig/graphql/", json=body)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def test_create_pixel_connection(client: httpx.Client) -> None:
    assert ask(client, "AddNewPixelModalMutation") == {
        "data": {
            "tenantMutations": {
                "signalMutations": {
                    "setupPixelSignalConfig": {
                        "id": "SignalConfig:18904456377094531",
                        "domains": [],
                        "connectionId": "18904456377094531",
                        "connectionStatus": {
                            "id": "ConnectionStatus:18904456377094531",
                            "accessTokenAvailable": True,
                            "active": True,
                            "eventBridgeActive": True,
                            "publishingEnabled": True,
                            "apiErrorCode": None,
                            "pixelID": "18904456377094531",
                            "pixelName": None,
                            "lastPublished": 0.0,
                            "totalEventsPublished": 0.0,
                            "lastReceived": 0.0,
                            "totalEventsReceived": 0.0,
                        },
                    }
                }
            }
        }
    }


def test_delete_pixel_connection(client: httpx.Client, gateway: Sandbox) -> None:
    gateway.connect(PIXEL)
    assert ask(client, "DeleteDataSourceModalMutation") == {
        "data": {"tenantMutations": {"signalMutations": {"deleteDataSource": True}}}
    }
    assert gateway.state.pixel("IaoreXfj", PIXEL) is None


def test_list_of_pixel_connections(client: httpx.Client, gateway: Sandbox) -> None:
    pixels = ["319279634094583", "824710156172809", "1429427071255793"]
    for pixel in pixels:
        gateway.connect(pixel, tenant="zilSRUW7")
    # The sample response lacks status, connectionId and domains, which its request selects.
    configs = [
        {
            "id": f"SignalConfig:{pixel}",
            "connectionId": pixel,
            "dataSetType": "PIXEL",
            "domains": [],
            "connectionStatus": {
                "id": f"ConnectionStatus:{pixel}",
                "accessTokenAvailable": True,
                "active": True,
                "eventBridgeActive": True,
                "publishingEnabled": True,
                "apiErrorCode": None,
                "badToken": False,
                "targetId": "",
                "pixelID": pixel,
                "pixelName": "",
                "lastPublished": 0.0,
                "totalEventsPublished": 0.0,
                "lastReceived": 0.0,
                "totalEventsReceived": 0.0,
            },
        }
        for pixel in pixels
    ]
    account = {"name": "Tenant for test@meta.com", "status": 0, "signalConfigs": configs}
    assert ask(client, "ConnectionStatusCardQuery") == {
        "data": {"tenantQueries": {"account": account}}
    }


def test_activate_receiving(client: httpx.Client, gateway: Sandbox) -> None:
    gateway.connect(PIXEL, receiving=False)
    status = {
        "id": "ConnectionStatus:18904456377094531",
        "connected": True,
        "active": True,
        "eventBridgeActive": True,
        "publishingEnabled": True,
    }
    result = {"success": True, "connectionStatus": status}
    assert ask(client, "updateSignalConfigStatusMutation") == {
        "data": {"tenantMutations": {"signalMutations": {"updateSignalConfigEventsStatus": result}}}
    }


def test_deactivate_publishing(client: httpx.Client, gateway: Sandbox) -> None:
    gateway.connect(PIXEL)
    status = {
        "id": "ConnectionStatus:18904456377094531",
        "active": False,
        "eventBridgeActive": True,
        "publishingEnabled": False,
    }
    result = {"success": True, "connectionStatus": status}
    assert ask(client, "updateSignalConfigCapiPublishMutation") == {
        "data": {"tenantMutations": {"signalMutations": {"updateSignalConfigCapiPublish": result}}}
    }


def test_publishing_status_by_event_name(client: httpx.Client) -> None:
    updated = {"eventName": "AddToCart", "pixelId": PIXEL, "filterState": "PUBLISH"}
    assert ask(client, "EventFilterStatusMutation") == {
        "data": {"tenantMutations": {"updateEventFilter": {"updatedFilter": updated}}}
    }


def test_block_website(client: httpx.Client) -> None:
    updated = {
        "id": "DomainFilter:example.com:global",
        "domain": "example.com",
        "pixelId": None,
        "filterState": "DROP",
    }
    assert ask(client, "useComitDomainFilterChangeMutation") == {
        "data": {"tenantMutations": {"updateDomainFilter": {"updatedFilter": updated}}}
    }


@pytest.mark.parametrize("encoding", ["multipart", "urlencoded"])
def test_token(gateway: Sandbox, encoding: str) -> None:
    form = {
        "client_id": gateway.client_id,
        "client_secret": gateway.client_secret,
        "grant_type": "client_credentials",
    }
    with httpx.Client(base_url=gateway.url) as http:
        if encoding == "multipart":
            files = {name: (None, value) for name, value in form.items()}
            answer = http.post("/clients/token", files=files)
        else:
            answer = http.post("/clients/token", data=form)
    assert answer.status_code == 200
    assert list(answer.json()) == ["token"]

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pulumi_capig.sandbox import Sandbox

# Loading the usual certificates, which nothing here needs, takes longer than most tests.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

STATUS = """ fragment Status on ConnectionStatus {
    id accessTokenAvailable active connected eventBridgeActive publishingEnabled apiErrorCode
    pixelID pixelName lastPublished totalEventsPublished lastReceived totalEventsReceived
}"""
DOCUMENTS = {
    "setupPixelSignalConfig": """
        mutation AddNewPixelModalMutation(
          $tenantId: ID!, $input: PixelConnectionCreationInput!
        ) { tenantMutations(tenantId: $tenantId) { signalMutations {
          setupPixelSignalConfig(input: $input) {
            id domains connectionId connectionStatus { ...Status badToken }
        } } } }""" + STATUS,
    "deleteDataSource": """
        mutation DeleteDataSourceModalMutation($id: ID!, $tenantId: ID!) {
          tenantMutations(tenantId: $tenantId) { signalMutations { deleteDataSource(id: $id) } }
        }""",
    "list": """
        query ConnectionStatusCardQuery($tenantId: ID!, $timeWindow: Int) {
          tenantQueries(tenantId: $tenantId) { account(timeWindowMin: $timeWindow) {
            name status signalConfigs {
              id connectionId dataSetType domains connectionStatus { ...Status targetId badToken }
        } } } }""" + STATUS,
    "updateSignalConfigEventsStatus": """
        mutation updateSignalConfigStatusMutation(
          $id: ID!, $tenantId: ID!, $input: SignalConfigStatusInput!
        ) { tenantMutations(tenantId: $tenantId) { signalMutations {
          updateSignalConfigEventsStatus(id: $id, input: $input) {
            success connectionStatus { ...Status }
        } } } }""" + STATUS,
    "updateSignalConfigCapiPublish": """
        mutation updateSignalConfigCapiPublishMutation(
          $id: ID!, $tenantId: ID!, $input: SignalConfigStatusInput!
        ) { tenantMutations(tenantId: $tenantId) { signalMutations {
          updateSignalConfigCapiPublish(id: $id, input: $input) {
            success connectionStatus { ...Status }
        } } } }""" + STATUS,
    "updateEventFilter": """
        mutation EventFilterStatusMutation($tenantId: ID!, $input: UpdateEventFilterInput!) {
          tenantMutations(tenantId: $tenantId) { updateEventFilter(input: $input) {
            updatedFilter { id eventName pixelId filterState }
        } } }""",
    "updateDomainFilter": """
        mutation useComitDomainFilterChangeMutation(
          $tenantId: ID!, $input: UpdateDomainFilterInput!
        ) { tenantMutations(tenantId: $tenantId) { updateDomainFilter(input: $input) {
            updatedFilter { id domain pixelId filterState }
        } } }""",
}  # fmt: skip


class Caller:
    """A plain client of one sandbox, which hides nothing."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.http = httpx.Client(base_url=sandbox.url, timeout=20, verify=NO_CERTIFICATES)

    def ask_token(self, **changes: Any) -> httpx.Response:
        form = {
            "client_id": self.sandbox.client_id,
            "client_secret": self.sandbox.client_secret,
            "grant_type": "client_credentials",
        }
        return self.http.post("/clients/token", data={**form, **changes})

    def log_in(self) -> None:
        answer = self.ask_token().json()
        token = answer.get("token") or answer["access_token"]
        self.http.headers["authorization"] = f"Bearer {token}"

    def post(self, query: str, variables: dict[str, Any] | None = None) -> httpx.Response:
        body = {"query": query, "variables": variables}
        return self.http.post("/capig/graphql/", json=body)

    def send(self, operation: str, **variables: Any) -> httpx.Response:
        """Sends a documented operation; the tenant is the default one unless given."""
        variables = {"tenantId": self.sandbox.tenant_id, **variables}
        return self.post(DOCUMENTS[operation], variables)

    def run(self, operation: str, **variables: Any) -> Any:
        """The operation's own result, if it had none but that."""
        answer = self.send(operation, **variables)
        assert answer.status_code == 200, answer.text
        payload = answer.json()
        assert "errors" not in payload
        (branch,) = payload["data"].values()
        if "signalMutations" in branch:
            branch = branch["signalMutations"]
        (result,) = branch.values()
        return result

    def setup(self, pixel: str = "101", **changes: Any) -> Any:
        return self.run("setupPixelSignalConfig", **setup_input(pixel, **changes))

    def try_setup(self, pixel: str = "101", **changes: Any) -> httpx.Response:
        return self.send("setupPixelSignalConfig", **setup_input(pixel, **changes))

    def listed(self) -> dict[str, Any]:
        """`connectionStatus` of the list, by pixel id."""
        configs = self.run("list")["signalConfigs"]
        return {item["connectionStatus"]["pixelID"]: item["connectionStatus"] for item in configs}

    def event(self, state: str, pixels: list[str] | None = None, name: str = "Lead") -> Any:
        given = {"eventName": name, "pixelIds": pixels, "filterState": state}
        return self.run("updateEventFilter", input=given)

    def close(self) -> None:
        self.http.close()


def setup_input(pixel: str = "101", **changes: Any) -> dict[str, Any]:
    given = {"pixelId": pixel, "businessId": "7", "accessToken": "EAAtoken", "externalId": ""}
    return {"input": {**given, **changes}}


ARGUMENTS: dict[str, dict[str, Any]] = {
    "setupPixelSignalConfig": setup_input(),
    "deleteDataSource": {"id": "101"},
    "list": {},
    "updateSignalConfigEventsStatus": {"id": "101", "input": {"status": 0}},
    "updateSignalConfigCapiPublish": {"id": "101", "input": {"status": 0}},
    "updateEventFilter": {"input": {"eventName": "Lead", "filterState": "DROP"}},
    "updateDomainFilter": {"input": {"domain": "example.com", "filterState": "DROP"}},
}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(accounts=("SandboxA", "SandboxB")) as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    client = Caller(sandbox)
    client.log_in()
    sandbox.clear_requests()
    yield client
    client.close()


@pytest.fixture(params=sorted(ARGUMENTS))
def operation(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def arguments(operation: str) -> dict[str, Any]:
    """Valid arguments of the operation, for pixel 101."""
    return ARGUMENTS[operation]

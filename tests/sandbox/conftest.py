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
    "eventMetrics": """
        query HomeViewQuery($tenantId: ID!, $pixelIds: [String!], $timeWindow: Int) {
          tenantQueries(tenantId: $tenantId) {
            eventMetrics(pixelIds: $pixelIds, timeWindowMin: $timeWindow) {
              activity { name receivedCount publishedCount lastUpdated }
              domainActivity { id domainName receivedCount publishedCount }
              incoming { eventNamesCount eventsCount }
              outgoing { eventNamesCount eventsCount publishSuccessRate }
        } } }""",
    "dataSourcesQuery": """
        query dataSourceTableQuery($tenantId: ID!) { tenantQueries(tenantId: $tenantId) {
            dataSourcesQuery { id name active type associatedPipelines { id name type } }
        } }""",
    "dataDestinationsQuery": """
        query dataDestinationTableQuery($tenantId: ID!) { tenantQueries(tenantId: $tenantId) {
            dataDestinationsQuery {
              id name active type associatedPipelines { id name type } metaCAPIConfig { dataSetId }
        } } }""",
}  # fmt: skip

PIPELINE = """ fragment Pipeline on Pipeline {
    id name active type dataSources { id name type active }
    dataDestinations {
      id name type active associatedPipelines { id name type } metaCAPIConfig { dataSetId }
    }
    dataFilter { filterStatus blockedEventTypes }
    pipelineDestinationFilters {
      id destinationId destinationFilterStatus destinationFilterBlockedEventTypes
    }
}"""


def _mutation(parent: str, field: str, variables: str, given: str, selection: str = "") -> str:
    return f"""mutation($tenantId: ID!, {variables}) {{
      tenantMutations(tenantId: $tenantId) {{ {parent} {{ {field}({given}) {selection} }} }}
    }}"""


_IN_PIPELINE = "{ id name active type associatedPipelines { id name type } }"
DOCUMENTS |= {
    "createPipeline": _mutation(
        "dataPipelineMutations", "createPipeline", "$name: String!", "name: $name",
        "{ ...Pipeline }",
    ) + PIPELINE,
    "pipeline": """
        query DataPipelineQuery($tenantId: ID!, $id: ID!) {
          tenantQueries(tenantId: $tenantId) { pipeline(id: $id) { ...Pipeline } }
        }""" + PIPELINE,
    "updatePipeline": _mutation(
        "dataPipelineMutations", "updatePipeline", "$input: PipelineInput!", "input: $input",
        "{ ...Pipeline }",
    ) + PIPELINE,
    "deletePipeline": _mutation(
        "dataPipelineMutations", "deletePipeline", "$id: ID!", "id: $id"
    ),
    "updatePipelineFilter": _mutation(
        "dataPipelineMutations", "updatePipelineFilter", "$input: PipelineFilterInput!",
        "input: $input", "{ filterStatus blockedEventTypes }",
    ),
    "updatePipelineDestinationFilter": _mutation(
        "dataPipelineMutations", "updatePipelineDestinationFilter",
        "$input: PipelineDestinationFilterInput!", "input: $input",
        "{ id destinationId destinationFilterStatus destinationFilterBlockedEventTypes }",
    ),
    "createDataSourceForPipeline": _mutation(
        "dataSourceMutations", "createDataSourceForPipeline",
        "$id: ID, $name: String!, $type: DataSourceType!, $pipelineId: ID!",
        "dataSourceId: $id, name: $name, dataSourceType: $type, pipelineId: $pipelineId",
        _IN_PIPELINE,
    ),
    "updateDataSource": _mutation(
        "dataSourceMutations", "updateDataSource", "$input: DataSourceInput!", "input: $input",
        _IN_PIPELINE,
    ),
    "dataSourceMutations.deleteDataSource": _mutation(
        "dataSourceMutations", "deleteDataSource", "$id: ID!", "id: $id"
    ),
    "createGatewayPixelHeaderCode": _mutation(
        "dataSourceMutations", "createGatewayPixelHeaderCode", "$dataSourceId: ID!",
        "dataSourceId: $dataSourceId",
    ),
    "createDataDestination": _mutation(
        "dataDestinationMutations", "createDataDestination",
        "$input: CreateDataDestinationInput!", "input: $input", _IN_PIPELINE,
    ),
    "updateDataDestination": _mutation(
        "dataDestinationMutations", "updateDataDestination", "$input: DataDestinationInput!",
        "input: $input", _IN_PIPELINE,
    ),
    "deleteDataDestination": _mutation(
        "dataDestinationMutations", "deleteDataDestination", "$id: ID!", "id: $id"
    ),
    "updateDataDestinationCapiConfig": _mutation(
        "dataDestinationMutations", "updateDataDestinationCapiConfig",
        "$input: UpdateDataDestinationCapiConfigInput!", "input: $input",
    ),
    "updateDataDestinationHttpConfig": _mutation(
        "dataDestinationMutations", "updateDataDestinationHttpConfig",
        "$input: UpdateDataDestinationHttpConfigInput!", "input: $input",
    ),
}  # fmt: skip

TENANT = """ fragment Tenant on Tenant {
    id name status canPartnerManage availableRoles { name displayName }
    users { ...User tenants { id name status canPartnerManage availableRoles { name } } }
    tenantUsage { totalPixels }
    canEditTenantSettingsInUI canViewTenantInUI canEditTenantUsersInUI
}"""
USER = """ fragment User on User {
    id email status roles { name displayName } isSelf canBeDeleted defaultTenantId
}"""
HUB_DOCUMENTS = {
    "createTenant": """
        mutation CreateTenantMutation($input: CreateTenantInput!) {
          tenantMutations { createTenant(input: $input) { tenant { ...Tenant } } }
        }""" + TENANT + USER,
    "tenant": """
        query TenantAccountUsersViewQuery($tenantId: String!) {
          tenant(tenantId: $tenantId) { ...Tenant }
        }""" + TENANT + USER,
    "updateTenant": """
        mutation TenantEditNameModalMutation($input: UpdateTenantInput!) {
          tenantMutations { updateTenant(input: $input) { tenant { ...Tenant } } }
        }""" + TENANT + USER,
    "deleteTenant": """
        mutation DeleteTenant($tenantId: String!) {
          tenantMutations { deleteTenant(tenantId: $tenantId) }
        }""",
    "tenantUsage": """
        query TenantUsageQuery($tenantId: String!) { tenantUsage(tenantId: $tenantId) {
            totalActivePixels totalInactivePixels totalPixels totalActivePipeline totalPipelines
            tenantUsageByTraffic {
              totalEventsReceived totalPixelsWithTraffic publishError durationInHours lastUpdatedAt
        } } }""",
    "addUserWithRole": """
        mutation useAddUserAccountMutation($input: AddUserWithRoleInput!) {
          userMutations { addUserWithRole(input: $input) {
            userAlreadyExist invitationLink user { ...User }
        } } }""" + USER,
    "changeRoleForUser": """
        mutation UserAccessChangeMutation($input: ChangeRoleForUserInput!) {
          userMutations { changeRoleForUser(input: $input) { user { ...User } } }
        }""" + USER,
    "sendInvitation": """
        mutation ActivateElementMutation($input: SendInvitationInput!) {
          userMutations { sendInvitation(input: $input) }
        }""",
    "ingressDomain": """
        query DataRoutingQuery($tenantId: ID!) { ingressDomain(tenantId: $tenantId) {
            id ingress tenantName cnameResolveSuccess
        } }""",
    "upsertIngressDomain": """
        mutation IngressEditingModalMutation($tenantId: ID!, $input: IngressDomainInput) {
          upsertIngressDomain(input: $input, tenantId: $tenantId) {
            id tenantName ingress tenant1pDomain tenant1pDomainStatus cnameResolveSuccess
        } }""",
}  # fmt: skip

_BRANCHES = {
    "tenantMutations",
    "tenantQueries",
    "signalMutations",
    "userMutations",
    "dataPipelineMutations",
    "dataSourceMutations",
    "dataDestinationMutations",
}


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

    def post(
        self, query: str, variables: dict[str, Any] | None = None, *, to: str = "capig"
    ) -> httpx.Response:
        body = {"query": query, "variables": variables}
        return self.http.post(f"/{to}/graphql/", json=body)

    def send(self, operation: str, **variables: Any) -> httpx.Response:
        """Sends a documented operation; the tenant is the default one unless given."""
        variables = {"tenantId": self.sandbox.tenant_id, **variables}
        if operation in HUB_DOCUMENTS:
            return self.post(HUB_DOCUMENTS[operation], variables, to="hub")
        return self.post(DOCUMENTS[operation], variables)

    def run(self, operation: str, **variables: Any) -> Any:
        """The operation's own result, if it had none but that."""
        answer = self.send(operation, **variables)
        assert answer.status_code == 200, answer.text
        payload = answer.json()
        assert "errors" not in payload
        return result_in(payload["data"])

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

    # The hub

    def create(self, name: str = "Shop", **changes: Any) -> Any:
        given = {"name": name, "canPartnerManage": True, "eventEnrichment": False, **changes}
        return self.run("createTenant", input=given)["tenant"]

    def add(self, email: str, role: str = "admin", tenant: str = "SandboxA") -> httpx.Response:
        given = {"email": email, "roleName": f"advertiser-{role}-{tenant}"}
        return self.send("addUserWithRole", input=given)

    def change(
        self, user: str, revoke: str | None, add: str | None, tenant: str = "SandboxA"
    ) -> httpx.Response:
        given = {
            "userId": user,
            "roleToRevoke": revoke and f"advertiser-{revoke}-{tenant}",
            "roleToAdd": add and f"advertiser-{add}-{tenant}",
        }
        return self.send("changeRoleForUser", input=given)

    def users(self, tenant: str = "SandboxA") -> dict[str, list[str]]:
        """The roles in the list of an account, by e-mail."""
        users = self.run("tenant", tenantId=tenant)["users"]
        return {user["email"]: [role["name"] for role in user["roles"]] for user in users}

    def close(self) -> None:
        self.http.close()


def result_in(data: dict[str, Any]) -> Any:
    """The result of the one operation in the data of an answer."""
    ((name, result),) = data.items()
    return result_in(result) if name in _BRANCHES else result


def code_of(answer: httpx.Response) -> int:
    """The code of an answer's one error."""
    (entry,) = answer.json()["errors"]
    assert entry["extensions"]["code"] in (answer.status_code, 418)
    return int(entry["extensions"]["code"])


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
    "eventMetrics": {},
    "dataSourcesQuery": {},
    "dataDestinationsQuery": {},
    "createPipeline": {"name": "Web"},
    "pipeline": {"id": "pl-1"},
    "updatePipeline": {"input": {"id": "pl-1", "active": False}},
    "deletePipeline": {"id": "pl-1"},
    "updatePipelineFilter": {"input": {"pipelineId": "pl-1", "blockedEventTypes": ["Lead"]}},
    "updatePipelineDestinationFilter": {
        "input": {
            "pipelineId": "pl-1",
            "destinationId": "dd-1",
            "destinationFilterBlockedEventTypes": ["Lead"],
        }
    },
    "createDataSourceForPipeline": {
        "name": "Site",
        "type": "ADVERTISER_HOSTED_PIXEL",
        "pipelineId": "pl-1",
    },
    "updateDataSource": {"input": {"id": "ds-1", "name": "Shop"}},
    "dataSourceMutations.deleteDataSource": {"id": "ds-1"},
    "createGatewayPixelHeaderCode": {"dataSourceId": "ds-1"},
    "createDataDestination": {
        "input": {"name": "Lake", "type": "CUSTOM_HTTP_API", "pipelineId": "pl-1"}
    },
    "updateDataDestination": {"input": {"id": "dd-1", "name": "Meta"}},
    "deleteDataDestination": {"id": "dd-1"},
    "updateDataDestinationCapiConfig": {
        "input": {
            "id": "dd-1",
            "metaDatasetId": "101",
            "accessToken": "EAAtoken",
            "apiVersion": "v24.0",
            "businessId": "7",
        }
    },
    "updateDataDestinationHttpConfig": {
        "input": {
            "id": "dd-2",
            "endpoint": "https://lake.shop.example/events",
            "httpMethod": "POST",
            "authType": "API_KEY",
            "payloadSchema": "{}",
            "apiKeyAuth": {"name": "X-Key", "value": "key-of-the-lake", "addTo": "HEADER"},
        }
    },
    "createTenant": {"input": {"name": "Shop", "canPartnerManage": True, "eventEnrichment": False}},
    "tenant": {},
    "updateTenant": {"input": {"tenantId": "SandboxA", "name": "Shop"}},
    "deleteTenant": {},
    "tenantUsage": {},
    "addUserWithRole": {
        "input": {"email": "new@shop.example", "roleName": "advertiser-admin-SandboxA"}
    },
    "changeRoleForUser": {
        "input": {"userId": "u-1", "roleToAdd": "advertiser-view-SandboxA", "roleToRevoke": None}
    },
    "sendInvitation": {
        "input": {"email": "known@shop.example", "tenantId": "SandboxA", "userType": "ADVERTISER"}
    },
    "ingressDomain": {},
    "upsertIngressDomain": {
        "input": {"ingress": "capig.shop.example", "targetDomain": "capig.example.com"}
    },
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


def fill_pipeline(sandbox: Sandbox) -> None:
    """Makes pipeline pl-1 with the source ds-1 and the destinations dd-1 and dd-2."""
    sandbox.add_pipeline("Web", pipeline_id="pl-1")
    sandbox.add_source("pl-1", "Site", source_id="ds-1")
    sandbox.add_destination("pl-1", "Meta", destination_id="dd-1")
    sandbox.add_destination("pl-1", "Lake", "CUSTOM_HTTP_API", destination_id="dd-2")


@pytest.fixture(params=sorted(ARGUMENTS))
def operation(request: pytest.FixtureRequest, sandbox: Sandbox) -> str:
    sandbox.set_role("known@shop.example", None, user_id="u-1")
    fill_pipeline(sandbox)
    return str(request.param)


@pytest.fixture
def arguments(operation: str) -> dict[str, Any]:
    """Valid arguments of the operation, for pixel 101, user u-1 and what is in pipeline pl-1."""
    return ARGUMENTS[operation]

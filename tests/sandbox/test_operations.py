"""The operations in the default dialect, beyond the documented samples."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_capig.sandbox import Sandbox
from pulumi_capig.sandbox.operations import pixels
from pulumi_capig.sandbox.play import Operations
from pulumi_capig.sandbox.schemas import schema_of

if TYPE_CHECKING:
    from conftest import Caller


def code_of(answer: Any) -> int:
    (entry,) = answer.json()["errors"]
    return int(entry["extensions"]["code"])


def test_only_selected_fields_are_answered(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    query = "query($t: ID!) { tenantQueries(tenantId: $t) { account { signalConfigs { id } } } }"
    answer = caller.post(query, {"t": "SandboxA"}).json()
    assert answer == {
        "data": {"tenantQueries": {"account": {"signalConfigs": [{"id": "SignalConfig:101"}]}}}
    }


def test_literals_aliases_and_fragments_work(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101", name="Shop")
    query = """
        { here: tenantQueries(tenantId: "SandboxA") { ...Listing } }
        fragment Listing on TenantQueries { account { signalConfigs { ...Named } } }
        fragment Named on SignalConfig { connectionStatus { called: pixelName } }
    """
    answer = caller.post(query).json()
    listed = [{"connectionStatus": {"called": "Shop"}}]
    assert answer == {"data": {"here": {"account": {"signalConfigs": listed}}}}
    (record,) = sandbox.requests
    assert (record.operation, record.tenant) == ("list", "SandboxA")


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query { tenantQueries(tenantId: 1) { account { unheardOf } } }", {}),
        ("query { this is not GraphQL", {}),
        ("query($t: String!) { tenantQueries(tenantId: $t) { account { name } } }", {"t": "x"}),
        ("query($t: ID!) { tenantQueries(tenantId: $t) { account { name } } }", {}),
        ("query($t: ID!) { tenantQueries(tenantId: $t) { account { name } } }", {"t": [1]}),
    ],
    ids=["unknown field", "syntax", "variable type", "missing variable", "variable value"],
)
def test_documents_are_validated(caller: Caller, query: str, variables: dict[str, Any]) -> None:
    answer = caller.post(query, variables)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"]
    assert "data" not in answer.json()


def test_enum_and_required_inputs_are_coerced(caller: Caller) -> None:
    given = {"eventName": "Lead", "filterState": "OFF"}
    assert caller.send("updateEventFilter", input=given).status_code == 400
    assert caller.send("updateEventFilter", input={"eventName": "Lead"}).status_code == 400


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"query": 1}', b"\xff"])
def test_a_body_that_is_no_request_is_refused(caller: Caller, body: bytes) -> None:
    assert caller.http.post("/capig/graphql/", content=body).status_code == 400


def test_setup_keeps_what_was_sent(caller: Caller, sandbox: Sandbox) -> None:
    caller.setup("101", name="Shop", apiVersion="v25.0", externalId="e", businessId="9")
    pixel = sandbox.state.pixel("SandboxA", "101")
    assert pixel is not None
    assert (pixel.name, pixel.api_version, pixel.external_id, pixel.business_id) == (
        "Shop", "v25.0", "e", "9",
    )  # fmt: skip
    assert pixel.access_token == "EAAtoken"


def test_second_setup_replaces_all_but_the_switches(caller: Caller, sandbox: Sandbox) -> None:
    caller.setup("101", name="Shop")
    sandbox.set_switch("101", receiving=False, publishing=False)
    sandbox.mark_bad_token("101")
    caller.setup("101", accessToken="EAAother", name="Store")
    pixel = sandbox.state.pixel("SandboxA", "101")
    assert pixel is not None
    assert (pixel.access_token, pixel.name) == ("EAAother", "Store")
    assert (pixel.receiving, pixel.publishing) == (False, False)
    assert (pixel.bad_token, pixel.api_error_code) == (False, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"pixelId": "12a"},
        {"pixelId": ""},
        {"businessId": "x"},
        {"accessToken": " "},
        {"apiVersion": "25"},
    ],
)
def test_invalid_setup_input(caller: Caller, sandbox: Sandbox, changes: dict[str, str]) -> None:
    answer = caller.try_setup(**{"pixel": "101", **changes})
    assert (answer.status_code, code_of(answer)) == (400, 400)
    assert sandbox.state.pixels("SandboxA") == []


def test_accounts_are_apart(caller: Caller, sandbox: Sandbox) -> None:
    caller.setup("101")
    caller.run("setupPixelSignalConfig", tenantId="SandboxB", input={
        "pixelId": "101", "businessId": "7", "accessToken": "EAAtoken", "externalId": "",
    })  # fmt: skip
    caller.run("deleteDataSource", tenantId="SandboxB", id="101")
    assert sandbox.state.pixel("SandboxA", "101") is not None
    assert sandbox.state.pixel("SandboxB", "101") is None


def test_switches_are_apart(caller: Caller) -> None:
    caller.setup("101")
    result = caller.run("updateSignalConfigEventsStatus", id="101", input={"status": 0})
    status = result["connectionStatus"]
    assert (status["eventBridgeActive"], status["publishingEnabled"]) == (False, True)
    caller.run("updateSignalConfigCapiPublish", id="101", input={"status": 0})
    caller.run("updateSignalConfigEventsStatus", id="101", input={"status": 1})
    status = caller.listed()["101"]
    assert (status["eventBridgeActive"], status["publishingEnabled"]) == (True, False)
    assert status["active"] is False


def test_error_codes_are_status_and_extension(caller: Caller) -> None:
    for operation, variables, code in [
        ("deleteDataSource", {"id": "404"}, 404),
        ("updateSignalConfigEventsStatus", {"id": "404", "input": {"status": 0}}, 500),
        ("updateSignalConfigCapiPublish", {"id": "404", "input": {"status": 0}}, 500),
        ("updateEventFilter", {"input": {"eventName": " ", "filterState": "DROP"}}, 400),
        ("updateEventFilter", {"input": {"eventName": "Lead", "filterState": "MIXED"}}, 400),
    ]:
        answer = caller.send(operation, **variables)
        assert (answer.status_code, code_of(answer)) == (code, code), operation
        assert "data" in answer.json()


def test_an_empty_list_of_pixels_is_refused(caller: Caller, sandbox: Sandbox) -> None:
    given = {"domain": "a.com", "pixelIds": [], "filterState": "DROP"}
    assert caller.send("updateDomainFilter", input=given).status_code == 400
    assert sandbox.state.domain_filters() == {}


OF_NO_ACCOUNT = {"createTenant"}
OTHER_CODES = {"deleteTenant": 400, "addUserWithRole": 404, "changeRoleForUser": 404}
"""A deletion has a switch of its own; and there is no role of an account that is not there."""


def test_unknown_account_is_not_authorized(
    caller: Caller, operation: str, arguments: dict[str, Any]
) -> None:
    if operation in OF_NO_ACCOUNT:
        return
    elsewhere = json.loads(json.dumps(arguments).replace("SandboxA", "Nobody00"))
    answer = caller.send(operation, **{**elsewhere, "tenantId": "Nobody00"})
    code = OTHER_CODES.get(operation, 401)
    assert (answer.status_code, code_of(answer)) == (code, code)


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic x", "Bearer"])
def test_operations_need_a_token(
    caller: Caller, header: str | None, operation: str, arguments: dict[str, Any]
) -> None:
    del caller.http.headers["authorization"]
    if header is not None:
        caller.http.headers["authorization"] = header
    answer = caller.send(operation, **arguments)
    assert (answer.status_code, code_of(answer)) == (401, 401)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"client_id": "other"}, 401),
        ({"client_secret": "wrong"}, 401),
        ({"grant_type": "password"}, 400),
    ],
)
def test_token_is_refused(caller: Caller, changes: dict[str, str], status: int) -> None:
    assert caller.ask_token(**changes).status_code == status


def test_token_needs_a_form(caller: Caller, sandbox: Sandbox) -> None:
    answer = caller.http.post("/clients/token", json={"client_id": sandbox.client_id})
    assert answer.status_code == 415


def test_tokens_expire(caller: Caller, sandbox: Sandbox) -> None:
    now = [0.0]
    with Sandbox(clock=lambda: now[0]) as other:
        client = type(caller)(other)
        client.log_in()
        now[0] = 35999
        assert client.send("list").status_code == 200
        now[0] = 36000
        assert client.send("list").status_code == 401
        client.log_in()
        assert client.send("list").status_code == 200
        other.expire_tokens()
        assert client.send("list").status_code == 401
        client.close()


@pytest.mark.parametrize(
    "query",
    [
        'mutation { tenantMutations(tenantId: "SandboxA") { dataSourceMutations {'
        ' updateGatewayPixelConfig(pixelId: "101") { id } } } }',
        'mutation { tenantMutations(tenantId: "SandboxA") { dataPipelineMutations {'
        ' createConversionApiGatewayPipeline(pixelId: "101", businessId: "7", accessToken: "x",'
        ' externalId: "") { id } } } }',
    ],
)
def test_what_is_not_played_is_uncovered(caller: Caller, sandbox: Sandbox, query: str) -> None:
    sandbox.connect("101")
    answer = caller.post(query)
    assert (answer.status_code, code_of(answer)) == (418, 418)
    assert sandbox.state.pixel("SandboxA", "101") is not None


def test_what_is_played_is_in_the_schema() -> None:
    elsewhere = Operations()
    elsewhere.plays("SignalMutations.unheardOf")(lambda play: None)
    with pytest.raises(LookupError, match=r"capig\.graphql does not have .*unheardOf"):
        schema_of("capig.graphql", (pixels.OPERATIONS, elsewhere), frozenset())


def test_each_endpoint_has_its_schema_and_one_token_is_good_for_both(caller: Caller) -> None:
    query = '{ tenant(tenantId: "SandboxA") { id } }'
    assert caller.post(query, to="hub").json() == {"data": {"tenant": {"id": "SandboxA"}}}
    assert "Cannot query field 'tenant'" in caller.post(query).text
    del caller.http.headers["authorization"]
    assert caller.post(query, to="hub").status_code == 401


def test_other_paths_and_methods(caller: Caller) -> None:
    assert caller.http.post("/capig/graphql", json={}).status_code == 404
    assert caller.http.get("/capig/graphql/").status_code == 405
    assert caller.http.get("/clients/token").status_code == 405
    assert caller.http.get("/hub/health/").status_code == 200


def test_edits_behind_the_back_are_listed(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101", name="Shop", receiving=False)
    sandbox.connect("102", tenant="SandboxB")
    assert list(caller.listed()) == ["101"]
    sandbox.set_switch("101", receiving=True, publishing=False)
    sandbox.set_name("101", "Store")
    sandbox.edit("101", total_events_received=12.0, last_received=1.7e9)
    status = caller.listed()["101"]
    assert (status["eventBridgeActive"], status["publishingEnabled"]) == (True, False)
    assert (status["pixelName"], status["totalEventsReceived"]) == ("Store", 12.0)
    sandbox.mark_bad_token("101")
    status = caller.listed()["101"]
    assert (status["badToken"], status["apiErrorCode"]) == (True, "190.460")
    sandbox.drop_token("101")
    status = caller.listed()["101"]
    assert (status["accessTokenAvailable"], status["connected"]) == (False, False)
    sandbox.disconnect("101")
    assert caller.listed() == {}
    with pytest.raises(KeyError):
        sandbox.disconnect("101")
    with pytest.raises(KeyError):
        sandbox.set_name("101", "gone")


def test_dialect_may_change_while_serving(caller: Caller, sandbox: Sandbox) -> None:
    assert caller.send("deleteDataSource", id="404").status_code == 404
    sandbox.dialect = replace(sandbox.dialect, delete_unknown="false")
    assert caller.run("deleteDataSource", id="404") is False

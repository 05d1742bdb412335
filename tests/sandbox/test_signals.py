"""Pipelines, data sources and data destinations of Signals Gateway."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_capig.sandbox import Fault, Sandbox
from pulumi_capig.sandbox.parts.destinations import Destinations

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Caller

    Speak = Callable[..., None]

BASIC = {"id": "pl-1", "name": "Web", "type": "GATEWAY_PIPELINE"}
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
CAPI = {
    "metaDatasetId": "101",
    "accessToken": "EAAB-of-the-dataset",
    "apiVersion": "v24.0",
    "businessId": "7",
    "updateOB": True,
}
HTTP = {"endpoint": "https://lake.example/", "httpMethod": "POST", "payloadSchema": "{}"}
AUTH = {
    "apiKeyAuth": {"name": "X-Key", "value": "key-of-the-lake", "addTo": "HEADER"},
    "basicAuth": {"credentials": "user:word-of-the-lake"},
    "clientCredentialsAuth": {"clientId": "me", "clientSecret": "secret-of-the-lake"},
    "jsonWebTokenAuth": {"serviceUserAccount": "me", "privateKey": "pem-of-the-lake"},
}


@pytest.fixture
def filled(sandbox: Sandbox) -> Sandbox:
    """With pipeline pl-1, the source ds-1 and the destinations dd-1 (Meta) and dd-2 (HTTP)."""
    sandbox.add_pipeline("Web", pipeline_id="pl-1")
    sandbox.add_source("pl-1", "Site", source_id="ds-1")
    sandbox.add_destination("pl-1", "Meta", destination_id="dd-1")
    sandbox.add_destination("pl-1", "Lake", "CUSTOM_HTTP_API", destination_id="dd-2")
    return sandbox


@pytest.fixture
def speak(sandbox: Sandbox) -> Callable[..., None]:
    def change(**switches: Any) -> None:
        sandbox.dialect = replace(sandbox.dialect, **switches)

    return change


def ids(caller: Caller) -> tuple[list[str], list[str]]:
    sources, destinations = caller.run("dataSourcesQuery"), caller.run("dataDestinationsQuery")
    return [source["id"] for source in sources], [item["id"] for item in destinations]


# Pipelines


def test_the_sample_of_a_new_pipeline(caller: Caller, sandbox: Sandbox) -> None:
    made = caller.run("createPipeline", name="Pipeline C7P2ZR")
    assert re.fullmatch(f"sg_v1_pl_{UUID}", made.pop("id"))
    assert made == {
        "name": "Pipeline C7P2ZR",
        "active": True,
        "type": "GATEWAY_PIPELINE",
        "dataSources": [],
        "dataDestinations": [],
        "dataFilter": {"filterStatus": False, "blockedEventTypes": []},
        "pipelineDestinationFilters": [],
    }
    assert caller.run("tenantUsage")["totalPipelines"] == 1
    assert caller.send("createPipeline", name=" ").status_code == 500


def test_a_pipeline_shows_what_is_in_it(caller: Caller, filled: Sandbox) -> None:
    pipeline = caller.run("pipeline", id="pl-1")
    assert pipeline["dataSources"] == [
        {"id": "ds-1", "name": "Site", "type": "ADVERTISER_HOSTED_PIXEL", "active": True}
    ]
    assert [item["id"] for item in pipeline["dataDestinations"]] == ["dd-1", "dd-2"]
    assert pipeline["dataDestinations"][0]["associatedPipelines"] == [BASIC]
    changed = caller.run("updatePipeline", input={"id": "pl-1", "active": False})
    assert (changed["name"], changed["active"]) == ("Web", False)
    assert caller.run("tenantUsage")["totalActivePipeline"] == 0
    assert caller.run("updatePipeline", input={"id": "pl-1", "name": "Net"})["name"] == "Net"
    assert caller.run("pipeline", id="pl-1")["active"] is False
    assert caller.run("pipeline", id="pl-1", tenantId="SandboxB") is None


def test_blocked_events(caller: Caller, filled: Sandbox) -> None:
    given = {"pipelineId": "pl-1", "blockedEventTypes": ["AchievementUnlocked"]}
    assert caller.run("updatePipelineFilter", input=given) == {
        "filterStatus": False,
        "blockedEventTypes": ["AchievementUnlocked"],
    }
    given |= {"filterStatus": True, "blockedEventTypes": ["Lead", "Lead"]}
    assert caller.run("updatePipelineFilter", input=given) == {
        "filterStatus": True,
        "blockedEventTypes": ["Lead"],
    }
    given = {"pipelineId": "pl-1", "destinationId": "dd-1"}
    names = {"destinationFilterBlockedEventTypes": ["Purchase"]}
    told = caller.run("updatePipelineDestinationFilter", input={**given, **names})
    assert told == {
        "id": "pipelineDestinationFilter:pl-1:dd-1",
        "destinationId": "dd-1",
        "destinationFilterStatus": True,
        "destinationFilterBlockedEventTypes": ["Purchase"],
    }
    assert caller.run("pipeline", id="pl-1")["pipelineDestinationFilters"] == [told]
    wrong = {**given, **names, "destinationId": "dd-9"}
    assert caller.send("updatePipelineDestinationFilter", input=wrong).status_code == 500
    caller.run("deleteDataDestination", id="dd-1")
    assert caller.run("pipeline", id="pl-1")["pipelineDestinationFilters"] == []


OF_PIPELINES: dict[str, dict[str, Any]] = {
    "pipeline": {"id": "pl-9"},
    "updatePipeline": {"input": {"id": "pl-9"}},
    "deletePipeline": {"id": "pl-9"},
    "updatePipelineFilter": {"input": {"pipelineId": "pl-9"}},
    "updatePipelineDestinationFilter": {"input": {"pipelineId": "pl-9", "destinationId": "x"}},
}
IN_PIPELINES: dict[str, dict[str, Any]] = {
    "createDataSourceForPipeline": {"name": "x", "type": "FILE_UPLOAD", "pipelineId": "pl-9"},
    "createDataDestination": {
        "input": {"name": "x", "type": "CUSTOM_HTTP_API", "pipelineId": "pl-9"}
    },
}


@pytest.mark.parametrize(("told", "code"), [("null", 500), ("500", 500), ("404", 404)])
def test_an_unknown_pipeline(
    caller: Caller, sandbox: Sandbox, speak: Speak, told: str, code: int
) -> None:
    speak(pipeline_unknown=told)
    for operation, given in OF_PIPELINES.items():
        if told == "null":
            assert caller.run(operation, **given) is None
        else:
            assert caller.send(operation, **given).status_code == code
    for operation, given in IN_PIPELINES.items():
        assert caller.send(operation, **given).status_code == code
    assert sandbox.state.history == []


@pytest.mark.parametrize(("told", "answer"), [("id", "pl-1"), ("null", None)])
def test_answers_of_a_deletion(
    caller: Caller, filled: Sandbox, speak: Speak, told: str, answer: str | None
) -> None:
    speak(delete_pipeline_answer=told)
    assert caller.run("deletePipeline", id="pl-1") == answer
    assert caller.run("pipeline", id="pl-1") is None
    assert ids(caller) == ([], [])


def test_a_deletion_takes_nothing_along(caller: Caller, filled: Sandbox, speak: Speak) -> None:
    speak(delete_pipeline_takes="nothing")
    caller.run("deletePipeline", id="pl-1")
    assert ids(caller) == (["ds-1"], ["dd-1", "dd-2"])
    assert caller.run("dataSourcesQuery")[0]["associatedPipelines"] == []


def test_a_deletion_is_refused_while_something_is_in_it(
    caller: Caller, filled: Sandbox, speak: Speak
) -> None:
    speak(delete_pipeline_takes="refused")
    for operation, key in (
        ("dataSourceMutations.deleteDataSource", "ds-1"),
        ("deleteDataDestination", "dd-1"),
        ("deleteDataDestination", "dd-2"),
    ):
        assert caller.send("deletePipeline", id="pl-1").status_code == 500
        assert caller.run(operation, id=key) == key
    assert caller.run("deletePipeline", id="pl-1") == "pl-1"


def test_dialects_of_blocked_events(caller: Caller, filled: Sandbox, speak: Speak) -> None:
    speak(filter_status="always-false", filter_list="merge")
    given: dict[str, Any] = {"pipelineId": "pl-1", "filterStatus": True}
    caller.run("updatePipelineFilter", input={**given, "blockedEventTypes": ["Lead"]})
    told = caller.run("updatePipelineFilter", input={**given, "blockedEventTypes": ["Search"]})
    assert told == {"filterStatus": False, "blockedEventTypes": ["Lead", "Search"]}
    given = {"pipelineId": "pl-1", "destinationId": "dd-1"}
    for name in ("Lead", "Search"):
        names = {"destinationFilterBlockedEventTypes": [name]}
        told = caller.run("updatePipelineDestinationFilter", input={**given, **names})
    assert told["destinationFilterBlockedEventTypes"] == ["Lead", "Search"]


# Sources


def test_the_sample_of_a_source(caller: Caller, filled: Sandbox) -> None:
    given = {
        "id": None,
        "name": "Signals Gateway Pixel 2JP0NH",
        "type": "ADVERTISER_HOSTED_PIXEL",
        "pipelineId": "pl-1",
    }
    made = caller.run("createDataSourceForPipeline", **given)
    assert re.fullmatch(r"\d{19}", made["id"])
    assert made == {
        "id": made["id"],
        "name": "Signals Gateway Pixel 2JP0NH",
        "active": True,
        "type": "ADVERTISER_HOSTED_PIXEL",
        "associatedPipelines": [BASIC],
    }
    assert caller.run("dataSourcesQuery")[1] == made
    own = caller.run("createDataSourceForPipeline", **{**given, "id": "1347507641242739748"})
    assert own["id"] == "1347507641242739748"
    for kind in ("META_PIXEL", "UNKNOWN"):
        refused = caller.send("createDataSourceForPipeline", **{**given, "type": kind})
        assert refused.status_code == 500


def test_a_source_is_changed_and_deleted(caller: Caller, filled: Sandbox, speak: Speak) -> None:
    changed = caller.run("updateDataSource", input={"id": "ds-1", "active": False})
    assert (changed["name"], changed["active"]) == ("Site", False)
    speak(update_source="put")
    changed = caller.run("updateDataSource", input={"id": "ds-1", "name": "Shop"})
    assert (changed["name"], changed["active"], changed["type"]) == ("Shop", False, "UNKNOWN")
    assert caller.run("dataSourceMutations.deleteDataSource", id="ds-1") == "ds-1"
    for operation, given in (
        ("dataSourceMutations.deleteDataSource", {"id": "ds-1"}),
        ("updateDataSource", {"input": {"id": "ds-1"}}),
        ("createGatewayPixelHeaderCode", {"dataSourceId": "ds-1"}),
    ):
        assert caller.send(operation, **given).status_code == 500


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("both", {"type", "dataSourceType"}),
        ("type", {"type"}),
        ("dataSourceType", {"dataSourceType"}),
    ],
)
def test_name_of_a_sources_type(
    caller: Caller, filled: Sandbox, speak: Speak, field: str, known: set[str]
) -> None:
    speak(source_update_field=field)
    for name in ("type", "dataSourceType"):
        given = {"id": "ds-1", name: "FILE_UPLOAD"}
        answer = caller.send("updateDataSource", input=given)
        assert answer.status_code == (200 if name in known else 400)
        if name not in known:
            assert re.search(f"'DataSourceInput'.*'{name}'", answer.text)
    assert caller.run("dataSourcesQuery")[0]["type"] == "FILE_UPLOAD"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("both", "type is missing"),
        ("type", "required field 'type'"),
        ("dataSourceType", "required field 'dataSourceType'"),
    ],
)
def test_an_update_needs_the_type(
    caller: Caller, filled: Sandbox, speak: Speak, field: str, said: str
) -> None:
    speak(source_update_field=field, source_update_type="required")
    answer = caller.send("updateDataSource", input={"id": "ds-1", "name": "Shop"})
    assert answer.status_code == 400
    assert said in answer.text
    name = "type" if field == "both" else field
    given = {"id": "ds-1", "name": "Shop", name: "ADVERTISER_HOSTED_PIXEL"}
    assert caller.run("updateDataSource", input=given)["name"] == "Shop"


def test_code_for_a_site(caller: Caller, filled: Sandbox, speak: Speak) -> None:
    first = caller.run("createGatewayPixelHeaderCode", dataSourceId="ds-1")
    assert "/sdk/ds-1/events.js" in first
    assert "cbq('track', 'PageView')" in first
    assert "cbq('init', 'ds-1')" not in first
    assert caller.run("createGatewayPixelHeaderCode", dataSourceId="ds-1") == first
    speak(header_code="another-id")
    others = {caller.run("createGatewayPixelHeaderCode", dataSourceId="ds-1") for _ in range(2)}
    assert len(others | {first}) == 3


# Destinations


def test_the_sample_of_a_destination(caller: Caller, filled: Sandbox) -> None:
    given = {
        "name": "Customized destination 1P46DH",
        "type": "CUSTOM_HTTP_API",
        "pipelineId": "pl-1",
    }
    made = caller.run("createDataDestination", input=given)
    assert re.fullmatch(f"sg_v1_dd_{UUID}", made["id"])
    assert made == {
        "id": made["id"],
        "name": "Customized destination 1P46DH",
        "active": True,
        "type": "CUSTOM_HTTP_API",
        "associatedPipelines": [BASIC],
    }
    assert ids(caller)[1] == ["dd-1", "dd-2", made["id"]]
    refused = caller.send("createDataDestination", input={**given, "type": "UNKNOWN"})
    assert refused.status_code == 500


def test_a_destination_is_changed_and_deleted(
    caller: Caller, filled: Sandbox, speak: Speak
) -> None:
    changed = caller.run("updateDataDestination", input={"id": "dd-1", "active": False})
    assert (changed["name"], changed["active"]) == ("Meta", False)
    speak(update_destination="put")
    changed = caller.run("updateDataDestination", input={"id": "dd-2", "active": True})
    assert (changed["name"], changed["active"]) == ("", True)
    assert caller.run("deleteDataDestination", id="dd-1") == "dd-1"
    for operation, given in (
        ("deleteDataDestination", {"id": "dd-1"}),
        ("updateDataDestination", {"input": {"id": "dd-1"}}),
    ):
        assert caller.send(operation, **given).status_code == 500


def test_destinations_are_configured(caller: Caller, filled: Sandbox) -> None:
    assert caller.run("updateDataDestinationCapiConfig", input={"id": "dd-1", **CAPI}) is True
    assert caller.run("updateDataDestinationHttpConfig", input={"id": "dd-2", **HTTP}) is True
    meta, lake = caller.run("dataDestinationsQuery")
    assert meta["metaCAPIConfig"] == {"dataSetId": "101"}
    assert lake["metaCAPIConfig"] is None
    held = filled.state.part(Destinations)
    for key, config in (("dd-1", CAPI), ("dd-2", HTTP)):
        destination = held.get("SandboxA", key)
        assert destination is not None
        assert destination.config == config
    for operation, given in (
        ("updateDataDestinationCapiConfig", {"id": "dd-2", **CAPI}),
        ("updateDataDestinationHttpConfig", {"id": "dd-1", **HTTP}),
    ):
        assert caller.send(operation, input=given).status_code == 500


@pytest.mark.parametrize("operation", ["Capi", "Http"])
def test_an_unknown_destination_is_configured(
    caller: Caller, filled: Sandbox, speak: Speak, operation: str
) -> None:
    name, given = f"updateDataDestination{operation}Config", {"Capi": CAPI, "Http": HTTP}[operation]
    assert caller.send(name, input={"id": "dd-9", **given}).status_code == 500
    speak(config_unknown_destination="false")
    assert caller.run(name, input={"id": "dd-9", **given}) is False


def test_all_four_structures_are_required(caller: Caller, filled: Sandbox, speak: Speak) -> None:
    given = {"id": "dd-2", **HTTP}
    some = {"apiKeyAuth": AUTH["apiKeyAuth"]}
    assert caller.run("updateDataDestinationHttpConfig", input={**given, **some}) is True
    speak(http_auth_blocks="all-four")
    refused = caller.send("updateDataDestinationHttpConfig", input={**given, **some})
    assert refused.status_code == 400
    assert "missing are basicAuth, clientCredentialsAuth, jsonWebTokenAuth" in refused.text
    assert caller.run("updateDataDestinationHttpConfig", input={**given, **AUTH}) is True


def test_the_dataset_in_the_list(caller: Caller, filled: Sandbox, speak: Speak) -> None:
    filled.edit_destination("dd-1", config={"metaDatasetId": "101"})
    speak(meta_capi_config_in_list="null")
    assert caller.run("dataDestinationsQuery")[0]["metaCAPIConfig"] is None
    pipeline = caller.run("pipeline", id="pl-1")
    assert pipeline["dataDestinations"][0]["metaCAPIConfig"] == {"dataSetId": "101"}
    speak(meta_capi_config_in_list="unknown")
    for operation in ("dataDestinationsQuery", "pipeline"):
        answer = caller.send(operation, id="pl-1")
        assert answer.status_code == 400
        assert "Cannot query field 'metaCAPIConfig'" in answer.text


# Journal, history, faults


def test_secrets_of_destinations_are_told_nowhere(caller: Caller, filled: Sandbox) -> None:
    caller.run("updateDataDestinationCapiConfig", input={"id": "dd-1", **CAPI})
    caller.run("updateDataDestinationHttpConfig", input={"id": "dd-2", **HTTP, **AUTH})
    told = "".join(caller.http.get(f"/sandbox/{path}").text for path in ("view", "state"))
    told += repr(filled.state.history) + repr(filled.requests)
    assert "X-Key" in told
    assert "of-the-lake" not in told
    assert "of-the-dataset" not in told


def test_two_deletions_of_one_name_are_told_apart(caller: Caller, filled: Sandbox) -> None:
    filled.connect("101")
    filled.inject(Fault.status(503, operation="deleteDataSource"))
    assert caller.run("dataSourceMutations.deleteDataSource", id="ds-1") == "ds-1"
    assert caller.send("deleteDataSource", id="101").status_code == 503
    first, second = filled.requests
    assert first.operation == "dataSourceMutations.deleteDataSource"
    assert (first.pixels, second.pixels) == ((), ("101",))


def test_an_account_takes_its_pipelines_along(caller: Caller, filled: Sandbox) -> None:
    filled.add_pipeline("Web", pipeline_id="pl-2", tenant="SandboxB")
    before = len(filled.state.history)
    caller.run("deleteTenant")
    changes = [(change.kind, change.key) for change in filled.state.history[before:]]
    assert set(changes) == {
        ("pipeline", ("pl-1",)),
        ("source", ("ds-1",)),
        ("destination", ("dd-1",)),
        ("destination", ("dd-2",)),
        ("account", ()),
    }
    assert caller.run("pipeline", id="pl-2", tenantId="SandboxB")["name"] == "Web"
    filled.add_account("SandboxA")
    assert ids(caller) == ([], [])


def test_changes_behind_the_back(caller: Caller, filled: Sandbox) -> None:
    filled.edit_pipeline("pl-1", blocked=("Lead",), filter_status=True)
    filled.edit_source("ds-1", name="Shop")
    filled.drop_destination("dd-2")
    pipeline = caller.run("pipeline", id="pl-1")
    assert pipeline["dataFilter"] == {"filterStatus": True, "blockedEventTypes": ["Lead"]}
    assert [item["name"] for item in pipeline["dataSources"]] == ["Shop"]
    assert [item["id"] for item in pipeline["dataDestinations"]] == ["dd-1"]
    filled.drop_pipeline("pl-1")
    assert ids(caller) == (["ds-1"], ["dd-1"])
    filled.drop_source("ds-1")
    for change in (filled.drop_source, filled.drop_pipeline, filled.edit_destination):
        with pytest.raises(KeyError):
            change("ds-1")
    with pytest.raises(KeyError):
        filled.add_pipeline("Web", tenant="Nobody00")

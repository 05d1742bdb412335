"""Look-ups of Signals Gateway, as a script or a notebook calls them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

import pulumi_capig as capig
from pulumi_capig.sandbox import Fault, Sandbox

DATASET = "18904456377094531"

EACH: dict[str, Callable[..., Any]] = {
    "pipeline": lambda tenant=None, **more: capig.get_pipeline("sg_v1_pl_1", tenant, **more),
    "pipelines": capig.get_pipelines,
}
each = pytest.mark.parametrize("look_up", EACH.values(), ids=EACH)


def furnish(sandbox: Sandbox) -> None:
    """A pipeline with two sources and two destinations, and one with nothing in it."""
    sandbox.add_pipeline("Web", pipeline_id="sg_v1_pl_1", blocked=("Lead",))
    sandbox.add_pipeline("Empty", pipeline_id="sg_v1_pl_2", active=False)
    sandbox.add_source("sg_v1_pl_1", "Shop", source_id="8855778841440572825")
    sandbox.add_source("sg_v1_pl_1", "App", "ADVERTISER_HOSTED_SDK", source_id="2")
    sandbox.edit_source("2", active=False)
    config = {"metaDatasetId": DATASET, "accessToken": "EAAB"}
    sandbox.add_destination("sg_v1_pl_1", "Meta", destination_id="sg_v1_dd_1", config=config)
    sandbox.add_destination("sg_v1_pl_1", "Lake", "CUSTOM_HTTP_API", destination_id="sg_v1_dd_2")
    sandbox.edit_pipeline("sg_v1_pl_1", blocked_by_destination={"sg_v1_dd_2": ("Purchase",)})


def values(found: Any) -> Any:
    """A result in plain values."""
    if isinstance(found, list):
        return [values(item) for item in found]
    return {k: values(v) for k, v in vars(found).items()} if hasattr(found, "__dict__") else found


def test_a_pipeline(in_sandbox: Sandbox) -> None:
    furnish(in_sandbox)
    found = capig.get_pipeline("sg_v1_pl_1")
    assert isinstance(found, capig.GetPipelineResult)
    source = {"type": "ADVERTISER_HOSTED_PIXEL", "name": "Shop", "active": True}
    app = {"type": "ADVERTISER_HOSTED_SDK", "name": "App", "active": False}
    meta = {"type": "META_CONVERSIONS_API", "name": "Meta", "active": True, "blocked_events": []}
    lake = {"type": "CUSTOM_HTTP_API", "name": "Lake", "active": True}
    assert values(found) == {
        "pipeline_id": "sg_v1_pl_1",
        "name": "Web",
        "active": True,
        "type": "GATEWAY_PIPELINE",
        "data_sources": [
            {"data_source_id": "8855778841440572825", **source},
            {"data_source_id": "2", **app},
        ],
        "data_destinations": [
            {"destination_id": "sg_v1_dd_1", **meta},
            {"destination_id": "sg_v1_dd_2", **lake, "blocked_events": ["Purchase"]},
        ],
        "blocked_events": ["Lead"],
    }
    assert "blocked_events=['Purchase']" in repr(found)
    assert in_sandbox.counters.requests == {"token": 1, "pipeline": 1}
    empty = capig.get_pipeline("sg_v1_pl_2", in_sandbox.tenant_id)
    assert (empty.name, empty.active, empty.data_sources) == ("Empty", False, [])


def test_the_pipelines_that_an_account_names(in_sandbox: Sandbox) -> None:
    furnish(in_sandbox)
    found = capig.get_pipelines()
    assert isinstance(found, capig.GetPipelinesResult)
    assert [vars(pipeline) for pipeline in found.pipelines] == [
        {"pipeline_id": "sg_v1_pl_1", "name": "Web", "type": "GATEWAY_PIPELINE"}
    ]
    assert [s.data_source_id for s in found.data_sources] == ["8855778841440572825", "2"]
    meta, lake = found.data_destinations
    assert vars(meta) == {
        "destination_id": "sg_v1_dd_1",
        "name": "Meta",
        "type": "META_CONVERSIONS_API",
        "active": True,
        "dataset_id": DATASET,
        "pipeline_ids": ["sg_v1_pl_1"],
    }
    assert lake.dataset_id == ""
    assert in_sandbox.counters.requests == {
        "token": 1, "dataSourcesQuery": 1, "dataDestinationsQuery": 1,
    }  # fmt: skip
    in_sandbox.add_account("Other000")
    assert values(capig.get_pipelines("Other000")) == {
        "data_sources": [], "data_destinations": [], "pipelines": [],
    }  # fmt: skip


def test_no_value_is_ever_null(in_sandbox: Sandbox) -> None:
    furnish(in_sandbox)
    ends = {f"{kind}.{name}" for kind in ("DataSource", "DataDestination")
            for name in ("name", "type", "active", "associatedPipelines")}  # fmt: skip
    whole = {f"Pipeline.{name}" for name in ("name", "active", "type", "dataFilter")}
    missing = ends | whole | {"Pipeline.pipelineDestinationFilters"}
    dialect = replace(in_sandbox.dialect, unknown_fields=frozenset(missing))
    in_sandbox.dialect = replace(dialect, meta_capi_config_in_list="unknown")
    pipeline, account = capig.get_pipeline("sg_v1_pl_1"), capig.get_pipelines()
    assert (pipeline.name, pipeline.active, pipeline.type) == ("", False, "")
    assert pipeline.blocked_events == []
    assert vars(pipeline.data_sources[1]) == {
        "data_source_id": "2", "name": "", "type": "", "active": False,
    }  # fmt: skip
    assert account.pipelines == []
    assert vars(account.data_destinations[0]) == {
        "destination_id": "sg_v1_dd_1",
        "name": "",
        "type": "",
        "active": False,
        "dataset_id": "",
        "pipeline_ids": [],
    }


@pytest.mark.parametrize("unknown", ["null", "500", "404"])
def test_an_unknown_pipeline(
    in_sandbox: Sandbox, unknown: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    in_sandbox.dialect = replace(in_sandbox.dialect, pipeline_unknown=unknown)
    with pytest.raises(capig.GatewayError, match="read pipeline sg_v1_pl_9") as caught:
        capig.get_pipeline("sg_v1_pl_9")
    assert isinstance(caught.value, capig.NotFoundError) == (unknown != "500")


@pytest.mark.parametrize("field", ["dataSourcesQuery", "dataDestinationsQuery"])
def test_no_list_is_not_an_empty_one(in_sandbox: Sandbox, field: str) -> None:
    furnish(in_sandbox)
    body = f'{{"data": {{"tenantQueries": {{"{field}": null}}}}}}'
    in_sandbox.inject(Fault("not-json", operation=field, body=body))
    with pytest.raises(capig.UnexpectedAnswerError, match="without a list of data"):
        capig.get_pipelines()


@each
def test_an_unknown_account(in_sandbox: Sandbox, look_up: Callable[..., Any]) -> None:
    with pytest.raises(capig.NotAuthorizedError) as caught:
        look_up("Nobody00")
    assert caught.value.tenant_id == "Nobody00"


@pytest.mark.parametrize(
    ("look_up", "said"),
    [
        (lambda: capig.get_pipelines("a b"), "whitespace"),
        (lambda: capig.get_pipeline("SandboxA/sg_v1_pl_1"), "whitespace or '/'"),
        (lambda: capig.get_pipeline(""), "the id is empty"),
        (lambda: capig.get_pipeline(1), "must be text"),  # type: ignore[arg-type]
    ],
)
def test_malformed_arguments(in_sandbox: Sandbox, look_up: Callable[[], Any], said: str) -> None:
    with pytest.raises(capig.RefusedError, match=said):
        look_up()
    assert in_sandbox.counters.requests == {}


@each
def test_a_provider_is_refused(look_up: Callable[..., Any]) -> None:
    provider = pulumi.InvokeOptions(provider=object())  # type: ignore[arg-type]
    with pytest.raises(pulumi.RunError, match="provider="):
        look_up(opts=provider)


def test_both_forms_in_a_notebook(in_sandbox: Sandbox) -> None:
    furnish(in_sandbox)

    async def cell() -> list[object]:
        pipeline = capig.get_pipeline_output(pulumi.Output.secret("sg_v1_pl_1"))
        account = capig.get_pipelines_output(pulumi.Output.from_input(in_sandbox.tenant_id))
        return [
            await pipeline.name.future(),
            await pipeline.is_secret(),
            [each.name for each in (await account.future()).data_destinations],
        ]

    assert asyncio.run(cell()) == ["Web", True, ["Meta", "Lake"]]

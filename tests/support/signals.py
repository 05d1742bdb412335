"""Pipelines and their ends: as programs declare them, and as the sandbox holds them."""

from __future__ import annotations

from typing import Any

from pulumi_capig.sandbox import Sandbox
from pulumi_capig.sandbox.parts.destinations import Destinations, HeldDestination
from pulumi_capig.sandbox.parts.pipelines import HeldPipeline, Pipelines
from pulumi_capig.sandbox.parts.sources import HeldSource, Sources
from tests.support.deployment import Props

Declared = tuple[str, Props]

PIPE = "sg_v1_pl_by-hand"
"""A pipeline that somebody made by hand."""

TOKEN = "EAAB-a-token-of-the-dataset-that-must-not-leak"
KEY = "a-key-of-the-lake-that-must-not-leak"
CODE = "createGatewayPixelHeaderCode"
DELETE_SOURCE = "dataSourceMutations.deleteDataSource"

LOST = ("reset-before-write", "reset-after-write", "late-write", "truncated", "missing-fields")
"""Faults after which nobody knows whether a write was carried out; the matrix has all of them."""

READS = ("pipeline", "dataSourcesQuery", "dataDestinationsQuery")
WRITES = (
    "createPipeline",
    "updatePipeline",
    "deletePipeline",
    "updatePipelineFilter",
    "updatePipelineDestinationFilter",
    "createDataSourceForPipeline",
    "updateDataSource",
    DELETE_SOURCE,
    CODE,
    "createDataDestination",
    "updateDataDestination",
    "deleteDataDestination",
    "updateDataDestinationCapiConfig",
    "updateDataDestinationHttpConfig",
)


def pipeline(**changes: Any) -> Declared:
    """A pipeline; None takes an argument away, here and below."""
    return "Pipeline", _known({"name": "Web", **changes})


def source(**changes: Any) -> Declared:
    """A pixel that the advertiser hosts."""
    declared = {"pipeline_id": PIPE, "name": "Site", "type": "ADVERTISER_HOSTED_PIXEL"}
    return "DataSource", _known({**declared, **changes})


def meta(**changes: Any) -> Declared:
    """A destination at Meta, with all of its configuration."""
    declared = {
        "pipeline_id": PIPE,
        "name": "Meta",
        "dataset_id": "18904456377094531",
        "business_id": "2840127409433732",
        "access_token": TOKEN,
        "api_version": "v24.0",
    }
    return "ConversionsApiDestination", _known({**declared, **changes})


def lake(**changes: Any) -> Declared:
    """A destination over HTTP, with all of its configuration."""
    declared = {
        "pipeline_id": PIPE,
        "name": "Lake",
        "endpoint": "https://lake.shop.example/events",
        "payload": "{}",
        "auth": {"api_key": {"name": "X-Key", "value": KEY, "add_to": "HEADER"}},
    }
    return "HttpDestination", _known({**declared, **changes})


def _known(arguments: Props) -> Props:
    return {name: value for name, value in arguments.items() if value is not None}


def pipelines(sandbox: Sandbox, tenant: str | None = None) -> list[HeldPipeline]:
    """The pipelines of an account, the default one if None."""
    return sandbox.state.part(Pipelines).of(tenant or sandbox.tenant_id)


def sources(sandbox: Sandbox, tenant: str | None = None) -> list[HeldSource]:
    """The data sources of an account, the default one if None."""
    return sandbox.state.part(Sources).of(tenant or sandbox.tenant_id)


def destinations(sandbox: Sandbox, tenant: str | None = None) -> list[HeldDestination]:
    """The data destinations of an account, the default one if None."""
    return sandbox.state.part(Destinations).of(tenant or sandbox.tenant_id)


def sent(sandbox: Sandbox) -> list[str]:
    """The writes that reached the gateway, in order."""
    return [r.operation for r in sandbox.requests if r.operation in WRITES]


def asked(sandbox: Sandbox) -> list[str]:
    """All that the gateway was asked, in order, but for tokens."""
    return [r.operation for r in sandbox.requests if r.operation in (*WRITES, *READS)]

"""Look up Signals Gateway: one pipeline, or the sources and destinations of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from .. import lookup
from ..invocation import Invocation
from .shown import Shown, whole

if TYPE_CHECKING:
    from ..gateway import Client

__all__ = [
    "GetPipelineDestinationResult",
    "GetPipelineResult",
    "GetPipelineSourceResult",
    "GetPipelinesDestinationResult",
    "GetPipelinesPipelineResult",
    "GetPipelinesResult",
    "GetPipelinesSourceResult",
    "get_pipeline",
    "get_pipeline_output",
    "get_pipelines",
    "get_pipelines_output",
]


@pulumi.output_type
class GetPipelineSourceResult(Shown):
    """A data source of a pipeline; no value is ever None.

    Attributes:
        data_source_id: The gateway's id; a connected Meta pixel's is the pixel's.
        name: Its display name.
        type: What it is, as `DataSource.type` takes it, or ``META_PIXEL``; ``""`` if not said.
        active: Whether it takes events; False if the gateway does not say it.
    """

    data_source_id: str
    name: str
    type: str
    active: bool


@pulumi.output_type
class GetPipelineDestinationResult(Shown):
    """A destination of a pipeline; no value is ever None.

    Attributes:
        destination_id: The gateway's id.
        name: Its display name.
        type: ``META_CONVERSIONS_API``, ``CUSTOM_HTTP_API`` or another one; ``""`` if not said.
        active: Whether the gateway delivers to it; False if the gateway does not say it.
        blocked_events: Events that the pipeline does not deliver to it.
    """

    destination_id: str
    name: str
    type: str
    active: bool
    blocked_events: Sequence[str]


@pulumi.output_type
class GetPipelineResult(Shown):
    """A pipeline as the gateway holds it now; no value is ever None.

    Attributes:
        pipeline_id: The gateway's id.
        name: Its display name.
        active: Whether events flow through it; False if the gateway does not say it.
        type: ``GATEWAY_PIPELINE``, or ``META_CAPI_PIPELINE`` of a connected pixel; ``""`` if not
            said.
        data_sources: Where its events come from.
        data_destinations: Where they go to.
        blocked_events: Events that it drops, for all destinations.
    """

    pipeline_id: str
    name: str
    active: bool
    type: str
    data_sources: Sequence[GetPipelineSourceResult]
    data_destinations: Sequence[GetPipelineDestinationResult]
    blocked_events: Sequence[str]


@pulumi.output_type
class GetPipelinesSourceResult(Shown):
    """A data source of an account; no value is ever None.

    Attributes:
        data_source_id: The gateway's id; a connected Meta pixel's is the pixel's.
        name: Its display name.
        type: What it is, as `DataSource.type` takes it, or ``META_PIXEL``; ``""`` if not said.
        active: Whether it takes events; False if the gateway does not say it.
        pipeline_ids: The pipelines that it feeds.
    """

    data_source_id: str
    name: str
    type: str
    active: bool
    pipeline_ids: Sequence[str]


@pulumi.output_type
class GetPipelinesDestinationResult(Shown):
    """A destination of an account; no value is ever None.

    Attributes:
        destination_id: The gateway's id.
        name: Its display name.
        type: ``META_CONVERSIONS_API``, ``CUSTOM_HTTP_API`` or another one; ``""`` if not said.
        active: Whether the gateway delivers to it; False if the gateway does not say it.
        dataset_id: The dataset that it delivers to, for one at Meta; ``""`` if not said.
        pipeline_ids: The pipelines that feed it.
    """

    destination_id: str
    name: str
    type: str
    active: bool
    dataset_id: str
    pipeline_ids: Sequence[str]


@pulumi.output_type
class GetPipelinesPipelineResult(Shown):
    """A pipeline that a source or destination names; no value is ever None.

    Attributes:
        pipeline_id: The gateway's id.
        name: Its display name.
        type: ``GATEWAY_PIPELINE``, or ``META_CAPI_PIPELINE`` of a connected pixel; ``""`` if not
            said.
    """

    pipeline_id: str
    name: str
    type: str


@pulumi.output_type
class GetPipelinesResult(Shown):
    """What an account has of Signals Gateway; no value is ever None.

    Attributes:
        data_sources: All data sources.
        data_destinations: All destinations.
        pipelines: The pipelines that these name. No operation lists pipelines, so one with neither
            source nor destination is missing.
    """

    data_sources: Sequence[GetPipelinesSourceResult]
    data_destinations: Sequence[GetPipelinesDestinationResult]
    pipelines: Sequence[GetPipelinesPipelineResult]


def get_pipeline(
    pipeline_id: str, tenant_id: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetPipelineResult:
    """Look up a pipeline with its sources, destinations and blocked events.

    Args:
        pipeline_id: The pipeline, such as ``sg_v1_pl_…``.
        tenant_id: The account. Defaults to `CAPIG_TENANT_ID` or ``capig:tenantId``.
        opts: Pulumi's invoke options; ``provider`` is refused.

    Raises:
        NotFoundError: The gateway has no such pipeline in the account.
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: The account is a number, ``provider`` is set, or a secret setting is
            in plain text.
    """
    return _PIPELINE.now({"pipeline_id": pipeline_id, "tenant_id": tenant_id}, opts)


def get_pipeline_output(
    pipeline_id: pulumi.Input[str],
    tenant_id: pulumi.Input[str | None] | None = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetPipelineResult]:
    """`get_pipeline` for arguments that are outputs of other resources.

    The result is unknown while an argument or a resource in ``depends_on`` is unknown. It is secret
    if an argument is secret, and depends on what the arguments depend on.
    """
    return _PIPELINE.output({"pipeline_id": pipeline_id, "tenant_id": tenant_id}, opts)


def get_pipelines(
    tenant_id: str | None = None, opts: pulumi.InvokeOptions | None = None
) -> GetPipelinesResult:
    """Look up the data sources and destinations of an account, and the pipelines that they name.

    No operation lists pipelines, so a pipeline with neither source nor destination is not found.

    Args:
        tenant_id: The account. Defaults to `CAPIG_TENANT_ID` or ``capig:tenantId``.
        opts: Pulumi's invoke options; ``provider`` is refused.

    Raises:
        SettingsError: A setting is missing or wrong.
        RefusedError: An argument is malformed.
        GatewayError: The gateway refused or cannot be reached.
        pulumi.RunError: The account is a number, ``provider`` is set, or a secret setting is
            in plain text.
    """
    return _PIPELINES.now({"tenant_id": tenant_id}, opts)


def get_pipelines_output(
    tenant_id: pulumi.Input[str | None] | None = None,
    opts: pulumi.InvokeOptions | pulumi.InvokeOutputOptions | None = None,
) -> pulumi.Output[GetPipelinesResult]:
    """`get_pipelines` for arguments that are outputs of other resources.

    The result is unknown while an argument or a resource in ``depends_on`` is unknown. It is secret
    if an argument is secret, and depends on what the arguments depend on.
    """
    return _PIPELINES.output({"tenant_id": tenant_id}, opts)


def _ask_pipeline(client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    return lookup.pipeline(client, arguments["tenant_id"], arguments["pipeline_id"])


def _ask_pipelines(client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
    return lookup.pipelines(client, arguments["tenant_id"])


def _read_pipeline(values: Mapping[str, Any]) -> GetPipelineResult:
    found = whole(lookup.BLANK_PIPELINE, values)
    parts = {
        "data_sources": [
            GetPipelineSourceResult(**whole(lookup.BLANK_PIPELINE_SOURCE, each))
            for each in found["data_sources"]
        ],
        "data_destinations": [
            GetPipelineDestinationResult(**whole(lookup.BLANK_PIPELINE_DESTINATION, each))
            for each in found["data_destinations"]
        ],
    }
    return GetPipelineResult(**{**found, **parts})


def _read_pipelines(values: Mapping[str, Any]) -> GetPipelinesResult:
    found = whole(lookup.BLANK_PIPELINES, values)
    parts = {
        "data_sources": [
            GetPipelinesSourceResult(**whole(lookup.BLANK_LISTED_SOURCE, each))
            for each in found["data_sources"]
        ],
        "data_destinations": [
            GetPipelinesDestinationResult(**whole(lookup.BLANK_LISTED_DESTINATION, each))
            for each in found["data_destinations"]
        ],
        "pipelines": [
            GetPipelinesPipelineResult(**whole(lookup.BLANK_LISTED_PIPELINE, each))
            for each in found["pipelines"]
        ],
    }
    return GetPipelinesResult(**parts)


_PIPELINE = Invocation("get_pipeline", _ask_pipeline, _read_pipeline)
_PIPELINES = Invocation("get_pipelines", _ask_pipelines, _read_pipelines)

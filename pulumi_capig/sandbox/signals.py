"""Pipelines, sources and destinations as answers say them."""

from __future__ import annotations

from typing import Any

from .parts.destinations import Destinations, HeldDestination
from .parts.pipelines import HeldPipeline, Pipelines
from .parts.sources import HeldSource, Sources
from .state import GatewayState

__all__ = ["destination_entry", "destination_filter_entry", "pipeline_entry", "source_entry"]

_TYPE = "GATEWAY_PIPELINE"


def pipeline_entry(state: GatewayState, tenant: str, pipeline: HeldPipeline) -> dict[str, Any]:
    """A pipeline with all that is in it."""
    return {
        "id": pipeline.id,
        "name": pipeline.name,
        "active": pipeline.active,
        "type": _TYPE,
        "dataSources": [
            source_entry(state, tenant, source)
            for source in state.part(Sources).of(tenant)
            if source.pipeline == pipeline.id
        ],
        "dataDestinations": [
            destination_entry(state, tenant, destination)
            for destination in state.part(Destinations).of(tenant)
            if destination.pipeline == pipeline.id
        ],
        "dataFilter": {
            "filterStatus": pipeline.filter_status,
            "blockedEventTypes": list(pipeline.blocked),
        },
        "pipelineDestinationFilters": [
            destination_filter_entry(pipeline, destination)
            for destination in pipeline.blocked_by_destination
        ],
    }


def destination_filter_entry(pipeline: HeldPipeline, destination: str) -> dict[str, Any]:
    """What a pipeline drops for one destination."""
    return {
        "id": f"pipelineDestinationFilter:{pipeline.id}:{destination}",
        "destinationId": destination,
        "destinationFilterStatus": True,
        "destinationFilterBlockedEventTypes": list(pipeline.blocked_by_destination[destination]),
    }


def source_entry(state: GatewayState, tenant: str, source: HeldSource) -> dict[str, Any]:
    """A data source."""
    return {
        "id": source.id,
        "name": source.name,
        "type": source.type,
        "active": source.active,
        "associatedPipelines": _pipelines(state, tenant, source.pipeline),
    }


def destination_entry(
    state: GatewayState, tenant: str, destination: HeldDestination
) -> dict[str, Any]:
    """A data destination, with the dataset that it delivers to."""
    dataset = destination.config.get("metaDatasetId")
    return {
        "id": destination.id,
        "name": destination.name,
        "type": destination.type,
        "active": destination.active,
        "associatedPipelines": _pipelines(state, tenant, destination.pipeline),
        "metaCAPIConfig": None if dataset is None else {"dataSetId": dataset},
    }


def _pipelines(state: GatewayState, tenant: str, key: str | None) -> list[dict[str, Any]]:
    pipeline = None if key is None else state.part(Pipelines).get(tenant, key)
    if pipeline is None:
        return []
    return [{"id": pipeline.id, "name": pipeline.name, "type": _TYPE}]

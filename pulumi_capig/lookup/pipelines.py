"""Pipelines of Signals Gateway, with what feeds them and what they feed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import NotFoundError, UnexpectedAnswerError
from .untold import told

if TYPE_CHECKING:
    from ..gateway import Client
    from ..gateway.operations.destinations import DataDestination
    from ..gateway.operations.pipelines import Pipeline, PipelineEnd
    from ..gateway.operations.sources import DataSource, PipelineName

_SOURCE: Mapping[str, Any] = {"data_source_id": "", "name": "", "type": "", "active": False}
_DESTINATION: Mapping[str, Any] = {"destination_id": "", "name": "", "type": "", "active": False}

BLANK_PIPELINE_SOURCE = _SOURCE
BLANK_PIPELINE_DESTINATION: Mapping[str, Any] = {**_DESTINATION, "blocked_events": []}
BLANK_LISTED_SOURCE: Mapping[str, Any] = {**_SOURCE, "pipeline_ids": []}
BLANK_LISTED_DESTINATION: Mapping[str, Any] = {
    **_DESTINATION,
    "dataset_id": "",
    "pipeline_ids": [],
}
BLANK_LISTED_PIPELINE: Mapping[str, Any] = {"pipeline_id": "", "name": "", "type": ""}

BLANK_PIPELINE: Mapping[str, Any] = {
    "pipeline_id": "",
    "name": "",
    "active": False,
    "type": "",
    "data_sources": [],
    "data_destinations": [],
    "blocked_events": [],
}

BLANK_PIPELINES: Mapping[str, Any] = {"data_sources": [], "data_destinations": [], "pipelines": []}


def pipeline(client: Client, tenant_id: str, pipeline_id: str) -> dict[str, Any]:
    """A pipeline with its sources and destinations (operation 21).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pipeline_id: The pipeline.

    Raises:
        NotFoundError: The gateway answers null.
        GatewayError: The gateway refused or cannot be reached.
    """
    from ..gateway import pipelines

    found = pipelines.read(client, tenant_id, pipeline_id)
    if found is None:
        reason = "the gateway answered null: it has no such pipeline in this account"
        operation = f"read pipeline {pipeline_id}"
        raise NotFoundError(reason, operation=operation, tenant_id=tenant_id)
    return told(
        BLANK_PIPELINE,
        pipeline_id=pipeline_id,
        name=found.name,
        active=found.active,
        type=found.type,
        data_sources=[
            told(BLANK_PIPELINE_SOURCE, data_source_id=each.id, **_end(each))
            for each in filter(None, found.data_sources or ())
        ],
        data_destinations=[
            _destination(found, each) for each in filter(None, found.data_destinations or ())
        ],
        blocked_events=found.blocked_events,
    )


def pipelines(client: Client, tenant_id: str) -> dict[str, Any]:
    """The sources and destinations of an account, and the pipelines that they name (27 and 33).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Raises:
        UnexpectedAnswerError: The gateway answers without a list.
        GatewayError: The gateway refused or cannot be reached.
    """
    from ..gateway import destinations, sources

    fed_by = _listed("data sources", sources.list_sources(client, tenant_id), tenant_id)
    feeding = _listed(
        "data destinations", destinations.list_destinations(client, tenant_id), tenant_id
    )
    return {
        "data_sources": [
            told(
                BLANK_LISTED_SOURCE,
                data_source_id=each.id,
                pipeline_ids=_ids(each.associated_pipelines),
                **_end(each),
            )
            for each in fed_by
        ],
        "data_destinations": [
            told(
                BLANK_LISTED_DESTINATION,
                destination_id=each.id,
                dataset_id=each.meta_capi_config and each.meta_capi_config.data_set_id,
                pipeline_ids=_ids(each.associated_pipelines),
                **_end(each),
            )
            for each in feeding
        ],
        "pipelines": _named(
            each
            for end in (*fed_by, *feeding)
            for each in end.associated_pipelines or ()
            if each is not None
        ),
    }


def _listed(what: str, answer: Sequence[Any] | None, tenant_id: str) -> list[Any]:
    if answer is None:
        reason = f"the gateway answered without a list of {what}"
        raise UnexpectedAnswerError(reason, operation=f"list the {what}", tenant_id=tenant_id)
    return [each for each in answer if each is not None]


def _named(pipelines: Iterable[PipelineName]) -> list[dict[str, Any]]:
    """Each pipeline once, in the order of their first mention."""
    found: dict[str, dict[str, Any]] = {}
    for each in pipelines:
        if each.id:
            one = told(BLANK_LISTED_PIPELINE, pipeline_id=each.id, name=each.name, type=each.type)
            found.setdefault(each.id, one)
    return list(found.values())


def _ids(pipelines: Iterable[PipelineName | None] | None) -> list[str]:
    return [each.id for each in pipelines or () if each and each.id]


def _destination(pipeline: Pipeline, end: PipelineEnd) -> dict[str, Any]:
    return told(
        BLANK_PIPELINE_DESTINATION,
        destination_id=end.id,
        blocked_events=pipeline.blocked_for(end.id or ""),
        **_end(end),
    )


def _end(end: PipelineEnd | DataSource | DataDestination) -> dict[str, Any]:
    return {"name": end.name, "type": end.type, "active": end.active}

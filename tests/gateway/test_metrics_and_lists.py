"""Event metrics and the lists of Signals Gateway: operations 18, 27 and 33."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_capig.errors import UnexpectedAnswerError
from pulumi_capig.gateway import Client, destinations, metrics, sources
from pulumi_capig.gateway.operations.destinations import DataDestination
from pulumi_capig.gateway.operations.metrics import EventActivity, EventMetrics
from pulumi_capig.gateway.operations.sources import DataSource, PipelineName
from tests.gateway.conftest import Open
from tests.gateway.scripted import Scripted, data, error

Serve = Callable[..., Scripted]

PIXEL = "18904456377094531"


def queries(**result: Any) -> Any:
    return data(tenantQueries=result)


def test_metrics(serve: Serve, open_client: Open) -> None:
    event = {
        "name": "Purchase_PN_Mar22_Events",
        "receivedCount": 4,
        "publishedCount": 0,
        "lastUpdated": "1678753252000",
    }
    snapshot = {
        "activity": [event, None],
        "incoming": {"eventNamesCount": 1, "eventsCount": 4},
        "outgoing": {"eventNamesCount": 0, "eventsCount": 0, "publishSuccessRate": 0.0},
    }
    server = serve(queries(eventMetrics=snapshot))
    found = metrics.read(open_client(server), "IaoreXfj", [PIXEL], 120)
    assert found.activity == [
        EventActivity(
            name="Purchase_PN_Mar22_Events",
            received_count=4,
            published_count=0,
            last_updated="1678753252000",
        ),
        None,
    ]
    assert found.domain_activity is None
    assert (found.incoming and found.incoming.events_count) == 4
    assert (found.outgoing and found.outgoing.publish_success_rate) == 0.0
    (request,) = server.calls
    assert request.path == "/capig/graphql/"
    variables = {"tenantId": "IaoreXfj", "pixelIds": [PIXEL], "timeWindow": 120}
    assert request.content["variables"] == variables


def test_metrics_of_all_pixels(serve: Serve, open_client: Open) -> None:
    server = serve(queries(eventMetrics={}))
    assert metrics.read(open_client(server), "T") == EventMetrics()
    variables = {"tenantId": "T", "pixelIds": None, "timeWindow": 60}
    assert server.calls[0].content["variables"] == variables


@pytest.mark.parametrize("odd", ["many", {}, [], True, 1.5, None])
def test_a_figure_that_is_none_is_unknown(serve: Serve, open_client: Open, odd: object) -> None:
    snapshot = {"activity": [{"name": "Lead", "receivedCount": odd, "publishedCount": "7"}]}
    found = metrics.read(open_client(serve(queries(eventMetrics=snapshot))), "T")
    assert found.activity == [EventActivity(name="Lead", published_count=7)]


def test_no_metrics_are_an_error(serve: Serve, open_client: Open) -> None:
    with pytest.raises(UnexpectedAnswerError, match="answered null"):
        metrics.read(open_client(serve(queries(eventMetrics=None))), "T")


def test_websites_that_a_gateway_does_not_know(serve: Serve, open_client: Open) -> None:
    refused = error(400, 'Cannot query field "domainActivity" on type "EventMetricsSnapshot".')
    server = serve(refused, queries(eventMetrics={"activity": []}))
    assert metrics.read(open_client(server), "T") == EventMetrics(activity=[])


LISTS: dict[str, tuple[str, type[Any], Callable[[Client, str], Any]]] = {
    "sources": ("dataSourcesQuery", DataSource, sources.list_sources),
    "destinations": (
        "dataDestinationsQuery",
        DataDestination,
        destinations.list_destinations,
    ),
}


@pytest.mark.parametrize(("field", "model", "ask"), LISTS.values(), ids=LISTS)
def test_a_list(
    serve: Serve,
    open_client: Open,
    field: str,
    model: type[Any],
    ask: Callable[[Client, str], Any],
) -> None:
    pipeline = {"id": "sg_v1_pl_1", "name": "P", "type": "GATEWAY_PIPELINE"}
    entry = {"id": 2898835581810297486, "name": "N", "type": "FILE_UPLOAD", "active": True}
    listed = [{**entry, "associatedPipelines": [pipeline, None]}, None, {}]
    server = serve(queries(**{field: listed}))
    assert ask(open_client(server), "T") == [
        model(
            id="2898835581810297486",
            name="N",
            type="FILE_UPLOAD",
            active=True,
            associated_pipelines=[
                PipelineName(id="sg_v1_pl_1", name="P", type="GATEWAY_PIPELINE"), None,
            ],
        ),
        None,
        model(),
    ]  # fmt: skip
    (request,) = server.calls
    assert (request.path, request.content["variables"]) == ("/capig/graphql/", {"tenantId": "T"})


@pytest.mark.parametrize(("field", "_model", "ask"), LISTS.values(), ids=LISTS)
def test_no_list_is_not_an_empty_one(
    serve: Serve, open_client: Open, field: str, _model: type[Any], ask: Callable[..., Any]
) -> None:
    assert ask(open_client(serve(queries(**{field: None}))), "T") is None
    assert ask(open_client(serve(queries(**{field: []}))), "T") == []
    for odd in ({"a": 1}, "none", [3]):
        with pytest.raises(UnexpectedAnswerError, match=field):
            ask(open_client(serve(queries(**{field: odd}))), "T")

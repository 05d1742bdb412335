"""Pipelines and their ends on a gateway that moved: read under their ids, and never made anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.deployment import Deployment
from tests.support.signals import (
    PIPE,
    destinations,
    lake,
    meta,
    pipeline,
    pipelines,
    sent,
    source,
    sources,
)

PROGRAM = {
    "web": pipeline(pipeline_id=PIPE, name="By hand"),
    "site": source(),
    "meta": meta(blocked_events=["Lead"]),
    "lake": lake(),
}


@pytest.fixture
def moved(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sandbox]:
    """Another gateway, and a stack whose state was made at its former address."""
    in_sandbox.add_pipeline("By hand", pipeline_id=PIPE)
    assert deployment.up(PROGRAM).errors == {}
    with Sandbox() as other:
        monkeypatch.setenv("CAPIG_GATEWAY", other.url)
        yield other


def copy(old: Sandbox, new: Sandbox) -> None:
    """What a migration brings along."""
    new.add_pipeline("By hand", pipeline_id=PIPE)
    for each in sources(old):
        new.add_source(PIPE, each.name, each.type, source_id=each.id)
    for end in destinations(old):
        config: dict[str, Any] = dict(end.config)
        new.add_destination(PIPE, end.name, end.type, destination_id=end.id, config=config)


def test_another_gateway_is_refused(deployment: Deployment, moved: Sandbox) -> None:
    errors = deployment.preview(PROGRAM).errors
    assert errors.keys() == PROGRAM.keys()
    assert all("CAPIG_MOVED_FROM" in message for message in errors.values())
    assert moved.requests == []


def test_what_moved_along_is_read_and_recorded(
    deployment: Deployment, in_sandbox: Sandbox, moved: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(in_sandbox, moved)
    monkeypatch.setenv("CAPIG_MOVED_FROM", in_sandbox.url)
    assert set(deployment.preview(PROGRAM).steps) == {("update", name) for name in PROGRAM}
    assert deployment.up(PROGRAM).errors == {}
    assert sent(moved) == []
    monkeypatch.delenv("CAPIG_MOVED_FROM")
    assert deployment.up(PROGRAM).changes == []
    assert deployment.refresh().changes == [("drift", "meta")], "what it blocks did not move along"
    assert deployment.up({}, delete_order=sorted).errors == {}
    assert pipelines(moved) == []


def test_what_did_not_move_along_is_an_error_and_made_nowhere(
    deployment: Deployment, in_sandbox: Sandbox, moved: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MOVED_FROM", in_sandbox.url)
    errors = deployment.up(PROGRAM, keep_going=True).errors
    assert errors.keys() == PROGRAM.keys()
    assert all("ids may have changed when the gateway moved" in e for e in errors.values())
    assert sent(moved) == []
    assert deployment.state.keys() == PROGRAM.keys()

"""Filters that change places in one run."""

from __future__ import annotations

from pulumi_capig.sandbox import Sandbox
from tests.support.deployment import Deployment

KIND = "EventFilter"


def lead(*pixels: str, state: str = "DROP") -> tuple[str, dict[str, object]]:
    arguments: dict[str, object] = {"event_name": "Lead", "filter_state": state}
    return KIND, {**arguments, "pixel_ids": list(pixels)} if pixels else arguments


def held(sandbox: Sandbox, pixel: str) -> str | None:
    return sandbox.state.effective_event(sandbox.tenant_id, "Lead", pixel)


def test_an_unchanged_filter_is_sent_again_where_another_let_its_pixel_go(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.connect("101")
    in_sandbox.connect("102")
    deployment.up({"a": lead("101", "102"), "b": lead("102")})
    result = deployment.up({"a": lead("101"), "b": lead("102")}, order=["a", "b"])
    assert result.changes == [("update", "a"), ("update", "b")]
    assert held(in_sandbox, "102") == "DROP"

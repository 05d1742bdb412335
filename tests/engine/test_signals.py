"""Signals Gateway on the real CLI: a pipeline with a source and two destinations."""

from __future__ import annotations

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes

PROGRAM = """
    pipe = capig.Pipeline("web", name="Web", blocked_events={blocked})
    P = {{"pipeline_id": pipe.pipeline_id}}
    site = capig.DataSource("site", name="Shop site", type="ADVERTISER_HOSTED_PIXEL", **P)
    capig.ConversionsApiDestination(
        "meta", name="{meta}", dataset_id="18904456377094531", business_id="1",
        api_version="v24.0", access_token="EAAB{token}", blocked_events=["Lead"], **P,
    )
    capig.HttpDestination(
        "lake", name="Lake", endpoint="https://lake.shop.example/events", payload="{{}}",
        auth={{"api_key": {{"name": "X-Key", "value": "{key}", "add_to": "HEADER"}}}}, **P,
    )
    pulumi.export("snippet", site.header_code)
"""
ALL = {"web", "site", "meta", "lake"}


def program(
    *, blocked: str = '["AchievementUnlocked"]', meta: str = "Meta", token: str = "", key: str = "k"
) -> str:
    return PROGRAM.format(blocked=blocked, meta=meta, token=token, key=f"a-secret-{key}")


def test_a_pipeline_comes_lives_and_goes(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(program())
    stack.preview().ok()
    assert sandbox.requests == []
    stack.up().ok()
    stack.is_settled()
    stack.write(program(meta="Meta 2", token="2", key="other", blocked="[]"))
    assert changes(stack, "preview") == {
        Change("web", "update", ("blocked_events",)),
        Change("meta", "update", ("access_token_fingerprint", "name")),
        Change("lake", "update", ("auth_fingerprint",)),
    }
    stack.up().ok()
    stack.is_settled()
    assert "a-secret-" not in stack.everything_written()
    stack.destroy().ok()
    assert stack.resources() == {}

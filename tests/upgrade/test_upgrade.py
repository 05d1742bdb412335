"""State of every released version: no change at all, and it can still be read and deleted."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import dill
import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.upgrade.record import GATEWAY, RECORDED

VERSIONS = sorted(path.stem for path in RECORDED.glob("*.json"))


@pytest.fixture(params=VERSIONS)
def recorded(request: pytest.FixtureRequest) -> Path:
    """A recorded state; its program stands beside it."""
    return RECORDED / f"{request.param}.json"


def test_every_version_is_recorded_once_it_is_released() -> None:
    assert "0.1.0" in VERSIONS


def test_every_provider_ever_released_can_be_unpickled(recorded: Path) -> None:
    resources = json.loads(recorded.read_text("utf-8"))["deployment"]["resources"]
    outputs = [resource.get("outputs", {}) for resource in resources]
    pickled = {props["__provider"] for props in outputs if "__provider" in props}
    assert len(pickled) == 3
    for provider in pickled:
        dill.loads(base64.b64decode(provider))  # noqa: S301 - it is our own


def test_an_upgrade_changes_nothing(stack: Stack, sandbox: Sandbox, recorded: Path) -> None:
    sandbox.connect("18904456377094531", name="Shop", publishing=False)
    sandbox.connect("101")
    sandbox.connect("102")
    address = sandbox.url.partition("//")[2]
    state = stack.project / "state.json"
    state.write_text(recorded.read_text("utf-8").replace(GATEWAY, address), "utf-8")
    stack.run("stack", "import", "--file", str(state)).ok()
    stack.write(recorded.with_suffix(".program").read_text("utf-8"))
    stack.is_settled()
    stack.destroy().ok()
    assert sandbox.state.pixels(sandbox.tenant_id) == []

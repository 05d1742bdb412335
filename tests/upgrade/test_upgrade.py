"""State of every released version: no change at all, and it can still be read and deleted."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import dill
import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes
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


def brought(stack: Stack, sandbox: Sandbox, recorded: Path, address: str) -> None:
    """A stack with the recorded state, made at this address, and a gateway that agrees with it."""
    sandbox.connect("18904456377094531", name="Shop", publishing=False)
    sandbox.connect("101")
    sandbox.connect("102")
    state = stack.project / "state.json"
    state.write_text(recorded.read_text("utf-8").replace(GATEWAY, address), "utf-8")
    stack.run("stack", "import", "--file", str(state)).ok()
    stack.write(recorded.with_suffix(".program").read_text("utf-8"))


def test_an_upgrade_changes_nothing(stack: Stack, sandbox: Sandbox, recorded: Path) -> None:
    brought(stack, sandbox, recorded, sandbox.url.partition("//")[2])
    stack.is_settled()
    stack.destroy().ok()
    assert sandbox.state.pixels(sandbox.tenant_id) == []


def test_a_stack_of_the_first_version_takes_accounts_and_people_in(
    stack: Stack, sandbox: Sandbox
) -> None:
    recorded = RECORDED / "0.1.0.json"
    brought(stack, sandbox, recorded, sandbox.url.partition("//")[2])
    before = stack.resources()
    more = """
host = capig.Account("host", tenant_id="SandboxA", opts=pulumi.ResourceOptions(protect=False))
capig.AccountUser("owner", tenant_id="SandboxA", email="owner@shop.example", role="admin")
capig.FirstPartyDomain("domain", tenant_id="SandboxA", domain="capig.shop.example")
"""
    stack.write(recorded.with_suffix(".program").read_text("utf-8") + more)
    new = {Change(name, "create") for name in ("host", "owner", "domain")}
    assert changes(stack, "preview") == changes(stack, "up") == new
    after = stack.resources()
    for name, resource in before.items():
        # A secret's ciphertext is another one each time.
        kept = {key for key in resource["outputs"] if key != "access_token"}
        assert {key: after[name]["outputs"][key] for key in kept} == {
            key: resource["outputs"][key] for key in kept
        }
    stack.is_settled()


def test_a_gateway_that_moved_meanwhile_is_seen(stack: Stack, sandbox: Sandbox) -> None:
    former = "capig.example.com"
    brought(stack, sandbox, RECORDED / "0.1.0-sent-for.json", former)
    moved = {"CAPIG_MOVED_FROM": former}
    names = ("shop", "plain", "unmanaged", "lead", "search", "site", "staging")
    assert changes(stack, "preview", **moved) == {
        Change(name, "update", ("gateway",)) for name in names
    }
    stack.up(**moved).ok()
    assert sandbox.state.effective_event(sandbox.tenant_id, "Search", "102") == "DROP"
    outputs = [resource["outputs"] for resource in stack.resources().values()]
    assert [o["gateway"] for o in outputs] == [sandbox.url.partition("//")[2]] * len(names)
    assert [o for o in outputs if "sent_for" in o] == []
    stack.up("--expect-no-changes").ok()

"""The rules of the example's policy pack, by the functions that the pack registers.

That the CLI hands them properties of these names, the engine layer proves.
"""

from __future__ import annotations

import runpy
import sys
from typing import Any

import pytest
from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    StackValidationArgs,
)

from tests.support.engine import ROOT

PACK = str(ROOT / "examples" / "policy-pack")
sys.path.insert(0, PACK)
try:
    RULES = runpy.run_path(f"{PACK}/rules.py")
finally:
    sys.path.remove(PACK)
POLICIES = {policy.name: policy for policy in RULES["POLICIES"]}
SENSITIVE = RULES["SENSITIVE"]
PIXEL, EVENT = RULES["PIXEL_CONNECTION"], RULES["EVENT_FILTER"]
DOMAIN = "pulumi-python:dynamic/capig:DomainFilter"


def options(protect: bool = False) -> PolicyResourceOptions:
    return PolicyResourceOptions(protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])


def told(
    rule: str, kind: str, props: dict[str, Any], *, stack: str = "prod", protect: bool = False
) -> list[str]:
    """What a rule says of a resource."""
    urn = f"urn:pulumi:{stack}::gateway::{kind}::it"
    said: list[str] = []
    args = ResourceValidationArgs(kind, props, urn, "it", options(protect), None)
    POLICIES[rule].validate(args, lambda message, _urn: said.append(message))
    return said


def told_of_stack(*filters: dict[str, Any], kind: str = EVENT) -> list[str]:
    """What the rule about missing filters says of a stack that has these."""
    resources = [
        PolicyResource(kind, props, "", "", options(), None, None, [], {}) for props in filters
    ]
    said: list[str] = []
    POLICIES["sensitive-events-are-dropped"].validate(
        StackValidationArgs(resources), lambda message, _urn: said.append(message)
    )
    return said


def event(name: str, state: str = "DROP", account: str = "A", **more: Any) -> dict[str, Any]:
    return {"event_name": name, "filter_state": state, "tenant_id": account, **more}


def test_sensitive_events_are_not_published() -> None:
    rule = "sensitive-events-are-not-published"
    for name in SENSITIVE:
        assert told(rule, EVENT, event(name, "PUBLISH")) == [
            f"{name} is sensitive: set filter_state to DROP."
        ]
        assert told(rule, EVENT, event(name, "DROP")) == []
    assert told(rule, EVENT, event("Purchase", "PUBLISH")) == []
    assert told(rule, DOMAIN, {"domain": "example.com", "filter_state": "PUBLISH"}) == []


def test_sensitive_events_are_dropped_for_the_whole_account() -> None:
    everything = [event(name) for name in SENSITIVE]
    assert told_of_stack(*everything) == []
    assert told_of_stack() == []
    assert told_of_stack(*everything[1:])[0].startswith(f"account A does not drop {SENSITIVE[0]}:")
    opened = [event(SENSITIVE[0], "PUBLISH"), *everything[1:]]
    narrowed = [event(SENSITIVE[0], pixel_ids=["1"]), *everything[1:]]
    assert told_of_stack(*opened) == told_of_stack(*narrowed) == told_of_stack(*everything[1:])


def test_each_account_that_has_filters_drops_sensitive_events() -> None:
    one = [event(name) for name in SENSITIVE]
    (said,) = told_of_stack(*one, event("Search", account="B"))
    assert said.startswith(f"account B does not drop {', '.join(SENSITIVE)}:")
    assert told_of_stack({"tenant_id": "A", "pixel_id": "1"}, kind=PIXEL) == []


@pytest.mark.parametrize("stack", ["staging", "staging-eu", "acme/shop/staging"])
def test_staging_does_not_publish(stack: str) -> None:
    rule = "staging-does-not-publish"
    assert told(rule, PIXEL, {"publishing": False}, stack=stack) == []
    for props in ({"publishing": True}, {}):
        assert told(rule, PIXEL, props, stack=stack) == [
            "this is a staging stack: set publishing=False."
        ]
        assert told(rule, PIXEL, props, stack="prod") == []
    assert told(rule, EVENT, event("Search"), stack=stack) == []


def test_connections_are_protected() -> None:
    rule = "connections-are-protected"
    token = {"access_token": "EAAB-in-the-clear"}
    (said,) = told(rule, PIXEL, token)
    assert "protect=True" in said
    assert told(rule, PIXEL, token, protect=True) == []
    assert told(rule, EVENT, event("Search")) == []


def test_the_readme_names_each_rule_and_its_level() -> None:
    readme = (ROOT / "examples" / "policy-pack" / "README.md").read_text("utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(POLICIES)
    for row, policy in zip(rows, POLICIES.values(), strict=True):
        assert row.endswith(f" | {policy.enforcement_level.value} |")

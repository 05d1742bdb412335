"""Filters of several names: one resource, one difference, few requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_capig.sandbox import Fault, Sandbox
from tests.support.deployment import Deployment
from tests.support.provider import UNKNOWN, Provider

EVENTS, SITES = "EventFilters", "DomainFilters"
WRITES = ("updateEventFilter", "updateDomainFilter")


def policy(*names: str, state: str = "DROP", **more: Any) -> tuple[str, dict[str, Any]]:
    return EVENTS, {"event_names": [*names], "filter_state": state, **more}


def sites(*names: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return SITES, {"domains": [*names], "filter_state": "DROP", **more}


def held(sandbox: Sandbox, pixel: str = "101") -> dict[str, str]:
    """The events that are dropped for a pixel."""
    state, tenant = sandbox.state, sandbox.tenant_id
    names = state.filter_names("event", tenant)
    states = {name: state.effective_event(tenant, name, pixel) for name in names}
    return {name: held for name, held in states.items() if held and held != "PUBLISH"}


def filter_requests(sandbox: Sandbox) -> int:
    return sum(any(w in r.operation for w in WRITES) for r in sandbox.requests)


@pytest.fixture
def two(in_sandbox: Sandbox) -> Sandbox:
    """A sandbox with two connected pixels."""
    in_sandbox.connect("101")
    in_sandbox.connect("102")
    return in_sandbox


@pytest.mark.parametrize(
    ("kind", "declared", "said"),
    [
        (EVENTS, {"event_names": []}, "event_names is an empty list; name one event or more"),
        (EVENTS, {"event_names": "Lead"}, "event_names must be a list"),
        (
            EVENTS,
            {"event_names": ["Lead", " x"]},
            "event_names[1]: an event name must not start or end with whitespace",
        ),
        (EVENTS, {}, "event_names is missing"),
        (SITES, {"domains": []}, "domains is an empty list; name one website or more"),
        (SITES, {"domains": ["a.example", None]}, "domains[1]: a domain must be text, not None"),
        (SITES, {"domains": ["https://a.example"]}, "domains[0]: write the domain without"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(
    provider: Provider, kind: str, declared: dict[str, Any], said: str
) -> None:
    failures = provider.check(kind, None, {**declared, "filter_state": "DROP"}).failures
    assert len(failures) == 1
    assert said in next(iter(failures.values()))


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"event_names": ["Contact", "Lead", "Search"]}, "update"),
        ({"event_names": ["Lead"]}, "update"),
        ({"event_names": ["Contact"]}, "update"),
        ({"event_names": UNKNOWN}, "update"),
        ({"event_names": ["Lead", UNKNOWN]}, "update"),
        ({"filter_state": "PUBLISH"}, "update"),
        ({"pixel_ids": ["101"]}, "update"),
        ({"tenant_id": "Other"}, "replace"),
        ({"reassert": "1"}, "update"),
        ({"event_names": ["Search", "Lead", "Search"]}, "same"),
    ],
)
def test_it_is_replaced_for_another_account_alone(
    deployment: Deployment, two: Sandbox, change: dict[str, Any], step: str
) -> None:
    deployment.up({"policy": policy("Search", "Lead")})
    kind, declared = policy("Search", "Lead")
    assert deployment.preview({"policy": (kind, {**declared, **change})}).steps == [
        (step, "policy")
    ]


def test_names_come_and_go_in_place(deployment: Deployment, two: Sandbox) -> None:
    deployment.up({"policy": policy("Search", "Lead", "Contact", "Search")})
    resource = deployment.state["policy"]
    assert resource.id == "SandboxA/Contact/global"
    assert resource.inputs["event_names"] == ["Contact", "Lead", "Search"]
    assert resource.outputs["verification"] == "echoed"
    assert filter_requests(two) == 1
    for names in (("Lead", "Purchase"), ("Purchase", "Search", "Contact"), ("Lead",)):
        two.clear_requests()
        assert deployment.up({"policy": policy(*names)}).changes == [("update", "policy")]
        assert set(held(two)) == set(held(two, "102")) == set(names)
        assert filter_requests(two) == 1
        assert deployment.state["policy"].id == "SandboxA/Contact/global"
        assert deployment.up({"policy": policy(*names)}).changes == []
        assert deployment.refresh().changes == []
    deployment.up({"policy": policy("Lead", "Search", pixel_ids=["102"])})
    assert (set(held(two)), set(held(two, "102"))) == (set(), {"Lead", "Search"})
    deployment.destroy()
    assert held(two) == held(two, "102") == {}


def test_verification_is_the_weakest_of_all(deployment: Deployment, two: Sandbox) -> None:
    def verification(*names: str) -> str:
        assert deployment.up({"policy": policy(*names)}).errors == {}
        return str(deployment.state["policy"].outputs["verification"])

    plain = two.dialect
    assert verification("Lead") == "echoed"
    two.dialect = replace(plain, filter_echo_missing=frozenset({"eventName"}))
    assert verification("Lead", "Search") == "accepted"
    two.dialect = plain
    # What was taken without an echo before is no better known by now.
    assert verification("Lead", "Search", "Contact") == "accepted"
    assert verification("Lead", "Contact") == "accepted"
    deployment.up({"policy": policy("Lead", "Contact", reassert="1")})
    assert deployment.state["policy"].outputs["verification"] == "echoed"


@pytest.mark.parametrize(
    ("after", "named"), [(1, "Lead, Search"), (2, "event Search"), (3, "event Search")]
)
def test_if_a_name_fails_the_others_are_put_back(
    deployment: Deployment, two: Sandbox, after: int, named: str
) -> None:
    deployment.up({"policy": policy("Lead", "Search")})
    two.inject(Fault("field-error", code=403, operation=WRITES, after=after, times=4 - after))
    result = deployment.up({"policy": policy("Lead", "Search", state="PUBLISH")})
    assert named in result.errors["policy"]
    assert "put back and is in force" in result.errors["policy"]
    assert deployment.state["policy"].inputs["filter_state"] == "DROP"
    two.clear_faults()
    assert set(held(two)) == set(held(two, "102")) == {"Lead", "Search"}
    assert deployment.up({"policy": policy("Lead", "Search", state="PUBLISH")}).errors == {}
    assert held(two) == held(two, "102") == {}


def test_what_leaves_stays_as_another_filter_claims(deployment: Deployment, two: Sandbox) -> None:
    lead = "EventFilter", {"event_name": "Lead", "filter_state": "DROP", "pixel_ids": ["101"]}
    deployment.up({"policy": policy("Lead", "Search"), "lead": lead})
    assert deployment.up({"policy": policy("Search"), "lead": lead}).errors == {}
    assert (set(held(two)), set(held(two, "102"))) == ({"Lead", "Search"}, {"Search"})
    trail = two.state.event_trail(two.tenant_id, "Lead", "101")
    assert "PUBLISH" not in trail[trail.index("DROP") :]
    # A policy that is split into two is never open meanwhile.
    assert deployment.up({"one": policy("Search"), "two": policy("Lead")}).errors == {}
    assert set(held(two)) == set(held(two, "102")) == {"Lead", "Search"}
    trail = two.state.event_trail(two.tenant_id, "Search", "102")
    assert "PUBLISH" not in trail[trail.index("DROP") :]


def test_a_blocklist_is_one_request_and_one_spelling(deployment: Deployment, two: Sandbox) -> None:
    names = [f"d{number}.example.com" for number in range(40)]
    deployment.up({"sites": sites(*names)})
    assert filter_requests(two) <= 3
    spelled = [name.upper() + "." for name in reversed(names)]
    assert deployment.up({"sites": sites(*spelled)}).changes == []
    state, tenant = two.state, two.tenant_id
    assert {state.effective_domain(tenant, name, "102") for name in names} == {"DROP"}

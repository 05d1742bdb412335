"""State of earlier versions holds values that a check refuses today: it can be read and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.provider import Provider

CONNECTED = {"pixel_id": "101", "business_id": "1", "access_token": "EAAB", "external_id": ""}
LEAD = {"event_name": "Lead", "filter_state": "DROP", "pixel_ids": ["101"]}

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("PixelConnection", {**CONNECTED, "access_token": "$PIXEL_TOKEN"}),
    ("PixelConnection", {**CONNECTED, "access_token": "EA\u0410B"}),
    ("PixelConnection", {**CONNECTED, "pixel_id": "0101"}),
    ("PixelConnection", {**CONNECTED, "business_id": "01"}),
    ("EventFilter", {**LEAD, "event_name": "Pur\u200dchase"}),
    ("EventFilter", {**LEAD, "event_name": "Lead\ufe0f"}),
    ("EventFilter", {**LEAD, "pixel_ids": ["0101"]}),
]


@pytest.mark.parametrize(("kind", "inputs"), REFUSED)
def test_it_is_refreshed_and_destroyed(
    served: Provider,
    in_sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    inputs: dict[str, Any],
) -> None:
    inputs = {**inputs, "tenant_id": in_sandbox.tenant_id}
    with served.operation() as provider:
        checked = provider.check(kind, None, inputs)
        assert checked.failures
    with served.operation() as provider:
        resource, outputs = provider.create(kind, inputs)
    # The stack config that the engine kept may hold such a value too.
    monkeypatch.delenv("CAPIG_TENANT_ID")
    with served.operation({"tenantId": "1.2345e+82"}) as provider:
        _, found, _ = provider.read(kind, resource, outputs)
        assert {name: found[name] for name in inputs} == inputs
        provider.delete(kind, resource, outputs)
    assert in_sandbox.state.pixels(in_sandbox.tenant_id) == []


def test_another_form_of_an_event_is_replaced(served: Provider, in_sandbox: Sandbox) -> None:
    inputs = {"event_name": "Cafe\u0301", "filter_state": "DROP", "tenant_id": in_sandbox.tenant_id}
    in_sandbox.connect("101")
    with served.operation() as provider:
        resource, outputs = provider.create("EventFilter", inputs)
    with served.operation() as provider:
        checked = provider.check("EventFilter", outputs, inputs)
        assert checked.inputs["event_name"] == "Caf\u00e9"
        assert provider.diff("EventFilter", resource, outputs, checked.inputs).replaces
        provider.create("EventFilter", checked.inputs)
        provider.delete("EventFilter", resource, outputs)
    held = in_sandbox.state.effective_event
    assert held(in_sandbox.tenant_id, "Caf\u00e9", "101") == "DROP"
    assert held(in_sandbox.tenant_id, "Cafe\u0301", "101") == "PUBLISH"


def test_a_default_account_that_is_refused_is_named_where_it_is_needed(
    served: Provider, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CAPIG_TENANT_ID")
    with served.operation({"tenantId": '["IaoreXfj"]'}) as provider:
        failures = provider.check("PixelConnection", None, CONNECTED).failures
        assert "capig:tenantId: this is a list" in str(failures)

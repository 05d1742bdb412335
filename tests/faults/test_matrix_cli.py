"""The fault matrix through the real CLI: each fault strikes its own pixel, all in one command."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from pulumi_capig.sandbox import FAULTS, Sandbox
from tests.faults.checks import is_clear
from tests.faults.matrix import ALL_FAULTS, REFUSED
from tests.support.depth import DEPTH
from tests.support.engine import Outcome, Stack

OPERATIONS = (
    "setupPixelSignalConfig",
    "updateSignalConfigEventsStatus",
    "updateSignalConfigCapiPublish",
    "updateEventFilter",
    "updateDomainFilter",
)
PIXELS = {fault: str(1000 + number) for number, fault in enumerate(FAULTS)}
TOKEN = "EAAB-a-pixel-token-that-must-not-leak"
PROGRAM = f"""
    for number in range({len(PIXELS)}):
        pixel = capig.PixelConnection(
            f"p{{number}}",
            pixel_id=str(1000 + number),
            business_id="1",
            access_token="{TOKEN}",
            receiving=False,
            publishing=False,
        )
        where = {{"filter_state": "DROP", "pixel_ids": [pixel.pixel_id]}}
        capig.EventFilter(f"e{{number}}", event_name="Lead", **where)
        capig.DomainFilter(f"d{{number}}", domain=f"d{{number}}.example.com", **where)
"""
IMPATIENT = {"CAPIG_MAX_RETRIES": "1", "CAPIG_TIMEOUT": "1"}

_MESSAGE = re.compile(r"  pulumi-python:dynamic/capig:\w+ \((\w+)\):\n((?:    .*\n)+)")


def messages(outcome: Outcome, sandbox: Sandbox) -> dict[str, str]:
    """What was shown of each resource that failed: one clean message each."""
    for secret in (TOKEN, sandbox.client_secret, *sandbox.tokens._expiry):
        assert secret not in outcome.text
    assert "Traceback" not in outcome.text
    shown = {}
    for name, text in _MESSAGE.findall(outcome.text.partition("Diagnostics:")[2]):
        assert text.count("error: ") == 1, text
        shown[name] = text.strip().removeprefix("error: ")
        is_clear(shown[name], (TOKEN, sandbox.client_secret))
    return shown


def advised(shown: dict[str, str]) -> dict[str, str]:
    """The environment of the next `up`, as the messages say."""
    adopt = any("CAPIG_ADOPT=true" in message for message in shown.values())
    return {"CAPIG_ADOPT": "true"} if adopt else {}


def connected(sandbox: Sandbox) -> set[str]:
    return {pixel.pixel_id for pixel in sandbox.state.pixels(sandbox.tenant_id)}


def in_state(stack: Stack) -> set[str]:
    """The pixels that state holds."""
    ids = (resource["id"] for name, resource in stack.resources().items() if name[0] == "p")
    return {id_.rpartition("/")[2] for id_ in ids}


@pytest.mark.parametrize("shift", range(min(DEPTH, len(OPERATIONS))))
def test_every_fault_at_once(stack: Stack, sandbox: Sandbox, shift: int) -> None:
    stack.write(PROGRAM)
    for number, fault in enumerate(FAULTS):
        operation = OPERATIONS[(number + shift) % len(OPERATIONS)]
        sandbox.inject(FAULTS[fault].on(operation, pixel=PIXELS[fault], times=None))
    outcome = stack.up("--continue-on-error", "--color=never", **IMPATIENT).failed()
    shown = messages(outcome, sandbox)
    assert len(shown) > len(FAULTS) // 2
    kept = set(stack.resources())
    assert not kept & shown.keys()
    assert in_state(stack) <= connected(sandbox)
    orphans = {f"p{int(pixel) - 1000}" for pixel in connected(sandbox) - in_state(stack)}
    assert orphans <= {name for name, text in shown.items() if "may already hold" in text
                       or "CAPIG_ADOPT=true" in text}  # fmt: skip
    sandbox.clear_faults()

    stack.up(**advised(shown)).ok()
    stack.up("--expect-no-changes").ok()
    assert len(stack.resources()) == 3 * len(PIXELS)
    # Nothing tells this answer from one that says nothing. What went in one setting shares it.
    fields = [field for request in sandbox.requests for field in request.fields]
    unconfirmed = {p for field in fields if field.fault == "no-success" for p in field.pixels}
    assert len(unconfirmed) < len(PIXELS) // 2
    for number, pixel in enumerate(PIXELS.values()):
        held = sandbox.state.pixel(sandbox.tenant_id, pixel)
        assert held is not None
        assert (held.access_token, held.receiving, held.publishing) == (TOKEN, False, False)
        if pixel not in unconfirmed:
            domain = f"d{number}.example.com"
            assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", pixel) == "DROP"
            assert sandbox.state.effective_domain(sandbox.tenant_id, domain, pixel) == "DROP"

    for fault, pixel in PIXELS.items():
        sandbox.inject(FAULTS[fault].on("deleteDataSource", pixel=pixel, times=None))
    outcome = stack.destroy("--continue-on-error", "--color=never", **IMPATIENT).failed()
    shown = messages(outcome, sandbox)
    assert set(stack.resources()) == shown.keys()
    assert connected(sandbox) <= in_state(stack)
    sandbox.clear_faults()
    stack.destroy().ok()
    assert stack.resources() == {}
    assert connected(sandbox) == set()


@pytest.mark.parametrize("operation", ["token", "list"])
def test_a_fault_of_all_pixels(stack: Stack, sandbox: Sandbox, operation: str) -> None:
    """State survives a refresh, whatever answers in the gateway's place."""
    stack.write(
        f"""
        capig.PixelConnection("p0", pixel_id="1000", business_id="1", access_token="{TOKEN}")
        capig.EventFilter("e0", event_name="Lead", filter_state="DROP")
        """
    )
    stack.up().ok()
    before = _facts(stack)
    faults = random.Random(operation).sample(ALL_FAULTS, min(2 * DEPTH, len(ALL_FAULTS)))
    for fault in (REFUSED, *faults):
        if fault == REFUSED:
            sandbox.stop()
        else:
            sandbox.inject(FAULTS[fault].on(operation, times=None))
        outcome = stack.refresh("--color=never", **IMPATIENT)
        assert (outcome.code != 0) == bool(messages(outcome, sandbox)), fault
        sandbox.start()
        sandbox.clear_faults()
        if outcome.code:
            assert stack.resources().keys() == {"p0", "e0"}
    stack.is_settled()
    assert _facts(stack) == before


def _facts(stack: Stack) -> dict[str, Any]:
    """The outputs of each resource in state; what is encrypted is so anew at each writing."""
    return {
        name: {key: value for key, value in resource["outputs"].items() if key != "access_token"}
        for name, resource in stack.resources().items()
    }

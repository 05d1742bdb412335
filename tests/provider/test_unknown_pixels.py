"""Gateways that refuse filters of pixels which they do not know."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest

from pulumi_capig.sandbox import Dialect, Fault, Gate, Sandbox
from tests.support.deployment import Deployment, ThreadedDeployment
from tests.support.provider import Provider

Declared = tuple[str, dict[str, Any]]

CARRIERS = ("status", "errors", "text")


def lead(*pixels: str, state: str = "DROP", event: str = "Lead") -> Declared:
    arguments: dict[str, Any] = {"event_name": event, "filter_state": state}
    return "EventFilter", {**arguments, "pixel_ids": list(pixels)} if pixels else arguments


def connection(pixel: str, **more: Any) -> Declared:
    declared = {"pixel_id": pixel, "business_id": "1", "access_token": "EAAB", "external_id": ""}
    return "PixelConnection", {**declared, **more}


def held(sandbox: Sandbox, *pixels: str) -> list[str | None]:
    return [sandbox.state.effective_event(sandbox.tenant_id, "Lead", p) for p in pixels]


@pytest.fixture(params=CARRIERS)
def strict(request: pytest.FixtureRequest, in_sandbox: Sandbox) -> Sandbox:
    """A sandbox that refuses filters of pixels which are not connected."""
    in_sandbox.dialect = Dialect(filter_unknown_pixel="404", error_carrier=request.param)
    return in_sandbox


@pytest.mark.parametrize("order", list(permutations(("c", "d", "f"))))
def test_a_filter_leaves_to_its_connection_what_is_connected_a_moment_later(
    deployment: Deployment, strict: Sandbox, order: tuple[str, ...]
) -> None:
    program = {"c": connection("201"), "d": connection("202"), "f": lead("201", "202")}
    assert deployment.up(program, order).errors == {}
    assert held(strict, "201", "202") == ["DROP", "DROP"]
    assert deployment.up(program).changes == []


def test_a_pixel_that_nobody_connects_is_an_error(deployment: Deployment, strict: Sandbox) -> None:
    strict.connect("101")
    error = deployment.up({"f": lead("101", "102")}).errors["f"]
    assert "102" in error


@pytest.mark.parametrize("account_wide", [False, True])
def test_one_filter_that_names_an_unknown_pixel_spoils_no_other(
    served: Provider, strict: Sandbox, account_wide: bool
) -> None:
    strict.connect("101")
    strict.latency = 0.01
    good = {f"good{n}": lead("101", event=f"E{n}") for n in range(6)}
    program = {"bad": lead("999"), "f": lead() if account_wide else lead("101"), **good}
    result = ThreadedDeployment(served).up(program, keep_going=True)
    assert set(result.errors) == {"bad"}
    assert held(strict, "101") == ["DROP"]


@pytest.mark.parametrize("survive", [False, True])
def test_a_destroy_never_fails(
    served: Provider, strict: Sandbox, survive: bool, deeper: Callable[[int], int]
) -> None:
    """Connections and filters go side by side: what a filter names may be gone by then, or not."""
    strict.dialect = Dialect(filter_unknown_pixel="404", filters_survive_delete=survive)
    strict.latency = 0.003
    pixels = [str(201 + n) for n in range(8)]
    program = {f"c{p}": connection(p) for p in pixels}
    for n in range(3):
        program[f"listed{n}"] = lead(*pixels[n:], event=f"E{n}")
        program[f"wide{n}"] = lead(event=f"W{n}")
    for _ in range(deeper(4)):
        deployment = ThreadedDeployment(served)
        assert deployment.up(program).errors == {}
        assert deployment.destroy().errors == {}
        assert deployment.state == {}
        assert strict.state.pixels(strict.tenant_id) == []


def test_pixels_that_go_one_by_one_while_a_filter_lets_them_go(
    deployment: Deployment, strict: Sandbox
) -> None:
    """However often the list is out of date by the time that the gateway looks at a filter."""
    pixels = [str(101 + number) for number in range(7)]
    for pixel in pixels:
        strict.connect(pixel)
    deployment.up({"f": lead(*pixels)})
    strict.disconnect(pixels[0])
    gates = {pixel: Gate() for pixel in pixels[1:-1]}
    for gate in gates.values():
        strict.inject(Fault("hold", "list", applied=True, gate=gate))
    with ThreadPoolExecutor(1) as pool:
        destroyed = pool.submit(deployment.destroy)
        for pixel, gate in gates.items():
            gate.wait(1)
            strict.disconnect(pixel)  # the list that is on its way still has it
            gate.release()
        assert destroyed.result().errors == {}
    assert held(strict, pixels[-1]) == ["PUBLISH"]


def test_what_was_let_go_is_not_opened_again_by_a_second_attempt(
    served: Provider, strict: Sandbox
) -> None:
    """A refused `PUBLISH` of a pixel that its connection has closed meanwhile is out of date."""
    deployment = Deployment(served)
    strict.connect("101")
    strict.connect("201")
    deployment.up({"f": lead("101", "201")})
    strict.disconnect("201")
    before = deployment.state["f"]
    program = {"f": lead("101"), "wide": lead(), "c": connection("201")}
    strict.latency = 0.01
    threaded = ThreadedDeployment(served)
    threaded.state["f"] = before
    assert threaded.up(program).errors == {}
    assert held(strict, "101", "201") == ["DROP", "DROP"]
    assert threaded.up(program).changes == []

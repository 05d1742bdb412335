"""How many connections and how many writes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_capig.gateway import Gateway
from pulumi_capig.sandbox import Fault, Sandbox
from tests.gateway.conftest import Open


def test_calls_in_turn_share_one_connection(sandbox: Sandbox, gateway: Gateway) -> None:
    gateway.connect_pixel("SandboxA", "101", business_id="7", access_token="EAA")
    for _ in range(5):
        gateway.account("SandboxA")
    gateway.set_publishing("SandboxA", "101", False)
    gateway.set_filter("event", "SandboxA", "Lead", "DROP")
    sandbox.inject(Fault.status(503, operation="list"))
    gateway.account("SandboxA")
    gateway.disconnect_pixel("SandboxA", "101")
    assert len(sandbox.requests) == 12
    assert sandbox.counters.connections == 1


def test_a_broken_connection_is_replaced(sandbox: Sandbox, gateway: Gateway) -> None:
    gateway.account("SandboxA")
    sandbox.inject(Fault("reset", "list"))
    for _ in range(3):
        gateway.account("SandboxA")
    assert sandbox.counters.connections == 2


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_loopback_needs_no_proxy(
    sandbox: Sandbox, open_gateway: Open, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://proxy.invalid:3128")
    assert open_gateway(sandbox, maxRetries=0).account("SandboxA").signal_configs == []


@pytest.mark.parametrize("limit", [1, 3])
def test_connection_writes_at_once(
    sandbox: Sandbox, open_gateway: Open, threads: ThreadPoolExecutor, limit: int
) -> None:
    gateway = open_gateway(sandbox, parallelWrites=limit)
    for pixel in ("101", "102", "103"):
        sandbox.connect(pixel)

    def connect(pixel: str) -> Any:
        return gateway.connect_pixel("SandboxA", pixel, business_id="7", access_token="EAA")

    writes: list[tuple[Any, ...]] = [
        *((connect, str(pixel)) for pixel in range(6)),
        (gateway.set_receiving, "SandboxA", "101", False),
        (gateway.set_publishing, "SandboxA", "102", False),
        (gateway.disconnect_pixel, "SandboxA", "103"),
    ]
    operations = (
        "setupPixelSignalConfig",
        "deleteDataSource",
        "updateSignalConfigEventsStatus",
        "updateSignalConfigCapiPublish",
    )
    gateway.account("SandboxA")
    with sandbox.hold(operations, times=None) as gate:
        asked = [threads.submit(*write) for write in writes]
        gate.wait(limit)
        gateway.account("SandboxA")  # reading and filters are not held up
        gateway.set_filter("event", "SandboxA", "Lead", "DROP")
    for future in asked:
        future.result()
    assert sandbox.counters.max_concurrent_connection_writes == limit


def test_a_failed_write_gives_its_place_back(sandbox: Sandbox, open_gateway: Open) -> None:
    gateway = open_gateway(sandbox, parallelWrites=1, maxRetries=0)
    for fault in (Fault.status(400), Fault("reset"), Fault.status(500)):
        sandbox.inject(fault.on("deleteDataSource"))
        with pytest.raises(Exception, match="disconnect pixel"):
            gateway.disconnect_pixel("SandboxA", "101")
    sandbox.connect("101")
    assert gateway.disconnect_pixel("SandboxA", "101") is True

"""How many connections and how many writes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_capig.gateway import Client, pixels
from pulumi_capig.sandbox import Fault, Sandbox
from tests.gateway.conftest import Open, set_filter


def test_calls_in_turn_share_one_connection(sandbox: Sandbox, client: Client) -> None:
    pixels.connect(client, "SandboxA", "101", business_id="7", access_token="EAA")
    for _ in range(5):
        pixels.list_account(client, "SandboxA")
    pixels.set_publishing(client, "SandboxA", "101", False)
    set_filter(client, "event", "SandboxA", "Lead", "DROP")
    sandbox.inject(Fault.status(503, operation="list"))
    pixels.list_account(client, "SandboxA")
    pixels.disconnect(client, "SandboxA", "101")
    assert len(sandbox.requests) == 12
    assert sandbox.counters.connections == 1


def test_a_broken_connection_is_replaced(sandbox: Sandbox, client: Client) -> None:
    pixels.list_account(client, "SandboxA")
    sandbox.inject(Fault("reset", "list"))
    for _ in range(3):
        pixels.list_account(client, "SandboxA")
    assert sandbox.counters.connections == 2


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_loopback_needs_no_proxy(
    sandbox: Sandbox, open_client: Open, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://proxy.invalid:3128")
    assert pixels.list_account(open_client(sandbox, maxRetries=0), "SandboxA").signal_configs == []


@pytest.mark.parametrize("limit", [1, 3])
def test_connection_writes_at_once(
    sandbox: Sandbox, open_client: Open, threads: ThreadPoolExecutor, limit: int
) -> None:
    client = open_client(sandbox, parallelWrites=limit)
    for pixel in ("101", "102", "103"):
        sandbox.connect(pixel)

    def connect(pixel: str) -> Any:
        return pixels.connect(client, "SandboxA", pixel, business_id="7", access_token="EAA")

    writes: list[tuple[Any, ...]] = [
        *((connect, str(pixel)) for pixel in range(6)),
        (pixels.set_receiving, client, "SandboxA", "101", False),
        (pixels.set_publishing, client, "SandboxA", "102", False),
        (pixels.disconnect, client, "SandboxA", "103"),
    ]
    operations = (
        "setupPixelSignalConfig",
        "deleteDataSource",
        "updateSignalConfigEventsStatus",
        "updateSignalConfigCapiPublish",
    )
    pixels.list_account(client, "SandboxA")
    with sandbox.hold(operations, times=None) as gate:
        asked = [threads.submit(*write) for write in writes]
        gate.wait(limit)
        pixels.list_account(client, "SandboxA")  # reading and filters are not held up
        set_filter(client, "event", "SandboxA", "Lead", "DROP")
    for future in asked:
        future.result()
    assert sandbox.counters.max_concurrent_connection_writes == limit


def test_a_failed_write_gives_its_place_back(sandbox: Sandbox, open_client: Open) -> None:
    client = open_client(sandbox, parallelWrites=1, maxRetries=0)
    for fault in (Fault.status(400), Fault("reset"), Fault.status(500)):
        sandbox.inject(fault.on("deleteDataSource"))
        with pytest.raises(Exception, match="disconnect pixel"):
            pixels.disconnect(client, "SandboxA", "101")
    sandbox.connect("101")
    assert pixels.disconnect(client, "SandboxA", "101") is True

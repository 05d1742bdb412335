"""Load: many resources, a gateway that answers 429 to every third request, bounded connections."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pulumi_capig.gateway import retries
from pulumi_capig.sandbox import Fault, Sandbox
from tests.support.engine import Stack
from tests.support.provider import Provider

CONNECTION = "PixelConnection"


def declared(index: int) -> dict[str, Any]:
    return {"pixel_id": str(10_000 + index), "business_id": "1", "access_token": "EAAB"}


def connect(provider: Provider, index: int) -> None:
    inputs = provider.check(CONNECTION, None, declared(index)).inputs
    provider.create(CONNECTION, inputs)


def sockets_at_once(sandbox: Sandbox) -> int:
    """The most sockets that were kept side by side, each from its first request to its last.

    A socket that nobody uses for some seconds is closed: on a busy machine there are more in all.
    """
    spans: dict[int, tuple[int, int]] = {}
    for request in sandbox.requests:
        first, _ = spans.get(request.connection, (request.sequence, 0))
        spans[request.connection] = first, request.sequence
    starts = [first for first, _ in spans.values()]
    return max(sum(a <= start <= b for a, b in spans.values()) for start in starts)


def test_a_gateway_that_answers_429_to_every_third_request_is_respected(
    served: Provider, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_WAIT", 0.001)
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "20")
    in_sandbox.inject(Fault.status(429, retry_after=0, every=3, times=None))
    with served.operation() as provider, ThreadPoolExecutor(8) as engine:
        list(engine.map(lambda i: connect(provider, i), range(24)))
    assert len(in_sandbox.state.pixels(in_sandbox.tenant_id)) == 24
    applied = [r for r in in_sandbox.requests if r.operation == "setupPixelSignalConfig"]
    assert sum(r.applied for r in applied) == 24


def test_connections_are_at_most_the_workers_and_memory_is_bounded(
    served: Provider, in_sandbox: Sandbox, deeper: Callable[[int], int]
) -> None:
    count = deeper(500)
    with served.operation() as provider, ThreadPoolExecutor(8) as engine:
        connect(provider, count)  # what a first call loads is not a resource's share
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        list(engine.map(lambda i: connect(provider, i), range(count)))
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert sockets_at_once(in_sandbox) <= 4
    assert in_sandbox.counters.token_fetches == 1
    assert in_sandbox.counters.requests["list"] == 1
    assert (after - before) / count < 40_000  # bytes a resource, the sandbox's own share included


def test_a_fleet_through_the_cli_while_every_third_request_is_refused(
    tmp_path: Path, sandbox: Sandbox, deeper: Callable[[int], int]
) -> None:
    count = deeper(100)
    stack = Stack(tmp_path, {**sandbox.environment(), "CAPIG_MAX_RETRIES": "20"})
    stack.write(
        f"""
        for i in range({count}):
            shop = capig.PixelConnection(
                f"p{{i}}", pixel_id=str(10_000 + i), business_id="1", access_token="EAAB"
            )
        capig.EventFilter("lead", event_name="Lead", filter_state="DROP")
        """
    )
    sandbox.inject(Fault.status(429, retry_after=0, every=3, times=None))
    stack.up().ok()
    assert len(sandbox.state.pixels(sandbox.tenant_id)) == count
    assert sockets_at_once(sandbox) <= 4
    sandbox.clear_faults()
    sandbox.clear_requests()
    stack.refresh("--expect-no-changes").ok()
    assert sandbox.counters.requests == {"token": 1, "list": 1}
    stack.up("--expect-no-changes").ok()
    for i in range(count):
        assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", str(10_000 + i)) == "DROP"

"""The server: start and end, connections, counters, held requests, many clients at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pulumi_capig.sandbox import Dialect, Fault, Sandbox

if TYPE_CHECKING:
    from conftest import Caller


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as threads:
        yield threads


def test_environment(sandbox: Sandbox) -> None:
    assert sandbox.environment() == {
        "CAPIG_GATEWAY": sandbox.url,
        "CAPIG_CLIENT_ID": "sandbox",
        "CAPIG_CLIENT_SECRET": sandbox.client_secret,
        "CAPIG_TENANT_ID": "SandboxA",
    }
    assert httpx.URL(sandbox.url).host == "127.0.0.1"


def test_stop_refuses_connections_and_start_goes_on(caller: Caller, sandbox: Sandbox) -> None:
    caller.setup("101")
    url = sandbox.url
    sandbox.stop()
    with pytest.raises(httpx.TransportError):
        caller.send("list")
    with pytest.raises(httpx.ConnectError):
        caller.send("list")
    sandbox.start()
    assert sandbox.url == url
    assert list(caller.listed()) == ["101"]


def test_stop_ends_all_there_is(caller: Caller, sandbox: Sandbox, pool: ThreadPoolExecutor) -> None:
    sandbox.inject(Fault("slow", "list"))
    sandbox.inject(Fault("slow", "deleteDataSource", seconds=3600))
    sandbox.latency = 0
    with sandbox.hold("updateEventFilter") as gate:
        given = {"eventName": "Lead", "filterState": "DROP"}
        asked = [
            pool.submit(caller.send, "list"),
            pool.submit(caller.send, "deleteDataSource", id="101"),
            pool.submit(caller.send, "updateEventFilter", input=given),
        ]
        gate.wait()
        sandbox.wait_for("list")
        sandbox.wait_for("deleteDataSource")
        sandbox.stop()
        for future in asked:
            with pytest.raises(httpx.TransportError):
                future.result()
    assert threading.active_count() <= 1 + 16
    assert not [thread for thread in threading.enumerate() if thread.name == "capig-sandbox"]


def test_a_taken_port_is_an_error(sandbox: Sandbox) -> None:
    port = httpx.URL(sandbox.url).port
    assert port is not None
    with pytest.raises(OSError, match="in use"), Sandbox(port=port):
        pass


def test_two_sandboxes_know_nothing_of_each_other(caller: Caller, sandbox: Sandbox) -> None:
    with Sandbox(accounts=["SandboxA"]) as other:
        caller.setup("101")
        assert other.state.pixels("SandboxA") == []
        assert other.requests == []
        stranger = type(caller)(other)
        stranger.http.headers["authorization"] = caller.http.headers["authorization"]
        assert stranger.send("list").status_code == 401
        stranger.close()


def test_reset(sandbox: Sandbox, caller: Caller) -> None:
    caller.setup("101")
    caller.event("DROP")
    sandbox.dialect = Dialect(delete_unknown="false")
    sandbox.latency = 1
    sandbox.inject(Fault.status(503, times=None))
    sandbox.reset()
    assert (sandbox.requests, sandbox.state.history, sandbox.latency) == ([], [], 0)
    assert sandbox.state.event_filters() == {}
    assert sandbox.dialect == Dialect()
    assert caller.send("list").status_code == 401
    caller.log_in()
    assert caller.listed() == {}


def test_request_log(caller: Caller, sandbox: Sandbox) -> None:
    caller.setup("101")
    caller.event("DROP", ["101", "102"])
    caller.send("deleteDataSource", id="404")
    caller.ask_token()
    log = [
        (item.operation, item.tenant, item.pixels, item.status, item.applied)
        for item in sandbox.requests
    ]
    assert log == [
        ("setupPixelSignalConfig", "SandboxA", ("101",), 200, True),
        ("updateEventFilter", "SandboxA", ("101", "102"), 200, True),
        ("deleteDataSource", "SandboxA", ("404",), 404, False),
        ("token", None, (), 200, True),
    ]
    assert [item.sequence for item in sandbox.requests] == [1, 2, 3, 4]
    assert len({item.connection for item in sandbox.requests}) == 1
    given = sandbox.requests[1].variables["input"]
    assert given == {"eventName": "Lead", "pixelIds": ["101", "102"], "filterState": "DROP"}


def test_connections_are_counted(caller: Caller, sandbox: Sandbox) -> None:
    for _ in range(3):
        caller.send("list")
    assert sandbox.counters.connections == 1
    fresh = type(caller)(sandbox)
    fresh.log_in()
    fresh.close()
    assert sandbox.counters.connections == 2
    assert sandbox.counters.requests == {"list": 3, "token": 1}
    assert sandbox.counters.token_fetches == 1


def test_concurrency_is_counted(caller: Caller, sandbox: Sandbox, pool: ThreadPoolExecutor) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("list", {}),
        ("deleteDataSource", {"id": "1"}),
        ("updateSignalConfigCapiPublish", {"id": "1", "input": {"status": 1}}),
        ("updateEventFilter", {"input": {"eventName": "a", "filterState": "DROP"}}),
        ("updateDomainFilter", {"input": {"domain": "a", "filterState": "DROP"}}),
        (
            "updateEventFilter",
            {"tenantId": "SandboxB", "input": {"eventName": "a", "filterState": "DROP"}},
        ),
    ]
    with sandbox.hold(times=None) as gate:
        asked = [pool.submit(caller.send, name, **given) for name, given in calls]
        gate.wait(len(calls))
    for future in asked:
        future.result()
    counters = sandbox.counters
    assert counters.max_concurrent == 6
    assert counters.max_concurrent_connection_writes == 2
    assert counters.max_concurrent_filter_writes == 2
    sandbox.clear_requests()
    caller.send("list")
    assert sandbox.counters.max_concurrent == 1


@pytest.mark.parametrize("applied", [False, True])
def test_held_requests(
    caller: Caller, sandbox: Sandbox, pool: ThreadPoolExecutor, applied: bool
) -> None:
    with sandbox.hold("setupPixelSignalConfig", applied=applied) as gate:
        asked = pool.submit(caller.try_setup)
        gate.wait()
        assert (sandbox.state.pixel("SandboxA", "101") is not None) is applied
        assert not asked.done()
    assert asked.result().status_code == 200


def test_waiting_ends(sandbox: Sandbox) -> None:
    with pytest.raises(TimeoutError, match="0 of 1 requests list arrived"):
        sandbox.wait_for("list", timeout=0.01)
    with sandbox.hold() as gate, pytest.raises(TimeoutError, match="0 of 1 requests arrived"):
        gate.wait(timeout=0.01)


def test_latency_makes_requests_slower_side_by_side(
    caller: Caller, sandbox: Sandbox, pool: ThreadPoolExecutor
) -> None:
    sandbox.latency = 0.05
    assert caller.send("list").elapsed.total_seconds() >= 0.05
    sandbox.latency = 3600
    delayed = pool.submit(caller.send, "deleteDataSource", id="404")
    sandbox.wait_for("deleteDataSource")
    sandbox.latency = 0
    assert caller.send("list").status_code == 200
    assert not delayed.done()
    sandbox.stop()
    with pytest.raises(httpx.TransportError):
        delayed.result()


def test_many_clients_at_once(caller: Caller, sandbox: Sandbox, pool: ThreadPoolExecutor) -> None:
    caller.http.close()
    caller.http = httpx.Client(
        base_url=sandbox.url, headers=caller.http.headers, limits=httpx.Limits(max_connections=16)
    )

    def work(number: int) -> None:
        pixel = str(1000 + number)
        caller.setup(pixel)
        caller.event("DROP", [pixel], name="Lead")
        caller.run("updateSignalConfigCapiPublish", id=pixel, input={"status": 0})
        sandbox.set_name(pixel, f"named {number}")
        if number % 2:
            caller.run("deleteDataSource", id=pixel)

    list(pool.map(work, range(60)))
    listed = caller.listed()
    assert sorted(listed) == [str(1000 + number) for number in range(0, 60, 2)]
    assert all(not status["publishingEnabled"] for status in listed.values())
    assert len(sandbox.state.event_filters()) == 30
    numbers = [change.sequence for change in sandbox.state.history]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(sandbox.requests) == 60 * 3 + 30 + 1

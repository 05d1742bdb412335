"""How many requests a run needs: by count, whatever the machine is doing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from pulumi_capig.errors import GatewayError
from pulumi_capig.gateway import Client
from pulumi_capig.lifecycle import filter_writes
from pulumi_capig.lifecycle.run_account import RunAccount
from pulumi_capig.lifecycle.traffic import Traffic
from pulumi_capig.picture import Picture, PlaceKey
from pulumi_capig.sandbox import Dialect, Sandbox
from pulumi_capig.settings import Settings
from tests.support.deployment import Deployment, ThreadedDeployment
from tests.support.provider import Provider

Declared = tuple[str, dict[str, Any]]
Call = Callable[[], "list[GatewayError]"]

N, M = 50, 20


def connections(count: int) -> dict[str, Declared]:
    return {
        f"c{n}": (
            "PixelConnection",
            {"pixel_id": str(1000 + n), "business_id": "1", "access_token": "EAAB"},
        )
        for n in range(count)
    }


def filters(count: int, *pixels: str, first: int = 0, **more: Any) -> dict[str, Declared]:
    scope = {"pixel_ids": list(pixels)} if pixels else {}
    return {
        f"f{n}": (
            "DomainFilter",
            {"domain": f"d{n}.example", "filter_state": "DROP", **scope, **more},
        )
        for n in range(first, first + count)
    }


def requests(sandbox: Sandbox) -> int:
    """All requests since the last look, the token's and the list's included."""
    total = sum(sandbox.counters.requests.values())
    sandbox.clear_requests()
    return total


@pytest.fixture
def threaded(served: Provider, in_sandbox: Sandbox) -> ThreadedDeployment:
    """An empty stack whose steps overlap, as the engine's do, against a gateway that takes time."""
    in_sandbox.latency = 0.005
    return ThreadedDeployment(served)


@pytest.mark.parametrize("order", ["connections first", "filters first"])
def test_pixels_under_filters_of_the_account(
    threaded: ThreadedDeployment, in_sandbox: Sandbox, order: str
) -> None:
    parts = [connections(N), filters(M)]
    parts = parts if order == "connections first" else parts[::-1]
    program = {**parts[0], **parts[1]}
    assert threaded.up(program).errors == {}
    assert requests(in_sandbox) <= 2 * N + 2 * M + 3
    assert threaded.up(program).changes == []
    assert requests(in_sandbox) == 0
    assert threaded.destroy().errors == {}
    assert requests(in_sandbox) <= 2 * N + 2 * M + 3


def test_one_more_pixel_under_many_filters(
    threaded: ThreadedDeployment, in_sandbox: Sandbox
) -> None:
    threaded.up({**connections(1), **filters(49)})
    requests(in_sandbox)
    assert threaded.up({**connections(2), **filters(49)}).changes == [("create", "c1")]
    # A token, the list, the setup, and its 49 filters in two documents.
    assert requests(in_sandbox) == 5


@pytest.fixture
def account(in_sandbox: Sandbox) -> Iterator[RunAccount]:
    """What the resources of an account share in a run."""
    with Client(Settings().for_client()) as client:
        yield RunAccount(
            in_sandbox.tenant_id, Picture(), lambda: client, lambda *_: None, Traffic()
        )


def drop(account: RunAccount, scope: Collection[str], *numbers: int) -> list[GatewayError]:
    """Drop these websites in one call, for some pixels or else the account; what failed."""
    pixels = frozenset(scope) or None
    keys = [PlaceKey("domain", f"d{n}.example") for n in numbers]
    sent = account.filters.carry_out(
        lambda: [wish for key in keys for wish in account.ledger.put(key, pixels, "DROP")]
    )
    return [each.error for each in sent if each.error]


def while_one_is_held(
    sandbox: Sandbox, account: RunAccount, first: Call, others: Sequence[Call]
) -> int:
    """Make the other calls while the gateway holds the request of the first one.

    Returns:
        The requests that were sent after that one, once all the other calls waited.
    """
    filters = account.filters
    with sandbox.hold("updateDomainFilter") as gate, ThreadPoolExecutor(len(others) + 1) as pool:
        calls = [pool.submit(first)]
        gate.wait()
        calls += map(pool.submit, others)
        with filters._changed:
            assert filters._changed.wait_for(lambda: len(filters._waiting) == len(others), 60)
        before = sum(sandbox.counters.requests.values())
        gate.release()
        assert [call.result() for call in calls] == [[]] * len(calls)
    return sum(sandbox.counters.requests.values()) - before


@pytest.mark.parametrize("scope", [(), ("101",)])
def test_what_waits_goes_in_documents_of_forty_settings(
    in_sandbox: Sandbox, account: RunAccount, scope: tuple[str, ...]
) -> None:
    in_sandbox.connect("101")
    others = [partial(drop, account, scope, n) for n in range(1, 121)]
    sent = while_one_is_held(in_sandbox, account, partial(drop, account, scope, 0), others)
    # Account-wide is written as two settings: the account's, and that of its pixels.
    assert sent == 120 * (1 if scope else 2) / 40


def test_what_waits_goes_as_lists_of_pixels_where_a_request_takes_one_setting(
    in_sandbox: Sandbox, account: RunAccount
) -> None:
    in_sandbox.dialect = Dialect(several_fields="400")
    pixels = [str(1000 + n) for n in range(N)]
    for pixel in pixels:
        in_sandbox.connect(pixel)
    others = [partial(drop, account, [pixel], *range(M)) for pixel in pixels[1:]]
    first = partial(drop, account, pixels[:1], M)
    # One document of several settings is refused.
    assert while_one_is_held(in_sandbox, account, first, others) == 1 + M


@pytest.mark.parametrize("scope", [(), ("101",)])
def test_filters_that_are_declared_one_by_one_wait_for_each_other(
    threaded: ThreadedDeployment, in_sandbox: Sandbox, scope: tuple[str, ...]
) -> None:
    """How many go together depends on time (`make bench`); none is sent twice."""
    in_sandbox.connect("101")
    for step in (
        lambda: threaded.up(filters(200, *scope)),
        lambda: threaded.up(filters(200, *scope, reassert="again")),
        threaded.destroy,
    ):
        assert step().errors == {}
        assert requests(in_sandbox) <= 2 + 200


@pytest.mark.parametrize("scope", [(), ("101",)])
def test_many_names_in_one_filter(
    deployment: Deployment, in_sandbox: Sandbox, scope: tuple[str, ...]
) -> None:
    in_sandbox.connect("101")
    blocked = {"domains": [f"d{n}.example" for n in range(200)], "filter_state": "DROP"}
    arguments = {**blocked, "pixel_ids": list(scope)} if scope else blocked
    assert deployment.up({"f": ("DomainFilters", arguments)}).errors == {}
    assert requests(in_sandbox) <= 20
    fewer = {**arguments, "domains": blocked["domains"][:100]}
    assert deployment.up({"f": ("DomainFilters", fewer)}).errors == {}
    assert requests(in_sandbox) <= 20
    assert deployment.destroy().errors == {}
    assert requests(in_sandbox) <= 20


class _NeverWaits:
    """A clock with which waiting would never end."""

    @staticmethod
    def monotonic() -> float:
        return 0.0


def test_a_single_filter_waits_for_nobody(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does one that follows another: in a chain, each is the only one under way."""
    monkeypatch.setattr(filter_writes, "time", _NeverWaits)
    monkeypatch.setattr(filter_writes, "GATHER", 3600.0)
    in_sandbox.connect("101")
    for count in (1, 3):
        assert deployment.up(filters(count)).errors == {}
        assert deployment.up(filters(count, "101")).errors == {}
        assert deployment.destroy().errors == {}


def test_nobody_is_waited_for_where_all_calls_wait(
    in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one account expects may have gone to another one, and wait there."""
    monkeypatch.setattr(filter_writes, "GATHER", 3600.0)
    traffic = Traffic()
    in_sandbox.add_account("SandboxB")
    with Client(Settings().for_client()) as client, ThreadPoolExecutor(3) as pool:
        one, other = (
            RunAccount(tenant, Picture(), lambda: client, lambda *_: None, traffic)
            for tenant in ("SandboxA", "SandboxB")
        )

        def call(account: RunAccount, number: int) -> list[GatewayError]:
            with traffic.call():
                return drop(account, {"101"}, number)

        with in_sandbox.hold("updateDomainFilter") as first_gate:
            first = pool.submit(call, one, 1)
            first_gate.wait()
            second = pool.submit(call, one, 2)
            with traffic.changed:
                assert traffic.changed.wait_for(lambda: one.filters._waiting, 60)
        assert first.result(60) == []
        with in_sandbox.hold("updateDomainFilter", tenant="SandboxB") as gate:
            third = pool.submit(call, other, 3)
            gate.wait()
            assert second.result(60) == []
        assert third.result(60) == []

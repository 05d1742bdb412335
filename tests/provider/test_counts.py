"""How many requests a run needs: by count, whatever the machine is doing."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_capig.lifecycle import filter_writes
from pulumi_capig.sandbox import Dialect, Sandbox
from tests.support.deployment import Deployment, ThreadedDeployment
from tests.support.provider import Provider

Declared = tuple[str, dict[str, Any]]

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


@pytest.mark.parametrize("scope", [(), ("101",)])
def test_many_separate_filters(
    threaded: ThreadedDeployment, in_sandbox: Sandbox, scope: tuple[str, ...]
) -> None:
    in_sandbox.connect("101")
    assert threaded.up(filters(200, *scope)).errors == {}
    assert requests(in_sandbox) <= 100
    assert threaded.up(filters(200, *scope, reassert="again")).errors == {}
    assert requests(in_sandbox) <= 100
    assert threaded.destroy().errors == {}
    assert requests(in_sandbox) <= 100


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


def test_a_gateway_that_takes_one_setting_a_request(
    threaded: ThreadedDeployment, in_sandbox: Sandbox
) -> None:
    """What waits still goes together: settings of one name and state, as one list of pixels."""
    in_sandbox.dialect = Dialect(several_fields="400")
    assert threaded.up({**filters(M), **connections(N)}).errors == {}
    assert requests(in_sandbox) < N + N * M // 2


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

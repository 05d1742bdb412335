"""The rate limit: requests of all threads a gap apart."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from pulumi_capig.gateway import pixels
from pulumi_capig.gateway.pace import Pace
from pulumi_capig.sandbox import Sandbox
from tests.gateway.conftest import Open, Time


def test_requests_are_kept_apart(sandbox: Sandbox, open_client: Open, time: Time) -> None:
    client = open_client(sandbox, rateLimit=10)
    for _ in range(4):
        pixels.list_account(client, sandbox.tenant_id)
    # Four lists and the token's request: the first goes at once.
    assert time.slept == pytest.approx([0.1] * 4)


def test_the_limit_holds_for_all_threads(sandbox: Sandbox, open_client: Open, time: Time) -> None:
    client = open_client(sandbox, rateLimit=10)
    started = time.now
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(partial(pixels.list_account, client), [sandbox.tenant_id] * 24))
    assert time.now - started >= 24 * 0.1 * 0.999


def test_who_comes_at_the_same_moment_waits_for_a_moment_of_his_own() -> None:
    slept: list[float] = []
    pace = Pace(10, lambda: 1000.0, slept.append)
    assert all(pace.wait(2000.0) for _ in range(4))
    assert slept == pytest.approx([0.1, 0.2, 0.3])
    assert not pace.wait(1000.3)  # too late for a deadline: nobody waits for it, nor takes it
    assert pace.wait(2000.0)
    assert slept == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_without_a_limit_nothing_waits(sandbox: Sandbox, open_client: Open, time: Time) -> None:
    client = open_client(sandbox)
    for _ in range(4):
        pixels.list_account(client, sandbox.tenant_id)
    assert time.slept == []


@pytest.mark.parametrize("count", [2, 4])
def test_two_processes_whose_tokens_cancel_each_other_out_get_on(
    sandbox: Sandbox, open_client: Open, count: int
) -> None:
    # Each new token ends the older ones: every client loses its own to the others all the time.
    from dataclasses import replace

    sandbox.dialect = replace(sandbox.dialect, token_revokes_older=True)
    clients = [open_client(sandbox) for _ in range(count)]
    for _ in range(5):
        for client in clients:
            pixels.list_account(client, sandbox.tenant_id)
    # One renewal an event: never more tokens than requests that found theirs gone.
    assert sandbox.counters.token_fetches <= 5 * count

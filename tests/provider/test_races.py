"""What one run's memory makes of calls that overlap, and of waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from typing import Any

import pytest

from pulumi_capig.errors import GatewayError
from pulumi_capig.gateway import Client
from pulumi_capig.lifecycle import REGISTRY
from pulumi_capig.lifecycle.run import Run
from pulumi_capig.sandbox import Dialect, Fault, Sandbox
from pulumi_capig.settings import ClientSettings, Settings

Open = Callable[[], Run]

SHOP = {
    "pixel_id": "101",
    "business_id": "1",
    "access_token": "EAAB",
    "external_id": "",
    "publishing": True,
}
LEAD = {"event_name": "Lead", "filter_state": "DROP"}


class Naps:
    """Sleeps that take no time, and are remembered."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def new_run(in_sandbox: Sandbox, naps: Naps) -> Iterator[Open]:
    """Begins runs: engine operations whose calls a test makes itself, from its own threads."""
    with ExitStack() as stack:

        def open_gateway(settings: ClientSettings) -> Client:
            return Client(settings, sleep=naps.sleep)

        def begin() -> Run:
            run = Run(Settings(), open_gateway, lambda _text: None)
            stack.callback(run.close)
            return run

        yield begin


def created(run: Run, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    life = REGISTRY[kind](run)
    return life.create(life.check({}, arguments, run.picture.receive(None)).inputs).outputs


def test_what_was_written_while_the_list_was_under_way_stays_in_it(
    new_run: Open, in_sandbox: Sandbox
) -> None:
    in_sandbox.dialect = Dialect(account_wide="rule-own-first")
    run = new_run()
    shop = created(run, "PixelConnection", SHOP)
    # A filter that is gone has left the pixel an own entry, which comes before the account's.
    own = created(run, "EventFilter", {**LEAD, "pixel_ids": ["101"]})
    REGISTRY["EventFilter"](new_run()).delete("", own)

    run = new_run()
    connection, event = REGISTRY["PixelConnection"](run), REGISTRY["EventFilter"](run)
    quiet = connection.check(shop, {**SHOP, "publishing": False}, run.picture.receive(None)).inputs
    wide = event.check({}, LEAD, run.picture.receive(None)).inputs
    with ThreadPoolExecutor(1) as pool:
        with in_sandbox.hold("list", applied=True) as gate:
            filtered = pool.submit(event.create, wide)
            gate.wait(1)
            connection.update("", shop, quiet)  # needs no list of its own
        filtered.result()
    assert "101" in run.account("SandboxA").pixels.all()
    assert in_sandbox.state.effective_event("SandboxA", "Lead", "101") == "DROP"


def test_a_late_filter_sees_what_is_on_its_way_to_open_it(
    new_run: Open, in_sandbox: Sandbox
) -> None:
    in_sandbox.connect("101")
    in_sandbox.connect("102")
    both, one = {**LEAD, "pixel_ids": ["101", "102"]}, {**LEAD, "pixel_ids": ["101"]}
    run = new_run()
    wide, late = created(run, "EventFilter", both), created(run, "EventFilter", one)

    run = new_run()
    life = REGISTRY["EventFilter"](run)
    left = life.check(wide, {**LEAD, "pixel_ids": ["102"]}, run.picture.receive(None)).inputs
    with ThreadPoolExecutor(1) as pool:
        with in_sandbox.hold("updateEventFilter") as gate:
            narrowed = pool.submit(life.update, "", wide, left)
            gate.wait(1)
            # Declared inside `apply`: the run hears of it now.
            again = life.check(late, one, run.picture.receive(None)).inputs
            assert life.diff("", late, again).changes
        narrowed.result()
    life.update("", late, again)
    assert in_sandbox.state.effective_event("SandboxA", "Lead", "101") == "DROP"


@pytest.mark.parametrize("applied", [True, False])
def test_a_filter_that_is_on_its_way_during_a_second_setup_is_sent_again(
    new_run: Open, in_sandbox: Sandbox, applied: bool
) -> None:
    in_sandbox.dialect = Dialect(second_setup_filters="forgets")
    shop = created(new_run(), "PixelConnection", SHOP)
    run = new_run()
    connection, event = REGISTRY["PixelConnection"](run), REGISTRY["EventFilter"](run)
    changed = {**SHOP, "access_token": "EAAC"}
    rotated = connection.check(shop, changed, run.picture.receive(None)).inputs
    one = event.check({}, {**LEAD, "pixel_ids": ["101"]}, run.picture.receive(None)).inputs
    with ThreadPoolExecutor(2) as pool:
        with in_sandbox.hold("updateEventFilter", applied=applied) as gate:
            filtered = pool.submit(event.create, one)
            gate.wait(1)
            updated = pool.submit(connection.update, "", shop, rotated)
            assert not wait([updated], timeout=0.05).done
        filtered.result()
        updated.result()
    assert in_sandbox.state.effective_event("SandboxA", "Lead", "101") == "DROP"


def test_a_delete_waits_for_how_the_create_ends_that_claims_the_pixel(
    new_run: Open, in_sandbox: Sandbox
) -> None:
    shop = created(new_run(), "PixelConnection", SHOP)
    run = new_run()
    life = REGISTRY["PixelConnection"](run)
    store = life.check({}, {**SHOP, "adopt": True}, run.picture.receive(None)).inputs
    with ThreadPoolExecutor(2) as pool:
        with in_sandbox.hold("setupPixelSignalConfig") as gate:
            taken_over = pool.submit(life.create, store)
            gate.wait(1)
            # As where `shop` is replaced, and its delete comes first.
            deleted = pool.submit(life.delete, "", shop)
            assert not wait([deleted], timeout=0.05).done
        assert deleted.result() is None
        assert taken_over.result().outputs["pixel_id"] == "101"
    assert in_sandbox.state.pixel("SandboxA", "101") is not None


def test_one_failure_to_list_speaks_for_all(
    new_run: Open, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "2")
    in_sandbox.inject(Fault.status(503, operation="list", times=None))
    run = new_run()

    def read(number: int) -> str:
        life = REGISTRY["PixelConnection"](run)
        with pytest.raises(GatewayError) as caught:
            life.read("", {**SHOP, "pixel_id": str(number), "tenant_id": "SandboxA"})
        return str(caught.value)

    with ThreadPoolExecutor(4) as pool:
        (message,) = set(pool.map(read, range(101, 141)))
    assert message.startswith("list the pixels (account SandboxA): the gateway answered 503")
    assert in_sandbox.counters.requests["list"] == 3
    # Another account is another matter.
    with pytest.raises(GatewayError):
        run.account("SandboxB").pixels.all()
    assert in_sandbox.counters.requests["list"] == 6


def test_a_second_setup_waits_for_as_long_as_the_gateway_asks(
    new_run: Open, in_sandbox: Sandbox, naps: Naps
) -> None:
    in_sandbox.inject(Fault.status(503, operation="setupPixelSignalConfig", retry_after=7))
    created(new_run(), "PixelConnection", SHOP)
    assert naps.slept == [7]
    assert in_sandbox.counters.requests["setupPixelSignalConfig"] == 2

"""The fault matrix through the provider's protocol: every operation under every fault."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pulumi_capig.sandbox import FAULTS, Sandbox
from tests.faults.checks import check
from tests.faults.matrix import ALL_FAULTS, Cell, play
from tests.faults.scenarios import OPERATIONS, SCENARIOS, Scenario, principal
from tests.faults.table import LENGTHS, documented, sign, unexplained
from tests.support.provider import Provider
from tests.support.strikes import REFUSED

UNCONFIRMED = "but did not return the filter"


def test_the_matrix_is_whole() -> None:
    assert {REFUSED, *FAULTS} == set(ALL_FAULTS)
    assert {operation for s in SCENARIOS for operation in s.strikes} == set(OPERATIONS)
    assert all(operation in principal(operation).strikes for operation in OPERATIONS)


@pytest.mark.parametrize("fault", ALL_FAULTS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_cell(
    operation: str,
    fault: str,
    served: Provider,
    in_sandbox: Sandbox,
    capsys: pytest.CaptureFixture[str],
) -> None:
    signs = []
    for length in LENGTHS:
        cell = Cell(principal(operation), operation, fault, length)
        played = play(cell, served, in_sandbox)
        check(cell, played, in_sandbox)
        assert (UNCONFIRMED in capsys.readouterr().err) == cell.warns
        assert unexplained(played) == set()
        signs.append(sign(cell, played))
    assert documented()[fault, operation] == " ".join(signs)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_other_steps(
    scenario: Scenario, served: Provider, in_sandbox: Sandbox, deeper: Callable[[int], int]
) -> None:
    """All the other steps, and later requests of the same operation; a seeded part at first."""
    cells = [
        cell
        for cell in cells_of(scenario)
        if cell.after or principal(cell.operation) is not scenario
    ]
    play_all(cells if deeper(1) > 1 else drawn(cells, 20), served, in_sandbox)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("account_wide", ["rule-own-last", "copies"])
def test_other_readings_of_a_filter_of_the_account(
    account_wide: Any,
    scenario: Scenario,
    served: Provider,
    in_sandbox: Sandbox,
    deeper: Callable[[int], int],
) -> None:
    """Where the reference leaves open how a gateway keeps a filter of the whole account."""
    in_sandbox.dialect = replace(in_sandbox.dialect, account_wide=account_wide)
    cells = cells_of(scenario)
    play_all(cells if deeper(1) > 1 else drawn(cells, 10), served, in_sandbox)


def cells_of(scenario: Scenario) -> list[Cell]:
    return [
        Cell(scenario, operation, fault, length, after)
        for operation in scenario.strikes
        for fault in ALL_FAULTS
        for length in LENGTHS
        for after in ((0, 1) if operation.endswith("Filter") else (0,))
    ]


def drawn(cells: list[Cell], count: int) -> list[Cell]:
    return random.Random(cells[0].scenario.name).sample(cells, count)


def play_all(cells: list[Cell], served: Provider, sandbox: Sandbox) -> None:
    for cell in cells:
        played = play(cell, served, sandbox)
        try:
            check(cell, played, sandbox)
        except AssertionError as error:
            message = f"{error}\nin {cell}, with {played.messages}"
            raise AssertionError(message) from error

"""Accounts, people and domains through the provider's protocol: every operation, every fault."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.faults.advertiser import (
    OPERATIONS,
    SCENARIOS,
    Cell,
    Scenario,
    check,
    play,
    principal,
    sign,
)
from tests.faults.matrix import ALL_FAULTS
from tests.faults.table import LENGTHS, documented_of_advertisers
from tests.support.provider import Provider


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation(
    operation: str, served: Provider, in_sandbox: Sandbox, deeper: Callable[[int], int]
) -> None:
    """Every fault; a seeded part of them at first."""
    faults = ALL_FAULTS if deeper(1) > 1 else random.Random(operation).sample(ALL_FAULTS, 10)
    for fault in faults:
        cells = [Cell(principal(operation), operation, fault, length) for length in LENGTHS]
        signs = play_all(cells, served, in_sandbox)
        assert documented_of_advertisers()[fault, operation] == " ".join(signs), fault


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_other_steps(
    scenario: Scenario, served: Provider, in_sandbox: Sandbox, deeper: Callable[[int], int]
) -> None:
    cells = [
        Cell(scenario, operation, fault, length)
        for operation in scenario.strikes
        if principal(operation) is not scenario
        for fault in ALL_FAULTS
        for length in LENGTHS
    ]
    if deeper(1) == 1:
        cells = random.Random(scenario.name).sample(cells, min(8, len(cells)))
    play_all(cells, served, in_sandbox)


def play_all(cells: list[Cell], served: Provider, sandbox: Sandbox) -> list[str]:
    signs = []
    for cell in cells:
        played = play(cell, served, sandbox)
        try:
            check(cell, played, sandbox)
        except AssertionError as error:
            what = f"{cell.scenario.name} {cell.operation} {cell.fault} {cell.length}"
            told = [played.struck.errors, *(r.errors for r in played.recoveries)]
            message = f"{error}\nin {what}, with {told}"
            raise AssertionError(message) from error
        signs.append(sign(played))
    return signs

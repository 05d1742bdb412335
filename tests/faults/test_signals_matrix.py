"""The fault matrix of pipelines, data sources and destinations, through the provider's protocol."""

from __future__ import annotations

import random

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.faults.matrix import ALL_FAULTS
from tests.faults.signals import OTHERS, PRINCIPAL, Cell, play
from tests.faults.signals_table import documented, sign, unexplained
from tests.faults.table import LENGTHS
from tests.support.depth import DEPTH
from tests.support.provider import Provider

SHARE = 14
"""Of how many cells one is played at first."""


@pytest.mark.parametrize("operation", PRINCIPAL)
def test_every_fault(operation: str, served: Provider, in_sandbox: Sandbox) -> None:
    first = [*PRINCIPAL].index(operation)
    pairs = [(fault, length) for fault in ALL_FAULTS for length in LENGTHS]
    for fault, length in pairs if DEPTH > 1 else pairs[first % SHARE :: SHARE]:
        cell = Cell(PRINCIPAL[operation], operation, fault, length)
        try:
            played = play(cell, served, in_sandbox)
        except AssertionError as error:
            message = f"{error}\nin {operation} under {fault} {length}"
            raise AssertionError(message) from error
        assert unexplained(played) == set()
        assert documented()[fault, operation][LENGTHS.index(length)] == sign(cell, played)


def test_other_steps(served: Provider, in_sandbox: Sandbox) -> None:
    cells = [
        Cell(step, operation, fault, length)
        for operation, step in OTHERS
        for fault in ALL_FAULTS
        for length in LENGTHS
    ]
    for cell in cells if DEPTH > 1 else random.Random(19).sample(cells, 16):
        try:
            play(cell, served, in_sandbox)
        except AssertionError as error:
            message = f"{error}\nin {cell}"
            raise AssertionError(message) from error

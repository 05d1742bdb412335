"""Random walks: programs, faults, kills and people who work in the gateway's page."""

from __future__ import annotations

from random import Random

import pytest

from pulumi_capig.sandbox import Dialect, Sandbox
from tests.provider.walks.programs import ACCOUNTS
from tests.provider.walks.walk import Walk, random_dialect
from tests.support.deployment import ThreadedDeployment
from tests.support.depth import DEPTH
from tests.support.provider import Provider

STEPS = 8


@pytest.mark.parametrize("seed", range(12 * DEPTH))
def test_walk(seed: int, served: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    with Sandbox(accounts=ACCOUNTS, dialect=random_dialect(random)) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        sandbox.latency = random.choice((0.001, 0.003, 0.01))
        walk = Walk(random, sandbox, ThreadedDeployment(served))
        try:
            walk.begin()
            for _ in range(STEPS):
                walk.step()
        except (AssertionError, pytest.fail.Exception) as error:
            changed = [
                f"{key}={value}"
                for key, value in vars(sandbox.dialect).items()
                if value != getattr(Dialect(), key)
            ]
            message = f"{error}\nseed {seed}, {' '.join(changed)}\n{walk.story()}"
            raise AssertionError(message) from error

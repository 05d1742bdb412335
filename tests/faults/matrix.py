"""One cell of the fault matrix: a fault strikes an operation, then it is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pulumi_capig.sandbox import FAULTS, RequestRecord, Sandbox
from tests.faults.scenarios import NEIGHBOUR, PIXEL, Scenario
from tests.support.deployment import Deployment, Resource, Result
from tests.support.provider import Provider
from tests.support.strikes import REFUSED, environment, striking

ALL_FAULTS = (REFUSED, *FAULTS)

Length = Literal["once", "for ever"]

RETRIES = "1"


@dataclass(frozen=True)
class Cell:
    """A fault that strikes an operation once, or until the step is over.

    Attributes:
        after: How many requests of the operation pass before.
    """

    scenario: Scenario
    operation: str
    fault: str
    length: Length
    after: int = 0

    @property
    def unconfirmed(self) -> bool:
        """Whether the gateway answers as if all were well, and has done nothing.

        A filter without its echo is what some gateway may always answer: a warning and the output
        `verification` are all that can tell it.
        """
        return self.fault == "200-no-success" and self.operation.endswith("Filter")

    @property
    def warns(self) -> bool:
        """Whether the answer says nothing of the filter that it is about."""
        silent = self.fault in ("200-no-success", "missing-fields")
        return silent and self.operation.endswith("Filter")


@dataclass
class Played:
    """What became of a cell.

    Attributes:
        struck: The step during which the fault struck.
        requests: What the gateway was asked in it.
        pixel_left: Whether the pixel was connected after it.
        kept: State after it.
        before: State before it.
        recovery: The further `up`.
        recovery_requests: What the gateway was asked in that.
        again: One more `up`.
        again_requests: What the gateway was asked in that.
        closing: The states that each declared event and domain went through.
        api_tokens: All API tokens that the gateway issued.
    """

    struck: Result
    requests: list[RequestRecord]
    pixel_left: bool
    kept: dict[str, Resource]
    before: dict[str, Resource]
    deployment: Deployment
    recovery: Result = field(default_factory=Result)
    recovery_requests: list[RequestRecord] = field(default_factory=list)
    again: Result = field(default_factory=Result)
    again_requests: list[RequestRecord] = field(default_factory=list)
    api_tokens: tuple[str, ...] = ()

    @property
    def messages(self) -> list[str]:
        """What the user read."""
        return list(self.struck.errors.values())


def play(cell: Cell, provider: Provider, sandbox: Sandbox) -> Played:
    """Play a cell from an empty gateway to the second quiet `up`."""
    scenario = cell.scenario
    deployment = _prepared(scenario, provider, sandbox)
    before = dict(deployment.state)
    sandbox.clear_requests()
    mark = len(sandbox.state.history)
    adopt = {"CAPIG_ADOPT": "true"} if scenario.adopt else {}
    for fault in scenario.also:
        sandbox.inject(fault)
    times = 1 if cell.length == "once" else None
    with (
        striking(sandbox, cell.fault, cell.operation, times=times, after=cell.after),
        environment(CAPIG_MAX_RETRIES=RETRIES, **adopt),
    ):
        act = deployment.refresh if scenario.act == "refresh" else None
        struck = act() if act else deployment.up(scenario.program)
    played = Played(
        struck,
        sandbox.requests,
        sandbox.state.pixel(sandbox.tenant_id, PIXEL) is not None,
        dict(deployment.state),
        before,
        deployment,
    )
    sandbox.clear_requests()
    advised = any("CAPIG_ADOPT=true" in message for message in played.messages)
    advice = {"CAPIG_ADOPT": "true"} if advised else adopt
    if cell.unconfirmed:
        advice = {**advice, "CAPIG_REASSERT": "again"}
    with environment(**advice):
        played.recovery = deployment.up(scenario.program)
    played.recovery_requests = sandbox.requests
    sandbox.clear_requests()
    played.again = deployment.up(scenario.program)
    played.again_requests = sandbox.requests
    played.api_tokens = tuple(sandbox.tokens._expiry)
    assert len(sandbox.state.history) >= mark
    return played


def _prepared(scenario: Scenario, provider: Provider, sandbox: Sandbox) -> Deployment:
    sandbox.reset()
    sandbox.connect(NEIGHBOUR)
    if scenario.adopt:
        sandbox.connect(PIXEL)
    deployment = Deployment(provider)
    if scenario.before:
        assert deployment.up(scenario.before).errors == {}
    return deployment

"""What a deployment is doing when a fault strikes: each operation of the gateway in its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pulumi_capig.sandbox import Fault
from tests.support.deployment import Program

TENANT = "SandboxA"
PIXEL = "18904456377094531"
NEIGHBOUR = "202"
"""A pixel that somebody connected by hand and no program declares."""

TOKEN = "EAAB-a-pixel-token-that-must-not-leak"
EVENT, WIDE_EVENT, DOMAIN = "Lead", "Search", "staging.example.com"

OPERATIONS = (
    "token",
    "list",
    "setupPixelSignalConfig",
    "deleteDataSource",
    "updateSignalConfigEventsStatus",
    "updateSignalConfigCapiPublish",
    "updateEventFilter",
    "updateDomainFilter",
)


def shop(name: str = "Shop", *, on: bool = False, **more: Any) -> tuple[str, dict[str, Any]]:
    """The connection of the program, both switches declared."""
    return "PixelConnection", {
        "pixel_id": PIXEL,
        "business_id": "2840127409433732",
        "access_token": TOKEN,
        "external_id": "",
        "pixel_name": name,
        "receiving": on,
        "publishing": on,
        **more,
    }


def event(name: str, *pixels: str) -> tuple[str, dict[str, Any]]:
    """A filter that closes an event for some pixels, or for the whole account."""
    arguments: dict[str, Any] = {"event_name": name, "filter_state": "DROP"}
    return "EventFilter", {**arguments, "pixel_ids": list(pixels)} if pixels else arguments


def domain(*pixels: str) -> tuple[str, dict[str, Any]]:
    """A filter that closes the domain for some pixels."""
    arguments = {"domain": DOMAIN, "filter_state": "DROP", "pixel_ids": list(pixels)}
    return "DomainFilter", arguments


FULL: Program = {
    "shop": shop(),
    "no-leads": event(EVENT, PIXEL),
    "no-search": event(WIDE_EVENT),
    "staging": domain(PIXEL),
}
CHANGED: Program = {
    "shop": shop("New shop", on=True),
    "no-leads": event(EVENT, PIXEL, NEIGHBOUR),
    "no-search": event(WIDE_EVENT),
    "staging": domain(PIXEL, NEIGHBOUR),
}


@dataclass(frozen=True)
class Scenario:
    """One step of a deployment.

    Attributes:
        name: What it is called in tests and docs.
        before: The program that is in force before the step.
        program: The program that the step brings about.
        strikes: Operations of the gateway that the step sends.
        act: Whether the step is an `up` or a `refresh`.
        adopt: Whether the program's pixel was connected by hand.
        also: Faults beside the one that is tried, for what happens after a failure alone.
    """

    name: str
    before: Program
    program: Program
    strikes: tuple[str, ...]
    act: Literal["up", "refresh"] = "up"
    adopt: bool = False
    also: tuple[Fault, ...] = field(default=())

    @property
    def declares_throughout(self) -> bool:
        """Whether the events and domains that are closed have to stay so."""
        return bool(self.program)


WRITES = OPERATIONS[2:]
_REFUSED_SWITCH = Fault.status(400, operation="updateSignalConfigEventsStatus")

SCENARIOS = (
    Scenario("create", {}, FULL, tuple(o for o in OPERATIONS if o != "deleteDataSource")),
    Scenario(
        "filters",
        {"shop": shop()},
        FULL,
        ("token", "list", "updateEventFilter", "updateDomainFilter"),
    ),
    Scenario(
        "destroy",
        FULL,
        {},
        ("token", "list", "deleteDataSource", "updateEventFilter", "updateDomainFilter"),
    ),
    Scenario("update", FULL, CHANGED, tuple(o for o in OPERATIONS if o != "deleteDataSource")),
    Scenario("refresh", FULL, FULL, ("token", "list"), act="refresh"),
    Scenario("undo", {}, FULL, ("token", "list", "deleteDataSource"), also=(_REFUSED_SWITCH,)),
    Scenario("adopt", {}, FULL, OPERATIONS[:3] + OPERATIONS[4:6], adopt=True),
    Scenario(
        "narrow",
        FULL,
        {**FULL, "no-search": event(WIDE_EVENT, PIXEL)},
        ("token", "list", "updateEventFilter"),
    ),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def principal(operation: str) -> Scenario:
    """The step whose outcome the docs show for an operation."""
    if operation.endswith("Filter"):
        return BY_NAME["filters"]  # a connection that is created brings its filters itself
    return BY_NAME["destroy" if operation == "deleteDataSource" else "create"]

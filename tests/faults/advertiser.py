"""An advertiser's account, people and domain while one operation of the gateway fails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pulumi_capig.sandbox import RequestRecord, Sandbox
from pulumi_capig.sandbox.parts.accounts import Accounts
from pulumi_capig.sandbox.parts.people import People
from tests.faults.matrix import RETRIES, Length
from tests.support.advertiser import (
    SHOP,
    account,
    domain_of,
    first_party,
    made,
    role_of,
    taken_over,
    user,
)
from tests.support.deployment import Deployment, Program, Resource, Result
from tests.support.provider import Provider
from tests.support.strikes import environment, striking

OWNER, HELPER = "owner@shop.example", "helper@shop.example"
DOMAIN, OTHER, TARGET = "capig.shop.example", "events.shop.example", "capig.agency.example"
NEIGHBOUR = "SandboxB"
"""An account that no program declares, with the owner and a domain in it."""

OPERATIONS = (
    "createTenant",
    "tenant",
    "updateTenant",
    "deleteTenant",
    "addUserWithRole",
    "changeRoleForUser",
    "sendInvitation",
    "ingressDomain",
    "upsertIngressDomain",
)


def advertiser(
    name: str = "Shop", role: str = "view", domain: str = DOMAIN, **owner: Any
) -> Program:
    """What the program declares."""
    return {
        "shop": account(name),
        "owner": user(OWNER, tenant_id=SHOP, **owner),
        "helper": user(HELPER, role, tenant_id=SHOP),
        "domain": first_party(domain, target_domain=TARGET, tenant_id=SHOP),
    }


EXISTING: Program = {
    "shop": taken_over("SandboxA", name="Shop"),
    "owner": user(OWNER, tenant_id="SandboxA", adopt=True),
    "helper": user(HELPER, "view", tenant_id="SandboxA", adopt=True),
    "domain": first_party(DOMAIN, target_domain=TARGET, tenant_id="SandboxA", adopt=True),
}


@dataclass(frozen=True)
class Scenario:
    """One step of an advertiser's life; the attributes are as those of a pixel's `Scenario`."""

    name: str
    before: Program
    program: Program
    strikes: tuple[str, ...]
    act: Literal["up", "refresh"] = "up"


SCENARIOS = (
    Scenario(
        "create",
        {},
        advertiser(),
        ("createTenant", "addUserWithRole", "upsertIngressDomain"),
    ),
    Scenario(
        "change",
        advertiser(),
        advertiser("Shop AG", "manage", OTHER, reinvite="1"),
        ("tenant", "updateTenant", "changeRoleForUser", "sendInvitation", "upsertIngressDomain"),
    ),
    Scenario("refresh", advertiser(), advertiser(), ("tenant", "ingressDomain"), act="refresh"),
    Scenario(
        "destroy",
        advertiser(),
        {},
        ("tenant", "list", "dataSourcesQuery", "dataDestinationsQuery", "changeRoleForUser",
         "deleteTenant"),
    ),
    Scenario(
        "adopt",
        {},
        EXISTING,
        ("tenant", "updateTenant", "changeRoleForUser", "ingressDomain", "upsertIngressDomain"),
    ),
    Scenario(
        "inactive",
        {},
        {"shop": account("Shop", active=False)},
        ("createTenant", "updateTenant", "deleteTenant"),
    ),
)  # fmt: skip
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def principal(operation: str) -> Scenario:
    """The step whose outcome the docs show for an operation."""
    steps = {
        "createTenant": "create",
        "addUserWithRole": "create",
        "upsertIngressDomain": "create",
        "deleteTenant": "destroy",
        "ingressDomain": "refresh",
        "tenant": "refresh",
    }
    return BY_NAME[steps.get(operation, "change")]


@dataclass(frozen=True)
class Cell:
    """A fault that strikes an operation once, or until the step is over."""

    scenario: Scenario
    operation: str
    fault: str
    length: Length

    @property
    def unconfirmed(self) -> bool:
        """Whether the gateway answers null as if all were well: the next refresh tells."""
        return self.fault == "200-no-success"


@dataclass
class Played:
    """What became of a cell; the attributes are as those of a pixel's `Played`.

    Attributes:
        accounts: Accounts that the struck step left, beside those of the beginning.
        links: All invitation links that were mailed.
        recoveries: The further ups until one went well.
    """

    struck: Result
    before: dict[str, Resource]
    kept: dict[str, Resource]
    accounts: list[str]
    deployment: Deployment
    requests: list[RequestRecord] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    recoveries: list[Result] = field(default_factory=list)
    again: Result = field(default_factory=Result)
    again_requests: list[RequestRecord] = field(default_factory=list)

    @property
    def messages(self) -> list[str]:
        """What the user read."""
        return list(self.struck.errors.values())


def play(cell: Cell, provider: Provider, sandbox: Sandbox) -> Played:
    """Play a cell from an empty gateway to the second quiet `up`."""
    scenario = cell.scenario
    deployment = _prepared(scenario, provider, sandbox)
    before = dict(deployment.state)
    neighbour = _neighbour(sandbox)
    sandbox.clear_requests()
    times = 1 if cell.length == "once" else None
    with (
        striking(sandbox, cell.fault, cell.operation, times=times),
        environment(CAPIG_MAX_RETRIES=RETRIES),
    ):
        act = deployment.refresh if scenario.act == "refresh" else None
        struck = act() if act else deployment.up(scenario.program, keep_going=True)
    played = Played(
        struck, before, dict(deployment.state), _made(sandbox), deployment, sandbox.requests
    )
    if cell.unconfirmed:
        assert deployment.refresh().errors == {}
    _recover(played, scenario.program)
    sandbox.clear_requests()
    played.again = deployment.up(_as_it_is(scenario.program, deployment))
    played.again_requests = sandbox.requests
    played.links = [mail.link for mail in sandbox.mails]
    assert _neighbour(sandbox) == neighbour, "another account was touched"
    return played


def _recover(played: Played, program: Program) -> None:
    """Do what the messages say, until an `up` goes well."""
    messages = played.messages
    for _ in range(3):
        advised = any("CAPIG_ADOPT=true" in message for message in messages)
        found = {}
        if any("pass its id as tenant_id" in message for message in messages) and played.accounts:
            found = {"shop": _by_id(program, played.accounts[0])}
        left = re.search(r'declare it with tenant_id="(\w+)"', "\n".join(messages))
        if left:
            found = {"shop": _by_id(program, left[1])}
        with environment(**({"CAPIG_ADOPT": "true"} if advised else {})):
            result = played.deployment.up({**program, **found}, keep_going=True)
        played.recoveries.append(result)
        messages = list(result.errors.values())
        if not messages:
            return


def _as_it_is(program: Program, deployment: Deployment) -> Program:
    """The program, which names an account that had to be taken over."""
    shop = deployment.state.get("shop")
    if shop is None or "tenant_id" not in shop.inputs:
        return program
    return {**program, "shop": _by_id(program, shop.id)}


def _by_id(program: Program, tenant: str) -> tuple[str, dict[str, Any]]:
    """The program's account, taken over."""
    declared = {k: v for k, v in program["shop"][1].items() if k != "event_enrichment"}
    return "Account", {**declared, "tenant_id": tenant}


def _prepared(scenario: Scenario, provider: Provider, sandbox: Sandbox) -> Deployment:
    sandbox.reset()
    sandbox.add_account(NEIGHBOUR)
    sandbox.set_role(OWNER, "view", tenant=NEIGHBOUR)
    sandbox.set_domain("capig.neighbour.example", tenant=NEIGHBOUR)
    if scenario.name == "adopt":
        sandbox.set_role(OWNER, "admin")
        sandbox.set_role(HELPER, "manage")
        sandbox.set_domain(OTHER)
    deployment = Deployment(provider)
    if scenario.before:
        assert deployment.up(scenario.before).errors == {}
        assert deployment.refresh().errors == {}
    return deployment


def _made(sandbox: Sandbox) -> list[str]:
    return [tenant for tenant in made(sandbox) if tenant != NEIGHBOUR]


def _neighbour(sandbox: Sandbox) -> tuple[Any, ...]:
    held = sandbox.state.part(Accounts)[NEIGHBOUR]
    return held, role_of(sandbox, OWNER, NEIGHBOUR), domain_of(sandbox, NEIGHBOUR)


# What has to hold


def check(cell: Cell, played: Played, sandbox: Sandbox) -> None:
    """Everything at once."""
    _messages_are_clear(played, sandbox)
    _state_is_true(cell, played)
    _nothing_is_doubled(cell, played, sandbox)
    assert played.recoveries[-1].errors == {}
    assert (played.again.errors, played.again.changes) == ({}, [])
    assert played.again_requests == []
    _gateway_holds(cell.scenario.program, played, sandbox)


def _messages_are_clear(played: Played, sandbox: Sandbox) -> None:
    for message in played.messages:
        what, *advice = message.splitlines()
        assert what.startswith("capig: "), message
        assert len(advice) == 1, message
        assert "Traceback" not in message
        assert "<!DOCTYPE" not in message
        named = "(account " in what or 'create account "Shop"' in what or "account " in what
        assert named, message
        for secret in (sandbox.client_secret, *sandbox.tokens._expiry, *played.links):
            assert secret not in message


def _state_is_true(cell: Cell, played: Played) -> None:
    before, kept, failed = played.before, played.kept, set(played.struck.errors)
    if cell.scenario.act == "refresh":
        gone = {name for step, name in played.struck.steps if step == "gone"}
        # Of a domain an answer that says nothing is the answer that there is none.
        assert gone <= {"domain"}
        assert cell.operation == "ingressDomain" or not gone
        assert kept.keys() == before.keys() - gone
        return
    for name in failed:
        if name in before:
            assert kept[name].outputs == before[name].outputs, "state of a failed step changed"
        else:
            assert name not in kept, "a failed create is in state"


def _nothing_is_doubled(cell: Cell, played: Played, sandbox: Sandbox) -> None:
    """No account twice, no person twice, and nobody is written to more often than was tried."""
    accounts = len(_made(sandbox))
    assert accounts == int("shop" in cell.scenario.program and cell.scenario.name != "adopt")
    assert len(played.accounts) <= 1
    for email in (OWNER, HELPER):
        assert len(sandbox.state.part(People).named(email)) <= 1
    added = [mail for mail in sandbox.mails if mail.operation == "addUserWithRole"]
    lost_people = cell.scenario.name == "create" and "shop" not in played.kept
    assert lost_people or len({mail.to for mail in added}) == len(added), "invited twice"


def _gateway_holds(program: Program, played: Played, sandbox: Sandbox) -> None:
    state = played.deployment.state
    assert set(state) == set(program)
    if not program:
        assert not any(role_of(sandbox, email, "") for email in (OWNER, HELPER))
        people = sandbox.state.part(People).all()
        assert {grant.tenant for person in people for grant in person.grants} == {NEIGHBOUR}
        return
    tenant = state["shop"].id
    declared: Mapping[str, Any] = program["shop"][1]
    held = sandbox.state.part(Accounts)[tenant]
    assert held.name == declared["name"]
    assert held.status == (2 if declared.get("active") is False else 0)
    for name in ("owner", "helper"):
        if name in program:
            person = program[name][1]
            role = f"advertiser-{person['role']}-{tenant}"
            assert role_of(sandbox, person["email"], tenant) == [role]
    if "domain" in program:
        routing = domain_of(sandbox, tenant)
        assert (routing.domain, routing.target) == (program["domain"][1]["domain"], TARGET)


def sign(played: Played) -> str:
    """What happens in a cell, as one character of the table."""
    gone = any(step == "gone" for step, _ in played.struck.steps)
    if not played.messages:
        return "g" if gone else "·"
    message = "\n".join(played.messages)
    if "pass its id as tenant_id" in message:
        return "L"
    return "?" if "may already hold the new state" in message else "E"

"""Random programs with accounts that they make themselves, under latency, faults, kills and hands.

The model knows what is declared and what the gateway holds, and nothing of how the provider works.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest

from pulumi_capig.sandbox import FAULTS, Dialect, Fault, Sandbox
from pulumi_capig.sandbox.parts.accounts import Accounts
from pulumi_capig.sandbox.parts.people import People
from tests.support.advertiser import account, domain_of, first_party, lead, pixel, role_of, user
from tests.support.deployment import IdOf, Program, Result, ThreadedDeployment
from tests.support.depth import DEPTH
from tests.support.provider import Provider
from tests.support.strikes import environment

STEPS = 6
NEIGHBOUR, TARGET = "SandboxA", "capig.agency.example"
PEOPLE = ("ann@agency.example", "bob@agency.example", "cem@agency.example")
BOSS = "boss@agency.example"
ROLES = ("view", "manage")
EVENTS = ("Lead", "Search")

OPERATIONS = (
    "tenant", "updateTenant", "addUserWithRole", "changeRoleForUser", "ingressDomain",
    "upsertIngressDomain", "setupPixelSignalConfig", "deleteDataSource", "list",
    "updateEventFilter", None,
)  # fmt: skip
FATES = (
    "reset-before-write", "reset-after-write", "hang-up-after-write", "502-page-after-write",
    "500-after-write", "503", "408", "truncated", "cut-json", "200-errors", "401-for-ever", "403",
    "not-json", "redirect", "token-expired", "200-data-null-after-write",
)  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """What is declared of one account; the texts behind people tell a renamed resource."""

    name: str
    active: bool | None = None
    people: tuple[tuple[str, str, str], ...] = ()
    domain: str | None = None
    pixels: tuple[str, ...] = ()
    events: tuple[str, ...] = ()

    def program(self, shop: str) -> Program:
        """The resources of this account."""
        tenant = IdOf(shop)
        more = {} if self.active is None else {"active": self.active}
        declared = {shop: account(self.name, force_destroy=False, **more)}
        declared[f"{shop} boss"] = user(BOSS, "admin", tenant_id=tenant, adopt=True)
        for email, role, text in self.people:
            declared[f"{shop} {email} {text}"] = user(email, role, tenant_id=tenant, adopt=True)
        if self.domain:
            declared[f"{shop} domain"] = first_party(
                self.domain, target_domain=TARGET, tenant_id=tenant, adopt=True
            )
        for number in self.pixels:
            declared[f"{shop} {number}"] = pixel(number, tenant_id=tenant, adopt=True)
        for event in self.events:
            declared[f"{shop} {event}"] = lead(event_name=event, tenant_id=tenant)
        return declared


@dataclass
class Walk:
    """A stack with two accounts, its gateway, and what was declared last."""

    random: Random
    sandbox: Sandbox
    deployment: ThreadedDeployment
    shops: dict[str, Shop] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """A neighbour with the same people, and the first program."""
        for email in (BOSS, *PEOPLE):
            self.sandbox.set_role(email, "view", tenant=NEIGHBOUR)
        self.sandbox.set_domain("capig.neighbour.example", tenant=NEIGHBOUR)
        self.sandbox.connect("999")
        self.shops = {f"shop{n}": Shop(f"Shop {n}") for n in range(2)}
        self.good_up(self.edited())

    def step(self) -> None:
        """One more run, or something behind the back and a run that repairs it."""
        chance = self.random.random()
        if chance < 0.45:
            self.good_up(self.edited())
        elif chance < 0.7:
            self.failing_up(self.edited())
        elif chance < 0.8:
            self.killed_up(self.edited())
        else:
            self.by_hand()
            self.good_up(self.shops, refresh=True)

    def edited(self) -> dict[str, Shop]:
        """A program some edits away."""
        shops = dict(self.shops)
        for _ in range(self.random.randint(1, 4)):
            name = self.random.choice(sorted(shops))
            shops[name] = self._edited(name, shops[name])
        return shops

    def _edited(self, name: str, shop: Shop) -> Shop:
        random = self.random
        what = random.choice(("name", "active", "people", "people", "domain", "pixels", "events"))
        if what == "name":
            return replace(shop, name=f"{name} {random.randint(1, 9)}")
        if what == "active":
            return replace(shop, active=random.choice((None, True, False)))
        if what == "people":
            some = random.sample(PEOPLE, random.randint(0, 3))
            people = ((e, random.choice(ROLES), random.choice("xy")) for e in sorted(some))
            return replace(shop, people=tuple(people))
        if what == "domain":
            found = random.choice((None, f"a.{name}.example", f"b.{name}.example"))
            return replace(shop, domain=found)
        if what == "pixels":
            pixels = [f"{1 + int(name[-1])}0{n}" for n in range(1, 4)]
            return replace(shop, pixels=tuple(sorted(random.sample(pixels, random.randint(0, 3)))))
        return replace(shop, events=tuple(sorted(random.sample(EVENTS, random.randint(0, 2)))))

    def program(self, shops: dict[str, Shop]) -> Program:
        """The whole program."""
        return {k: v for name, shop in shops.items() for k, v in shop.program(name).items()}

    def good_up(self, shops: dict[str, Shop], *, refresh: bool = False) -> None:
        """A run without a fault gets to what is declared, and the next one has nothing to do."""
        self.story.append(f"up {shops} refresh={refresh}")
        program, mark = self.program(shops), len(self.sandbox.state.history)
        kept = {(self._tenant(n), e): r for n, s in self.shops.items() for e, r, _ in s.people}
        preview = self.deployment.preview(program, refresh=refresh)
        assert preview.errors == {}
        result = self.deployment.up(
            program, refresh=refresh, keep_going=self.random.random() < 0.5, delete_order=self._any
        )
        assert result.errors == {}
        settled = shops == self.shops or not refresh
        self.shops = shops
        self._holds()
        self.sandbox.clear_requests()
        assert self.deployment.preview(program).changes == []
        assert self.deployment.up(program).changes == []
        assert self.sandbox.requests == []
        if settled and not refresh:
            now = {(self._tenant(n), e): r for n, s in shops.items() for e, r, _ in s.people}
            same = {key for key, role in now.items() if kept.get(key) == role}
            for change in self.sandbox.state.history[mark:]:
                written = change.kind == "user" and change.operation == "changeRoleForUser"
                assert not written or (change.tenant, change.key[0]) not in same, change

    def failing_up(self, shops: dict[str, Shop]) -> None:
        """A run that meets faults, then one that does what the messages say."""
        fate, operation = self.random.choice(FATES), self.random.choice(OPERATIONS)
        fault = FAULTS[fate].on(operation, after=self.random.randint(0, 3))
        self.sandbox.inject(fault)
        self.story.append(f"fail {fate} {operation} {shops}")
        self._run(shops, CAPIG_MAX_RETRIES=self.random.choice(("0", "1")))
        self.sandbox.clear_faults()
        self._go_on(shops)

    def killed_up(self, shops: dict[str, Shop]) -> None:
        """A run whose provider is killed."""
        after = self.random.randint(0, 10)
        self.sandbox.clear_requests()
        self.sandbox.inject(Fault("reset", after=after, times=None))
        self.story.append(f"kill after {after} {shops}")
        self._run(shops, killed=True, CAPIG_MAX_RETRIES="0")
        self.sandbox.clear_faults()
        self._go_on(shops)

    def _run(self, shops: dict[str, Shop], *, killed: bool = False, **variables: str) -> Result:
        def lives() -> bool:
            return not (killed and any(request.fault for request in self.sandbox.requests))

        with environment(**variables):
            result = self.deployment.up(
                self.program(shops),
                keep_going=self.random.random() < 0.5,
                delete_order=self._any,
                lives=lives,
            )
        self.story.append(f"errors {result.errors}")
        return result

    def _go_on(self, shops: dict[str, Shop]) -> None:
        """Finish: somebody whom a lost answer has added is in no state until then."""
        before = self.shops
        with environment(CAPIG_ADOPT="true"):
            self.good_up(shops, refresh=True)
        if self.random.random() < 0.4:
            self.good_up(before)

    def by_hand(self) -> None:
        """Somebody works in the gateway's page."""
        name = self.random.choice(sorted(self.shops))
        tenant, shop = self._tenant(name), self.shops[name]
        what = self.random.choice(("rename", "role", "remove", "domain", "accept"))
        self.story.append(f"by hand: {what} in {name}")
        if what == "rename":
            self.sandbox.rename("By hand", tenant=tenant)
        elif what == "domain" and shop.domain:
            self.sandbox.set_domain("by.hand.example", tenant=tenant)
        elif what == "accept":
            self.sandbox.accept(BOSS)
        elif shop.people:
            email = self.random.choice(shop.people)[0]
            if what == "remove":
                # Whoever no list has shown yet is not gone because of that.
                assert self.deployment.refresh().errors == {}
                self.sandbox.remove_user(email, tenant=tenant)
            else:
                role = self.random.choice(("admin", "view", None))
                self.sandbox.set_role(email, role, tenant=tenant)

    def end(self) -> None:
        """A destroy leaves the neighbour alone, and nothing else."""
        self.story.append("destroy")
        result = self.deployment.destroy()
        assert result.errors == {}
        assert set(self.sandbox.state.accounts) == {NEIGHBOUR}
        self._neighbour_is_untouched()

    def _holds(self) -> None:
        state = self.sandbox.state
        tenants = {self._tenant(name) for name in self.shops}
        assert set(state.accounts) == {NEIGHBOUR, *tenants}
        for name, shop in self.shops.items():
            tenant = self._tenant(name)
            held = state.part(Accounts)[tenant]
            assert held.name == shop.name
            assert held.managed
            assert shop.active is None or held.status == (0 if shop.active else 2)
            declared = {BOSS: "admin", **{email: role for email, role, _ in shop.people}}
            for email in (BOSS, *PEOPLE):
                roles = [role for role in role_of(self.sandbox, email, tenant) if role]
                wanted = declared.get(email)
                assert roles == ([f"advertiser-{wanted}-{tenant}"] if wanted else []), email
            if shop.domain:
                routing = domain_of(self.sandbox, tenant)
                assert (routing.domain, routing.target) == (shop.domain, TARGET)
            assert {p.pixel_id for p in state.pixels(tenant)} == set(shop.pixels)
            for number in shop.pixels:
                for event in EVENTS:
                    closed = "DROP" if event in shop.events else "PUBLISH"
                    assert state.effective_event(tenant, event, number) == closed
        for email in (BOSS, *PEOPLE):
            assert len(state.part(People).named(email)) == 1
        self._neighbour_is_untouched()

    def _neighbour_is_untouched(self) -> None:
        changes = [c for c in self.sandbox.state.history if c.tenant == NEIGHBOUR]
        assert {c.operation for c in changes} <= {"sandbox"}
        for email in (BOSS, *PEOPLE):
            assert role_of(self.sandbox, email, NEIGHBOUR) == [f"advertiser-view-{NEIGHBOUR}"]

    def _tenant(self, name: str) -> str:
        found = self.deployment.state.get(name)
        return found.id if found else ""

    def _any(self, names: list[str]) -> list[str]:
        self.random.shuffle(names)
        return names


def random_dialect(random: Random) -> Dialect:
    """A gateway with any habits of its hub that the reference leaves open."""
    return Dialect(
        unknown_tenant_hub=random.choice(("401", "null", "404", "500", "400")),
        update_tenant=random.choice(("patch", "put")),
        delete_unknown_tenant=random.choice(("400", "false", "404", "401")),
        email_answered=random.choice(("lower", "as-given")),
        user_roles=random.choice(("all", "account")),
        add_existing=random.choice(("409", "409-data", "200")),
        add_user_race=random.choice(("one", "two", "500")),
        invitation_link=random.choice(("always", "null-known", "null-no-smtp")),
        revoke_last=random.choice(("off-list", "listed")),
        sole_admin=random.choice(("400", "500", "ignored")),
        stale_revoke=random.choice(("404", "ignored")),
        no_routing=random.choice(("null", "ingress-null", "ingress-empty")),
        routing_ids=random.choice(("samples", "consistent")),
        ingress_argument=random.choice(("ID", "String")),
        same_routing_again=random.choice(("kept", "reset")),
        error_carrier=random.choice(("status", "errors")),
    )


@contextmanager
def told(walk: Walk, seed: int) -> Iterator[None]:
    """A failure tells how the walk came to it."""
    try:
        yield
    except AssertionError as error:
        switches: dict[str, Any] = vars(walk.sandbox.dialect)
        changed = {k: v for k, v in switches.items() if v != getattr(Dialect(), k)}
        message = f"{error}\nseed {seed}, {changed}\n" + "\n".join(walk.story)
        raise AssertionError(message) from error


@pytest.mark.usefixtures("no_waits")
@pytest.mark.parametrize("seed", range(8 * DEPTH))
def test_walk(seed: int, served: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    with Sandbox(accounts=(NEIGHBOUR,), dialect=random_dialect(random)) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        sandbox.latency = random.choice((0, 0.002, 0.005))
        walk = Walk(random, sandbox, ThreadedDeployment(served))
        with told(walk, seed):
            walk.begin()
            for _ in range(STEPS):
                walk.step()
            walk.end()

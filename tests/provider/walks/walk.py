"""Walks from program to program over a gateway that fails, and what has to hold after each step.

The model knows nothing of how the provider works: it looks at what is declared, at what is in
state, and at what the gateway holds and went through.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from unittest import mock

import pytest

from pulumi_capig import gateway
from pulumi_capig.gateway import Client
from pulumi_capig.sandbox import FAULTS, Dialect, Fault, Sandbox
from pulumi_capig.sandbox.state import Pixel
from pulumi_capig.settings import ClientSettings
from tests.provider.walks.programs import (
    ACCOUNTS,
    HAND,
    PIXELS,
    Declarations,
    Editor,
    Filter,
    Place,
    connections_of,
    filters_of,
    in_words,
    places,
    program_of,
)
from tests.support.deployment import Deployment, Resource, Result

HAND_EVENT = "Subscribe"
"""An event that somebody has dropped by hand, and that no program declares."""

FILTER_WRITES = ("updateEventFilter", "updateDomainFilter")
FACTS = {"receiving": "event_bridge_active", "publishing": "publishing_enabled"}
SWITCHES = tuple(FACTS)

NOT_PUT_BACK = ("could not be put back", "disconnecting it again failed")

_LOSSES = (
    "reset-before-write", "reset-after-write", "hang-up-after-write", "502-page",
    "502-page-after-write", "500-after-write", "503", "408", "429-seconds", "truncated", "cut-json",
    "200-data-null-after-write", "200-errors", "401-for-ever", "400", "403", "404", "not-json",
    "slow-after-write", "wrong-types", "redirect", "token-expired", "unknown-fields", "200-page",
)  # fmt: skip


def random_dialect(random: Random) -> Dialect:
    """A gateway with any habits that the reference leaves open."""
    several = random.choice(("run", "run", "run", "400", "413", "418"))
    carrier = random.choice(("status", "status", "errors", "text"))
    keys = ["code", "status", "errorCode", "message"]
    return Dialect(
        account_wide=random.choice(("rule-own-first", "rule-own-last", "copies")),
        filters_survive_delete=random.random() < 0.5,
        filter_unknown_pixel=random.choice(("accepted", "accepted", "404")),
        second_setup=random.choice(("upsert", "resets-switches")),
        second_setup_unnamed=random.choice(("clears", "keeps")),
        second_setup_filters=random.choice(("keeps", "forgets")),
        several_fields=several,
        filter_echo_several=random.choice(("first", "null", "mixed")),
        filter_echo_id=random.random() < 0.5,
        filter_echo_missing=frozenset(
            random.choice(((), (), ("filterState",), ("updatedFilter",)))
        ),
        error_carrier=carrier,
        error_code_key=random.choice(keys),
        delete_unknown=random.choice(("404", "false")),
        list_connection_id=random.random() < 0.5,
        unset_pixel_name=random.choice(("sample", "empty", "null")),
        setup_status_null=random.random() < 0.3,
        active=random.choice(("both", "receiving")),
        switch_unknown_pixel=random.choice(("500", "null-status", "no-success")),
        covered_answers_418=random.random() < 0.15,
        token_revokes_older=random.random() < 0.2,
    )


@dataclass
class Snapshot:
    """What the gateway holds, and how far its history went, at one moment."""

    pixels: dict[tuple[str, str], Pixel]
    effective: dict[Place, str]
    entries: dict[tuple[str, str, str, str | None], str]
    history: int

    @classmethod
    def of(cls, sandbox: Sandbox) -> Snapshot:
        state = sandbox.state
        pixels = {(t, p.pixel_id): p for t in ACCOUNTS for p in state.pixels(t)}
        effective = {}
        for place in places({pixel for _, pixel in pixels}):
            found = state.effective(place.kind, place.tenant, place.name, place.pixel)
            if found is not None:
                effective[place] = found
        entries = {
            (tenant, kind, name, pixel): held
            for kind, stored in (
                ("event", state.event_filters()),
                ("domain", state.domain_filters()),
            )
            for (tenant, name, pixel), held in stored.items()
        }
        return cls(pixels, effective, entries, len(state.history))


@dataclass
class Walk:
    """A stack, its gateway, and what is known of both.

    Attributes:
        program: What was declared last.
        good: What was declared in the last run that ended well.
        unsure: Pixels that were connected by hand since filters were sent last.
        drifted: Pixels whose switches somebody turned since they were read last.
        doubted: Places that an unfinished run has left as documented, and not as state says.
        tolerated: Entries that may stay behind, each for a reason that product and docs name.
        ups: How many runs there were.
    """

    random: Random
    sandbox: Sandbox
    deployment: Deployment
    program: dict[str, Any] = field(default_factory=dict)
    good: dict[str, Any] = field(default_factory=dict)
    unsure: set[tuple[str, str]] = field(default_factory=set)
    drifted: set[tuple[str, str]] = field(default_factory=set)
    doubted: set[Place] = field(default_factory=set)
    tolerated: set[Place] = field(default_factory=set)
    switches: dict[tuple[str, str], dict[str, set[bool]]] = field(default_factory=dict)
    ups: int = 0
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.editor = Editor(
            self.random,
            self.connected,
            self._by_hand,
            strict=self.sandbox.dialect.filter_unknown_pixel == "404",
        )

    # -- the way -------------------------------------------------------------------------------

    def begin(self) -> None:
        """Pixels and a filter that somebody made by hand, and a first program."""
        for pixel in HAND:
            self.sandbox.connect(pixel, publishing=self.random.random() < 0.5)
            self._note_hand(ACCOUNTS[0], pixel)
        self.sandbox.set_event_filter(HAND_EVENT, "DROP", [HAND[0]])
        program = dict(self.program)
        for _ in range(3):
            program = self.editor.edited(program)
        self.good_up(program)

    def step(self) -> None:
        """One more run, or something behind the back."""
        chance = self.random.random()
        if chance < 0.45:
            self.good_up(self.editor.edited(self.program))
        elif chance < 0.53:
            self.targeted_up(self.editor.edited(self.program))
        elif chance < 0.73:
            self.failing_up(self.editor.edited(self.program))
        elif chance < 0.83:
            self.killed_up(self.editor.edited(self.program))
        elif chance < 0.93:
            self.behind_the_back()
        elif chance < 0.97:
            self.refresh()
        else:
            self.destroy()

    def good_up(
        self, program: Declarations, *, refresh: bool | None = None, **environment: str
    ) -> None:
        """A run without a fault never fails, does what its preview said, and gets to its end."""
        random = self.random
        refresh = random.random() < 0.2 if refresh is None else refresh
        filters, connections = filters_of(program), connections_of(program)
        apart = frozenset(n for n in sorted(filters) if random.random() < 0.08)
        replaced = {
            name
            for name in sorted(program)
            if name in self.deployment.state
            and random.random() < 0.04
            and (name in filters or connections[name].managed)
        }
        order = list(program)
        random.shuffle(order)
        options = {
            "refresh": refresh,
            "replace": frozenset(replaced),
            "apart": apart,
        }
        said = f"up {in_words(program)}\n  {options} {environment}"
        self.told.append(said)
        self.sandbox.clear_requests()
        before = Snapshot.of(self.sandbox)
        claims = self.claims()
        state_before = self._resources()
        if refresh:
            self.drifted.clear()
        with self._environment(**environment):
            written = program_of(program)
            preview = self.deployment.preview(written, **options)
            assert preview.errors == {}, preview.errors
            result = self.deployment.up(
                {name: written[name] for name in order},
                delete_first=bool(replaced),
                keep_going=random.random() < 0.5,
                delete_order=self._shuffled,
                **options,
            )
        self.ups += 1
        assert result.errors == {}, result.errors
        assert self.deployment.doomed == []
        self.program = self.good = dict(program)
        self._did_what_was_said(preview, result, apart)
        after = Snapshot.of(self.sandbox)
        self._filters_hold(before, after, state_before)
        self._nothing_opened(claims, before, program, apart)
        self._connections_hold(program, before, after, state_before)
        self._hand_is_untouched(program, before, after, state_before)
        if not refresh:
            self._finds_nothing(program)
        if random.random() < 0.3:
            self._refreshes_quietly(program)

    def targeted_up(self, program: Declarations) -> None:
        """`up --target`, then the whole program, or back with a new `reassert`."""
        names = sorted({*program, *self.deployment.state})
        target = frozenset(n for n in names if self.random.random() < 0.5)
        if not target & program.keys():
            return  # nothing would be checked, so that there is no picture: the docs say so
        self.told.append(f"target {sorted(target)} of {in_words(program)}")
        before, claims = Snapshot.of(self.sandbox), self.claims()
        result = self.deployment.up(program_of(program), target=target)
        self.ups += 1
        assert result.errors == {}, result.errors
        self._nothing_opened(claims, before, program)
        self._note_switches(before, program)
        self._state_is_true(program, before, targeted=True)
        self._go_on(program, finish=self.random.random() < 0.7, reassert=True)

    def failing_up(self, program: Declarations) -> None:
        """A run that meets faults; then it is run again, or reverted."""
        faults = [self._fault() for _ in range(self.random.choice((1, 2, 3)))]
        # Refused is refused: a gateway that takes the same thing before or after is none.
        refusing = [f for f in faults if f.code in (400, 404) and f.kind != "hold"]
        faults = refusing[:1] or faults
        retries = self.random.choice(("0", "1"))
        keep_going = self.random.random() < 0.5
        self.told.append(
            f"fail {in_words(program)}\n  {[short(f) for f in faults]} {retries} {keep_going}"
        )
        before, claims = Snapshot.of(self.sandbox), self.claims()
        for fault in faults:
            self.sandbox.inject(fault)
        result = self._run(program, keep_going, CAPIG_MAX_RETRIES=retries, CAPIG_TIMEOUT="0.5")
        self.sandbox.clear_faults()
        self.told.append(f"errors {result.errors}")
        messages = "\n".join(result.errors.values())
        surely = not any(sign in messages for sign in NOT_PUT_BACK)
        if refusing:
            self._tolerate_what_is_away()
        self._note_switches(before, program)
        self._note_what_is_said(program, result)
        self._doubt_what_is_forgotten(program, before, result)
        if surely:
            left = self._state_is_true(program, before, told="CAPIG_ADOPT=true" in messages)
            self._is_told(program, result, left)
            self._nothing_opened(claims, before, program)
        adopt = {"CAPIG_ADOPT": "true"} if "CAPIG_ADOPT=true" in messages else {}
        again = "reassert" in messages.lower() or not surely
        finish = self.random.random() < 0.5
        self._go_on(program, finish=finish, reassert=again and not finish, **adopt)

    def killed_up(self, program: Declarations) -> None:
        """A run whose provider is killed; then it is run again, or reverted with `reassert`."""
        after = self.random.randint(0, 12)
        self.told.append(f"kill {in_words(program)} after {after}")
        before = Snapshot.of(self.sandbox)
        self.sandbox.clear_requests()
        self.sandbox.inject(Fault("reset", after=after, times=None))
        cut = lambda: not any(r.fault for r in self.sandbox.requests)  # noqa: E731
        self._run(program, self.random.random() < 0.5, lives=cut, CAPIG_MAX_RETRIES="0")
        self.sandbox.clear_faults()
        self._note_switches(before, program, killed=True)
        finish = self.random.random() < 0.6
        self._go_on(program, finish=finish, reassert=not finish, CAPIG_ADOPT="true")

    def destroy(self) -> None:
        """A fault-free destroy never fails, and leaves nothing behind."""
        self.told.append("destroy")
        before, state_before = Snapshot.of(self.sandbox), self._resources()
        result = self.deployment.up({}, delete_order=self._shuffled, picture=False)
        self.ups += 1
        assert result.errors == {}, result.errors
        self.program = self.good = {}
        after = Snapshot.of(self.sandbox)
        self._filters_hold(before, after, state_before)
        self._hand_is_untouched({}, before, after, state_before)
        assert self.deployment.state == {}

    def refresh(self) -> None:
        """What is gone leaves the state; nothing else changes but declared switches."""
        self.told.append("refresh")
        result = self.deployment.refresh()
        assert result.errors == {}, result.errors
        self._note_refresh()

    def behind_the_back(self) -> None:
        """Somebody works in the gateway's page."""
        connections = connections_of(self.program)
        chance = self.random.random()
        managed = sorted(n for n, item in connections.items() if item.managed)
        if chance < 0.4 and managed:
            item = connections[self.random.choice(managed)]
            if item.pixel in self.connected(item.tenant):
                self.told.append(f"disconnect {item.pixel}")
                self._leaves(item.tenant, item.pixel)
                self.sandbox.disconnect(item.pixel, tenant=item.tenant)
                if self.random.random() < 0.2:
                    self.told.append("and connect it again")
                    self.sandbox.connect(item.pixel, tenant=item.tenant)
                    self._note_hand(item.tenant, item.pixel)
        elif chance < 0.7:
            tenant, pixel = self.random.choice(ACCOUNTS), self.random.choice(PIXELS)
            used = {item.pixel for item in connections.values()}
            if pixel not in used and pixel not in self.connected(tenant):
                self.told.append(f"connect {pixel} {tenant}")
                self.sandbox.connect(pixel, tenant=tenant, publishing=self.random.random() < 0.5)
                self._note_hand(tenant, pixel)
        elif connections:
            item = connections[self.random.choice(sorted(connections))]
            if item.pixel in self.connected(item.tenant):
                switch, on = self.random.choice(SWITCHES), self.random.random() < 0.5
                self.told.append(f"switch {item.pixel} {switch} {on}")
                self.sandbox.set_switch(item.pixel, tenant=item.tenant, **{switch: on})
                key = item.tenant, item.pixel
                self.switches.setdefault(key, {}).setdefault(switch, set()).add(on)
                self.drifted.add(key)

    # -- how runs go ---------------------------------------------------------------------------

    def _run(
        self,
        program: Declarations,
        keep_going: bool,
        *,
        lives: Callable[[], bool] = lambda: True,
        **environment: str,
    ) -> Result:
        self.ups += 1
        self.sandbox.clear_requests()
        order = list(program)
        self.random.shuffle(order)
        written = program_of(program)
        with self._environment(**environment):
            return self.deployment.up(
                {name: written[name] for name in order},
                keep_going=keep_going,
                lives=lives,
                delete_order=self._shuffled,
            )

    def _go_on(
        self, program: Declarations, *, finish: bool, reassert: bool, **environment: str
    ) -> None:
        """Finish the program, or go back to the one before."""
        finish = finish or not self._can_go_back()
        goal = dict(program) if finish else dict(self.good)
        self.told.append(f"finish={finish} reassert={reassert}")
        if reassert:
            again = self.editor.text()
            environment["CAPIG_REASSERT"] = again
            goal = {
                name: replace(item, reassert=again) if name in self.deployment.state else item
                for name, item in goal.items()
            }
        if finish:
            self.doubted.clear()
        elif reassert:
            self._tolerate_what_is_left(program)
            self.doubted.clear()
        # A pixel that an unfinished run connected may be in no state and in no program.
        for name, item in connections_of(goal).items():
            if name not in self.deployment.state:
                goal[name] = replace(item, adopt=True)
        self.good_up(goal, refresh=False, **environment)

    def _can_go_back(self) -> bool:
        """Whether the gateway still has all that the former program takes for granted."""
        taken = [item for item in connections_of(self.good).values() if not item.managed]
        there = all(item.pixel in self.connected(item.tenant) for item in taken)
        return there and self.editor.possible(self.good) == self.good

    def _shuffled(self, names: list[str]) -> list[str]:
        self.random.shuffle(names)
        return names

    def _fault(self) -> Fault:
        operation = self.random.choice(
            (
                FILTER_WRITES,
                FILTER_WRITES,
                FILTER_WRITES,
                "setupPixelSignalConfig",
                "deleteDataSource",
                ("updateSignalConfigEventsStatus", "updateSignalConfigCapiPublish"),
                "list",
                None,
            )
        )
        where: dict[str, Any] = {
            "after": self.random.choice((0, 0, 0, 1, 1, 2, 3)),
            "times": self.random.choice((1, 1, 2, 3, None)),
        }
        if self.random.random() < 0.3 and operation is not None:
            code = self.random.choice((400, 403, 404, 500))
            applied = self.random.random() < 0.3 and code == 500
            return Fault("field-error", operation, code=code, applied=applied, **where)
        if self.random.random() < 0.15:
            where["pixel"] = self.random.choice(PIXELS)
        if operation == FILTER_WRITES and self.random.random() < 0.2:
            fields = self.random.randint(0, 3)
            return Fault("reset", operation, applied=True, applied_fields=fields, **where)
        return FAULTS[self.random.choice(_LOSSES)].on(operation, **where)

    @contextmanager
    def _environment(self, **variables: str) -> Iterator[None]:
        def client(settings: ClientSettings) -> Client:
            return Client(settings, sleep=lambda _seconds: None)

        with mock.patch.dict(os.environ, variables), mock.patch.object(gateway, "Client", client):
            yield

    def story(self) -> str:
        """What happened last."""
        requests = [
            f"    {r.operation} {r.status} {r.fault or ''} "
            + " | ".join(
                f"{v.get('eventName') or v.get('domain') or v.get('pixelId')} "
                f"{v.get('filterState', '')} {v.get('pixelIds')}"
                for v in r.variables.values()
                if isinstance(v, dict)
            )
            + (
                ""
                if r.fields and not any(f.code for f in r.fields)
                else f" {[f.code for f in r.fields]}"
            )
            + f" {r.pixels if 'Filter' not in r.operation else ''} {(r.tenant or '')[-1:]}"
            for r in self.sandbox.requests
        ]
        return "\n".join([*self.told[-8:], *requests])

    # -- what is claimed -----------------------------------------------------------------------

    def connected(self, tenant: str) -> set[str]:
        """The pixels that an account has."""
        return {pixel.pixel_id for pixel in self.sandbox.state.pixels(tenant)}

    def _by_hand(self, tenant: str) -> set[str]:
        """The pixels that an account has and that are in no state."""
        ours = {
            r.outputs["pixel_id"]
            for r in self.deployment.state.values()
            if r.kind == "PixelConnection" and r.outputs["tenant_id"] == tenant
        }
        return self.connected(tenant) - ours

    def _resources(self) -> dict[str, Resource]:
        """What is in state, with what was replaced and is not deleted yet."""
        doomed = {f"old {name}": resource for name, resource in self.deployment.doomed}
        return {**self.deployment.state, **doomed}

    def state_filters(self) -> list[Filter]:
        """What the filters in state say of themselves."""
        found = []
        for resource in self._resources().values():
            if resource.kind == "PixelConnection":
                continue
            kind = "event" if resource.kind.startswith("Event") else "domain"
            held = resource.outputs
            argument = "event_name" if kind == "event" else "domain"
            names = held.get(f"{argument}s") or [held[argument]]
            scope = held.get("pixel_ids")
            found.append(
                Filter(
                    held["tenant_id"],
                    kind,  # type: ignore[arg-type]
                    tuple(names),
                    None if scope is None else frozenset(scope),
                    held["filter_state"],
                )
            )
        return found

    def claims(self) -> dict[Place, set[str]]:
        """What state says of each place."""
        return claims_of(self.state_filters())

    # -- what has to hold ----------------------------------------------------------------------

    def _filters_hold(
        self, before: Snapshot, after: Snapshot, state_before: Mapping[str, Any]
    ) -> None:
        """Each connected pixel holds what is declared, and nothing is left behind."""
        wanted = claims_of(filters_of(self.program).values())
        assert wanted == self.claims()
        self.unsure -= self._came(before, after)
        for name, item in connections_of(self.program).items():
            if name not in state_before or state_before[name].outputs["tenant_id"] != item.tenant:
                self.unsure.discard((item.tenant, item.pixel))
        for place, held in after.effective.items():
            key = place.tenant, place.pixel
            if key in self.unsure or place in self.doubted:
                continue
            (declared,) = wanted.get(place) or {"PUBLISH"}
            if held == "DROP" and self._is_tolerated(place, declared=place in wanted):
                continue
            if place in wanted:
                self.tolerated.discard(place)
            assert held == declared, f"{place} is {held}, declared {declared}"
        dialect = self.sandbox.dialect
        keeps = dialect.filters_survive_delete and dialect.filter_unknown_pixel == "404"
        for (tenant, kind, name, pixel), held in after.entries.items():
            if held != "DROP" or name == HAND_EVENT:
                continue
            if keeps and pixel is not None and (tenant, pixel) not in after.pixels:
                self.tolerated.add(Place(tenant, kind, name, pixel))  # type: ignore[arg-type]
            if (tenant, pixel) in self.unsure:
                continue
            if pixel is None:
                wide = any(
                    f.scope is None
                    and f.state == "DROP"
                    and name in f.names
                    and (f.tenant, f.kind) == (tenant, kind)
                    for f in filters_of(self.program).values()
                )
                assert wide or Place(tenant, kind, name, "*") in self.tolerated, (  # type: ignore[arg-type]
                    f"the rule {tenant} {kind} {name} is left behind"
                )
                continue
            place = Place(tenant, kind, name, pixel)  # type: ignore[arg-type]
            named = any(
                f.covers(place)
                and f.state == "DROP"
                and (f.scope or (tenant, pixel) in after.pixels)
                for f in filters_of(self.program).values()
            )
            if named or place in self.tolerated or place in self.doubted:
                continue
            pytest.fail(f"an entry of {place} is left behind")

    def _state_is_true(
        self,
        program: Declarations,
        before: Snapshot,
        *,
        targeted: bool = False,
        told: bool = False,
    ) -> set[Place]:
        """What state says is in force; notes what is not, for a reason that is documented.

        Returns:
            What is closed though no resource in state says so.
        """
        left: set[Place] = set()
        after, claims = Snapshot.of(self.sandbox), self.claims()
        wanted = claims_of(filters_of(program).values())
        came = self._came(before, after)
        held_ids = {
            (r.outputs["tenant_id"], r.outputs["pixel_id"])
            for r in self._resources().values()
            if r.kind == "PixelConnection"
        }
        self.unsure |= came - held_ids  # in no state: a message has told how to settle it
        assert told or came <= held_ids
        for place, held in after.effective.items():
            key = place.tenant, place.pixel
            if key in self.unsure or place in self.doubted:
                continue
            claimed = claims.get(place, set())
            if held in (claimed or {"PUBLISH"}):
                continue
            by_program = wanted.get(place) or {"PUBLISH"}
            if self._is_tolerated(place) and held == "DROP" and not claimed:
                continue
            if held in by_program and (key in came or targeted):
                self.doubted.add(place)  # a connection brought it, or the rest was left out
                continue
            if not claimed and held == "DROP" and place in wanted:
                self.tolerated.add(place)  # what a failed create or an added pixel has closed
                left.add(place)
                continue
            pytest.fail(f"{place} is {held}; state {claimed}, program {by_program}")
        self._tolerate_entries(program, after)
        return left

    def _doubt_what_is_forgotten(
        self, program: Declarations, before: Snapshot, result: Result
    ) -> None:
        """A second setup of a failed update may have forgotten what its connection then brings."""
        if self.sandbox.dialect.second_setup_filters == "keeps":
            return
        for name, item in connections_of(program).items():
            if "reassert" in result.errors.get(name, "").lower():
                self.doubted |= {
                    place
                    for place in before.effective
                    if (place.tenant, place.pixel) == (item.tenant, item.pixel)
                }

    def _is_told(self, program: Declarations, result: Result, left: set[Place]) -> None:
        """A filter that failed says that it has to be run again, if it has closed something."""
        for name, item in filters_of(program).items():
            if name in result.errors and any(item.covers(place) for place in left):
                assert "before you remove it" in result.errors[name], result.errors[name]

    def _is_tolerated(self, place: Place, *, declared: bool = False) -> bool:
        """Whether what is closed may stay so.

        What is declared for a pixel is in force, unless a rule that is left overrides it.
        """
        if place._replace(pixel="*") in self.tolerated:
            return not declared or self.sandbox.dialect.account_wide == "rule-own-last"
        return place in self.tolerated and not declared

    def _tolerate_entries(self, program: Declarations, after: Snapshot) -> None:
        """Entries that a filter has left which the run did not finish."""
        every = [*filters_of(program).values()]
        for (tenant, kind, name, pixel), held in after.entries.items():
            place = Place(tenant, kind, name, pixel or "*")  # type: ignore[arg-type]
            away = pixel is not None and (tenant, pixel) not in after.pixels
            claimed = any(
                f.covers(place) and f.state == "DROP" and not (away and f.scope is None)
                for f in self.state_filters()
            )
            if (
                held == "DROP"
                and not claimed
                and any(
                    f.state == "DROP"
                    and name in f.names
                    and (f.tenant, f.kind) == (tenant, kind)
                    and (f.scope is None or pixel in f.scope)
                    for f in every
                )
            ):
                self.tolerated.add(place)

    def _tolerate_what_is_away(self) -> None:
        """A gateway that refuses pixels which are not connected keeps their entries."""
        after = Snapshot.of(self.sandbox)
        for tenant, kind, name, pixel in after.entries:
            if pixel is not None and (tenant, pixel) not in after.pixels:
                self.tolerated.add(Place(tenant, kind, name, pixel))  # type: ignore[arg-type]

    def _tolerate_what_is_left(self, program: Declarations) -> None:
        """What is reverted with `reassert` may leave entries of filters that are in no state."""
        after = Snapshot.of(self.sandbox)
        self._tolerate_entries(program, after)
        wanted = claims_of([*filters_of(program).values(), *self.state_filters()])
        for place, held in after.effective.items():
            if held == "DROP" and "DROP" in wanted.get(place, ()):
                self.tolerated.add(place)

    def _nothing_opened(
        self,
        claims: Mapping[Place, set[str]],
        before: Snapshot,
        program: Declarations,
        apart: frozenset[str] = frozenset(),
    ) -> None:
        """An event that is declared DROP before and after is never open meanwhile."""
        filters = filters_of(program)
        wanted = claims_of(filters.values())
        closed = {
            place
            for place, held in before.effective.items()
            if held == "DROP" and claims.get(place) == {"DROP"} and wanted.get(place) == {"DROP"}
        }
        copies = self.sandbox.dialect.account_wide == "copies"
        narrowed = {place[:3] for place in claims if place.pixel == "*"} if copies else set()
        gone: set[tuple[str, str]] = set()
        for change in self.sandbox.state.history[before.history :]:
            if change.kind == "pixel":
                gone.add((change.tenant, str(change.key[0])))
                continue
            if change.kind not in ("event", "domain") or change.after != "PUBLISH":
                continue
            if change.operation == "setupPixelSignalConfig":
                continue  # what the gateway forgets by itself
            name, pixel = str(change.key[0]), str(change.key[1])
            place = Place(change.tenant, change.kind, name, pixel)
            if place not in closed or (place.tenant, pixel) in gone:
                continue
            if place[:3] in narrowed or any(filters[name].covers(place) for name in apart):
                continue
            pytest.fail(f"{place} was open: {change}")

    def _connections_hold(
        self,
        program: Declarations,
        before: Snapshot,
        after: Snapshot,
        state_before: Mapping[str, Any],
    ) -> None:
        for name, item in connections_of(program).items():
            key = item.tenant, item.pixel
            pixel = after.pixels.get(key)
            if pixel is None:
                # Removed by hand, and no refresh has seen it.
                assert key not in before.pixels
                assert name in state_before
                continue
            held_before = before.pixels.get(key)
            if key not in self.unsure:
                assert item.name is None or pixel.name == item.name
                assert not item.managed or pixel.access_token == item.token
            known = self.switches.setdefault(key, {})
            for switch in SWITCHES:
                declared, now = getattr(item, switch), getattr(pixel, switch)
                if declared is not None and key in self.drifted:
                    assert now in {declared, *known.get(switch, ())}
                elif declared is not None:
                    assert now == declared, f"{key} {switch} is {now}"
                elif held_before is None:
                    assert now is True, f"{key} {switch} is {now} though connected anew"
                else:
                    allowed = {*(known.get(switch) or {getattr(held_before, switch)})}
                    if name in state_before:  # off where state or the list says so
                        allowed.add(state_before[name].outputs[FACTS[switch]])
                    assert now in allowed, f"{key} {switch} is {now}, was {allowed}"
                known[switch] = {now}

    def _hand_is_untouched(
        self,
        program: Declarations,
        before: Snapshot,
        after: Snapshot,
        state_before: Mapping[str, Any],
    ) -> None:
        ours = {(item.tenant, item.pixel) for item in connections_of(program).values()}
        held = {
            (r.outputs["tenant_id"], r.outputs["pixel_id"])
            for r in state_before.values()
            if r.kind == "PixelConnection"
        }
        hand = {key: pixel for key, pixel in before.pixels.items() if key not in ours | held}
        assert {key: after.pixels.get(key) for key in hand} == hand
        assert after.pixels.keys() <= ours | hand.keys()
        assert not held & after.pixels.keys() - ours
        untouched = [
            change
            for change in self.sandbox.state.history[before.history :]
            if change.operation in FILTER_WRITES and change.key[0] == HAND_EVENT
        ]
        assert untouched == []

    def _did_what_was_said(self, preview: Result, result: Result, apart: frozenset[str]) -> None:
        said = {(step, name) for step, name in preview.steps if name not in apart}
        did = {
            (step, name)
            for step, name in result.steps
            if name not in apart
            and not (step == "delete" and name in self.program)
            and step not in ("gone", "drift")
        }
        # What is read in a refresh is a step of its own.
        did -= {
            ("same", name)
            for name in {n for s, n in did if s in ("create", "update", "replace", "delete")}
        }
        assert did == said, f"said {sorted(said - did)}, did {sorted(did - said)}"

    def _finds_nothing(self, program: Declarations) -> None:
        self.sandbox.clear_requests()
        written = program_of(program)
        assert self.deployment.preview(written).changes == []
        again = self.deployment.up(written)
        assert again.errors == {}
        assert again.changes == []
        assert self.sandbox.counters.requests == {}

    def _refreshes_quietly(self, program: Declarations) -> None:
        gone = {
            name
            for name, item in connections_of(program).items()
            if item.pixel not in self.connected(item.tenant)
        }
        result = self.deployment.refresh()
        assert result.errors == {}
        assert {name for step, name in result.steps if step == "gone"} == gone
        drifted = {name for step, name in result.steps if step == "drift"}
        for name, item in connections_of(program).items():
            assert name not in drifted or (item.tenant, item.pixel) in self.drifted
        self._note_refresh()

    # -- notes ---------------------------------------------------------------------------------

    def _came(self, before: Snapshot, after: Snapshot) -> set[tuple[str, str]]:
        """Pixels that the run has connected, or connected anew."""
        changed = {
            (c.tenant, str(c.key[0]))
            for c in self.sandbox.state.history[before.history : after.history]
            if c.kind == "pixel" and c.before is None and c.operation != "sandbox"
        }
        return changed & after.pixels.keys()

    def _note_hand(self, tenant: str, pixel: str) -> None:
        self.unsure.add((tenant, pixel))
        held = self.sandbox.state.pixel(tenant, pixel)
        assert held is not None
        self.switches[tenant, pixel] = {s: {getattr(held, s)} for s in SWITCHES}
        self.drifted.add((tenant, pixel))

    def _leaves(self, tenant: str, pixel: str) -> None:
        """What a pixel has that goes by hand may be left behind."""
        for place in places([pixel]):
            if place.tenant == tenant:
                self.tolerated.add(place)

    def _note_switches(
        self, before: Snapshot, program: Declarations, *, killed: bool = False
    ) -> None:
        """What a run that does not end well has turned: the next one may know it, or put it back.

        One that is killed may be the only one that knew how a switch was.
        """
        for key, pixel in before.pixels.items():
            known = self.switches.setdefault(key, {})
            for switch in SWITCHES:
                known.setdefault(switch, set()).add(getattr(pixel, switch))
        for item in connections_of(program).values():
            pixel = self.sandbox.state.pixel(item.tenant, item.pixel)
            if (item.tenant, item.pixel) not in before.pixels:
                self.switches.pop((item.tenant, item.pixel), None)
            known = self.switches.setdefault((item.tenant, item.pixel), {})
            for switch in SWITCHES:
                if pixel is not None and (killed or getattr(item, switch) is not None):
                    known.setdefault(switch, set()).add(getattr(pixel, switch))

    def _note_what_is_said(self, program: Declarations, result: Result) -> None:
        """Switches that a message says to be turned, or not to be seen."""
        for name, item in connections_of(program).items():
            message = result.errors.get(name, "")
            pixel = self.sandbox.state.pixel(item.tenant, item.pixel)
            if pixel is not None and (
                "To switch it off" in message or "is not known whether" in message
            ):
                for switch in SWITCHES:
                    known = self.switches.setdefault((item.tenant, item.pixel), {})
                    known.setdefault(switch, set()).add(getattr(pixel, switch))

    def _note_refresh(self) -> None:
        self.drifted.clear()
        for tenant in ACCOUNTS:
            for pixel in self.sandbox.state.pixels(tenant):
                known = self.switches.setdefault((tenant, pixel.pixel_id), {})
                for switch in SWITCHES:
                    known.setdefault(switch, set()).add(getattr(pixel, switch))


def short(fault: Fault) -> str:
    """A fault without what is as usual."""
    return " ".join(f"{k}={v}" for k, v in vars(fault).items() if v != getattr(Fault, k, None))


def claims_of(filters: Any) -> dict[Place, set[str]]:
    """The states that filters declare for each place."""
    found: dict[Place, set[str]] = {}
    for item in filters:
        for place in places((*PIXELS, "*")):
            if item.covers(place) and (place.pixel != "*" or item.scope is None):
                found.setdefault(place, set()).add(item.state)
    return found

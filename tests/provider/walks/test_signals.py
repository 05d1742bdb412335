"""Random walks over pipelines, data sources and destinations, against a model of its own.

The model knows what is declared, what is in state, and what the gateway holds. Somebody does what
the messages say: looks for what was left, and takes it over by its id or removes it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import wait
from dataclasses import dataclass, field, replace
from random import Random
from threading import Event
from typing import Any
from unittest import mock

import pytest

from pulumi_capig import gateway
from pulumi_capig.gateway import Client
from pulumi_capig.sandbox import FAULTS, Dialect, Fault, Sandbox
from tests.support.deployment import Props, Resource, Result, SideBySide, Steps, ThreadedDeployment
from tests.support.depth import DEPTH
from tests.support.provider import UNKNOWN, CallError, Provider
from tests.support.signals import WRITES, destinations, pipelines, sources

STEPS = 7
HAND = "sg_v1_pl_by-hand"
OWN_IDS = {"Pipeline": "pipeline_id", "DataSource": "data_source_id"}
EVENTS = ("Lead", "Search", "Purchase", "AchievementUnlocked")
NAMES = ("Web", "Net")

OPERATIONS = (*WRITES, "dataSourcesQuery", "dataDestinationsQuery")
CREATES = ("createDataSourceForPipeline", "createDataDestination", "createDataDestination")

LOSSES = (
    "reset-before-write", "reset-after-write", "hang-up-after-write", "502-page",
    "502-page-after-write", "500-after-write", "503", "408", "429-seconds", "truncated", "cut-json",
    "200-data-null-after-write", "200-errors", "401-for-ever", "400", "403", "not-json",
    "slow-after-write", "token-expired", "unknown-fields", "200-page",
)  # fmt: skip


@dataclass(frozen=True)
class Of:
    """The id of a pipeline of the program."""

    name: str


Declared = tuple[str, Props]
Program = dict[str, Declared]
Things = dict[str, Any]


class Linked(ThreadedDeployment):
    """A deployment whose resources wait for their pipeline, as the engine's do."""

    previews = False

    def up(self, program: Mapping[str, Declared], *args: Any, **options: Any) -> Result:
        self._ended = {name: Event() for name in program}
        return super().up(program, *args, **options)

    def preview(self, program: Mapping[str, Declared], **options: Any) -> Result:
        self.previews = True
        try:
            return super().preview(program, **options)
        finally:
            self.previews = False

    def ended(self, name: str) -> None:
        if name in self._ended:
            self._ended[name].set()

    def _steps(self, result: Result, *, keep_going: bool) -> Steps:
        return _Linking(self, result, keep_going=keep_going)

    def _plan(self, name: str, declared: Declared, *, force: bool = False) -> tuple[str, Props]:
        kind, arguments = declared
        linked = {key: self._linked(value) for key, value in arguments.items()}
        return super()._plan(name, (kind, linked), force=force)

    def _linked(self, value: object) -> object:
        if not isinstance(value, Of):
            return value
        if not self.previews:
            self._ended[value.name].wait()
        found = self.state.get(value.name)
        if found is None and not self.previews:
            message = f"{value.name} was not made"
            raise CallError(message)
        return own_id(found) if found else UNKNOWN


class _Linking(SideBySide):
    def __init__(self, deployment: Linked, result: Result, *, keep_going: bool) -> None:
        super().__init__(result, keep_going=keep_going)
        self._deployment = deployment

    def start(self, name: str, act: Callable[[], None], *, waits: bool = False) -> None:
        earlier = list(self._futures) if name.startswith("p") else []

        def after() -> None:
            wait(earlier)
            act()

        super().start(name, after)

    def _run(self, name: str, act: Callable[[], None]) -> None:
        try:
            super()._run(name, act)
        finally:
            self._deployment.ended(name)


def own_id(resource: Resource) -> str:
    return resource.id.partition("/")[2]


def pipelines_last(names: list[str]) -> list[str]:
    return sorted(names, key=lambda name: name.startswith("p"))


def held(sandbox: Sandbox) -> Things:
    """All that the gateway holds, by id."""
    lists: Iterable[Iterable[Any]] = (pipelines(sandbox), sources(sandbox), destinations(sandbox))
    return {each.id: each for shelf in lists for each in shelf}


def kind_of(thing: Any) -> str:
    if not hasattr(thing, "type"):
        return "Pipeline"
    if not hasattr(thing, "config"):
        return "DataSource"
    at_meta = thing.type == "META_CONVERSIONS_API"
    return "ConversionsApiDestination" if at_meta else "HttpDestination"


@dataclass
class Walk:
    """A stack, its gateway, and what is declared."""

    random: Random
    sandbox: Sandbox
    deployment: Linked
    program: Program = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    count: int = 0

    # -- programs ------------------------------------------------------------------------------

    def edited(self) -> Program:
        """A program some edits away."""
        program = dict(self.program)
        for _ in range(self.random.randint(1, 4)):
            self._edit(program)
        return program

    def _edit(self, program: Program) -> None:
        webs = [name for name in program if name.startswith("p")]
        if not webs or (len(webs) < 3 and self.random.random() < 0.15):
            program[self._spare("p")] = ("Pipeline", {"name": self._name()})
            return
        if self.random.random() < 0.45:
            self._add_end(program, self.random.choice(webs))
            return
        name = self.random.choice(sorted(program))
        kind, arguments = program[name]
        if self.random.random() < 0.2:
            del program[name]
            for end in [n for n, (_, a) in program.items() if a.get("pipeline_id") == Of(name)]:
                del program[end]
            return
        program[name] = (kind, self._changed(kind, dict(arguments), webs))

    def _changed(self, kind: str, arguments: Props, webs: list[str]) -> Props:
        choices = ["name", "active", "reassert"]
        choices += ["blocked"] * 2 if kind != "DataSource" else []
        choices += ["pipeline_id"] if kind != "Pipeline" else []
        choice = self.random.choice(choices)
        if choice == "name":
            arguments["name"] = self._name()
        elif choice == "pipeline_id":
            arguments["pipeline_id"] = Of(self.random.choice(webs))
        elif choice == "active":
            arguments["active"] = self.random.choice((None, True, False))
        elif choice == "blocked":
            some = self.random.sample(EVENTS, self.random.randint(0, 3))
            arguments["blocked_events"] = self.random.choice((None, some, some))
        elif kind == "ConversionsApiDestination":
            arguments["access_token"] = f"EAAB{self.random.randint(1, 3)}"
        elif kind == "HttpDestination":
            key = {"name": "X", "value": f"key-{self.random.randint(1, 3)}", "add_to": "HEADER"}
            arguments["auth"] = self.random.choice((None, {"api_key": key}))
        return {key: value for key, value in arguments.items() if value is not None}

    def _add_end(self, program: Program, web: str) -> None:
        kind = self.random.choice(("DataSource", "ConversionsApiDestination", "HttpDestination"))
        own: Mapping[str, Props] = {
            "DataSource": {"type": self.random.choice(("ADVERTISER_HOSTED_PIXEL", "FILE_UPLOAD"))},
            "ConversionsApiDestination": {
                "dataset_id": "101",
                "business_id": "1",
                "access_token": "EAAB1",
                "api_version": "v24.0",
            },
            "HttpDestination": {"endpoint": "https://lake.example/", "payload": "{}"},
        }
        declared = {"name": self._name(), "pipeline_id": Of(web), **own[kind]}
        program[self._spare("e")] = (kind, self._changed(kind, declared, [web]))

    def _name(self) -> str:
        return self.random.choice(NAMES)

    def _spare(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    # -- steps ---------------------------------------------------------------------------------

    def step(self) -> None:
        """One more run, or something behind the back."""
        chance = self.random.random()
        if chance < 0.35:
            self.good_up(self.edited())
        elif chance < 0.65:
            self.failing_up(self.edited())
        elif chance < 0.8:
            self.killed_up(self.edited())
        elif chance < 0.95:
            self.by_hand()
        else:
            self.good_up({})

    def good_up(
        self, program: Program, ids: Mapping[str, Props] | None = None, *, refresh: bool = False
    ) -> None:
        """A run without a fault does what its preview said, and nothing more."""
        self.told.append(f"up {program} {ids} {refresh}")
        before = held(self.sandbox)
        given = {n: (kind, {**a, **(ids or {}).get(n, {})}) for n, (kind, a) in program.items()}
        preview = self.deployment.preview(given, refresh=refresh)
        assert preview.errors == {}
        result = self._up(given, refresh=refresh)
        assert result.errors == {}
        assert self.deployment.doomed == []
        planned = {step for step in preview.steps if step[0] != "delete"}
        done = {step for step in result.steps if step[0] not in ("delete", "drift", "gone")}
        assert {s for s in done if s[0] != "same"} == {s for s in planned if s[0] != "same"}
        self.program = program
        self._holds(before)
        self.sandbox.clear_requests()
        again = self._up(program)
        assert (again.errors, again.changes, self.sandbox.requests) == ({}, [], [])
        if self.random.random() < 0.3:
            assert self.deployment.refresh().changes == []

    def failing_up(self, program: Program) -> None:
        """A run that meets faults, and one that does what its messages say."""
        if webs := [name for name in program if name.startswith("p")]:
            self._add_end(program, self.random.choice(webs))
        for operations in (CREATES, *[OPERATIONS] * self.random.randint(0, 2)):
            fault = FAULTS[self.random.choice(LOSSES)]
            times, after = self.random.choice((1, 1, 2, None)), self.random.choice((0, 0, 1))
            operation = self.random.choice(operations)
            self.sandbox.inject(fault.on(operation, times=times, after=after))
            self.told.append(f"fault {fault.kind} {fault.code} {operation} {times} {after}")
        self.told.append(f"fails {program}")
        retries = self.random.choice(("0", "1"))
        # Long enough for a busy machine: a create that comes in after the client has left, and
        # after it has looked, makes a second thing that nobody can tell of.
        result = self._up(program, CAPIG_MAX_RETRIES=retries, CAPIG_TIMEOUT="3")
        self.sandbox.clear_faults()
        self.told.append(f"errors {result.errors}")
        said = "\n".join(result.errors.values())
        for left in self._left():
            assert left in said or "There may be a new" in said, f"{left} is left, nobody told"
        self._go_on(program)

    def killed_up(self, program: Program) -> None:
        """A run that is killed: somebody looks in the gateway's page before the next."""
        after = self.random.randint(0, 12)
        self.told.append(f"killed after {after}: {program}")
        self.sandbox.clear_requests()
        self.sandbox.inject(Fault("reset", after=after, times=None))
        alive = lambda: not any(r.fault for r in self.sandbox.requests)  # noqa: E731
        self._up(program, lives=alive, CAPIG_MAX_RETRIES="0")
        self.sandbox.clear_faults()
        self._go_on(program)

    def by_hand(self) -> None:
        """Somebody works in the gateway's page; a refresh sees it."""
        for resource in self.deployment.state.values():
            thing = held(self.sandbox)[own_id(resource)]
            edit = {
                "Pipeline": self.sandbox.edit_pipeline,
                "DataSource": self.sandbox.edit_source,
            }.get(resource.kind, self.sandbox.edit_destination)
            drop = {"DataSource": self.sandbox.drop_source}.get(
                resource.kind, self.sandbox.drop_destination
            )
            chance = self.random.random()
            if chance < 0.2:
                edit(thing.id, name="By hand", active=self.random.random() < 0.5)
            elif chance < 0.3 and resource.kind == "Pipeline":
                self.sandbox.edit_pipeline(thing.id, blocked=("Purchase", "Lead", "Lead"))
            elif chance < 0.3:
                drop(thing.id)
        self.told.append("by hand")
        self.good_up(self.program, refresh=True)

    def _go_on(self, program: Program) -> None:
        """Take over by its id what was left, or remove it."""
        ids: dict[str, Props] = {}
        for left, thing in self._left().items():
            kind = kind_of(thing)
            free = [n for n in program if n not in self.deployment.state and n not in ids]
            fitting = [n for n in free if self._fits(program[n], thing)]
            if fitting and self.random.random() < 0.6:
                ids[fitting[0]] = {OWN_IDS.get(kind, "destination_id"): left}
            else:
                self.told.append(f"remove {left}")
                {
                    "Pipeline": self.sandbox.drop_pipeline,
                    "DataSource": self.sandbox.drop_source,
                }.get(kind, self.sandbox.drop_destination)(left)
        self.good_up(program, ids)

    def _fits(self, declared: Declared, thing: Any) -> bool:
        kind, arguments = declared
        if kind != kind_of(thing) or (kind == "DataSource" and thing.type != arguments["type"]):
            return False
        if kind == "Pipeline":
            return True
        web = self.deployment.state.get(arguments["pipeline_id"].name)
        return web is not None and own_id(web) == thing.pipeline

    def _left(self) -> Things:
        """What the gateway has that is neither in state nor made by hand."""
        known = {own_id(each) for each in self.deployment.state.values()} | self._hand()
        known |= {own_id(each) for _, each in self.deployment.doomed}
        return {key: thing for key, thing in held(self.sandbox).items() if key not in known}

    def _hand(self) -> set[str]:
        return {k for k, t in held(self.sandbox).items() if HAND in (k, getattr(t, "pipeline", ""))}

    def _up(
        self,
        program: Program,
        *,
        refresh: bool = False,
        lives: Callable[[], bool] = lambda: True,
        **environment: str,
    ) -> Result:
        names = list(program)
        self.random.shuffle(names)
        names.sort(key=lambda name: not name.startswith("p"))
        with (
            mock.patch.dict(os.environ, environment),
            mock.patch.object(gateway, "Client", _client),
        ):
            return self.deployment.up(
                {name: program[name] for name in names},
                refresh=refresh,
                keep_going=self.random.random() < 0.5,
                delete_order=pipelines_last,
                lives=lives,
            )

    # -- what has to hold ----------------------------------------------------------------------

    def _holds(self, before: Things) -> None:
        now, hand = held(self.sandbox), self._hand()
        own = {own_id(resource): name for name, resource in self.deployment.state.items()}
        assert set(own.values()) == set(self.program)
        assert now.keys() == own.keys() | hand, "something is doubled, lost or left"
        assert {key: now[key] for key in hand} == {key: before[key] for key in hand}
        for key, name in own.items():
            self._is_as_declared(name, now[key], before.get(key), now, before)

    def _is_as_declared(
        self, name: str, thing: Any, former: Any, now: Things, before: Things
    ) -> None:
        kind, arguments = self.program[name]
        assert kind_of(thing) == kind
        assert thing.name == arguments["name"]
        undeclared = former.active if former else True
        assert thing.active is arguments.get("active", undeclared), name
        if kind == "Pipeline":
            blocked, kept = thing.blocked, former.blocked if former else ()
        else:
            web = now[own_id(self.deployment.state[arguments["pipeline_id"].name])]
            assert thing.pipeline == web.id
            blocked = getattr(web, "blocked_by_destination", {}).get(thing.id, ())
            earlier = before.get(web.id)
            kept = earlier.blocked_by_destination.get(thing.id, ()) if earlier else ()
        assert set(blocked) == set(arguments.get("blocked_events", kept)), name
        if kind == "ConversionsApiDestination":
            assert thing.config["accessToken"] == arguments["access_token"]
        if kind == "HttpDestination":
            auth = arguments.get("auth", {}).get("api_key", {})
            held_key = thing.config.get("apiKeyAuth", {}).get("value") or None
            assert held_key == auth.get("value")
        if kind == "DataSource":
            code = self.deployment.state[name].outputs["header_code"]
            assert not code or arguments["type"] == "ADVERTISER_HOSTED_PIXEL"


def _client(settings: Any) -> Client:
    return Client(settings, sleep=lambda _seconds: None)


def dialect(random: Random) -> Dialect:
    """A gateway with any habits that the reference leaves open."""
    chosen = Dialect(
        pipeline_unknown=random.choice(("null", "404")),
        delete_pipeline_answer=random.choice(("id", "null")),
        delete_pipeline_takes=random.choice(("sources-and-destinations", "nothing", "refused")),
        filter_status=random.choice(("as-sent", "always-false")),
        source_update_field=random.choice(("both", "type", "dataSourceType")),
        source_update_type=random.choice(("optional", "required")),
        update_source=random.choice(("patch", "put")),
        header_code=random.choice(("stable", "another-id")),
        update_destination=random.choice(("patch", "put")),
        http_auth_blocks=random.choice(("any", "any", "all-four")),
        config_unknown_destination=random.choice(("500", "false")),
        meta_capi_config_in_list=random.choice(("told", "null", "unknown")),
    )
    return replace(chosen, error_carrier=random.choice(("status", "errors")))


@pytest.mark.parametrize("seed", range(7 * DEPTH))
def test_walk(seed: int, served: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(seed)
    with Sandbox(dialect=dialect(random)) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        sandbox.latency = random.choice((0.0, 0.002, 0.005))
        sandbox.add_pipeline("Web", pipeline_id=HAND)
        sandbox.add_source(HAND, "Web")
        sandbox.add_destination(HAND, "Web", config={"by": "hand"})
        walk = Walk(random, sandbox, Linked(served))
        try:
            walk.good_up(walk.edited())
            for _ in range(STEPS):
                walk.step()
        except (AssertionError, pytest.fail.Exception) as error:
            usual = vars(Dialect())
            habits = {k: v for k, v in vars(sandbox.dialect).items() if v != usual[k]}
            message = f"{error}\nseed {seed}, {habits}\n" + "\n".join(walk.told)
            raise AssertionError(message) from error

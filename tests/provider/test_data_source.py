"""The life of data sources, call by call, and what each call asks of the gateway."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from pulumi_capig.sandbox import Fault, Sandbox
from tests.support.deployment import Deployment, ThreadedDeployment
from tests.support.provider import UNKNOWN, Provider
from tests.support.signals import CODE, DELETE_SOURCE, LOST, PIPE, asked, sent, source, sources
from tests.support.strikes import striking

CREATE, UPDATE, DELETE = "createDataSourceForPipeline", "updateDataSource", DELETE_SOURCE
LIST = "dataSourcesQuery"
OTHER_PIPE = "sg_v1_pl_other"


@pytest.fixture(autouse=True)
def prepared(in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    in_sandbox.add_pipeline("Web", pipeline_id=PIPE)
    in_sandbox.add_pipeline("Other", pipeline_id=OTHER_PIPE)


def speak(sandbox: Sandbox, **switches: Any) -> None:
    sandbox.dialect = replace(sandbox.dialect, **switches)


def own_id(deployment: Deployment, name: str = "site") -> str:
    return deployment.state[name].id.partition("/")[2]


# -- check and diff ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "failing"),
    [
        ({"name": None, "type": None, "pipeline_id": None}, {"name", "type", "pipeline_id"}),
        ({"type": "META_PIXEL"}, {"type"}),
        ({"type": "UNKNOWN"}, {"type"}),
        ({"type": "file_upload"}, {"type"}),
        ({"pipeline_id": "SandboxA/sg_v1_pl_1", "name": "", "active": 1},
         {"pipeline_id", "name", "active"}),
        ({"data_source_id": "1 2", "name": None}, {"data_source_id"}),
    ],
)  # fmt: skip
def test_check_names_everything_that_is_wrong(
    provider: Provider, in_sandbox: Sandbox, declared: dict[str, Any], failing: set[str]
) -> None:
    failures = provider.check("DataSource", None, source(**declared)[1]).failures
    assert set(failures) == failing
    if declared.get("type") == "META_PIXEL":
        assert "PixelConnection" in failures["type"]
    assert in_sandbox.requests == []


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({}, "same"),
        ({"name": "Shop"}, "update"),
        ({"active": False}, "update"),
        ({"pipeline_id": UNKNOWN}, "replace"),
        ({"tenant_id": UNKNOWN}, "update"),
        ({"pipeline_id": OTHER_PIPE}, "replace"),
        ({"type": "FILE_UPLOAD"}, "replace"),
        ({"tenant_id": "Other"}, "replace"),
        ({"type": None}, "same"),
        ({"pipeline_id": None}, "same"),
    ],
)
def test_diff(deployment: Deployment, change: dict[str, Any], step: str) -> None:
    deployment.up({"site": source()})
    assert deployment.preview({"site": source(**change)}).steps == [(step, "site")]


def test_a_preview_of_an_unknown_pipeline_asks_nothing(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    assert deployment.preview({"site": source(pipeline_id=UNKNOWN)}).steps == [("create", "site")]
    assert in_sandbox.requests == []


def test_another_id_is_refused(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"site": source()})
    other = in_sandbox.add_source(PIPE, "Other").id
    message = deployment.preview({"site": source(data_source_id=other)}).errors["site"]
    assert f"Declare {other} as a separate resource." in message


# -- create ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "writes"),
    [
        ({}, [CREATE, CODE]),
        ({"active": True}, [CREATE, CODE]),
        ({"active": False}, [CREATE, UPDATE, CODE]),
        ({"type": "FILE_UPLOAD"}, [CREATE]),
        ({"type": "ADVERTISER_HOSTED_SDK", "active": False}, [CREATE, UPDATE]),
    ],
)
def test_a_create_sends_what_is_declared(
    deployment: Deployment, in_sandbox: Sandbox, declared: dict[str, Any], writes: list[str]
) -> None:
    program = {"site": source(**declared)}
    deployment.preview(program)
    assert in_sandbox.requests == []
    assert deployment.up(program).errors == {}
    assert asked(in_sandbox) == [LIST, *writes]
    (held,) = sources(in_sandbox)
    assert held.pipeline == PIPE
    assert (held.type, held.active) == (program["site"][1]["type"], declared.get("active", True))
    created = next(r for r in in_sandbox.requests if r.operation == CREATE)
    assert created.variables["id"] is None
    outputs = deployment.state["site"].outputs
    assert (f"/sdk/{held.id}/events.js" in outputs["header_code"]) == (CODE in writes)
    in_sandbox.clear_requests()
    assert deployment.refresh().changes == []
    assert deployment.preview(program).changes == []
    assert deployment.up(program).changes == []
    assert asked(in_sandbox) == [LIST]


@pytest.mark.parametrize("fault", [*LOST, "503", "400"])
def test_the_code_of_a_site_is_asked_for_once(
    deployment: Deployment, in_sandbox: Sandbox, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with striking(in_sandbox, fault, CODE):
        assert deployment.up({"site": source()}).errors == {}
    assert sent(in_sandbox) == [CREATE, CODE]
    told = capsys.readouterr().err
    if deployment.state["site"].outputs["header_code"] == "":
        assert "its code for the site could not be fetched" in told
    for program in ({"site": source(name="Shop")}, {"site": source(name="Shop", active=False)}):
        before = deployment.state["site"].outputs["header_code"]
        assert deployment.up(program, refresh=True).errors == {}
        assert deployment.state["site"].outputs["header_code"] == before
    assert sent(in_sandbox).count(CODE) == 1


def test_another_code_at_each_call_is_no_difference(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    speak(in_sandbox, header_code="another-id")
    deployment.up({"site": source()})
    assert deployment.refresh().changes == []
    assert deployment.up({"site": source()}).changes == []


@pytest.mark.parametrize("length", [1, 2, None])
@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_doubles_nothing(
    deployment: Deployment, in_sandbox: Sandbox, fault: str, length: int | None
) -> None:
    in_sandbox.add_source(PIPE, "Site")
    in_sandbox.add_source(OTHER_PIPE, "Site")
    with striking(in_sandbox, fault, CREATE, times=length):
        result = deployment.up({"site": source()})
    assert sent(in_sandbox).count(CREATE) <= 2
    assert len(sources(in_sandbox)) <= 3
    if result.errors:
        assert len(sources(in_sandbox)) == 2
        assert f"data source with this name in pipeline {PIPE}" in result.errors["site"]
        assert deployment.state == {}
    else:
        assert len(sources(in_sandbox)) == 3
        assert own_id(deployment) == sources(in_sandbox)[-1].id
    assert deployment.up({"site": source()}).errors == {}
    assert len(sources(in_sandbox)) == 3
    assert deployment.up({"site": source()}).changes == []


@pytest.mark.parametrize("silence", ["no-success", "status", "missing-fields"])
@pytest.mark.parametrize("fault", ["reset-before-write", "reset-after-write"])
def test_what_no_list_tells_is_not_sent_again(
    deployment: Deployment, in_sandbox: Sandbox, fault: str, silence: Any
) -> None:
    in_sandbox.add_source(PIPE, "Site")
    in_sandbox.inject(Fault(silence, LIST, after=1, times=None))
    with striking(in_sandbox, fault, CREATE):
        message = deployment.up({"site": source()}).errors["site"]
    assert sent(in_sandbox) == [CREATE]
    assert message.startswith('capig: create data source "Site" (account SandboxA): ')
    assert f"There may be a new data source with this name in pipeline {PIPE}" in message
    assert "take it over by its id (data_source_id), or remove it there" in message


@pytest.mark.parametrize("silence", ["no-success", "missing-fields"])
def test_without_a_list_before_a_lost_create_is_not_guessed_at(
    deployment: Deployment, in_sandbox: Sandbox, silence: Any
) -> None:
    in_sandbox.add_source(PIPE, "Site")
    in_sandbox.inject(Fault(silence, LIST))
    with striking(in_sandbox, "reset-after-write", CREATE):
        message = deployment.up({"site": source()}).errors["site"]
    assert "There may be a new data source with this name" in message
    assert sent(in_sandbox) == [CREATE]
    assert deployment.state == {}


def test_without_a_list_a_create_that_is_answered_is_made(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.inject(Fault("no-success", LIST))
    assert deployment.up({"site": source()}).errors == {}
    assert len(sources(in_sandbox)) == 1


def test_a_list_that_fails_before_makes_nothing(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.inject(Fault.status(500, operation=LIST))
    assert "site" in deployment.up({"site": source()}).errors
    assert sent(in_sandbox) == []


def test_several_new_ones_of_the_name_are_named(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.inject(Fault("reset", CREATE, applied=True))
    with ThreadPoolExecutor() as pool, in_sandbox.hold(LIST, after=1) as gate:
        running = pool.submit(deployment.up, {"site": source()})
        in_sandbox.wait_for(LIST, 2)
        in_sandbox.add_source(PIPE, "Site")
        in_sandbox.add_source(OTHER_PIPE, "Site")
        gate.release()
        message = running.result().errors["site"]
    for each in sources(in_sandbox):
        assert (each.id in message) == (each.pipeline == PIPE)
    assert "take it over by its id (data_source_id)" in message
    assert sent(in_sandbox) == [CREATE]


@pytest.mark.parametrize("latency", [0.0, 0.02])
@pytest.mark.parametrize("fault", ["reset-after-write", "reset-before-write", "truncated"])
def test_creates_of_one_name_at_once(
    deployment: Deployment, in_sandbox: Sandbox, fault: str, latency: float
) -> None:
    threaded = ThreadedDeployment(deployment.provider)
    program = {f"site-{n}": source() for n in range(4)}
    in_sandbox.latency = latency
    with striking(in_sandbox, fault, CREATE, times=3):
        threaded.up(program, keep_going=True)
    assert len(sources(in_sandbox)) == len(threaded.state)
    assert threaded.up(program).errors == {}
    held = {each.id for each in sources(in_sandbox)}
    assert len(held) == 4
    assert {resource.id.partition("/")[2] for resource in threaded.state.values()} == held


@pytest.mark.parametrize("untold", [("name",), ("active",), ("name", "active", "type")])
def test_an_answer_that_says_little_is_taken(
    deployment: Deployment, in_sandbox: Sandbox, untold: tuple[str, ...]
) -> None:
    in_sandbox.inject(Fault("missing-fields", CREATE, fields=untold))
    assert deployment.up({"site": source()}).errors == {}
    assert sent(in_sandbox) == [CREATE, CODE]
    assert deployment.refresh().changes == []


@pytest.mark.parametrize("fault", ["400", "reset-before-write", "503"])
def test_a_failed_create_leaves_nothing(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    with striking(in_sandbox, fault, UPDATE):
        message = deployment.up({"site": source(active=False)}).errors["site"]
    assert "the data source was deleted again" in message
    assert sources(in_sandbox) == []
    assert deployment.state == {}
    assert deployment.up({"site": source(active=False)}).errors == {}
    assert len(sources(in_sandbox)) == 1


@pytest.mark.parametrize("fault", ["400", "reset-before-write", "401-for-ever", "200-no-success"])
def test_what_a_failed_create_leaves_is_named(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    in_sandbox.inject(Fault.status(400, operation=UPDATE))
    with striking(in_sandbox, fault, DELETE, times=None):
        message = deployment.up({"site": source(active=False)}).errors["site"]
    (left,) = sources(in_sandbox)
    assert f"Left at the gateway: data source {left.id} (account SandboxA)" in message
    assert f'data_source_id="{left.id}"' in message
    advised = {"site": source(active=False, data_source_id=left.id)}
    assert deployment.up(advised).errors == {}
    assert [each.active for each in sources(in_sandbox)] == [False]


# -- taking over -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "writes"),
    [
        ({"name": None, "type": None, "pipeline_id": None}, [CODE]),
        ({}, [CODE]),
        ({"active": True}, [CODE]),
        ({"name": "Shop"}, [UPDATE, CODE]),
        ({"name": None, "active": False}, [UPDATE, CODE]),
    ],
)
def test_taking_over_sends_only_what_differs(
    deployment: Deployment, in_sandbox: Sandbox, declared: dict[str, Any], writes: list[str]
) -> None:
    there = in_sandbox.add_source(PIPE, "Site").id
    assert deployment.up({"site": source(**declared, data_source_id=there)}).errors == {}
    assert asked(in_sandbox) == [LIST, *writes]
    (held,) = sources(in_sandbox)
    assert held.name == (declared.get("name") or "Site")
    assert held.active is declared.get("active", True)
    assert deployment.refresh().changes == []
    assert deployment.up({"site": source(**declared)}).changes == []


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ({"pipeline_id": OTHER_PIPE}, f"it is in pipeline {PIPE}, not in {OTHER_PIPE}"),
        ({"type": "FILE_UPLOAD"}, "it is ADVERTISER_HOSTED_PIXEL, not FILE_UPLOAD"),
    ],
)
def test_what_no_operation_changes_is_not_taken_over(
    deployment: Deployment, in_sandbox: Sandbox, declared: dict[str, Any], reason: str
) -> None:
    there = in_sandbox.add_source(PIPE, "Site").id
    result = deployment.up({"site": source(name="Shop", **declared, data_source_id=there)})
    assert reason in result.errors["site"]
    assert sent(in_sandbox) == []
    assert deployment.state == {}


@pytest.mark.parametrize("declared", [{"pipeline_id": OTHER_PIPE}, {"type": "FILE_UPLOAD"}])
def test_a_replacement_of_what_was_taken_over_deletes_nothing(
    deployment: Deployment, in_sandbox: Sandbox, declared: dict[str, Any]
) -> None:
    there = in_sandbox.add_source(PIPE, "Site").id
    deployment.up({"site": source(data_source_id=there)})
    assert "site" in deployment.up({"site": source(**declared, data_source_id=there)}).errors
    assert [each.id for each in sources(in_sandbox)] == [there]
    assert deployment.up({"site": source(**declared)}).errors == {}
    assert [each.id for each in sources(in_sandbox)] != [there]
    assert len(sources(in_sandbox)) == 1


def test_an_unknown_id_makes_nothing(deployment: Deployment, in_sandbox: Sandbox) -> None:
    message = deployment.up({"site": source(data_source_id="12")}).errors["site"]
    assert "read data source 12 (account SandboxA): the gateway does not have it" in message
    assert sent(in_sandbox) == []


# -- read --------------------------------------------------------------------------------------


def test_drift_is_what_is_declared(deployment: Deployment, in_sandbox: Sandbox) -> None:
    program = {"full": source(active=True), "bare": source(name="Bare")}
    deployment.up(program)
    in_sandbox.edit_source(own_id(deployment, "full"), name="Renamed", active=False)
    in_sandbox.edit_source(own_id(deployment, "bare"), active=False)
    in_sandbox.clear_requests()
    assert deployment.refresh().changes == [("drift", "full")]
    assert asked(in_sandbox) == [LIST]
    assert deployment.up(program).changes == [("update", "full")]
    held = {each.name: each.active for each in sources(in_sandbox)}
    assert held == {"Site": True, "Bare": False}


def test_absent_from_the_list_is_gone(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"site": source()})
    in_sandbox.drop_source(own_id(deployment))
    assert deployment.refresh().steps == [("gone", "site")]


@pytest.mark.parametrize(
    "silence",
    [
        Fault("no-success", LIST),
        Fault("missing-fields", LIST, fields=("id",)),
        Fault.status(404, operation=LIST),
    ],
)
def test_a_list_that_tells_little_proves_nothing(
    deployment: Deployment, in_sandbox: Sandbox, silence: Fault
) -> None:
    deployment.up({"site": source()})
    in_sandbox.drop_source(own_id(deployment))
    in_sandbox.add_source(PIPE, "Other")
    in_sandbox.inject(silence)
    assert "site" in deployment.refresh().errors
    assert "site" in deployment.state


# -- update ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "change"), [("patch", {"name": "Shop"}), ("put", {"active": False})]
)
@pytest.mark.parametrize(
    ("field", "needed", "names"),
    [
        ("both", "optional", [None]),
        ("type", "optional", [None]),
        ("dataSourceType", "optional", [None]),
        ("type", "required", [None, "type"]),
        ("dataSourceType", "required", [None, "dataSourceType"]),
        ("both", "required", [None, "type"]),
    ],
)
def test_whole_objects_are_sent_and_the_type_where_it_is_asked_for(
    deployment: Deployment,
    in_sandbox: Sandbox,
    reading: str,
    change: dict[str, Any],
    field: str,
    needed: str,
    names: list[str | None],
) -> None:
    deployment.up({"site": source()})
    speak(
        in_sandbox,
        update_source=reading,
        source_update_field=field,
        source_update_type=needed,
    )
    in_sandbox.clear_requests()
    assert deployment.up({"site": source(**change)}).errors == {}
    updates = [r.variables["input"] for r in in_sandbox.requests if r.operation == UPDATE]
    assert [{*given} for given in updates] == [
        {"id", "name", "active", *([name] if name else [])} for name in names
    ]
    (held,) = sources(in_sandbox)
    assert (held.name, held.active) == (change.get("name", "Site"), change.get("active", True))
    if needed == "required":
        assert held.type == "ADVERTISER_HOSTED_PIXEL"
    assert deployment.refresh().changes == []


def test_null_is_taken_and_the_next_refresh_tells(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"site": source()})
    in_sandbox.inject(Fault("no-success", UPDATE))
    assert deployment.up({"site": source(name="Shop")}).errors == {}
    assert deployment.refresh().changes == [("drift", "site")]


# -- delete ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*LOST, "400", "404", "401-for-ever", "200-no-success"])
def test_a_delete_is_judged_by_the_list(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    deployment.up({"site": source()})
    with striking(in_sandbox, fault, DELETE):
        result = deployment.destroy()
    assert (result.errors == {}) == (sources(in_sandbox) == []) == (deployment.state == {})
    assert sent(in_sandbox).count(DELETE) == (1 if fault != "401-for-ever" else 2)
    assert deployment.destroy().errors == {}
    assert sources(in_sandbox) == []


def by_hand(sandbox: Sandbox, source_id: str) -> None:
    sandbox.drop_source(source_id)


def unseen(sandbox: Sandbox, source_id: str) -> None:
    sandbox.inject(Fault("no-success", LIST))


@pytest.mark.parametrize(("meanwhile", "fine"), [(by_hand, True), (unseen, False)])
def test_a_delete_looks_first(
    deployment: Deployment,
    in_sandbox: Sandbox,
    meanwhile: Callable[[Sandbox, str], None],
    fine: bool,
) -> None:
    deployment.up({"site": source()})
    meanwhile(in_sandbox, own_id(deployment))
    in_sandbox.clear_requests()
    assert (deployment.destroy().errors == {}) is fine
    assert sent(in_sandbox) == []


def test_what_another_resource_holds_is_not_deleted(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    there = in_sandbox.add_source(PIPE, "Site").id
    deployment.up({"site": source(data_source_id=there)})
    in_sandbox.clear_requests()
    assert deployment.up({"shop": source(data_source_id=there)}).errors == {}
    assert sent(in_sandbox) == [CODE]
    assert [each.id for each in sources(in_sandbox)] == [there]


def test_requests_of_many(deployment: Deployment, in_sandbox: Sandbox) -> None:
    program = {f"s{n}": source(name=f"S{n}", type="FILE_UPLOAD") for n in range(5)}
    deployment.up(program)
    assert asked(in_sandbox) == [LIST, *[CREATE] * 5]
    in_sandbox.clear_requests()
    deployment.refresh()
    assert asked(in_sandbox) == [LIST]
    in_sandbox.clear_requests()
    deployment.destroy()
    assert asked(in_sandbox) == [LIST, *[DELETE] * 5]

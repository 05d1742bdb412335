"""The life of pipelines, call by call, and what each call asks of the gateway."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pulumi_capig.sandbox import Fault, Sandbox
from pulumi_capig.sandbox.faults import HTML_PAGE
from tests.support.deployment import Deployment
from tests.support.provider import UNKNOWN, Provider
from tests.support.signals import (
    LOST,
    PIPE,
    asked,
    lake,
    pipeline,
    pipelines,
    sent,
    source,
    sources,
)
from tests.support.strikes import striking

CREATE, UPDATE, DELETE = "createPipeline", "updatePipeline", "deletePipeline"
BLOCK = "updatePipelineFilter"
LISTS = ("dataSourcesQuery", "dataDestinationsQuery")


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")


def speak(sandbox: Sandbox, **switches: Any) -> None:
    sandbox.dialect = replace(sandbox.dialect, **switches)


def own_id(deployment: Deployment, name: str = "web") -> str:
    return deployment.state[name].id.partition("/")[2]


# -- check and diff ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "failing"),
    [
        ({"name": None}, {"name"}),
        ({"name": " Web"}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "a\nb"}, {"name"}),
        ({"active": "yes"}, {"active"}),
        ({"force_destroy": 1}, {"force_destroy"}),
        ({"blocked_events": "Lead"}, {"blocked_events"}),
        ({"blocked_events": ["Lead", "", " x"]}, {"blocked_events[1]", "blocked_events[2]"}),
        ({"pipeline_id": "SandboxA/sg_v1_pl_1"}, {"pipeline_id"}),
        ({"tenant_id": "a/b", "name": None}, {"tenant_id", "name"}),
    ],
)
def test_check_names_everything_that_is_wrong(
    provider: Provider, in_sandbox: Sandbox, declared: dict[str, Any], failing: set[str]
) -> None:
    assert set(provider.check("Pipeline", None, pipeline(**declared)[1]).failures) == failing
    assert in_sandbox.requests == []


def test_blocked_events_are_a_set(provider: Provider) -> None:
    given = ["Lead", "Contact", UNKNOWN, "Lead"]
    checked = provider.check("Pipeline", None, pipeline(blocked_events=given)[1])
    assert checked.failures == {}
    assert checked.inputs["blocked_events"] == ["Contact", "Lead", UNKNOWN]
    assert provider.check("Pipeline", None, {"name": UNKNOWN}).failures == {}


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({}, "same"),
        ({"blocked_events": ["Lead", "Contact", "Lead"]}, "same"),
        ({"name": "Net"}, "update"),
        ({"name": UNKNOWN}, "update"),
        ({"name": None}, "update"),
        ({"active": False}, "update"),
        ({"blocked_events": []}, "update"),
        ({"blocked_events": None}, "update"),
        ({"force_destroy": True}, "update"),
        ({"tenant_id": "Other"}, "replace"),
    ],
)
def test_diff(deployment: Deployment, change: dict[str, Any], step: str) -> None:
    before = {"blocked_events": ["Contact", "Lead"]}
    deployment.up({"web": pipeline(**before)})
    preview = deployment.preview({"web": pipeline(**{**before, **change})})
    assert preview.steps == [(step, "web")]


def test_another_id_is_refused(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"web": pipeline()})
    other = in_sandbox.add_pipeline("Other")
    message = deployment.preview({"web": pipeline(pipeline_id=other.id)}).errors["web"]
    assert f"this resource is pipeline {own_id(deployment)}" in message
    assert f"Declare {other.id} as a separate resource." in message
    own = pipeline(pipeline_id=own_id(deployment))
    assert deployment.preview({"web": own}).changes == []


def test_two_resources_of_one_id_are_refused(deployment: Deployment, in_sandbox: Sandbox) -> None:
    in_sandbox.add_pipeline("Web", pipeline_id=PIPE)
    both = {"a": pipeline(pipeline_id=PIPE), "b": pipeline(pipeline_id=PIPE)}
    result = deployment.up(both, apart=frozenset({"b"}))
    assert f"declares pipeline {PIPE} too. Keep one of them" in result.errors["b"]


# -- create ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "writes"),
    [
        ({}, [CREATE]),
        ({"active": True, "blocked_events": []}, [CREATE]),
        ({"active": False}, [CREATE, UPDATE]),
        ({"blocked_events": ["Lead"]}, [CREATE, BLOCK]),
        ({"active": False, "blocked_events": ["Lead"]}, [CREATE, UPDATE, BLOCK]),
    ],
)
def test_a_create_sends_what_is_declared(
    deployment: Deployment, in_sandbox: Sandbox, declared: dict[str, Any], writes: list[str]
) -> None:
    program = {"web": pipeline(**declared)}
    assert deployment.preview(program).steps == [("create", "web")]
    assert in_sandbox.requests == []
    assert deployment.up(program).errors == {}
    assert asked(in_sandbox) == writes
    (held,) = pipelines(in_sandbox)
    assert (held.name, held.active) == ("Web", declared.get("active", True))
    assert list(held.blocked) == declared.get("blocked_events", [])
    assert held.filter_status is bool(held.blocked)
    assert deployment.state["web"].id == f"{in_sandbox.tenant_id}/{held.id}"
    outputs = deployment.state["web"].outputs
    assert outputs == {
        **pipeline(**declared)[1],
        "tenant_id": in_sandbox.tenant_id,
        "type": "GATEWAY_PIPELINE",
        "gateway": in_sandbox.url.partition("//")[2],
    }
    assert deployment.refresh().changes == []
    assert deployment.up(program).changes == []


@pytest.mark.parametrize("fault", LOST)
def test_a_pipeline_is_never_made_twice(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    with striking(in_sandbox, fault, CREATE):
        result = deployment.up({"web": pipeline()})
    assert [r.operation for r in in_sandbox.requests].count(CREATE) == 1
    assert len(pipelines(in_sandbox)) <= 1
    message = result.errors["web"]
    assert message.startswith('capig: create pipeline "Web" (account SandboxA): ')
    assert "There may be a new, empty pipeline with this name, which carries no event" in message
    assert "take it over by its id, or remove it there" in message
    assert deployment.state == {}


def test_what_was_lost_is_taken_over_by_its_id(deployment: Deployment, in_sandbox: Sandbox) -> None:
    with striking(in_sandbox, "reset-after-write", CREATE):
        deployment.up({"web": pipeline(active=False)})
    (held,) = pipelines(in_sandbox)
    in_sandbox.clear_requests()
    assert deployment.up({"web": pipeline(active=False, pipeline_id=held.id)}).errors == {}
    assert sent(in_sandbox) == [UPDATE]
    assert deployment.up({"web": pipeline(active=False)}).changes == []
    assert [each.active for each in pipelines(in_sandbox)] == [False]


@pytest.mark.parametrize("step", [UPDATE, BLOCK])
@pytest.mark.parametrize(
    ("unknown", "answer"), [("null", "id"), ("null", "null"), ("500", "null"), ("404", "null")]
)
def test_a_failed_create_leaves_nothing(
    deployment: Deployment, in_sandbox: Sandbox, step: str, unknown: str, answer: str
) -> None:
    speak(in_sandbox, pipeline_unknown=unknown, delete_pipeline_answer=answer)
    in_sandbox.inject(Fault.status(400, operation=step))
    program = {"web": pipeline(active=False, blocked_events=["Lead"])}
    message = deployment.up(program).errors["web"]
    assert "the pipeline was deleted again" in message
    assert pipelines(in_sandbox) == []
    assert deployment.state == {}
    assert deployment.up(program).errors == {}


@pytest.mark.parametrize("fault", ["400", "reset-before-write", "401-for-ever", "200-no-success"])
def test_what_a_failed_create_leaves_is_named(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    in_sandbox.inject(Fault.status(400, operation=BLOCK))
    program = {"web": pipeline(blocked_events=["Lead"])}
    with striking(in_sandbox, fault, DELETE, times=None):
        message = deployment.up(program).errors["web"]
    (left,) = pipelines(in_sandbox)
    assert f"Left at the gateway: pipeline {left.id} (account SandboxA)" in message
    assert f'pipeline_id="{left.id}"' in message
    assert deployment.state == {}
    advised = {"web": pipeline(blocked_events=["Lead"], pipeline_id=left.id)}
    assert deployment.up(advised).errors == {}
    assert [each.blocked for each in pipelines(in_sandbox)] == [("Lead",)]


# -- taking over -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "writes"),
    [
        ({"name": None}, []),
        ({"name": "By hand", "active": True, "blocked_events": ["Lead", "Lead"]}, []),
        ({"name": "Web"}, [UPDATE]),
        ({"name": None, "active": False}, [UPDATE]),
        ({"name": None, "blocked_events": []}, [BLOCK]),
    ],
)
def test_taking_over_sends_only_what_differs(
    deployment: Deployment, in_sandbox: Sandbox, declared: dict[str, Any], writes: list[str]
) -> None:
    in_sandbox.add_pipeline("By hand", pipeline_id=PIPE, blocked=("Lead",), filter_status=True)
    assert deployment.up({"web": pipeline(**declared, pipeline_id=PIPE)}).errors == {}
    assert asked(in_sandbox) == ["pipeline", *writes]
    (held,) = pipelines(in_sandbox)
    assert held.name == (declared["name"] or "By hand")
    assert held.active is declared.get("active", True)
    assert set(held.blocked) == set(declared.get("blocked_events", ["Lead"]))
    assert deployment.up({"web": pipeline(**declared)}).changes == []


@pytest.mark.parametrize("unknown", ["null", "500", "404"])
def test_an_unknown_id_makes_nothing(
    deployment: Deployment, in_sandbox: Sandbox, unknown: str
) -> None:
    speak(in_sandbox, pipeline_unknown=unknown)
    message = deployment.up({"web": pipeline(pipeline_id=PIPE)}).errors["web"]
    assert f"read pipeline {PIPE} (account SandboxA)" in message
    assert sent(in_sandbox) == []
    assert pipelines(in_sandbox) == []
    assert deployment.state == {}


# -- read --------------------------------------------------------------------------------------


def test_what_was_changed_by_hand_is_drift_where_it_is_declared(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    full = pipeline(active=True, blocked_events=["Lead"])
    deployment.up({"full": full, "bare": pipeline(name="Bare")})
    for name in ("full", "bare"):
        in_sandbox.edit_pipeline(
            own_id(deployment, name), active=False, blocked=("Search", "Search", "Contact")
        )
    in_sandbox.clear_requests()
    assert deployment.refresh().changes == [("drift", "full")]
    assert asked(in_sandbox) == ["pipeline"] * 2
    assert deployment.state["full"].inputs["blocked_events"] == ["Contact", "Search"]
    in_sandbox.clear_requests()
    result = deployment.up({"full": full, "bare": pipeline(name="Bare")})
    assert result.changes == [("update", "full")]
    assert sent(in_sandbox) == [UPDATE, BLOCK]
    held = {each.name: (each.active, each.blocked) for each in pipelines(in_sandbox)}
    assert held["Web"] == (True, ("Lead",))
    assert held["Bare"] == (False, ("Search", "Search", "Contact"))


@pytest.mark.parametrize(("unknown", "gone"), [("null", True), ("404", True), ("500", False)])
def test_gone_is_what_the_gateway_has_not_and_no_list_names(
    deployment: Deployment,
    in_sandbox: Sandbox,
    unknown: str,
    gone: bool,
) -> None:
    deployment.up({"web": pipeline()})
    speak(in_sandbox, pipeline_unknown=unknown)
    in_sandbox.drop_pipeline(own_id(deployment))
    in_sandbox.clear_requests()
    result = deployment.refresh()
    if gone:
        assert result.steps == [("gone", "web")]
        assert asked(in_sandbox) == ["pipeline", *LISTS]
    else:
        assert "500" in result.errors["web"]
        assert "web" in deployment.state


def test_a_pipeline_that_a_list_names_is_not_gone(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"web": pipeline()})
    in_sandbox.add_source(own_id(deployment), "Site")
    in_sandbox.inject(Fault("no-success", "pipeline"))
    message = deployment.refresh().errors["web"]
    assert "the gateway does not show it, but its data sources still name it" in message
    assert "web" in deployment.state
    assert deployment.refresh().steps == [("same", "web")]


@pytest.mark.parametrize("missing", ["dataFilter", "blockedEventTypes", "name", "type"])
def test_what_is_not_told_is_no_drift(
    deployment: Deployment, in_sandbox: Sandbox, missing: str
) -> None:
    deployment.up({"web": pipeline(blocked_events=["Lead"])})
    before = deployment.state["web"].outputs
    in_sandbox.inject(Fault("missing-fields", "pipeline", fields=(missing,)))
    assert deployment.refresh().changes == []
    assert deployment.state["web"].outputs == before


@pytest.mark.parametrize("silent", LISTS)
def test_no_list_proves_nothing(deployment: Deployment, in_sandbox: Sandbox, silent: str) -> None:
    deployment.up({"web": pipeline()})
    in_sandbox.drop_pipeline(own_id(deployment))
    in_sandbox.inject(Fault("no-success", silent, times=None))
    assert "web" in deployment.refresh().errors
    assert "web" in deployment.state


def test_a_page_in_between_proves_nothing(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"web": pipeline()})
    in_sandbox.inject(Fault.status(404, body=HTML_PAGE, operation="pipeline"))
    assert "web" in deployment.refresh().errors
    assert "web" in deployment.state


# -- update ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "writes"),
    [
        ({"name": "Net"}, [UPDATE]),
        ({"active": False}, [UPDATE]),
        ({"blocked_events": []}, [BLOCK]),
        ({"blocked_events": None}, []),
        ({"force_destroy": True}, []),
        ({"name": "Net", "active": False, "blocked_events": ["Search"]}, [UPDATE, BLOCK]),
    ],
)
def test_an_update_sends_what_differs(
    deployment: Deployment, in_sandbox: Sandbox, change: dict[str, Any], writes: list[str]
) -> None:
    declared = {"active": True, "blocked_events": ["Lead"]}
    deployment.up({"web": pipeline(**declared)})
    in_sandbox.clear_requests()
    changed = {**declared, **change}
    assert deployment.up({"web": pipeline(**changed)}).changes == [("update", "web")]
    assert asked(in_sandbox) == writes
    (held,) = pipelines(in_sandbox)
    blocked = change.get("blocked_events", ["Lead"])
    assert (held.name, held.active) == (changed.get("name", "Web"), changed["active"])
    assert list(held.blocked) == (["Lead"] if blocked is None else blocked)
    for request in in_sandbox.requests:
        if request.operation == UPDATE:
            assert request.variables["input"].keys() == {"id", "name", "active"}
        if request.operation == BLOCK:
            assert request.variables["input"]["filterStatus"] is True
    assert deployment.refresh().changes == []
    assert deployment.up({"web": pipeline(**changed)}).changes == []


def test_what_is_not_declared_is_sent_as_it_is(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"web": pipeline()})
    in_sandbox.edit_pipeline(own_id(deployment), active=False)
    in_sandbox.clear_requests()
    deployment.up({"web": pipeline(name="Net")})
    assert asked(in_sandbox) == ["pipeline", UPDATE]
    assert [(each.name, each.active) for each in pipelines(in_sandbox)] == [("Net", False)]


@pytest.mark.parametrize("operation", [UPDATE, BLOCK])
def test_null_is_taken_and_the_next_refresh_tells(
    deployment: Deployment, in_sandbox: Sandbox, operation: str
) -> None:
    deployment.up({"web": pipeline(active=True, blocked_events=[])})
    in_sandbox.inject(Fault("no-success", operation))
    changed = {"web": pipeline(active=False, blocked_events=["Lead"])}
    assert deployment.up(changed).errors == {}
    assert deployment.refresh().changes == [("drift", "web")]
    assert deployment.up(changed).changes == [("update", "web")]
    assert deployment.refresh().changes == []


def test_a_list_that_was_merged_is_an_error(deployment: Deployment, in_sandbox: Sandbox) -> None:
    speak(in_sandbox, filter_list="merge")
    assert deployment.up({"web": pipeline(blocked_events=["Lead"])}).errors == {}
    message = deployment.up({"web": pipeline(blocked_events=["Search"])}).errors["web"]
    assert "different blocked events (Lead, Search) than were sent (Search)" in message
    assert deployment.state["web"].outputs["blocked_events"] == ["Lead"]


def test_a_status_that_is_always_false_is_no_error(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    speak(in_sandbox, filter_status="always-false")
    program = {"web": pipeline(blocked_events=["Lead"])}
    assert deployment.up(program).errors == {}
    assert deployment.refresh().changes == []
    assert deployment.up(program).changes == []


# -- delete ------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["id", "null"])
@pytest.mark.parametrize("unknown", ["null", "500", "404"])
def test_a_delete_ends_with_its_absence(
    deployment: Deployment,
    in_sandbox: Sandbox,
    answer: str,
    unknown: str,
) -> None:
    speak(in_sandbox, delete_pipeline_answer=answer, pipeline_unknown=unknown)
    deployment.up({"web": pipeline()})
    assert deployment.destroy().errors == {}
    assert pipelines(in_sandbox) == []
    assert deployment.state == {}


@pytest.mark.parametrize("unknown", ["null", "404"])
@pytest.mark.parametrize("fault", LOST)
def test_a_lost_delete_is_looked_at(
    deployment: Deployment, in_sandbox: Sandbox, unknown: str, fault: str
) -> None:
    speak(in_sandbox, pipeline_unknown=unknown)
    deployment.up({"web": pipeline()})
    with striking(in_sandbox, fault, DELETE):
        result = deployment.destroy()
    assert (result.errors == {}) == (pipelines(in_sandbox) == []) == (deployment.state == {})
    assert [r.operation for r in in_sandbox.requests].count(DELETE) == 1
    assert deployment.destroy().errors == {}
    assert pipelines(in_sandbox) == []


@pytest.mark.parametrize("fault", ["400", "401-for-ever", "404", "200-no-success", "200-errors"])
def test_a_refused_delete_keeps_the_state(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    deployment.up({"web": pipeline()})
    with striking(in_sandbox, fault, DELETE, times=None):
        assert "web" in deployment.destroy().errors
    assert "web" in deployment.state
    assert deployment.destroy().errors == {}


@pytest.mark.parametrize("unknown", ["null", "404"])
def test_what_was_deleted_by_hand_is_done(
    deployment: Deployment, in_sandbox: Sandbox, unknown: str
) -> None:
    speak(in_sandbox, pipeline_unknown=unknown)
    deployment.up({"web": pipeline()})
    in_sandbox.drop_pipeline(own_id(deployment))
    assert deployment.destroy().errors == {}
    assert deployment.state == {}


@pytest.mark.parametrize("silence", [Fault("no-success", "pipeline"), Fault.status(404)])
def test_what_is_not_shown_once_is_deleted_nevertheless(
    deployment: Deployment, in_sandbox: Sandbox, silence: Fault
) -> None:
    deployment.up({"web": pipeline()})
    in_sandbox.inject(silence.on("pipeline"))
    assert deployment.destroy().errors == {}
    assert pipelines(in_sandbox) == []


@pytest.mark.parametrize("what", ["source", "destination"])
@pytest.mark.parametrize("takes", ["sources-and-destinations", "nothing"])
def test_a_pipeline_that_is_not_empty_is_not_deleted(
    deployment: Deployment, in_sandbox: Sandbox, what: str, takes: str
) -> None:
    speak(in_sandbox, delete_pipeline_takes=takes)
    deployment.up({"web": pipeline()})
    add = in_sandbox.add_source if what == "source" else in_sandbox.add_destination
    inside = [add(own_id(deployment), f"No {n}").id for n in range(6)]
    in_sandbox.clear_requests()
    message = deployment.destroy().errors["web"]
    assert "6 source(s) or destination(s) in it" in message
    assert sum(each in message for each in inside) == 5
    assert sent(in_sandbox) == []
    assert "web" in deployment.state
    assert deployment.up({"web": pipeline(force_destroy=True)}).changes == [("update", "web")]
    assert sent(in_sandbox) == []
    assert deployment.destroy().errors == {}
    assert pipelines(in_sandbox) == []


@pytest.mark.parametrize("unseen", ["dataSources", "dataDestinations"])
def test_what_is_not_told_is_looked_for_in_the_lists(
    deployment: Deployment, in_sandbox: Sandbox, unseen: str
) -> None:
    deployment.up({"web": pipeline()})
    add = in_sandbox.add_source if unseen == "dataSources" else in_sandbox.add_destination
    add(own_id(deployment), "One")
    in_sandbox.inject(Fault("missing-fields", "pipeline", fields=(unseen,), times=None))
    assert "1 source(s) or destination(s) in it" in deployment.destroy().errors["web"]
    assert len(pipelines(in_sandbox)) == 1


@pytest.mark.parametrize("takes", ["sources-and-destinations", "nothing", "refused"])
@pytest.mark.parametrize("first", ["ends", "pipeline"])
def test_what_the_same_run_deletes_does_not_count(
    deployment: Deployment, in_sandbox: Sandbox, takes: str, first: str
) -> None:
    speak(in_sandbox, delete_pipeline_takes=takes)
    in_sandbox.add_pipeline("Web", pipeline_id=PIPE)
    program = {"web": pipeline(pipeline_id=PIPE), "site": source(), "lake": lake()}
    assert deployment.up(program).errors == {}
    order = sorted if first == "ends" else lambda names: sorted(names, reverse=True)
    result = deployment.up({}, delete_order=order)
    if first == "ends":
        assert result.errors == {}
    else:
        assert (
            "with pipeline_id=pipeline.pipeline_id they are deleted before it"
            in result.errors["web"]
        )
        assert list(deployment.state) == ["web"]
        assert deployment.destroy().errors == {}
    assert pipelines(in_sandbox) == sources(in_sandbox) == []


def test_what_another_resource_holds_is_not_deleted(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.add_pipeline("Web", pipeline_id=PIPE)
    deployment.up({"web": pipeline(pipeline_id=PIPE)})
    in_sandbox.clear_requests()
    assert deployment.up({"renamed": pipeline(pipeline_id=PIPE)}).errors == {}
    assert list(deployment.state) == ["renamed"]
    assert sent(in_sandbox) == []
    assert [each.id for each in pipelines(in_sandbox)] == [PIPE]

"""The life of destinations, call by call: what is asked, and what nobody may read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_capig import gateway
from pulumi_capig.gateway import Client
from pulumi_capig.gateway.token_request import TOKEN_PATH
from pulumi_capig.sandbox import Fault, Sandbox
from tests.support.deployment import Deployment, ThreadedDeployment
from tests.support.provider import UNKNOWN, Provider
from tests.support.signals import (
    KEY,
    LOST,
    PIPE,
    TOKEN,
    Declared,
    asked,
    destinations,
    lake,
    meta,
    pipeline,
    pipelines,
    sent,
    source,
)
from tests.support.strikes import striking

CREATE, UPDATE, DELETE = "createDataDestination", "updateDataDestination", "deleteDataDestination"
CAPI, HTTP = "updateDataDestinationCapiConfig", "updateDataDestinationHttpConfig"
BLOCK = "updatePipelineDestinationFilter"
LIST = "dataDestinationsQuery"
OTHER_PIPE = "sg_v1_pl_other"

PEM = "-----BEGIN PRIVATE KEY-----\nMIIEv-must-not-leak\nof two  lines\n-----END PRIVATE KEY-----\n"
WAYS: dict[str, dict[str, str]] = {
    "api_key": {"name": "X-must-not-leak", "value": KEY, "add_to": "QUERY_PARAM"},
    "basic": {"credentials": f'user:"{KEY}'},
    "client_credentials": {
        "auth_endpoint": "https://must-not-leak.example/token",
        "http_method": "PUT",
        "client_id": "client-must-not-leak",
        "client_secret": KEY,
    },
    "json_web_token": {"service_user_account": "user-must-not-leak", "private_key": PEM},
}
TYPES = {
    "api_key": "API_KEY",
    "basic": "BASIC",
    "client_credentials": "CLIENT_CREDENTIALS",
    "json_web_token": "JSON_WEB_TOKEN",
}
BLOCKS = {
    "api_key": "apiKeyAuth",
    "basic": "basicAuth",
    "client_credentials": "clientCredentialsAuth",
    "json_web_token": "jsonWebTokenAuth",
}

Make = Callable[..., Declared]
BOTH = pytest.mark.parametrize(
    ("make", "configure"), [(meta, CAPI), (lake, HTTP)], ids=["meta", "http"]
)


@pytest.fixture(autouse=True)
def prepared(in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPIG_MAX_RETRIES", "0")
    in_sandbox.add_pipeline("Web", pipeline_id=PIPE)
    in_sandbox.add_pipeline("Other", pipeline_id=OTHER_PIPE)


def speak(sandbox: Sandbox, **switches: Any) -> None:
    sandbox.dialect = replace(sandbox.dialect, **switches)


def own_id(deployment: Deployment, name: str = "out") -> str:
    return deployment.state[name].id.partition("/")[2]


def blocked(sandbox: Sandbox) -> list[tuple[str, ...]]:
    """What the pipeline blocks for its destinations."""
    return list(pipelines(sandbox)[0].blocked_by_destination.values())


# -- check and diff ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "failing"),
    [
        (meta(name=None, pipeline_id=None), {"name", "pipeline_id"}),
        (meta(dataset_id=None, access_token=None), {"dataset_id", "access_token"}),
        (meta(business_id="x", api_version="24", access_token="a b"),
         {"business_id", "api_version", "access_token"}),
        (meta(api_version="20.0.1"), {"api_version"}),
        (meta(events_routing="yes", blocked_events=[""]), {"events_routing", "blocked_events[0]"}),
        (lake(endpoint=None, payload=None), {"endpoint", "payload"}),
        (lake(endpoint="lake.shop.example", payload=" ", http_method="DELETE"),
         {"endpoint", "payload", "http_method"}),
        (lake(auth={}), {"auth"}),
        (lake(auth={"basic": {"credentials": ""}}), {"auth"}),
        (lake(auth={"basic": {"credentials": "x"}, "api_key": WAYS["api_key"]}), {"auth"}),
        (lake(auth={"api_key": {"name": "x", "value": KEY, "add_to": KEY}}), {"auth"}),
        (lake(auth={"api_key": {"name": "x", "value": KEY, KEY: "HEADER"}}), {"auth"}),
        (lake(auth={KEY: {}}), {"auth"}),
    ],
)  # fmt: skip
def test_check_names_everything_that_is_wrong(
    provider: Provider, in_sandbox: Sandbox, declared: Declared, failing: set[str]
) -> None:
    kind, arguments = declared
    failures = provider.check(kind, None, arguments).failures
    assert set(failures) == failing
    assert not any(TOKEN in reason or KEY in reason for reason in failures.values())
    assert in_sandbox.requests == []


@pytest.mark.parametrize(
    "unknown",
    [
        UNKNOWN,
        {"api_key": UNKNOWN},
        {"api_key": {"name": "X-Key", "value": UNKNOWN, "add_to": "HEADER"}},
    ],
)
def test_unknown_parts_of_auth_make_its_fingerprint_unknown(
    deployment: Deployment, provider: Provider, in_sandbox: Sandbox, unknown: Any
) -> None:
    checked = provider.check("HttpDestination", None, lake(auth=unknown)[1])
    assert checked.failures == {}
    assert checked.inputs["auth_fingerprint"] == UNKNOWN
    assert deployment.preview({"out": lake(auth=unknown)}).steps == [("create", "out")]
    assert in_sandbox.requests == []
    deployment.up({"out": lake()})
    assert deployment.preview({"out": lake(auth=unknown)}).steps == [("update", "out")]


@pytest.mark.parametrize(
    ("argument", "step"),
    [("access_token", "update"), ("dataset_id", "update"), ("pipeline_id", "replace")],
)
def test_unknown_values_are_previewed(
    deployment: Deployment, in_sandbox: Sandbox, argument: str, step: str
) -> None:
    program = {"out": meta(**{argument: UNKNOWN})}
    assert deployment.preview(program).steps == [("create", "out")]
    assert in_sandbox.requests == []
    deployment.up({"out": meta()})
    assert deployment.preview(program).steps == [(step, "out")]


@pytest.mark.parametrize(
    ("before", "change", "step"),
    [
        (meta(), {}, "same"),
        (meta(), {"access_token": "EAAB-another"}, "update"),
        (meta(), {"api_version": "v25.0"}, "update"),
        (meta(), {"events_routing": False}, "update"),
        (meta(), {"reassert": "again"}, "update"),
        (meta(reassert="again"), {"reassert": None}, "same"),
        (meta(), {"pipeline_id": OTHER_PIPE}, "replace"),
        (meta(), {"pipeline_id": None}, "same"),
        (meta(), {"tenant_id": "Other"}, "replace"),
        (meta(blocked_events=["Lead", "Search"]), {"blocked_events": ["Search"] * 2 + ["Lead"]},
         "same"),
        (lake(), {"auth": {"basic": WAYS["basic"]}}, "update"),
        (lake(), {"auth": None}, "update"),
        (lake(), {"http_method": "POST"}, "same"),
        (lake(), {"http_method": "PUT"}, "update"),
    ],
)  # fmt: skip
def test_diff(deployment: Deployment, before: Declared, change: dict[str, Any], step: str) -> None:
    deployment.up({"out": before})
    kind, arguments = before
    after = {k: v for k, v in {**arguments, **change}.items() if v is not None}
    assert deployment.preview({"out": (kind, after)}).steps == [(step, "out")]


@pytest.mark.parametrize(
    ("before", "lost"),
    [
        (meta(), ("dataset_id", "business_id", "access_token", "api_version")),
        (lake(auth=None), ("endpoint", "payload")),
    ],
)
def test_an_old_one_may_not_lose_what_it_was_set_up_with(
    deployment: Deployment, before: Declared, lost: tuple[str, ...]
) -> None:
    deployment.up({"out": before})
    kind, arguments = before
    for missing in ((name,) for name in lost), (lost,):
        for names in missing:
            kept = {name: value for name, value in arguments.items() if name not in names}
            message = deployment.preview({"out": (kind, kept)}).errors["out"]
            assert all(name in message for name in names)


def test_two_resources_of_one_id_are_refused(deployment: Deployment, in_sandbox: Sandbox) -> None:
    there = in_sandbox.add_destination(PIPE, "Meta").id
    both = {"a": meta(destination_id=there), "b": meta(destination_id=there)}
    result = deployment.up(both, apart=frozenset({"b"}))
    assert f"declares destination {there} too. Keep one of them" in result.errors["b"]


# -- create ------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize(
    ("declared", "more"),
    [
        ({}, []),
        ({"active": True, "blocked_events": []}, []),
        ({"active": False}, [UPDATE]),
        ({"blocked_events": ["Lead"]}, [BLOCK]),
        ({"active": False, "blocked_events": ["Lead"]}, [UPDATE, BLOCK]),
    ],
)
def test_a_create_sends_what_is_declared(
    deployment: Deployment,
    in_sandbox: Sandbox,
    make: Make,
    configure: str,
    declared: dict[str, Any],
    more: list[str],
) -> None:
    program = {"out": make(**declared)}
    deployment.preview(program)
    assert in_sandbox.requests == []
    assert deployment.up(program).errors == {}
    assert asked(in_sandbox) == [LIST, CREATE, configure, *more]
    (held,) = destinations(in_sandbox)
    assert held.active is declared.get("active", True)
    assert [list(each) for each in blocked(in_sandbox)] == (
        [["Lead"]] if declared.get("blocked_events") else []
    )
    in_sandbox.clear_requests()
    assert deployment.refresh().changes == []
    assert deployment.up(program).changes == []
    assert asked(in_sandbox) == [LIST, *(["pipeline"] if "blocked_events" in declared else [])]


def test_what_meta_is_told(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"out": meta()})
    whole = {
        "metaDatasetId": "18904456377094531",
        "businessId": "2840127409433732",
        "accessToken": TOKEN,
        "apiVersion": "v24.0",
    }
    assert destinations(in_sandbox)[0].config == whole
    for changed, key, value in (
        ({"business_id": "7"}, "businessId", "7"),
        ({"business_id": "7", "access_token": "EAAB2"}, "accessToken", "EAAB2"),
        ({"business_id": "7", "access_token": "EAAB2", "events_routing": False}, "updateOB", False),
    ):
        whole[key] = value
        in_sandbox.clear_requests()
        assert deployment.up({"out": meta(**changed)}).errors == {}
        assert sent(in_sandbox) == [CAPI]
        assert destinations(in_sandbox)[0].config == whole


@pytest.mark.parametrize("way", [None, *WAYS])
@pytest.mark.parametrize("needed", ["any", "all-four"])
def test_what_http_is_told(
    deployment: Deployment, in_sandbox: Sandbox, way: str | None, needed: str
) -> None:
    speak(in_sandbox, http_auth_blocks=needed)
    auth = {way: WAYS[way]} if way else None
    program = {"out": lake(auth=auth, http_method="PUT")}
    assert deployment.up(program).errors == {}
    assert sent(in_sandbox) == [CREATE, HTTP] if needed == "any" else [CREATE, HTTP, HTTP]
    config = dict(destinations(in_sandbox)[0].config)
    blocks = {name: config.pop(name) for name in BLOCKS.values() if name in config}
    assert config == {
        "endpoint": "https://lake.shop.example/events",
        "httpMethod": "PUT",
        "payloadSchema": "{}",
        "authType": TYPES[way] if way else "NONE",
    }
    own = blocks.pop(BLOCKS[way]) if way else None
    assert sorted(own.values() if own else ()) == sorted(WAYS[way].values() if way else ())
    assert len(blocks) == (0 if needed == "any" else 3 if way else 4)
    for other in blocks.values():
        assert set(other.values()) <= {"", "HEADER", "POST"}
    assert deployment.up(program).changes == []
    assert deployment.refresh().changes == []


@BOTH
@pytest.mark.parametrize("length", [1, None])
@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_doubles_nothing(
    deployment: Deployment,
    in_sandbox: Sandbox,
    fault: str,
    length: int | None,
    make: Make,
    configure: str,
) -> None:
    name = make()[1]["name"]
    for kind in ("META_CONVERSIONS_API", "CUSTOM_HTTP_API"):
        in_sandbox.add_destination(PIPE, name, kind)
    with striking(in_sandbox, fault, CREATE, times=length):
        result = deployment.up({"out": make()})
    assert sent(in_sandbox).count(CREATE) <= 2
    if result.errors:
        assert len(destinations(in_sandbox)) == 2
        assert f"destination with this name in pipeline {PIPE}" in result.errors["out"]
        assert deployment.state == {}
    assert deployment.up({"out": make()}).errors == {}
    assert len(destinations(in_sandbox)) == 3
    assert own_id(deployment) == destinations(in_sandbox)[-1].id
    assert deployment.up({"out": make()}).changes == []


@pytest.mark.parametrize("fault", ["reset-after-write", "truncated"])
def test_creates_of_one_name_at_once(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    threaded = ThreadedDeployment(deployment.provider)
    program = {f"{n}": make(name="Out") for n, make in enumerate((meta, lake, meta, lake))}
    in_sandbox.latency = 0.01
    with striking(in_sandbox, fault, CREATE, times=3):
        threaded.up(program, keep_going=True)
    assert len(destinations(in_sandbox)) == len(threaded.state)
    assert threaded.up(program).errors == {}
    kinds = {each.id: each.type for each in destinations(in_sandbox)}
    assert len(kinds) == 4
    for resource in threaded.state.values():
        at_meta = resource.kind == "ConversionsApiDestination"
        expected = "META_CONVERSIONS_API" if at_meta else "CUSTOM_HTTP_API"
        assert kinds.pop(resource.id.partition("/")[2]) == expected


@BOTH
@pytest.mark.parametrize("step", ["configure", UPDATE, BLOCK])
@pytest.mark.parametrize("fault", ["400", "reset-after-write"])
def test_a_failed_create_leaves_nothing(
    deployment: Deployment,
    in_sandbox: Sandbox,
    make: Make,
    configure: str,
    step: str,
    fault: str,
) -> None:
    program = {"out": make(active=False, blocked_events=["Lead"])}
    struck = configure if step == "configure" else step
    with striking(in_sandbox, fault, struck, times=None):
        message = deployment.up(program).errors["out"]
    assert "the destination was deleted again" in message
    assert destinations(in_sandbox) == []
    assert deployment.state == {}
    assert deployment.up(program).errors == {}
    assert len(destinations(in_sandbox)) == 1


@BOTH
def test_what_a_failed_create_leaves_is_named(
    deployment: Deployment, in_sandbox: Sandbox, make: Make, configure: str
) -> None:
    in_sandbox.inject(Fault.status(400, operation=configure))
    with striking(in_sandbox, "401-for-ever", DELETE, times=None):
        message = deployment.up({"out": make()}).errors["out"]
    (left,) = destinations(in_sandbox)
    assert f"Left at the gateway: destination {left.id} (account SandboxA)" in message
    assert f'destination_id="{left.id}"' in message
    assert deployment.up({"out": make(destination_id=left.id)}).errors == {}
    assert len(destinations(in_sandbox)) == 1
    assert destinations(in_sandbox)[0].config


@BOTH
@pytest.mark.parametrize("told", ["500", "false"])
def test_a_configuration_that_is_refused_fails(
    deployment: Deployment, in_sandbox: Sandbox, make: Make, configure: str, told: str
) -> None:
    deployment.up({"out": make()})
    speak(in_sandbox, config_unknown_destination=told)
    in_sandbox.drop_destination(own_id(deployment))
    message = deployment.up({"out": make(reassert="again")}).errors["out"]
    assert f"configure destination {own_id(deployment)} (account SandboxA)" in message


@BOTH
def test_null_is_taken(
    deployment: Deployment, in_sandbox: Sandbox, make: Make, configure: str
) -> None:
    in_sandbox.inject(Fault("missing-fields", configure, times=None))
    in_sandbox.inject(Fault("no-success", UPDATE))
    in_sandbox.inject(Fault("no-success", BLOCK))
    program = {"out": make(active=False, blocked_events=["Lead"])}
    assert deployment.up(program).errors == {}
    assert deployment.refresh().changes == [("drift", "out")]
    assert deployment.up(program).changes == [("update", "out")]
    assert sent(in_sandbox)[-2:] == [UPDATE, BLOCK]
    assert deployment.refresh().changes == []


# -- secrets -----------------------------------------------------------------------------------


def told(deployment: Deployment) -> str:
    """What state tells; the engine encrypts the rest."""
    hidden = ("access_token", "auth")
    states = [r.inputs | r.outputs for r in deployment.state.values()]
    return json.dumps([{k: v for k, v in each.items() if k not in hidden} for each in states])


def played(sandbox: Sandbox) -> str:
    """What the sandbox shows, where names beside a secret stay readable."""
    journal = [(r.operation, r.variables) for r in sandbox.requests]
    return f"{journal} {sandbox.state.history}"


@pytest.mark.parametrize("declared", [meta(), *(lake(auth={way: WAYS[way]}) for way in WAYS)])
def test_secrets_are_nowhere_in_the_clear(
    deployment: Deployment,
    in_sandbox: Sandbox,
    declared: Declared,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = tmp_path / "capig.log"
    monkeypatch.setenv("CAPIG_LOG", str(log))
    kind, arguments = declared
    deployment.up({"out": declared})
    deployment.refresh()
    texts = [*deployment.up({"out": (kind, {**arguments, "reassert": "1"})}).errors.values()]
    quoting = json.dumps({"errors": [{"message": "no: " + json.dumps(arguments)}]})
    quoting_raw = json.dumps({"errors": [{"message": f"no: {arguments}"}]})
    for n, body in enumerate((quoting, quoting_raw)):
        in_sandbox.inject(Fault.status(400, body=body, operation=(CAPI, HTTP)))
        changed = (kind, {**arguments, "reassert": f"again {n}"})
        texts += deployment.up({"out": changed}).errors.values()
    assert len(texts) == 2
    texts.append("".join(capsys.readouterr()))
    read = " ".join([told(deployment), log.read_text("utf-8"), *texts])
    assert "must-not-leak" not in read
    for secret in (TOKEN, KEY, *PEM.splitlines()[1:3]):
        assert secret not in played(in_sandbox)


def test_a_refusal_that_quotes_a_secret_does_not_show_it(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"out": lake()})
    for way, block in WAYS.items():
        for secret in block.values():
            for quoted in (secret, json.dumps(secret), repr(secret), " ".join(secret.split())):
                body = json.dumps({"errors": [{"message": quoted}]})
                in_sandbox.inject(Fault.status(400, body=body, operation=HTTP))
                message = deployment.up({"out": lake(auth={way: block})}).errors["out"]
                assert "must-not-leak" not in message, message


@BOTH
def test_a_changed_secret_shows_by_its_fingerprint(
    deployment: Deployment, make: Make, configure: str
) -> None:
    other = {"access_token": "EAAB-2"} if make is meta else {"auth": {"basic": WAYS["basic"]}}
    name = "access_token_fingerprint" if make is meta else "auth_fingerprint"
    deployment.up({"out": make()})
    before = deployment.state["out"].outputs[name]
    assert len(before) == 12
    assert deployment.state["out"].inputs[name] == before
    assert deployment.up({"out": make(**other)}).changes == [("update", "out")]
    assert deployment.state["out"].outputs[name] != before
    deployment.refresh()
    assert deployment.up({"out": make(**other)}).changes == []
    assert deployment.up({"out": make()}).changes == [("update", "out")]
    assert deployment.state["out"].outputs[name] == before


def test_auth_that_is_taken_away_is_taken_away(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"out": lake()})
    deployment.up({"out": lake(auth=None)})
    assert destinations(in_sandbox)[0].config["authType"] == "NONE"
    assert "apiKeyAuth" not in destinations(in_sandbox)[0].config
    assert "auth" not in deployment.state["out"].outputs
    assert deployment.state["out"].outputs["auth_fingerprint"] == ""
    assert deployment.up({"out": lake(auth=None)}).changes == []


# -- taking over -------------------------------------------------------------------------------


BARE = dict.fromkeys(
    ("name", "pipeline_id", "dataset_id", "business_id", "access_token", "api_version", "endpoint",
     "payload", "auth")
)  # fmt: skip


@BOTH
@pytest.mark.parametrize(
    ("declared", "requests"),
    [
        ({}, []),
        ({"name": "By hand", "active": True, "pipeline_id": PIPE}, []),
        ({"name": "Mine"}, [UPDATE]),
        ({"active": False}, [UPDATE]),
        ({"blocked_events": ["Lead"]}, ["pipeline"]),
        ({"blocked_events": []}, ["pipeline", BLOCK]),
    ],
)
def test_taking_over_without_the_configuration(
    deployment: Deployment,
    in_sandbox: Sandbox,
    make: Make,
    configure: str,
    declared: dict[str, Any],
    requests: list[str],
) -> None:
    kind = "META_CONVERSIONS_API" if make is meta else "CUSTOM_HTTP_API"
    there = in_sandbox.add_destination(PIPE, "By hand", kind, config={"kept": 1}).id
    in_sandbox.edit_pipeline(PIPE, blocked_by_destination={there: ("Lead",)})
    program = {"out": make(**{**BARE, "destination_id": there, **declared})}
    assert deployment.up(program).errors == {}
    assert asked(in_sandbox) == [LIST, *requests]
    (held,) = destinations(in_sandbox)
    assert held.config == {"kept": 1}
    assert deployment.refresh().changes == []
    assert deployment.up(program).changes == []
    assert deployment.up({"out": make(destination_id=there)}).errors == {}
    assert sent(in_sandbox).count(configure) == 1


@BOTH
def test_taking_over_with_a_part_of_the_configuration_is_refused(
    provider: Provider, in_sandbox: Sandbox, make: Make, configure: str
) -> None:
    kind, arguments = make(destination_id="sg_v1_dd_1", auth=None)
    parts = [name for name in arguments if name not in ("name", "pipeline_id", "destination_id")]
    parts += ["events_routing"] if make is meta else ["auth", "http_method"]
    values = {**arguments, "events_routing": True, "auth": {"basic": WAYS["basic"]}}
    for part in parts:
        declared = {"destination_id": "sg_v1_dd_1", part: values.get(part, "PUT")}
        failures = provider.check(kind, None, declared).failures
        assert failures, part
        assert all("if you take it over" in reason for reason in failures.values())


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (meta(pipeline_id=OTHER_PIPE), f"it is in pipeline {PIPE}, not in {OTHER_PIPE}"),
        (lake(), "it is META_CONVERSIONS_API, not CUSTOM_HTTP_API"),
    ],
)
def test_what_no_operation_changes_is_not_taken_over(
    deployment: Deployment, in_sandbox: Sandbox, declared: Declared, reason: str
) -> None:
    there = in_sandbox.add_destination(PIPE, "Meta").id
    kind, arguments = declared
    result = deployment.up({"out": (kind, {**arguments, "destination_id": there})})
    assert reason in result.errors["out"]
    assert sent(in_sandbox) == []


def test_another_pipeline_cannot_be_declared_later(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    there = in_sandbox.add_destination(PIPE, "Meta").id
    bare = {**BARE, "destination_id": there}
    deployment.up({"out": meta(**bare)})
    message = deployment.up({"out": meta(**{**bare, "pipeline_id": OTHER_PIPE})}).errors["out"]
    assert f"it is in pipeline {PIPE}, not in {OTHER_PIPE}" in message
    assert deployment.up({"out": meta(**{**bare, "pipeline_id": PIPE})}).errors == {}
    assert sent(in_sandbox) == []


def test_the_events_of_one_in_no_pipeline_cannot_be_blocked(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    there = in_sandbox.add_destination("sg_v1_pl_gone", "Meta").id
    bare = {**BARE, "destination_id": there}
    message = deployment.up({"out": meta(**bare, blocked_events=["Lead"])}).errors["out"]
    assert "Declare pipeline_id." in message
    assert deployment.up({"out": meta(**bare)}).errors == {}


# -- read --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dataset", ["told", "null", "unknown"])
def test_drift_is_what_is_declared(
    deployment: Deployment, in_sandbox: Sandbox, dataset: str
) -> None:
    speak(in_sandbox, meta_capi_config_in_list=dataset)
    full, bare = meta(active=True, blocked_events=["Lead"]), meta(name="Bare")
    program = {"full": full, "bare": bare}
    assert deployment.up(program).errors == {}
    assert deployment.refresh().changes == []
    ids = [own_id(deployment, name) for name in program]
    for each in destinations(in_sandbox):
        config = {**each.config, "metaDatasetId": "7"}
        in_sandbox.edit_destination(each.id, active=False, config=config)
    in_sandbox.edit_pipeline(
        PIPE, blocked_by_destination=dict.fromkeys(ids, ("Search", "Contact", "Search"))
    )
    in_sandbox.clear_requests()
    drifted = [("drift", "full"), ("drift", "bare")] if dataset == "told" else [("drift", "full")]
    assert deployment.refresh().changes == drifted
    refused = [LIST] if dataset == "unknown" else []  # asked without the field once more
    assert sorted(asked(in_sandbox)) == sorted([LIST, "pipeline", *refused])
    assert deployment.state["full"].inputs["blocked_events"] == ["Contact", "Search"]
    in_sandbox.clear_requests()
    assert deployment.up(program).errors == {}
    expected = [CAPI] * len(drifted) if dataset == "told" else []
    assert sorted(sent(in_sandbox)) == sorted([*expected, UPDATE, BLOCK])
    held = {each.name: each.active for each in destinations(in_sandbox)}
    assert held == {"Meta": True, "Bare": False}
    assert blocked(in_sandbox) == [("Lead",), ("Search", "Contact", "Search")]


@pytest.mark.parametrize(
    "silence",
    [
        Fault("no-success", "pipeline"),
        Fault("missing-fields", "pipeline", fields=("pipelineDestinationFilters",)),
        Fault("missing-fields", "pipeline", fields=("destinationId",)),
        Fault("missing-fields", "pipeline", fields=("destinationFilterBlockedEventTypes",)),
    ],
    ids=lambda fault: "".join(fault.fields) or fault.kind,
)
def test_what_its_pipeline_does_not_tell_is_no_drift(
    deployment: Deployment, in_sandbox: Sandbox, silence: Fault
) -> None:
    deployment.up({"out": meta(blocked_events=["Lead"])})
    in_sandbox.inject(silence)
    assert deployment.refresh().changes == []
    assert deployment.state["out"].outputs["blocked_events"] == ["Lead"]


def test_many_read_their_pipeline_once(deployment: Deployment, in_sandbox: Sandbox) -> None:
    program = {f"d{n}": lake(name=f"D{n}", blocked_events=["Lead"]) for n in range(4)}
    deployment.up(program)
    in_sandbox.clear_requests()
    assert deployment.refresh().changes == []
    assert asked(in_sandbox) == [LIST, "pipeline"]


def test_absent_from_the_list_is_gone(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"out": lake(), "meta": meta(blocked_events=["Lead"])})
    for each in destinations(in_sandbox):
        in_sandbox.drop_destination(each.id)
    assert deployment.refresh().steps == [("gone", "out"), ("gone", "meta")]


# -- update ------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("reading", ["patch", "put"])
@pytest.mark.parametrize("change", [{"name": "New"}, {"active": False}])
def test_whole_objects_are_sent(
    deployment: Deployment,
    in_sandbox: Sandbox,
    make: Make,
    configure: str,
    reading: str,
    change: dict[str, Any],
) -> None:
    speak(in_sandbox, update_destination=reading)
    deployment.up({"out": make()})
    (before,) = destinations(in_sandbox)
    in_sandbox.clear_requests()
    assert deployment.up({"out": make(**change)}).errors == {}
    assert sent(in_sandbox) == [UPDATE]
    given = next(r.variables["input"] for r in in_sandbox.requests if r.operation == UPDATE)
    assert given.keys() == {"id", "name", "active"}
    assert destinations(in_sandbox) == [replace(before, **change)]
    assert deployment.refresh().changes == []


@pytest.mark.parametrize("words", ["destinationType is missing", "no destinationType in {'a': 1}"])
def test_the_type_is_sent_where_it_is_asked_for(
    deployment: Deployment, in_sandbox: Sandbox, words: str
) -> None:
    deployment.up({"out": lake()})
    body = json.dumps({"errors": [{"message": words}]})
    in_sandbox.inject(Fault.status(400, body=body, operation=UPDATE))
    in_sandbox.clear_requests()
    assert deployment.up({"out": lake(name="New")}).errors == {}
    given = [r.variables["input"] for r in in_sandbox.requests if r.operation == UPDATE]
    assert [each.get("destinationType") for each in given] == [None, "CUSTOM_HTTP_API"]


@BOTH
def test_reassert_sends_the_configuration_again(
    deployment: Deployment, in_sandbox: Sandbox, make: Make, configure: str
) -> None:
    deployment.up({"out": make()})
    whole = destinations(in_sandbox)[0].config
    in_sandbox.edit_destination(own_id(deployment), config={"broken": "by hand"})
    assert deployment.up({"out": make(reassert="1")}).changes == [("update", "out")]
    assert destinations(in_sandbox)[0].config == whole
    assert deployment.up({"out": make()}).changes == []


def test_blocked_events_are_left_or_opened(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"out": meta(blocked_events=["Lead"])})
    assert deployment.up({"out": meta()}).changes == [("update", "out")]
    assert blocked(in_sandbox) == [("Lead",)]
    assert deployment.up({"out": meta()}).changes == []
    assert deployment.up({"out": meta(blocked_events=[])}).errors == {}
    assert blocked(in_sandbox) == [()]
    assert deployment.refresh().changes == []


def test_a_list_that_was_merged_is_an_error(deployment: Deployment, in_sandbox: Sandbox) -> None:
    speak(in_sandbox, filter_list="merge")
    deployment.up({"out": meta(blocked_events=["Lead"])})
    message = deployment.up({"out": meta(blocked_events=["Search"])}).errors["out"]
    assert "different blocked events (Lead, Search) than were sent (Search)" in message
    assert deployment.state["out"].outputs["blocked_events"] == ["Lead"]


# -- delete ------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*LOST, "400", "404", "401-for-ever", "200-no-success"])
def test_a_delete_is_judged_by_the_list(
    deployment: Deployment, in_sandbox: Sandbox, fault: str
) -> None:
    deployment.up({"out": meta(blocked_events=["Lead"])})
    with striking(in_sandbox, fault, DELETE):
        result = deployment.destroy()
    assert (result.errors == {}) == (destinations(in_sandbox) == []) == (deployment.state == {})
    assert deployment.destroy().errors == {}
    assert destinations(in_sandbox) == []


def test_a_replacement_makes_the_new_one_first(deployment: Deployment, in_sandbox: Sandbox) -> None:
    deployment.up({"out": lake()})
    first = own_id(deployment)
    in_sandbox.clear_requests()
    result = deployment.up({"out": lake(pipeline_id=OTHER_PIPE)})
    assert result.changes == [("replace", "out"), ("delete", "out")]
    assert sent(in_sandbox) == [CREATE, HTTP, DELETE]
    assert [(each.id != first, each.pipeline) for each in destinations(in_sandbox)] == [
        (True, OTHER_PIPE)
    ]


def test_what_another_resource_holds_is_not_deleted(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    there = in_sandbox.add_destination(PIPE, "Meta").id
    deployment.up({"out": meta(destination_id=there)})
    in_sandbox.clear_requests()
    assert deployment.up({"renamed": meta(destination_id=there)}).errors == {}
    assert DELETE not in sent(in_sandbox)
    assert [each.id for each in destinations(in_sandbox)] == [there]


class _Reads(httpx.HTTPTransport):
    """The network, which keeps the documents that go over it."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != TOKEN_PATH:
            self.documents.append(json.loads(request.content)["query"])
        return super().handle_request(request)


def test_no_document_ever_holds_an_empty_selection(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(in_sandbox, meta_capi_config_in_list="unknown")
    reads = _Reads()
    monkeypatch.setattr(gateway, "Client", partial(Client, transport=reads))
    program = {
        "web": pipeline(active=False, blocked_events=["Lead"]),
        "site": source(active=False),
        "meta": meta(active=False, blocked_events=["Lead"]),
        "lake": lake(),
    }
    assert deployment.up(program).errors == {}
    assert deployment.refresh().changes == []
    assert deployment.destroy().errors == {}
    operations = {document.partition("(")[0] for document in reads.documents}
    assert len(operations) == 17, "all that there is for pipelines and their ends"
    assert not any(re.search(r"\{\s*\}", document) for document in reads.documents)
    assert any("metaCAPIConfig" in document for document in reads.documents)

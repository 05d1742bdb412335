"""Documents of several root fields: each is carried out, struck and noted by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pulumi_capig.sandbox import Fault, Sandbox

if TYPE_CHECKING:
    from conftest import Caller

A = "SandboxA"
EVENT = "updateEventFilter(input: $%s) { updatedFilter { eventName pixelId filterState } }"
DOMAIN = "updateDomainFilter(input: $%s) { updatedFilter { domain pixelId filterState } }"
DELETE = "signalMutations { deleteDataSource(id: $%s) }"


def event(name: str, *pixels: str, state: str = "DROP", tenant: str = A) -> tuple[Any, ...]:
    given = {"eventName": name, "pixelIds": list(pixels) or None, "filterState": state}
    return EVENT, "UpdateEventFilterInput!", given, tenant


def domain(name: str, tenant: str = A) -> tuple[Any, ...]:
    return DOMAIN, "UpdateDomainFilterInput!", {"domain": name, "filterState": "DROP"}, tenant


def delete(pixel: str, tenant: str = A) -> tuple[Any, ...]:
    return DELETE, "ID!", pixel, tenant


def send(caller: Caller, *fields: tuple[Any, ...]) -> httpx.Response:
    """One document with these fields under the aliases f0, f1 and so on."""
    heads, bodies, variables = [], [], {}
    for number, (text, kind, value, tenant) in enumerate(fields):
        heads.append(f"$v{number}: {kind}, $t{number}: ID!")
        bodies.append(f"f{number}: tenantMutations(tenantId: $t{number}) {{ {text} }}")
        variables |= {f"v{number}": value, f"t{number}": tenant}
    query = f"mutation EventFilterStatusMutation({', '.join(heads)}) {{ {' '.join(bodies)} }}"
    return caller.post(query % tuple(f"v{number}" for number in range(len(fields))), variables)


def events(sandbox: Sandbox) -> dict[tuple[str, str | None], str]:
    return {
        (name, pixel): state for (_, name, pixel), state in sandbox.state.event_filters().items()
    }


def test_each_field_is_carried_out_in_order(caller: Caller, sandbox: Sandbox) -> None:
    answer = send(caller, event("Lead"), event("Lead", state="PUBLISH"), event("Lead", "101"))
    assert answer.status_code == 200
    results = answer.json()["data"]
    assert list(results) == ["f0", "f1", "f2"]
    assert [result["updateEventFilter"]["updatedFilter"] for result in results.values()] == [
        {"eventName": "Lead", "pixelId": None, "filterState": "DROP"},
        {"eventName": "Lead", "pixelId": None, "filterState": "PUBLISH"},
        {"eventName": "Lead", "pixelId": "101", "filterState": "DROP"},
    ]
    assert events(sandbox) == {("Lead", None): "PUBLISH", ("Lead", "101"): "DROP"}


@pytest.mark.parametrize(("carrier", "status"), [("status", 404), ("errors", 200)])
def test_a_failed_field_leaves_the_others(
    caller: Caller, sandbox: Sandbox, carrier: Any, status: int
) -> None:
    sandbox.connect("101")
    sandbox.dialect = replace(sandbox.dialect, error_carrier=carrier, filter_unknown_pixel="404")
    answer = send(caller, event("Lead", "101"), event("Lead", "404"), event(" "), delete("101"))
    assert answer.status_code == status
    payload = answer.json()
    assert [(error["path"], error["extensions"]["code"]) for error in payload["errors"]] == [
        (["f1", "updateEventFilter"], 404),
        (["f2", "updateEventFilter"], 400),
    ]
    assert payload["data"]["f0"]["updateEventFilter"]["updatedFilter"]["pixelId"] == "101"
    assert payload["data"]["f1"] == payload["data"]["f2"] == {"updateEventFilter": None}
    assert payload["data"]["f3"] == {"signalMutations": {"deleteDataSource": True}}
    assert sandbox.state.pixel(A, "101") is None


def test_a_failed_field_in_plain_text_takes_the_answer(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.dialect = replace(sandbox.dialect, error_carrier="text")
    answer = send(caller, event("Lead"), event(" "))
    assert (answer.status_code, answer.text) == (400, "Bad Request: eventName is empty")
    assert events(sandbox) == {("Lead", None): "DROP"}


def test_accounts_are_judged_by_themselves(caller: Caller, sandbox: Sandbox) -> None:
    answer = send(caller, event("Lead"), event("Lead", tenant="Nobody00"), domain("a.com"))
    (error,) = answer.json()["errors"]
    assert (error["path"][0], error["extensions"]["code"]) == ("f1", 401)
    assert events(sandbox) == {("Lead", None): "DROP"}
    assert len(sandbox.state.domain_filters()) == 1


@pytest.mark.parametrize("code", ["400", "413", "418"])
@pytest.mark.parametrize("carrier", ["status", "errors", "text"])
def test_documents_of_several_fields_are_refused(
    caller: Caller, sandbox: Sandbox, code: Any, carrier: Any
) -> None:
    sandbox.dialect = replace(sandbox.dialect, several_fields=code, error_carrier=carrier)
    answer = send(caller, event("Lead"), event("Search"))
    assert answer.status_code == (200 if carrier == "errors" else int(code))
    if carrier != "text":
        (error,) = answer.json()["errors"]
        assert error["extensions"] == {"code": int(code)}
        assert "path" not in error
        assert answer.json()["data"] is None
    assert sandbox.state.history == []
    (record,) = sandbox.requests
    assert (record.operation, record.applied) == ("updateEventFilter", False)
    assert [field.applied for field in record.fields] == [False, False]
    assert send(caller, event("Lead")).status_code == 200


def test_refused_are_root_fields_alone(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.dialect = replace(sandbox.dialect, several_fields="400")
    below_one_root = f"""mutation($a: UpdateEventFilterInput!, $b: UpdateEventFilterInput!) {{
        tenantMutations(tenantId: "{A}") {{ one: {EVENT % "a"} two: {EVENT % "b"} }}
    }}"""
    variables = {"a": event("Lead")[2], "b": event("Search")[2]}
    assert caller.post(below_one_root, variables).status_code == 200
    through_a_fragment = f"""query {{ ...two }} fragment two on Query {{
        one: tenantQueries(tenantId: "{A}") {{ account {{ name }} }}
        two: tenantQueries(tenantId: "{A}") {{ account {{ name }} }}
    }}"""
    assert caller.post(through_a_fragment).status_code == 400
    assert len(events(sandbox)) == 2


def test_a_refusal_needs_a_token_first(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.dialect = replace(sandbox.dialect, several_fields="413")
    sandbox.expire_tokens()
    assert send(caller, event("Lead"), event("Search")).status_code == 401


# What is noted


def test_the_journal_has_each_field(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("102", tenant="SandboxB")
    send(caller, event("Lead", "101", "102"), event(" ", "101"), delete("102", "SandboxB"))
    (record,) = sandbox.requests
    assert (record.operation, record.tenant, record.pixels, record.applied) == (
        "updateEventFilter+deleteDataSource", None, ("101", "102"), False,
    )  # fmt: skip
    assert [
        (field.operation, field.tenant, field.pixels, field.path, field.applied, field.code)
        for field in record.fields
    ] == [
        ("updateEventFilter", A, ("101", "102"), ("f0", "updateEventFilter"), True, None),
        ("updateEventFilter", A, ("101",), ("f1", "updateEventFilter"), False, 400),
        (
            "deleteDataSource", "SandboxB", ("102",),
            ("f2", "signalMutations", "deleteDataSource"), True, None,
        ),
    ]  # fmt: skip
    shown = caller.http.get("/sandbox/state").json()["requests"][0]["fields"]
    assert [field["code"] for field in shown] == [None, 400, None]


def test_fields_of_one_account_have_its_name(caller: Caller, sandbox: Sandbox) -> None:
    send(caller, event("Lead"), domain("a.com"))
    (record,) = sandbox.requests
    assert (record.tenant, record.applied) == (A, True)
    caller.send("list")
    assert [field.path for field in sandbox.requests[-1].fields] == [("tenantQueries", "account")]


def test_requests_and_fields_are_counted(caller: Caller, sandbox: Sandbox) -> None:
    send(caller, event("Lead"), event("Search"))
    send(caller, event("Lead"), domain("a.com"), domain("b.com"))
    caller.send("list")
    counters = sandbox.counters
    assert counters.requests == {
        "updateEventFilter": 1,
        "updateEventFilter+updateDomainFilter": 1,
        "list": 1,
    }
    assert counters.fields == {"updateEventFilter": 3, "updateDomainFilter": 2, "list": 1}
    sandbox.wait_for("updateDomainFilter", 2, ended=True, timeout=0.01)
    assert counters.max_concurrent_filter_writes == 1


def test_secrets_of_each_field_are_fingerprints(caller: Caller, sandbox: Sandbox) -> None:
    setup = "signalMutations { setupPixelSignalConfig(input: $%s) { id } }"
    given = {"pixelId": "1", "businessId": "7", "accessToken": "EAAtopsecret", "externalId": ""}
    kind = "PixelConnectionCreationInput!"
    answer = send(caller, event("Lead"), (setup, kind, given, A))
    assert answer.status_code == 200
    assert "EAAtopsecret" not in repr(sandbox.requests)


# Faults


@pytest.mark.parametrize("applied", [False, True])
def test_a_fault_strikes_one_field(caller: Caller, sandbox: Sandbox, applied: bool) -> None:
    sandbox.inject(Fault("field-error", pixel="102", code=503, applied=applied, times=None))
    answer = send(caller, event("Lead", "101"), event("Lead", "102"), event("Lead", "103"))
    assert answer.status_code == 503
    payload = answer.json()
    (error,) = payload["errors"]
    assert (error["path"], error["message"]) == (
        ["f1", "updateEventFilter"],
        "Service Unavailable",
    )
    assert payload["data"]["f1"] == {"updateEventFilter": None}
    assert payload["data"]["f2"]["updateEventFilter"]["updatedFilter"]["pixelId"] == "103"
    held = {pixel for _, pixel in events(sandbox)}
    assert held == ({"101", "102", "103"} if applied else {"101", "103"})
    (record,) = sandbox.requests
    assert (record.applied, record.fault) == (applied, "field-error")
    assert [(field.applied, field.code, field.fault) for field in record.fields] == [
        (True, None, None),
        (applied, 503, "field-error"),
        (True, None, None),
    ]


def test_one_field_says_that_it_failed(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("no-success", "updateDomainFilter"))
    answer = send(caller, event("Lead"), domain("a.com"), domain("b.com"))
    assert answer.status_code == 200
    results = answer.json()["data"]
    assert results["f1"] == {"updateDomainFilter": {"updatedFilter": None}}
    assert results["f2"]["updateDomainFilter"]["updatedFilter"]["domain"] == "b.com"
    assert list(sandbox.state.domain_filters()) == [(A, "b.com", None)]
    assert [field.applied for field in sandbox.requests[0].fields] == [True, False, True]


def test_faults_of_fields_count_fields(caller: Caller, sandbox: Sandbox) -> None:
    def codes(count: int) -> list[int | None]:
        send(caller, *(event(f"E{number}") for number in range(count)))
        return [field.code for field in sandbox.requests[-1].fields]

    sandbox.inject(Fault("field-error", "updateEventFilter", after=2, times=2))
    assert codes(3) == [None, None, 500]
    assert codes(3) == [500, None, None]
    sandbox.inject(Fault("field-error", times=None, every=2))
    assert codes(4) == [None, 500, None, 500]


def test_an_own_error_of_a_field_comes_first(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("field-error", applied=True, code=503, times=None))
    send(caller, event(" "), event("Lead"))
    assert [(field.applied, field.code) for field in sandbox.requests[0].fields] == [
        (False, 400),
        (True, 503),
    ]


def test_a_whole_request_is_struck_for_one_of_its_fields(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault.status(429, operation="updateDomainFilter", times=None))
    assert send(caller, event("Lead"), domain("a.com")).status_code == 429
    assert send(caller, event("Lead"), event("Search")).status_code == 200
    sandbox.inject(Fault.status(502, operation="updateEventFilter", pixel="102", times=None))
    assert send(caller, event("Lead", "101"), delete("102")).status_code == 404
    assert send(caller, event("Lead", "101"), event("Lead", "102")).status_code == 502


def test_the_first_rule_decides_what_strikes(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("field-error", "updateEventFilter"))
    sandbox.inject(Fault.status(429))
    sandbox.inject(Fault("field-error", "updateEventFilter", code=503))
    send(caller, event("Lead"), event("Search"))
    assert [field.code for field in sandbox.requests[0].fields] == [500, 503]
    assert send(caller, event("Lead")).status_code == 429
    assert send(caller, event("Lead")).status_code == 200


def test_a_single_field_can_be_struck_too(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("field-error", "list", code=500))
    answer = caller.send("list")
    assert (answer.status_code, answer.json()["data"]) == (
        500,
        {"tenantQueries": {"account": None}},
    )
    assert caller.send("list").status_code == 200


@pytest.mark.parametrize("applied", [False, True])
def test_the_token_request_can_be_struck_too(
    caller: Caller, sandbox: Sandbox, applied: bool
) -> None:
    sandbox.inject(Fault("field-error", "token", code=503, applied=applied))
    assert caller.ask_token().status_code == 503
    (record,) = sandbox.requests
    assert (record.applied, record.fault, record.fields[0].path) == (applied, "field-error", ())


@pytest.mark.parametrize("kind", ["reset", "hang-up", "truncated"])
@pytest.mark.parametrize("count", [0, 1, 2, None])
def test_the_gateway_ends_in_the_middle_of_a_document(
    caller: Caller, sandbox: Sandbox, kind: Any, count: int | None
) -> None:
    sandbox.inject(Fault(kind, applied=True, applied_fields=count))
    with pytest.raises(httpx.TransportError):
        send(caller, event("A"), event("B"), event("C"))
    names = ["A", "B", "C"][:count]
    assert [name for name, _ in events(sandbox)] == names
    (record,) = sandbox.requests
    assert [field.applied for field in record.fields] == [name in names for name in "ABC"]
    assert record.applied is (count is None)


def test_results_of_aliased_fields_are_missing(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.inject(Fault("missing-fields"))
    answer = send(caller, event("Lead"), delete("101"))
    assert answer.json() == {
        "data": {"f0": {"updateEventFilter": {}}, "f1": {"signalMutations": {}}}
    }

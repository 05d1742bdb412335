"""Each switch of the dialect, as a client sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_capig.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Caller

    Speak = Callable[..., None]


@pytest.fixture
def speak(sandbox: Sandbox) -> Callable[..., None]:
    def change(**switches: Any) -> None:
        sandbox.dialect = replace(sandbox.dialect, **switches)

    return change


# Token endpoint


@pytest.mark.parametrize("refusal", [400, 415])
def test_one_body_encoding(caller: Caller, speak: Speak, refusal: int) -> None:
    speak(token_body="multipart", token_body_refusal=refusal)
    assert caller.ask_token().status_code == refusal
    speak(token_body="urlencoded")
    assert caller.ask_token().status_code == 200
    form = {"client_id": (None, caller.sandbox.client_id)}
    assert caller.http.post("/clients/token", files=form).status_code == refusal


@pytest.mark.parametrize(
    ("response", "keys"),
    [("token", {"token"}), ("access_token", {"access_token"}), ("both", {"token", "access_token"})],
)
def test_token_response(caller: Caller, speak: Speak, response: str, keys: set[str]) -> None:
    speak(token_response=response)
    answer = caller.ask_token().json()
    assert set(answer) == keys
    speak(token_expires_in=True, token_lifetime=5)
    assert caller.ask_token().json()["expires_in"] == 5


def test_new_token_revokes_older(caller: Caller, speak: Speak) -> None:
    caller.ask_token()
    assert caller.send("list").status_code == 200
    speak(token_revokes_older=True)
    caller.ask_token()
    assert caller.send("list").status_code == 401


# Carriers of errors


def test_bad_bearer_in_errors(caller: Caller, speak: Speak) -> None:
    speak(auth_carrier="errors")
    caller.http.headers["authorization"] = "Bearer wrong"
    answer = caller.send("list")
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"] == {"code": 401}


def test_operation_error_in_errors(caller: Caller, speak: Speak) -> None:
    speak(error_carrier="errors")
    answer = caller.send("deleteDataSource", id="404")
    assert answer.status_code == 200
    (entry,) = answer.json()["errors"]
    assert entry["extensions"] == {"code": 404}
    assert entry["path"] == ["tenantMutations", "signalMutations", "deleteDataSource"]
    refused = caller.post("{ unheardOf }")
    assert refused.status_code == 200
    assert "unheardOf" in refused.json()["errors"][0]["message"]


def test_operation_error_as_text(caller: Caller, speak: Speak) -> None:
    speak(error_carrier="text")
    answer = caller.send("deleteDataSource", id="404")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/plain"
    assert answer.text == "Not Found: Pixel 404 not found"
    assert caller.post("{ unheardOf }").status_code == 400


@pytest.mark.parametrize("key", ["code", "status", "statusCode", "errorCode", "classification"])
@pytest.mark.parametrize(("form", "code"), [("number", 404), ("string", "404")])
def test_code_in_extensions(
    caller: Caller, speak: Speak, key: str, form: str, code: object
) -> None:
    speak(error_code_key=key, error_code_form=form)
    (entry,) = caller.send("deleteDataSource", id="404").json()["errors"]
    assert entry["extensions"] == {key: code}


def test_code_elsewhere(caller: Caller, speak: Speak) -> None:
    speak(error_code_key="message")
    (entry,) = caller.send("deleteDataSource", id="404").json()["errors"]
    assert entry["message"] == "404: Pixel 404 not found"
    assert "extensions" not in entry
    speak(error_code_key="none")
    answer = caller.send("deleteDataSource", id="404")
    (entry,) = answer.json()["errors"]
    assert (answer.status_code, entry["message"]) == (404, "Pixel 404 not found")
    assert "extensions" not in entry


@pytest.mark.parametrize(
    ("uncovered", "status", "errors"),
    [("status", 418, False), ("errors", 200, True), ("both", 418, True)],
)
def test_covered_operations_marked_as_uncovered(
    caller: Caller,
    sandbox: Sandbox,
    speak: Speak,
    uncovered: str,
    status: int,
    errors: bool,
    operation: str,
    arguments: dict[str, Any],
) -> None:
    sandbox.connect("101")
    speak(covered_answers_418=True, uncovered=uncovered)
    answer = caller.send(operation, **arguments)
    assert answer.status_code == status
    assert answer.json()["data"] is not None
    assert ("errors" in answer.json()) is errors
    (record,) = sandbox.requests
    assert record.applied


def test_what_is_not_played_in_errors(caller: Caller, speak: Speak) -> None:
    speak(uncovered="errors")
    answer = caller.post(
        'mutation { tenantMutations(tenantId: "SandboxA") { dataSourceMutations {'
        ' updateGatewayPixelConfig(pixelId: "101") { id } } } }'
    )
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"] == {"code": 418}


# Connections


def test_second_setup_resets_switches(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    sandbox.connect("101", receiving=False, publishing=False)
    speak(second_setup="resets-switches")
    status = caller.setup("101")["connectionStatus"]
    assert (status["eventBridgeActive"], status["publishingEnabled"]) == (True, True)


def test_second_setup_refused(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    held = sandbox.connect("101")
    speak(second_setup="400")
    assert caller.try_setup("101").status_code == 400
    assert sandbox.state.pixel("SandboxA", "101") == held


def test_second_setup_without_name(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    sandbox.connect("101", name="Shop")
    speak(second_setup_unnamed="keeps")
    assert caller.setup("101")["connectionStatus"]["pixelName"] == "Shop"
    speak(second_setup_unnamed="clears")
    assert caller.setup("101")["connectionStatus"]["pixelName"] is None


def test_second_setup_forgets_filters(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    caller.setup("101")
    for habit, state in (("keeps", "DROP"), ("forgets", "PUBLISH")):
        speak(second_setup_filters=habit)
        caller.event("DROP", ["101"])
        caller.setup("101")
        assert sandbox.state.effective_event("SandboxA", "Lead", "101") == state


def test_pixel_of_another_account(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    sandbox.connect("101", tenant="SandboxB")
    speak(foreign_pixel="400")
    assert caller.try_setup("101").status_code == 400
    speak(foreign_pixel="allowed")
    caller.setup("101")
    speak(foreign_pixel="400")
    caller.setup("101")


def test_list_without_connection_id(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    sandbox.connect("101")
    speak(list_connection_id=False)
    (config,) = caller.run("list")["signalConfigs"]
    assert config["connectionId"] is None
    assert config["id"] == "SignalConfig:101"


def test_list_of_an_unknown_account(caller: Caller, speak: Speak) -> None:
    speak(unknown_tenant="account-null")
    assert caller.run("list", tenantId="Nobody00") is None
    speak(unknown_tenant="signal-configs-null")
    assert caller.run("list", tenantId="Nobody00")["signalConfigs"] is None
    assert caller.send("deleteDataSource", tenantId="Nobody00", id="1").status_code == 401


@pytest.mark.parametrize(
    ("unset", "after_setup", "listed"),
    [("sample", None, ""), ("empty", "", ""), ("null", None, None)],
)
def test_unset_pixel_name(
    caller: Caller, speak: Speak, unset: str, after_setup: object, listed: object
) -> None:
    speak(unset_pixel_name=unset)
    assert caller.setup("101")["connectionStatus"]["pixelName"] == after_setup
    assert caller.listed()["101"]["pixelName"] == listed


def test_switch_of_an_unknown_pixel(caller: Caller, speak: Speak) -> None:
    for operation in ("updateSignalConfigEventsStatus", "updateSignalConfigCapiPublish"):
        speak(switch_unknown_pixel="null-status")
        result = caller.run(operation, id="404", input={"status": 1})
        assert result == {"success": True, "connectionStatus": None}
        speak(switch_unknown_pixel="no-success")
        result = caller.run(operation, id="404", input={"status": 1})
        assert result == {"success": False, "connectionStatus": None}


def test_odd_status(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    sandbox.connect("101", receiving=False)
    odd = {"id": "101", "input": {"status": 2}}
    assert caller.send("updateSignalConfigEventsStatus", **odd).status_code == 400
    speak(odd_status="on")
    status = caller.run("updateSignalConfigEventsStatus", **odd)["connectionStatus"]
    assert status["eventBridgeActive"] is True


def test_active(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    sandbox.connect("101", publishing=False)
    assert caller.listed()["101"]["active"] is False
    speak(active="receiving")
    assert caller.listed()["101"]["active"] is True


def test_setup_without_status(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    speak(setup_status_null=True)
    config = caller.setup("101")
    assert (config["id"], config["connectionStatus"]) == ("SignalConfig:101", None)
    assert list(caller.listed()) == ["101"]


def test_older_schema(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    sandbox.connect("101")
    speak(unknown_fields=frozenset({"ConnectionStatus.badToken"}))
    answer = caller.send("list")
    assert answer.status_code == 400
    assert "badToken" in answer.json()["errors"][0]["message"]
    assert caller.run("updateSignalConfigEventsStatus", id="101", input={"status": 1})["success"]
    speak(unknown_fields=frozenset({"PixelConnectionCreationInput.name"}))
    answer = caller.try_setup("101", name="Shop")
    assert (answer.status_code, "name" in answer.text) == (400, True)
    assert caller.try_setup("101").status_code == 200


def test_older_schema_without_an_argument(caller: Caller, speak: Speak) -> None:
    assert caller.send("list", timeWindow=5).status_code == 200
    speak(unknown_fields=frozenset({"TenantQueries.account.timeWindowMin"}))
    answer = caller.send("list", timeWindow=5)
    assert (answer.status_code, "timeWindowMin" in answer.text) == (400, True)
    assert caller.post('{ tenantQueries(tenantId: "SandboxA") { account { name } } }').is_success


def test_bad_tokens(caller: Caller, speak: Speak) -> None:
    speak(bad_tokens=frozenset({"EAAbad"}))
    status = caller.setup("101", accessToken="EAAbad")["connectionStatus"]
    assert (status["badToken"], status["apiErrorCode"]) == (True, "190.460")
    assert status["accessTokenAvailable"] is True
    status = caller.setup("101", accessToken="EAAgood")["connectionStatus"]
    assert (status["badToken"], status["apiErrorCode"]) == (False, None)


def test_counters(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    sandbox.connect("101", total_events_received=3.0)
    assert '"totalEventsReceived": 3.0' in caller.send("list").text
    speak(counters="int")
    assert '"totalEventsReceived": 3}' in caller.send("list").text.replace(", ", "}, ")


# Filters


@pytest.mark.parametrize(
    ("several", "pixel", "state"),
    [("first", "102", "DROP"), ("null", None, "DROP"), ("mixed", None, "MIXED")],
)
def test_echo_of_several_pixels(
    caller: Caller, sandbox: Sandbox, speak: Speak, several: str, pixel: object, state: str
) -> None:
    for connected in ("101", "102", "103"):
        sandbox.connect(connected)
    speak(filter_echo_several=several)
    updated = caller.event("DROP", ["102", "101"])["updatedFilter"]
    assert (updated["pixelId"], updated["filterState"]) == (pixel, state)
    assert updated["id"] == f"EventFilter:Lead:{pixel or 'global'}"
    updated = caller.event("DROP", ["103"])["updatedFilter"]
    assert (updated["pixelId"], updated["filterState"]) == ("103", "DROP")
    updated = caller.event("DROP", ["101", "102", "103"])["updatedFilter"]
    assert updated["filterState"] == "DROP"


def test_echo_without_id(caller: Caller, speak: Speak) -> None:
    speak(filter_echo_id=False)
    assert caller.event("DROP")["updatedFilter"]["id"] is None


@pytest.mark.parametrize("part", ["id", "eventName", "pixelId", "filterState"])
def test_echo_without_parts(caller: Caller, speak: Speak, part: str) -> None:
    speak(filter_echo_missing=frozenset({part}))
    updated = caller.event("DROP", ["101"])["updatedFilter"]
    assert [key for key, value in updated.items() if value is None] == [part]


def test_no_echo(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    speak(filter_echo_missing=frozenset({"updatedFilter"}))
    assert caller.event("DROP") == {"updatedFilter": None}
    assert sandbox.state.event_filters() == {("SandboxA", "Lead", None): "DROP"}


def test_filter_of_an_unknown_pixel(caller: Caller, sandbox: Sandbox, speak: Speak) -> None:
    assert caller.event("DROP", ["404"])["updatedFilter"]["pixelId"] == "404"
    speak(filter_unknown_pixel="404")
    sandbox.connect("101")
    given = {"eventName": "Search", "pixelIds": ["101", "404"], "filterState": "DROP"}
    assert caller.send("updateEventFilter", input=given).status_code == 404
    assert ("SandboxA", "Search", "101") not in sandbox.state.event_filters()

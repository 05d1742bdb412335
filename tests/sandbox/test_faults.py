"""Each fault, as a plain HTTP client sees it, and what it leaves in the gateway."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, get_args

import httpx
import pytest

from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from pulumi_capig.sandbox.faults import FaultKind

if TYPE_CHECKING:
    from conftest import Caller

BRANCHES = {
    "userMutations",
    "signalMutations",
    "dataPipelineMutations",
    "dataSourceMutations",
    "dataDestinationMutations",
}


def connected(sandbox: Sandbox, pixel: str = "101") -> bool:
    return sandbox.state.pixel("SandboxA", pixel) is not None


def give_up(caller: Caller) -> None:
    """Sends a setup that the gateway does not answer while its client is there."""
    caller.http.timeout = httpx.Timeout(20, read=0.1)
    with pytest.raises(httpx.ReadTimeout):
        caller.try_setup()


# The connection


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize(
    ("kind", "error"), [("reset", httpx.ReadError), ("hang-up", httpx.RemoteProtocolError)]
)
def test_no_answer(
    caller: Caller, sandbox: Sandbox, kind: Any, error: type[Exception], applied: bool
) -> None:
    sandbox.inject(Fault(kind, "setupPixelSignalConfig", applied=applied))
    with pytest.raises(error):
        caller.try_setup()
    assert connected(sandbox) is applied
    (record,) = sandbox.requests
    assert (record.status, record.applied, record.fault) == (None, applied, kind)
    assert caller.try_setup().status_code == 200


@pytest.mark.parametrize("kind", ["reset", "hang-up", "truncated"])
def test_every_operation_can_lose_its_answer(
    caller: Caller, sandbox: Sandbox, kind: Any, operation: str, arguments: dict[str, Any]
) -> None:
    sandbox.connect("101")
    sandbox.inject(Fault(kind, operation))
    with pytest.raises(httpx.TransportError):
        caller.send(operation, **arguments)
    assert [record.operation for record in sandbox.requests] == [operation]


def test_the_token_request_can_fail_too(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("reset", "token"))
    with pytest.raises(httpx.ReadError):
        caller.ask_token()
    sandbox.inject(Fault.status(503, operation="token"))
    assert caller.ask_token().status_code == 503
    sandbox.inject(Fault("no-success", "token"))
    assert caller.ask_token().json() == {}
    assert "token" in caller.ask_token().json()


def test_truncated(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("truncated", "setupPixelSignalConfig"))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        caller.try_setup()
    assert connected(sandbox)


def test_slow_before_the_write_lets_the_client_prevent_it(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("slow", "setupPixelSignalConfig"))
    give_up(caller)
    sandbox.wait_for("setupPixelSignalConfig", ended=True)
    assert not connected(sandbox)


def test_slow_after_the_write(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("slow", "setupPixelSignalConfig", applied=True))
    give_up(caller)
    assert connected(sandbox)


def test_late_write_happens_after_the_client_has_left(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("late", "setupPixelSignalConfig"))
    give_up(caller)
    sandbox.wait_for("setupPixelSignalConfig", ended=True)
    assert connected(sandbox)


@pytest.mark.parametrize("kind", ["slow", "late"])
def test_slow_for_a_while(caller: Caller, sandbox: Sandbox, kind: Any) -> None:
    sandbox.inject(Fault(kind, "setupPixelSignalConfig", seconds=0.05))
    answer = caller.try_setup()
    assert answer.status_code == 200
    assert answer.elapsed >= timedelta(seconds=0.05)
    assert connected(sandbox)


# HTTP status


@pytest.mark.parametrize("status", [400, 403, 404, 408, 429, 500, 502, 503, 599])
@pytest.mark.parametrize("applied", [False, True])
def test_status(caller: Caller, sandbox: Sandbox, status: int, applied: bool) -> None:
    sandbox.inject(Fault.status(status, applied=applied, operation="setupPixelSignalConfig"))
    answer = caller.try_setup()
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"] == {"code": status}
    assert connected(sandbox) is applied


def test_status_with_a_page(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(FAULTS["502-page"].on("list"))
    answer = caller.send("list")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    sandbox.inject(FAULTS["200-page"].on("list"))
    answer = caller.send("list")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html")


def test_retry_after(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(FAULTS["429-seconds"].on("list"))
    assert caller.send("list").headers["retry-after"] == "1"
    sandbox.inject(Fault.status(429, retry_after=timedelta(hours=1), operation="list"))
    until = parsedate_to_datetime(caller.send("list").headers["retry-after"])
    assert timedelta(minutes=59) < until - datetime.now(timezone.utc) <= timedelta(hours=1)
    sandbox.inject(Fault.status(503, retry_after="soon", operation="list"))
    assert caller.send("list").headers["retry-after"] == "soon"


def test_unauthorized_once_and_for_ever(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(FAULTS["401-once"].on("list"))
    assert [caller.send("list").status_code for _ in range(2)] == [401, 200]
    sandbox.inject(FAULTS["401-for-ever"].on("list"))
    caller.log_in()
    assert [caller.send("list").status_code for _ in range(3)] == [401, 401, 401]
    sandbox.clear_faults()
    assert caller.send("list").status_code == 200


def test_token_expires_in_the_middle(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("token-expired", after=1))
    assert [caller.send("list").status_code for _ in range(3)] == [200, 401, 401]
    caller.log_in()
    assert caller.send("list").status_code == 200


def test_uncovered(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(FAULTS["418-with-data"].on("setupPixelSignalConfig"))
    answer = caller.try_setup()
    assert answer.status_code == 418
    config = answer.json()["data"]["tenantMutations"]["signalMutations"]["setupPixelSignalConfig"]
    assert config["connectionId"] == "101"
    assert connected(sandbox)


def test_redirect(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("redirect", "list"))
    answer = caller.send("list")
    assert answer.status_code == 302
    assert httpx.URL(answer.headers["location"]).host == "elsewhere.invalid"


# HTTP 200


def test_errors(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("errors", "setupPixelSignalConfig", code=403))
    answer = caller.try_setup()
    assert answer.status_code == 200
    assert answer.json()["data"] is None
    assert answer.json()["errors"][0]["extensions"] == {"code": 403}
    assert not connected(sandbox)


def test_data_null(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(FAULTS["200-data-null"].on("setupPixelSignalConfig"))
    assert caller.try_setup().json() == {"data": None}
    assert not connected(sandbox)
    sandbox.inject(FAULTS["200-data-null-after-write"].on("setupPixelSignalConfig"))
    assert caller.try_setup().json() == {"data": None}
    assert connected(sandbox)


FAILED: dict[str, Any] = {
    "setupPixelSignalConfig": None,
    "deleteDataSource": False,
    "list": None,
    "updateSignalConfigEventsStatus": {"success": False, "connectionStatus": None},
    "updateSignalConfigCapiPublish": {"success": False, "connectionStatus": None},
    "updateEventFilter": {"updatedFilter": None},
    "updateDomainFilter": {"updatedFilter": None},
    "eventMetrics": None,
    "dataSourcesQuery": None,
    "dataDestinationsQuery": None,
    **dict.fromkeys(
        (
            "createPipeline",
            "pipeline",
            "updatePipeline",
            "deletePipeline",
            "updatePipelineFilter",
            "updatePipelineDestinationFilter",
            "createDataSourceForPipeline",
            "updateDataSource",
            "dataSourceMutations.deleteDataSource",
            "createGatewayPixelHeaderCode",
            "createDataDestination",
            "updateDataDestination",
            "deleteDataDestination",
        )
    ),
    "updateDataDestinationCapiConfig": False,
    "updateDataDestinationHttpConfig": False,
    "createTenant": {"tenant": None},
    "tenant": None,
    "updateTenant": {"tenant": None},
    "deleteTenant": False,
    "tenantUsage": None,
    "addUserWithRole": {"userAlreadyExist": None, "invitationLink": None, "user": None},
    "changeRoleForUser": {"user": None},
    "sendInvitation": None,
    "ingressDomain": None,
    "upsertIngressDomain": None,
}


def test_no_success(
    caller: Caller, sandbox: Sandbox, operation: str, arguments: dict[str, Any]
) -> None:
    sandbox.connect("101")
    before = sandbox.state.history
    sandbox.inject(Fault("no-success", operation))
    assert caller.run(operation, **arguments) == FAILED[operation]
    assert sandbox.state.history == before
    assert [record.applied for record in sandbox.requests] == [False]


def test_not_json(caller: Caller, sandbox: Sandbox) -> None:
    for fault in (Fault("not-json", "list"), Fault("cut-json", "list")):
        sandbox.inject(fault)
        answer = caller.send("list")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            answer.json()


def test_unknown_fields(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.inject(Fault("unknown-fields", "list"))
    payload = caller.send("list").json()
    account = payload["data"]["tenantQueries"]["account"]
    (config,) = account["signalConfigs"]
    for place in (payload, account, config, config["connectionStatus"]):
        assert place["unheardOf"]["text"] == "new"
    assert config["connectionStatus"]["pixelID"] == "101"


def test_missing_fields(
    caller: Caller, sandbox: Sandbox, operation: str, arguments: dict[str, Any]
) -> None:
    sandbox.connect("101")
    sandbox.inject(Fault("missing-fields", operation))
    data = caller.send(operation, **arguments).json()["data"]
    for name in ("tenantMutations", "tenantQueries", *sorted(BRANCHES)):
        data = data.get(name, data)
    assert data in ({}, {operation: {}}, {"account": {}})


def test_named_fields_are_missing(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.inject(Fault("missing-fields", "list", fields=("connectionStatus", "status")))
    account = caller.run("list")
    assert set(account) == {"name", "signalConfigs"}
    assert set(account["signalConfigs"][0]) == {"id", "connectionId", "dataSetType", "domains"}


def test_wrong_types(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("wrong-types", "setupPixelSignalConfig"))
    config = caller.setup()
    assert config["id"] == {"unexpected": True}
    assert config["domains"] == "none"
    assert config["connectionStatus"]["active"] == "unexpected"
    assert connected(sandbox)


def test_huge(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("huge", "list", size=3_000_000))
    answer = caller.send("list")
    assert len(answer.content) > 3_000_000
    assert answer.json()["data"]["tenantQueries"]["account"]["signalConfigs"] == []


# Which requests


def test_rules_choose_requests(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.connect("102")
    sandbox.inject(Fault.status(503, operation="deleteDataSource", pixel="102"))
    assert caller.run("deleteDataSource", id="101") is True
    assert caller.send("deleteDataSource", id="102").status_code == 503
    sandbox.inject(Fault.status(503, operation="updateEventFilter", pixel="102", times=None))
    given = {"eventName": "Lead", "filterState": "DROP"}
    for pixels, status in [(["101"], 200), (["101", "102"], 503), (None, 200)]:
        answer = caller.send("updateEventFilter", input={**given, "pixelIds": pixels})
        assert answer.status_code == status


def test_rules_choose_accounts_and_groups(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault.status(503, operation=("list", "token"), tenant="SandboxB", times=None))
    assert caller.send("list").status_code == 200
    assert caller.send("list", tenantId="SandboxB").status_code == 503
    assert caller.ask_token().status_code == 200


def test_rules_count(caller: Caller, sandbox: Sandbox) -> None:
    def answers(count: int) -> list[int]:
        return [caller.send("list").status_code for _ in range(count)]

    sandbox.inject(Fault.status(429, times=2))
    assert answers(4) == [429, 429, 200, 200]
    sandbox.inject(Fault.status(429, times=1, after=2))
    assert answers(4) == [200, 200, 429, 200]
    sandbox.inject(Fault.status(429, times=None, every=3))
    assert answers(6) == [200, 200, 429, 200, 200, 429]


def test_first_of_several_rules_strikes(caller: Caller, sandbox: Sandbox) -> None:
    sandbox.inject(Fault.status(500))
    sandbox.inject(Fault.status(503))
    assert [caller.send("list").status_code for _ in range(3)] == [500, 503, 200]


def test_catalogue_is_aimed(caller: Caller, sandbox: Sandbox) -> None:
    for fault in FAULTS.values():
        aimed = fault.on("deleteDataSource", times=1)
        assert (aimed.kind, aimed.operation, aimed.times) == (fault.kind, "deleteDataSource", 1)
        sandbox.inject(aimed)
    assert caller.send("list").status_code == 200


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown fault 'meteor'; known are "):
        Fault("meteor")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="needs a gate"):
        Fault("hold")


AT_ONCE = sorted(set(get_args(FaultKind)) - {"slow", "late", "hold", "huge"})


@pytest.mark.parametrize("kind", AT_ONCE)
def test_every_kind_strikes_every_operation(
    caller: Caller, sandbox: Sandbox, kind: Any, operation: str, arguments: dict[str, Any]
) -> None:
    sandbox.connect("101")
    sandbox.inject(Fault(kind, operation))
    with suppress(httpx.TransportError):
        caller.send(operation, **arguments)
    (record,) = sandbox.requests
    assert (record.operation, record.fault) == (operation, kind)
    caller.log_in()
    assert caller.send("list", tenantId="SandboxB").status_code == 200

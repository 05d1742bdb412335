"""The sandbox in a process of its own, and its JSON endpoints."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from pulumi_capig import _origin
from pulumi_capig.sandbox import Sandbox

if TYPE_CHECKING:
    from conftest import Caller

COMMAND = [sys.executable, "-W", "error", "-m", "pulumi_capig.sandbox"]


class Process:
    """A running `python -m pulumi_capig.sandbox`, from its first four lines on."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline() for _ in range(4)]
        self.environment = dict(
            shlex.split(line)[1].split("=", 1) for line in self.lines if line.strip()
        )

    def end(self, number: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def standalone() -> Iterator[Process]:
    running = Process()
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGTERM)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_a_signal(standalone: Process, number: signal.Signals) -> None:
    assert [line.split("=")[0] for line in standalone.lines] == [
        "export CAPIG_GATEWAY",
        "export CAPIG_CLIENT_ID",
        "export CAPIG_CLIENT_SECRET",
        "export CAPIG_TENANT_ID",
    ]
    environment = standalone.environment
    form = {
        "client_id": environment["CAPIG_CLIENT_ID"],
        "client_secret": environment["CAPIG_CLIENT_SECRET"],
        "grant_type": "client_credentials",
    }
    with httpx.Client(base_url=environment["CAPIG_GATEWAY"]) as http:
        token = http.post("/clients/token", data=form).json()["token"]
        query = '{ tenantQueries(tenantId: "SandboxA") { account { name } } }'
        headers = {"authorization": f"Bearer {token}"}
        answer = http.post("/capig/graphql/", json={"query": query}, headers=headers)
        account = {"name": "Tenant for SandboxA"}
        assert answer.json() == {"data": {"tenantQueries": {"account": account}}}
        code, out, err = standalone.end(number)
    assert (code, out) == (0, "")
    assert environment["CAPIG_GATEWAY"] in err
    assert "Traceback" not in err


def test_options(sandbox: Sandbox) -> None:
    running = Process("--account", "First000", "--account", "Second00", "--latency", "1")
    try:
        assert running.environment["CAPIG_TENANT_ID"] == "First000"
        state = httpx.get(running.environment["CAPIG_GATEWAY"] + "/sandbox/state").json()
        assert [account["id"] for account in state["accounts"]] == ["First000", "Second00"]
    finally:
        running.end(signal.SIGTERM)


def test_a_taken_port_is_one_line(sandbox: Sandbox) -> None:
    port = str(httpx.URL(sandbox.url).port)
    done = subprocess.run([*COMMAND, "--port", port], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.endswith(f"cannot listen on port {port}: Address already in use")


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--port=70000", "a port is a number from 0 to 65535"),
        ("--port=-1", "a port is a number from 0 to 65535"),
        ("--port=http", "argument --port: invalid int value: 'http'"),
        ("--latency=-5", "the latency is a finite time, and not below 0"),
        ("--latency=nan", "the latency is a finite time, and not below 0"),
        ("--account=a/b", "an account id must not contain whitespace or '/'"),
        ("--account=", "an account id must not be empty"),
    ],
)
def test_a_wrong_argument_is_one_line(argument: str, said: str) -> None:
    done = subprocess.run([*COMMAND, argument], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"python -m pulumi_capig.sandbox: {said}\n"


def test_a_sandbox_has_an_account() -> None:
    with pytest.raises(ValueError, match="one account"):
        Sandbox(accounts=())


def test_it_needs_neither_the_client_nor_pulumi() -> None:
    program = (
        "import sys, pulumi_capig.sandbox.standalone; print({'httpx', 'pulumi'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("missing", ["starlette", "uvicorn", "graphql"])
def test_a_missing_extra_is_one_line(missing: str) -> None:
    program = f"""
import sys
sys.modules[{missing!r}] = None
from pulumi_capig.sandbox import Dialect
try:
    from pulumi_capig.sandbox import Sandbox
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    (line,) = done.stdout.splitlines()
    assert line.startswith(f"the sandbox needs {missing}")
    assert line.endswith(_origin.install("sandbox"))


# JSON endpoints


def test_state_is_shown_without_secrets(caller: Caller, sandbox: Sandbox) -> None:
    caller.setup("101", accessToken="EAAtopsecret", name="Shop")
    caller.event("DROP")
    answer = caller.http.get("/sandbox/state")
    shown = answer.json()
    account = shown["accounts"][0]
    assert (account["id"], account["pixels"][0]["name"]) == ("SandboxA", "Shop")
    assert account["effective_events"] == {"Lead": {"101": "DROP"}}
    assert shown["event_filters"] == [["SandboxA", "Lead", None, "DROP"]]
    assert [change["kind"] for change in shown["history"]] == ["pixel", "event_filter", "event"]
    assert [record["operation"] for record in shown["requests"]] == [
        "setupPixelSignalConfig", "updateEventFilter",
    ]  # fmt: skip
    assert shown["counters"]["connections"] == 1
    assert shown["dialect"]["account_wide"] == "rule-own-first"
    assert "EAAtopsecret" not in answer.text
    assert sandbox.counters.requests == {"setupPixelSignalConfig": 1, "updateEventFilter": 1}


def test_faults_by_json(caller: Caller) -> None:
    fault = {"kind": "status", "code": 429, "retry_after": 2, "operation": "list"}
    assert caller.http.post("/sandbox/faults", json=fault).status_code == 200
    answer = caller.send("list")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    caller.http.post("/sandbox/faults", json={"kind": "unauthorized", "times": None})
    assert caller.send("list").status_code == 401
    caller.http.delete("/sandbox/faults")
    assert caller.send("list").status_code == 200


def test_edits_by_json(caller: Caller, sandbox: Sandbox) -> None:
    path = "/sandbox/pixels/SandboxA/101"
    assert caller.http.post(path, json={"name": "Shop"}).status_code == 200
    assert caller.http.post(path, json={"publishing": False}).json()["name"] == "Shop"
    status = caller.listed()["101"]
    assert (status["pixelName"], status["publishingEnabled"]) == ("Shop", False)
    assert status["accessTokenAvailable"] is True
    assert caller.http.delete(path).status_code == 200
    assert caller.listed() == {}
    caller.http.post("/sandbox/dialect", json={"unknown_fields": ["Account.status"]})
    assert caller.send("list").status_code == 400
    assert sandbox.dialect.unknown_fields == {"Account.status"}
    caller.http.post("/sandbox/reset")
    caller.log_in()
    assert caller.send("list").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "faults", '{"kind": "meteor"}', "kind"),
        ("POST", "faults", '{"kind": "reset", "sometimes": 1}', "sometimes"),
        ("POST", "faults", "no JSON", "Expecting value"),
        ("POST", "dialect", '{"account_wide": "perhaps"}', "account_wide"),
        ("POST", "dialect", "[]", "mapping"),
        ("POST", "pixels/Nobody00/1", "{}", "Nobody00"),
        ("POST", "pixels/SandboxA/1", '{"colour": "red"}', "colour"),
        ("DELETE", "pixels/SandboxA/1", "", "not known: '1'"),
    ],
)
def test_wrong_edits_are_refused(
    caller: Caller, sandbox: Sandbox, method: str, path: str, body: str, said: str
) -> None:
    answer = caller.http.request(method, f"/sandbox/{path}", content=body)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert sandbox.state.history == []

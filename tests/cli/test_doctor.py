"""`capig doctor`: each thing that can stand in the way, and the fix it names."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path

import pytest

from pulumi_capig.cli import tools
from pulumi_capig.sandbox import Dialect, Fault, Sandbox
from tests.cli.conftest import Capig


def findings(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert "Traceback" not in done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith("FAIL ")]


@contextmanager
def website(*, page: str, date: str = "") -> Iterator[str]:
    """Something on loopback that is no gateway: answers each request with a page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(200)
            self.send_header("date", date or self.date_time_string())
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page.encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_all_is_well(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    done = capig("doctor")
    assert (done.returncode, findings(done), done.stderr) == (0, [], "")
    assert all(line.startswith(" ok  ") for line in done.stdout.splitlines())
    assert "account SandboxA: 1 pixel connected, managed by the host" in done.stdout
    assert "hub: answers to the same token" in done.stdout
    assert "hub schema: the gateway knows all documented fields of accounts" in done.stdout
    assert "clock: agrees with the gateway's" in done.stdout
    assert sandbox.client_secret not in done.stdout
    assert sandbox.counters.requests == {"token": 1, "list": 1, "tenant": 1}


def test_json(capig: Capig, sandbox: Sandbox) -> None:
    done = capig("doctor", "--json", "--tenant", "SandboxA", "--tenant", "Nobody00")
    assert done.returncode == 3
    checks = json.loads(done.stdout)
    assert [check["status"] for check in checks].count("gateway") == 1
    bad = next(check for check in checks if check["status"] != "good")
    assert bad["name"] == "account Nobody00"
    assert bad["fix"]
    assert {"Pulumi CLI", "Pulumi SDK", "settings", "gateway", "clock", "token", "schema"} <= {
        check["name"] for check in checks
    }


def test_settings(capig: Capig, sandbox: Sandbox) -> None:
    done = capig("doctor", CAPIG_GATEWAY="https://capig.example.com/hub", CAPIG_CLIENT_SECRET="")
    assert done.returncode == 2
    (line,) = findings(done)
    assert "CAPIG_GATEWAY" in line
    assert "CAPIG_CLIENT_SECRET" in line
    done = capig("doctor", CAPIG_TENANT_ID="")
    assert done.returncode == 2
    assert "CAPIG_TENANT_ID" in findings(done)[0]
    assert sandbox.counters.requests == {}


def test_unreachable(capig: Capig) -> None:
    done = capig("doctor", CAPIG_GATEWAY="http://127.0.0.1:9")
    assert done.returncode == 3
    (line,) = findings(done)
    assert line.startswith("FAIL gateway: cannot be reached")
    assert "Check CAPIG_GATEWAY" in line


def test_tls(capig: Capig, sandbox: Sandbox) -> None:
    done = capig("doctor", CAPIG_GATEWAY=sandbox.url.replace("http:", "https:"))
    assert done.returncode == 3
    (line,) = findings(done)
    assert line.startswith("FAIL TLS: ")
    assert "SSL_CERT_FILE" in line


@pytest.mark.parametrize("token", ["", "a-ready-token"])
def test_a_page_that_is_no_gateway(capig: Capig, token: str) -> None:
    way_in = {"CAPIG_TOKEN": token, "CAPIG_CLIENT_ID": "", "CAPIG_CLIENT_SECRET": ""}
    with website(page="<html>Welcome</html>") as url:
        done = capig("doctor", CAPIG_GATEWAY=url, **(way_in if token else {}))
    assert done.returncode == 3
    (line,) = findings(done)
    assert line.startswith("FAIL address: ")
    assert "text/html" in line
    assert "admin" in line


def test_a_page_without_end_is_not_waited_for(capig: Capig) -> None:
    release = threading.Event()

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            release.wait(60)

        def do_POST(self) -> None:
            release.set()
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        done = capig("doctor", CAPIG_GATEWAY=f"http://127.0.0.1:{server.server_port}")
        asked, _ = release.is_set(), release.set()
        server.shutdown()
        thread.join()
    assert asked, "the token was asked for while the page was still under way"
    assert " ok  gateway: answers" in done.stdout


@pytest.mark.parametrize("date", ["soon", f"Mon, 01 Jan 2024 00:00:00 +{10**16}"])
def test_a_time_that_cannot_be_read(capig: Capig, date: str) -> None:
    with website(page="<html>Welcome</html>", date=date) as url:
        done = capig("doctor", CAPIG_GATEWAY=url)
    assert "clock: not compared" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("ahead", [-36_000_000, 36_000_000])
def test_clock_skew(capig: Capig, sandbox: Sandbox, ahead: int) -> None:
    sandbox.clock_ahead = ahead
    done = capig("doctor")
    assert done.returncode == 1
    (line,) = findings(done)
    way = "behind" if ahead > 0 else "ahead of"
    assert re.match(r"FAIL clock: this machine is (3599|3600)\d{4} seconds", line)
    assert f"seconds {way} the gateway → Set the clock" in line


def test_a_wrong_secret(capig: Capig, sandbox: Sandbox) -> None:
    done = capig("doctor", CAPIG_CLIENT_SECRET="not-the-secret")
    assert done.returncode == 3
    (line,) = findings(done)
    assert line.startswith("FAIL token: the credentials were refused")
    assert "CAPIG_CLIENT_SECRET" in line
    assert "not-the-secret" not in done.stdout


def test_a_ready_token_that_is_spent(capig: Capig) -> None:
    done = capig("doctor", CAPIG_TOKEN="spent", CAPIG_CLIENT_ID="", CAPIG_CLIENT_SECRET="")
    assert done.returncode == 3
    assert "put a new one into CAPIG_TOKEN" in findings(done)[0]


@pytest.mark.parametrize("answer", ["401", "account-null", "signal-configs-null"])
def test_an_unknown_account(capig: Capig, sandbox: Sandbox, answer: str) -> None:
    sandbox.dialect = Dialect(unknown_tenant=answer)  # type: ignore[arg-type]
    done = capig("doctor", "--tenant", "SandboxA", "--tenant", "Nobody00")
    assert done.returncode == 3
    (line,) = findings(done)
    assert line.startswith("FAIL account Nobody00: unknown")
    assert "Check the id" in line


def test_accounts_are_asked_several_at_once_and_told_in_order(capig: Capig) -> None:
    names = [f"Account{number}" for number in (3, 1, 4, 0, 5, 9, 2, 6, 8, 7)]
    options = [option for name in names for option in ("--tenant", name)]
    with Sandbox(accounts=names) as many, ThreadPoolExecutor() as pool:
        with many.hold("list", times=None, after=1) as gate:
            running = pool.submit(capig, "doctor", *options, CAPIG_GATEWAY=many.url)
            gate.wait(8)
        done = running.result()
        assert many.counters.requests == {"token": 1, "list": 10, "tenant": 10}
    assert (done.returncode, findings(done)) == (0, [])
    assert re.findall(r"account (\w+):", done.stdout) == names


def test_no_way_in_is_found_once(capig: Capig, sandbox: Sandbox) -> None:
    done = capig("doctor", "--tenant", "A", "--tenant", "B", CAPIG_CLIENT_SECRET="wrong")
    assert len(findings(done)) == 1
    assert sandbox.counters.token_fetches == sandbox.counters.requests["token"] <= 2


def test_an_account_without_rights(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.inject(Fault.status(403, operation="list", times=None))
    done = capig("doctor")
    assert done.returncode == 3
    (line,) = findings(done)
    assert "the API account may not manage it" in line
    assert "managed by the host" in line


def test_an_older_schema(capig: Capig, sandbox: Sandbox) -> None:
    older = frozenset({"ConnectionStatus.badToken", "ConnectionStatus.targetId"})
    sandbox.dialect = replace(sandbox.dialect, unknown_fields=older)
    done = capig("doctor")
    assert done.returncode == 1
    (line,) = findings(done)
    assert line.startswith(
        "FAIL schema: older than the documented version: it lacks badToken, targetId"
    )
    assert "Update the gateway" in line


def test_an_account_that_the_host_does_not_manage(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.edit_account(managed=False)
    done = capig("doctor")
    assert done.returncode == 3
    (line,) = findings(done)
    assert line.startswith("FAIL account SandboxA: unknown, not managed by the host, or ")
    sandbox.dialect = replace(sandbox.dialect, unmanaged="401-writes")
    done = capig("doctor")
    assert (done.returncode, findings(done)) == (0, [])
    assert "account SandboxA: 0 pixels connected, not managed by the host" in done.stdout


@pytest.mark.parametrize("code", [401, 404])
def test_endpoints_that_disagree(capig: Capig, sandbox: Sandbox, code: int) -> None:
    tenants = ("--tenant", "SandboxA", "--tenant", "SandboxB")
    sandbox.inject(Fault("field-error", "tenant", tenant="SandboxA", code=code, times=None))
    done = capig("doctor", *tenants)
    assert done.returncode == 1
    (line,) = findings(done)
    assert line.startswith(
        f"FAIL account SandboxA: 0 pixels connected, but the hub does not show the account: "
        f"the gateway answered {code}"
    )
    sandbox.clear_faults()
    sandbox.inject(Fault("field-error", "list", tenant="SandboxB", code=401, times=None))
    done = capig("doctor", *tenants)
    assert done.returncode == 3
    (line,) = findings(done)
    assert line.startswith("FAIL account SandboxB: unknown, not managed by the host, or ")
    assert "; the hub knows it, managed by the host → " in line


def test_a_hub_that_refuses_all(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("field-error", "tenant", code=401, times=None))
    done = capig("doctor")
    assert done.returncode == 1
    assert "hub: answers, but shows none of these accounts" in done.stdout


def test_a_null_of_the_hub_is_a_finding(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.inject(Fault("no-success", "tenant", times=None))
    done = capig("doctor")
    assert done.returncode == 1
    assert "the hub does not show the account: the gateway answered null" in findings(done)[0]
    assert "hub: answers" in done.stdout


def test_a_hub_behind_a_firewall(capig: Capig, sandbox: Sandbox) -> None:
    page = "<html>Just a moment</html>"
    sandbox.inject(Fault.status(403, operation="tenant", body=page, times=None))
    done = capig("doctor")
    assert done.returncode == 3
    (line,) = findings(done)
    assert line.startswith("FAIL hub: the gateway answered 403")
    assert "/hub/graphql/" in line
    assert "account SandboxA: 0 pixels connected" in done.stdout


def test_an_older_hub(capig: Capig, sandbox: Sandbox) -> None:
    older = frozenset({"Tenant.availableRoles"})
    sandbox.dialect = replace(sandbox.dialect, unknown_fields=older)
    done = capig("doctor")
    assert done.returncode == 1
    (line,) = findings(done)
    assert line.startswith(
        "FAIL hub schema: older than the documented version: it lacks availableRoles"
    )


def test_a_cli_that_is_missing_or_too_old(capig: Capig, tmp_path: Path) -> None:
    fake = tmp_path / "pulumi"
    fake.write_text("#!/bin/sh\necho v3.9.1\n")
    done = capig("doctor", PATH=str(tmp_path))
    assert done.returncode == 1
    assert "no working pulumi on PATH → Install it: " in findings(done)[0]
    fake.chmod(0o755)
    done = capig("doctor", PATH=str(tmp_path))
    assert done.returncode == 1
    (line,) = findings(done)
    assert line.startswith(f"FAIL Pulumi CLI: 3.9.1 is too old, {tools.MINIMUM_CLI} is needed")
    assert "Upgrade it: " in line


def test_an_sdk_that_is_too_old(capig: Capig, tmp_path: Path) -> None:
    metadata = tmp_path / "older" / "pulumi-3.100.0.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: pulumi\nVersion: 3.100.0\n")
    done = capig("doctor", PYTHONPATH=str(metadata.parent.parent))
    assert done.returncode == 1
    (line,) = findings(done)
    assert line.startswith("FAIL Pulumi SDK: 3.100.0 is too old")
    assert f"{sys.executable} -m pip install --upgrade" in line


@pytest.mark.parametrize(
    ("found", "least", "older"),
    [
        ("3.216.0", "3.216.0", False),
        ("3.215.9", "3.216.0", True),
        ("3.1000.0", "3.216.0", False),
        ("3.217.0-alpha.1+g12", "3.216.0", False),
        ("v4", "3.216.0", False),
        ("", "3.216.0", True),
    ],
)
def test_versions_are_compared_by_their_numbers(found: str, least: str, older: bool) -> None:
    assert tools.is_older(found, least) is older

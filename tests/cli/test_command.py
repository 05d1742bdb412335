"""What all commands have in common."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from pulumi_capig import _origin, _version
from pulumi_capig.sandbox import Sandbox
from tests.cli.conftest import COMMAND, Capig, surroundings


def test_it_is_installed() -> None:
    command = Path(sys.executable).with_name("capig")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"capig {_version.__version__}\n"


def test_help_tells_the_settings_and_how_it_ends(capig: Capig) -> None:
    text = " ".join(capig("--help").stdout.split())
    commands = ("accounts", "comment", "doctor", "events", "export", "invite", "sandbox", "status")
    for said in (*commands, "unmanaged", "--stack"):
        assert said in text
    assert "0 good, 1 a finding, 2 usage or settings, 3 the gateway cannot be reached" in text


def test_help_imports_no_gateway_and_no_pulumi(capig: Capig) -> None:
    program = """
import sys
from pulumi_capig.cli.app import app
try:
    app(["--help"])
except SystemExit:
    pass
print({"httpx", "pydantic", "pulumi", "starlette"} & sys.modules.keys(), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr == "set()\n"


def test_completion_for_the_shell(capig: Capig) -> None:
    asked = {"_CAPIG_COMPLETE": "complete_bash", "COMP_WORDS": "capig st", "COMP_CWORD": "1"}
    assert capig(**asked).stdout.split() == ["status"]


@pytest.mark.parametrize(
    ("missing", "arguments", "extra"),
    [("typer", "status", "cli"), ("rich", "status", "cli"), ("starlette", "sandbox", "sandbox")],
)
def test_a_missing_extra_is_one_line(missing: str, arguments: str, extra: str) -> None:
    program = f"""
import sys
sys.modules[{missing!r}] = None
sys.argv = ["capig", {arguments!r}]
from pulumi_capig.cli import main
main()
"""
    environment = {**os.environ, "CAPIG_TENANT_ID": "A", "CAPIG_GATEWAY": "capig.example.com"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.endswith(_origin.install(extra))


def test_wrong_usage(capig: Capig, tmp_path: Path) -> None:
    assert capig("cure").returncode == 2
    assert capig("status", "--window", "0").returncode == 2
    for arguments, environment, said in (
        (["status"], {"CAPIG_TENANT_ID": ""}, "CAPIG_TENANT_ID"),
        (["status"], {"CAPIG_TENANT_ID": "a/b"}, "Correct the environment variable"),
        (["status"], {"CAPIG_CLIENT_SECRET": ""}, "Set the environment variable"),
        (["status"], {"CAPIG_CLIENT_SECRET": "file:/nope"}, "/nope cannot be read: No such file"),
        (["status"], {"CAPIG_CLIENT_SECRET": "\udcff"}, "CAPIG_CLIENT_SECRET: "),
        (["export", "--tenant", "a b"], {}, "--tenant: an account id must not contain whitespace"),
        (["status", "--tenant", "a/b"], {}, "Check the id"),
        (["status", "--tenants", "absent.txt"], {}, "absent.txt cannot be read"),
        (["status", "--tenants", "absent.txt"], {}, "Check the path"),
        (["export", "--pixels", "pixels.csv"], {}, "are used together"),
    ):
        done = capig(*arguments, **environment)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert "Traceback" not in done.stderr
        assert "capig:" not in done.stderr.removeprefix("capig: ")
        option = next((word for word in arguments if word.startswith("--t")), None)
        assert option is None or "environment" not in done.stderr


def test_settings_are_named_as_the_environment_names_them(capig: Capig) -> None:
    done = capig("status", CAPIG_GATEWAY="", CAPIG_CLIENT_ID="", CAPIG_CLIENT_SECRET="")
    assert done.stderr.splitlines()[0] == (
        "capig: the gateway's address is missing (CAPIG_GATEWAY); credentials are missing "
        "(CAPIG_CLIENT_ID and CAPIG_CLIENT_SECRET, or a ready token in CAPIG_TOKEN)"
    )


def test_with_nothing_set_everything_that_is_missing_is_named(capig: Capig) -> None:
    variables = ("CAPIG_GATEWAY", "CAPIG_CLIENT_ID", "CAPIG_CLIENT_SECRET", "CAPIG_TENANT_ID")
    for command in ("status", "export"):
        what, advice = capig(command, **dict.fromkeys(variables, "")).stderr.splitlines()
        assert what == (
            "capig: the gateway's address is missing (CAPIG_GATEWAY); credentials are missing "
            "(CAPIG_CLIENT_ID and CAPIG_CLIENT_SECRET, or a ready token in CAPIG_TOKEN); no "
            "account is named (--tenant, --tenants, or CAPIG_TENANT_ID)"
        )
        assert "--stack" in advice


WRONG_SURROUNDINGS = [
    ("SSL_CERT_FILE", "/nope"),
    ("SSL_CERT_FILE", "/dev/null"),
    ("HTTPS_PROXY", "socks5://127.0.0.1:1"),
    ("HTTPS_PROXY", "gopher://me:hidden-word@127.0.0.1:1"),
    ("HTTPS_PROXY", "http://me:hidden-word@127.0.0.1:port"),
]


@pytest.mark.parametrize(("name", "value"), WRONG_SURROUNDINGS)
def test_certificates_or_a_proxy_that_cannot_be_used(capig: Capig, name: str, value: str) -> None:
    environment = {"CAPIG_GATEWAY": "https://localhost:9", name: value}
    for command in ("status", "doctor", "export"):
        done = capig(command, **environment)
        shown = done.stdout.splitlines()[-1] if command == "doctor" else done.stderr
        assert done.returncode == 2, (command, done.stdout, done.stderr)
        assert name in shown
        assert "Traceback" not in done.stderr
        assert "hidden-word" not in shown


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments",
    [["status"], ["status", "--json"], ["doctor"], ["export"], ["sandbox"], ["--help"]],
    ids=" ".join,
)
def test_a_full_disk_is_one_line(
    in_sandbox: Sandbox, arguments: list[str], unbuffered: str
) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=surroundings(PYTHONUNBUFFERED=unbuffered),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.endswith("No space left on device")


@pytest.mark.parametrize("command", ["status", "doctor", "export", "sandbox"])
def test_a_closed_pipe_is_silent(in_sandbox: Sandbox, command: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, command],
        env=surroundings(),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_an_output_that_knows_few_letters_gets_the_others_escaped(
    capig: Capig, sandbox: Sandbox
) -> None:
    sandbox.connect("101", name="Caf\u00e9")
    done = capig("status", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Caf\\xe9" in done.stdout


def test_accounts_from_a_file(capig: Capig, sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.connect("11")
    sandbox.connect("21", tenant="SandboxB")
    (tmp_path / "accounts.txt").write_text(
        "# the agency's\nSandboxB  # Second\n\n SandboxA\nSandboxB\n"
    )
    found = json.loads(capig("status", "--json", "--tenants", "accounts.txt").stdout)
    assert [pixel["tenant_id"] for pixel in found] == ["SandboxB", "SandboxA"]
    (tmp_path / "accounts.txt").write_text("SandboxA\n\nSandbox B\n")
    done = capig("status", "--tenants", "accounts.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert "accounts.txt:3" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_serves_until_a_signal(number: signal.Signals) -> None:
    options = ["--account", "Mine0000", "--latency", "50"]
    command = [sys.executable, "-m", "pulumi_capig.cli", "sandbox", *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        lines = [serving.stdout.readline() for _ in range(4)]
        settings = dict(shlex.split(line)[1].split("=", 1) for line in lines)
        url = settings["CAPIG_GATEWAY"]
        answer = httpx.post(f"{url}/clients/token", data={"client_id": "nobody"})
        serving.send_signal(number)
        out, err = serving.communicate(timeout=20)
    assert answer.status_code == 400
    assert 0.05 <= answer.elapsed.total_seconds() < 50
    assert f"open {url}/ in a browser" in err
    assert list(settings) == [
        "CAPIG_GATEWAY",
        "CAPIG_CLIENT_ID",
        "CAPIG_CLIENT_SECRET",
        "CAPIG_TENANT_ID",
    ]
    assert settings["CAPIG_TENANT_ID"] == "Mine0000"
    assert (serving.returncode, out) == (0, "")


def test_the_sandbox_on_a_taken_port(capig: Capig, sandbox: Sandbox) -> None:
    done = capig("sandbox", "--port", httpx.URL(sandbox.url).port)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Address already in use" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--account", "a/b"], "capig: an account id must not contain whitespace or '/'"),
        (["--account", ""], "capig: an account id must not be empty"),
        (["--latency", "inf"], "capig: the latency is a finite time, and not below 0"),
        (["--port", "70000"], "Error: Invalid value for '--port'"),
        (["--latency", "-5"], "Error: Invalid value for '--latency'"),
    ],
)
def test_the_sandbox_with_wrong_arguments(capig: Capig, arguments: list[str], said: str) -> None:
    done = capig("sandbox", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(said)


def test_minimum_versions_agree_with_the_build(repository: Path) -> None:
    build = json.loads((repository / "tools" / "pulumi" / "versions.json").read_text("utf-8"))
    assert build["minimum_cli"] == _version.MINIMUM_CLI
    assert build["minimum_sdk"] == _version.MINIMUM_SDK
    assert f"pulumi>={_version.MINIMUM_SDK}" in (repository / "pyproject.toml").read_text("utf-8")

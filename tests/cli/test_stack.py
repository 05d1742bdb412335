"""`--stack` and `--cwd`: the settings of a stack's config, below the environment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.cli.conftest import Capig
from tests.support.engine import Stack

SETTINGS = {
    "CAPIG_GATEWAY": "gateway",
    "CAPIG_CLIENT_ID": "clientId",
    "CAPIG_CLIENT_SECRET": "clientSecret",
    "CAPIG_TENANT_ID": "tenantId",
}
UNSET = dict.fromkeys(SETTINGS, "")
PULUMI = ("PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE")


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack whose config, and nothing else, names the sandbox."""
    stack = Stack(tmp_path, {}, passphrase=True)
    for variable, value in sandbox.environment().items():
        key = SETTINGS[variable]
        stack.set_config(f"capig:{key}", value, secret=key == "clientSecret")
    for name in PULUMI:
        monkeypatch.setenv(name, stack.environment[name])
    return stack


def there(stack: Stack) -> tuple[str, ...]:
    return ("--stack", "dev", "--cwd", str(stack.project))


@pytest.mark.parametrize("command", ["status", "doctor", "export"])
def test_every_command_that_asks_the_gateway(
    capig: Capig, sandbox: Sandbox, stack: Stack, command: str
) -> None:
    sandbox.connect("101")
    assert capig(command, **UNSET).returncode == 2
    done = capig(command, *there(stack), **UNSET)
    assert (done.returncode, done.stderr) == (0, "")
    assert "SandboxA" in done.stdout


def test_the_environment_comes_first(capig: Capig, sandbox: Sandbox, stack: Stack) -> None:
    sandbox.connect("201", tenant="SandboxB")
    done = capig("status", "--json", *there(stack), **{**UNSET, "CAPIG_TENANT_ID": "SandboxB"})
    assert [pixel["pixel_id"] for pixel in json.loads(done.stdout)] == ["201"]
    refused = capig("status", *there(stack), **{**UNSET, "CAPIG_CLIENT_SECRET": "wrong"})
    assert refused.returncode == 3


def test_what_is_missing_in_both_is_named_in_both(capig: Capig, stack: Stack) -> None:
    for key in ("gateway", "tenantId"):
        stack.run("config", "rm", f"capig:{key}").ok()
    done = capig("status", *there(stack), **UNSET)
    assert done.returncode == 2
    what, advice = done.stderr.splitlines()
    assert what == (
        "capig: the gateway's address is missing (CAPIG_GATEWAY or capig:gateway); no account is "
        "named (--tenant, --tenants, or CAPIG_TENANT_ID or capig:tenantId)"
    )
    assert "pulumi config set" in advice


def test_a_secret_in_a_file_of_the_project(capig: Capig, sandbox: Sandbox, stack: Stack) -> None:
    secret = sandbox.environment()["CAPIG_CLIENT_SECRET"]
    (stack.project / "secret.txt").write_text(f"{secret}\n")
    stack.set_config("capig:clientSecret", "file:secret.txt")
    assert capig("status", *there(stack), **UNSET).returncode == 0


def test_a_misspelt_key_is_one_warning(capig: Capig, stack: Stack) -> None:
    stack.set_config("capig:tennantId", "Other000")
    done = capig("status", *there(stack), **UNSET)
    assert done.returncode == 0
    assert done.stderr == (
        "capig: warning: stack config: capig:tennantId (did you mean capig:tenantId?) is not a "
        "setting, and has no effect\n"
    )
    (stack.project / "Pulumi.yaml").write_text("name: capig\nruntime: python\n")
    stack.run("stack", "init", "own").ok()
    stack.set_config("capig:tennantId", "Other000")
    own = capig("status", "--stack", "own", "--cwd", stack.project)
    assert "warning" not in own.stderr


def test_a_stack_that_cannot_be_read(capig: Capig, stack: Stack, tmp_path: Path) -> None:
    for arguments, environment, said, advice in (
        (["--stack", "none"], {}, "no stack named 'none' found", "`pulumi stack ls`"),
        (
            ["--stack", "dev"],
            {"PULUMI_CONFIG_PASSPHRASE": "wrong"},
            "incorrect passphrase",
            "Set PULUMI_CONFIG_PASSPHRASE",
        ),
        (["--stack", "dev"], {"PATH": "/nowhere"}, "no pulumi on PATH", "Install it"),
    ):
        done = capig("status", *arguments, "--cwd", stack.project, **environment)
        assert (done.returncode, done.stdout) == (2, "")
        what, what_next = done.stderr.splitlines()
        assert what.startswith(f"capig: stack {arguments[1]}: ")
        assert said in what
        assert advice in what_next
    (tmp_path / "bare").mkdir()
    elsewhere = capig("status", "--stack", "dev", "--cwd", tmp_path / "bare")
    assert "--cwd" in elsewhere.stderr.splitlines()[1]
    assert capig("status", "--cwd", tmp_path / "none").returncode == 2


def test_a_pulumi_that_prints_something_else(capig: Capig, tmp_path: Path) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\necho hello\n")
    pulumi.chmod(0o755)
    done = capig("status", "--stack", "dev", PATH=f"{tmp_path}:/usr/bin:/bin")
    assert done.returncode == 2
    assert "did not answer with JSON" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_accounts_that_a_stack_has_made(capig: Capig, sandbox: Sandbox, stack: Stack) -> None:
    stack.write('capig.Account("shop", name="Shop GmbH", event_enrichment=False)')
    stack.up().ok()
    done = capig("accounts", "--ids", *there(stack), **UNSET)
    made = stack.resources()["shop"]["id"]
    assert done.stdout.split() == ["SandboxA", made]

"""`capig unmanaged`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Fault, Sandbox
from tests.cli.conftest import Capig
from tests.support.engine import Stack

PROGRAM = """
    for pixel in ("101", "102"):
        capig.PixelConnection(pixel, pixel_id=pixel, business_id="1", access_token="EAAB-x")
    capig.PixelConnection(
        "secret", pixel_id="103", business_id="1", access_token="EAAB-x",
        tenant_id=pulumi.Output.secret("SandboxB"),
    )
"""


@pytest.fixture
def stack(tmp_path: Path, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """A stack that is up, with two pixels in one account and one in another."""
    stack = Stack(tmp_path, in_sandbox.environment(), PROGRAM)
    for name in ("PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"):
        monkeypatch.setenv(name, stack.environment[name])
    stack.up().ok()
    return stack


def test_pixels_that_nobody_manages(capig: Capig, sandbox: Sandbox, stack: Stack) -> None:
    here = ("--stack", "dev", "--cwd", stack.project)
    quiet = capig("unmanaged", *here)
    assert (quiet.returncode, quiet.stdout) == (0, "")
    assert quiet.stderr == "3 connected pixels, each managed by the stack\n"

    sandbox.connect("777", name="By \x1b hand")
    sandbox.connect("778", tenant="SandboxB")
    found = capig("unmanaged", *here)
    assert found.returncode == 1
    assert found.stdout.splitlines() == [
        "account SandboxA: pixel 777 By hand",
        "account SandboxB: pixel 778",
    ]
    what, advice = found.stderr.splitlines()
    assert what == "capig: 2 of 5 connected pixels not managed by the stack"
    assert "capig export --tenant SandboxA --tenant SandboxB" in advice
    listed = json.loads(capig("unmanaged", *here, "--json", "--tenant", "SandboxB").stdout)
    assert listed == [{"tenant_id": "SandboxB", "pixel_id": "778", "pixel_name": ""}]


def test_several_stacks_and_exported_states(
    capig: Capig, sandbox: Sandbox, stack: Stack, tmp_path: Path
) -> None:
    exported = tmp_path / "dev.json"
    exported.write_text(stack.run("stack", "export").ok().text)
    stack.run("stack", "init", "other").ok()
    stack.write("""
        capig.PixelConnection("own", pixel_id="201", business_id="1", access_token="EAAB-x")
        capig.PixelConnection.get("read", "SandboxA/999")
    """)
    sandbox.connect("999")
    stack.up().ok()
    where = ("--cwd", str(stack.project))
    alone = capig("unmanaged", "--stack", "other", *where)
    assert [line.split()[-1] for line in alone.stdout.splitlines()] == ["101", "102", "999"]
    for named in (("--stack", "dev"), ("--state", str(exported))):
        both = capig("unmanaged", "--stack", "other", *named, *where)
        assert both.stdout.splitlines() == ["account SandboxA: pixel 999"]
        assert "not managed by the 2 stacks" in both.stderr


def test_what_belongs_to_another_gateway_does_not_count(
    capig: Capig, sandbox: Sandbox, stack: Stack
) -> None:
    here = ("--stack", "dev", "--cwd", str(stack.project))
    moved = sandbox.url.replace("127.0.0.1", "localhost")
    done = capig("unmanaged", *here, "--tenant", "SandboxA", CAPIG_GATEWAY=moved)
    assert done.returncode == 1
    assert "dev has 3 pixels of the gateway 127.0.0.1:" in done.stderr
    followed = {"CAPIG_GATEWAY": moved, "CAPIG_MOVED_FROM": sandbox.url}
    assert capig("unmanaged", *here, **followed).returncode == 0


def test_one_gateway_at_a_time(capig: Capig, stack: Stack) -> None:
    stack.set_config("capig:gateway", "one.example.com")
    stack.run("stack", "init", "other").ok()
    stack.set_config("capig:gateway", "two.example.com")
    both = ("--stack", "dev", "--stack", "other", "--cwd", str(stack.project))
    done = capig("unmanaged", *both, CAPIG_GATEWAY="")
    assert done.returncode == 2
    assert "one.example.com (stack dev), two.example.com (stack other)" in done.stderr
    assert capig("unmanaged", *both).returncode == 0


def test_an_account_that_cannot_be_read(capig: Capig, sandbox: Sandbox, stack: Stack) -> None:
    sandbox.connect("777", tenant="SandboxB")
    sandbox.inject(Fault.status(500, operation="list", tenant="SandboxA", times=None))
    done = capig("unmanaged", "--stack", "dev", "--cwd", stack.project)
    assert (done.returncode, done.stdout) == (3, "account SandboxB: pixel 777\n")


def test_what_cannot_be_compared(capig: Capig, in_sandbox: Sandbox, tmp_path: Path) -> None:
    nobody = capig("unmanaged")
    assert (nobody.returncode, nobody.stdout) == (2, "")
    assert "no stack is named" in nobody.stderr
    for content in ("", "[]", "{}", '{"deployment": []}', '"text"'):
        (tmp_path / "state.json").write_text(content)
        done = capig("unmanaged", "--state", "state.json")
        assert (done.returncode, done.stdout) == (2, ""), content
        assert "is not what `pulumi stack export` prints" in done.stderr
    assert "No such file" in capig("unmanaged", "--state", "none.json").stderr
    (tmp_path / "state.json").write_text('{"deployment": {}}')
    done = capig("unmanaged", "--state", "state.json", CAPIG_TENANT_ID="")
    assert "no account to check" in done.stderr

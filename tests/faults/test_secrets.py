"""No credential is anywhere but where the user put it, whatever fails."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from tests.faults.running import start
from tests.support.engine import SECRET_MARK, Stack

PIXEL = "18904456377094531"
TOKEN = "EAAB-a-pixel-token-that-must-not-leak"
PROGRAM = f"""
    shop = capig.PixelConnection(
        "shop", pixel_id="{PIXEL}", business_id="1", access_token="{TOKEN}", receiving=False
    )
    capig.EventFilter("lead", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id])
    pulumi.export("token", shop.access_token)
"""
IMPATIENT = {"CAPIG_MAX_RETRIES": "0", "CAPIG_TIMEOUT": "1"}
LOGGED = ("--logtostderr", "-v=9")


class Searcher:
    """Looks for every credential in a text, a folder and the running processes."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def secrets(self) -> dict[str, str]:
        """What must not be found, by what it is."""
        issued = list(self._sandbox.tokens._expiry)
        assert issued, "no API token was issued yet"
        api = {f"API token {number}": token for number, token in enumerate(issued)}
        return {"pixel token": TOKEN, "client secret": self._sandbox.client_secret, **api}

    def found_in(self, text: str) -> set[str]:
        """Which credentials stand in a text."""
        return {what for what, secret in self.secrets().items() if secret in text}

    def found_below(self, folder: Path) -> set[tuple[str, str]]:
        """Which credentials stand in a folder's files."""
        files = (path for path in folder.rglob("*") if path.is_file())
        return {
            (path.name, what)
            for path in files
            for what in self.found_in(path.read_text("utf-8", errors="replace"))
        }

    def found_in_processes(self) -> set[str]:
        """Which credentials stand in the arguments of any process."""
        listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
        assert "pulumi" in listing.stdout
        return self.found_in(listing.stdout)


@pytest.fixture
def searcher(sandbox: Sandbox) -> Searcher:
    return Searcher(sandbox)


@pytest.fixture(params=["environment", "secret config", "file"])
def guarded(request: pytest.FixtureRequest, tmp_path: Path, sandbox: Sandbox) -> Stack:
    """A stack that has the client secret in one of the three ways, and a temp folder of its own."""
    environment = sandbox.environment()
    secret = environment.pop("CAPIG_CLIENT_SECRET")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    stack = Stack(tmp_path, {**environment, "TMPDIR": str(temporary)}, PROGRAM)
    if request.param == "environment":
        stack.environment["CAPIG_CLIENT_SECRET"] = secret
    elif request.param == "secret config":
        stack.set_config("capig:clientSecret", secret, secret=True)
    else:
        (stack.project / "secret").write_text(secret, "utf-8")
        stack.environment["CAPIG_CLIENT_SECRET"] = "file:secret"
    return stack


def echo(sandbox: Sandbox) -> Fault:
    """An answer that quotes what was sent, as careless servers do."""
    said = f"bad request: accessToken={TOKEN} client_secret={sandbox.client_secret}"
    body = json.dumps({"errors": [{"message": said, "extensions": {"code": 400}}]})
    return Fault.status(400, body=body)


def test_no_credential_is_written_or_shown(
    guarded: Stack, sandbox: Sandbox, searcher: Searcher, tmp_path: Path
) -> None:
    events = tmp_path / "events.json"
    logged = (*LOGGED, "--event-log", str(events))
    struck = {
        "token": (FAULTS["502-page"], FAULTS["wrong-types"]),
        "setupPixelSignalConfig": (echo(sandbox), FAULTS["truncated"]),
        "updateSignalConfigEventsStatus": (FAULTS["401-for-ever"],),
    }
    shown = []
    for operation, faults in struck.items():
        for fault in faults:
            sandbox.inject(fault.on(operation, times=None))
            failed = guarded.up(*logged, PULUMI_DEBUG_COMMANDS="true", **IMPATIENT)
            sandbox.clear_faults()
            shown.append(failed.text)
    assert any("[secret]" in text for text in shown)
    done = guarded.up(*logged, PULUMI_DEBUG_COMMANDS="true", CAPIG_ADOPT="true").ok()
    assert events.stat().st_size > 0
    shown.append(done.text)
    guarded.write(PROGRAM.replace("receiving=False", "receiving=True"))
    for command in (
        ("preview", "--json", *LOGGED),
        ("preview", "--diff"),
        ("up", "--yes", "--skip-preview", "--json"),
        ("refresh", "--yes", "--skip-preview", *LOGGED),
        ("stack", "export"),
        ("stack", "history", "--json"),
        ("stack", "output", "--json"),
        ("config", "--json"),
    ):
        shown.append(guarded.run(*command).ok().text)
    assert SECRET_MARK in guarded.everything_written()
    assert searcher.found_in("\n".join(shown)) == set()
    (guarded.project / "__main__.py").unlink()
    shutil.rmtree(guarded.project / "__pycache__", ignore_errors=True)
    (guarded.project / "secret").unlink(missing_ok=True)
    assert searcher.found_below(tmp_path) == set()


def test_no_credential_in_a_saved_plan(guarded: Stack, searcher: Searcher, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    guarded.up().ok()
    guarded.write(PROGRAM.replace("receiving=False", "receiving=True"))
    guarded.preview("--save-plan", str(plan), PULUMI_EXPERIMENTAL="true").ok()
    assert "shop" in plan.read_text("utf-8")
    assert searcher.found_in(plan.read_text("utf-8")) == set()


def test_no_credential_in_process_arguments_or_temporary_files_while_it_runs(
    guarded: Stack, sandbox: Sandbox, searcher: Searcher, tmp_path: Path
) -> None:
    with (
        sandbox.hold("setupPixelSignalConfig") as gate,
        start(guarded, "up", "--yes", "--skip-preview") as running,
    ):
        gate.wait()
        in_processes = searcher.found_in_processes()
        in_files = searcher.found_below(tmp_path / "temporary")
        gate.release()
        running.wait().ok()
    assert in_processes == set()
    assert in_files == set()


def test_pulumis_own_traces_hold_secrets(
    guarded: Stack, searcher: Searcher, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What docs/security.md says of them: whoever makes one has to guard it."""
    calls, trace = tmp_path / "calls.json", tmp_path / "up.trace"
    guarded.up("--tracing", f"file:{trace}", PULUMI_DEBUG_GRPC=str(calls)).ok()
    # The API token, and a client secret from elsewhere, never pass through the engine.
    in_config = "secret config" in request.node.name
    expected = {"pixel token", "client secret"} if in_config else {"pixel token"}
    for path in (calls, trace):
        assert searcher.found_in(path.read_text("utf-8", errors="replace")) == expected

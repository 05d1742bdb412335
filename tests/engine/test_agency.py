"""The example for agencies: its README as it is typed, Ctrl-C, and tables that cannot be used."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support import warm
from tests.support.engine import ROOT, SECRET_MARK, cli
from tests.support.markdown import blocks
from tests.support.terminal import Terminal, fresh_clone, shows

EXAMPLE = ROOT / "examples" / "agency"

ACCOUNTS = "account,tenant_id,name,event_enrichment,active\n"
PEOPLE = "account,email,role\n"
PIXELS = "account,business_id,pixel_id,name,receiving,publishing\n"
POLICY = "account,kind,name,filter_state\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What of a fresh clone the example touches."""
    folder = fresh_clone(tmp_path / "clone", "examples/agency")
    for settings in (folder / "examples" / "agency").glob("Pulumi.*.yaml"):
        settings.unlink()  # of somebody who tried it here
    return folder


@pytest.fixture
def environment(clone: Path) -> dict[str, str]:
    """The environment of somebody at a terminal, whose files are the test's own."""
    foreign = ("PULUMI_", "TOKEN_")
    temporary = clone.parent / "temporary"
    temporary.mkdir()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
        "PATH": f"{warm.cli(cli())}:{warm.environment(cli())}/bin:/usr/bin:/bin",
        "PULUMI_HOME": str(clone.parent / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "TMPDIR": str(temporary),
    }


def test_the_readme_as_it_is_typed(clone: Path, environment: dict[str, str]) -> None:
    first, second = Terminal(clone, environment), Terminal(clone, environment)
    everything = printed = ""
    try:
        for block in blocks(EXAMPLE / "README.md"):
            if block.title == "second terminal":
                first.run(second.serve(block.text))
            elif block.language == "sh":
                printed = first.run(block.text)
                everything += printed
                assert ("failed: " in printed) == (block.title == "ends with 1"), printed
            else:
                shows(printed, block.text)
    finally:
        first.close()
        second.close()
    assert "travel: in no table any more" in everything
    written = [path for path in clone.parent.rglob("*/.pulumi/**/*") if path.is_file()]
    kept = "\n".join(path.read_text("utf-8", errors="replace") for path in written)
    assert SECRET_MARK in kept
    assert "EAAB" not in kept + everything
    assert not (clone.parent / "home" / "workspaces").exists(), "a stack was selected"


class AtTerminal:
    """A command on a terminal of its own."""

    def __init__(self, folder: Path, environment: dict[str, str], *command: str) -> None:
        self._master, slave = os.openpty()
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env={**environment, "TERM": "xterm"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self._seen, self._more = b"", threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._master, keys)

    def wait_for(self, text: str) -> None:
        """Wait until a text is seen."""
        with self._more:
            assert self._more.wait_for(lambda: text.encode() in self._seen, 60), self._seen

    def end(self) -> str:
        """Wait for the command's end; all that was seen."""
        self.process.wait(120)
        self._reader.join()
        os.close(self._master)
        return self._seen.decode()

    def _read(self) -> None:
        try:
            while some := os.read(self._master, 65536):
                with self._more:
                    self._seen += some
                    self._more.notify_all()
        except OSError:  # so a terminal ends on Linux
            pass


@pytest.fixture
def gateway() -> Iterator[Sandbox]:
    """A sandbox gateway with four accounts."""
    with Sandbox(accounts=("A", "B", "C", "D")) as running:
        yield running


@pytest.fixture
def folder(clone: Path) -> Path:
    """The example with a table of four accounts: a pixel and a filter each."""
    folder = clone / "examples" / "agency"
    rows = [f"{name},{name.upper()},,," for name in "abcd"]
    (folder / "accounts.csv").write_text(ACCOUNTS + "\n".join(rows))
    (folder / "people.csv").write_text(PEOPLE)
    rows = [f"{name},1,101,,on,on" for name in "abcd"]
    (folder / "pixels.csv").write_text(PIXELS + "\n".join(rows))
    (folder / "policy.csv").write_text(POLICY + "*,event,Lead,DROP\n")
    return folder


def agency(
    folder: Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the command where there is no terminal."""
    command = [sys.executable, "agency.py", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_ctrl_c_stops_and_the_next_up_goes_on(
    folder: Path, environment: dict[str, str], gateway: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    environment |= {
        **gateway.environment(),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "TOKEN_1": "EAAB-for-tests",
    }
    with gateway.hold("setupPixelSignalConfig") as gate:
        part = ("--part", "1/2", "--at-once", "1")
        running = AtTerminal(folder, environment, "agency.py", "up", *part)
        gate.wait()
        running.type(b"\x03")
        running.wait_for("Stopping")
    seen = running.end()
    assert running.process.returncode == 130, seen
    assert "━" in seen
    assert "Traceback" not in seen
    rows = [line.split() for line in seen.rpartition("account ")[2].splitlines()]
    outcomes = {row[0]: row[-1] for row in rows if row and row[0] in "abcd"}
    assert outcomes.keys() == {"a", "c"}
    assert outcomes["c"] == "begun", "`not begun`"
    assert gateway.state.pixels("C") == gateway.state.pixels("B") == []

    assert agency(folder, environment, "up", "a").returncode == 0
    held = gateway.state.pixel("A", "101")
    assert held is not None
    assert held.publishing
    assert gateway.state.effective_event("A", "Lead", "101") == "DROP"
    gateway.set_switch("101", tenant="A", publishing=False)
    look = ("refresh", "--preview-only", "--expect-no-changes")
    drift = agency(folder, environment, *look, "a")
    assert drift.returncode == 7, drift.stdout
    assert drift.stdout.splitlines()[-1].endswith("0 create, 1 update, 0 delete, 2 unchanged")


def test_one_comment_for_all_accounts(
    folder: Path, environment: dict[str, str], gateway: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    environment |= {
        **gateway.environment(),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "TOKEN_1": "EAAB-for-tests",
    }
    assert agency(folder, environment, "up", "a", "b").returncode == 0
    (folder / "accounts.csv").write_text(ACCOUNTS + "b,B,,,\nc,C,,,\n")
    rows = ["b,1,102,,on,on", "b,1,101,,on,on", "c,2,103,,on,on"]
    (folder / "pixels.csv").write_text(PIXELS + "\n".join(rows))
    (folder / "policy.csv").write_text(POLICY + "b,event,Lead,PUBLISH\n")
    gateway.clear_requests()
    done = agency(folder, environment, "preview", "--markdown", "--fail-on", "disconnect")
    assert done.returncode == 1
    assert gateway.requests == []
    comment = done.stdout
    assert comment.startswith("### Pulumi preview of `b`, `c`\n")
    assert "**The preview of `c` failed.**" in comment
    assert "no access token of business 2" in comment
    assert "| **opens** event `Lead` for the whole account |" in comment
    assert "| connects pixel `102` |" in comment
    assert "left as they are until `destroy` names them: `a`." in comment
    assert "EAAB" not in comment + done.stderr
    opens = ("preview", "--markdown", "--fail-on", "open", "b")
    assert agency(folder, environment, *opens).returncode == 1
    assert agency(folder, environment, "preview", "--markdown", "b").returncode == 0
    assert agency(folder, environment, "preview", "--fail-on", "open", "b").returncode == 2
    wrong = agency(folder, environment, "preview", "--markdown", "--fail-on", "opens", "b")
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_all_that_is_wrong_is_told_before_anything_begins(
    folder: Path, environment: dict[str, str]
) -> None:
    (folder / "accounts.csv").write_text(
        ACCOUNTS + "a,A,,,\na,B,,,\nb b,B,,,\nc,C,,,no\nd,,New,,\ne,B /,,,\n"
    )
    (folder / "people.csv").write_text(
        PEOPLE + "*,Ana@a.example,view\na,ana,view\nz,ana@a.example,Admin\n"
        "a,b@a.example,view\na,b@a.example,admin\n"
    )
    (folder / "pixels.csv").write_bytes(
        b"\xef\xbb\xbf" + PIXELS.encode() + b"a,1,101,,on,yes\r\na,1,101,,,\r\n"
        b"a,1,2.1E+16,,,\r\nb,1,102,,,\r\n,,,,,\r\nc,1,103,,,,off\r\n"
    )
    (folder / "policy.csv").write_text(
        POLICY + "*,event,,DROP\nz,event,Lead,DENY\n*,domain,https://a.example,DROP\n"
        "c,event,Lead,DROP\nc,event,Lead,PUBLISH\n*,page,x,DROP\n"
    )
    refused = agency(folder, environment, "up")
    assert refused.returncode == 2
    assert refused.stdout == ""
    for line in (
        "pixels.csv:2: publishing is 'yes', not on or off or nothing",
        "accounts.csv:3: a is in accounts.csv:2 already",
        "accounts.csv:4: account is 'b b'; a stack's name has letters",
        "accounts.csv:4: B is in accounts.csv:3 already",
        "accounts.csv:5: active is 'no', not on or off or nothing",
        "accounts.csv:6: event_enrichment of a new account (one without tenant_id) must not be",
        "accounts.csv:7: tenant_id is 'B /', not an account id of the gateway",
        "people.csv:2: email is 'Ana@a.example'; an address is in lower case",
        "people.csv:3: email is 'ana'; an address is in lower case",
        "people.csv:4: account is 'z', which is neither * nor in accounts.csv",
        "people.csv:4: role is 'Admin', not a role such as admin, manage or view",
        "people.csv:6: a b@a.example is in people.csv:5 already",
        "pixels.csv:3: a 101 is in pixels.csv:2 already",
        "pixels.csv:4: pixel_id is '2.1E+16', not digits alone",
        "pixels.csv:5: account is 'b', which is not in accounts.csv",
        "pixels.csv:7: more values than the header has columns",
        "policy.csv:2: name is ''; an event has 1 to 50 characters",
        "policy.csv:3: account is 'z', which is neither * nor in accounts.csv",
        "policy.csv:3: filter_state is 'DENY', not DROP or PUBLISH",
        "policy.csv:4: name is 'https://a.example'; a domain has the form www.example.com",
        "policy.csv:6: c event Lead is in policy.csv:5 already",
        "policy.csv:7: kind is 'page', not event or domain",
    ):
        assert line in refused.stderr
    assert len(refused.stderr.splitlines()) == 23
    assert not (folder.parents[2] / "home").exists(), "the CLI was run"


def test_ids_that_a_spreadsheet_rounded_are_named(
    folder: Path, environment: dict[str, str], gateway: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    environment |= {
        **gateway.environment(),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "TOKEN_2840127409433700": "EAAB-for-tests",
    }
    (folder / "pixels.csv").write_text(
        PIXELS
        + "a,2840127409433700,18904456377094500,,,\n"
        + "a,2840127409433700,319279634094583,,,\n"
        + "b,2840127409433700,18904456377094500,,,\n"
    )
    preview = agency(folder, environment, "preview", "a")
    assert preview.returncode == 0, preview.stderr
    lines = preview.stderr.splitlines()
    assert [line.partition(" may be")[0] for line in lines] == [
        "warning: pixels.csv: business_id 2840127409433700",
        "warning: pixels.csv: pixel_id 18904456377094500",
    ]


def test_tables_that_cannot_be_read_say_why(folder: Path, environment: dict[str, str]) -> None:
    (folder / "accounts.csv").write_text(ACCOUNTS + ",,,,\n")
    (folder / "policy.csv").write_text(POLICY + "a,event,Lead,DROP\n")
    empty = agency(folder, environment, "preview").stderr
    assert empty == "correct these first:\n  accounts.csv: no rows below the header\n"

    (folder / "pixels.csv").unlink()
    (folder / "policy.csv").write_text("account;kind;name;filter_state\n")
    missing = agency(folder, environment, "preview").stderr
    assert "pixels.csv: No such file or directory" in missing
    assert "policy.csv:1: the header lacks account, kind, name, filter_state" in missing
    assert "it is 'account;kind;name;filter_state', with semicolons between" in missing

    (folder / "pixels.csv").write_text(PIXELS, "utf-16")
    (folder / "policy.csv").write_text(POLICY + '*,event,"Lead')
    unreadable = agency(folder, environment, "preview").stderr
    assert "pixels.csv: not UTF-8 text" in unreadable
    assert "policy.csv:2: not CSV" in unreadable


def test_a_command_line_that_asks_for_too_much(folder: Path, environment: dict[str, str]) -> None:
    environment["PULUMI_BACKEND_URL"] = folder.parent.as_uri()
    for arguments, answer in {
        ("up", "a", "x", "y"): "not in accounts.csv: x, y",
        ("destroy",): "destroy takes the names of accounts, or --all",
        ("up", "--part", "3/2"): "there is no part 3 of 2",
        ("up", "--at-once", "0"): "'0' is not a number from 1 on",
    }.items():
        refused = agency(folder, environment, *arguments)
        assert refused.returncode == 2
        assert answer in refused.stderr
        assert "Traceback" not in refused.stderr

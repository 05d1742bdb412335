"""The provider at work: the real Pulumi CLI, the quick start, and a sandbox gateway.

Everything happens in a temporary folder with a Pulumi home, a backend and a passphrase of its own.
"""

from __future__ import annotations

import difflib
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from pulumi_capig.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = "examples/quickstart"
PIXEL = "18904456377094531"
COLUMNS = ("receiving", "publishing", "Search", "StaffVisit", "staging.*", "requests")
SWITCH = {True: "on", False: "off"}


class StepError(Exception):
    """A step did not end as it should; the message says which and how."""


class Interruption:
    """SIGINT and SIGTERM: the first asks the CLI at work to end, the next one makes it.

    Nothing is raised from within a handler, so that no process and no folder gets lost.
    """

    def __init__(self) -> None:
        self._number = 0
        self._cli: subprocess.Popen[bytes] | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._receive)

    def wait(self, cli: subprocess.Popen[bytes]) -> int:
        """Wait for the CLI's exit status; ends the process if a signal arrives, once it may."""
        self._cli = cli
        if self._number:
            cli.send_signal(signal.SIGINT)
        code = cli.wait()
        self._cli = None
        if self._number:
            print("\nThe demo was stopped.", file=sys.stderr)
            sys.exit(128 + self._number)
        return code

    def _receive(self, number: int, _frame: FrameType | None) -> None:
        if self._cli:
            self._cli.send_signal(signal.SIGKILL if self._number else signal.SIGINT)
        self._number = number


class Demo:
    """One demonstration in a folder of its own, against a gateway of its own."""

    def __init__(self, folder: Path, sandbox: Sandbox, interruption: Interruption) -> None:
        self._sandbox = sandbox
        self._interruption = interruption
        self._project = folder / "clone" / EXAMPLE
        self._steps = 0
        self._rows: list[str] = []
        self._environment = _environment(folder, sandbox)
        shutil.copytree(ROOT / EXAMPLE, self._project)
        (folder / "clone" / ".venv").symlink_to(sys.prefix)

    def run(self) -> None:
        """Show all steps.

        Raises:
            StepError: One of them did not end as it should.
        """
        self._title("A stack, and what the program asks for")
        self._pulumi("stack init demo")
        self._pulumi(f"config set pixelId {PIXEL}")
        self._pulumi("config set businessId 2840127409433732")
        self._pulumi("config set --secret accessToken EAAB-a-token-of-the-demo")

        self._title("What would change? A preview sends nothing")
        self._pulumi("preview")
        self._look("preview")

        self._title("Make it so")
        self._pulumi("up --yes --skip-preview")
        self._look("up")

        self._title("Again: nothing left to do")
        self._pulumi("preview --expect-no-changes")
        self._look("preview again")

        self._title("Somebody turns publishing off in the gateway's own page")
        self._sandbox.set_switch(PIXEL, publishing=False)
        self._look("switch flipped")

        self._title("Pulumi notices")
        self._pulumi("refresh --yes --skip-preview --diff")
        self._look("refresh")

        self._title("And repairs it")
        self._pulumi("up --yes --skip-preview --diff")
        self._look("up: repaired")

        self._title("The program changes: searches may pass again")
        self._edit(after='"no-search"', old="FilterState.DROP", new="FilterState.PUBLISH")
        self._pulumi("preview --diff")
        self._look("preview of edit")

        self._title("Make it so")
        self._pulumi("up --yes --skip-preview")
        self._look("up: edited")

        self._title("Take it all down")
        self._pulumi("destroy --yes --skip-preview")
        self._look("destroy")

        print("\nWhat the gateway held after each step, and the requests it got in it:\n")
        print("\n".join([_row("", COLUMNS), *self._rows]))
        print(f"\nFor a gateway of your own: {EXAMPLE}/README.md", flush=True)

    def _title(self, title: str) -> None:
        self._steps += 1
        self._step = f"step {self._steps}, {title!r}"
        print(f"\n{self._steps}. {title}\n{'-' * 79}", flush=True)

    def _pulumi(self, arguments: str) -> None:
        print(f"$ pulumi {arguments}", flush=True)
        color = "always" if sys.stdout.isatty() else "never"
        command = ["pulumi", "--non-interactive", "--color", color, *shlex.split(arguments)]
        try:
            # In a session of its own: Ctrl-C reaches the CLI through us, once.
            cli = subprocess.Popen(
                command,
                cwd=self._project,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        except FileNotFoundError:
            message = f"{self._step}: there is no pulumi on PATH; `make demo` sees to that"
            raise StepError(message) from None
        code = self._interruption.wait(cli)
        if code:
            message = f"{self._step}: `pulumi {arguments}` ended with {code}"
            raise StepError(message)

    def _edit(self, *, after: str, old: str, new: str) -> None:
        path = self._project / "__main__.py"
        before = path.read_text(encoding="utf-8")
        head, mark, tail = before.partition(after)
        edited = head + mark + tail.replace(old, new, 1)
        path.write_text(edited, encoding="utf-8")
        lines = difflib.unified_diff(before.splitlines(), edited.splitlines(), n=2, lineterm="")
        print("\n".join([f"{EXAMPLE}/__main__.py", *list(lines)[3:]]), end="\n\n", flush=True)

    def _look(self, step: str) -> None:
        """Note what the gateway holds now, and show it."""
        state, tenant = self._sandbox.state, self._sandbox.tenant_id
        pixel = state.pixel(tenant, PIXEL)
        values = (
            SWITCH[pixel.receiving] if pixel else None,
            SWITCH[pixel.publishing] if pixel else None,
            state.effective_event(tenant, "Search", PIXEL),
            state.effective_event(tenant, "StaffVisit", PIXEL),
            state.effective_domain(tenant, "staging.example.com", PIXEL),
            str(sum(self._sandbox.counters.requests.values())),
        )
        self._sandbox.clear_requests()
        self._rows.append(_row(step, values))
        print(_row("gateway holds", COLUMNS), _row("", values), sep="\n", flush=True)


def main() -> None:
    """Run the demonstration, and leave nothing behind."""
    interruption = Interruption()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="pulumi-capig-demo-") as folder,
            Sandbox() as sandbox,
        ):
            print(f"A sandbox gateway listens at {sandbox.url}.", flush=True)
            Demo(Path(folder), sandbox, interruption).run()
    except StepError as error:
        sys.exit(f"\nThe demo stopped at {error}.")


def _environment(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    """The environment without the user's own Pulumi and gateway."""
    others = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "CAPIG_"))}
    backend = folder / "state"
    backend.mkdir()
    return {
        **others,
        **sandbox.environment(),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": secrets.token_hex(16),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
    }


def _row(name: str, values: tuple[str | None, ...]) -> str:
    pairs = zip(COLUMNS, values, strict=True)
    cells = "".join(f"{value or '-':<{len(column) + 2}}" for column, value in pairs)
    return f"{name:<17}{cells}".rstrip()


if __name__ == "__main__":
    main()

"""Real programs on the real Pulumi CLI, each stack with a home and a backend of its own."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support import warm
from tests.support.depth import DEPTH
from tests.support.keys import secrets_provider

ROOT = Path(__file__).parents[2]
SECRET_MARK = "4dabf18193072939515e22adb298388d"  # how Pulumi marks a secret in state


def installed() -> Path | None:
    """The Pulumi CLI that is here: the project's own, else the one on PATH."""
    own = ROOT / ".pulumi-cli" / "bin" / "pulumi"
    found = own if own.exists() else shutil.which("pulumi")
    return Path(found) if found else None


def cli() -> Path:
    """The Pulumi CLI that is here; without one, a test fails with the way to get it."""
    found = installed()
    assert found, "no Pulumi CLI here: run `make pulumi` first"
    return found


@dataclass(frozen=True)
class Outcome:
    """What a command printed and how it ended."""

    command: tuple[str, ...]
    code: int
    text: str

    def ok(self) -> Outcome:
        """This, once it is sure that the command went well."""
        assert self.code == 0, f"{' '.join(self.command)} ended with {self.code}:\n{self.text}"
        return self

    def failed(self) -> Outcome:
        """This, once it is sure that the command failed in one clean way."""
        assert self.code not in (0, None), f"{' '.join(self.command)} went well:\n{self.text}"
        assert "Traceback" not in self.text, self.text
        return self

    @property
    def errors(self) -> list[str]:
        """The errors that it names, each with its further lines, without what Pulumi adds to each.

        After a program's own error Pulumi says once more that the program ended, and after a failed
        check the SDK that its monitor did.
        """
        diagnostics = self.text.partition("Diagnostics:")[2]
        own = ("an unhandled error occurred: ", "Resource monitor has terminated")
        return [e for e in diagnostics.split("error: ")[1:] if not e.startswith(own)]


@cache
def _initialised() -> Path:
    """A folder with a stack as ``pulumi stack init`` makes it, for all stacks of this process."""
    folder = Path(tempfile.mkdtemp(prefix="stack-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    backend = {"PULUMI_BACKEND_URL": (folder / "state").as_uri()}
    Stack(folder, backend)
    return folder


class Stack:
    """One stack of one project in a folder.

    Args:
        folder: An empty folder of the test's own.
        environment: Variables beside those of the process.
        program: Source of the program.
        passphrase: Whether a passphrase keeps its secrets, as it does where nobody asks for more.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        program: str = "",
        *,
        passphrase: bool = False,
    ) -> None:
        self.project = folder / "project"
        self.project.mkdir()
        self.state_folder = folder / "state"
        self.state_folder.mkdir()
        self.home = folder / "home"
        secrets_provider()
        self.environment = {
            **os.environ,
            "PULUMI_HOME": str(self.home),
            "PULUMI_BACKEND_URL": self.state_folder.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_SKIP_CHECKPOINTS": "1",
            **(environment or {}),
        }
        self.runs_in(warm.environment(cli()), warm.cli(cli()))
        self.write(program)
        if passphrase:
            self.run("stack", "init", "dev").ok()
        elif environment and "PULUMI_BACKEND_URL" in environment:
            self.run("stack", "init", "dev", f"--secrets-provider={secrets_provider()}").ok()
        else:
            self._copy(_initialised())

    def _copy(self, model: Path) -> None:
        """Take over what ``pulumi stack init`` wrote for another stack in a folder like this."""
        shutil.copytree(model / "state", self.state_folder, dirs_exist_ok=True)
        shutil.copy(model / "project" / "Pulumi.dev.yaml", self.project)
        (self.home / "workspaces").mkdir(parents=True)
        selected = {"stacks": {self.state_folder.as_uri(): "organization/test/dev"}}
        digest = hashlib.sha1(bytes(self.project / "Pulumi.yaml"), usedforsecurity=False)
        workspace = self.home / "workspaces" / f"test-{digest.hexdigest()}-workspace.json"
        workspace.write_text(json.dumps(selected), "utf-8")

    def runs_in(self, environment: Path, commands: Path | None = None) -> None:
        """Run programs in this virtual environment, with the CLI of a folder.

        Without one, and in an environment that is not `warm`, all starts as it does for users.
        """
        (self.project / "Pulumi.yaml").write_text(
            f"name: test\nruntime:\n  name: python\n  options:\n    virtualenv: {environment}\n",
            encoding="utf-8",
        )
        path = f"{commands or cli().parent}{os.pathsep}{os.environ['PATH']}"
        self.environment["PATH"] = path

    def write(self, program: str) -> None:
        """Put this source in the program's place."""
        header = "import pulumi\nimport pulumi_capig as capig\n"
        source = header + textwrap.dedent(program)
        (self.project / "__main__.py").write_text(source, encoding="utf-8")

    def run(self, *arguments: str, **environment: str) -> Outcome:
        """Run the CLI in the project's folder."""
        return self._run(["pulumi", *arguments], environment)

    def shell(self, commands: str) -> Outcome:
        """Type commands in the project's folder, until one fails."""
        return self._run(["bash", "-e", "-c", commands], {})

    def _run(self, command: Sequence[str], environment: Mapping[str, str]) -> Outcome:
        done = subprocess.run(
            command,
            cwd=self.project,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300 * DEPTH,
            check=False,
        )
        return Outcome(tuple(command), done.returncode, done.stdout)

    def preview(self, *arguments: str, **environment: str) -> Outcome:
        """``pulumi preview``."""
        return self.run("preview", *arguments, **environment)

    def up(self, *arguments: str, **environment: str) -> Outcome:
        """``pulumi up`` without its preview."""
        return self.run("up", "--yes", "--skip-preview", *arguments, **environment)

    def refresh(self, *arguments: str, **environment: str) -> Outcome:
        """``pulumi refresh`` without its preview."""
        return self.run("refresh", "--yes", "--skip-preview", *arguments, **environment)

    def destroy(self, *arguments: str, **environment: str) -> Outcome:
        """``pulumi destroy`` without its preview."""
        return self.run("destroy", "--yes", "--skip-preview", *arguments, **environment)

    def is_settled(self) -> None:
        """Another preview, `up` and `refresh` find nothing to do; in `make test`, in one run."""
        if DEPTH == 1:
            self.up("--refresh", "--expect-no-changes").ok()
        else:
            for operation in (self.preview, self.up, self.refresh):
                operation("--expect-no-changes").ok()

    def set_config(self, key: str, value: str, *, secret: bool = False) -> None:
        """``pulumi config set``."""
        kind = ["--secret"] if secret else ["--plaintext"]
        self.run("config", "set", *kind, key, value).ok()

    def steps(self, *arguments: str, **environment: str) -> dict[str, str]:
        """What a preview would do: the step of each of our resources, by name."""
        outcome = self.preview("--json", *arguments, **environment).ok()
        digest = json.loads(outcome.text[outcome.text.index("{") :])
        steps = {step["urn"].rpartition("::")[2]: step["op"] for step in digest["steps"]}
        return {name: op for name, op in steps.items() if name != "test-dev"}

    def resources(self) -> dict[str, dict[str, Any]]:
        """Our resources in state, by name, as ``pulumi stack export`` has them."""
        name = (self.project / "Pulumi.yaml").read_text("utf-8").splitlines()[0].split()[1]
        (state,) = self.state_folder.glob(f".pulumi/stacks/{name}/*.json")
        kept = json.loads(state.read_bytes())["checkpoint"].get("latest") or {}
        return {
            resource["urn"].rpartition("::")[2]: resource
            for resource in kept.get("resources", ())
            if resource["type"].startswith("pulumi-python:dynamic/capig:")
        }

    def everything_written(self) -> str:
        """The text of every file that the backend holds: state, backups and history."""
        files = (path for path in self.state_folder.rglob("*") if path.is_file())
        return "\n".join(path.read_text("utf-8", errors="replace") for path in files)

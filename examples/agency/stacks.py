"""One account's stack, through Pulumi's Automation API."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi import automation
from pulumi.automation.events import EngineEvent, OpMap

LOOK = "refresh --preview-only"
CREATING = ("preview", "up")
"""Operations that make the stack of an account that has none."""

OnEvent = Callable[[EngineEvent], None]


def _preview(stack: automation.Stack, see: OnEvent) -> OpMap | None:
    return stack.preview(on_event=see).change_summary


def _up(stack: automation.Stack, see: OnEvent) -> OpMap | None:
    return stack.up(on_event=see, show_secrets=False).summary.resource_changes


def _refresh(stack: automation.Stack, see: OnEvent) -> OpMap | None:
    done = stack.refresh(on_event=see, show_secrets=False)
    return done.summary.resource_changes


def _look(stack: automation.Stack, see: OnEvent) -> OpMap | None:
    return stack.preview_refresh(on_event=see).change_summary


def _destroy(stack: automation.Stack, see: OnEvent) -> OpMap | None:
    # An account that its stack has made stays: it is protected, and what is in it goes.
    done = stack.destroy(on_event=see, show_secrets=False, exclude_protected=True)
    return done.summary.resource_changes


OPERATIONS = {
    "preview": _preview,
    "up": _up,
    "refresh": _refresh,
    LOOK: _look,
    "destroy": _destroy,
}


@dataclass(frozen=True)
class Outcome:
    """How an account's operation ended.

    Attributes:
        account: The account's name.
        counts: Resources by what was done to them, as Pulumi counts them.
        seconds: From its start to its end.
        error: What went wrong, in a few lines; "" if nothing did.
    """

    account: str
    counts: OpMap = field(default_factory=dict)
    seconds: float = 0.0
    error: str = ""


class Project(automation.LocalWorkspace):
    """The program's folder, which all stacks share.

    Selecting a stack notes for the folder which one it was. Runs at once would overwrite each
    other's note, and that of the person at the keyboard; and every command names its stack anyway.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(work_dir=str(folder), env_vars={"PULUMI_SKIP_UPDATE_CHECK": "true"})

    def select_stack(self, stack_name: str) -> None:
        """Notes nothing."""

    def create_stack(self, stack_name: str) -> None:
        """Creates a stack and does not select it."""
        command = ["stack", "init", stack_name, "--no-select"]
        self.pulumi_command.run(command, self.work_dir, self.env_vars)


class Stacks:
    """The stacks of the project.

    Args:
        folder: Where `Pulumi.yaml` is.

    Attributes:
        held: How many resources each existing stack holds, by its name.

    Raises:
        automation.CommandError: The backend does not list its stacks.
        OSError: There is no Pulumi CLI.
    """

    def __init__(self, folder: Path) -> None:
        self._project = Project(folder)
        self.held = {stack.name: stack.resource_count or 0 for stack in self._project.list_stacks()}

    def run(self, operation: str, account: str, on_step: Callable[[], Any]) -> Outcome:
        """Carry out an operation on an account's stack.

        Args:
            operation: Of `OPERATIONS`.
            account: The account's name.
            on_step: Called each time a resource is done.
        """
        started = time.monotonic()
        said = Errors()

        def see(event: EngineEvent) -> None:
            said.see(event)
            if event.res_outputs_event or event.res_op_failed_event:
                on_step()

        counts: OpMap = {}
        error = ""
        try:
            if stack := self._stack(operation, account):
                counts = OPERATIONS[operation](stack, see) or {}
        except Exception as failure:  # whatever it is, the other accounts go on
            error = said.shown() or last_words(str(failure))
        return Outcome(account, counts, time.monotonic() - started, error)

    def preview_to(self, file: Path, account: str) -> Outcome:
        """Preview an account, and write what the CLI prints to a file, errors too."""
        self._stack("preview", account)
        command = ["pulumi", "preview", "--json", "--show-sames", "--stack", account]
        with file.open("w", encoding="utf-8") as output:
            done = subprocess.run(  # noqa: S603
                [*command, "--non-interactive"],
                cwd=self._project.work_dir,
                env={**os.environ, **self._project.env_vars},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        return Outcome(account, error="its preview failed" if done.returncode else "")

    def _stack(self, operation: str, account: str) -> automation.Stack | None:
        if account in self.held:
            return automation.Stack.select(account, self._project)
        if operation in CREATING:
            return automation.Stack.create(account, self._project)
        return None


class Errors:
    """What the engine calls errors, those of resources before those of the whole run."""

    def __init__(self) -> None:
        self._of_resources: list[str] = []
        self._of_the_run: list[str] = []

    def see(self, event: EngineEvent) -> None:
        """Take an event in."""
        said = event.diagnostic_event
        if said and said.severity == "error":
            run = not said.urn or "::pulumi:pulumi:Stack::" in said.urn
            (self._of_the_run if run else self._of_resources).append(said.message)

    def shown(self) -> str:
        """The first one, in at most two lines, and how many there are besides."""
        errors = self._of_resources or self._of_the_run
        if not errors:
            return ""
        lines = [line.strip().removeprefix("error: ") for line in errors[0].strip().splitlines()]
        more = len(self._of_resources) - 1
        return "\n".join(lines[:2] + ([f"... and {more} more errors"] if more > 0 else []))


def last_words(text: str) -> str:
    """The error in what a command printed that ended before the engine began, and its reason."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [number for number, line in enumerate(lines) if "error: " in line]
    first = errors[0] if errors else len(lines) - 1
    return "\n".join(line.rpartition("error: ")[2] for line in lines[first : first + 2])

"""A stack's config and state, from the `pulumi` that the user would run."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from ..errors import RefusedError, SettingsError, one_line
from .tools import INSTALL_CLI

__all__ = ["config", "each", "state", "state_in"]

T = TypeVar("T")

_AT_ONCE = 4
"""Runs of the CLI side by side; each is a process that works for a third of a second."""

_PATIENCE = 120.0
"""Seconds; a backend may be on another continent."""


def each(ask: Callable[[str], T], stacks: Sequence[str]) -> dict[str, T]:
    """What is asked of each of several stacks, by its name."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(stacks, pool.map(ask, stacks), strict=True))


def config(stack: str) -> dict[str, str]:
    """A stack's config, secrets in the clear, by full key: ``capig:gateway``.

    Raises:
        SettingsError: Pulumi is not there, or refuses.
    """
    found = _asked("config", "--json", "--show-secrets", "--stack", stack)
    return {key: str(entry.get("value", "")) for key, entry in found.items()}


def state(stack: str) -> list[dict[str, Any]]:
    """The resources in a stack's state; secrets stay encrypted.

    Raises:
        SettingsError: Pulumi is not there, or refuses.
    """
    return _resources(_asked("stack", "export", "--stack", stack))


def state_in(file: Path) -> list[dict[str, Any]]:
    """The resources in a file that `pulumi stack export` wrote.

    Raises:
        RefusedError: The file cannot be read, or holds something else.
    """
    try:
        return _resources(json.loads(file.read_text(encoding="utf-8-sig")))
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    except (ValueError, AttributeError, TypeError):
        reason = "is not what `pulumi stack export` prints"
    what = f"--state: {file} {reason}"
    raise RefusedError(what, "Write it with: pulumi stack export --stack NAME --file FILE")


def _resources(exported: Any) -> list[dict[str, Any]]:
    deployment = exported.get("deployment")
    if not isinstance(deployment, dict):
        raise TypeError
    return list(deployment.get("resources") or ())


def _asked(*arguments: str) -> dict[str, Any]:
    """The JSON that Pulumi prints."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    stack = arguments[-1]
    try:
        done = subprocess.run(  # noqa: S603
            ["pulumi", *arguments, "--non-interactive"],  # noqa: S607 - whichever the user would run
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=True,
            env=environment,
        )
        return dict(json.loads(done.stdout))
    except FileNotFoundError as error:
        what = f"stack {stack}: there is no pulumi on PATH"
        raise SettingsError(what, f"Install it: {INSTALL_CLI}") from error
    except subprocess.TimeoutExpired:
        reason, advice = f"pulumi gave no answer in {_PATIENCE:.0f} seconds", ""
    except subprocess.CalledProcessError as error:
        reason, advice = _reason(error.stderr)
    except (OSError, ValueError) as error:
        reason, advice = f"pulumi did not answer with JSON: {error}", ""
    what = f"stack {stack}: {reason}"
    raise SettingsError(what, advice) from None


def _reason(said: str) -> tuple[str, str]:
    """Why Pulumi refuses, and what to do about it."""
    lines = [one_line(line) for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    reason = (errors or lines or ["pulumi failed without a message"])[0]
    advice = {
        "no stack named": "`pulumi stack ls` lists the stacks; --cwd names their project's folder.",
        "no Pulumi.yaml": "Name the folder of the stack's project with --cwd.",
        "passphrase": "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, as for "
        "`pulumi up`.",
    }
    return reason, next((advice[key] for key in advice if key in reason), "")

"""The Pulumi that is installed here."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.metadata import PackageNotFoundError, version

from .._version import MINIMUM_CLI, MINIMUM_SDK

__all__ = ["INSTALL_CLI", "MINIMUM_CLI", "MINIMUM_SDK", "cli_version", "is_older", "sdk_version"]

INSTALL_CLI = (
    "curl -fsSL https://get.pulumi.com | sh, or another way of https://www.pulumi.com/docs/install/"
)


def cli_version() -> str | None:
    """Version of the `pulumi` on PATH, or None where there is none that runs."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        done = subprocess.run(
            ["pulumi", "version"],  # noqa: S607 - whichever the user would run
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
            check=True,
            env=environment,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip().removeprefix("v") or None


def sdk_version() -> str:
    """Version of the Pulumi SDK beside this package; empty where there is none."""
    try:
        return version("pulumi")
    except PackageNotFoundError:
        return ""


def is_older(found: str, least: str) -> bool:
    """Whether a version comes before another one; one that cannot be read does."""
    return _numbers(found) < _numbers(least)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"[0-9]+", text)[:3])

"""What a Pulumi CLI is here: its versions, and the errors of the ways that lead to one."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from semver import Version

SOURCES = Path(__file__).resolve().parent
LANGUAGE_HOST = "pulumi-language-python"

_VERSIONS = json.loads((SOURCES / "versions.json").read_text())
PINNED: str = _VERSIONS["cli"]
MINIMUM: str = _VERSIONS["minimum_cli"]


class UnavailableError(Exception):
    """A way leads to no CLI on this machine; the message says why, and what would change that."""


@dataclass(frozen=True)
class Cli:
    """A Pulumi CLI that can be used, and where it came from."""

    path: Path
    version: str
    origin: str

    def __str__(self) -> str:
        return f"pulumi v{self.version} ({self.origin})"


def version_of(path: Path) -> str | None:
    """The version that a CLI names; None where it cannot be run."""
    variables = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run([path, "version"], env=variables, capture_output=True, text=True)
    except OSError:
        return None
    match = re.match(r"v?(\d+\.\d+\.\d+)", answer.stdout)
    return match[1] if match and answer.returncode == 0 else None


def is_at_least(version: str, minimum: str) -> bool:
    """Whether a version, as a program names itself, is another or a later one."""
    return _parsed(version) >= _parsed(minimum)


def _parsed(text: str) -> Version:
    match = re.search(r"\d+(\.\d+){1,2}", text)
    return Version.parse(match[0] if match else "0", optional_minor_and_patch=True)

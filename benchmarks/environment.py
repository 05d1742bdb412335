"""The virtual environment that the measured programs run in: what users install, and no more."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

from .usage import CommandError, clean_environment

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".venv-bench"


def make_environment() -> None:
    """Make the environment, or bring it up to date.

    The project's own has more in it, which programs would pay for: httpx imports `rich` and
    `click` wherever they are installed.

    Raises:
        CommandError: A package could not be installed.
    """
    FOLDER.mkdir(exist_ok=True)
    pins = FOLDER / "pins.txt"
    pins.write_text("\n".join(_present()), encoding="utf-8")
    _run(sys.executable, "-m", "venv", FOLDER)
    pip = (sys.executable, "-m", "pip", "--python", FOLDER, "--disable-pip-version-check", "-q")
    _run(*pip, "install", "--constraint", pins, "--editable", ROOT)


def _present() -> list[str]:
    """The versions of the project's environment, for the figures to be those of what is tested."""
    found = ((each.name, each.version) for each in metadata.distributions())
    return [f"{name}=={version}" for name, version in found if name != "pulumi-capig"]


def _run(*command: str | Path) -> None:
    done = subprocess.run(
        command, env=clean_environment(), check=False, capture_output=True, text=True
    )
    if done.returncode:
        message = f"{' '.join(map(str, command))} ended with {done.returncode}:\n"
        raise CommandError(message + done.stderr)

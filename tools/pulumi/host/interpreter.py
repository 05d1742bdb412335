"""Which Python runs a program: the project's runtime options, as the official host reads them."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


class InterpreterError(Exception):
    """The Python that the project asks for is not there; the message says what to do."""


def find(root: Path, options: Mapping[str, str]) -> Path:
    """Find the Python of a project.

    Args:
        root: the folder of its Pulumi.yaml.
        options: the runtime options `virtualenv` and `toolchain`, where set.

    Raises:
        InterpreterError: it does not exist.
    """
    environment = _virtual_environment(root, options)
    if environment is None:
        return _on_path()
    python = environment / "bin" / "python"
    if not python.exists():
        why = (
            f"the project's virtual environment {environment} has no bin/python. Create it: "
            f"`python3 -m venv {environment}`, then install the program's requirements into it."
        )
        raise InterpreterError(why)
    return python


def variables(python: Path) -> dict[str, str]:
    """The environment of this process, with the virtual environment of `python` activated."""
    result = dict(os.environ)
    environment = python.parent.parent
    if (environment / "pyvenv.cfg").exists():
        result["VIRTUAL_ENV"] = str(environment)
        result["PATH"] = os.pathsep.join([str(python.parent), result.get("PATH", os.defpath)])
        result.pop("PYTHONHOME", None)
    return result


def _virtual_environment(root: Path, options: Mapping[str, str]) -> Path | None:
    if named := options.get("virtualenv"):
        return root / named
    toolchain = options.get("toolchain")
    if toolchain == "uv":
        folders = (folder / ".venv" for folder in (root, *root.parents))
        return next((folder for folder in folders if folder.is_dir()), root / ".venv")
    if toolchain == "poetry":
        return _poetry_environment(root)
    return None


def _poetry_environment(root: Path) -> Path:
    command = ["poetry", "env", "info", "--path"]
    try:
        answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = f"`{' '.join(command)}` names no environment: run `poetry install` in {root}."
        raise InterpreterError(why) from error
    return Path(answer.stdout.strip())


def _on_path() -> Path:
    named = os.environ.get("PULUMI_PYTHON_CMD")
    for command in [named] if named else ["python3", "python"]:
        if found := shutil.which(command):
            return Path(found)
    why = f"no {named or 'python3'} on PATH: install Python, or name one in PULUMI_PYTHON_CMD."
    raise InterpreterError(why)

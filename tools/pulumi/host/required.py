"""Which plugins a program's packages ask for, by the rule of the official language host.

A distribution asks for one if its package holds a `pulumi-plugin.json` with `"resource": true`, or
if it is called `pulumi-…` and its package holds no such file.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import interpreter

_SOURCE = (Path(__file__).parent / "installed.py").read_text("utf-8")
_WITHOUT_PLUGIN = {"pulumi-policy", "pulumi-esc-sdk"}
_VERSION = re.compile(
    r"(?P<release>\d+(\.\d+)*)((?P<kind>a|b|rc)(?P<number>\d*))?(?P<build>(\.post\d*)?(\.dev\d*)?)",
    re.ASCII,
)
_KINDS = {"a": "alpha", "b": "beta", "rc": "rc"}


class UnreadableError(Exception):
    """What is installed cannot be read; the message says what is wrong."""


def plugins(python: Path) -> Iterator[dict[str, Any]]:
    """The plugins, each in the JSON form of the protocol's `PackageDependency`.

    Args:
        python: the program's Python.

    Raises:
        UnreadableError: a `pulumi-plugin.json` is no JSON object, or the Python does not run.
    """
    for name, package in _installed(python).items():
        plugin = None if name in _WITHOUT_PLUGIN else _plugin(name, package)
        if plugin:
            yield plugin


def _installed(python: Path) -> dict[str, dict[str, str]]:
    """Every distribution by its normal name; of two with one name Python imports the first."""
    answer = subprocess.run(
        [python, "-c", _SOURCE],
        env=interpreter.variables(python),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        why = f"{python} cannot list its packages:\n{answer.stderr}"
        raise UnreadableError(why)
    found: dict[str, dict[str, str]] = {}
    for package in json.loads(answer.stdout):
        found.setdefault(re.sub(r"[-_.]+", "-", package["name"].lower()), package)
    return found


def _plugin(name: str, package: dict[str, str]) -> dict[str, Any] | None:
    declared: dict[str, Any] = {"resource": name.startswith("pulumi-")}
    if package["plugin"]:
        try:
            declared = {"resource": False, **json.loads(package["plugin"])}
        except (TypeError, ValueError) as error:
            why = f"the pulumi-plugin.json of {name} cannot be read: {error}"
            raise UnreadableError(why) from error
    version = declared.get("version") or plugin_version(package["version"])
    if not declared["resource"] or not version:
        return None
    return {
        "kind": "resource",
        "name": declared.get("name") or name.removeprefix("pulumi-"),
        "version": version if version.startswith("v") else f"v{version}",
        "server": declared.get("server", ""),
        "parameterization": declared.get("parameterization"),
        "extension": declared.get("extensionParameterization"),
    }


def plugin_version(package: str) -> str | None:
    """The version of a plugin that goes with a package's; None where there is no telling."""
    match = _VERSION.fullmatch(package)
    if match is None:
        return None
    release = match["release"].split(".")
    release += ["0"] * (3 - len(release))
    before = f"-{_KINDS[match['kind']]}.{match['number']}" if match["kind"] else ""
    after = match["build"].replace(".", "")
    return ".".join(release) + before + (f"+{after}" if after else "")

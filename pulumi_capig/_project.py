"""The Pulumi project of a program under test: what `capig_stack` takes over from it."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pulumi.automation import ConfigValue, ProjectSettings

_EXTENSIONS = (".yaml", ".yml")
_OF_THE_GATEWAY = {"gateway", "clientId", "clientSecret", "token", "tenantId"}


class ProjectError(Exception):
    """A program cannot be tested as it was asked for; the message says why."""


@dataclass(frozen=True)
class Project:
    """A project as a test runs it.

    Attributes:
        folder: Where its program lies; None for one that the test brings along.
        stack: Name of the stack.
        settings: What its `Pulumi.yaml` says, as far as it concerns a test.
        config: Plain stack config by full key.
        secrets: Secret stack config by full key.
    """

    folder: Path | None
    stack: str
    settings: ProjectSettings
    config: Mapping[str, Any]
    secrets: Mapping[str, ConfigValue]

    @property
    def program(self) -> Callable[[], None]:
        """The program in the folder, else one that declares nothing."""
        folder = self.folder
        return (lambda: None) if folder is None else (lambda: _run(folder))

    def write(self, folder: Path) -> None:
        """Write the stack's plain config where the CLI looks for it."""
        text = yaml.safe_dump({"config": dict(self.config)})
        (folder / f"Pulumi.{self.stack}.yaml").write_text(text, encoding="utf-8")


def find(
    beside: Path,
    root: Path,
    folder: str | None = None,
    *,
    name: str | None = None,
    stack: str = "test",
    config: Mapping[str, Any] | None = None,
) -> Project:
    """Find the project of a program under test.

    Args:
        beside: The folder of the test's file.
        root: The folder above which nothing is looked for.
        folder: The project's folder, as seen from the test's file; without one, the nearest
            above it with a `Pulumi.yaml`, if there is one.
        name: Of the project, instead of the one in `Pulumi.yaml`.
        stack: Its name; plain values of its `Pulumi.<stack>.yaml` are taken over.
        config: Stack config, as `pulumi config set` takes it, on top of that. A secret is a
            `pulumi.automation.ConfigValue` with `secret=True`.

    Raises:
        ProjectError: There is no project in the folder, or a secret has no value here.
    """
    chosen = beside / folder if folder is not None else _nearest(beside, root)
    declared = _read(chosen, "Pulumi") if chosen else None
    if folder is not None and declared is None:
        message = f"there is no Pulumi.yaml in {chosen}"
        raise ProjectError(message)
    declared = declared or {}
    project = name or str(declared.get("name", "test"))
    given = {_full(key, project): value for key, value in (config or {}).items()}
    stored = (_read(chosen, f"Pulumi.{stack}") or {}).get("config", {}) if chosen else {}
    plain = _plain({_full(key, project): value for key, value in stored.items()}, given, stack)
    secrets = {k: v for k, v in given.items() if isinstance(v, ConfigValue) and v.secret}
    others = {k: v.value if isinstance(v, ConfigValue) else v for k, v in given.items()}
    main = (chosen / declared.get("main", "")).resolve() if chosen and folder is not None else None
    return Project(
        folder=main,
        stack=stack,
        settings=ProjectSettings(
            name=project,
            runtime="python",
            main=str(main or Path.cwd()),
            config=declared.get("config"),
        ),
        config={**plain, **{k: v for k, v in others.items() if k not in secrets}},
        secrets=secrets,
    )


def _nearest(folder: Path, root: Path) -> Path | None:
    above = (folder, *folder.parents)
    within = (each for each in above if each == root or root in each.parents)
    return next((each for each in within if _file(each, "Pulumi")), None)


def _file(folder: Path, stem: str) -> Path | None:
    files = (folder / f"{stem}{extension}" for extension in _EXTENSIONS)
    return next((file for file in files if file.is_file()), None)


def _read(folder: Path, stem: str) -> dict[str, Any] | None:
    file = _file(folder, stem)
    return None if file is None else yaml.safe_load(file.read_text("utf-8")) or {}


def _full(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _plain(stored: Mapping[str, Any], given: Mapping[str, Any], stack: str) -> dict[str, Any]:
    """The values that can be read, without those that the sandbox stands in for."""
    plain = {}
    for key, value in stored.items():
        space, _, name = key.partition(":")
        if key in given or (space == "capig" and name in _OF_THE_GATEWAY):
            continue
        if isinstance(value, dict) and "secure" in value:
            message = (
                f"Pulumi.{stack}.yaml keeps {key} encrypted: give the test its own value, "
                f'config={{"{key}": …}}'
            )
            raise ProjectError(message)
        plain[key] = value
    return plain


def _run(folder: Path) -> None:
    """Run the program as the CLI does, with modules beside it that are as they are now."""
    before = set(sys.modules)
    try:
        runpy.run_path(str(folder / "__main__.py"), run_name="__main__")
    finally:
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file and folder in Path(file).parents and "site-packages" not in file:
                del sys.modules[name]

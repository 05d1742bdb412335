"""Which source a setting comes from: environment first, stack config second, default third."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ..errors import SettingsError
from . import client, files
from .table import Setting

T = TypeVar("T")


class Settings:
    """The settings of one process.

    Args:
        config: Looks a key of the ``capig`` namespace up in stack config; None if absent.
        environ: The environment; an empty variable is unset.
        root: Folder that paths are relative to; the project's root if None.
    """

    def __init__(
        self,
        config: Callable[[str], str | None] = lambda _key: None,
        environ: Mapping[str, str] | None = None,
        root: Path | None = None,
    ) -> None:
        self._config = config
        self._environ = os.environ if environ is None else environ
        self._root = root

    def get(self, setting: Setting[T]) -> T:
        """A setting's value.

        Raises:
            SettingsError: The text that is set cannot be read as a value.
        """
        found = self.find(setting)
        if found is None:
            return setting.default
        name, text = found
        try:
            return setting.parse(self._resolve(text) if setting.secret else text)
        except ValueError as error:
            message = f"{name}: {error}"
            raise SettingsError(message) from error

    def for_client(self) -> client.ClientSettings:
        """The settings that a client of the gateway needs.

        Raises:
            SettingsError: Some are missing, malformed or contradictory; names all of them.
        """
        return client.read(self)

    def find(self, setting: Setting[Any]) -> tuple[str, str] | None:
        """The name by which a setting is set, and its text; None where it is not set."""
        value = self._environ.get(setting.variable)
        if value:
            return setting.variable, value
        value = self._config(setting.key)
        if value is None or value == "":
            return None
        return f"capig:{setting.key}", value if isinstance(value, str) else str(value)

    def below_root(self, path: str) -> Path:
        """A path that a setting names, from the project's root."""
        return (self._root or files.project_root()) / path

    def _resolve(self, text: str) -> str:
        if not text.startswith("file:"):
            return text
        return files.content(self.below_root(files.path(text.removeprefix("file:"))))

"""Where the commands take settings from: the environment, below it the config of named stacks."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from .. import misspelt
from ..errors import SettingsError
from ..settings import GATEWAY, TENANT_ID, Settings
from . import stack
from .terminal import complain

__all__ = ["Sources"]

T = TypeVar("T")

_ACCOUNT = "capig:Account"

_SET = "Set the environment variable, or name the stack whose config has it with --stack."
_CORRECT = "Correct the environment variable, or unset it."


class Sources:
    """The settings of one command.

    Args:
        stacks: Stacks whose config counts where the environment says nothing, the first one
            first.
    """

    def __init__(self, stacks: Sequence[str] = ()) -> None:
        self.stacks = stacks
        if warning := misspelt.of_environment(os.environ):
            complain(f"warning: {warning}")

    def read(self, get: Callable[[Settings], T]) -> T:
        """What `get` takes from the settings.

        Raises:
            SettingsError: Settings are missing or wrong, or a stack cannot be read.
        """
        try:
            return get(Settings(self._config))
        except SettingsError as error:
            what = error.what.removeprefix("settings: ")
            if self.stacks:
                raise SettingsError(what, error.advice) from error
            # Stack config is not looked at, so messages do not name it.
            what = re.sub(r" or capig:\w+", "", what)
            raise SettingsError(what, _SET if "missing" in what else _CORRECT) from error

    def tenant_ids(self) -> list[str]:
        """The default accounts, the environment's or else that of each stack; then those they made.

        Raises:
            SettingsError: One is malformed, or a stack cannot be read.
        """
        if os.environ.get(TENANT_ID.variable) or not self.stacks:
            found = [self.read(lambda settings: settings.get(TENANT_ID))]
        else:
            found = [_alone(config).get(TENANT_ID) for config in self._configs.values()]
        return list(dict.fromkeys([*filter(None, found), *self._made()]))

    def _made(self) -> list[str]:
        """The accounts that the named stacks hold as resources."""
        states = stack.each(stack.state, self.stacks).values()
        return [
            str(resource.get("id"))
            for state in states
            for resource in state
            if str(resource.get("type", "")).endswith(_ACCOUNT) and not resource.get("delete")
        ]

    def _config(self, key: str) -> str | None:
        found = (config.get(f"capig:{key}") for config in self._configs.values())
        return next(filter(None, found), None)

    @cached_property
    def _configs(self) -> dict[str, dict[str, str]]:
        configs = stack.each(stack.config, self.stacks)
        _warn_of_misspelt(configs)
        _refuse_several_gateways(configs)
        return configs


def _warn_of_misspelt(configs: dict[str, dict[str, str]]) -> None:
    keys = {key for config in configs.values() for key in config}
    if not _is_called_capig() and (warning := misspelt.warning(keys)):
        complain(f"warning: {warning}")


def _is_called_capig() -> bool:
    """Whether the namespace of our keys is also that of the project's own."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        for file in (folder / "Pulumi.yaml", folder / "Pulumi.yml"):
            if file.is_file():
                text = file.read_text(encoding="utf-8", errors="replace")
                return bool(re.search(r"^name: *[\"']?capig[\"']?\s*$", text, re.MULTILINE))
    return False


def _refuse_several_gateways(configs: dict[str, dict[str, str]]) -> None:
    if os.environ.get(GATEWAY.variable):
        return
    addresses = {name: _alone(config).get(GATEWAY) for name, config in configs.items()}
    hosts = {name: address.host for name, address in addresses.items() if address}
    if len(set(hosts.values())) > 1:
        named = ", ".join(f"{host} (stack {name})" for name, host in hosts.items())
        what = f"the stacks have several gateways: {named}"
        raise SettingsError(what, "Run the command once for each gateway.")


def _alone(config: Mapping[str, str]) -> Settings:
    """The settings of a stack's config, without the environment."""
    return Settings(lambda key: config.get(f"capig:{key}"), environ={})

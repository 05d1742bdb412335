"""The settings of the environment. Stack config is not read here, so messages do not name it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from ..errors import SettingsError
from ..settings import Settings

__all__ = ["read"]

T = TypeVar("T")

_SET = "Set the environment variable; stack config is not read here."
_CORRECT = "Correct the environment variable, or unset it."


def read(get: Callable[[Settings], T]) -> T:
    """What `get` takes from the settings.

    Raises:
        SettingsError: Settings are missing or wrong.
    """
    try:
        return get(Settings())
    except SettingsError as error:
        what = re.sub(r" or capig:\w+", "", error.what.removeprefix("settings: "))
        raise SettingsError(what, _SET if "missing" in what else _CORRECT) from None

"""How a result is shown, and how gaps in the answer of a mock are filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Shown:
    """Shows its values, for notebooks."""

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"


def whole(blank: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a result: the given ones, and defaults for the others.

    Args:
        blank: The default of each value, by name. If it is a whole number, so is the value in the
            result, although Pulumi only knows floats.
        values: The given values; other names are left out.
    """
    found = {name: values.get(name, value) for name, value in blank.items()}
    return {
        name: int(value) if type(blank[name]) is int else value for name, value in found.items()
    }

"""How a result looks, and how it is made of what a mock of a unit test leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Shown:
    """Shows its values, as a notebook wants them."""

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__name__}({values})"


def whole(blank: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a result: those that are given, and what stands for the others.

    Args:
        blank: What stands for each, by its name. A whole number among them is one in the result,
            too, although Pulumi knows floats alone.
        values: What is given; other names are left out.
    """
    found = {name: values.get(name, value) for name, value in blank.items()}
    return {
        name: int(value) if type(blank[name]) is int else value for name, value in found.items()
    }

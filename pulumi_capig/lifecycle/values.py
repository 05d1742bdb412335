"""The plain values that go in and out of a life cycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

from .. import settings as table
from ..errors import SettingsError

if TYPE_CHECKING:
    from ..settings import Setting, Settings

T = TypeVar("T")

Props: TypeAlias = dict[str, Any]
"""Properties by name. A name that is absent was not declared; no value is None."""

Canonical: TypeAlias = Callable[[Any], Any]
"""Turns a value into its canonical form, or raises ValueError with a sentence."""


class Unknown(Enum):
    """A value that only the update will know; seen in preview."""

    UNKNOWN = "unknown"


UNKNOWN: Final[Literal[Unknown.UNKNOWN]] = Unknown.UNKNOWN


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong with what a program declares.

    Attributes:
        path: The property, as Pulumi writes paths: ``pixel_ids[0]``.
        reason: One sentence that never quotes the value.
    """

    path: str
    reason: str


@dataclass
class Checked:
    """Canonical inputs, and all that is wrong with them."""

    inputs: Props
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True)
class Difference:
    """Whether something is to be done, and which properties force a replacement."""

    changes: bool
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Created:
    """A resource that now exists."""

    id: str
    outputs: Props


@dataclass(frozen=True)
class Found:
    """A resource as it was read: its outputs, and the inputs that would make it so."""

    outputs: Props
    inputs: Props


def is_known(value: object) -> bool:
    """Whether a value holds nothing unknown at any depth."""
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    if isinstance(value, dict):
        return all(is_known(item) for item in value.values())
    return value is not UNKNOWN


def differs(name: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    """Whether a property changed, was added or was taken away; an unknown counts as changed."""
    new = news.get(name)
    return not is_known(new) or new != olds.get(name)


def read_setting(settings: Settings, setting: Setting[T], checked: Checked) -> T | None:
    """A setting that stands in for an argument; a failure that names it, and None, if wrong."""
    try:
        return settings.get(setting)
    except SettingsError as error:
        checked.failures.append(Failure("", error.what))
        return None


def record_gateway(settings: Settings, checked: Checked) -> None:
    """Put the gateway into the inputs, where it is set, so that a move shows in a difference."""
    try:
        address = settings.get(table.GATEWAY)
    except SettingsError:
        return  # said when the gateway is first needed
    if address is not None:
        checked.inputs["gateway"] = address.host


def canonical_inputs(news: Mapping[str, Any], fields: Mapping[str, Canonical]) -> Checked:
    """Bring each declared, known value into its canonical form; collect what is wrong."""
    checked = Checked({name: value for name, value in news.items() if value is not None})
    for name, canonical in fields.items():
        value = checked.inputs.get(name)
        if value is None or value is UNKNOWN or (isinstance(value, dict) and not is_known(value)):
            continue
        try:
            checked.inputs[name] = canonical(value)
        except ValueError as error:
            checked.failures.append(Failure(name, str(error)))
    return checked


def check_set(
    checked: Checked, name: str, spell: Canonical, *, instead_of_none: str | None = None
) -> None:
    """Bring an argument that is a set into its canonical form; what is unknown stays at its end.

    Args:
        checked: The inputs and what is wrong with them.
        name: The argument.
        spell: Brings an item into its canonical form.
        instead_of_none: What to do instead of passing an empty list, where that says nothing.
    """
    value = checked.inputs[name]
    if value is UNKNOWN:
        return
    if not isinstance(value, list):
        checked.failures.append(Failure(name, f"{name} must be a list"))
        return
    if not value and instead_of_none:
        checked.failures.append(Failure(name, f"{name} is an empty list; {instead_of_none}"))
    known = []
    for index, item in enumerate(value):
        if item is UNKNOWN:
            continue
        try:
            known.append(spell(item))
        except ValueError as error:
            checked.failures.append(Failure(f"{name}[{index}]", str(error)))
    unknown = [item for item in value if item is UNKNOWN]
    checked.inputs[name] = [*sorted(set(known)), *unknown]

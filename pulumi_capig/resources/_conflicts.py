"""What one program declares, and what of it contradicts itself.

It hangs on the root resource of the run, so that two stacks of one process do not see each other.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime import get_root_resource

from .. import canonical
from .. import settings as table
from ..errors import SettingsError
from ._program import is_real_run, refuse, settings

_ON_ROOT = "_pulumi_capig_declarations"


class _Filter(NamedTuple):
    resource: str
    scope: frozenset[str] | None
    filter_state: str

    def contradicts(self, other: _Filter) -> bool:
        if self.filter_state == other.filter_state:
            return False
        if self.scope is None or other.scope is None:
            return True
        return not self.scope.isdisjoint(other.scope)


@dataclass
class _Declarations:
    """What one run's program has declared so far; hangs on the root resource of the run.

    Attributes:
        pixels: Resource by pixel, for each account.
        filters: Filters by kind, account and name.
        outputs: The pixel id behind a connection's output of it, by the output's identity. The
            outputs are held, so that no other object can take the identity over.
        listings: `filters` as text, where it was needed; by the same keys.
        accounts_as_text: All pixels of an account as text, and of how many it was made.
    """

    pixels: defaultdict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    filters: dict[tuple[str, str, str], list[_Filter]] = field(default_factory=dict)
    outputs: dict[int, tuple[pulumi.Output[str], str]] = field(default_factory=dict)
    listings: dict[tuple[str, str, str], str] = field(default_factory=dict)
    accounts_as_text: dict[str, tuple[int, str]] = field(default_factory=dict)


def guard_pixel(name: str, declared: dict[str, Any]) -> None:
    """Refuse a second connection of a pixel: at once, or before it is registered."""

    def check(values: Mapping[str, Any]) -> None:
        pixel, pixels = values["pixel_id"], _declarations().pixels[_tenant(values)]
        if not isinstance(pixel, str):
            return  # the provider's check says what is wrong with it
        if pixel in pixels:
            refuse(
                f"PixelConnection '{name}' and PixelConnection '{pixels[pixel]}' connect the same "
                f"pixel, {pixel}",
                "Keep one of them.",
            )
        pixels[pixel] = name

    _guard(declared, ("tenant_id", "pixel_id"), "pixel_id", check)


def remember_pixel(output: pulumi.Output[str], pixel_id: Any) -> None:
    """Let filters see at once which pixel stands behind a connection's output."""
    if isinstance(pixel_id, str) and is_real_run():
        _declarations().outputs[id(output)] = (output, pixel_id)


def guard_filter(kind: str, name: str, subject: str, declared: dict[str, Any]) -> None:
    """Refuse filters that contradict each other: at once, or before the later is registered.

    The filter also carries what else the program declares of its event or domain, so that the
    provider does not open what another filter, registered later or left out by ``--target``,
    keeps closed; and which of its pixels the program connects, so that one that was connected in a
    run that did not get as far as this filter is not forgotten. The provider's check takes both
    out: they are in no state and no difference.
    """

    def check(values: Mapping[str, Any]) -> None:
        pixel_ids = values.get("pixel_ids")
        if not all(isinstance(item, str) for item in pixel_ids or ()):
            return  # the provider's check says what is wrong with it
        scope = None if pixel_ids is None else frozenset(pixel_ids)
        this = _Filter(f"{kind} '{name}'", scope, values["filter_state"])
        key = _filter_key(kind, subject, values)
        others = _declarations().filters.setdefault(key, [])
        for other in others:
            if this.contradicts(other):
                refuse(
                    f"{this.resource} and {other.resource} contradict each other: {key[2]} is "
                    f"{this.filter_state} in one and {other.filter_state} in the other, for "
                    "pixels that both cover",
                    "Give them one state, or pixels that do not overlap: which of them the "
                    "gateway would follow is not documented.",
                )
        others.append(this)
        _declarations().listings.pop(key, None)

    _guard(declared, ("tenant_id", subject, "pixel_ids", "filter_state"), subject, check)
    identity = {key: declared[key] for key in ("tenant_id", subject) if key in declared}
    if is_real_run() and not any(_is_eventual(value) for value in identity.values()):
        key = _filter_key(kind, subject, identity)
        declared["siblings"] = _siblings(key)
        declared["connections"] = _connections(key[1], _seen(declared.get("pixel_ids")))


async def _siblings(key: tuple[str, str, str]) -> str | None:
    """All filters of a key that are declared by the time the engine is told of one of them."""
    declarations = _declarations()
    if not key[1] or len(declarations.filters.get(key, ())) < 2:
        return None
    if key not in declarations.listings:
        filters = [
            [None if f.scope is None else sorted(f.scope), f.filter_state]
            for f in declarations.filters[key]
        ]
        declarations.listings[key] = json.dumps(filters)
    return declarations.listings[key]


async def _connections(tenant_id: str, pixel_ids: Any) -> str | None:
    """The pixels of a filter that are connected by the program, as far as it has come by then."""
    declarations = _declarations()
    pixels = declarations.pixels[tenant_id]
    if _is_eventual(pixel_ids):
        return None
    if pixel_ids is not None:
        named = {item for item in pixel_ids if isinstance(item, str)}
        return " ".join(sorted(named & pixels.keys()))
    count, found = declarations.accounts_as_text.get(tenant_id, (0, ""))
    if count != len(pixels):
        found = " ".join(sorted(pixels))
        declarations.accounts_as_text[tenant_id] = len(pixels), found
    return found


def _guard(
    declared: dict[str, Any],
    names: Sequence[str],
    carrier: str,
    check: Callable[[Mapping[str, Any]], None],
) -> None:
    """Check values now if all can be seen; else let the carrier property wait for the check."""
    if not is_real_run():
        return
    relevant = {name: _seen(declared[name]) for name in names if name in declared}
    if carrier not in relevant:
        return
    if not any(_is_eventual(value) for value in relevant.values()):
        check(relevant)
        return
    original = declared[carrier]

    async def checked() -> Any:
        values = {}
        for name, value in relevant.items():
            output = pulumi.Output.from_input(value)
            if not await output.is_known():
                return original
            values[name] = await output.future()
        check({name: value for name, value in values.items() if value is not None})
        return original

    declared[carrier] = checked()


def _seen(value: Any) -> Any:
    """A value with the outputs of connections replaced by the pixel ids behind them."""
    if isinstance(value, list):
        return [_seen(item) for item in value]
    if isinstance(value, pulumi.Output):
        found = _declarations().outputs.get(id(value))
        return found[1] if found else value
    return value


def _is_eventual(value: Any) -> bool:
    if isinstance(value, list):
        return any(_is_eventual(item) for item in value)
    return isinstance(value, pulumi.Output)


def _declarations() -> _Declarations:
    root = get_root_resource()
    found = getattr(root, _ON_ROOT, None)
    if not isinstance(found, _Declarations):
        found = _Declarations()
        setattr(root, _ON_ROOT, found)
    return found


def _tenant(values: Mapping[str, Any]) -> str:
    if "tenant_id" in values:
        return str(values["tenant_id"])
    try:
        return settings().get(table.TENANT_ID)
    except SettingsError:
        return ""  # the provider's check says what is wrong with it


def _filter_key(kind: str, subject: str, values: Mapping[str, Any]) -> tuple[str, str, str]:
    return kind, _tenant(values), _canonical(subject, values[subject])


def _canonical(subject: str, value: Any) -> str:
    try:
        return canonical.domain(value) if subject == "domain" else canonical.event_name(value)
    except ValueError:
        return str(value)  # the provider's check says what is wrong with it

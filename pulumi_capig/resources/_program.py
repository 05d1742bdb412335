"""What the program's process sees and refuses before anything is sent to the engine.

The program's process is not the provider's: it knows the names of resources and all that one
program declares, and imports nothing heavy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

import pulumi
from pulumi.runtime import (
    get_config,
    get_root_resource,
    is_config_secret,
    require_pulumi_version,
)
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_monitor

from .. import canonical
from .. import settings as table
from .._version import MINIMUM_CLI
from ..errors import SettingsError

_ON_ROOT = "_pulumi_capig_declarations"

IDS = ("pixel_id", "business_id", "tenant_id")


class _Filter(NamedTuple):
    resource: str
    scope: frozenset[str] | None
    filter_state: str

    def contradicts(self, other: _Filter) -> bool:
        overlap = self.scope is None or other.scope is None or self.scope & other.scope
        return bool(overlap) and self.filter_state != other.filter_state


@dataclass
class _Declarations:
    """What one run's program has declared so far; hangs on the root resource of the run.

    Attributes:
        is_sound: Whether the CLI and the stack's config have been looked at, and are in order.
        pixels: Resource by account and pixel.
        filters: Filters by kind, account and name.
        outputs: The pixel id behind a connection's output of it, by the output's identity. The
            outputs are held, so that no other object can take the identity over.
        listings: `filters` as text, where it was needed; by the same keys.
    """

    is_sound: bool = False
    pixels: dict[tuple[str, str], str] = field(default_factory=dict)
    filters: dict[tuple[str, str, str], list[_Filter]] = field(default_factory=dict)
    outputs: dict[int, tuple[pulumi.Output[str], str]] = field(default_factory=dict)
    listings: dict[tuple[str, str, str], str] = field(default_factory=dict)


def arguments(
    kind: str, name: str, opts: pulumi.ResourceOptions | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments that were declared, in plain forms, once what is wrong is refused.

    Raises:
        pulumi.RunError: ``provider=`` is used, an id is a number, or a secret is in the clear.
    """
    resource = f"{kind} '{name}'"
    if opts is not None and opts.provider is not None:
        _refuse(
            f"{resource}: provider= is not possible, the resources of a run share one provider",
            "Use tenant_id for other accounts, and a stack of its own for another gateway.",
        )
    if _is_real_run() and not _declarations().is_sound:
        _refuse_old_cli()
        _refuse_secrets_in_the_clear()
        _declarations().is_sound = True
    declared = {key: _plain(value) for key, value in given.items() if value is not None}
    for key in IDS:
        _refuse_number(resource, key, declared.get(key))
    pixel_ids = declared.get("pixel_ids")
    if isinstance(pixel_ids, Sequence) and not isinstance(pixel_ids, str):
        for index, item in enumerate(pixel_ids):
            _refuse_number(resource, f"pixel_ids[{index}]", item)
    return declared


def undeclared(resource: pulumi.Resource, optional: Mapping[str, Any]) -> None:
    """Give arguments that were not declared an attribute that is known, even in a preview."""
    for name, value in optional.items():
        if value is None:
            setattr(resource, name, pulumi.Output.from_input(None))


def guard_pixel(name: str, declared: dict[str, Any]) -> None:
    """Refuse a second connection of a pixel: at once, or before it is registered."""

    def check(values: Mapping[str, Any]) -> None:
        pixel = (_tenant(values), values["pixel_id"])
        other = _declarations().pixels.setdefault(pixel, name)
        if other != name:
            _refuse(
                f"PixelConnection '{name}' and PixelConnection '{other}' connect the same pixel, "
                f"{pixel[1]}",
                "Keep one of them.",
            )

    _guard(declared, ("tenant_id", "pixel_id"), "pixel_id", check)


def remember_pixel(output: pulumi.Output[str], pixel_id: Any) -> None:
    """Let filters see at once which pixel stands behind a connection's output."""
    if isinstance(pixel_id, str) and _is_real_run():
        _declarations().outputs[id(output)] = (output, pixel_id)


def guard_filter(kind: str, name: str, subject: str, declared: dict[str, Any]) -> None:
    """Refuse filters that contradict each other: at once, or before the later is registered.

    The filter also carries what else the program declares of its event or domain, so that the
    provider does not open what another filter, registered later or left out by ``--target``,
    keeps closed. The provider's check takes it out: it is in no state and no difference.
    """

    def check(values: Mapping[str, Any]) -> None:
        pixel_ids = values.get("pixel_ids")
        scope = None if pixel_ids is None else frozenset(pixel_ids)
        this = _Filter(f"{kind} '{name}'", scope, values["filter_state"])
        key = _filter_key(kind, subject, values)
        others = _declarations().filters.setdefault(key, [])
        for other in others:
            if this.contradicts(other):
                _refuse(
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
    if _is_real_run() and not any(_is_eventual(value) for value in identity.values()):
        declared["siblings"] = _siblings(_filter_key(kind, subject, identity))


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


def _guard(
    declared: dict[str, Any],
    names: Sequence[str],
    carrier: str,
    check: Callable[[Mapping[str, Any]], None],
) -> None:
    """Check values now if all can be seen; else let the carrier property wait for the check."""
    if not _is_real_run():
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


def _is_real_run() -> bool:
    return not isinstance(get_monitor(), MockMonitor) and get_root_resource() is not None


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
    return isinstance(value, pulumi.Output | Awaitable)


def _plain(value: Any) -> Any:
    """Enums as their values; any collection of pixel ids as a list."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


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
        return canonical.domain(value) if subject == "domain" else str(value)
    except ValueError:
        return str(value)  # the provider's check says what is wrong with it


def settings() -> table.Settings:
    """The settings as the program's process sees them."""
    return table.Settings(lambda key: get_config(f"capig:{key}"))


def _refuse_old_cli() -> None:
    try:
        require_pulumi_version(f">={MINIMUM_CLI}")
    except pulumi.RunError:
        raise  # the engine is on its way down, and says why itself
    except Exception:
        _refuse(
            f"pulumi_capig needs a Pulumi CLI of at least version {MINIMUM_CLI}",
            "Upgrade it: https://www.pulumi.com/docs/install/ (brew upgrade pulumi, "
            "choco upgrade pulumi, or the install script again).",
        )


def _refuse_secrets_in_the_clear() -> None:
    for setting in (table.CLIENT_SECRET, table.TOKEN):
        key = f"capig:{setting.key}"
        value = get_config(key)
        if value and not is_config_secret(key) and not value.startswith("file:"):
            _refuse(
                f"{key} stands in the clear in the stack's config",
                f"Mend it with: pulumi config set --secret {key}",
            )


def _refuse_number(resource: str, key: str, value: Any) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        base = re.sub(r"\[.*", "", key)
        _refuse(
            f"{resource}: {key} is a number; ids are text",
            f'Write it in quotes: {base}="…" (a number loses digits of a long id).',
        )


def _refuse(what: str, advice: str) -> None:
    message = f"{what}\n  {advice}"
    raise pulumi.RunError(message)

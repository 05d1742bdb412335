"""`capig unmanaged`: connected pixels that no stack manages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .. import lookup
from ..errors import GatewayError, SettingsError, one_line
from ..settings import GATEWAY, MOVED_FROM
from . import stack
from .accounts import ask_each, listed
from .exits import Exit
from .program import by_number
from .sources import Sources
from .terminal import complain, complain_of, print_json

if TYPE_CHECKING:
    from ..gateway import Client

__all__ = ["report"]

_CONNECTION = "capig:PixelConnection"


@dataclass(frozen=True)
class _Managed:
    """A pixel that a stack's state holds, and the gateway that it belongs to ("" if untold)."""

    tenant_id: str
    pixel_id: str
    gateway: str


def report(
    sources: Sources,
    files: Sequence[Path],
    tenants: Sequence[str],
    tenant_file: Path | None,
    *,
    as_json: bool,
) -> int:
    """Prints the pixels that are connected and in no state, and returns the exit status.

    Args:
        sources: The stacks, and where settings come from.
        files: States that `pulumi stack export` wrote.
        tenants: Accounts to look at; those of the states and the default ones if there are none.
        tenant_file: Holds more of them, one a line.
        as_json: Whether to print JSON.

    Raises:
        SettingsError: Settings are missing or wrong, or there is no stack or account.
        RefusedError: A state cannot be read.
    """
    if not (sources.stacks or files):
        what = "no stack is named, so every connected pixel would be unmanaged"
        raise SettingsError(
            what, "Name stacks with --stack, or their exported states with --state."
        )
    states = {name: stack.state(name) for name in sources.stacks}
    states |= {str(file): stack.state_in(file) for file in files}
    managed = _managed(sources, {name: _connections(found) for name, found in states.items()})
    accounts = listed(tenants, tenant_file) or _accounts(sources, managed)
    pixels: list[dict[str, Any]] = []
    failed = False
    for _, found in ask_each(sources, _ask, accounts):
        if isinstance(found, GatewayError):
            failed = True
            complain_of(found)
        else:
            pixels += sorted(found["pixel_connections"], key=lambda p: by_number(p["pixel_id"]))
    keys = {(each.tenant_id, each.pixel_id) for each in managed}
    left = [pixel for pixel in pixels if (pixel["tenant_id"], pixel["pixel_id"]) not in keys]
    _print(left, as_json=as_json)
    _sum_up(left, len(pixels), len(states))
    if failed:
        return Exit.GATEWAY
    return Exit.FINDING if left else Exit.GOOD


def _ask(client: Client, tenant: str) -> dict[str, Any]:
    return lookup.account(client, tenant)


def _connections(resources: Sequence[Mapping[str, Any]]) -> list[_Managed]:
    """The connections in a state; neither those that are only read nor those on their way out."""
    found = []
    for resource in resources:
        is_ours = str(resource.get("type", "")).endswith(_CONNECTION)
        if not is_ours or resource.get("external") or resource.get("delete"):
            continue
        tenant_id, _, pixel_id = str(resource.get("id", "")).partition("/")
        outputs = resource.get("outputs") or {}
        found.append(_Managed(tenant_id, pixel_id, str(outputs.get("gateway") or "")))
    return found


def _managed(sources: Sources, states: Mapping[str, Sequence[_Managed]]) -> list[_Managed]:
    """What the states hold of the gateway that is asked; says what they hold of others."""
    address = sources.read(lambda settings: settings.for_client()).address
    here = {"", address.host, *sources.read(lambda settings: settings.get(MOVED_FROM))}
    found = []
    for name, connections in states.items():
        if foreign := [each for each in connections if each.gateway not in here]:
            many = f"{len(foreign)} pixel{'s' if len(foreign) > 1 else ''}"
            complain(
                f"{name} has {many} of the gateway {foreign[0].gateway}, which are not counted for "
                f"{address.host}",
                f"If the gateway moved from there, set {MOVED_FROM.variable}; else correct "
                f"{GATEWAY.variable}.",
            )
        found += [each for each in connections if each.gateway in here]
    return found


def _accounts(sources: Sources, managed: Sequence[_Managed]) -> list[str]:
    accounts = sorted({each.tenant_id for each in managed} | set(sources.tenant_ids()))
    if not accounts:
        what = "no account to check: the stacks have no pixel, and no account is named"
        raise SettingsError(what, "Name accounts with --tenant or --tenants.")
    return accounts


def _print(pixels: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    if as_json:
        names = ("tenant_id", "pixel_id", "pixel_name")
        print_json([{name: pixel[name] for name in names} for pixel in pixels])
        return
    for pixel in pixels:
        name = f" {pixel['pixel_name']}" if pixel["pixel_name"] else ""
        typer.echo(one_line(f"account {pixel['tenant_id']}: pixel {pixel['pixel_id']}{name}"))


def _sum_up(left: Sequence[Mapping[str, Any]], connected: int, states: int) -> None:
    pixels = f"{connected} connected pixel{'' if connected == 1 else 's'}"
    by = "the stack" if states == 1 else f"the {states} stacks"
    if not left:
        typer.echo(f"{pixels}, each managed by {by}", err=True)
        return
    accounts = dict.fromkeys(pixel["tenant_id"] for pixel in left)
    command = " ".join(["capig export", *(f"--tenant {tenant}" for tenant in accounts)])
    complain(
        f"{len(left)} of {pixels} not managed by {by}",
        f"Declare them with adopt=True (`{command}` writes the lines), or disconnect them in the "
        "gateway's page.",
    )

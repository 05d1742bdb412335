"""`capig doctor`: what keeps this machine from the gateway, and how to fix it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import (
    CapigError,
    GatewayError,
    NotAuthorizedError,
    SettingsError,
    UnexpectedAnswerError,
    UnreachableError,
    one_line,
)
from . import hub_checks, probe, tools
from .accounts import AT_ONCE, CHECK_THE_ID, named
from .check import Check
from .exits import Exit
from .sources import Sources
from .terminal import console, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from ..gateway import Account, Client
    from ..settings import ClientSettings

_PATIENCE = 10.0
"""Seconds: whoever asks what is wrong does not want to wait for it."""

_UPDATE_GATEWAY = (
    "Update the gateway in its page (/hub/settings/updates). Until then, the values of these "
    "fields are unknown."
)


def show(checks: Iterable[Check], *, as_json: bool) -> int:
    """Prints the checks, each as soon as it is done, and returns the exit status."""
    done = []
    output = console()
    for check in checks:
        done.append(check)
        if not as_json:
            _show_one(output, check)
    if as_json:
        listed = [{**asdict(check), "status": check.status.name.lower()} for check in done]
        print_json(listed)
    statuses = {check.status for check in done}
    order = (Exit.USAGE, Exit.GATEWAY, Exit.FINDING)
    return next((status for status in order if status in statuses), Exit.GOOD)


def _show_one(output: Console, check: Check) -> None:
    good = check.status is Exit.GOOD
    output.print(" ok " if good else "FAIL", style="green" if good else "bold red", end=" ")
    fix = f" → {check.fix}" if check.fix else ""
    # Commands that are to be copied stay in one piece.
    output.print(one_line(f"{check.name}: {check.said}{fix}"), soft_wrap=True)


def diagnose(sources: Sources, tenants: Sequence[str], file: Path | None) -> Iterator[Check]:
    """All checks, from the nearest to the farthest; those that cannot be made are left out."""
    yield _cli()
    yield _sdk()
    settings = None
    try:
        settings = sources.read(lambda found: found.for_client())
        yield Check("settings", _way_in(settings))
    except SettingsError as error:
        yield _unusable("settings", error)
    accounts: list[str] = []
    try:
        accounts = named(sources, tenants, file, asks=False)
    except SettingsError as error:
        yield _unusable("accounts", error)
    if settings is None:
        return
    try:
        yield from _gateway(settings, accounts)
    except SettingsError as error:
        yield _unusable("environment", error)


def _unusable(name: str, error: SettingsError) -> Check:
    return Check(name, error.what.removeprefix("settings: "), error.advice, Exit.USAGE)


def _way_in(settings: ClientSettings) -> str:
    account = settings.credentials.client_id
    way = f"API account {account}" if account else "a ready token"
    return f"{settings.address.url}, with {way}"


def _cli() -> Check:
    version = tools.cli_version()
    if version is None:
        said = "no working pulumi on PATH"
        return Check("Pulumi CLI", said, f"Install it: {tools.INSTALL_CLI}", Exit.FINDING)
    if tools.is_older(version, tools.MINIMUM_CLI):
        said = f"{version} is too old, {tools.MINIMUM_CLI} is needed"
        return Check("Pulumi CLI", said, f"Upgrade it: {tools.INSTALL_CLI}", Exit.FINDING)
    return Check("Pulumi CLI", version)


def _sdk() -> Check:
    version = tools.sdk_version()
    if tools.is_older(version, tools.MINIMUM_SDK):
        said = f"{version or 'none'} is too old, {tools.MINIMUM_SDK} is needed"
        fix = f"{sys.executable} -m pip install --upgrade 'pulumi>={tools.MINIMUM_SDK}'"
        return Check("Pulumi SDK", said, fix, Exit.FINDING)
    return Check("Pulumi SDK", version)


def _gateway(settings: ClientSettings, accounts: Sequence[str]) -> Iterator[Check]:
    patience = min(_PATIENCE, settings.timeout)
    try:
        seen = probe.reach(settings.address, patience)
    except probe.TlsError as error:
        yield Check("TLS", str(error), probe.FIX_TLS, Exit.GATEWAY)
        return
    except probe.UnreachedError as error:
        fix = "Check CAPIG_GATEWAY, the network, the proxy if any, and that the gateway is running."
        yield Check("gateway", f"cannot be reached: {error}", fix, Exit.GATEWAY)
        return
    yield Check("gateway", f"answers at {settings.address.url}")
    if settings.address.url.startswith("https:"):
        yield Check("TLS", "the certificate is trusted and names the domain")
    yield _clock(seen.clock_ahead)
    yield from _accounts(replace(settings, max_retries=1, timeout=patience), accounts)


def _clock(ahead: float | None) -> Check:
    if ahead is None:
        return Check("clock", "not compared: the gateway does not send its time")
    if abs(ahead) <= probe.SKEW_ALLOWED:
        return Check("clock", "agrees with the gateway's")
    way = "behind" if ahead < 0 else "ahead of"
    said = f"this machine is {abs(ahead):.0f} seconds {way} the gateway"
    return Check("clock", said, "Set the clock, for example with NTP.", Exit.FINDING)


def _accounts(settings: ClientSettings, accounts: Sequence[str]) -> Iterator[Check]:
    from ..gateway import Client, pixels

    found: dict[str, Account | CapigError] = {}
    with Client(settings) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        # Only the first one: if there is no way in, the others fail for the same reason.
        for some in (accounts[:1], accounts[1:]):
            found.update(zip(some, pool.map(partial(_ask, client), some), strict=True))
            for answer in found.values():
                if (trouble := _no_entry(settings, answer)) is not None:
                    yield trouble
                    return
        told = dict(zip(found, pool.map(partial(hub_checks.ask, client), found), strict=True))
        unknown = pixels.unknown_fields(client)
        hub_schema = hub_checks.of_schema(client, told, _UPDATE_GATEWAY)
    if not found:
        return
    seen = [answer for answer in found.values() if not isinstance(answer, CapigError)]
    yield _token(settings, proved=bool(seen))
    yield hub_checks.of_endpoint(told.values())
    yield from (_account(tenant, answer, told[tenant]) for tenant, answer in found.items())
    if seen:
        yield _schema(unknown)
    if hub_schema:
        yield hub_schema


def _token(settings: ClientSettings, *, proved: bool) -> Check:
    if proved or not settings.credentials.token:
        return Check("token", "the gateway accepts the credentials")
    fix = "A token is valid for ten hours: put a new one into CAPIG_TOKEN. Then check the accounts."
    said = "the token in CAPIG_TOKEN gives access to none of the accounts"
    return Check("token", said, fix, Exit.GATEWAY)


def _ask(client: Client, tenant: str) -> Account | CapigError:
    from ..lookup import listed

    try:
        return listed(client, tenant)[0]
    except CapigError as error:
        return error


def _no_entry(settings: ClientSettings, found: Account | CapigError) -> Check | None:
    """What keeps every account out of sight, if anything does."""
    if not isinstance(found, GatewayError):
        return None
    if isinstance(found, UnexpectedAnswerError) and probe.is_no_gateway(found):
        fix = (
            "Set CAPIG_GATEWAY to the gateway's own (admin) domain, without a path, and check that "
            "no proxy or login page answers in its place."
        )
        return Check("address", found.reason, fix, Exit.GATEWAY)
    if isinstance(found, UnreachableError):
        return Check("gateway", found.reason, found.advice, Exit.GATEWAY)
    if found.tenant_id is not None:
        return None
    if isinstance(found, NotAuthorizedError):
        fix = (
            f"Check CAPIG_CLIENT_ID ({settings.credentials.client_id}) and CAPIG_CLIENT_SECRET; "
            "a lost secret needs a new API account (host settings of the gateway)."
        )
        return Check("token", f"the credentials were refused: {found.reason}", fix, Exit.GATEWAY)
    return Check("token", found.reason, found.advice, Exit.GATEWAY)


def _account(tenant: str, found: Account | CapigError, told: hub_checks.Told) -> Check:
    name = f"account {tenant}"
    if isinstance(found, CapigError):
        return hub_checks.known_to_hub(_unseen(name, found), told)
    pixels = len(found.signal_configs or ())
    said = f"{pixels} pixel{'' if pixels == 1 else 's'} connected"
    return hub_checks.of_account(name, said, told)


def _unseen(name: str, error: CapigError) -> Check:
    """An account whose pixels cannot be seen."""
    if isinstance(error, UnexpectedAnswerError) and error.code is None:
        return Check(name, f"unknown: {error.reason}", CHECK_THE_ID, Exit.GATEWAY)
    if isinstance(error, NotAuthorizedError):
        fix = (
            "Check the id. If it is right, the API account has no rights there: let the host "
            "manage the account, or name another one."
        )
        who = "unknown, not managed by the host, or the API account may not manage it"
        return Check(name, f"{who}: {error.reason}", fix, Exit.GATEWAY)
    reason = error.reason if isinstance(error, GatewayError) else error.what
    return Check(name, reason, error.advice, Exit.GATEWAY)


def _schema(unknown: Sequence[str]) -> Check:
    if not unknown:
        return Check("schema", "the gateway knows all documented fields of the pixels")
    said = f"older than the documented version: it lacks {', '.join(unknown)}"
    return Check("schema", said, _UPDATE_GATEWAY, Exit.FINDING)

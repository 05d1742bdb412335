"""Which accounts a command is about, and asking the gateway for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .. import canonical
from ..errors import GatewayError, SettingsError
from ..lookup import UNTOLD
from ..settings import TENANT_ID
from .sources import Sources

if TYPE_CHECKING:
    from ..gateway import Client

T = TypeVar("T")

AT_ONCE = 8
"""Accounts that are asked for side by side."""

_STATUSES = {0: "active", 1: "setup in progress", 2: "deactivated", UNTOLD: "status unknown"}

CHECK_THE_ID = "Check the id: it is in the address of the account's page (?tenant=…)."


def status_in_words(status: int) -> str:
    """The status of an account in words."""
    return _STATUSES.get(status, f"status {status}")


def named(
    sources: Sources, tenants: Sequence[str], file: Path | None, *, asks: bool = True
) -> list[str]:
    """The accounts of the command line, each once; the default account if there are none.

    Args:
        sources: Where settings come from.
        tenants: Named one by one.
        file: Holds one a line, if any; `#` starts a comment.
        asks: Whether the gateway is going to be asked for them.

    Raises:
        SettingsError: An id is malformed, the file cannot be read, or no account is named at all;
            then it names every other setting that is missing, too.
    """
    given = listed(tenants, file)
    if not given and not (given := sources.tenant_ids()):
        raise _none_named(sources, asks=asks)
    return given


def listed(tenants: Sequence[str], file: Path | None) -> list[str]:
    """The accounts that the command line names, each once.

    Raises:
        SettingsError: An id is malformed, or the file cannot be read.
    """
    given = [("--tenant", tenant) for tenant in tenants]
    given += _lines(file) if file else []
    return list(dict.fromkeys(_canonical(place, tenant) for place, tenant in given))


def _none_named(sources: Sources, *, asks: bool) -> SettingsError:
    name = TENANT_ID.names if sources.stacks else TENANT_ID.variable
    what = f"no account is named (--tenant, --tenants, or {name})"
    if asks:
        try:
            sources.read(lambda settings: settings.for_client())
        except SettingsError as error:
            what = f"{error.what.removeprefix('settings: ')}; {what}"
            return SettingsError(what, error.advice)
    return SettingsError(what, f"Name accounts with --tenant or --tenants, or set {name}.")


def _lines(file: Path) -> list[tuple[str, str]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        what = f"--tenants: the file {file} cannot be read: {reason}"
        raise SettingsError(what, "Check the path, and the content of the file.") from error
    found = [
        (f"{file}:{number}", tenant)
        for number, line in enumerate(lines, 1)
        if (tenant := line.partition("#")[0].strip())
    ]
    if not found:
        what = f"--tenants: the file {file} names no account"
        raise SettingsError(what, "Write one account id per line.")
    return found


def _canonical(place: str, tenant: str) -> str:
    try:
        return canonical.tenant_id(tenant)
    except ValueError as error:
        what = f"{place}: {error}"
        raise SettingsError(what, CHECK_THE_ID) from error


def ask_each(
    sources: Sources, ask: Callable[[Client, str], T], tenants: Sequence[str]
) -> Iterator[tuple[str, T | GatewayError]]:
    """What the gateway answers for each account, several at once, in order.

    Raises:
        SettingsError: Settings are missing or wrong.
    """
    client_settings = sources.read(lambda settings: settings.for_client())
    from ..gateway import Client

    def answer(tenant: str) -> T | GatewayError:
        try:
            return ask(client, tenant)
        except GatewayError as error:
            return error

    with Client(client_settings) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        yield from zip(tenants, pool.map(answer, tenants), strict=True)

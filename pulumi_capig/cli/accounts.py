"""Which accounts a command is about, and asking the gateway for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from .. import canonical
from ..errors import GatewayError, SettingsError
from ..settings import TENANT_ID
from . import environment

if TYPE_CHECKING:
    from ..gateway import Client

T = TypeVar("T")

AT_ONCE = 8
"""Accounts that are asked for side by side."""

CHECK_THE_ID = "Check the id: it stands in the address of the account's page (?tenant=…)."


def named(tenants: Sequence[str], file: Path | None) -> list[str]:
    """The accounts of the command line, each once; the default account if there are none.

    Args:
        tenants: Named one by one.
        file: Holds one a line, if any; `#` starts a comment.

    Raises:
        SettingsError: An id is malformed, the file cannot be read, or no account is named at all.
    """
    given = [("--tenant", tenant) for tenant in tenants]
    given += _lines(file) if file else []
    if not given:
        default = environment.read(lambda settings: settings.get(TENANT_ID))
        if not default:
            what = "no account is named"
            advice = f"Name accounts with --tenant or --tenants, or set {TENANT_ID.variable}."
            raise SettingsError(what, advice)
        return [default]
    return list(dict.fromkeys(_canonical(place, tenant) for place, tenant in given))


def _lines(file: Path) -> list[tuple[str, str]]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        what = f"--tenants: the file {file} cannot be read: {reason}"
        raise SettingsError(what, "Check the path, and what the file holds.") from None
    found = [
        (f"{file}:{number}", tenant)
        for number, line in enumerate(lines, 1)
        if (tenant := line.partition("#")[0].strip())
    ]
    if not found:
        what = f"--tenants: the file {file} names no account"
        raise SettingsError(what, "Write one account id a line.")
    return found


def _canonical(place: str, tenant: str) -> str:
    try:
        return canonical.tenant_id(tenant)
    except ValueError as error:
        what = f"{place}: {error}"
        raise SettingsError(what, CHECK_THE_ID) from None


def ask_each(
    ask: Callable[[Client, str], T], tenants: Sequence[str]
) -> Iterator[tuple[str, T | GatewayError]]:
    """What the gateway answers for each account, several at once, in order.

    Raises:
        SettingsError: Settings are missing or wrong.
    """
    client_settings = environment.read(lambda settings: settings.for_client())
    from ..gateway import Client

    def answer(tenant: str) -> T | GatewayError:
        try:
            return ask(client, tenant)
        except GatewayError as error:
            return error

    with Client(client_settings) as client, ThreadPoolExecutor(AT_ONCE) as pool:
        yield from zip(tenants, pool.map(answer, tenants), strict=True)

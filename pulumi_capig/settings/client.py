"""What a client of the gateway is built from, and what is missing or contradictory in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..errors import SettingsError
from .address import Address
from .table import (
    CLIENT_ID,
    CLIENT_SECRET,
    DEADLINE,
    GATEWAY,
    LOG,
    MAX_RETRIES,
    PARALLEL_WRITES,
    RATE_LIMIT,
    TABLE,
    TENANT_ID,
    TIMEOUT,
    TOKEN,
    Setting,
)

if TYPE_CHECKING:
    from .sources import Settings

_NOWHERE = 9


@dataclass(frozen=True)
class Credentials:
    """How the API is entered: with a ready token, or an API account that fetches one."""

    client_id: str = ""
    client_secret: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"Credentials(client_id={self.client_id!r}, client_secret=***, token=***)"


@dataclass(frozen=True)
class ClientSettings:
    """All that a client of the gateway is built from.

    Attributes:
        address: Where the gateway is.
        credentials: How it is entered.
        timeout: Seconds for each phase of one request.
        deadline: Seconds for one operation, retries and waits included.
        max_retries: Requests after the first one.
        parallel_writes: Connection writes under way at once.
        rate_limit: Requests in a second; 0 sets no limit.
        log: File that each request is appended to; None writes none.
    """

    address: Address
    credentials: Credentials
    timeout: float = TIMEOUT.default
    deadline: float = DEADLINE.default
    max_retries: int = MAX_RETRIES.default
    parallel_writes: int = PARALLEL_WRITES.default
    rate_limit: float = RATE_LIMIT.default
    log: Path | None = None


def read(settings: Settings) -> ClientSettings:
    """The settings that a client of the gateway needs.

    Raises:
        SettingsError: Some are missing, malformed or contradictory; names all of them.
    """
    problems = list(_problems(settings))
    if problems:
        what = f"settings: {'; '.join(problems)}"
        raise SettingsError(what, _where_to_set(problems))
    address, log = settings.get(GATEWAY), settings.get(LOG)
    assert address is not None  # noqa: S101 - _problems has seen to it
    return ClientSettings(
        address,
        _credentials(settings),
        timeout=settings.get(TIMEOUT),
        deadline=settings.get(DEADLINE),
        max_retries=settings.get(MAX_RETRIES),
        parallel_writes=settings.get(PARALLEL_WRITES),
        rate_limit=settings.get(RATE_LIMIT),
        log=settings.below_root(log) if log else None,
    )


def _credentials(settings: Settings) -> Credentials:
    if _nearer_credentials(settings) == "token":
        return Credentials(token=settings.get(TOKEN))
    return Credentials(settings.get(CLIENT_ID), settings.get(CLIENT_SECRET))


def _nearer_credentials(settings: Settings) -> Literal["token", "account", "both"]:
    """Which way in is set in the nearer source: one that the environment sets wins."""
    token = _distance(settings, TOKEN)
    account = min(_distance(settings, CLIENT_ID), _distance(settings, CLIENT_SECRET))
    if token == account and token < _NOWHERE:
        return "both"
    return "token" if token < account else "account"


def _distance(settings: Settings, setting: Setting[Any]) -> int:
    found = settings.find(setting)
    if found is None:
        return _NOWHERE
    return 0 if found[0] == setting.variable else 1


def _problems(settings: Settings) -> Iterator[str]:
    way = _nearer_credentials(settings)
    # What the nearer source overrides need not even be readable; and who needs the default account
    # says so, while a resource that is in state has its own.
    unread = {"token": (CLIENT_ID, CLIENT_SECRET), "account": (TOKEN,)}.get(way, ())
    for setting in TABLE:
        if setting in (*unread, TENANT_ID):
            continue
        try:
            settings.get(setting)
        except SettingsError as error:
            yield error.what
    if settings.find(GATEWAY) is None:
        yield f"the gateway's address is missing ({GATEWAY.names})"
    if way == "both":
        yield (
            "a ready token and an API account contradict each other: unset either "
            f"{TOKEN.names}, or {CLIENT_ID.names} and {CLIENT_SECRET.names}"
        )
    if way == "account":
        yield from _missing_account(settings)


def _missing_account(settings: Settings) -> Iterator[str]:
    missing = [s.names for s in (CLIENT_ID, CLIENT_SECRET) if settings.find(s) is None]
    if len(missing) == 2:
        yield (
            f"credentials are missing ({CLIENT_ID.names} and {CLIENT_SECRET.names}, "
            f"or a ready token in {TOKEN.names})"
        )
    elif missing:
        yield f"the API account is incomplete: {missing[0]} is missing"


def _where_to_set(problems: list[str]) -> str:
    if any("missing" in problem for problem in problems):
        return (
            "Set the environment variable, or `pulumi config set` the key (with --secret for "
            "clientSecret and token)."
        )
    return "Correct the value, or unset it."

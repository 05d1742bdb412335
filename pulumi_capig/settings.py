"""Configuration: one table, read from the environment first and stack config second.

The environment comes first because `refresh` and `destroy` without the program are configured by
Pulumi from *state*, with the values of the last `up`; a rotated secret reaches them only through
the environment (or with ``--run-program``).
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlsplit

from . import canonical
from .errors import SettingsError

T = TypeVar("T")

_NOWHERE = 9


@dataclass(frozen=True)
class Address:
    """Where the gateway is.

    Attributes:
        url: Scheme and host, without a path: ``https://capig.example.com``.
        host: The host in lower case, with the port unless it is the scheme's own; what state
            records as ``gateway``.
    """

    url: str
    host: str


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One row of the table.

    Attributes:
        key: Name in stack config, after ``capig:``.
        parse: Turns the text into a value, or raises ``ValueError`` with a sentence.
        default: Value where nothing is set.
        secret: Whether the text must not be shown, and may be given as ``file:PATH``.
    """

    key: str
    parse: Callable[[str], T]
    default: T
    secret: bool = False

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        snake = "".join(f"_{c}" if c.isupper() else c.upper() for c in self.key)
        return f"CAPIG_{snake}"

    @property
    def names(self) -> str:
        """Both names, for messages."""
        return f"{self.variable} or capig:{self.key}"


def _text(value: str) -> str:
    return value


def _visible(what: str) -> Callable[[str], str]:
    return lambda value: canonical.visible(value, what)


def _boolean(value: str) -> bool:
    choices = {"true": True, "false": False}
    if value not in choices:
        message = "must be true or false"
        raise ValueError(message)
    return choices[value]


def _number(unit: str, example: str) -> Callable[[str], float]:
    def parse(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not 0 < number < 1e6:
            message = f"must be a number of {unit} above 0, for example {example}"
            raise ValueError(message)
        return number

    return parse


def _count(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not (re.fullmatch("[0-9]{1,9}", value) and least <= int(value) <= most):
            message = f"must be a whole number from {least} to {most}"
            raise ValueError(message)
        return int(value)

    return parse


def _address(value: str) -> Address:
    try:
        if any(c.isspace() for c in value):
            raise ValueError
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host, port = _host(parts.hostname or ""), parts.port
        own_port = {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError):
        message = "must be the gateway's address, for example https://capig.example.com"
        raise ValueError(message) from None
    if "@" in parts.netloc:
        message = "must not hold a user name or password"
        raise ValueError(message)
    if parts.path.strip("/") or parts.query or parts.fragment:
        message = "must be scheme and domain only, without a path: https://capig.example.com"
        raise ValueError(message)
    if parts.scheme == "http" and not _is_loopback(host):
        message = "must be https (plain http only to localhost, 127.0.0.0/8 and ::1)"
        raise ValueError(message)
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port in (None, own_port) else f"{shown}:{port}"
    return Address(f"{parts.scheme}://{netloc}", netloc)


def _host(name: str) -> str:
    """One spelling for each host, since state remembers it."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return canonical.domain(name)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _addresses(value: str) -> tuple[str, ...]:
    return tuple(_address(part.strip()).host for part in value.split(",") if part.strip())


GATEWAY: Setting[Address | None] = Setting("gateway", _address, None)
CLIENT_ID = Setting("clientId", _visible("the API account"), "")
CLIENT_SECRET = Setting("clientSecret", _visible("the secret"), "", secret=True)
TOKEN = Setting("token", canonical.api_token, "", secret=True)
TENANT_ID = Setting("tenantId", canonical.tenant_id, "")
ADOPT = Setting("adopt", _boolean, False)
REASSERT = Setting("reassert", _text, "")
MOVED_FROM: Setting[tuple[str, ...]] = Setting("movedFrom", _addresses, ())
TIMEOUT = Setting("timeout", _number("seconds", "30"), 30.0)
DEADLINE = Setting("deadline", _number("seconds", "300"), 300.0)
MAX_RETRIES = Setting("maxRetries", _count(0, 100), 4)
RATE_LIMIT = Setting("rateLimit", _number("requests in a second", "10"), 0.0)
PARALLEL_WRITES = Setting("parallelWrites", _count(1, 64), 4)

TABLE: tuple[Setting[Any], ...] = (
    GATEWAY,
    CLIENT_ID,
    CLIENT_SECRET,
    TOKEN,
    TENANT_ID,
    ADOPT,
    REASSERT,
    MOVED_FROM,
    TIMEOUT,
    DEADLINE,
    MAX_RETRIES,
    RATE_LIMIT,
    PARALLEL_WRITES,
)


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
        log: File that each request is noted in; None for none.
    """

    address: Address
    credentials: Credentials
    timeout: float = TIMEOUT.default
    deadline: float = DEADLINE.default
    max_retries: int = MAX_RETRIES.default
    parallel_writes: int = PARALLEL_WRITES.default
    rate_limit: float = RATE_LIMIT.default
    log: Path | None = None


class Settings:
    """The settings of one process: environment first, stack config second, default third.

    Args:
        config: Looks a key of the ``capig`` namespace up in stack config; None if absent.
        environ: The environment; an empty variable is unset.
        root: Folder that ``file:PATH`` is relative to; the project's root if None.
    """

    def __init__(
        self,
        config: Callable[[str], str | None] = lambda _key: None,
        environ: Mapping[str, str] | None = None,
        root: Path | None = None,
    ) -> None:
        self._config = config
        self._environ = os.environ if environ is None else environ
        self._root = root

    def get(self, setting: Setting[T]) -> T:
        """A setting's value.

        Raises:
            SettingsError: The text that is set cannot be read as a value.
        """
        found = self._find(setting)
        if found is None:
            return setting.default
        name, text = found
        try:
            return setting.parse(self._resolve(text) if setting.secret else text)
        except ValueError as error:
            message = f"{name}: {error}"
            raise SettingsError(message) from None

    def for_client(self) -> ClientSettings:
        """The settings that a client of the gateway needs.

        Raises:
            SettingsError: Some are missing, malformed or contradictory; names all of them.
        """
        problems = list(self._problems())
        if problems:
            what = f"settings: {'; '.join(problems)}"
            raise SettingsError(what, _where_to_set(problems))
        address = self.get(GATEWAY)
        assert address is not None  # noqa: S101 - _problems has seen to it
        return ClientSettings(
            address,
            self._credentials(),
            timeout=self.get(TIMEOUT),
            deadline=self.get(DEADLINE),
            max_retries=self.get(MAX_RETRIES),
            parallel_writes=self.get(PARALLEL_WRITES),
            rate_limit=self.get(RATE_LIMIT),
        )

    def _credentials(self) -> Credentials:
        if self._nearer_credentials() == "token":
            return Credentials(token=self.get(TOKEN))
        return Credentials(self.get(CLIENT_ID), self.get(CLIENT_SECRET))

    def _nearer_credentials(self) -> Literal["token", "account", "both"]:
        """Which way in is set in the nearer source: one that the environment sets wins."""
        token = self._distance(TOKEN)
        account = min(self._distance(CLIENT_ID), self._distance(CLIENT_SECRET))
        if token == account and token < _NOWHERE:
            return "both"
        return "token" if token < account else "account"

    def _distance(self, setting: Setting[Any]) -> int:
        found = self._find(setting)
        if found is None:
            return _NOWHERE
        return 0 if found[0] == setting.variable else 1

    def _problems(self) -> Iterator[str]:
        way = self._nearer_credentials()
        # What the nearer source overrides need not even be readable.
        overridden = {"token": (CLIENT_ID, CLIENT_SECRET), "account": (TOKEN,)}.get(way, ())
        for setting in TABLE:
            if setting in overridden:
                continue
            try:
                self.get(setting)
            except SettingsError as error:
                yield error.what
        if self._find(GATEWAY) is None:
            yield f"the gateway's address is missing ({GATEWAY.names})"
        if way == "both":
            yield (
                "a ready token and an API account contradict each other: unset either "
                f"{TOKEN.names}, or {CLIENT_ID.names} and {CLIENT_SECRET.names}"
            )
        if way != "account":
            return
        missing = [s.names for s in (CLIENT_ID, CLIENT_SECRET) if self._find(s) is None]
        if len(missing) == 2:
            yield (
                f"credentials are missing ({CLIENT_ID.names} and {CLIENT_SECRET.names}, "
                f"or a ready token in {TOKEN.names})"
            )
        elif missing:
            yield f"the API account is incomplete: {missing[0]} is missing"

    def _find(self, setting: Setting[T]) -> tuple[str, str] | None:
        """The name that is set and its text, or None."""
        value = self._environ.get(setting.variable)
        if value:
            return setting.variable, value
        value = self._config(setting.key)
        if value is None or value == "":
            return None
        return f"capig:{setting.key}", value if isinstance(value, str) else str(value)

    def _resolve(self, text: str) -> str:
        if not text.startswith("file:"):
            return text
        path = Path(text.removeprefix("file:"))
        try:
            path = (self._root or _project_root()) / path.expanduser()
            content = path.read_text(encoding="utf-8-sig").strip()
        except RuntimeError:
            message = f"the file {path} cannot be read: there is no such user"
            raise ValueError(message) from None
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            message = f"the file {path} cannot be read: {reason}"
            raise ValueError(message) from None
        if not content:
            message = f"the file {path} is empty"
            raise ValueError(message)
        return content


def _where_to_set(problems: list[str]) -> str:
    if any("missing" in problem for problem in problems):
        return (
            "Set the environment variable, or `pulumi config set` the key (with --secret for "
            "clientSecret and token)."
        )
    return "Correct the value, or unset it."


def _project_root() -> Path:
    """The folder with Pulumi.yaml, from the working folder upwards; else the working folder."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if any((folder / name).is_file() for name in ("Pulumi.yaml", "Pulumi.yml")):
            return folder
    return here

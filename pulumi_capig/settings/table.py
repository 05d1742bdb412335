"""The table: each setting's name, form and default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from .. import canonical
from . import files, parsers
from .address import Address, address, hosts

T = TypeVar("T")


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

    @cached_property
    def variable(self) -> str:
        """Name of the environment variable."""
        snake = "".join(f"_{c}" if c.isupper() else c.upper() for c in self.key)
        return f"CAPIG_{snake}"

    @property
    def names(self) -> str:
        """Both names, for messages."""
        return f"{self.variable} or capig:{self.key}"


GATEWAY: Setting[Address | None] = Setting("gateway", address, None)
"""Address of the gateway, such as ``https://capig.example.com``; a bare domain works too. Plain
``http`` is accepted only for ``localhost``, 127.0.0.0/8 and ``::1``."""
CLIENT_ID = Setting("clientId", canonical.client_id, "")
"""Name of the API account."""
CLIENT_SECRET = Setting("clientSecret", canonical.client_secret, "", secret=True)
"""Secret of the API account, or ``file:PATH``."""
TOKEN = Setting("token", canonical.ready_token, "", secret=True)
"""A ready API token instead of the API account, or ``file:PATH``. It is not renewed."""
TENANT_ID = Setting("tenantId", canonical.tenant_id, "")
"""Account of the resources that name none."""
ADOPT = Setting("adopt", parsers.boolean, False)
"""``true``: in this run, every `PixelConnection`, `AccountUser` and `FirstPartyDomain` counts as if
it had ``adopt=True``. An `Account` is taken over by its ``tenant_id`` alone."""
REASSERT = Setting("reassert", parsers.text, "")
"""``reassert`` of every filter that has none itself. A new value sends all of them again."""
MOVED_FROM: Setting[tuple[str, ...]] = Setting("movedFrom", hosts, ())
"""Former domains of the gateway after a move, comma-separated."""
PREVIEW_READS = Setting("previewReads", parsers.boolean, False)
"""``true``: a preview may read which pixels, users and first-party domains exist, so it can say
what ``pulumi up`` would refuse or take over; it cannot where ``delete_before_replace`` is set.
Off by default, so that a preview needs no credentials."""
MAX_DISCONNECTS: Setting[int | None] = Setting("maxDisconnects", parsers.count(0, 1_000_000), None)
"""Whole number: the run fails before it disconnects more pixels than this; ``0`` allows none. No
limit by default."""
LOG = Setting("log", files.path, "")
"""File to which every request is appended, one line of JSON each: no variables, no answers, no
secret. A relative path starts at the folder with ``Pulumi.yaml``; ``~`` works."""
TIMEOUT = Setting("timeout", parsers.number("seconds", "30"), 30.0)
"""Seconds for each phase of a request."""
DEADLINE = Setting("deadline", parsers.number("seconds", "300"), 300.0)
"""Seconds for an operation, retries and waits included."""
MAX_RETRIES = Setting("maxRetries", parsers.count(0, 100), 4)
"""How many times a failed request is sent again."""
RATE_LIMIT = Setting("rateLimit", parsers.number("requests in a second", "10"), 0.0)
"""Most requests per second that each process sends. No limit by default; a 429 with ``Retry-After``
is respected without it."""
PARALLEL_WRITES = Setting("parallelWrites", parsers.count(1, 64), 4)
"""How many connection writes run at once, 1 to 64. Pulumi's own server runs 4 calls at once; more
need a project that asks for more workers."""

TABLE: tuple[Setting[Any], ...] = (
    GATEWAY,
    CLIENT_ID,
    CLIENT_SECRET,
    TOKEN,
    TENANT_ID,
    ADOPT,
    REASSERT,
    MOVED_FROM,
    PREVIEW_READS,
    MAX_DISCONNECTS,
    LOG,
    TIMEOUT,
    DEADLINE,
    MAX_RETRIES,
    RATE_LIMIT,
    PARALLEL_WRITES,
)

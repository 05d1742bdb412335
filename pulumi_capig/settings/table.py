"""The table: each setting's name, form and default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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

    @property
    def variable(self) -> str:
        """Name of the environment variable."""
        snake = "".join(f"_{c}" if c.isupper() else c.upper() for c in self.key)
        return f"CAPIG_{snake}"

    @property
    def names(self) -> str:
        """Both names, for messages."""
        return f"{self.variable} or capig:{self.key}"


GATEWAY: Setting[Address | None] = Setting("gateway", address, None)
CLIENT_ID = Setting("clientId", canonical.client_id, "")
CLIENT_SECRET = Setting("clientSecret", canonical.client_secret, "", secret=True)
TOKEN = Setting("token", canonical.ready_token, "", secret=True)
TENANT_ID = Setting("tenantId", canonical.tenant_id, "")
ADOPT = Setting("adopt", parsers.boolean, False)
REASSERT = Setting("reassert", parsers.text, "")
MOVED_FROM: Setting[tuple[str, ...]] = Setting("movedFrom", hosts, ())
PREVIEW_READS = Setting("previewReads", parsers.boolean, False)
MAX_DISCONNECTS: Setting[int | None] = Setting("maxDisconnects", parsers.count(0, 1_000_000), None)
LOG = Setting("log", files.path, "")
TIMEOUT = Setting("timeout", parsers.number("seconds", "30"), 30.0)
DEADLINE = Setting("deadline", parsers.number("seconds", "300"), 300.0)
MAX_RETRIES = Setting("maxRetries", parsers.count(0, 100), 4)
RATE_LIMIT = Setting("rateLimit", parsers.number("requests in a second", "10"), 0.0)
PARALLEL_WRITES = Setting("parallelWrites", parsers.count(1, 64), 4)

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

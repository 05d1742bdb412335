"""Configuration: one table, read from the environment first and stack config second.

The environment comes first because `refresh` and `destroy` without the program are configured by
Pulumi from *state*, with the values of the last `up`; a rotated secret reaches them only through
the environment (or with ``--run-program``).
"""

from __future__ import annotations

from .address import Address
from .client import ClientSettings, Credentials
from .sources import Settings
from .table import (
    ADOPT,
    CLIENT_ID,
    CLIENT_SECRET,
    DEADLINE,
    GATEWAY,
    LOG,
    MAX_DISCONNECTS,
    MAX_RETRIES,
    MOVED_FROM,
    PARALLEL_WRITES,
    PREVIEW_READS,
    RATE_LIMIT,
    REASSERT,
    TABLE,
    TENANT_ID,
    TIMEOUT,
    TOKEN,
    Setting,
)

__all__ = [
    "ADOPT",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "DEADLINE",
    "GATEWAY",
    "LOG",
    "MAX_DISCONNECTS",
    "MAX_RETRIES",
    "MOVED_FROM",
    "PARALLEL_WRITES",
    "PREVIEW_READS",
    "RATE_LIMIT",
    "REASSERT",
    "TABLE",
    "TENANT_ID",
    "TIMEOUT",
    "TOKEN",
    "Address",
    "ClientSettings",
    "Credentials",
    "Setting",
    "Settings",
]

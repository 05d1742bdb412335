"""Keeps staging and preview hosts out of every account."""

from collections.abc import Iterable
from pathlib import Path

import pulumi_capig as capig

ACCOUNTS = {"retail": "SandboxA", "clinic": "SandboxB"}


def hosts(path: Path) -> Iterable[str]:
    """The hosts of a list, each once; `#` starts a comment."""
    lines = path.read_text("utf-8").splitlines()
    named = (line.partition("#")[0].strip() for line in lines)
    return dict.fromkeys(filter(None, named))


for account, tenant_id in ACCOUNTS.items():
    for host in hosts(Path("hosts.txt")):
        capig.DomainFilter(
            f"{account}-{host}",
            domain=host,
            filter_state=capig.FilterState.DROP,
            tenant_id=tenant_id,
        )

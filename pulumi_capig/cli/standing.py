"""What `capig status` says of an account beside its pixels, as the hub tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import lookup
from ..errors import GatewayError
from .terminal import complain

if TYPE_CHECKING:
    from ..gateway import Client

DEACTIVATED = 2
PENDING = 2


@dataclass(frozen=True)
class Standing:
    """What is to be told of an account.

    Attributes:
        findings: What is wrong, as `--check` says it.
        pending: How many users have not accepted their invitation yet.
        failure: Why the hub could not be asked; then nothing else is known.
    """

    findings: Sequence[str] = ()
    pending: int = 0
    failure: GatewayError | None = None

    def __str__(self) -> str:
        """All of it on one line; empty if there is nothing to tell."""
        users = f"{self.pending} user{'' if self.pending == 1 else 's'} pending"
        return ", ".join([*self.findings, *([users] if self.pending else [])])


def ask(client: Client, tenant: str) -> Standing:
    """Asks the hub about an account."""
    try:
        record = lookup.record(client, tenant)
        routing = lookup.first_party_domain(client, tenant)
    except GatewayError as error:
        return Standing(failure=error)
    pending = sum(user["status"] == PENDING for user in record["users"])
    return Standing([*_findings(record, routing)], pending)


def complain_of_hub(standings: Sequence[Standing]) -> None:
    """One line on what the hub does not tell, if there is anything."""
    failures = [standing.failure for standing in standings if standing.failure]
    if failures:
        more = f" (and of {len(failures) - 1} more accounts)" if len(failures) > 1 else ""
        complain(f"users and domain are not shown{more}: {failures[0].what}")


def _findings(record: dict[str, Any], routing: dict[str, Any]) -> Iterator[str]:
    if record["status"] == DEACTIVATED:
        yield "deactivated: its pixels send nothing to Meta"
    if routing["domain"] and not routing["cname_resolved"]:
        yield f"the CNAME record of {routing['domain']} is not resolved"

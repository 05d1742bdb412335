"""What the sandbox's page shows: accounts with all that is in them, and the latest requests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from itertools import islice
from typing import Any, TypeAlias

from .gateway import PlayedGateway
from .journal import RequestRecord
from .parts.destinations import Destinations
from .parts.people import HeldPerson, People
from .parts.pipelines import Pipelines
from .parts.routing import Routings
from .parts.sources import Sources
from .redaction import redact
from .roles import role_entry
from .state import GatewayState, HeldPixel

__all__ = ["view"]

LATEST = 50
"""Rows of requests."""

SEARCHED = 2000
"""Requests that are looked through for them."""

_READS = {
    "token",
    "list",
    "eventMetrics",
    "dataSourcesQuery",
    "dataDestinationsQuery",
    "tenant",
    "tenantUsage",
    "ingressDomain",
}
"""What changes nothing, and is asked again and again."""

_Row: TypeAlias = list[RequestRecord]


def view(gateway: PlayedGateway, search: str = "") -> dict[str, Any]:
    """All that the page shows, as JSON data.

    Args:
        gateway: Whose page it is.
        search: Text that requests have to contain, in small or capital letters.
    """
    counters = gateway.counters
    with gateway.state.lock:
        accounts, mails = _accounts(gateway), gateway.mails[-LATEST:]
    records = gateway.journal.latest(SEARCHED)
    if search:
        records = [record for record in records if search.lower() in _text(record, gateway)]
    return {
        "accounts": accounts,
        "mails": [redact(asdict(mail)) for mail in reversed(mails)],
        "requests": [_request(row, gateway) for row in islice(_rows(records), LATEST)],
        "totals": {
            "requests": sum(counters.requests.values()),
            "in_progress": counters.in_progress,
            "connections": counters.connections,
        },
    }


def _accounts(gateway: PlayedGateway) -> list[dict[str, Any]]:
    state = gateway.state
    people = state.part(People)
    accounts: dict[str, dict[str, Any]] = {
        account.id: {
            "id": account.id,
            "name": account.name,
            "status": account.status,
            "managed": account.managed,
            "users": [_user(person, account.id, state) for person in people.of(account.id)],
            "domain": _domain(state, account.id),
            "pipelines": _pipelines(state, account.id),
            "pixels": [_pixel(pixel) for pixel in state.pixels(account.id)],
            "events": [],
            "domains": [],
        }
        for account in state.accounts.values()
    }
    for (tenant, name, pixel), value in state.event_filters().items():
        accounts[tenant]["events"].append([name, pixel, value])
    for (tenant, name, pixel), value in state.domain_filters().items():
        accounts[tenant]["domains"].append([name, pixel, value])
    return list(accounts.values())


def _domain(state: GatewayState, tenant: str) -> dict[str, Any] | None:
    routing = state.part(Routings).get(tenant)
    return None if routing is None else asdict(routing)


def _pipelines(state: GatewayState, tenant: str) -> list[dict[str, Any]]:
    """The pipelines with what is in them; last, what is in none."""
    ends = {
        "sources": [asdict(source) for source in state.part(Sources).of(tenant)],
        "destinations": [
            {**asdict(replace(destination, config={})), "configured": bool(destination.config)}
            for destination in state.part(Destinations).of(tenant)
        ],
    }
    held: list[dict[str, Any]] = [asdict(item) for item in state.part(Pipelines).of(tenant)]
    known = {pipeline["id"] for pipeline in held}
    rows = [*held, {"id": None, "name": "", "active": True}]
    for row in rows:
        for kind, ended in ends.items():
            row[kind] = [
                end
                for end in ended
                if (end["pipeline"] if end["pipeline"] in known else None) == row["id"]
            ]
    return rows if rows[-1]["sources"] or rows[-1]["destinations"] else held


def _user(person: HeldPerson, tenant: str, state: GatewayState) -> dict[str, Any]:
    entries = [role_entry(grant, state.dialect) for grant in person.roles(tenant) if grant.role]
    return {
        "id": person.id,
        "email": person.email,
        "status": person.status,
        "roles": [entry["displayName"] for entry in entries],
    }


def _pixel(pixel: HeldPixel) -> dict[str, Any]:
    return {
        "id": pixel.pixel_id,
        "name": pixel.name,
        "receiving": pixel.receiving,
        "publishing": pixel.publishing,
        "token": "bad" if pixel.bad_token else "held" if pixel.access_token else "missing",
        "error": pixel.api_error_code,
        "received": pixel.total_events_received,
        "published": pixel.total_events_published,
    }


def _text(record: RequestRecord, gateway: PlayedGateway) -> str:
    """What a search looks into."""
    answer = gateway.journal.answer(record.sequence)
    parts = (record.operation, record.path, record.tenant, record.status, record.fault)
    return " ".join(
        [*map(str, parts), json.dumps(record.variables), answer.text if answer else ""]
    ).lower()


def _rows(records: Iterable[RequestRecord]) -> Iterator[_Row]:
    """The records as rows: equal reads with no write between them share one."""
    reads: dict[str, _Row] = {}
    for record in records:
        if record.operation not in _READS:
            yield from reads.values()
            reads = {}
            yield [record]
            continue
        alike = (record.operation, record.tenant, record.status, record.fault, record.variables)
        reads.setdefault(json.dumps(alike), []).append(record)
    yield from reads.values()


def _request(row: _Row, gateway: PlayedGateway) -> dict[str, Any]:
    """A row of requests that are alike, as the latest of them; its key is the first one."""
    answer = gateway.journal.answer(row[0].sequence)
    return {
        **asdict(row[0]),
        "first": row[-1].sequence,
        "times": len(row),
        "answer": answer.text if answer else "",
    }

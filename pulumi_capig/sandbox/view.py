"""What the sandbox's page shows: accounts with pixels and filters, and the latest requests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any, TypeAlias

from .gateway import PlayedGateway
from .journal import RequestRecord
from .state import HeldPixel

__all__ = ["view"]

LATEST = 50
"""Rows of requests."""

SEARCHED = 2000
"""Requests that are looked through for them."""

_READS = {"token", "list"}
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
        accounts = _accounts(gateway)
    records = gateway.journal.latest(SEARCHED)
    if search:
        records = [record for record in records if search.lower() in _text(record, gateway)]
    return {
        "accounts": accounts,
        "requests": [_request(row, gateway) for row in islice(_rows(records), LATEST)],
        "totals": {
            "requests": sum(counters.requests.values()),
            "in_progress": counters.in_progress,
            "connections": counters.connections,
        },
    }


def _accounts(gateway: PlayedGateway) -> list[dict[str, Any]]:
    state = gateway.state
    accounts: dict[str, dict[str, Any]] = {
        account.id: {
            "id": account.id,
            "name": account.name,
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

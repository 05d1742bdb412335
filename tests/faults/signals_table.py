"""The tables of docs/faults.md for pipelines, data sources and destinations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pulumi_capig.sandbox import Sandbox
from tests.faults.matrix import ALL_FAULTS
from tests.faults.signals import PRINCIPAL, Cell, Played, play
from tests.faults.table import LENGTHS, Reading, messages, reading, section
from tests.support.provider import Provider
from tests.support.signals import CODE, DELETE_SOURCE

TITLES: Mapping[str, Mapping[str, str]] = {
    "pipelines": {
        "createPipeline": "create",
        "pipeline": "read",
        "updatePipeline": "update",
        "updatePipelineFilter": "block",
        "updatePipelineDestinationFilter": "block for one",
        "deletePipeline": "delete",
    },
    "data sources": {
        "dataSourcesQuery": "list",
        "createDataSourceForPipeline": "create",
        "updateDataSource": "update",
        CODE: "code",
        DELETE_SOURCE: "delete",
    },
    "destinations": {
        "dataDestinationsQuery": "list",
        "createDataDestination": "create",
        "updateDataDestinationCapiConfig": "configure Meta",
        "updateDataDestinationHttpConfig": "configure HTTP",
        "updateDataDestination": "update",
        "deleteDataDestination": "delete",
    },
}
_IDS = re.compile(r"\b(sg_v1_\w\w_[0-9a-z-]+|\d{19})")


def sign(cell: Cell, played: Played) -> str:
    """What happens in a cell, as one character of the table."""
    if not played.messages:
        if cell.unconfirmed:
            return "r"
        return "w" if "could not be fetched" in played.told else "·"
    message = played.messages[0]
    for words, found in {
        "There may be a new": "L",
        "Left at the gateway": "N",
        "was deleted again": "U",
        "may already hold the new state": "?",
    }.items():
        if words in message:
            return found
    return "E"


def unexplained(played: Played) -> set[Reading]:
    """Messages of a cell that are not on the page."""
    page = "\n".join(section("messages of pipelines"))
    return {r for r in _readings(played) if r.reason not in page or r.advice not in page}


def _readings(played: Played) -> set[Reading]:
    found = set()
    for message in played.messages:
        text = re.sub(r"; the [a-z ]+ was deleted again", "", message)
        found.add(reading(_IDS.sub("…", text)))
    return found


@cache
def documented() -> dict[tuple[str, str], list[str]]:
    """The tables of the page: both signs by fault and operation."""
    return {
        (row[0].strip(" `"), operation): cell.split()
        for name, titles in TITLES.items()
        for line in section(f"table of {name}")[2:]
        for row in [line.strip("| ").split("|")]
        for operation, cell in zip(titles, row[1:], strict=True)
    }


def tables(provider: Provider, sandbox: Sandbox) -> Iterator[tuple[str, str]]:
    """Play the matrix; the generated parts of the page by name."""
    found: set[Reading] = set()
    signs = {}
    for operation, step in PRINCIPAL.items():
        for fault in ALL_FAULTS:
            for length in LENGTHS:
                cell = Cell(step, operation, fault, length)
                played = play(cell, provider, sandbox)
                signs[fault, operation, length] = sign(cell, played)
                found |= _readings(played)
    for name, titles in TITLES.items():
        lines = [f"| fault | {' | '.join(titles.values())} |", f"| --- |{' :-: |' * len(titles)}"]
        for fault in ALL_FAULTS:
            row = (" ".join(signs[fault, o, length] for length in LENGTHS) for o in titles)
            lines.append(f"| `{fault}` | {' | '.join(row)} |")
        yield f"table of {name}", "\n".join(lines)
    yield "messages of pipelines", messages(found)

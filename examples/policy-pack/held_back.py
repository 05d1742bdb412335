"""Warns of events and websites that are blocked now, and by no filter of the program any more.

Pulumi shows a policy pack the resources of the program alone, never what leaves it. So this rule
reads the stack's state itself, with the CLI on the `PATH`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pulumi_policy import ReportViolation, StackValidationArgs

FILTERS = {
    f"pulumi-python:dynamic/capig:{kind}": argument
    for kind, argument in {
        "EventFilter": "event_name",
        "EventFilters": "event_names",
        "DomainFilter": "domain",
        "DomainFilters": "domains",
    }.items()
}
ALL = None
"""In the place of pixels: the whole account."""

Subject = tuple[str, str]
"""An account, and an event or website of it."""
Held = Mapping[Subject, set[str | None]]


def nothing_held_back_is_opened(
    args: StackValidationArgs, report_violation: ReportViolation
) -> None:
    """What a stack holds back now, its program holds back too."""
    after = held((r.resource_type, r.props) for r in args.resources)
    urns = {resource.urn for resource in args.resources}
    try:
        before = held(in_state(urns))
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        said = getattr(error, "stderr", "") or str(error)
        report_violation(f"the state cannot be read: {said.strip()}", None)
        return
    opened: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for (account, name), pixels in before.items():
        still = after.get((account, name), set())
        if ALL not in still and (gone := pixels - still):
            opened[account, for_pixels(gone)].append(name)
    for (account, pixels_of_it), names in sorted(opened.items()):
        report_violation(
            f"account {account}: {', '.join(sorted(names))} will pass {pixels_of_it}, and is held "
            "back now. If that is not meant, keep the filter.",
            None,
        )


def for_pixels(pixels: set[str | None]) -> str:
    """Pixels, as the end of a sentence."""
    if ALL in pixels:
        return "for the whole account"
    return f"for pixel {', '.join(sorted(map(str, pixels)))}"


def in_state(declared: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Type and arguments of what the stack holds, but for what its delete would leave there.

    Args:
        declared: URNs of the resources of the program, the stack itself among them.
    """
    name = min(declared, default="").removeprefix("urn:pulumi:").partition("::")[0]
    stack = os.environ.get("PULUMI_STACK") or name
    command = ["pulumi", "stack", "export", "--non-interactive", "--stack", stack]
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    done = subprocess.run(  # noqa: S603
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    for resource in json.loads(done.stdout)["deployment"].get("resources") or ():
        goes_with = resource.get("deletedWith")
        if resource.get("retainOnDelete") or (goes_with and goes_with not in declared):
            continue
        # A secret account is encrypted among the arguments; the id begins with it.
        account = resource.get("id", "").partition("/")[0]
        yield resource["type"], {**resource.get("inputs", {}), "tenant_id": account}


def held(resources: Iterable[tuple[str, Mapping[str, Any]]]) -> Held:
    """What filters hold back, and for which pixels."""
    found: defaultdict[Subject, set[str | None]] = defaultdict(set)
    for kind, props in resources:
        if kind not in FILTERS or props["filter_state"] != "DROP":
            continue
        names = props[FILTERS[kind]]
        for name in [names] if isinstance(names, str) else names:
            found[props["tenant_id"], name] |= set(props.get("pixel_ids") or [ALL])
    return found

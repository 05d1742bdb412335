"""What was measured, and what it is compared with."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from math import ceil

from .layer import Layer
from .subjects import Subject, subjects, with_checkpoints
from .usage import Usage

CONNECTING = ("connections", "covered")
"""Kinds of subjects that connect pixels, so that a refresh asks for a list."""


def round_trips(subject: Subject, case: str, size: int) -> int:
    """Requests that have to wait for one another in a case, however good the client is.

    Connections go four at a time; filters of one account one request at a time, in which the four
    that wait go together; a blocklist forty names in a request. The list that a create looks at
    before it connects is the provider's own choice, and not counted.
    """
    token = 1
    in_turn = ceil(size / (40 if subject.kind == "blocklist" else subject.workers))
    if case in ("up", "destroy"):
        return token + in_turn
    if case == "one change":
        return token + 1
    if case == "refresh" and subject.kind in CONNECTING:
        return token + ceil(min(size, subject.accounts) / subject.workers)
    return 0


@dataclass
class Results:
    """Usages by subject, size and case, in the order of the runs."""

    subjects: dict[str, Subject] = field(default_factory=dict)
    usages: defaultdict[tuple[str, int, str], list[Usage]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, subject: Subject, size: int, case: str, usage: Usage) -> None:
        """Note one usage."""
        self.subjects[subject.name] = subject
        self.usages[subject.name, size, case].append(usage)

    def sizes(self) -> list[int]:
        """All sizes that were measured."""
        return sorted({size for _, size, _ in self.usages})

    def values(self, name: str, size: int, case: str, of: Callable[[Usage], float]) -> list[float]:
        """One value of each run."""
        return [of(usage) for usage in self.usages.get((name, size, case), ())]

    def seconds(self, name: str, size: int, case: str) -> float | None:
        """The median time."""
        found = self.values(name, size, case, lambda usage: usage.seconds)
        return statistics.median(found) if found else None

    def least(self, name: str, size: int, case: str) -> float | None:
        """The least time."""
        return min(self.values(name, size, case, lambda usage: usage.seconds), default=None)

    def floor(self, name: str, size: int, case: str) -> float | None:
        """What a case has to take: the same CLI with no-op resources, and waiting in turn."""
        subject = self.subjects[name]
        suffix = ", checkpoints" if subject.checkpoints else ""
        least = self.least(subject.floor + suffix, size, case)
        return None if least is None else least + round_trips(subject, case, size) * subject.latency

    def ratio(self, name: str, size: int, case: str) -> float | None:
        """A subject's least time over its floor: least, as other load only ever adds."""
        own = self.least(name, size, case)
        floor = self.floor(name, size, case) if self.subjects[name].floor else None
        return None if own is None or floor is None else own / floor

    def processor_ratio(self, name: str, size: int, case: str) -> float | None:
        """A subject's processor time over that of no-op resources: other load hardly shows."""
        subject = self.subjects[name]
        suffix = ", checkpoints" if subject.checkpoints else ""
        own, floor = (
            min(self.values(n, size, case, lambda usage: usage.cpu), default=None)
            for n in (name, subject.floor + suffix)
        )
        return None if own is None or floor is None else own / floor

    def ratios(self) -> dict[str, dict[str, float]]:
        """What `--check` compares, by ``subject / size / case``."""
        found = {}
        for (name, size, case), usages in self.usages.items():
            time, processor = (f(name, size, case) for f in (self.ratio, self.processor_ratio))
            if time is not None and processor is not None:
                found[f"{name} / {size} / {case}"] = {
                    "time": round(max(1.0, time), 2),  # below its floor is other load's doing
                    "processor": round(processor, 2),
                    "requests": max(usage.requests for usage in usages),
                }
        return found

    def merge(self, others: Results) -> None:
        """Add what earlier results tell of sizes that these do not have."""
        here = set(self.sizes())
        for (name, size, case), usages in others.usages.items():
            if size not in here:
                for usage in usages:
                    self.add(others.subjects[name], size, case, usage)


@dataclass(frozen=True)
class Measured:
    """All that the page is made from."""

    conditions: str
    results: Results
    layer: Layer | None

    def text(self) -> str:
        """This as text, for a file."""
        usages = self.results.usages
        content = {
            "conditions": self.conditions,
            "usages": [(*key, [asdict(u) for u in of_runs]) for key, of_runs in usages.items()],
            "layer": asdict(self.layer) if self.layer else None,
        }
        return json.dumps(content, indent=1) + "\n"

    @classmethod
    def read(cls, text: str) -> Measured:
        """What `text` returned; subjects that are measured no more are left out."""
        content = json.loads(text)
        known = {
            subject.name: subject for subject in (*subjects(accounts=[1, 10]), *with_checkpoints())
        }
        results = Results()
        for name, size, case, usages in content["usages"]:
            for usage in usages if name in known else ():
                results.add(known[name], size, case, Usage(**usage))
        layer = content["layer"]
        if layer:
            layer["cost"] = {
                kind: {
                    step: {int(n): cost for n, cost in by_size.items()}
                    for step, by_size in steps.items()
                }
                for kind, steps in layer["cost"].items()
            }
        return cls(content["conditions"], results, Layer(**layer) if layer else None)

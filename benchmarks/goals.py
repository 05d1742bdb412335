"""The goals, and how what was measured stands to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .layer import Layer
from .results import CONNECTING, Results
from .subjects import LATENCY, Subject

_POSSIBLE = 0.9

COVERING = 20
"""Account-wide filters of the subject ``covered``."""


class Goal(NamedTuple):
    """One goal.

    Attributes:
        text: What is wanted.
        worst: The measured value that stands worst to it.
        met: Whether it is met; None if other load left no way to tell.
    """

    text: str
    worst: str
    met: bool | None


def goals(results: Results, layer: Layer | None) -> Iterator[Goal]:
    """All goals that the measured subjects and sizes say something about."""
    yield from _ratios(results, ("up",), 1.25, "up at most 1.25 x floor")
    idle = ("no-change preview", "no-change up")
    yield from _ratios(results, idle, 1.1, "preview and no-change up at most 1.1 x no-op resources")
    yield from _processor(results)
    yield from _requests(results)
    yield from _others(results)
    if layer:
        yield from _layer(layer)


def _own(results: Results) -> list[str]:
    return [
        n for n, subject in results.subjects.items() if subject.floor and not subject.checkpoints
    ]


def _ratios(results: Results, cases: tuple[str, ...], most: float, text: str) -> Iterator[Goal]:
    for size in results.sizes():
        found = [
            (ratio, f"{name}, {case}")
            for name in _own(results)
            for case in cases
            if (ratio := results.ratio(name, size, case)) is not None
        ]
        if found:
            ratio, where = max(found)
            # Nothing is faster than its floor: if something seems to be, the floor is not known.
            met = ratio <= most if min(found)[0] > _POSSIBLE else None
            yield Goal(f"{text}, N = {size}", f"{ratio:.2f} ({where})", met)


def _processor(results: Results) -> Iterator[Goal]:
    for size in results.sizes():
        found = [
            (ratio, f"{name}, {case}")
            for name in _own(results)
            for case in ("no-change preview", "no-change up")
            if (ratio := results.processor_ratio(name, size, case)) is not None
        ]
        if found:
            ratio, where = max(found)
            text = f"processor time of both at most 1.1 x, N = {size}"
            yield Goal(text, f"{ratio:.2f} ({where})", ratio <= 1.1)


def _requests(results: Results) -> Iterator[Goal]:
    refresh, change, tokens, sockets = True, True, 0, 0.0
    for (name, size, case), usages in results.usages.items():
        subject = results.subjects[name]
        if not subject.floor:
            continue
        for usage in usages:
            tokens = max(tokens, usage.tokens)
            sockets = max(sockets, usage.connections / subject.workers)
            if case == "refresh":
                lists = min(size, subject.accounts) if subject.kind in CONNECTING else 0
                refresh = refresh and usage.requests - usage.tokens == usage.lists == lists
            if case == "one change":
                # A filter of the whole account looks at its pixels.
                looked = usage.lists if subject.kind == "blocklist" else 0
                change = change and usage.requests - usage.tokens - looked == 1
    yield from _together(results)
    yield Goal("refresh: one list an account, nothing else", "so" if refresh else "no", refresh)
    yield Goal("one change: its own request, nothing else", "so" if change else "no", change)
    yield Goal("one token a process", str(tokens), tokens <= 1)
    yield Goal("sockets at most one for each worker", f"{sockets:.2f}", sockets <= 1)


def _together(results: Results) -> Iterator[Goal]:
    """Requests of an `up` in which filters go together."""
    most: dict[str, tuple[str, Callable[[int], int]]] = {
        "covered": (
            f"up of N pixels under {COVERING} account-wide filters",
            lambda n: 2 * n + 2 * COVERING + 3,
        ),
        "blocklist": ("a blocklist of N websites", lambda n: max(3, n // 10 + 1)),
        "filters": ("up of N filters, each a resource", lambda n: max(3, n // 2)),
    }
    for (name, size, case), usages in results.usages.items():
        subject = results.subjects[name]
        if subject.floor and case == "up" and subject.kind in most and _is_usual(subject):
            text, bound = most[subject.kind]
            sent = max(usage.requests for usage in usages)
            goal = f"{text}: at most {bound(size)} requests, N = {size}"
            yield Goal(goal, str(sent), sent <= bound(size))


def _is_usual(subject: Subject) -> bool:
    return subject.accounts == 1 and subject.latency == LATENCY


def _others(results: Results) -> Iterator[Goal]:
    size = 200
    yield from _covered(results, size)
    yield from _script(results, size)
    for far in ("", ", 200 ms"):
        for case in ("up", "one change", "destroy"):
            pair = [
                results.least(name + far, size, case)
                for name in ("blocklist, 1 account", "Terraform + curl, blocklist")
            ]
            if pair[0] and pair[1]:
                text = f"a blocklist of {size} no slower than Terraform + curl: {case}{far}"
                yield Goal(text, f"{pair[0]:.2f} s and {pair[1]:.2f} s", pair[0] <= pair[1])


def _covered(results: Results, size: int) -> Iterator[Goal]:
    """What filters of the whole account add to new pixels: a round trip for four of them."""
    alone, covered = (
        results.least(f"{kind}, 1 account", size, "up") for kind in ("connections", "covered")
    )
    no_ops = [results.least(f"no-op {kind}", size, "up") for kind in ("connections", "covered")]
    if not (alone and covered and no_ops[0] and no_ops[1]):
        return
    more = (covered - alone - max(0.0, no_ops[1] - no_ops[0])) / LATENCY
    text = f"{COVERING} account-wide filters above {size} new pixels: {size // 4} round trips more"
    yield Goal(text, f"{more:.0f}", more <= size / 4)


def _script(results: Results, size: int) -> Iterator[Goal]:
    for far in ("", ", 200 ms"):
        own = results.least(f"connections, 1 account{far}", size, "up")
        cli = results.least("no-op connections", size, "up")
        for other, factor in (("Meta's script", 3), ("Terraform + curl", 2)):
            seconds = results.least(other + far, size, "up")
            if not (own and cli and seconds):
                continue
            without = seconds / max(own - cli, 1e-3)
            worst = f"{seconds / own:.1f}; {without:.1f} without the CLI's own time"
            text = f"up {factor} x faster than {other}{far}, N = {size}"
            yield Goal(text, worst, seconds / own >= factor)


def _layer(layer: Layer) -> Iterator[Goal]:
    growths = [
        (costs[max(costs)] / costs[min(costs)], f"{step} of {kind}", min(costs), max(costs))
        for kind, steps in layer.cost.items()
        for step, costs in steps.items()
    ]
    growth, where, least, most = max(growths)
    text = f"own cost of a resource flat from {least} to {most} (at most 1.5 x)"
    yield Goal(text, f"{growth:.2f} ({where})", growth <= 1.5)
    imported, ready = layer.imported * 1e3, layer.ready * 1e3
    yield Goal("import over `import pulumi` at most 30 ms", f"{imported:.0f} ms", imported <= 30)
    text = "provider process ready at most 100 ms after a bare one"
    yield Goal(text, f"{ready:.0f} ms", ready <= 100)
    memory = max(layer.memory.values()) / 1024
    yield Goal("memory of a further resource (at most 10 kB)", f"{memory:.1f} kB", memory <= 10)

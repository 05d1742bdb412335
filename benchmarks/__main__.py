"""`python -m benchmarks`: measures, and writes the page; `--check` compares with the last page."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pulumi_capig.sandbox import Sandbox

from . import report
from .environment import make_environment
from .layer import measure_layer
from .results import Measured, Results
from .subjects import ACCOUNTS, PIXEL, Subject, subjects, with_checkpoints
from .usage import CommandError

RATIOS = Path(__file__).parent / "ratios.json"

LARGE = 500
"""From this size on one run says enough, and checkpoints, which are quadratic, take too long."""

SLACK = {"time": (1.5, 0.25), "processor": (1.25, 0.05), "requests": (1.0, 0.0)}
"""How far a value may be above the committed one: factor and summand."""


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", help="N; 1 50 200 1000")
    parser.add_argument("--runs", type=int, default=3, help=f"of sizes below {LARGE}; above, one")
    parser.add_argument("--layer-sizes", type=int, nargs="*", help="of the layer; 50 500 5000")
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 10], help="1 10")
    parser.add_argument("--minutes", type=float, default=60, help="begin nothing after these; 60")
    parser.add_argument("--check", action="store_true", help="compare ratios with the committed")
    parser.add_argument("--fresh", action="store_true", help="forget sizes measured earlier")
    parser.add_argument("--page-only", action="store_true", help="from what was measured last")
    options = parser.parse_args()
    if options.page_only:
        report.write()
        return
    sizes = options.sizes or ([50] if options.check else [1, 50, 200, 1000])
    layer_sizes = [] if options.check else options.layer_sizes
    try:
        results = measure_stacks(
            sizes,
            options.runs,
            accounts=[1] if options.check else options.accounts,
            minutes=options.minutes,
        )
    except CommandError as error:
        sys.exit(str(error))
    if options.check:
        sys.exit(_check(results))
    layer = None
    if not options.fresh and report.MEASURED.exists():
        results.merge(report.measured().results)
        layer = report.measured().layer
    if layer_sizes != []:
        layer = measure_layer([50, 500, 5000] if layer_sizes is None else layer_sizes)
    measured = Measured(_conditions(options.runs), results, layer)
    report.MEASURED.write_text(measured.text(), encoding="utf-8")
    report.write()
    RATIOS.write_text(json.dumps(results.ratios(), indent=2) + "\n", encoding="utf-8")


def measure_stacks(
    sizes: Sequence[int], runs: int, *, accounts: list[int], minutes: float
) -> Results:
    """Take all subjects through all cases; those of one run and size follow each other.

    No further size is begun once the minutes are over.
    """
    results = Results()
    make_environment()
    end = time.monotonic() + minutes * 60
    for run in range(runs):
        for size in sizes:
            if time.monotonic() > end or (run > 0 and size >= LARGE):
                continue
            chosen = [subject for subject in subjects(accounts=accounts) if subject.has(size)]
            if run == 0 and 1 < size < LARGE:
                chosen += with_checkpoints()
            for subject in chosen:
                _measure(results, subject, size)
    return results


def _measure(results: Results, subject: Subject, size: int) -> None:
    with (
        Sandbox(accounts=ACCOUNTS, latency=subject.latency) as sandbox,
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
    ):
        if subject.kind == "filters":
            for account in ACCOUNTS:
                sandbox.connect(PIXEL, tenant=account)
        for case, usage in subject.run(subject, sandbox, Path(folder), size):
            results.add(subject, size, case, usage)
            line = f"N = {size:<5} {subject.name:36} {case:18} {usage.seconds:7.2f} s"
            print(line, file=sys.stderr, flush=True)


def _conditions(runs: int) -> str:
    load, cores = os.getloadavg()[2], os.cpu_count() or 1
    return (
        f"{report.machine()}, {cores} cores; median of {runs} runs (least and most in brackets), "
        f"one run from N = {LARGE} on. Other work on the machine during the last quarter of an "
        f"hour included, its load was {load:.1f}."
    )


def _check(results: Results) -> int:
    committed = json.loads(RATIOS.read_text(encoding="utf-8"))
    worse = 0
    for key, ratios in results.ratios().items():
        for name, value in ratios.items() if key in committed else ():
            factor, summand = SLACK[name]
            was = committed[key][name]
            is_worse = value > was * factor + summand
            worse += is_worse
            print(f"{'WORSE' if is_worse else 'ok':6} {key:45} {name:10} {value:g} (was {was:g})")
    return int(worse > 0)


if __name__ == "__main__":
    main()

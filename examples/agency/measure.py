"""Measures `agency.py` on this machine: seconds, processor time and memory by `--at-once`.

    python measure.py --accounts 20 --pixels 10 --filters 5 --at-once 1 2 4 8

It makes tables of its own in a temporary folder, and serves a sandbox gateway that takes 20 ms for
each request. Memory is what all processes together hold at once, shared pages counted once (Linux).
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

HERE = Path(__file__).parent
MARK = "AGENCY_MEASURED"
OPERATIONS = (("up", "up"), ("up, no change", "up"), ("refresh", "refresh"), ("destroy", "destroy"))
BUSINESS = "2840127409433732"


def main() -> None:
    """Measure, and print a table."""
    options = _options()
    names = [f"account-{number}" for number in range(options.accounts)]
    print(f"{'':14} at once   seconds  CPU s  CPU s an account    MB")
    for at_once in options.at_once:
        with tempfile.TemporaryDirectory() as temporary, _gateway(names) as settings:
            folder = _project(Path(temporary), names, options.pixels, options.filters)
            environment = {**settings, "PULUMI_BACKEND_URL": (folder / "state").as_uri()}
            for title, operation in OPERATIONS:
                chosen = ["--all"] if operation == "destroy" else []
                command = [operation, *chosen, "--at-once", str(at_once)]
                seconds, cpu, memory = _measure(command, folder, environment)
                each = cpu / len(names)
                print(
                    f"{title:14} {at_once:7} {seconds:9.1f} {cpu:6.1f} {each:17.2f} {memory:4.0f}"
                )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=20)
    parser.add_argument("--pixels", type=int, default=10, help="of an account")
    parser.add_argument("--filters", type=int, default=5, help="of an account")
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 2, 4, 8])
    return parser.parse_args()


def _project(folder: Path, names: list[str], pixels: int, filters: int) -> Path:
    for path in HERE.glob("*.py"):
        shutil.copy(path, folder)
    (folder / "state").mkdir()
    (folder / "Pulumi.yaml").write_text(
        f"name: measured\nruntime:\n  name: python\n  options:\n    virtualenv: {sys.prefix}\n"
    )
    rows = [
        f"{name},{BUSINESS},{1000 + number},Pixel {number},on,on"
        for name in names
        for number in range(pixels)
    ]
    accounts = "account,tenant_id,name,event_enrichment,active"
    (folder / "accounts.csv").write_text("\n".join([accounts, *(f"{n},{n},,," for n in names)]))
    (folder / "people.csv").write_text("account,email,role")
    header = "account,business_id,pixel_id,name,receiving,publishing"
    (folder / "pixels.csv").write_text("\n".join([header, *rows]))
    rules = [f"*,event,Event{number},DROP" for number in range(filters)]
    (folder / "policy.csv").write_text("\n".join(["account,kind,name,filter_state", *rules]))
    return folder


@contextmanager
def _gateway(accounts: list[str]) -> Iterator[dict[str, str]]:
    """A sandbox gateway in a process of its own; the settings for it."""
    command = [sys.executable, "-m", "pulumi_capig.sandbox", "--latency", "20"]
    for account in accounts:
        command += ["--account", account]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as gateway:  # noqa: S603
        exports = [line.removeprefix("export ").strip() for line in islice(gateway.stdout or (), 4)]
        try:
            yield dict(export.split("=", 1) for export in exports)
        finally:
            gateway.terminate()


def _measure(
    command: list[str], folder: Path, settings: Mapping[str, str]
) -> tuple[float, float, float]:
    """Seconds, processor seconds and megabytes of one command."""
    mark = str(time.monotonic_ns())
    environment = {
        **os.environ,
        **settings,
        "PULUMI_CONFIG_PASSPHRASE": "measured",
        f"TOKEN_{BUSINESS}": "EAAB-measured",
        MARK: mark,
    }
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "agency.py", *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    memory = Memory(f"{MARK}={mark}")
    memory.start()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"agency.py {' '.join(command)} ended with {process.returncode}")
    return seconds, used.ru_utime + used.ru_stime, memory.stop()


class Memory(threading.Thread):
    """Looks, five times a second, at what all processes with a mark in their environment hold."""

    def __init__(self, mark: str) -> None:
        super().__init__(daemon=True)
        self._mark, self._most, self._ended = mark.encode(), 0, threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.2):
            self._most = max(self._most, sum(map(self._held, Path("/proc").glob("[0-9]*"))))

    def stop(self) -> float:
        """End, and tell the most that was seen, in megabytes."""
        self._ended.set()
        self.join()
        return self._most / 1000

    def _held(self, process: Path) -> int:
        try:
            if self._mark in (process / "environ").read_bytes():
                lines = (process / "smaps_rollup").read_text().splitlines()
                return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        except (OSError, StopIteration):  # ended meanwhile, or somebody else's
            pass
        return 0


if __name__ == "__main__":
    main()

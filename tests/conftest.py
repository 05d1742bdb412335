"""Fixtures of all layers."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.depth import DEPTH
from tests.support.engine import cli, installed

# A shell that runs the suite in the background has it ignore Ctrl-C, and children inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# The CLI's commands are short: what they leave behind in memory need not be collected.
os.environ.setdefault("GOGC", "off")
os.environ.setdefault("GOMEMLIMIT", "1GiB")

# While thousands of tests are collected, nothing is garbage.
gc.disable()

SLOWEST_FIRST = ["wheel", "upgrade", "engine", "docs", "faults", "testing", "tools", "cli"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put folders with long tests first: at the end no worker is alone with one of them."""

    def rank(item: pytest.Item) -> int:
        folder = "".join(item.nodeid.split("/")[1:2])
        return SLOWEST_FIRST.index(folder) if folder in SLOWEST_FIRST else len(SLOWEST_FIRST)

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """Collect garbage again, but for what is there as long as the process."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def programs_are_not_compiled() -> Iterator[None]:
    """Each run of a program reads its source.

    A test changes a program and runs it within a second, and what Python compiled it to counts as
    new while the source has the same size and was changed in the same second.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        yield


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of the person who runs it."""
    for name in list(os.environ):
        if name.startswith("CAPIG_") or name == "PYTEST_ADDOPTS":
            monkeypatch.delenv(name)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox gateway of the test's own."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def in_sandbox(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A sandbox gateway that the environment points to."""
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return sandbox


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the project."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def deeper() -> Callable[[int], int]:
    """How many examples to try: all of them in `make test-all`, a seeded part in `make test`."""
    return lambda examples: examples * DEPTH


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the tests of the engine layer ran on."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.stats.get(kind, ())]
    ran = sum("engine/" in r.nodeid for r in reports)
    if ran and installed():
        version = subprocess.run([cli(), "version"], capture_output=True, text=True, check=False)
        line = f"{ran} tests of the engine layer ran on the real CLI, {version.stdout.strip()}"
        terminalreporter.write_line(line)

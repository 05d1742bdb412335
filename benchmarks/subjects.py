"""What is measured: ways to bring N objects to a gateway, each through the same cases."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from pulumi_capig.sandbox import Sandbox

from .environment import FOLDER, ROOT
from .usage import Usage, clean_environment, measure

LATENCY = 0.020
"""Seconds that the gateway takes for each request."""

FAR = 0.200
"""The same of a gateway that is far away."""

WORKERS = 4
"""Calls that the SDK's provider process serves at once."""

MORE_WORKERS = 32
"""Calls at once where a project asks for more of them."""

CASES = ("up", "no-change preview", "no-change up", "refresh", "one change", "destroy")
ACCOUNTS = [f"Account{index}" for index in range(10)]

FAR_SIZES = (50, 200)

PIXEL = "18904456377094531"
"""Connected from the start in every account: what filters are about."""


@dataclass(frozen=True)
class Subject:
    """One way, and what it is told to do.

    Attributes:
        name: In the table.
        kind: ``connections``; ``filters``, each of one pixel; ``covered``: connections under 20
            account-wide filters; ``blocklist``: N websites as one resource.
        accounts: How many accounts the objects are spread over.
        floor: Name of the subject with the same program and resources that do nothing.
        checkpoints: Whether the CLI saves state after each step.
        run: Goes through the cases: case and usage, one after the other.
        latency: Seconds that the gateway takes for each request.
        workers: Calls that the provider process serves at once.
    """

    name: str
    kind: str
    accounts: int
    floor: str
    checkpoints: bool
    run: Callable[[Subject, Sandbox, Path, int], Iterator[tuple[str, Usage]]]
    latency: float = LATENCY
    workers: int = WORKERS

    def has(self, size: int) -> bool:
        """Whether it is measured at a size."""
        return size >= self.accounts and (self.latency == LATENCY or size in FAR_SIZES)


def subjects(*, accounts: list[int]) -> Iterator[Subject]:
    """All subjects that this machine can run, floors first."""
    for kind in ("connections", "filters"):
        yield Subject(f"no-op {kind}", kind, 1, "", False, _pulumi)
        for count in accounts:
            where = f"{count} account{'s' if count > 1 else ''}"
            yield Subject(f"{kind}, {where}", kind, count, f"no-op {kind}", False, _pulumi)
    for kind in ("covered", "blocklist"):
        yield Subject(f"no-op {kind}", kind, 1, "", False, _pulumi)
        yield Subject(f"{kind}, 1 account", kind, 1, f"no-op {kind}", False, _pulumi)
    yield from _others()
    for kind in ("connections", "filters", "blocklist"):
        near = Subject(f"{kind}, 1 account", kind, 1, f"no-op {kind}", False, _pulumi)
        yield _far(near)
    more = f"connections, {MORE_WORKERS} at once"
    wide = Subject(
        more, "connections", 1, "no-op connections", False, _pulumi, workers=MORE_WORKERS
    )
    yield wide
    yield _far(wide)
    yield from map(_far, _others())


def _others() -> Iterator[Subject]:
    yield Subject("Meta's script", "connections", 1, "", False, _script)
    if shutil.which("terraform") and shutil.which("curl"):
        yield Subject("Terraform + curl", "connections", 1, "", False, _terraform)
        yield Subject("Terraform + curl, blocklist", "blocklist", 1, "", False, _terraform)


def _far(subject: Subject) -> Subject:
    return replace(subject, name=f"{subject.name}, {FAR * 1e3:.0f} ms", latency=FAR)


def with_checkpoints() -> Iterator[Subject]:
    """The pair that shows what the CLI's checkpoints cost."""
    for name, floor in (("no-op connections", ""), ("connections, 1 account", "no-op connections")):
        yield Subject(f"{name}, checkpoints", "connections", 1, floor, True, _pulumi)


def _counted(
    sandbox: Sandbox, command: list[str | Path], folder: Path, env: dict[str, str]
) -> Usage:
    sandbox.clear_requests()
    usage = measure(command, folder, env)
    counters = sandbox.counters
    return replace(
        usage,
        requests=sum(counters.requests.values()),
        lists=counters.requests.get("list", 0),
        tokens=counters.token_fetches,
        connections=counters.connections,
    )


def _pulumi(
    subject: Subject, sandbox: Sandbox, folder: Path, size: int
) -> Iterator[tuple[str, Usage]]:
    project, state = folder / "project", folder / "state"
    shutil.copytree(Path(__file__).parent / "project", project, ignore=_no_caches)
    state.mkdir()
    settings = f"name: bench\nruntime:\n  name: python\n  options:\n    virtualenv: {FOLDER}\n"
    if subject.workers > WORKERS:
        settings += "plugins:\n  providers:\n  - name: pulumi-python\n    path: workers\n"
    (project / "Pulumi.yaml").write_text(settings, encoding="utf-8")
    own = ROOT / ".pulumi-cli" / "bin"
    environment = {
        **clean_environment(),
        **sandbox.environment(),
        "PATH": f"{own}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "BENCH_RESOURCES": "capig" if subject.floor else "noop",
        "BENCH_KIND": subject.kind,
        "BENCH_SIZE": str(size),
        "BENCH_ACCOUNTS": " ".join(ACCOUNTS[: subject.accounts]),
        "CAPIG_PARALLEL_WRITES": str(subject.workers),
    }
    if subject.workers > WORKERS:
        environment["PULUMI_PARALLEL"] = str(subject.workers)
    if not subject.checkpoints:
        environment["PULUMI_SKIP_CHECKPOINTS"] = "1"

    def pulumi(*arguments: str, **more: str) -> Usage:
        command: list[str | Path] = ["pulumi", "--non-interactive", *arguments]
        return _counted(sandbox, command, project, {**environment, **more})

    apply = ("--yes", "--skip-preview")
    pulumi("stack", "init", "dev")
    yield "up", pulumi("up", *apply)
    yield "no-change preview", pulumi("preview", "--expect-no-changes")
    yield "no-change up", pulumi("up", *apply, "--expect-no-changes")
    yield "refresh", pulumi("refresh", *apply, "--expect-no-changes")
    yield "one change", pulumi("up", *apply, BENCH_CHANGED="1")
    yield "destroy", pulumi("destroy", *apply)


def _script(
    subject: Subject, sandbox: Sandbox, folder: Path, size: int
) -> Iterator[tuple[str, Usage]]:
    environment = {**clean_environment(), **sandbox.environment()}
    command: list[str | Path] = [sys.executable, Path(__file__).parent / "script.py", str(size)]
    yield "up", _counted(sandbox, command, folder, environment)


def _terraform(
    subject: Subject, sandbox: Sandbox, folder: Path, size: int
) -> Iterator[tuple[str, Usage]]:
    for name in ("token", "pixels" if subject.kind == "connections" else "websites"):
        shutil.copy(Path(__file__).parent / "terraform" / f"{name}.tf", folder)
    environment = {
        **clean_environment(),
        **sandbox.environment(),
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        "TF_VAR_size": str(size),
    }

    def terraform(*arguments: str, **more: str) -> Usage:
        command: list[str | Path] = ["terraform", *arguments, "-input=false"]
        return _counted(sandbox, command, folder, {**environment, **more})

    terraform("init")
    yield "up", terraform("apply", "-auto-approve")
    yield "no-change preview", terraform("plan", "-detailed-exitcode")
    yield "no-change up", terraform("apply", "-auto-approve")
    if subject.kind == "blocklist":
        yield "one change", terraform("apply", "-auto-approve", TF_VAR_changed="1")
    yield "destroy", terraform("destroy", "-auto-approve")


def _no_caches(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "__pycache__"]

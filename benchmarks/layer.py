"""The provider's own cost, without engine and CLI: how it grows, and how long it takes to start."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_capig.sandbox import Sandbox

from .environment import ROOT
from .subjects import PIXEL
from .usage import clean_environment

STEPS = ("check and diff", "create", "read", "delete")
_REPEATS = 9


@dataclass(frozen=True)
class Layer:
    """What was measured beside the stacks.

    Attributes:
        cost: Microseconds of processor time a resource, by kind, step and size.
        memory: Bytes that a further resource takes, by kind.
        imported: Seconds that importing the package adds to ``import pulumi``.
        ready: Seconds from the start of a provider process to its first answer to a check, more
            than a bare dynamic provider takes.
    """

    cost: dict[str, dict[str, dict[int, float]]]
    memory: dict[str, float]
    imported: float
    ready: float


def measure_layer(sizes: list[int]) -> Layer:
    """Measure the provider layer at these sizes."""
    cost: dict[str, dict[str, dict[int, float]]] = {}
    memory: dict[str, float] = {}
    for kind in ("connections", "filters"):
        found = {size: _in_a_process_of_its_own(kind, size) for size in sizes}
        cost[kind] = {step: {size: found[size]["cost"][step] for size in sizes} for step in STEPS}
        least, most = min(sizes), max(sizes)
        grown = found[most]["memory"] - found[least]["memory"]
        memory[kind] = grown / max(1, most - least)
    return Layer(
        cost,
        memory,
        _more_than(
            _import("import pulumi, pulumi_capig as capig; capig.PixelConnection"),
            _import("import pulumi"),
        ),
        _more_than(lambda: _first_answer("pulumi_capig.dynamic"), lambda: _first_answer("noop")),
    )


def _in_a_process_of_its_own(kind: str, size: int) -> Any:
    with Sandbox() as sandbox:
        sandbox.connect(PIXEL)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.layer", kind, str(size)],
            cwd=ROOT,
            env={**clean_environment(), **sandbox.environment()},
            stdout=subprocess.PIPE,
            check=True,
        )
    return json.loads(done.stdout)


def _more_than(one: Callable[[], float], other: Callable[[], float]) -> float:
    """The difference of the least times, which is what another load disturbs least."""
    pairs = [(one(), other()) for _ in range(_REPEATS)]
    return min(first for first, _ in pairs) - min(second for _, second in pairs)


def _import(statement: str) -> Callable[[], float]:
    def seconds() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], cwd=ROOT, check=True)
        return time.perf_counter() - started

    return seconds


def _first_answer(module: str) -> float:
    import grpc
    from google.protobuf.struct_pb2 import Struct
    from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

    struct = Struct()
    struct.update({"__provider": _pickled(module), **_arguments("connections", 0)})
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pulumi.dynamic", "127.0.0.1:1"],
        cwd=Path(__file__).parent / "project",
        env={**clean_environment(), "CAPIG_TENANT_ID": "SandboxA"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        port = process.stdout.readline().strip()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Configure(provider_pb2.ConfigureRequest(), wait_for_ready=True)
            stub.Check(provider_pb2.CheckRequest(news=struct))
            return time.perf_counter() - started
    finally:
        process.kill()
        process.communicate()


def _pickled(module: str) -> str:
    name = "PixelConnectionProvider" if module.startswith("pulumi_capig") else "ConnectionProvider"
    source = (
        f"from pulumi.dynamic.dynamic import serialize_provider; import {module} as m; "
        f"print(serialize_provider(m.{name}()))"
    )
    folder = Path(__file__).parent / "project"
    return subprocess.run(
        [sys.executable, "-c", source], cwd=folder, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def _arguments(kind: str, index: int) -> dict[str, Any]:
    if kind == "filters":
        return {"event_name": f"Event{index}", "filter_state": "DROP", "pixel_ids": [PIXEL]}
    return {
        "pixel_id": str(10**15 + index),
        "business_id": "2840127409433732",
        "access_token": f"EAAB-{index}",
        "external_id": "",
        "publishing": True,
    }


def _go_through(kind: str, size: int) -> dict[str, Any]:
    """All steps for `size` resources, in this process, as the engine's calls would ask for them."""
    from pulumi_capig import dynamic

    names = {"connections": "PixelConnectionProvider", "filters": "EventFilterProvider"}
    provider = getattr(dynamic, names[kind])()
    dynamic._process.configure(lambda _key: None)
    cost: dict[str, float] = {}

    @contextmanager
    def step(name: str) -> Iterator[None]:
        # What a process does once, such as imports, is no cost of a resource.
        dynamic._process.forget()
        first = provider.create(provider.check({}, _arguments(kind, size)).inputs)
        dynamic._process.forget()
        provider.delete("", first.outs)
        started = time.process_time()
        yield
        cost[name] = (time.process_time() - started) / size * 1e6

    news = [_arguments(kind, index) for index in range(size)]
    inputs = [provider.check({}, new).inputs for new in news]
    with step("create"):
        outputs = [provider.create(dict(new)).outs for new in inputs]
    with step("check and diff"):
        for old, new in zip(outputs, news, strict=True):
            provider.diff("", old, provider.check(old, new).inputs)
    with step("read"):
        for old in outputs:
            provider.read("", old)
    with step("delete"):
        for old in outputs:
            provider.delete("", old)
    return {"cost": cost, "memory": _peak()}


def _peak() -> int:
    from .hook.sitecustomize import _peak

    return _peak()


if __name__ == "__main__":
    print(json.dumps(_go_through(sys.argv[1], int(sys.argv[2]))))

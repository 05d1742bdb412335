"""The dynamic provider behind its own protocol: the SDK's servicer, on a real socket.

It is served inside the test process, so that one start serves many engine operations: each
`operation()` begins a new run, as a new process would.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import grpc
from google.protobuf.struct_pb2 import Struct
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from pulumi_capig import dynamic

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes a value that a preview does not know."""

Props = dict[str, Any]


class CallError(Exception):
    """A call failed; its text is what the engine would show."""


@dataclass(frozen=True)
class Checked:
    """Answer to a check."""

    inputs: Props
    failures: dict[str, str]


@dataclass(frozen=True)
class Diffed:
    """Answer to a diff."""

    changes: bool
    replaces: tuple[str, ...]


@cache
def reference(kind: str) -> str:
    """The pickled provider, as a resource of this kind carries it."""
    return serialize_provider(getattr(dynamic, f"{kind}Provider")())


class Provider:
    """A client of the provider: the engine's part of the protocol."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._stub = provider_pb2_grpc.ResourceProviderStub(channel)

    @contextmanager
    def operation(self, config: Mapping[str, str] | None = None) -> Iterator[Provider]:
        """One engine operation: a new run with this stack config."""
        dynamic._process.forget()
        args = {f"capig:{key}": value for key, value in (config or {}).items()}
        self._stub.Configure(provider_pb2.ConfigureRequest(args=_struct(args)))
        dynamic._process.configure(args.get)
        try:
            yield self
        finally:
            dynamic._process.forget()

    def check(self, kind: str, olds: Props | None, news: Props) -> Checked:
        """Check `news` of a resource that has the inputs `olds`, if it exists."""
        request = provider_pb2.CheckRequest(
            olds=_struct(olds, kind) if olds else None, news=_struct(news, kind)
        )
        answer = self._call(self._stub.Check, request)
        failures = {
            failure.property or failure.reason.split(":")[0].split()[0]: failure.reason
            for failure in answer.failures
        }
        return Checked(_props(answer.inputs), failures)

    def diff(self, kind: str, id: str, olds: Props, news: Props) -> Diffed:
        """Compare the outputs `olds` with the checked inputs `news`."""
        request = provider_pb2.DiffRequest(
            id=id, olds=_struct(olds, kind), news=_struct(news, kind)
        )
        answer = self._call(self._stub.Diff, request)
        changes = answer.changes == provider_pb2.DiffResponse.DIFF_SOME
        return Diffed(changes, tuple(answer.replaces))

    def create(self, kind: str, inputs: Props) -> tuple[str, Props]:
        """Create a resource: its id and outputs."""
        request = provider_pb2.CreateRequest(properties=_struct(inputs, kind))
        answer = self._call(self._stub.Create, request)
        return answer.id, _props(answer.properties)

    def read(self, kind: str, id: str, outputs: Props) -> tuple[str, Props, Props]:
        """Read a resource: its id (empty if gone), outputs and inputs."""
        request = provider_pb2.ReadRequest(id=id, properties=_struct(outputs, kind))
        answer = self._call(self._stub.Read, request)
        return answer.id, _props(answer.properties), _props(answer.inputs)

    def update(self, kind: str, id: str, olds: Props, news: Props) -> Props:
        """Update a resource: its new outputs."""
        request = provider_pb2.UpdateRequest(
            id=id, olds=_struct(olds, kind), news=_struct(news, kind)
        )
        return _props(self._call(self._stub.Update, request).properties)

    def delete(self, kind: str, id: str, outputs: Props) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(id=id, properties=_struct(outputs, kind))
        self._call(self._stub.Delete, request)

    @staticmethod
    def _call(method: Any, request: Any) -> Any:
        try:
            return method(request, timeout=60)
        except grpc.RpcError as error:
            message = error.details()  # type: ignore[attr-defined]
        raise CallError(message.strip())


@contextmanager
def serve() -> Iterator[Provider]:
    """Serve the SDK's own servicer from this process and connect to it."""
    module = _dynamic_main()
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    servicer = module.DynamicResourceProviderServicer()
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    limit = getattr(sys, "tracebacklimit", None)
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Provider(channel)
    finally:
        server.stop(0).wait()
        if limit is None and hasattr(sys, "tracebacklimit"):
            del sys.tracebacklimit


def _dynamic_main() -> ModuleType:
    """The module `pulumi.dynamic.__main__` without its last line, which starts a server."""
    spec = find_spec("pulumi.dynamic.__main__")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    assert source.rstrip().endswith("main()")
    module = ModuleType("pulumi_dynamic_main")
    module.__file__ = spec.origin
    exec(compile(source.rstrip().removesuffix("main()"), spec.origin, "exec"), module.__dict__)  # noqa: S102
    return module


def _struct(props: Mapping[str, Any] | None, kind: str | None = None) -> Struct:
    struct = Struct()
    struct.update({name: value for name, value in (props or {}).items() if value is not None})
    if kind is not None:
        struct.update({"__provider": reference(kind)})
    return struct


def _props(struct: Struct) -> Props:
    from google.protobuf.json_format import MessageToDict

    props = MessageToDict(struct)
    props.pop("__provider", None)
    return props

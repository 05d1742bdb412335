"""A small Python language host for a Pulumi CLI that came without one.

The CLI starts it with its own address, reads the port from the first line of the output, asks it to
run programs, and ends it with SIGINT.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import grpc
import interpreter
import required
from google.protobuf.empty_pb2 import Empty
from lifeline import when_orphaned


def _import_protocol() -> list[Any]:
    """Import `pulumi.runtime.proto` without the SDK around it: this process starts twice a run."""
    site = next(Path(path) for path in sys.path if (Path(path) / "pulumi").is_dir())
    for name in ("pulumi", "pulumi.runtime", "pulumi.runtime.proto"):
        package = ModuleType(name)
        package.__path__ = [str(site.joinpath(*name.split(".")))]
        sys.modules[name] = package
    modules = ("language_pb2", "language_pb2_grpc", "plugin_pb2")
    return [import_module(f"pulumi.runtime.proto.{name}") for name in modules]


language_pb2, language_pb2_grpc, plugin_pb2 = _import_protocol()

HERE = Path(__file__).parent
VERSION = json.loads((HERE / "versions.json").read_text())["cli"]
EXCEPTION, NO_SDK = 32, 33  # as program.py has them


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):  # type: ignore[misc,name-defined]
    """The calls that the CLI makes; what is missing here it does without."""

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.programs: set[subprocess.Popen[bytes]] = set()

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.engine = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=VERSION)

    def About(self, request: Any, context: Any) -> Any:  # noqa: N802
        try:
            python = _python(request.info)
        except interpreter.InterpreterError:
            return language_pb2.AboutResponse()  # the run itself will say so
        answer = subprocess.run([python, "-V"], capture_output=True, text=True)
        version = answer.stdout.strip().removeprefix("Python ")
        return language_pb2.AboutResponse(executable=str(python), version=version)

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:  # noqa: N802
        return _required(language_pb2.GetRequiredPackagesResponse, "packages", request, context)

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:  # noqa: N802
        return _required(language_pb2.GetRequiredPluginsResponse, "plugins", request, context)

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:  # noqa: N802
        return language_pb2.GetProgramDependenciesResponse()

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802
        text = (
            "Nothing was installed: this language host runs programs only. Install the program's "
            "requirements with its own tool, for example `python -m pip install -r "
            "requirements.txt`.\n"
        )
        yield language_pb2.InstallDependenciesResponse(stdout=text.encode())

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        try:
            python = _python(request.info)
        except interpreter.InterpreterError as error:
            return language_pb2.RunResponse(error=str(error))
        program = self._start(python, request)
        self.programs.add(program)
        status = program.wait()
        self.programs.discard(program)
        return _response(status, python)

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.stop_programs()
        return Empty()

    def stop_programs(self) -> None:
        """Kill every running program and what it started."""
        for program in list(self.programs):
            if program.poll() is None:
                with contextlib.suppress(ProcessLookupError):  # it may have ended meanwhile
                    os.killpg(program.pid, signal.SIGKILL)

    def _start(self, python: Path, request: Any) -> "subprocess.Popen[bytes]":
        settings = {
            "monitor": request.monitor_address,
            "engine": self.engine,
            "project": request.project,
            "stack": request.stack,
            "parallel": request.parallel,
            "dry_run": request.dryRun,
            "organization": request.organization,
            "root_directory": request.info.root_directory,
        }
        arguments = {
            "parent": os.getpid(),
            "folder": request.info.program_directory,
            "program": request.info.entry_point,
            "arguments": list(request.args),
            "settings": settings,
        }
        environment = interpreter.variables(python)
        environment["PULUMI_CONFIG"] = json.dumps(dict(request.config))
        environment["PULUMI_CONFIG_SECRET_KEYS"] = json.dumps(list(request.configSecretKeys))
        return subprocess.Popen(
            [python, "-u", HERE / "program.py", json.dumps(arguments)],
            cwd=request.pwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            # The CLI interrupts the host's whole group; a program would answer with a traceback.
            start_new_session=True,
        )


def _python(info: Any) -> Path:
    options = {name: str(value) for name, value in info.options.items()}
    return interpreter.find(Path(info.root_directory), options)


def _required(response: Any, field: str, request: Any, context: Any) -> Any:
    """What the installed packages ask for, as one of the two responses that tell it."""
    from google.protobuf.json_format import ParseDict

    try:
        plugins = list(required.plugins(_python(request.info)))
    except interpreter.InterpreterError:
        plugins = []  # the run itself will say so
    except required.UnreadableError as error:
        context.abort(grpc.StatusCode.UNKNOWN, str(error))
    return ParseDict({field: plugins}, response(), ignore_unknown_fields=True)


def _response(status: int, python: Path) -> Any:
    if status == EXCEPTION:
        return language_pb2.RunResponse(bail=True)
    if status == NO_SDK:
        advice = f"run `{python} -m pip install pulumi`"
        error = f"the Pulumi SDK is not installed for {python}: {advice}."
    elif status < 0:
        error = f"the program was killed by {signal.Signals(-status).name}"
    else:
        error = f"program exited with non-zero exit code: {status}" if status else ""
    return language_pb2.RunResponse(error=error)


def main(parent: int, arguments: list[str]) -> NoReturn:
    if not arguments:
        sys.exit("the Pulumi CLI starts this program; run `pulumi` instead")
    host = LanguageHost(engine=arguments[-1])

    def end(*_: object) -> NoReturn:
        host.stop_programs()
        os._exit(0)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    when_orphaned(parent, end)
    options = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(4), options=options)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    while True:
        signal.pause()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])

"""What this repository's own language host promises beyond the official one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import SOURCES, Project, eventually

Run = tuple["subprocess.Popen[str]", list[int]]

WAITING = """
    import os
    import threading
    from pathlib import Path

    import pulumi
    from pulumi.dynamic import CreateResult, Resource, ResourceProvider

    class Provider(ResourceProvider):
        def create(self, props):
            return CreateResult("1", {"pid": str(os.getpid())})

    class Thing(Resource):
        pid: pulumi.Output[str]

        def __init__(self, name):
            super().__init__(Provider(), name, {"pid": None})

    def wait(provider):
        Path("pids.part").write_text(f"{os.getppid()} {os.getpid()} {provider}")
        Path("pids.part").rename("pids")
        threading.Event().wait()

    Thing("thing").pid.apply(wait)
"""


def is_running(process: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    if Path("/proc/self/stat").exists():
        stat = Path(f"/proc/{process}/stat")
        try:
            state = stat.read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
    else:
        command = ["ps", "-o", "stat=", "-p", str(process)]
        state = subprocess.run(command, capture_output=True, text=True).stdout.strip()[:1]
    return state not in ("", "Z", "X")


@pytest.fixture
def waiting(own_host_project: Project) -> Iterator[Run]:
    """A run whose program never ends: the CLI, and its host, program and provider."""
    own_host_project.write(WAITING)
    cli = own_host_project.start("up", "--yes", "--skip-preview", "--stack", "dev")
    pids = own_host_project.folder / "pids"
    assert eventually(pids.exists)
    processes = [int(pid) for pid in pids.read_text().split()]
    assert all(map(is_running, processes))
    yield cli, processes
    for process in filter(is_running, (cli.pid, *processes)):
        os.kill(process, signal.SIGKILL)
    cli.wait()
    assert cli.stdout is not None
    cli.stdout.close()


def test_interrupt_ends_every_process(waiting: Run) -> None:
    cli, processes = waiting
    cli.send_signal(signal.SIGINT)
    output, _ = cli.communicate(timeout=30)
    assert cli.returncode == 1, output
    assert "Traceback" not in output
    assert eventually(lambda: not any(map(is_running, processes)))


def test_killed_cli_leaves_no_process(waiting: Run) -> None:
    cli, processes = waiting
    cli.kill()
    cli.communicate()
    assert eventually(lambda: not any(map(is_running, processes)))


def test_killed_host_takes_the_program_along(waiting: Run) -> None:
    cli, (host, program, _) = waiting
    os.kill(host, signal.SIGKILL)
    assert eventually(lambda: not is_running(program))
    output, _ = cli.communicate(timeout=30)
    assert cli.returncode == 1, output


def test_watching_process_ends_the_plugin_where_the_kernel_does_not(tmp_path: Path) -> None:
    """The way of systems without a parent-death signal, tried on any."""
    plugin = tmp_path / "plugin.py"
    plugin.write_text(
        f"import os, sys, time; sys.path.insert(0, {str(SOURCES / 'host')!r})\n"
        "import dynamic_plugin\n"
        "dynamic_plugin.end_with(os.getppid())\n"
        "os.execv('/bin/sh', ['sh', '-c', 'echo $$; exec sleep 600'])\n"
    )
    parent = subprocess.Popen(
        ["/bin/sh", "-c", f"'{sys.executable}' '{plugin}' & wait"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    served = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    assert eventually(lambda: not is_running(served))
    parent.stdout.close()


def test_host_ends_at_once_when_it_is_interrupted(cli_with_own_host: Path) -> None:
    host = subprocess.Popen(
        [cli_with_own_host.with_name("pulumi-language-python"), "127.0.0.1:1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert host.stdout is not None
    assert int(host.stdout.readline()) > 0
    host.send_signal(signal.SIGINT)
    assert host.communicate(timeout=5)[0] == ""
    assert host.returncode == 0


def test_missing_virtual_environment_is_told_with_the_command_that_makes_it(
    own_host_project: Project,
) -> None:
    own_host_project.declare("{name: python, options: {virtualenv: venv}}")
    own_host_project.write("import pulumi")
    run = own_host_project.up()
    assert run.returncode == 1
    assert f"python3 -m venv {own_host_project.folder}/venv" in run.stdout


def test_missing_sdk_is_told_with_the_command_that_installs_it(
    own_host_project: Project, tmp_path: Path
) -> None:
    bare = tmp_path / "project" / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    own_host_project.declare("{name: python, options: {virtualenv: venv}}")
    own_host_project.write("import pulumi")
    run = own_host_project.up()
    assert run.returncode == 1
    assert f"{bare}/bin/python -m pip install pulumi" in run.stdout


def test_environment_of_uv_is_beside_the_program(own_host_project: Project) -> None:
    (own_host_project.folder / ".venv").symlink_to(sys.prefix)
    own_host_project.declare("{name: python, options: {toolchain: uv}}")
    own_host_project.write(WAITING.replace("threading.Event().wait()", ""))
    run = own_host_project.up()
    assert run.returncode == 0, run.stdout


def test_missing_environment_of_a_program_in_a_subfolder_is_told_with_the_way_out(
    own_host_project: Project,
) -> None:
    (own_host_project.folder / ".venv").symlink_to(sys.prefix)
    own_host_project.declare("{name: python, options: {toolchain: uv}}", main="src/")
    own_host_project.write(WAITING, "src/__main__.py")
    run = own_host_project.up()
    assert run.returncode != 0
    assert "name it by its absolute path" in run.stdout


def test_poetry_names_the_environment(own_host_project: Project, tmp_path: Path) -> None:
    poetry = tmp_path / "bin" / "poetry"
    poetry.parent.mkdir()
    poetry.write_text(f"#!/bin/sh\necho '{sys.prefix}'\n")
    poetry.chmod(0o755)
    path = os.pathsep.join([str(poetry.parent), own_host_project.environment["PATH"]])
    own_host_project.environment["PATH"] = path
    own_host_project.declare("{name: python, options: {toolchain: poetry}}")
    own_host_project.write("import sys; print('prefix', sys.prefix)")
    assert f"prefix {sys.prefix}" in own_host_project.up().stdout


def test_install_says_that_nothing_was_installed(own_host_project: Project) -> None:
    own_host_project.write("import pulumi")
    run = own_host_project.pulumi("install")
    assert run.returncode == 0, run.stdout
    assert "pip install -r" in run.stdout


def test_about_names_the_python_of_the_program(own_host_project: Project) -> None:
    own_host_project.write("import pulumi")
    about = own_host_project.pulumi("about").stdout
    assert str(Path(sys.executable).parent) in about

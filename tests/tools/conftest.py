"""The real Pulumi CLI on small projects, each with its own home, backend and folder."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

CLONE = Path(__file__).resolve().parents[2]
SOURCES = CLONE / "tools" / "pulumi"
DEADLINE = 60  # seconds, for what takes about one: only a hang reaches it


@dataclass(frozen=True)
class Project:
    """A Pulumi project with one stack, `dev`, on a backend of its own."""

    folder: Path
    command: Path
    environment: dict[str, str]

    def write(self, program: str, file: str = "__main__.py") -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(program))

    def declare(self, runtime: str = "python", **settings: str) -> None:
        lines = [f"{key}: {value}\n" for key, value in {"runtime": runtime, **settings}.items()]
        (self.folder / "Pulumi.yaml").write_text("name: try\n" + "".join(lines))

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=DEADLINE)
        return subprocess.CompletedProcess(arguments, process.returncode, output)

    def up(self) -> subprocess.CompletedProcess[str]:
        return self.pulumi("up", "--yes", "--skip-preview", "--stack", "dev")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.command, *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


MakeProject = Callable[[Path], Project]


@pytest.fixture(scope="session")
def cli() -> Path:
    """The CLI that `make pulumi` put in place."""
    link = CLONE / ".pulumi-cli" / "bin" / "pulumi"
    if not link.exists():
        pytest.fail("no Pulumi CLI is in place: run `make pulumi`", pytrace=False)
    return link


@pytest.fixture(scope="session")
def cli_with_own_host(cli: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same CLI with the language host of this repository, whatever it came with."""
    folder = tmp_path_factory.mktemp("cli")
    shutil.copytree(SOURCES / "host", folder / "lib")
    shutil.copy(SOURCES / "versions.json", folder / "lib")
    (folder / "venv").symlink_to(sys.prefix)
    (folder / "bin").mkdir()
    for script in (folder / "lib").glob("pulumi-*"):
        script.rename(folder / "bin" / script.name)
    command = folder / "bin" / "pulumi"
    try:
        os.link(cli.resolve(), command)
    except OSError:  # another file system
        shutil.copy(cli.resolve(), command)
    return command


@pytest.fixture
def make_project(tmp_path: Path) -> MakeProject:
    """Makes the test's project, for a CLI."""

    def make(command: Path) -> Project:
        folder, backend = tmp_path / "project", tmp_path / "backend"
        folder.mkdir(exist_ok=True)
        backend.mkdir()
        path = [str(command.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PULUMI_")}
        environment = inherited | {
            "PATH": os.pathsep.join(path),
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_BACKEND_URL": backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "passphrase",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }
        project = Project(folder, command, environment)
        project.declare()
        created = project.pulumi("stack", "init", "dev")
        assert created.returncode == 0, created.stdout
        return project

    return make


@pytest.fixture
def project(make_project: MakeProject, cli: Path) -> Project:
    """A project on the CLI as it is in place."""
    return make_project(cli)


@pytest.fixture
def own_host_project(make_project: MakeProject, cli_with_own_host: Path) -> Project:
    """A project on the CLI with this repository's language host."""
    return make_project(cli_with_own_host)


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment in the project's folder, with the packages of these tests."""
    folder = tmp_path / "project" / "its own"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/python*/site-packages")
    packages = [path for path in sys.path if path.endswith("site-packages")]
    # The clone too: of the folders that a .pth file names, Python reads no .pth files.
    (site / "tests.pth").write_text("\n".join([*packages, str(CLONE)]))
    return folder


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether something comes true before the deadline."""
    end = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True

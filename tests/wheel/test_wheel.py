"""A release as it is built: in empty environments, by program, command and the real CLI."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from pulumi_capig import _version
from pulumi_capig.sandbox import Sandbox
from tests.support.engine import ROOT, Stack
from tests.wheel.conftest import DEEP, PRESENT, TRIED, Distributions, Environment

with_each_python = pytest.mark.parametrize("environment", TRIED, indirect=True)
with_this_python = pytest.mark.parametrize("environment", [PRESENT], indirect=True)

SMOKE = """
import os
from importlib.metadata import version
from pathlib import Path
from urllib.request import urlopen

import pulumi_capig as capig
from pulumi_capig.gateway import Client, FilterSetting, filters, pixels
from pulumi_capig.sandbox import Sandbox
from pulumi_capig.settings import Settings

assert capig.__version__ == version("pulumi-capig")
print(Path(capig.__file__).parent)
with Sandbox() as sandbox:
    os.environ.update(sandbox.environment())
    sandbox.connect("101")
    with Client(Settings().for_client()) as client:
        setting = FilterSetting("event", "Lead", "DROP", ("101",))
        (echo,) = filters.set_filters(client, "SandboxA", [setting])
        assert echo.filter_state == "DROP"
        print(len(pixels.list_account(client, "SandboxA").signal_configs))
    print(urlopen(sandbox.url).read().decode().splitlines()[0])
"""

TEST = """
def test_a_pixel(capig_sandbox):
    capig_sandbox.connect("101")
    assert capig_sandbox.state.pixel(capig_sandbox.tenant_id, "101")
"""

PROGRAM = """
import pulumi

import pulumi_capig as capig

shop = capig.PixelConnection("shop", pixel_id="101", business_id="7", access_token="EAAB")
leads = capig.EventFilter(
    "leads",
    event_name=capig.StandardEvent.LEAD,
    filter_state=capig.FilterState.DROP,
    pixel_ids=[shop.pixel_id],
)
capig.DomainFilter("staging", domain="staging.example.com", filter_state="DROP")
seen: float = capig.get_pixel_connection("101").total_events_received
active: pulumi.Output[bool] = shop.active
"""


@with_each_python
def test_the_wheel_works_alone(environment: Environment) -> None:
    environment.check()
    told = environment.run("python", "-I", "-W", "error", "-c", SMOKE).splitlines()
    assert told == [str(environment.packages / "pulumi_capig"), "1", "<!doctype html>"]
    assert environment.run("capig", "--version") == f"capig {_version.__version__}\n"


def stack_in(folder: Path, environment: Environment, sandbox: Sandbox) -> Stack:
    """A stack whose programs run in this environment."""
    stack = Stack(folder, sandbox.environment())
    stack.runs_in(environment.folder)
    return stack


def test_the_wheel_works_with_the_oldest_that_it_accepts(
    tmp_path: Path, lowest: Environment, in_sandbox: Sandbox
) -> None:
    lowest.check()
    told = lowest.run("python", "-I", "-c", SMOKE).splitlines()
    assert told == [str(lowest.packages / "pulumi_capig"), "1", "<!doctype html>"]
    assert lowest.run("capig", "--version") == f"capig {_version.__version__}\n"
    for command in ("doctor", "export", "sandbox", "status"):
        assert f"capig {command}" in lowest.run("capig", command, "--help")
    in_sandbox.connect("101")
    assert "101" in lowest.run("capig", "status")
    (lowest.folder / "test_pixel.py").write_text(TEST, "utf-8")
    assert "1 passed" in lowest.run("pytest", "-q", "test_pixel.py")


FAILS_LATER = """
    capig.PixelConnection("shop", pixel_id="201", business_id="7", access_token="EAAB")
    pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": "organization/test/dev"})
    raise ValueError("no such event")
"""
GOES_WELL = """
    capig.EventFilter("leads", event_name="Lead", filter_state="DROP")
"""


def test_the_oldest_sdk_registers_all_of_a_program_or_nothing(
    tmp_path: Path, lowest: Environment, in_sandbox: Sandbox
) -> None:
    stack = stack_in(tmp_path, lowest, in_sandbox)
    stack.write(FAILS_LATER + GOES_WELL)
    assert "ValueError: no such event" in stack.up().text
    assert (stack.resources(), in_sandbox.requests) == ({}, [])
    stack.write(FAILS_LATER.partition("raise")[0] + GOES_WELL)
    text = stack.up().ok().text
    assert "warning" not in text, text
    assert set(stack.resources()) == {"shop", "leads"}
    assert in_sandbox.state.effective_event(in_sandbox.tenant_id, "Lead", "201") == "DROP"
    stack.is_settled()


@with_each_python
def test_the_wheel_brings_all_that_a_program_needs(
    tmp_path: Path, environment: Environment, sandbox: Sandbox, repository: Path
) -> None:
    stack = stack_in(tmp_path, environment, sandbox)
    stack.write(
        """
        from pathlib import Path
        print("from", Path(capig.__file__).parent.parent)
        shop = capig.PixelConnection("shop", pixel_id="1", business_id="1", access_token="EAAB")
        capig.EventFilter("f", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id])
        """
    )
    outcome = stack.up().ok()
    assert f"from {environment.folder}" in outcome.text
    assert str(repository) not in outcome.text
    stack.is_settled()
    stack.destroy().ok()


def plugins_asked_for(stack: Stack) -> list[str]:
    """The plugins that the CLI would fetch for the packages of the stack's environment."""
    text = stack.run("about", "--json").ok().text
    plugins = json.loads(text[text.index("{") :])["plugins"]
    return [plugin["name"] for plugin in plugins if plugin["kind"] == "resource"]


@with_this_python
def test_the_wheel_asks_for_no_plugin(
    tmp_path: Path, environment: Environment, sandbox: Sandbox
) -> None:
    stack = stack_in(tmp_path, environment, sandbox)
    assert plugins_asked_for(stack) == []
    says_so = environment.packages / "pulumi_capig" / "pulumi-plugin.json"
    aside = says_so.rename(tmp_path / says_so.name)
    try:
        assert plugins_asked_for(stack) == ["capig"]
    finally:
        aside.rename(says_so)


def test_an_editable_install_asks_for_no_plugin(
    tmp_path: Path, repository: Path, sandbox: Sandbox
) -> None:
    build = ["-m", "hatchling", "build", "-t", "wheel:editable", "-d", str(tmp_path)]
    subprocess.run([sys.executable, *build], cwd=repository, check=True, timeout=120)
    (link,) = tmp_path.glob("*.whl")
    environment = Environment(tmp_path / "environment", PRESENT)
    environment.create()
    environment.install("--no-deps", link)
    assert not (environment.packages / "pulumi_capig").exists()
    assert plugins_asked_for(stack_in(tmp_path, environment, sandbox)) == []


@with_this_python
def test_a_program_is_checked_by_the_types_of_the_wheel(
    tmp_path: Path, environment: Environment
) -> None:
    def complaints(program: str) -> str:
        (tmp_path / "program.py").write_text(program, "utf-8")
        interpreter = environment.folder / "bin" / "python"
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--python-executable", interpreter, "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return done.stdout

    assert complaints(PROGRAM).startswith("Success")
    wrong = complaints(PROGRAM.replace('pixel_id="101"', "pixel_id=101"))
    assert 'Argument "pixel_id" to "PixelConnection" has incompatible type "int"' in wrong


def test_the_wheel_holds_the_package_and_nothing_else(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as archive:
        names = set(archive.namelist())
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"pulumi_capig", f"pulumi_capig-{_version.__version__}.dist-info"}
    assert "pulumi_capig/py.typed" in names
    assert "pulumi_capig/pulumi-plugin.json" in names
    assert "pulumi_capig/sandbox/page.html" in names
    assert "pulumi_capig/sandbox/schema/capig.graphql" in names
    own = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("pulumi_capig/**/*.graphql")}
    assert own <= names


def test_the_sdist_installs_what_the_wheel_does(
    tmp_path: Path, distributions: Distributions
) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps"]
    alone = [] if DEEP else ["--no-build-isolation"]  # else what builds it is installed for it
    build = [*pip, *alone, "-w", tmp_path, distributions.sdist]
    subprocess.run(build, check=True, capture_output=True, timeout=600)
    (wheel,) = tmp_path.glob("*.whl")
    assert contents(wheel) == contents(distributions.wheel)


def contents(wheel: Path) -> dict[str, bytes]:
    by_whom = ("/RECORD", "/WHEEL")
    with zipfile.ZipFile(wheel) as archive:
        return {n: archive.read(n) for n in archive.namelist() if not n.endswith(by_whom)}


def test_the_tests_run_from_the_sdist(tmp_path: Path, distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as archive:
        archive.extractall(tmp_path)  # noqa: S202 - our own
    (folder,) = tmp_path.iterdir()
    for name in ("Makefile", "mkdocs.yml", "requirements/dev.txt", "tools/demo.py", "benchmarks"):
        assert (folder / name).exists(), name
    ask = ["-c", "import pulumi_capig; print(pulumi_capig.__file__)"]
    test = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/test_canonical.py"]
    for arguments, said in ((ask, f"{folder}/pulumi_capig/"), (test, " passed")):
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        assert said in done.stdout


def test_the_changes_begin_with_this_version(repository: Path) -> None:
    changes = (repository / "CHANGELOG.md").read_text("utf-8")
    assert changes.partition("\n## ")[2].split()[0] == _version.__version__

"""The built wheel, alone in an environment, runs the quick start on the real CLI."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """The wheel, built from the tree."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=repository, check=True, capture_output=True, timeout=120)
    return next(folder.glob("*.whl"))


@pytest.fixture
def environment(tmp_path: Path, wheel: Path) -> Path:
    """An environment with the wheel and its dependencies, and nothing of the tree."""
    folder = tmp_path / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    scheme = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", scheme))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # A plain path line brings the dependencies, and not the editable install of the tree.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder


def test_the_wheel_brings_all_that_a_program_needs(
    tmp_path: Path, environment: Path, sandbox: Sandbox, repository: Path
) -> None:
    stack_folder = tmp_path / "stack"
    stack_folder.mkdir()
    stack = Stack(stack_folder, sandbox.environment())
    project = stack.project / "Pulumi.yaml"
    text = project.read_text(encoding="utf-8").replace(sys.prefix, str(environment))
    project.write_text(text, encoding="utf-8")
    stack.write(
        """
        from pathlib import Path
        print("from", Path(capig.__file__).parent.parent)
        shop = capig.PixelConnection("shop", pixel_id="1", business_id="1", access_token="EAAB")
        capig.EventFilter("f", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id])
        """
    )
    outcome = stack.up().ok()
    assert f"from {environment}" in outcome.text
    assert str(repository) not in outcome.text
    stack.is_settled()
    stack.destroy().ok()


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"pulumi_capig", next(t for t in tops if t.endswith(".dist-info"))}
    assert "pulumi_capig/py.typed" in names
    assert "pulumi_capig/sandbox/schema/capig.graphql" in names
    assert sum(name.endswith(".graphql") for name in names) == 8

"""What the CLI is told of the plugins that installed packages need: by each host the same."""

import json
from pathlib import Path

import pytest

from .conftest import Project


@pytest.fixture(params=["project", "own_host_project"], ids=["host in place", "own host"])
def in_environment(request: pytest.FixtureRequest, environment: Path) -> Project:
    """A project with an environment of its own, on the CLI with each of the language hosts."""
    project: Project = request.getfixturevalue(request.param)
    project.declare("{name: python, options: {virtualenv: 'its own'}}")
    project.write("import pulumi")
    return project


def install(environment: Path, name: str, version: str, plugin: str | None = None) -> None:
    """Install an empty package, with this `pulumi-plugin.json` or none."""
    (site,) = environment.glob("lib/python*/site-packages")
    package = site / name.replace("-", "_")
    package.mkdir()
    (package / "__init__.py").touch()
    if plugin is not None:
        (package / "pulumi-plugin.json").write_text(plugin)
    about = site / f"{package.name}-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def asked_for(project: Project) -> dict[str, str]:
    """The plugins that the CLI would fetch, with their versions."""
    about = project.pulumi("about", "--json").stdout
    plugins = json.loads(about[about.index("{") :])["plugins"]
    return {each["name"]: each["version"] for each in plugins if each["kind"] == "resource"}


def test_this_clone_asks_for_none(in_environment: Project) -> None:
    assert asked_for(in_environment) == {}


def test_a_package_asks_for_a_plugin_by_its_name_or_by_its_file(
    in_environment: Project, environment: Path
) -> None:
    install(environment, "pulumi-nothing", "1.2.3")
    install(environment, "Pulumi_Early", "2.1rc4")
    install(environment, "pulumi-none", "1.0.0", '{"resource": false}')
    install(environment, "pulumi-silent", "1.0.0", "{}")
    install(environment, "pulumi-unclear", "1.0.0+of.our.own")
    install(environment, "other", "1.0.0")
    install(environment, "cloud", "1.0.0", '{"resource": true, "name": "sky", "version": "v4.5.6"}')
    assert asked_for(in_environment) == {"nothing": "1.2.3", "early": "2.1.0-rc.4", "sky": "4.5.6"}


def test_a_file_that_cannot_be_read_ends_the_run(
    in_environment: Project, environment: Path
) -> None:
    install(environment, "pulumi-broken", "1.0.0", "{")
    run = in_environment.up()
    assert run.returncode != 0
    assert "pulumi-plugin.json" in run.stdout
    assert "pulumi-broken" in run.stdout

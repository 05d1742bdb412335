"""Fixtures for tests of your own programs (extra `testing`).

pytest finds them by itself. A test runs a program on the real Pulumi CLI against a sandbox
gateway, with no account and no network, and leaves nothing behind::

    import pulumi
    import pulumi_capig as capig


    def program():
        shop = capig.PixelConnection(
            "shop", pixel_id="101", business_id="7", access_token="EAAB-for-tests"
        )
        capig.EventFilter(
            "no-leads", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id]
        )
        pulumi.export("active", shop.active)


    def test_leads_are_dropped(capig_sandbox, capig_stack):
        done = capig_stack.up(program=program)
        assert done.outputs["active"].value is True
        account = capig_sandbox.tenant_id
        assert capig_sandbox.state.effective_event(account, "Lead", "101") == "DROP"
        assert capig_stack.preview(program=program).change_summary == {"same": 3}

A program in a folder is named by its mark, with the stack config that it asks for. It runs under
the name and with the declared config of its ``Pulumi.yaml``::

    import pytest
    from pulumi.automation import ConfigValue

    TOKEN = ConfigValue("EAAB-for-tests", secret=True)


    @pytest.mark.capig_project("../infra", config={"shopToken": TOKEN})
    def test_the_program_goes_up(capig_sandbox, capig_stack):
        capig_stack.up()
        assert capig_sandbox.state.pixel(capig_sandbox.tenant_id, "101").publishing

Pulumi's own mocks work too. They need no CLI and show what a program declares, without the
checks of the provider::

    import pulumi
    import pulumi_capig as capig


    class Mocks(pulumi.runtime.Mocks):
        def new_resource(self, args):
            return f"{args.name}-id", args.inputs

        def call(self, args):
            if args.token == "capig:index:getPixelConnection":
                return {"total_events_received": 5.0}
            return {}


    pulumi.runtime.set_mocks(Mocks())


    @pulumi.runtime.test
    def test_a_busy_pixel_is_published():
        busy = capig.get_pixel_connection("101").total_events_received > 0
        shop = capig.PixelConnection("shop", pixel_id="101", adopt=True, publishing=busy)

        def check(publishing):
            assert publishing is True

        return shop.publishing.apply(check)
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# pytest loads this module in every run: what is heavy waits for a test that wants it.
if TYPE_CHECKING:
    from pulumi.automation import Stack

    from .sandbox import Sandbox

__all__ = ["capig_sandbox", "capig_stack"]


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark of `capig_stack`."""
    mark = "capig_project(folder, *, name, stack, config): the program that capig_stack runs"
    config.addinivalue_line("markers", mark)


@pytest.fixture
def capig_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A sandbox gateway of the test's own, which the environment points to.

    Every ``CAPIG_…`` variable that was set before is unset until the test ends.
    """
    from .sandbox import Sandbox

    for name in list(os.environ):
        if name.startswith("CAPIG_"):
            monkeypatch.delenv(name)
    with Sandbox() as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        yield sandbox


@pytest.fixture
def capig_stack(
    request: pytest.FixtureRequest,
    capig_sandbox: Sandbox,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Stack:
    """A stack of Pulumi's Automation API for a program under test.

    Its state, its Pulumi home and its project lie in a folder of their own; nobody has to be
    logged in. Resources are served by the Python that runs the test.

    The mark ``capig_project(folder, *, name, stack, config)`` says what is tested, all of it
    optional:

    - ``folder``: where the program's ``Pulumi.yaml`` is, as seen from the test's file. The program
      runs there, as with the CLI. Without it, hand the program to each operation
      (``up(program=…)``) or to ``capig_stack.workspace.program``; name and declared config are
      those of the nearest ``Pulumi.yaml`` above the test's file, if there is one.
    - ``name``: of the project, else the one in ``Pulumi.yaml``, else ``test``.
    - ``stack``: its name, else ``test``. Of ``Pulumi.<stack>.yaml`` beside ``Pulumi.yaml`` the
      values that are not encrypted are taken over, but for the gateway's address, account and
      credentials: those are the sandbox's.
    - ``config``: stack config by key, on top of that; a secret is a
      ``pulumi.automation.ConfigValue`` with ``secret=True``.
    """
    from pulumi import automation

    from . import _project

    if shutil.which("pulumi") is None:
        pytest.fail("capig_stack needs the Pulumi CLI, and there is none on PATH", pytrace=False)
    mark = request.node.get_closest_marker("capig_project")
    arguments, named = (mark.args, mark.kwargs) if mark else ((), {})
    try:
        project = _project.find(request.path.parent, request.config.rootpath, *arguments, **named)
    except (TypeError, _project.ProjectError) as error:
        pytest.fail(f"capig_project: {error}", pytrace=False)
    if project.folder:
        monkeypatch.chdir(project.folder)
        monkeypatch.syspath_prepend(project.folder)
    folder = tmp_path_factory.mktemp("capig-stack")
    state = folder / "state"
    state.mkdir()
    project.write(folder)
    python = Path(sys.executable)
    stack = automation.create_stack(
        project.stack,
        project_name=project.settings.name,
        program=project.program,
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(folder),
            project_settings=project.settings,
            pulumi_home=str(folder / "home"),
            env_vars={
                "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
                "PULUMI_BACKEND_URL": state.as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "for-tests-alone",
                "PULUMI_PYTHON_CMD": str(python),
                "PULUMI_SKIP_CHECKPOINTS": "true",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
            },
        ),
    )
    if project.secrets:
        stack.set_all_config(dict(project.secrets))
    return stack

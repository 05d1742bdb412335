"""The pytest plugin, in a pytest of its own, as users run it: the examples of its documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import pulumi_capig.testing
from tests.support import warm
from tests.support.engine import cli

ENGINE, IN_A_FOLDER, MOCKS = (
    textwrap.dedent(block)
    for block in re.findall(r"::\n\n((?: {4}.*\n|\n)+)", pulumi_capig.testing.__doc__ or "")
)


def run_pytest(folder: Path, source: str, **environment: str) -> tuple[int, str]:
    (folder / "test_program.py").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{warm.cli(cli())}{os.pathsep}{os.environ['PATH']}",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_program_is_tested_on_the_real_cli(tmp_path: Path) -> None:
    elsewhere = {"CAPIG_GATEWAY": "https://capig.example.com", "CAPIG_REASSERT": "now"}
    code, text = run_pytest(tmp_path, ENGINE, **elsewhere)
    assert code == 0, text
    assert "1 passed" in text
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == [
        "test_program.py"
    ]


PROGRAM = """
from pathlib import Path

import pulumi
import pulumi_capig as capig
from tables import PIXEL

config = pulumi.Config()
pulumi.export("names", f"{pulumi.get_project()} {pulumi.get_stack()}")
settings = [config.get("colour"), config.get_object("sizes"), config.require("mode")]
pulumi.export("settings", settings)
capig.PixelConnection(
    "shop",
    pixel_id=PIXEL,
    business_id=Path("business.txt").read_text().strip(),
    access_token=config.require_secret("shopToken"),
)
"""
STACK_CONFIG = """
encryptionsalt: v1:of-another-passphrase
config:
  shop:colour: green
  shop:sizes: [1, 2]
  shop:shopToken: {secure: v1:unreadable}
  capig:gateway: https://capig.example.com
  capig:token: {secure: v1:unreadable}
"""


@pytest.fixture
def infra(tmp_path: Path) -> Path:
    """A project beside the folder of its tests."""
    folder, tests = tmp_path / "infra", tmp_path / "tests"
    (folder / "src").mkdir(parents=True)
    tests.mkdir()
    (folder / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nmain: src\nbackend: {url: https://nowhere.invalid}\n"
        "config: {mode: {type: string, default: quiet}}\n"
    )
    (folder / "Pulumi.dev.yaml").write_text(STACK_CONFIG)
    (folder / "src" / "__main__.py").write_text(PROGRAM)
    (folder / "src" / "tables.py").write_text('PIXEL = "101"\n')
    (folder / "src" / "business.txt").write_text("7\n")
    return folder


def test_a_program_in_a_folder_runs_as_its_own_project(tmp_path: Path, infra: Path) -> None:
    code, text = run_pytest(tmp_path / "tests", IN_A_FOLDER)
    assert code == 0, text
    assert "1 passed" in text
    assert {path.name for path in infra.iterdir()} == {"Pulumi.yaml", "Pulumi.dev.yaml", "src"}


def test_the_stacks_own_config_is_taken_over_but_for_gateway_and_secrets(
    tmp_path: Path, infra: Path
) -> None:
    source = """
    from pathlib import Path

    import pytest
    from pulumi.automation import ConfigValue

    TOKEN = ConfigValue("EAAB-for-tests", secret=True)
    given = {"shopToken": TOKEN, "shop:mode": "loud"}

    @pytest.mark.capig_project("../infra", stack="dev", config=given)
    def test_dev(capig_sandbox, capig_stack):
        done = capig_stack.up()
        assert done.outputs["names"].value == "shop dev"
        assert done.outputs["settings"].value == ["green", [1, 2], "loud"]
        assert capig_sandbox.state.pixel(capig_sandbox.tenant_id, "101")
        assert capig_stack.preview().change_summary == {"same": 2}
        Path("tables.py").write_text('PIXEL = "102"')
        capig_stack.up()
        assert capig_sandbox.state.pixel(capig_sandbox.tenant_id, "102")

    @pytest.mark.capig_project("../infra", stack="dev")
    def test_without_its_secret(capig_stack):
        pass

    @pytest.mark.capig_project("../infra", stakc="dev")
    def test_misspelt(capig_stack):
        pass

    @pytest.mark.capig_project("elsewhere")
    def test_elsewhere(capig_stack):
        pass
    """
    code, text = run_pytest(tmp_path / "tests", textwrap.dedent(source))
    assert code == 1
    assert "1 passed, 3 errors" in text
    assert "Pulumi.dev.yaml keeps shop:shopToken encrypted: give the test its own value" in text
    assert "unexpected keyword argument 'stakc'" in text
    assert f"capig_project: there is no Pulumi.yaml in {tmp_path}/tests/elsewhere" in text
    assert "Traceback" not in text


def test_a_function_runs_under_the_name_of_the_project_around_its_test(
    tmp_path: Path, infra: Path
) -> None:
    source = """
    import pulumi
    import pytest

    def program():
        config = pulumi.Config()
        pulumi.export("said", [pulumi.get_project(), config.get("mode"), config.get("colour")])

    def said(stack):
        return stack.up(program=program).outputs["said"].value

    def test_beside(capig_stack):
        assert said(capig_stack) == ["shop", "quiet", None]

    @pytest.mark.capig_project(name="other", config={"colour": "red"})
    def test_by_arguments(capig_stack):
        assert said(capig_stack) == ["other", "quiet", "red"]
    """
    (infra / "tests").mkdir()
    (infra / "pytest.ini").touch()
    code, text = run_pytest(infra / "tests", textwrap.dedent(source))
    assert code == 0, text
    assert "2 passed" in text


def test_without_a_cli_the_test_fails_in_one_sentence(tmp_path: Path) -> None:
    code, text = run_pytest(tmp_path, ENGINE, PATH=str(tmp_path))
    assert code == 1
    assert "capig_stack needs the Pulumi CLI, and there is none on PATH" in text
    assert "Traceback" not in text


def test_the_mocks_of_pulumi_work(tmp_path: Path) -> None:
    code, text = run_pytest(tmp_path, MOCKS, PATH=str(tmp_path))
    assert code == 0, text
    assert "1 passed" in text


def test_the_mocks_see_every_resource_and_argument(tmp_path: Path) -> None:
    source = """
    import pulumi
    import pulumi_capig as capig

    seen = {}

    class Mocks(pulumi.runtime.Mocks):
        def new_resource(self, args):
            seen[args.name] = (args.typ, args.inputs)
            return f"{args.name}-id", {**args.inputs, "gateway": "capig.example.com"}

        def call(self, args):
            raise AssertionError(args.token)

    pulumi.runtime.set_mocks(Mocks())

    @pulumi.runtime.test
    def test_three_resources():
        shop = capig.PixelConnection(
            "shop", pixel_id="1", business_id="2", access_token="EAAB", publishing=False
        )
        lead = capig.EventFilter(
            "lead", event_name=capig.StandardEvent.LEAD, filter_state="DROP",
            pixel_ids={"1"}, tenant_id="A",
        )
        # Contradictions are the business of real runs.
        capig.EventFilter("other", event_name="Lead", filter_state="PUBLISH", tenant_id="A")
        site = capig.DomainFilter(
            "site", domain="example.com", filter_state=capig.FilterState.DROP
        )

        def check(values):
            assert values[:3] == ["capig.example.com", False, "shop-id"]
            kind, inputs = seen["shop"]
            assert kind == "pulumi-python:dynamic/capig:PixelConnection"
            assert inputs["pixel_id"] == "1" and inputs["publishing"] is False
            kind, inputs = seen["lead"]
            assert kind == "pulumi-python:dynamic/capig:EventFilter"
            assert (inputs["event_name"], inputs["pixel_ids"]) == ("Lead", ["1"])
            kind, inputs = seen["site"]
            assert kind == "pulumi-python:dynamic/capig:DomainFilter"
            assert (inputs["domain"], inputs["filter_state"]) == ("example.com", "DROP")

        return pulumi.Output.all(
            shop.gateway, shop.publishing, shop.id, lead.gateway, site.gateway
        ).apply(check)
    """
    code, text = run_pytest(tmp_path, textwrap.dedent(source))
    assert code == 0, text


def test_an_argument_that_the_provider_fills_in_is_an_output(tmp_path: Path) -> None:
    source = """
    import pulumi
    from pulumi.dynamic import ResourceProvider
    from pulumi_capig.resources._base import GatewayResource

    class Mocks(pulumi.runtime.Mocks):
        def new_resource(self, args):
            return "id", {**args.inputs, "target": "filled in", "note": "never asked for"}

        def call(self, args):
            raise AssertionError(args.token)

    pulumi.runtime.set_mocks(Mocks())

    class Thing(GatewayResource, kind="Thing"):
        def __init__(self, name, *, target=None, note=None):
            self._declare(
                ResourceProvider(), name, None, required={},
                optional={"target": target, "note": note},
                outputs=("target",), picture=None,
            )

    @pulumi.runtime.test
    def test_thing():
        thing = Thing("thing")

        def check(values):
            assert values == ["filled in", None]

        return pulumi.Output.all(thing.target, thing.note).apply(check)
    """
    code, text = run_pytest(tmp_path, textwrap.dedent(source))
    assert code == 0, text


def test_the_mocks_answer_the_look_ups(tmp_path: Path) -> None:
    source = """
    import pulumi
    import pulumi_capig as capig

    calls = []

    class Mocks(pulumi.runtime.Mocks):
        def new_resource(self, args):
            return f"{args.name}-id", args.inputs

        def call(self, args):
            calls.append((args.token, args.args))
            if args.token == "capig:index:getPixelConnections":
                return {"name": "Mine", "pixel_connections": [{"pixel_id": "1", "active": True}]}
            return {"pixel_name": "Shop"}

    pulumi.runtime.set_mocks(Mocks(), preview=True)

    class Bundle(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("my:Bundle", name)
            self.shop = capig.PixelConnection(
                "shop", pixel_id="1", adopt=True, opts=pulumi.ResourceOptions(parent=self)
            )

    @pulumi.runtime.test
    def test_look_ups():
        plain = capig.get_pixel_connections("A", time_window=5)
        assert (plain.tenant_id, plain.name, plain.status) == ("A", "Mine", -1)
        (pixel,) = plain.pixel_connections
        assert (pixel.tenant_id, pixel.pixel_id, pixel.active) == ("A", "1", True)
        assert (pixel.pixel_name, pixel.domains, pixel.last_received) == ("", [], 0.0)
        assert calls == [
            ("capig:index:getPixelConnections", {"tenant_id": "A", "time_window": 5})
        ]

        options = pulumi.InvokeOutputOptions(depends_on=[Bundle("bundle")])
        later = capig.get_pixel_connection_output(pulumi.Output.from_input("1"), opts=options)

        def check(found):
            assert isinstance(found, capig.GetPixelConnectionResult)
            assert (found.pixel_id, found.tenant_id, found.pixel_name) == ("1", "", "Shop")
            assert calls[-1][1] == {"pixel_id": "1", "time_window": 60}

        async def names(_):
            return {resource._name for resource in await later.resources()}

        def check_names(found):
            assert found == {"bundle", "shop"}

        return pulumi.Output.all(later.apply(check), later.apply(names).apply(check_names))
    """
    code, text = run_pytest(tmp_path, textwrap.dedent(source))
    assert code == 0, text


def test_the_mocks_answer_the_look_ups_of_accounts(tmp_path: Path) -> None:
    source = """
    import pulumi
    import pulumi_capig as capig

    calls = []

    class Mocks(pulumi.runtime.Mocks):
        def new_resource(self, args):
            return f"{args.name}-id", args.inputs

        def call(self, args):
            calls.append((args.token, args.args))
            if args.token == "capig:index:getAccount":
                return {"name": "Shop", "status": 2.0, "users": [{"email": "a@b.example"}]}
            if args.token == "capig:index:getEventMetrics":
                return {"events": [{"name": "Lead", "received": 4.0}]}
            if args.token == "capig:index:getPipelines":
                return {"data_destinations": [{"name": "Lake"}]}
            return {}

    pulumi.runtime.set_mocks(Mocks(), preview=True)

    @pulumi.runtime.test
    def test_look_ups():
        account = capig.get_account("A")
        assert (account.tenant_id, account.name, account.status) == ("A", "Shop", 2)
        assert (account.managed, account.roles, account.gateway) == (False, [], "")
        (user,) = account.users
        assert (user.email, user.status, user.role) == ("a@b.example", -1, "")
        events = capig.get_event_metrics("A", pixel_ids=["1"])
        assert [(each.name, each.received, each.published) for each in events.events] == [
            ("Lead", 4, -1)
        ]
        assert repr(events.events[0].received) == "4"
        assert capig.get_account_usage("A").total_pixels == -1
        assert capig.get_first_party_domain().domain == ""
        pipeline = capig.get_pipeline("sg_v1_pl_1", "A")
        assert (pipeline.pipeline_id, pipeline.active, pipeline.blocked_events) == (
            "sg_v1_pl_1", False, []
        )
        (lake,) = capig.get_pipelines().data_destinations
        assert (lake.name, lake.dataset_id, lake.pipeline_ids) == ("Lake", "", [])
        assert calls == [
            ("capig:index:getAccount", {"tenant_id": "A"}),
            (
                "capig:index:getEventMetrics",
                {"tenant_id": "A", "pixel_ids": ["1"], "time_window": 60},
            ),
            ("capig:index:getAccountUsage", {"tenant_id": "A"}),
            ("capig:index:getFirstPartyDomain", {}),
            ("capig:index:getPipeline", {"pipeline_id": "sg_v1_pl_1", "tenant_id": "A"}),
            ("capig:index:getPipelines", {}),
        ]

        def check(found):
            assert isinstance(found, capig.GetAccountResult)

        return capig.get_account_output(pulumi.Output.from_input("A")).apply(check)
    """
    code, text = run_pytest(tmp_path, textwrap.dedent(source))
    assert code == 0, text


def test_a_run_of_pytest_that_wants_no_fixture_stays_light(tmp_path: Path) -> None:
    source = """
    import sys

    def test_nothing_heavy_is_there():
        assert "pulumi_capig.testing" in sys.modules
        heavy = {"pulumi", "grpc", "httpx", "pydantic", "starlette", "pulumi_capig.sandbox"}
        assert not heavy & sys.modules.keys()
    """
    code, text = run_pytest(tmp_path, textwrap.dedent(source))
    assert code == 0, text

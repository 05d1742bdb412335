"""What one program refuses in its own process, each with one clean line."""

from __future__ import annotations

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack

TWO_STATES = """
    capig.EventFilter("one", event_name="Lead", filter_state="DROP", pixel_ids=["101", "102"])
    capig.EventFilter("two", event_name="Lead", filter_state="PUBLISH", pixel_ids=["102"])
"""
ACCOUNT_AND_PIXEL = """
    capig.DomainFilter("one", domain="Shop.example.com", filter_state="DROP")
    capig.DomainFilter("two", domain="shop.example.com.", filter_state="PUBLISH", pixel_ids=["1"])
"""
TWO_SPELLINGS = """
    capig.EventFilter("one", event_name="Caf\\u00e9", filter_state="DROP")
    capig.EventFilter("two", event_name="Cafe\\u0301", filter_state="PUBLISH")
"""
THROUGH_A_CONNECTION = """
    shop = capig.PixelConnection("shop", pixel_id="1", business_id="1", access_token="EAAB")
    capig.EventFilter("one", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id])
    capig.EventFilter("two", event_name="Lead", filter_state="PUBLISH", pixel_ids=["1"])
"""
TWO_CONNECTIONS = """
    capig.PixelConnection("one", pixel_id="1", business_id="1", access_token="EAAB")
    capig.PixelConnection("two", pixel_id="1", business_id="1", access_token="EAAB")
"""
TWO_CHILDREN = """
    for kind in ("demo:index:One", "demo:index:Two"):
        parent = pulumi.ComponentResource(kind, "shop")
        capig.PixelConnection(
            "pixel",
            pulumi.ResourceOptions(parent=parent),
            pixel_id="1", business_id="1", access_token="EAAB",
        )
"""
A_NUMBER = """
    capig.EventFilter("one", event_name="Lead", filter_state="DROP", pixel_ids=[18904456377094531])
"""
A_PROVIDER = """
    capig.EventFilter(
        "one", pulumi.ResourceOptions(provider=pulumi.ProviderResource("pulumi-python", "p", {})),
        event_name="Lead", filter_state="DROP",
    )
"""

A_PROVIDER_OF_THE_PARENT = """
    provider = pulumi.ProviderResource("pulumi-python", "p", {})
    parent = pulumi.ComponentResource(
        "demo:index:Shop", "shop", None, pulumi.ResourceOptions(providers=[provider])
    )
    capig.EventFilter(
        "one", pulumi.ResourceOptions(parent=parent), event_name="Lead", filter_state="DROP"
    )
"""
A_VERSION = """
    capig.EventFilter(
        "one", pulumi.ResourceOptions(version="0.0.5"), event_name="Lead", filter_state="DROP"
    )
"""
AN_ID = """
    capig.PixelConnection("one", pulumi.ResourceOptions(id="SandboxA/1"), pixel_id="1")
"""
A_URN = """
    capig.EventFilters(
        "one", pulumi.ResourceOptions(urn="urn:1"), event_names=["Lead"], filter_state="DROP"
    )
"""
AN_IMPORT = """
    capig.Account("one", pulumi.ResourceOptions(import_="A"), name="Shop", event_enrichment=False)
"""
NOT_TEXT = """
    capig.EventFilter("one", event_name="Lead", filter_state="DROP", pixel_ids=[["1"], {"a": 1}])
"""


@pytest.mark.parametrize(
    ("program", "named"),
    [
        (TWO_STATES, ("EventFilter 'one'", "EventFilter 'two'")),
        (ACCOUNT_AND_PIXEL, ("DomainFilter 'one'", "DomainFilter 'two'")),
        (TWO_SPELLINGS, ("EventFilter 'one'", "EventFilter 'two'")),
        (THROUGH_A_CONNECTION, ("EventFilter 'one'", "EventFilter 'two'")),
        (TWO_CONNECTIONS, ("PixelConnection 'one'", "PixelConnection 'two'")),
        (TWO_CHILDREN, ("connect the same pixel, 1",)),
        (A_NUMBER, ("EventFilter 'one'", "pixel_ids[0] is a number")),
        (A_PROVIDER, ("EventFilter 'one'", "provider= is not possible")),
        (A_PROVIDER_OF_THE_PARENT, ("EventFilter 'one'", "provider= is not possible")),
        (A_VERSION, ("EventFilter 'one'", "version= is not possible")),
        (AN_ID, ("PixelConnection 'one'", "adopt=True", "PixelConnection.get")),
        (A_URN, ("EventFilters 'one'", "Filters cannot be read")),
        (AN_IMPORT, ("Account 'one'", "pass its tenant_id")),
    ],
    ids=[
        "states",
        "account and pixel",
        "spellings",
        "through a connection",
        "pixel",
        "children",
        "number",
        "provider",
        "provider of the parent",
        "version",
        "id",
        "urn",
        "import",
    ],
)
def test_a_preview_refuses_it(
    stack: Stack, sandbox: Sandbox, program: str, named: tuple[str, ...]
) -> None:
    stack.write(program)
    outcome = stack.preview().failed()
    for words in named:
        assert words in outcome.text
    assert len(outcome.errors) == 1, outcome.text
    assert sandbox.requests == []


def test_what_is_not_text_is_told_by_its_place(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(NOT_TEXT)
    outcome = stack.preview().failed()
    assert "pixel_ids[0]: a pixel id must be text, not a list" in outcome.text
    assert "pixel_ids[1]: a pixel id must be text, not an object" in outcome.text
    assert "<nil>" not in outcome.text
    assert sandbox.requests == []


@pytest.mark.parametrize(
    ("program", "named"),
    [
        (
            """
            first = capig.EventFilter("first", event_name="Search", filter_state="DROP")
            late = first.verification.apply(lambda _: ["101"])
            capig.EventFilter("one", event_name="Lead", filter_state="DROP", pixel_ids=late)
            capig.EventFilter("two", event_name="Lead", filter_state="PUBLISH", pixel_ids=["101"])
            """,
            ("EventFilter 'one'", "EventFilter 'two'"),
        ),
        (
            """
            first = capig.EventFilter("first", event_name="Search", filter_state="DROP")
            late = first.verification.apply(lambda _: "101")
            capig.PixelConnection("one", pixel_id="101", business_id="1", access_token="EAAB")
            capig.PixelConnection("two", pixel_id=late, business_id="1", access_token="EAAB")
            """,
            ("PixelConnection 'one'", "PixelConnection 'two'"),
        ),
    ],
    ids=["filters", "connections"],
)
def test_what_is_known_only_at_up_is_refused_before_the_later_one_is_registered(
    stack: Stack, program: str, named: tuple[str, ...]
) -> None:
    stack.write(program)
    stack.preview().ok()
    outcome = stack.up().failed()
    for words in named:
        assert words in outcome.text
    later = named[0].partition("'")[2].rstrip("'") if "Event" in named[0] else "two"
    assert later not in stack.resources()


@pytest.mark.parametrize(
    "program",
    [
        'capig.EventFilter("one", event_name="Lead", filter_state="DROP")',
        'capig.PixelConnection.get("one", "SandboxA/1")',
    ],
    ids=["filter", "get"],
)
def test_secrets_in_the_clear_stop_a_run_with_the_command_that_mends_it(
    stack: Stack, program: str, sandbox: Sandbox
) -> None:
    sandbox.connect("1")
    stack.write(program)
    stack.set_config("capig:clientSecret", "0b56bd7e-in-the-clear")
    outcome = stack.preview().failed()
    assert "pulumi config set --secret capig:clientSecret" in outcome.text
    assert "0b56bd7e" not in outcome.text
    stack.set_config("capig:clientSecret", "file:secret.txt")
    stack.preview().ok()


def test_an_old_cli_is_refused_with_the_way_to_upgrade_it(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(
        """
        from pulumi_capig.resources import _program

        _program.MINIMUM_CLI = "99.0.0"
        capig.EventFilter("one", event_name="Lead", filter_state="DROP")
        """
    )
    outcome = stack.up().failed()
    assert "at least version 99.0.0" in outcome.text
    assert "Upgrade it" in outcome.text
    assert sandbox.requests == []


def test_filters_of_one_state_may_overlap(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(TWO_STATES.replace("PUBLISH", "DROP"))
    stack.up().ok()
    stack.is_settled()


def test_two_inline_stacks_of_one_process_do_not_see_each_other(
    stack: Stack, sandbox: Sandbox
) -> None:
    # One process, two programs one after the other: the same event, other states.
    script = stack.project / "two_stacks.py"
    script.write_text(
        """
import pulumi
from pulumi import automation
import pulumi_capig as capig

def program(state, pixel):
    def declare():
        capig.EventFilter("lead", event_name="Lead", filter_state=state, pixel_ids=[pixel])
    return declare

for name, state in (("one", "DROP"), ("two", "PUBLISH")):
    stack = automation.create_or_select_stack(name, "inline", program(state, "101"))
    print(name, stack.up().summary.result)
""",
        encoding="utf-8",
    )
    import subprocess
    import sys

    path = f"{sys.prefix}/bin:{stack.environment['PATH']}"
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**stack.environment, "PATH": path},
        cwd=stack.project,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.split() == ["one", "succeeded", "two", "succeeded"], done.stderr

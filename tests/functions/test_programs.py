"""The look-ups in programs, on the real CLI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import SECRET_MARK, Stack

PROGRAM = """
    known = capig.get_pixel_connection("101")
    shop = capig.PixelConnection(
        "shop", pixel_id="102", business_id="7", access_token="EAAB", publishing=known.publishing
    )
    ordered = capig.get_pixel_connections_output(
        opts=pulumi.InvokeOutputOptions(depends_on=[shop])
    )
    later = capig.get_pixel_connection_output(shop.connection_id)
    hidden = capig.get_pixel_connection_output(pulumi.Output.secret("101"))
    capig.EventFilter(
        "no-leads", event_name="Lead", filter_state="DROP", pixel_ids=[later.pixel_id]
    )
    pulumi.export("known", known)
    pulumi.export("pixels", ordered.pixel_connections.apply(lambda found: len(found)))
    pulumi.export("later", later.pixel_id)
    pulumi.export("hidden", hidden.pixel_name)
"""


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    return Stack(tmp_path, sandbox.environment())


def test_what_is_unknown_stays_unknown_and_secrets_stay_secret(
    stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.connect("101", name="Old shop", publishing=False)
    stack.write(PROGRAM)
    stack.preview().ok()
    # The one in plain form and the secret one: the others wait for the connection.
    assert sandbox.counters.requests == {"token": 1, "list": 2}

    done = stack.up().ok()
    assert "pixels: 2" in " ".join(done.text.split())
    assert "Old shop" in stack.run("stack", "output", "known").ok().text
    assert stack.run("stack", "output", "later").ok().text.strip() == "102"
    assert stack.run("stack", "output", "hidden").ok().text.strip() == "[secret]"
    assert SECRET_MARK in stack.everything_written()
    held = sandbox.state.pixel(sandbox.tenant_id, "102")
    assert held is not None
    assert held.publishing is False
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", "102") == "DROP"
    dependencies = stack.resources()["no-leads"]["dependencies"]
    assert [urn.rpartition("::")[2] for urn in dependencies] == ["shop"]


def test_accounts_domains_events_and_pipelines(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.receive("Lead", 4, pixel="101")
    sandbox.set_role("boss@shop.example", "admin")
    sandbox.set_domain("capig.shop.example")
    pipeline = sandbox.add_pipeline("Web", blocked=("Lead",))
    sandbox.add_source(pipeline.id, "Shop")
    stack.write(
        """
        account = capig.get_account()
        pulumi.export("admins", [user.email for user in account.users if user.role == "admin"])
        pulumi.export("account", capig.get_account_output(account.tenant_id))
        pulumi.export("usage", capig.get_account_usage_output())
        pulumi.export("domain", capig.get_first_party_domain())
        events = capig.get_event_metrics_output(pixel_ids=["101"])
        pulumi.export("received", events.events.apply(lambda found: found[0].received))
        (named,) = capig.get_pipelines().pipelines
        pulumi.export("pipeline", capig.get_pipeline_output(named.pipeline_id))
        """
    )
    stack.preview().ok()
    stack.up().ok()
    outputs = json.loads(stack.run("stack", "output", "--json").ok().text)
    assert (outputs["admins"], outputs["received"]) == (["boss@shop.example"], 4)
    assert outputs["account"]["users"][0]["role"] == "admin"
    assert outputs["usage"]["total_pixels"] == 1
    assert outputs["domain"]["domain"] == "capig.shop.example"
    assert outputs["pipeline"]["blocked_events"] == ["Lead"]
    assert outputs["pipeline"]["data_sources"][0]["name"] == "Shop"


@pytest.mark.parametrize(
    "look_up", ['capig.get_pixel_connection("9")', 'capig.get_pixel_connection_output("9")']
)
def test_an_uncaught_error_is_a_clean_line(stack: Stack, look_up: str) -> None:
    stack.write(look_up)
    failed = stack.preview().failed()
    assert "get pixel 9 (account SandboxA): it is not connected" in failed.text
    assert "Check the id" in failed.text
    assert "__main__.py" not in failed.text


def test_an_account_that_is_not_managed_is_a_clean_line(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.edit_account(managed=False)
    stack.write("capig.get_account_output()")
    failed = stack.preview().failed()
    assert "read the account (account SandboxA): the gateway answered 401" in failed.text
    assert (
        "Check the account's id. If it is right, the host does not manage the account"
        in failed.text
    )
    assert "__main__.py" not in failed.text


def test_a_program_can_catch_it(stack: Stack) -> None:
    stack.write(
        """
        try:
            capig.get_pixel_connection("9")
        except capig.NotFoundError as error:
            pulumi.export("caught", error.operation)
        """
    )
    assert "get pixel 9" in stack.preview().ok().text

"""The main job on the real CLI: preview, up, no changes, drift, repair, change, destroy."""

from __future__ import annotations

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import SECRET_MARK, Stack

PIXEL = "18904456377094531"
TOKEN = "EAAB-a-token-that-must-not-leak"

PROGRAM = f"""
    shop = capig.PixelConnection(
        "shop",
        pixel_id="{PIXEL}",
        business_id="2840127409433732",
        access_token="{TOKEN}",
        external_id="633612748410ba6e902",
        api_version="v24.0",
        pixel_name="Shop",
        receiving=True,
        publishing=False,
        reassert="1",
    )
    capig.EventFilter(
        "no-leads",
        event_name=capig.StandardEvent.LEAD,
        filter_state="DROP",
        pixel_ids=[shop.pixel_id],
        reassert="1",
    )
    capig.EventFilter("no-search", event_name="Search", filter_state=capig.FilterState.DROP)
    capig.DomainFilter(
        "staging", domain="Staging.Example.com.", filter_state="DROP", pixel_ids=[shop.pixel_id]
    )
    capig.DomainFilter("partner", domain="partner.example.com", filter_state="PUBLISH")
    pulumi.export("token", shop.access_token)
    pulumi.export("active", shop.active)
"""


def test_a_preview_sends_nothing_and_needs_no_credential(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(PROGRAM)
    unset = dict.fromkeys(("CAPIG_GATEWAY", "CAPIG_CLIENT_ID", "CAPIG_CLIENT_SECRET"), "")
    outcome = stack.preview(**unset).ok()
    assert "6 to create" in outcome.text
    assert sandbox.counters.requests == {}


def test_all_seven_operations_from_a_program(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(PROGRAM)
    stack.up().ok()
    sent = sandbox.counters.requests
    assert sent["list"] == 1
    assert sent["setupPixelSignalConfig"] == 1
    assert sent["updateSignalConfigCapiPublish"] == 1
    pixel = sandbox.state.pixel(sandbox.tenant_id, PIXEL)
    assert (pixel.name, pixel.receiving, pixel.publishing) == ("Shop", True, False)
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", PIXEL) == "DROP"
    assert sandbox.state.effective_event(sandbox.tenant_id, "Search", PIXEL) == "DROP"
    staging = sandbox.state.effective_domain(sandbox.tenant_id, "staging.example.com", PIXEL)
    assert staging == "DROP"
    stack.is_settled()

    stack.write(PROGRAM.replace("receiving=True", "receiving=False").replace('"DROP"', '"PUBLISH"'))
    stack.up().ok()
    assert sandbox.counters.requests["updateSignalConfigEventsStatus"] == 1
    assert sandbox.state.pixel(sandbox.tenant_id, PIXEL).receiving is False
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", PIXEL) == "PUBLISH"

    stack.destroy().ok()
    assert sandbox.counters.requests["deleteDataSource"] == 1
    assert sandbox.state.pixel(sandbox.tenant_id, PIXEL) is None
    assert stack.resources() == {}


def test_drift_shows_in_refresh_and_up_repairs_it(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(PROGRAM)
    stack.up().ok()
    sandbox.set_switch(PIXEL, publishing=True)
    sandbox.clear_requests()

    seen = stack.run("refresh", "--preview-only", "--expect-no-changes")
    assert seen.code == 7
    assert "~publishing" in seen.text
    assert sandbox.counters.requests["list"] == 1

    sandbox.clear_requests()
    stack.up("--refresh").ok()
    assert sandbox.state.pixel(sandbox.tenant_id, PIXEL).publishing is False
    assert sandbox.counters.requests == {
        "token": 1,
        "list": 1,
        "updateSignalConfigCapiPublish": 1,
    }
    stack.is_settled()


def test_a_pixel_removed_by_hand_is_gone_and_comes_back_with_its_filters(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(PROGRAM)
    stack.up().ok()
    sandbox.disconnect(PIXEL)
    assert stack.refresh("--expect-no-changes").code == 7
    assert "shop" not in stack.resources()

    assert stack.steps() == {"shop": "create"}  # the connection brings its filters
    stack.up().ok()
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", PIXEL) == "DROP"
    assert sandbox.state.effective_event(sandbox.tenant_id, "Search", PIXEL) == "DROP"
    stack.is_settled()


def test_secrets_are_secrets_wherever_pulumi_keeps_state(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(PROGRAM)
    stack.up().ok()
    stack.write(PROGRAM.replace(TOKEN, f"{TOKEN}-rotated"))
    preview = stack.preview("--diff").ok()
    assert "access_token_fingerprint" in preview.text
    output = stack.up().ok().text + stack.refresh().ok().text
    assert sandbox.counters.requests["setupPixelSignalConfig"] == 2
    written = stack.everything_written()
    assert SECRET_MARK in written
    for place in (written, preview.text, output):
        assert TOKEN not in place
        assert sandbox.client_secret not in place
    shop = stack.resources()["shop"]
    assert SECRET_MARK in shop["inputs"]["access_token"]
    assert SECRET_MARK in shop["outputs"]["access_token"]


def test_no_output_is_null_and_undeclared_arguments_are_nowhere(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(
        f"""
        capig.PixelConnection(
            "shop", pixel_id="{PIXEL}", business_id="1", access_token="{TOKEN}", adopt=False
        )
        capig.EventFilter("lead", event_name="Lead", filter_state="DROP")
        """
    )
    stack.up().ok()
    shop, lead = stack.resources()["shop"], stack.resources()["lead"]
    inputs = {"pixel_id", "business_id", "access_token", "access_token_fingerprint", "tenant_id"}
    # The gateway's address stands in the environment: so that a move of it shows as a difference.
    assert set(shop["inputs"]) - {"__provider"} == {*inputs, "gateway"}
    assert None not in shop["outputs"].values()
    assert not {"external_id", "pixel_name", "adopt", "reassert"} & set(shop["outputs"])
    assert shop["id"] == f"{sandbox.tenant_id}/{PIXEL}"
    assert lead["id"] == f"{sandbox.tenant_id}/Lead/global"
    assert set(lead["outputs"]) - {"__provider"} == {
        "event_name",
        "filter_state",
        "tenant_id",
        "gateway",
        "verification",
    }
    stack.is_settled()

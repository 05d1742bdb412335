"""The life cycle in depth on the real CLI: what peers get wrong, one program each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_capig.sandbox import FAULTS, Dialect, Fault, Sandbox
from tests.support.engine import Stack

PIXEL = "18904456377094531"
SETUP = "setupPixelSignalConfig"
PUBLISHING = "updateSignalConfigCapiPublish"
DELETE = "deleteDataSource"


def shop(name: str = "shop", **more: str) -> str:
    declared = {
        "pixel_id": repr(PIXEL), "business_id": "'1'", "access_token": "'EAAB-secret'", **more,
    }  # fmt: skip
    arguments = ", ".join(f"{key}={value}" for key, value in declared.items())
    return f'capig.PixelConnection("{name}", {arguments})\n'


def drop(name: str, *pixels: str, event: str = "Lead") -> str:
    scope = f", pixel_ids={list(pixels)!r}" if pixels else ""
    return f'capig.EventFilter("{name}", event_name="{event}", filter_state="DROP"{scope})\n'


def held(sandbox: Sandbox, *pixels: str, event: str = "Lead") -> list[str | None]:
    return [sandbox.state.effective_event(sandbox.tenant_id, event, p) for p in pixels]


def writes(sandbox: Sandbox) -> list[str]:
    return [r.operation for r in sandbox.requests if r.operation not in ("token", "list")]


@pytest.fixture
def three(sandbox: Sandbox) -> Sandbox:
    for pixel in ("101", "102", "103"):
        sandbox.connect(pixel)
    return sandbox


def test_the_guard_and_the_ways_past_it(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect(PIXEL, publishing=False)
    stack.write(shop())
    outcome = stack.up().failed()
    for offer in ("aliases", "another stack", "adopt=True", "CAPIG_ADOPT=true", "reassert"):
        assert offer in outcome.text
    assert writes(sandbox) == []
    assert stack.resources() == {}

    stack.write(shop(adopt="True", external_id="''"))
    adopted = stack.up().ok()
    assert f"took over pixel {PIXEL}" in adopted.text
    assert writes(sandbox) == [SETUP]
    assert sandbox.state.pixel(sandbox.tenant_id, PIXEL).publishing is False
    stack.is_settled()
    stack.write(shop(external_id="''"))
    stack.is_settled()


def test_a_fleet_is_taken_over_with_one_list_and_no_write(stack: Stack, three: Sandbox) -> None:
    stack.write(
        """
        for pixel in ("101", "102", "103"):
            capig.PixelConnection(f"p{pixel}", pixel_id=pixel, adopt=True)
        """
    )
    stack.up().ok()
    assert writes(three) == []
    assert three.counters.requests["list"] == 1
    stack.is_settled()


@pytest.mark.parametrize("fault", ["reset-after-write", "502-page-after-write"])
def test_a_lost_answer_leaves_exactly_one_pixel(stack: Stack, sandbox: Sandbox, fault: str) -> None:
    sandbox.inject(FAULTS[fault].on(SETUP))
    stack.write(shop(publishing="False"))
    stack.up().ok()
    assert writes(sandbox) == [SETUP, PUBLISHING]
    stack.is_settled()


def test_a_create_whose_second_step_fails_leaves_nothing_half_made(
    stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.inject(Fault.status(500, operation=PUBLISHING))
    stack.write(shop(publishing="False"))
    outcome = stack.up(CAPIG_MAX_RETRIES="0").failed()
    assert "disconnected again" in outcome.text
    assert sandbox.state.pixel(sandbox.tenant_id, PIXEL) is None
    assert stack.resources() == {}
    stack.up().ok()
    stack.is_settled()


def test_drift_of_each_kind_is_readable_and_repaired(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(shop(receiving="True", pixel_name="'Shop'"))
    stack.up().ok()
    sandbox.edit(PIXEL, receiving=False, name="By hand", access_token="")
    seen = stack.run("refresh", "--preview-only", "--expect-no-changes")
    assert seen.code == 7
    for name in ("access_token_fingerprint", "pixel_name", "receiving"):
        assert name in seen.text
    assert stack.preview("--refresh", "--expect-no-changes").code == 7
    sandbox.clear_requests()
    stack.up("--refresh").ok()
    assert writes(sandbox) == [SETUP, "updateSignalConfigEventsStatus"]
    stack.is_settled()


def test_a_bad_token_warns_and_is_no_drift(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(shop() + 'pulumi.export("bad", pulumi.Output.from_input(True))')
    stack.up().ok()
    sandbox.mark_bad_token(PIXEL)
    outcome = stack.refresh("--expect-no-changes").ok()
    assert "warning" in outcome.text
    assert PIXEL in outcome.text
    assert stack.resources()["shop"]["outputs"]["bad_token"] is True


def test_an_outage_never_means_gone(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(shop())
    stack.up().ok()
    sandbox.inject(Fault.status(404, body="<html>not found</html>", operation="list", times=None))
    stack.refresh(CAPIG_MAX_RETRIES="0").failed()
    assert set(stack.resources()) == {"shop"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (drop("a", "101"), drop("b", "101")),
        (drop("a", "101") + drop("b", "102"), drop("a", "102") + drop("b", "101")),
        (drop("a", "101", "102"), drop("a", "101") + drop("b", "102")),
        (drop("a", "101", "102") + drop("b", "102"), drop("a", "101") + drop("b", "102")),
        (drop("a"), drop("b")),
        (drop("a"), drop("a", "101") + drop("b", "102", "103")),
    ],
    ids=["rename", "swap", "hand over", "let go", "rename account-wide", "split"],
)
def test_filters_that_change_places_end_as_declared(
    stack: Stack, three: Sandbox, before: str, after: str
) -> None:
    stack.write(before)
    stack.up().ok()
    stack.write(after)
    stack.up("--continue-on-error", "--parallel", "1").ok()
    wide = "pixel_ids" not in after
    for pixel in ("101", "102", "103"):
        assert held(three, pixel) == ["DROP" if wide or pixel in after else "PUBLISH"]
    stack.up("--expect-no-changes").ok()


def test_a_target_opens_nothing_that_the_program_keeps_closed(stack: Stack, three: Sandbox) -> None:
    stack.write(drop("a", "101", "102") + drop("b", "102"))
    stack.up().ok()
    stack.write(drop("a", "101") + drop("b", "102"))
    stack.up("--target", "**::a").ok()
    assert held(three, "101", "102") == ["DROP", "DROP"]
    stack.is_settled()


def test_a_renamed_connection_stays_connected(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(shop("shop", external_id="''"))
    stack.up().ok()
    stack.write(shop("store", external_id="''", adopt="True"))
    stack.up().ok()
    assert DELETE not in writes(sandbox)
    assert set(stack.resources()) == {"store"}
    stack.write(
        'again = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="store")])\n'
        + shop("again", opts="again", external_id="''")
    )
    sandbox.clear_requests()
    stack.up().ok()
    assert writes(sandbox) == []


def user(name: str, **more: str) -> str:
    declared = {"email": "'jo@example.com'", "role": "'view'", **more}
    return f'capig.AccountUser("{name}", {", ".join(f"{k}={v}" for k, v in declared.items())})\n'


@pytest.mark.parametrize("out", ["its need failed", "not targeted"])
def test_what_a_resource_that_was_left_out_claims_is_named(
    stack: Stack, sandbox: Sandbox, out: str
) -> None:
    stack.write(shop("shop") + user("jo") + drop("wide"))
    stack.up().ok()
    broken = shop("broken", pixel_id="'105'")
    after = broken.replace("capig.", "broken = capig.", 1)
    after += "after = pulumi.ResourceOptions(depends_on=[broken]{})\n"
    renamed = shop("store", opts="after") + user("joan", opts="after") + drop("wide")
    stack.write(after.format("") + renamed)
    if out == "not targeted":
        outcome = stack.up(*(f"--target=**::{name}" for name in ("shop", "jo", "wide")))
    else:
        sandbox.inject(Fault.status(400, operation=SETUP, times=None))
        outcome = stack.up("--continue-on-error")
    left = "stays for a resource of the program that this run has not reached yet"
    for what in (f"pixel {PIXEL} (account SandboxA)", "user jo@example.com (account SandboxA)"):
        assert f"warning: {what} {left}" in outcome.text
    assert DELETE not in writes(sandbox)
    # The advice works.
    sandbox.clear_faults()
    stack.up(CAPIG_ADOPT="true").ok()
    assert set(stack.resources()) == {"broken", "store", "joan", "wide"}
    assert DELETE not in writes(sandbox)
    stack.is_settled()


FIRST = "pulumi.ResourceOptions(delete_before_replace=True)"
TRANSFORM = """
def first(args):
    opts = pulumi.ResourceOptions.merge(args.opts, {})
    return pulumi.ResourceTransformResult(props=args.props, opts=opts)
pulumi.runtime.register_resource_transform(first)
"""


@pytest.mark.parametrize("how", ["--replace", "taint", "transform"])
def test_what_is_deleted_before_its_claimant_comes_is_left_to_it(
    stack: Stack, sandbox: Sandbox, how: str
) -> None:
    head = TRANSFORM.format(FIRST) if how == "transform" else ""
    opts = {} if head else {"opts": FIRST}
    stack.write(head + "old = " + shop("old", **opts))
    stack.up().ok()
    new = shop("new", opts="pulumi.ResourceOptions(depends_on=[old])")
    stack.write(head + "old = " + shop("old", pixel_id="'102'", **opts) + new)
    if how == "taint":
        stack.run("state", "taint", "--yes", stack.resources()["old"]["urn"]).ok()
    stack.up(*(["--replace", "**::old"] if how == "--replace" else [])).ok()
    assert DELETE not in writes(sandbox)
    stack.is_settled()


def test_a_forced_replacement_with_delete_first_never_disconnects(
    stack: Stack, sandbox: Sandbox
) -> None:
    first = "opts=pulumi.ResourceOptions(delete_before_replace=True)"
    stack.write(shop().replace('"shop", ', f'"shop", {first}, '))
    stack.up().ok()
    sandbox.clear_requests()
    stack.up("--replace", "**::shop").ok()
    assert writes(sandbox) == [SETUP]
    stack.is_settled()


def test_a_pixel_connected_anew_makes_its_filters_send_again(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write(
        "shop = " + shop() + 'capig.EventFilter("lead", event_name="Lead", filter_state="DROP", '
        "pixel_ids=[shop.pixel_id])\n" + drop("all", event="Search")
    )
    stack.up().ok()
    sandbox.disconnect(PIXEL)
    stack.up("--refresh").ok()
    assert held(sandbox, PIXEL) + held(sandbox, PIXEL, event="Search") == ["DROP", "DROP"]
    stack.is_settled()


@pytest.mark.parametrize("reading", ["rule-own-first", "rule-own-last", "copies"])
def test_from_account_wide_to_listed_and_back(stack: Stack, three: Sandbox, reading: str) -> None:
    three.dialect = Dialect(account_wide=reading)  # type: ignore[arg-type]
    for program, wanted in (
        (drop("f"), ["DROP", "DROP"]),
        (drop("f", "101"), ["DROP", "PUBLISH"]),
        (drop("f"), ["DROP", "DROP"]),
        ("", ["PUBLISH", "PUBLISH"]),
    ):
        stack.write(program)
        stack.up().ok()
        assert held(three, "101", "102") == wanted


def test_reassert_for_a_whole_run_puts_the_policy_in_force_again(
    stack: Stack, three: Sandbox
) -> None:
    stack.write(drop("f", "101"))
    stack.up().ok()
    three.set_event_filter("Lead", "PUBLISH", ["101"])
    stack.up("--expect-no-changes").ok()
    stack.up(CAPIG_REASSERT="2026-11-25").ok()
    assert held(three, "101") == ["DROP"]
    stack.up("--expect-no-changes", CAPIG_REASSERT="2026-11-25").ok()
    stack.is_settled()


def test_state_of_another_gateway_is_refused_until_it_is_said_to_have_moved(
    stack: Stack, three: Sandbox
) -> None:
    stack.write(drop("f", "101"))
    stack.up().ok()
    with Sandbox() as other:
        other.connect("101")
        old = three.url.partition("//")[2]
        here = other.environment()
        for outcome in (
            stack.preview(**here), stack.up(**here), stack.refresh(**here), stack.destroy(**here),
        ):  # fmt: skip
            assert old in outcome.failed().text
            assert "CAPIG_MOVED_FROM" in outcome.text
        assert other.requests == []
        moved = {**here, "CAPIG_MOVED_FROM": old}
        assert stack.steps(**moved) == {"f": "update"}
        stack.up(**moved).ok()
        assert held(other, "101") == ["DROP"]
        stack.up("--expect-no-changes", **here).ok()


def test_a_default_account_that_changed_is_refused_at_preview(stack: Stack, three: Sandbox) -> None:
    stack.write(drop("f", "101"))
    stack.up().ok()
    outcome = stack.preview(CAPIG_TENANT_ID="Other").failed()
    assert three.tenant_id in outcome.text
    assert "Other" in outcome.text


@pytest.mark.parametrize("second_setup", ["upsert", "resets-switches", "400"])
def test_a_rotation(stack: Stack, sandbox: Sandbox, second_setup: str) -> None:
    sandbox.dialect = replace(sandbox.dialect, second_setup=second_setup)
    stack.write(shop(publishing="False"))
    stack.up().ok()
    sandbox.clear_requests()
    stack.write(shop(publishing="False").replace("EAAB-secret", "EAAB-new"))
    assert "access_token_fingerprint" in stack.preview("--diff").ok().text
    if second_setup == "400":
        outcome = stack.up().failed()
        assert "remove the resource from the program" in outcome.text
        assert "EAAB" not in outcome.text
        return
    stack.up().ok()
    assert writes(sandbox).count(SETUP) == 1
    assert sandbox.state.pixel(sandbox.tenant_id, PIXEL).publishing is False
    stack.is_settled()


def test_get_reads_what_exists_without_managing_it(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect(PIXEL, publishing=False, name="Shop")
    stack.write(
        f"""
        found = capig.PixelConnection.get("found", "{sandbox.tenant_id}/{PIXEL}")
        pulumi.export("publishing", found.publishing)
        pulumi.export("name", found.pixel_name)
        """
    )
    outcome = stack.up().ok()
    assert 'name      : "Shop"' in outcome.text
    assert "publishing: false" in outcome.text
    assert writes(sandbox) == []
    sandbox.disconnect(PIXEL)
    assert "not connected" in stack.up().failed().text
    stack.destroy().ok()
    assert writes(sandbox) == []


def test_missing_settings_are_one_message(stack: Stack) -> None:
    stack.write(shop())
    unset = dict.fromkeys(("CAPIG_GATEWAY", "CAPIG_CLIENT_ID", "CAPIG_CLIENT_SECRET"), "")
    outcome = stack.up(**unset).failed()
    for name in ("CAPIG_GATEWAY", "CAPIG_CLIENT_ID", "CAPIG_CLIENT_SECRET", "CAPIG_TOKEN"):
        assert name in outcome.text


def test_a_wrong_secret_and_an_unreachable_gateway(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(shop() + drop("f", PIXEL))
    outcome = stack.up(CAPIG_CLIENT_SECRET="wrong-secret-value").failed()
    assert "CAPIG_CLIENT_SECRET" in outcome.text
    assert "wrong-secret-value" not in outcome.text
    outcome = stack.up(CAPIG_GATEWAY="http://127.0.0.1:9", CAPIG_MAX_RETRIES="0").failed()
    assert "cannot be reached" in outcome.text
    assert stack.resources() == {}


def test_inputs_of_every_form_that_pulumi_takes(stack: Stack, three: Sandbox) -> None:
    stack.write(
        """
        import asyncio

        async def later(value):
            await asyncio.sleep(0)
            return value

        class Shop(capig.PixelConnection):
            pass

        class Quiet(capig.EventFilter):
            pass

        table = {"a": "101", "b": "102"}
        shop = Shop("one", pixel_id=later("101"), adopt=True)
        Quiet("one", event_name="Lead", filter_state="DROP", pixel_ids=table.values())
        capig.EventFilter(
            "two", event_name=later("Search"), filter_state=later("DROP"), pixel_ids=later(["103"])
        )
        capig.EventFilter(
            "three",
            event_name="Contact",
            filter_state="DROP",
            pixel_ids=(later(pixel) for pixel in table.values()),
        )
        """
    )
    stack.up().ok()
    tenant = three.tenant_id
    held = [three.state.effective_event(tenant, "Lead", p) for p in ("101", "102", "103")]
    assert held == ["DROP", "DROP", "PUBLISH"]
    assert three.state.effective_event(tenant, "Search", "103") == "DROP"
    assert three.state.effective_event(tenant, "Contact", "102") == "DROP"
    assert '"pulumi-python:dynamic:Resource"' not in stack.run("stack", "export").ok().text
    stack.is_settled()

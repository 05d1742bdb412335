"""Ids that a program keeps secret: no message shows them, on either side of the engine."""

from __future__ import annotations

import pytest

from pulumi_capig.sandbox import FAULTS, Sandbox
from tests.support.engine import Stack

PIXEL = "189044563770945"
ROUNDED = f"{PIXEL}000"
ACCOUNT = "SandboxA"
BY_HEART = f"""
    shop = pulumi.Output.secret("{PIXEL}")
    account = pulumi.Output.secret("{ACCOUNT}")
    def connect(name, **more):
        more = {{"pixel_id": shop, "business_id": "1", "access_token": "EAAB", **more}}
        return capig.PixelConnection(name, **more)
    def drop(name, **more):
        return capig.EventFilter(name, event_name="Lead", filter_state="DROP", **more)
    def publish(name, **more):
        return capig.EventFilter(name, event_name="Lead", filter_state="PUBLISH", **more)
    def later(resource, value):
        return pulumi.Output.all(resource.gateway, value).apply(lambda both: both[1])
"""


def says(stack: Stack, sandbox: Sandbox, program: str, *words: str, preview: bool = True) -> None:
    """A run of the program fails, with these words and without an id."""
    stack.write(f"{BY_HEART}{program}")
    text = (stack.preview() if preview else stack.up()).failed().text
    for word in words:
        assert word in text, text
    for secret in (PIXEL, ACCOUNT):
        assert secret not in text, text
    assert "<nil>" not in text, text


@pytest.mark.parametrize("other", ["shop", f'"{PIXEL}"', 'later(drop("x"), shop)'])
def test_a_doubled_pixel_is_told_by_its_resources(
    stack: Stack, sandbox: Sandbox, other: str
) -> None:
    program = f"""
    connect("one")
    connect("two", pixel_id={other})
"""
    known_late = "later" in other
    names = ("PixelConnection 'one'",) if known_late else ("'one'", "'two'")
    says(stack, sandbox, program, *names, "connect", preview=not known_late)


def test_a_doubled_person_is_told_by_the_resources(stack: Stack, sandbox: Sandbox) -> None:
    program = """
    who = pulumi.Output.secret("Jo@Example.com")
    for name in ("one", "two"):
        capig.AccountUser(name, email=who, role="admin")
"""
    says(stack, sandbox, program, "'one'", "'two'", "the same person in one account")
    assert "example.com" not in stack.preview().failed().text.lower()


def test_a_person_whom_the_provider_names(stack: Stack, sandbox: Sandbox) -> None:
    stack.environment |= {"CAPIG_MAX_RETRIES": "0"}
    sandbox.inject(FAULTS["403"].on(None, times=None))
    program = """
    capig.AccountUser("one", email=pulumi.Output.secret("Jo@Example.com"), role="admin")
"""
    says(stack, sandbox, program, "(one)", "403", preview=False)
    assert "example.com" not in stack.up().failed().text.lower()


def test_an_id_that_is_made_of_a_secret_setting(stack: Stack, sandbox: Sandbox) -> None:
    stack.set_config("test:shops", f"shop={PIXEL}", secret=True)
    program = """
    shop = pulumi.Config().require_secret("shops").apply(lambda text: text.partition("=")[2])
    connect("one", pixel_id=shop)
    connect("two", pixel_id=shop)
"""
    says(stack, sandbox, program, "'one'", "'two'", "connect the same pixel")


@pytest.mark.parametrize("where", ["pixel_ids=[shop]", "pixel_ids=[shop], tenant_id=account"])
@pytest.mark.parametrize("late", [False, True])
def test_filters_that_contradict_each_other(
    stack: Stack, sandbox: Sandbox, where: str, late: bool
) -> None:
    scope = where.replace("[shop]", '[later(drop("x", event_name="Search"), shop)]')
    program = f"""
    def drop(name, event_name="Lead", **more):
        return capig.EventFilter(name, event_name=event_name, filter_state="DROP", **more)
    drop("one", {where})
    publish("two", {scope if late else where})
"""
    says(stack, sandbox, program, "'one'", "contradict", preview=not late)


def test_what_fails_at_the_gateway(stack: Stack, sandbox: Sandbox) -> None:
    stack.environment |= {"CAPIG_MAX_RETRIES": "0"}
    sandbox.inject(FAULTS["403"].on("setupPixelSignalConfig", times=None))
    says(stack, sandbox, '    connect("one", tenant_id=account)\n', "(one)", preview=False)
    sandbox.clear_faults()
    sandbox.connect(PIXEL)
    sandbox.inject(FAULTS["502-page"].on("updateEventFilter", times=None))
    program = '    drop("two", pixel_ids=[shop], tenant_id=account)\n'
    says(stack, sandbox, program, "(two)", preview=False)


def test_what_the_provider_refuses(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect(PIXEL)
    connect = '    connect("one", tenant_id=account)\n'
    says(stack, sandbox, connect, "(one)", "it is connected already", preview=False)
    stack.environment["CAPIG_PREVIEW_READS"] = "true"
    says(stack, sandbox, connect, "one", "it is connected already")
    wrong = f'    connect("one", pixel_id=pulumi.Output.secret("{PIXEL}x"))\n'
    says(stack, sandbox, wrong, "one", "a pixel id must be decimal digits")
    wrong = f'    drop("one", pixel_ids=[shop, pulumi.Output.secret("{PIXEL}x")])\n'
    says(stack, sandbox, wrong, "one", "a pixel id must be decimal digits")


def test_what_is_told_of_a_run_that_goes_well(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect(ROUNDED)
    stack.write(
        f"""{BY_HEART}
    rounded = pulumi.Output.secret("{ROUNDED}")
    connect("one", pixel_id=rounded, tenant_id=account, external_id="", adopt=True)
    drop("two", pixel_ids=[rounded], tenant_id=account)
"""
    )
    text = stack.up().ok().text
    assert "took over pixel [secret] (account [secret])" in text
    assert "id [secret] may be rounded" in text
    assert ROUNDED not in text
    assert ACCOUNT not in text


@pytest.mark.parametrize("name", ["get_pixel_connection", "get_pixel_connections"])
def test_a_look_up_that_fails(stack: Stack, sandbox: Sandbox, name: str) -> None:
    arguments = "shop, account" if name == "get_pixel_connection" else "account"
    sandbox.inject(FAULTS["403"].on("list", times=None))
    says(stack, sandbox, f"    capig.{name}_output({arguments})\n", "403")


def test_a_secret_state_and_a_tuple_are_in_the_picture(stack: Stack, sandbox: Sandbox) -> None:
    filters = """
    capig.EventFilter("wide", event_name="Lead", filter_state=pulumi.Output.secret("DROP"))
    listed = pulumi.Output.from_input(1).apply(lambda _: ("101",))
    capig.EventFilter("listed", event_name="Search", filter_state="DROP", pixel_ids=listed)
"""
    stack.write(BY_HEART + filters)
    stack.up().ok()
    stack.write(BY_HEART + filters + '    connect("new", pixel_id="101")\n')
    stack.up("--target", "**::new").ok()
    for event in ("Lead", "Search"):
        assert sandbox.state.effective_event(ACCOUNT, event, "101") == "DROP"


def test_a_pixel_of_a_secret_account_can_be_read(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect(PIXEL)
    stack.write(
        f"""{BY_HEART}
    found = capig.PixelConnection.get("found", pulumi.Output.concat(account, "/", shop))
    pulumi.export("receiving", found.receiving)
"""
    )
    stack.up().ok()
    assert stack.run("stack", "output", "receiving").ok().text.strip() == "true"
    stack.is_settled()

"""What the pages on deletes and targets warn of: so it is, on the real CLI."""

from __future__ import annotations

import re

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.markdown import DOCS, blocks

ONE, TWO = "101", "102"


def drop(name: str, *pixels: str, event: str = "Lead", options: str = "") -> str:
    arguments = f'event_name="{event}", filter_state="DROP", pixel_ids={list(pixels)!r}'
    opts = f", opts=pulumi.ResourceOptions({options})" if options else ""
    return f'capig.EventFilter("{name}", {arguments}{opts})\n'


def held(sandbox: Sandbox, *pixels: str, event: str = "Lead") -> list[str | None]:
    return [sandbox.state.effective_event("SandboxA", event, pixel) for pixel in pixels]


def test_retained_filters_stay_in_force(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect(ONE)
    sandbox.connect(TWO)
    stack.write(drop("consent", ONE, TWO, options="retain_on_delete=True"))
    stack.up().ok()
    stack.write(drop("consent", ONE, options="retain_on_delete=True"))
    stack.up().ok()
    assert held(sandbox, ONE, TWO) == ["DROP", "PUBLISH"]
    stack.write(drop("consent", ONE, event="Search", options="retain_on_delete=True"))
    stack.up().ok()
    assert held(sandbox, ONE) == held(sandbox, ONE, event="Search") == ["DROP"]
    stack.write("")
    stack.up().ok()
    assert held(sandbox, ONE) == held(sandbox, ONE, event="Search") == ["DROP"]
    assert stack.resources() == {}


def test_the_trap_of_deleted_with_and_protect(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect(ONE)
    protected = "opts=pulumi.ResourceOptions(protect=True)"
    shop = f'shop = capig.PixelConnection("shop", pixel_id="{ONE}", adopt=True, {protected})\n'
    stack.write(shop + drop("leads", ONE, options="deleted_with=shop"))
    stack.up().ok()
    stack.run("destroy", "--yes").failed()
    assert set(stack.resources()) == {"shop", "leads"}
    stack.destroy().failed()
    assert set(stack.resources()) == {"shop"}
    assert held(sandbox, ONE) == ["DROP"]
    stack.up().ok()
    assert set(stack.resources()) == {"shop", "leads"}


def test_what_a_target_does_not_know(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.connect(TWO)
    shop = f'capig.PixelConnection("shop", pixel_id="{ONE}", business_id="1", access_token="EA")\n'
    both = drop("a", ONE, TWO) + drop("b", TWO)
    stack.write(shop + both)
    stack.up().ok()
    stack.write(shop + drop("b", TWO))
    stack.up("--target", "**::a").ok()
    assert held(sandbox, TWO) == ["PUBLISH"]
    stack.up("--expect-no-changes").ok()
    stack.up(CAPIG_REASSERT="1").ok()
    assert held(sandbox, TWO) == ["DROP"]

    stack.write(shop + drop("c", ONE))
    stack.up().ok()
    sandbox.disconnect(ONE)
    stack.up("--refresh", "--target", "**::shop").ok()
    assert held(sandbox, ONE) == ["DROP"]  # the connection brought it
    stack.up("--expect-no-changes").ok()


def test_an_account_made_by_a_rename_is_undone_as_the_page_says(
    stack: Stack, sandbox: Sandbox
) -> None:
    def program(name: str) -> str:
        return f"""
        shop = capig.Account("{name}", name="Shop GmbH", event_enrichment=False)
        capig.AccountUser(
            "admin", tenant_id=shop.tenant_id, email="owner@shop.example", role="admin"
        )
        capig.PixelConnection(
            "web", tenant_id=shop.tenant_id, pixel_id="{ONE}", business_id="1", access_token="EA"
        )
        """

    stack.write(program("shop"))
    stack.up().ok()
    (tenant,) = set(sandbox.state.accounts) - {"SandboxA", "SandboxB"}
    stack.write(program("shop-ag"))
    stack.up().failed()
    assert len(sandbox.state.accounts) == 4
    assert sandbox.state.pixels(tenant) == []

    stack.write(program("shop"))
    refused = stack.up(CAPIG_ADOPT="true").failed().text
    assert "is protected" in refused
    (urn,) = set(re.findall(r"urn:\S+::shop-ag", refused))
    stack.run("state", "unprotect", "--yes", urn).ok()
    stack.up().ok()
    assert set(sandbox.state.accounts) == {"SandboxA", "SandboxB", tenant}
    assert [pixel.pixel_id for pixel in sandbox.state.pixels(tenant)] == [ONE]
    assert set(stack.resources()) == {"shop", "admin", "web"}


def test_an_account_is_handed_over_as_it_is(stack: Stack, sandbox: Sandbox) -> None:
    (keep,) = (b.text for b in blocks(DOCS / "advertiser.md", "sh") if "keep.py" in b.text)
    (program,) = (b.text for b in blocks(DOCS / "advertiser.md", "python") if '"owner"' in b.text)
    stack.set_config("token", "EAAB-of-the-shop", secret=True)
    main = stack.project / "__main__.py"
    main.write_text(program, "utf-8")
    stack.up().ok()
    (tenant,) = set(sandbox.state.accounts) - {"SandboxA", "SandboxB"}
    stack.shell(keep.replace("pulumi up --yes", "pulumi up --yes --skip-preview")).ok()
    source = main.read_text("utf-8")
    handed = source.replace("event_enrichment=False", "event_enrichment=False, managed=False")
    main.write_text(handed, "utf-8")
    stack.up().ok()
    assert sandbox.state.accounts[tenant].managed is False

    sandbox.clear_requests()
    main.write_text("", "utf-8")
    stack.up().ok()
    assert stack.resources() == {}
    assert sandbox.requests == []
    (pixel,) = sandbox.state.pixels(tenant)
    assert pixel.publishing is True
    assert sandbox.state.effective_event(tenant, "Lead", pixel.pixel_id) == "DROP"

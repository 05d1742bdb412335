"""Programs of every kind, and their end: none hangs, none leaves anything open or closed."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from pulumi_capig.sandbox import Dialect, Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes

PIXELS = ("101", "102")
PLAIN = """
    pixels = [
        capig.PixelConnection(f"p{n}", pixel_id=n, business_id="1", access_token="EAAB")
        for n in ("101", "102")
    ]
    capig.EventFilter("wide", event_name="Lead", filter_state="DROP")
    capig.EventFilter(
        "listed", event_name="Search", filter_state="DROP", pixel_ids=[p.pixel_id for p in pixels]
    )
    capig.DomainFilters(
        "sites", domains=["a.example.com", "b.example.com"], filter_state="DROP"
    )
"""


def held(sandbox: Sandbox, pixel: str) -> set[str | None]:
    """States of all that the programs of this page close."""
    state, tenant = sandbox.state, sandbox.tenant_id
    events = [state.effective_event(tenant, event, pixel) for event in ("Lead", "Search")]
    sites = [state.effective_domain(tenant, f"{name}.example.com", pixel) for name in "ab"]
    return {*events, *sites}


def test_a_destroy_withdraws_everything(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(PLAIN)
    ways: list[tuple[str, Any]] = [("--remove=false", "copies"), ("--run-program", "rule-own-last")]
    for how, reading in ways:
        sandbox.dialect = Dialect(account_wide=reading, filters_survive_delete=True)
        stack.up("--parallel", "16").ok()
        assert [held(sandbox, pixel) for pixel in PIXELS] == [{"DROP"}, {"DROP"}]
        stack.destroy("--parallel", "16", how).ok()
        assert sandbox.state.pixels(sandbox.tenant_id) == []
        for pixel in PIXELS:
            sandbox.connect(pixel)
            assert held(sandbox, pixel) == {"PUBLISH"}, how
            sandbox.disconnect(pixel)


ASYNC = """
    import asyncio

    class Shop(pulumi.ComponentResource):
        def __init__(self, name, pixel):
            super().__init__("demo:index:Shop", name)
            self.before = self.filter(f"{name}-early", [], event_name="Search")
            self.pixel = capig.PixelConnection(
                name, self.child([self.before]),
                pixel_id=pixel, business_id="1", access_token="EAAB",
            )
            self.filter(f"{name}-late", [self.pixel], event_name="Lead")
            self.register_outputs({"pixel": self.pixel.pixel_id})

        def child(self, after):
            return pulumi.ResourceOptions(parent=self, depends_on=after)

        def filter(self, name, after, **more):
            pixels = [self.pixel.pixel_id] if after else ["101"]
            return capig.EventFilter(
                name, self.child(after), filter_state="DROP", pixel_ids=pixels, **more
            )

    async def main():
        shop = Shop("shop", "101")
        await asyncio.sleep(0.1)
        sites = capig.DomainFilters(
            "sites",
            pulumi.ResourceOptions(depends_on=[shop]),
            domains=["a.example.com", "b.example.com"],
            filter_state="DROP",
        )
        return {"sites": sites.domains}

    pulumi.run(main)
"""


def test_components_that_wait_for_each_other_in_an_async_program(
    stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.dialect = Dialect(filter_unknown_pixel="404", account_wide="copies")
    stack.write(ASYNC)
    outcome = stack.up().ok()
    assert "warning" not in outcome.text
    assert held(sandbox, "101") == {"DROP"}
    sandbox.disconnect("101")
    stack.refresh().ok()
    assert changes(stack, "preview") == {Change("shop", "create")}
    assert changes(stack, "up") == {Change("shop", "create")}
    assert held(sandbox, "101") == {"DROP"}
    stack.up("--expect-no-changes").ok()


TRANSFORMS = """
    def close(args):
        if "EventFilter" in args.type_:
            props = {**args.props, "filter_state": "DROP"}
            if "pixel_ids" in props:
                props["pixel_ids"] = ["101", "102"]
            return pulumi.ResourceTransformResult(props=props, opts=args.opts)

    def narrow(args):
        if "DomainFilters" in args.type_:
            return pulumi.ResourceTransformationResult(
                {**args.props, "filter_state": "DROP"}, args.opts
            )

    pulumi.runtime.register_resource_transform(close)
    pulumi.runtime.register_stack_transformation(narrow)
"""


def test_what_transforms_change_counts(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(
        TRANSFORMS
        + PLAIN.replace('"DROP"', '"PUBLISH"').replace("[p.pixel_id for p in pixels]", '["101"]')
    )
    stack.up().ok()
    assert [held(sandbox, pixel) for pixel in PIXELS] == [{"DROP"}, {"DROP"}]
    sandbox.disconnect("102")
    stack.up("--refresh", "--parallel", "1").ok()
    assert held(sandbox, "102") == {"DROP"}
    stack.up("--expect-no-changes").ok()
    stack.write(
        TRANSFORMS
        + """
    capig.EventFilter("one", event_name="Lead", filter_state="DROP", pixel_ids=["1"])
    capig.DomainFilters("sites", domains=["a.example.com"], filter_state="PUBLISH")
    capig.DomainFilter("two", domain="a.example.com", filter_state="PUBLISH", pixel_ids=["101"])
    """
    )
    assert "contradicts it: a.example.com" in stack.preview().failed().text


AUTOMATION = """
import asyncio
import sys
import threading
from pulumi import automation
import pulumi_capig as capig

def program(account, state, pixels):
    def declare():
        for pixel in pixels:
            capig.PixelConnection(
                f"p{pixel}", pixel_id=pixel, business_id="1", access_token="EAAB",
                tenant_id=account,
            )
        capig.EventFilter(
            "lead", event_name="Lead", filter_state=state, pixel_ids=pixels, tenant_id=account
        )
    return declare

def async_program(*arguments):
    async def declare():
        await asyncio.sleep(0.1)
        program(*arguments)()
    return declare

def up(name, declare):
    stack = automation.create_or_select_stack(name, "inline", declare)
    results[name] = stack.up().summary.result

results = {}
programs = {
    "one": program("One", "DROP", ["101"]),
    "two": async_program("Two", "PUBLISH", ["101", "102"]),
}
threads = [threading.Thread(target=up, args=each) for each in programs.items()]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(results.items()))
"""


def run(source: str, stack: Stack, gateway: Sandbox) -> subprocess.CompletedProcess[str]:
    """Run a program that uses the Automation API."""
    script = stack.project / "stacks.py"
    script.write_text(source, encoding="utf-8")
    path = f"{sys.prefix}/bin:{stack.environment['PATH']}"
    return subprocess.run(
        [sys.executable, str(script)],
        env={**stack.environment, **gateway.environment(), "PATH": path},
        cwd=stack.project,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_inline_programs_in_threads_of_one_process(stack: Stack) -> None:
    with Sandbox(accounts=("One", "Two")) as gateway:
        done = run(AUTOMATION, stack, gateway)
        assert "[('one', 'succeeded'), ('two', 'succeeded')]" in done.stdout, done.stderr
        state = gateway.state
        assert state.effective_event("One", "Lead", "101") == "DROP"
        assert state.effective_event("Two", "Lead", "101") == "PUBLISH"
        assert len(state.pixels("One")) == 1
        assert len(state.pixels("Two")) == 2


FAILING = """
import gc
from pulumi import automation
import pulumi_capig as capig

def declare():
    shop = capig.PixelConnection("shop", pixel_id="101", business_id="1", access_token="EAAB")
    capig.EventFilter(
        "lead", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id]
    )
    raise ValueError("no such shop")

stack = automation.create_or_select_stack("one", "inline", declare)
for command in (stack.preview, stack.up):
    try:
        command()
    except Exception as error:
        print("no such shop" in str(error))
gc.collect()
"""


def test_an_inline_program_that_raises_leaves_no_word_of_ours(
    stack: Stack, sandbox: Sandbox
) -> None:
    done = run(FAILING, stack, sandbox)
    assert (done.stdout, done.stderr) == ("True\nTrue\n", "")
    assert sandbox.requests == []


def test_a_program_that_a_test_changes_is_read_anew(stack: Stack) -> None:
    # Python takes what it compiled for new where size and second are as they were.
    for number in ("1", "2"):
        stack.write(f'pulumi.export("number", "{number}")')
        os.utime(stack.project / "__main__.py", (0, 0))
        stack.up().ok()
        assert stack.run("stack", "output", "number").ok().text.strip() == number

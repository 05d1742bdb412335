"""A program that ends in its middle: what it has declared by then is not all of it."""

from __future__ import annotations

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack

BEGINNING = """
    import sys
    import pulumi.runtime

    capig.PixelConnection("shop", pixel_id="101", business_id="1", access_token="EAAB")
    capig.EventFilter("search", event_name="Search", filter_state="DROP")
"""
REST = """
    capig.EventFilter("lead", event_name="Lead", filter_state="DROP", pixel_ids=["101"])
"""
LOOK_UP = """
    pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": "organization/test/dev"})
"""
ENDS = {
    "raise ValueError('no such shop')": "ValueError: no such shop",
    "int('twelve')": "ValueError: invalid literal",
    "assert not 'one shop'": "AssertionError",
    "{}['shop']": "KeyError: 'shop'",
    "next(iter(()))": "StopIteration",
    "raise pulumi.RunError('no shop today')": "error: no shop today",
    "sys.exit(3)": "error: the program ended (exit status 3) before it had declared everything",
    "sys.exit('no shop today')": "error: no shop today",
    "raise KeyboardInterrupt": "error: the program ended (KeyboardInterrupt) before it had",
}


def test_nothing_is_registered_and_the_output_is_the_program_s_own(
    stack: Stack, sandbox: Sandbox
) -> None:
    for between in ("", LOOK_UP):
        for end, shown in ENDS.items():
            if between and not end.startswith("raise"):
                continue
            stack.write(f"{BEGINNING}{between}\n    {end}\n{REST}")
            outcome = stack.up()
            assert outcome.code != 0, end
            diagnostics = outcome.text.partition("Diagnostics:")[2]
            assert shown in diagnostics, (end, outcome.text)
            assert len(outcome.errors) == 1, (end, outcome.text)
            for noise in ("pulumi_capig", "hint", "__picture", "site-packages", "direct cause"):
                assert noise not in diagnostics, (end, outcome.text)
            assert ("Traceback" in diagnostics) == (not shown.startswith("error: ")), end
            assert sandbox.requests == []
    assert stack.resources() == {}


def test_an_early_end_without_an_error_is_a_whole_program(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(f"{BEGINNING}{LOOK_UP}{REST}\n    sys.exit()")
    stack.up().ok()
    assert set(stack.resources()) == {"shop", "search", "lead"}
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", "101") == "DROP"
    stack.is_settled()

"""Arguments that cannot be meant: one line that names the argument, before anything is sent."""

from __future__ import annotations

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Outcome, Stack

NONE = "pulumi.Output.from_input(None)"
DYNAMIC = """
    class Late(pulumi.dynamic.ResourceProvider):
        def create(self, props):
            return pulumi.dynamic.CreateResult("1", {"value": "1"})

    class Lately(pulumi.dynamic.Resource):
        value: pulumi.Output[str]

        def __init__(self, name):
            super().__init__(Late(), name, {"value": None})

    late = Lately("late").value
"""


def lead(**more: str) -> str:
    declared = {"event_name": "'Lead'", "filter_state": "'DROP'", **more}
    arguments = ", ".join(f"{name}={value}" for name, value in declared.items())
    return f'capig.EventFilter("lead", {arguments})'


def problem(outcome: Outcome) -> str:
    """What a command says is wrong: a line, and perhaps one that says what to do."""
    outcome.failed()
    assert "<nil>" not in outcome.text
    (error,) = outcome.errors
    return error


def test_what_the_program_s_process_sees_by_itself(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(
        """
    def refused(declare):
        try:
            declare()
        except pulumi.RunError as error:
            print("refused:", error)

    def lead(**more):
        declared = {"event_name": "Lead", "filter_state": "DROP", **more}
        return lambda: capig.EventFilter("lead", **declared)

    def pixel(**more):
        return lambda: capig.PixelConnection("pixel", **more)

    shop = capig.PixelConnection("shop", pixel_id="1", adopt=True)
    for declare in (
        lead(pixel_ids=[shop]),
        lead(pixel_ids=[shop.id]),
        lead(pixel_ids=shop),
        lead(pixel_ids=(each.id for each in [shop])),
        pixel(pixel_id=shop),
        pixel(pixel_id=shop.id),
        lead(filter_state=None),
        lead(event_name=None),
        pixel(pixel_id=None),
        lambda: capig.DomainFilter("site", domain=None, filter_state=None),
        lambda: capig.DomainFilters("site", domains=None, filter_state="DROP"),
    ):
        refused(declare)
    """
    )
    said = stack.preview().ok().text.partition("Diagnostics:")[2].splitlines()
    lines = [line.strip() for line in said if line.strip()]
    refused = [line for line in lines if line.startswith("refused:")]
    assert refused == [
        "refused: EventFilter 'lead': pixel_ids is given a resource, not a pixel id",
        "refused: EventFilter 'lead': pixel_ids is given the id of a resource, not a pixel id",
        "refused: EventFilter 'lead': pixel_ids is given a resource, not a pixel id",
        "refused: EventFilter 'lead': pixel_ids is given the id of a resource, not a pixel id",
        "refused: PixelConnection 'pixel': pixel_id is given a resource, not a pixel id",
        "refused: PixelConnection 'pixel': pixel_id is given the id of a resource, not a pixel id",
        "refused: EventFilter 'lead': filter_state is missing (None)",
        "refused: EventFilter 'lead': event_name is missing (None)",
        "refused: PixelConnection 'pixel': pixel_id is missing (None)",
        "refused: DomainFilter 'site': domain and filter_state are missing (None)",
        "refused: DomainFilters 'site': domains is missing (None)",
    ]
    assert lines.count("Pass the connection's pixel_id: pixel_ids=[shop.pixel_id].") == 4
    assert lines.count("Pass the connection's pixel_id: pixel_id=shop.pixel_id.") == 2
    assert sandbox.requests == []


def test_outputs_without_a_value(stack: Stack, sandbox: Sandbox) -> None:
    for program, said in {
        lead(filter_state=NONE): "filter_state is missing",
        lead(pixel_ids=f"['101', {NONE}]"): "pixel_ids[1]: a pixel id must be text, not None",
        lead(pixel_ids=NONE): "EventFilter 'lead': pixel_ids is an output without a value",
        lead(pixel_ids="pulumi.Output.secret(None)"): "pixel_ids is an output without a value",
        f'capig.PixelConnection("p", pixel_id={NONE}, adopt=True)': "pixel_id: a pixel id is",
        f'capig.DomainFilters("d", domains=["a.example", {NONE}], filter_state="DROP")': (
            "domains[1]: a domain must be text, not None"
        ),
    }.items():
        stack.write(program)
        assert said in problem(stack.preview()), program
    assert sandbox.requests == []


def test_values_that_only_up_knows(stack: Stack, sandbox: Sandbox) -> None:
    for pixels, said in {
        "late.apply(lambda _: None)": "EventFilter 'lead': pixel_ids is an output without a value",
        "[late.apply(lambda _: None)]": "pixel_ids[0]: a pixel id must be text, not None",
        "[late.apply(lambda _: 'SandboxA/101')]": (
            "pixel_ids[0]: this is the id of a resource; pass the connection's pixel_id"
        ),
    }.items():
        stack.write(f"{DYNAMIC}\n    {lead(pixel_ids=pixels)}")
        assert said in problem(stack.up()), pixels
    stack.write(f"{DYNAMIC}\n    {lead(filter_state='late.apply(lambda _: None)')}")
    assert "filter_state is missing" in problem(stack.up())
    assert stack.resources() == {}
    assert sandbox.requests == []


def test_a_pixel_taken_over_bare_needs_all_three_to_be_managed(
    stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.connect("101")
    stack.write('capig.PixelConnection("shop", pixel_id="101", adopt=True)')
    stack.up().ok()
    stack.write(
        'capig.PixelConnection("shop", pixel_id="101", business_id="1", access_token="EAAB")'
    )
    said = problem(stack.preview())
    assert "external_id: missing: to take over a connected pixel, declare business_id" in said
    assert 'external_id=""' in said

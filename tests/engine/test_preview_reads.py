"""What a preview says once it may read, and how many pixels a run may disconnect."""

from __future__ import annotations

from pulumi_capig.sandbox import Fault, Sandbox
from tests.support.engine import Stack

DELETE = "deleteDataSource"
FIRST = "opts=pulumi.ResourceOptions(delete_before_replace=True)"
READS = {"CAPIG_PREVIEW_READS": "true"}


def shop(pixel: str, *more: str) -> str:
    arguments = [f'"p{pixel}"', f'pixel_id="{pixel}"', 'business_id="1"', 'access_token="EAAB"']
    return f"    capig.PixelConnection({', '.join((*arguments, *more))})\n"


def bare(pixel: str) -> str:
    return f'    capig.PixelConnection("p{pixel}", pixel_id="{pixel}", adopt=True)\n'


def test_a_preview_that_may_read_says_what_up_would(stack: Stack, sandbox: Sandbox) -> None:
    for pixel in ("101", "102"):
        sandbox.connect(pixel)
    stack.write(shop("101") + bare("102") + bare("104"))
    stack.preview().ok()
    assert sandbox.requests == []
    outcome = stack.preview(**READS).failed()
    assert (
        "pixel 101 (account SandboxA): it is connected already; nothing was changed"
        in (outcome.text)
        or "there is nothing to take over: pixel 104 (account SandboxA)" in outcome.text
    )
    assert [request.operation for request in sandbox.requests] == ["token", "list"]

    stack.write(shop("101", "adopt=True", "external_id=''") + bare("102") + shop("103"))
    outcome = stack.preview(**READS).ok()
    for pixel in ("101", "102"):
        assert f"`up` takes over pixel {pixel} (account SandboxA), which is connected" in (
            outcome.text
        )
    assert "103 (account" not in outcome.text
    stack.set_config("capig:previewReads", "true")
    stack.write(bare("104"))
    outcome = stack.preview().failed()
    assert "there is nothing to take over: pixel 104 (account SandboxA)" in outcome.text
    assert {request.operation for request in sandbox.requests} == {"token", "list"}


def test_it_never_refuses_what_up_accepts(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(shop("101", FIRST) + shop("102"))
    stack.up().ok()
    replaced = ("--replace", "**::p101")
    stack.preview(*replaced, **READS).ok()
    stack.up(*replaced).ok()
    urn = stack.resources()["p101"]["urn"]
    stack.run("state", "taint", "--yes", urn).ok()
    stack.preview(**READS).ok()
    stack.up().ok()
    assert DELETE not in [request.operation for request in sandbox.requests]
    # Without that option, both refuse.
    for outcome in (
        stack.preview("--replace", "**::p102", **READS),
        stack.up("--replace", "**::p102"),
    ):
        assert "pixel 102 (account SandboxA): it is connected already" in outcome.failed().text
        assert "untaint" in outcome.text


def test_what_is_deleted_first_is_free_for_another(stack: Stack, sandbox: Sandbox) -> None:
    def program(pixel: str, email: str, more: str = "") -> str:
        return f"""
    first = pulumi.ResourceOptions(delete_before_replace=True)
    def shop(name, pixel, opts):
        return capig.PixelConnection(
            name, pixel_id=pixel, business_id="1", access_token="EAAB", opts=opts
        )
    old = shop("old", "{pixel}", first)
    jo = capig.AccountUser("jo", email="{email}", role="view", opts=first)
    after = pulumi.ResourceOptions(depends_on=[old, jo])
    {more}
"""

    stack.write(program("101", "jo@example.com"))
    stack.up().ok()
    another = """shop("new", "101", after)
    capig.AccountUser("new", email="jo@example.com", role="manage", opts=after)
"""
    stack.write(program("102", "al@example.com", another))
    stack.preview(**READS).ok()
    stack.up().ok()
    stack.is_settled()
    # Where nothing is replaced, both refuse.
    stack.write(program("102", "al@example.com", 'shop("new", "103", after)'))
    stack.up().ok()
    sandbox.connect("104")
    stack.write(program("102", "al@example.com", 'shop("new", "104", after)'))
    for outcome in (stack.preview(**READS), stack.up()):
        assert "it is connected already" in outcome.failed().text


LATER = """
    import pulumi.dynamic
    class Maker(pulumi.dynamic.ResourceProvider):
        def create(self, props):
            return pulumi.dynamic.CreateResult("made", {**props, "yes": True, "pixel": "102"})
    class Made(pulumi.dynamic.Resource):
        yes: pulumi.Output
        pixel: pulumi.Output
        def __init__(self, name):
            super().__init__(Maker(), name, {"yes": None, "pixel": None})
    made = Made("made")
"""


def test_it_refuses_nothing_that_only_up_can_know(stack: Stack, sandbox: Sandbox) -> None:
    jo = '    capig.AccountUser("jo", email="jo@example.com", role="view")\n'
    old = '    old = capig.PixelConnection("old", pixel_id="101", business_id="1",'
    old += f' access_token="EAAB", {FIRST})\n'
    stack.write(jo + old)
    stack.up().ok()
    stack.run("state", "delete", "--yes", stack.resources()["jo"]["urn"]).ok()
    stack.write(
        LATER
        + jo.replace("role=", "adopt=made.yes, role=")
        + old.replace('"101"', "made.pixel")
        + shop("101", "opts=pulumi.ResourceOptions(depends_on=[old])").replace('"p101"', '"new"')
    )
    stack.preview(**READS).ok()
    stack.up("--skip-preview").ok()
    stack.is_settled()


def test_what_is_retained_is_not_free(stack: Stack, sandbox: Sandbox) -> None:
    kept = "opts=pulumi.ResourceOptions(delete_before_replace=True, retain_on_delete=True)"
    stack.write("    old = " + shop("101", kept).lstrip())
    stack.up().ok()
    new = shop("101", "opts=pulumi.ResourceOptions(depends_on=[old])").replace('"p101"', '"new"')
    stack.write("    old = " + shop("102", kept).lstrip().replace('"p102"', '"p101"') + new)
    for outcome in (stack.preview(**READS), stack.up()):
        assert "pixel 101 (account SandboxA): it is connected already" in outcome.failed().text


def test_a_run_disconnects_no_more_pixels_than_it_may(stack: Stack, sandbox: Sandbox) -> None:
    def connected() -> int:
        return len(sandbox.state.pixels(sandbox.tenant_id))

    stack.write(shop("101") + shop("102") + shop("103"))
    stack.up().ok()
    stack.write(shop("104", "publishing=False"))
    # One's own connect that is undone does not count.
    sandbox.inject(Fault.status(500, operation="updateSignalConfigCapiPublish"))
    outcome = stack.up(CAPIG_MAX_DISCONNECTS="0", CAPIG_MAX_RETRIES="0").failed()
    assert "disconnected again" in outcome.text
    assert connected() == 3
    outcome = stack.up(CAPIG_MAX_DISCONNECTS="0").failed()
    assert "may disconnect no more than 0 pixel(s) (CAPIG_MAX_DISCONNECTS" in outcome.text
    assert connected() == 4
    stack.set_config("capig:maxDisconnects", "1")
    stack.up().failed()
    assert connected() == 3
    outcome = stack.destroy(CAPIG_MAX_DISCONNECTS="2").failed()
    assert "this run may disconnect no more than 2 pixel(s)" in outcome.text
    assert connected() == 1
    stack.destroy("--run-program").ok()
    assert connected() == 0

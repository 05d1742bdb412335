"""Signals Gateway on the real CLI: a pipeline with a source and two destinations."""

from __future__ import annotations

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.events import Change, changes
from tests.support.signals import pipelines, sources

PROGRAM = """
    pipe = capig.Pipeline("web", name="Web", blocked_events={blocked})
    P = {{"pipeline_id": pipe.pipeline_id}}
    site = capig.DataSource("site", name="Shop site", type="ADVERTISER_HOSTED_PIXEL", **P)
    capig.ConversionsApiDestination(
        "meta", name="{meta}", dataset_id="18904456377094531", business_id="1",
        api_version="v24.0", access_token="EAAB{token}", blocked_events=["Lead"], **P,
    )
    capig.HttpDestination(
        "lake", name="Lake", endpoint="https://lake.shop.example/events", payload="{{}}",
        auth={{"api_key": {{"name": "X-Key", "value": "{key}", "add_to": "HEADER"}}}}, **P,
    )
    pulumi.export("snippet", site.header_code)
"""
ALL = {"web", "site", "meta", "lake"}


def program(
    *, blocked: str = '["AchievementUnlocked"]', meta: str = "Meta", token: str = "", key: str = "k"
) -> str:
    return PROGRAM.format(blocked=blocked, meta=meta, token=token, key=f"a-secret-{key}")


def test_a_pipeline_comes_lives_and_goes(stack: Stack, sandbox: Sandbox) -> None:
    stack.write(program())
    stack.preview().ok()
    assert sandbox.requests == []
    stack.up().ok()
    stack.is_settled()
    stack.write(program(meta="Meta 2", token="2", key="other", blocked="[]"))
    assert changes(stack, "preview") == {
        Change("web", "update", ("blocked_events",)),
        Change("meta", "update", ("access_token_fingerprint", "name")),
        Change("lake", "update", ("auth_fingerprint",)),
    }
    stack.up().ok()
    stack.is_settled()
    assert "a-secret-" not in stack.everything_written()
    stack.destroy().ok()
    assert stack.resources() == {}


def test_what_replaces_and_what_is_refused(stack: Stack, sandbox: Sandbox) -> None:
    def site(**more: str) -> str:
        declared = {"name": "'Shop'", "type": "'FILE_UPLOAD'", "pipeline_id": "pipe", **more}
        arguments = ", ".join(f"{key}={value}" for key, value in declared.items())
        pipe = 'pipe = capig.Pipeline("web", name="Web")'
        return f'{pipe}\n    capig.DataSource("site", {arguments})'

    stack.write("    " + site())
    stack.up().ok()
    before = stack.resources()["site"]["id"]
    stack.write("    " + site(data_source_id="'123'"))
    assert "the program now says 123" in stack.preview().failed().text
    stack.write("    " + site(type="'ADVERTISER_HOSTED_PIXEL'"))
    assert stack.steps()["site"] in ("replace", "create-replacement", "delete-replaced")
    stack.up().ok()
    after = stack.resources()["site"]
    assert after["id"] != before
    assert "cbq(" in after["outputs"]["header_code"]
    (source,) = sources(sandbox, sandbox.tenant_id)
    assert after["id"].endswith(source.id)

    pipeline = stack.resources()["web"]["id"].rpartition("/")[2]
    sandbox.add_source(pipeline, "By hand", source_id="777")
    stack.write("")
    refused = stack.up().failed().text
    assert "source(s) or destination(s) in it (777)" in refused
    assert set(stack.resources()) == {"web"}
    sandbox.drop_source("777")
    stack.up().ok()
    assert stack.resources() == {}


def test_what_was_clicked_is_taken_over_by_its_id(stack: Stack, sandbox: Sandbox) -> None:
    sandbox.add_pipeline("Clicked", pipeline_id="pl_1", blocked=("Lead",), filter_status=True)
    sandbox.add_source("pl_1", "Site", "ADVERTISER_HOSTED_SDK", source_id="111")
    sandbox.add_destination("pl_1", "Lake", "CUSTOM_HTTP_API", destination_id="dd_1")
    taken = """
    capig.Pipeline("web", name="Mine", blocked_events=["Lead"]{pipe})
    capig.DataSource("site", name="Site", type="ADVERTISER_HOSTED_SDK", pipeline_id="pl_1"{site})
    capig.HttpDestination("lake", name="Lake", active=True, pipeline_id="pl_1"{lake})
    """
    by_id = {
        "pipe": ', pipeline_id="pl_1"',
        "site": ', data_source_id="111"',
        "lake": ', destination_id="dd_1"',
    }
    stack.write(taken.format(**by_id))
    assert "took over pipeline pl_1" in stack.up().ok().text
    stack.is_settled()
    assert [pipeline.name for pipeline in pipelines(sandbox, sandbox.tenant_id)] == ["Mine"]
    stack.write(taken.format(pipe="", site="", lake=""))
    stack.is_settled()
    stack.write(taken.format(**{**by_id, "site": ', data_source_id="222"'}))
    assert "the program now says 222" in stack.preview().failed().text


def test_a_pipeline_that_is_taken_over_replaces_nothing_that_is_in_it(
    stack: Stack, sandbox: Sandbox
) -> None:
    stack.write('    pulumi.export("id", capig.Pipeline("web", name="Web").pipeline_id)')
    stack.up().ok()
    known = stack.run("stack", "output", "id").ok().text.strip()
    stack.run("state", "delete", "--yes", stack.resources()["web"]["urn"]).ok()
    site = """
    capig.DataSource("site", name="Shop", type="FILE_UPLOAD", pipeline_id=PIPELINE)
    """
    stack.write(f'    PIPELINE = "{known}"{site}')
    stack.up().ok()
    stack.write(f'    PIPELINE = capig.Pipeline("web", pipeline_id="{known}").pipeline_id{site}')
    assert changes(stack, "preview") == {Change("web", "create")}
    stack.up().ok()
    stack.is_settled()

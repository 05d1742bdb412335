"""Every example, and the program in the README, on the real CLI."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import sys
from pathlib import Path

import pytest

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import ROOT, SECRET_MARK, Stack
from tests.support.terminal import shows

PIXEL = "18904456377094531"
BUSINESS = "2840127409433732"
TOKEN = "EAAB-a-token-that-must-not-leak"


@pytest.fixture
def clone(stack: Stack) -> Stack:
    """The stack in a folder laid out as the repository is, at its root."""
    shutil.copytree(ROOT / "examples", stack.project / "examples")
    (stack.project / ".venv").symlink_to(sys.prefix)
    return stack


def in_folder(stack: Stack, folder: str) -> Stack:
    """The stack, in the project of one of its folders."""
    stack.project /= folder
    stack.run("stack", "init", "dev").ok()
    return stack


def edit(path: Path, old: str, new: str) -> None:
    source = path.read_text("utf-8")
    assert source.count(old) == 1
    path.write_text(source.replace(old, new), "utf-8")


def test_the_project_in_the_root_is_the_quick_start(clone: Stack, sandbox: Sandbox) -> None:
    shutil.copy(ROOT / "Pulumi.yaml", clone.project)
    clone.environment["PATH"] = f"{sys.prefix}/bin{os.pathsep}{clone.environment['PATH']}"
    clone.run("stack", "init", "dev").ok()
    missing = clone.preview().failed().text
    assert all(name in missing for name in ("pixelId", "businessId", "accessToken"))


def test_quickstart(clone: Stack, sandbox: Sandbox) -> None:
    clone = in_folder(clone, "examples/quickstart")
    missing = clone.preview().failed().text
    assert all(name in missing for name in ("pixelId", "businessId", "accessToken"))

    clone.run(
        *("config", "set-all", "--secret", f"accessToken={TOKEN}"),
        *("--plaintext", f"pixelId={PIXEL}", "--plaintext", f"businessId={BUSINESS}"),
    ).ok()
    assert "5 to create" in clone.preview().ok().text
    assert sandbox.counters.requests == {}
    clone.up().ok()
    clone.is_settled()
    state, tenant = sandbox.state, sandbox.tenant_id
    assert state.effective_event(tenant, "Search", PIXEL) == "DROP"
    assert state.effective_event(tenant, "StaffVisit", PIXEL) == "DROP"
    assert state.effective_domain(tenant, "staging.example.com", PIXEL) == "DROP"

    program = clone.project / "__main__.py"
    edit(program, "receiving=True", "receiving=False")
    edit(program, "publishing=True", "publishing=False")
    clone.up().ok()
    pixel = state.pixel(tenant, PIXEL)
    assert pixel is not None
    assert (pixel.receiving, pixel.publishing) == (False, False)

    clone.destroy().ok()
    assert state.pixels(tenant) == []
    operations = {
        "list",
        "setupPixelSignalConfig",
        "updateSignalConfigEventsStatus",
        "updateSignalConfigCapiPublish",
        "updateEventFilter",
        "updateDomainFilter",
        "deleteDataSource",
    }
    assert operations <= sandbox.counters.requests.keys()


def test_onboarding(clone: Stack, sandbox: Sandbox) -> None:
    stack = in_folder(clone, "examples/onboarding")
    pixels, tokens = stack.project / "pixels.csv", stack.project / "business_access_tokens.csv"
    pixels.write_bytes(
        b"\xef\xbb\xbfbusiness_id,pixel_id\r\n\r\n1,11\r\n1, 12 \r\n,\r\n2,21\r\n2,22\r\n"
    )
    tokens.write_bytes(b"business_id,access_token\r\n1,EAAB-one\r\n2,EAAB-two\r\n3,EAAB-three\r\n")
    outcomes = [stack.preview().ok(), stack.up().ok()]
    stack.is_settled()
    held = {pixel.pixel_id: pixel for pixel in sandbox.state.pixels(sandbox.tenant_id)}
    assert {name: (pixel.business_id, pixel.access_token) for name, pixel in held.items()} == {
        "11": ("1", "EAAB-one"),
        "12": ("1", "EAAB-one"),
        "21": ("2", "EAAB-two"),
        "22": ("2", "EAAB-two"),
    }

    pixels.write_text("business_id,pixel_id\n1,11\n2,21\n2,22\n2,23\n")
    tokens.write_text("business_id,access_token\n1,EAAB-one\n2,EAAB-new\n")
    outcomes.append(stack.up().ok())
    assert "1 created" in outcomes[-1].text
    assert "2 updated" in outcomes[-1].text
    assert "1 deleted" in outcomes[-1].text
    held = {pixel.pixel_id: pixel for pixel in sandbox.state.pixels(sandbox.tenant_id)}
    assert {name: pixel.access_token for name, pixel in held.items()} == {
        "11": "EAAB-one",
        "21": "EAAB-new",
        "22": "EAAB-new",
        "23": "EAAB-new",
    }

    sandbox.clear_requests()
    pixels.write_text("business_id,pixel_id\n1,11\n2,2.1E+16\n1,11\n9,91\n1\n2,22,EAAB-astray\n")
    tokens.write_text("business_id,access_token\n1,EAAB-one\n1,EAAB-other\n2,EAAB new\n3,\n")
    refused = stack.up().failed()
    for line in (
        "business_access_tokens.csv:3: business_id 1 is in business_access_tokens.csv:2 already",
        "business_access_tokens.csv:4: access_token has blanks in it",
        "business_access_tokens.csv:5: access_token is empty",
        "pixels.csv:3: pixel_id is '2.1E+16', not digits alone",
        "pixels.csv:4: pixel_id 11 is in pixels.csv:2 already",
        "pixels.csv:5: business 9 has no usable token in business_access_tokens.csv",
        "pixels.csv:6: pixel_id is empty",
        "pixels.csv:7: 3 values under a header of 2",
    ):
        assert line in refused.text
    assert sandbox.counters.requests == {}

    outcomes += [refused, stack.destroy().ok()]
    assert sandbox.state.pixels(sandbox.tenant_id) == []
    assert SECRET_MARK in stack.everything_written()
    assert "EAAB" not in stack.everything_written()
    assert not any("EAAB" in outcome.text for outcome in outcomes)


def test_onboarding_of_an_id_that_a_spreadsheet_rounded(clone: Stack, sandbox: Sandbox) -> None:
    stack = in_folder(clone, "examples/onboarding")
    (stack.project / "pixels.csv").write_text(
        "business_id,pixel_id\n2840127409433700,18904456377094500\n2840127409433700,319279634094583\n"
    )
    (stack.project / "business_access_tokens.csv").write_text(
        "business_id,access_token\n2840127409433700,EAAB-one\n"
    )
    said = stack.preview().ok().text.partition("Diagnostics:")[2]
    assert said.count("warning: pixel_id 18904456377094500 may be rounded") == 1
    assert said.count("warning: business_id 2840127409433700 may be rounded") == 1
    assert "319279634094583 may be" not in said


def test_onboarding_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    tables = runpy.run_path(str(ROOT / "examples" / "onboarding" / "tables.py"))
    pixels, tokens = tmp_path / "pixels.csv", tmp_path / "tokens.csv"

    def problems() -> str:
        with pytest.raises(tables["BadRowsError"]) as caught:
            tables["read"](pixels, tokens)
        return str(caught.value)

    assert f"{tokens}: No such file" in (text := problems())
    assert f"{pixels}: No such file" in text

    pixels.write_text("business_id,pixel_id\n")
    tokens.write_text("business_id;access_token\n1;EAAB\n")
    assert "pixels.csv: no rows below the header" in (text := problems())
    assert "tokens.csv:1: the header lacks business_id and access_token" in text
    assert "it is 'business_id;access_token', with semicolons between the columns" in text

    pixels.write_text("Business,Pixel\n1,11\n")
    tokens.write_text("1,EAAB\n")
    assert "it is 'Business,Pixel': name the columns business_id,pixel_id" in (text := problems())
    assert "looks like a row; put business_id,access_token above it" in text
    assert "EAAB" not in text

    pixels.write_text("business_id,pixel_id\n1,11\n", encoding="utf-16")
    tokens.write_text('business_id,access_token\n1,"EAAB\n')
    assert "pixels.csv: not UTF-8 text" in (text := problems())
    assert "tokens.csv:2: not CSV" in text
    assert "has no usable token" not in text


README = (ROOT / "README.md").read_text("utf-8")


def in_readme(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def printed(block: str) -> list[str]:
    """What a block shows of each command's output; the stack of the tests has another name."""
    outputs = re.split(r"^\$ .*\n", block, flags=re.MULTILINE)[1:]
    return [output.replace("gateway-dev", "test-dev") for output in outputs]


def test_the_readme_shows_a_program_and_what_pulumi_says_of_it(
    stack: Stack, sandbox: Sandbox
) -> None:
    (program,) = in_readme("python")
    (preview,), (diff,), (refreshed, repaired) = map(printed, in_readme("console"))
    (stack.project / "__main__.py").write_text(program, "utf-8")
    stack.set_config("shopToken", TOKEN, secret=True)
    shows(stack.preview().ok().text, preview)
    assert sandbox.requests == []

    stack.up().ok()
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", PIXEL) == "DROP"
    assert sandbox.state.effective_domain(sandbox.tenant_id, "staging.example.com", PIXEL) == "DROP"

    old, new = (
        'event_name="Lead", filter_state="DROP"',
        'event_name="Lead", filter_state="PUBLISH"',
    )
    edit(stack.project / "__main__.py", old, new)
    shows(stack.preview("--diff").ok().text, diff)

    sandbox.set_switch(PIXEL, publishing=False)
    shows(stack.refresh().ok().text, refreshed)
    shows(stack.up().ok().text, repaired)
    stack.destroy().ok()
    assert sandbox.state.pixels(sandbox.tenant_id) == []


def test_the_home_page_shows_the_program_of_the_readme() -> None:
    home = (ROOT / "docs" / "index.md").read_text("utf-8")
    assert f"```python\n{in_readme('python')[0]}```\n" in home

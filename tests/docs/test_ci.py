"""The CI workflows that users copy: their steps, on the real CLI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pulumi_capig.sandbox import Sandbox
from tests.support.engine import Stack
from tests.support.markdown import ROOT

CI = ROOT / "examples" / "ci"
WORKFLOWS = ROOT / ".github" / "workflows"
PIXEL = "18904456377094531"

BEFORE = f"""
    shop = capig.PixelConnection(
        "shop", pixel_id="{PIXEL}", business_id="1", access_token="EAAB-secret", publishing=True
    )
    capig.EventFilter("leads", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id])
    capig.EventFilter("wide", event_name="Search", filter_state="DROP")
    capig.DomainFilter("gone", domain="a.example", filter_state="DROP")
    capig.DomainFilter("moved", domain="b.example", filter_state="DROP")
"""
AFTER = f"""
    shop = capig.PixelConnection(
        "shop", pixel_id="{PIXEL}", business_id="1", access_token="EAAB-new", publishing=False
    )
    capig.EventFilter("leads", event_name="Lead", filter_state="PUBLISH", pixel_ids=[shop.pixel_id])
    capig.EventFilter("wide", event_name="Search", filter_state="DROP", pixel_ids=[shop.pixel_id])
    capig.DomainFilter("moved", domain="c.example", filter_state="DROP")
    capig.EventFilter("new", event_name="purchase", filter_state="DROP")
"""


def script(workflow: str, job: str, *steps: str) -> str:
    """What a job runs, without what prepares the machine."""
    content = yaml.safe_load((CI / workflow).read_text("utf-8"))
    if workflow == "gitlab-ci.yml":
        return "\n".join(content[job]["script"])
    named = {step.get("name"): step.get("run") for step in content["jobs"][job]["steps"]}
    return "\n".join(named[step] for step in steps)


@pytest.fixture
def stack(tmp_path: Path, sandbox: Sandbox) -> Stack:
    """A project as the workflows expect it, its stack brought up."""
    stack = Stack(tmp_path, {**sandbox.environment(), "PULUMI_STACK": "dev"}, BEFORE)
    stack.up().ok()
    return stack


def run(stack: Stack, commands: str, **environment: str) -> subprocess.CompletedProcess[str]:
    summary = stack.project / "summary.md"
    path = f"{Path(sys.executable).parent}{os.pathsep}{stack.environment['PATH']}"
    return subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=stack.project,
        env={
            **stack.environment,
            "PATH": path,
            "GITHUB_STEP_SUMMARY": str(summary),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_from_a_pull_request_to_the_merge(stack: Stack, sandbox: Sandbox) -> None:
    preview = script("github-actions.yml", "preview", "preview")
    assert run(stack, preview).returncode == 0
    assert "Nothing changes." in (stack.project / "summary.md").read_text("utf-8")

    stack.write(AFTER)
    sandbox.clear_requests()
    secrets = dict.fromkeys(("CAPIG_CLIENT_ID", "CAPIG_CLIENT_SECRET"), "")
    done = run(stack, script("gitlab-ci.yml", "preview"), **secrets)
    assert done.returncode == 0, done.stderr
    assert sandbox.requests == []
    comment = (stack.project / "comment.md").read_text("utf-8")
    rows = [line for line in comment.splitlines() if line.startswith("| ")][2:]
    opened = {row.split("`")[1]: row for row in rows if row.startswith("| **opens** ")}
    assert opened.keys() == {"Lead", "Search", "a.example", "b.example"}
    assert f"for all pixels but `{PIXEL}`" in opened["Search"]
    assert "EventFilter `leads` | `filter_state` `DROP` → `PUBLISH`" in opened["Lead"]
    assert "DomainFilter `moved` | `domain` `b.example` → `c.example`" in opened["b.example"]
    assert "DomainFilter `gone` | no longer in the program" in opened["a.example"]
    (shop,) = [row for row in rows if "PixelConnection `shop`" in row]
    assert "`access_token` changes; `publishing` `true` → `false`" in shop
    assert any("holds back event `purchase`" in row for row in rows)
    assert "event purchase is not the standard event Purchase" in comment
    assert "EAAB" not in comment + done.stdout
    assert "__provider" not in comment

    assert run(stack, script("github-actions.yml", "up", "up")).returncode == 0
    assert sandbox.state.pixel(sandbox.tenant_id, PIXEL).publishing is False
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", PIXEL) == "PUBLISH"


def test_a_preview_that_fails_is_a_comment_and_a_failed_job(stack: Stack) -> None:
    preview = script("github-actions.yml", "preview", "preview")
    stack.write('capig.PixelConnection("shop", pixel_id="x|y", business_id="1", access_token="a")')
    assert run(stack, preview).returncode == 1
    comment = (stack.project / "comment.md").read_text("utf-8")
    assert "a pixel id must be decimal digits" in comment
    assert "**The preview failed.**" in comment
    assert run(stack, preview, PULUMI_STACK="none").returncode != 0
    comment = (stack.project / "comment.md").read_text("utf-8")
    assert "**The preview failed.**" in comment
    assert "no stack selected" in comment


def test_the_night_finds_drift_and_puts_filters_in_force_again(
    stack: Stack, sandbox: Sandbox
) -> None:
    sandbox.set_event_filter("Lead", "PUBLISH", [PIXEL])
    quiet = run(stack, script("github-actions.yml", "drift", "drift", "filters"))
    assert quiet.returncode == 0, quiet.stdout
    assert sandbox.state.effective_event(sandbox.tenant_id, "Lead", PIXEL) == "DROP"

    sandbox.set_switch(PIXEL, publishing=False)
    loud = run(stack, script("gitlab-ci.yml", "drift"))
    assert loud.returncode == 7
    assert "publishing" in loud.stdout


def test_the_night_finds_pixels_that_nobody_manages(stack: Stack, sandbox: Sandbox) -> None:
    unmanaged = script("github-actions.yml", "drift", "unmanaged")
    assert run(stack, unmanaged).returncode == 0
    sandbox.connect("777")
    found = run(stack, unmanaged)
    assert (found.returncode, found.stdout) == (1, f"account {sandbox.tenant_id}: pixel 777\n")
    assert run(stack, script("gitlab-ci.yml", "drift")).returncode == 1


@pytest.mark.parametrize(
    "path",
    [*sorted(WORKFLOWS.glob("*.yml")), CI / "github-actions.yml"],
    ids=lambda p: p.name,
)
def test_workflows_name_actions_by_commit_and_begin_with_few_rights(path: Path) -> None:
    text = path.read_text("utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    assert content["permissions"] in ({}, {"contents": "read"})
    for line in text.splitlines():
        if "uses:" in line:
            commit = line.partition("@")[2].split()[0]
            assert len(commit) == 40, line
    for job in content["jobs"].values():
        for step in job["steps"]:
            # What others write, such as a branch's name, never stands in a script.
            assert "${{" not in step.get("run", ""), step

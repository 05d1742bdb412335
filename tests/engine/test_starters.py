"""The examples that people start from, each by doing what its README says."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from pulumi_capig import canonical
from pulumi_capig.sandbox import Sandbox
from pulumi_capig.sandbox.parts.destinations import Destinations
from pulumi_capig.sandbox.parts.pipelines import Pipelines
from pulumi_capig.sandbox.parts.sources import Sources
from pulumi_capig.sandbox.state import Pixel
from tests.support import warm
from tests.support.engine import ROOT, SECRET_MARK, Outcome, Stack, cli
from tests.support.markdown import Block, blocks
from tests.support.terminal import shows

EXAMPLES = ROOT / "examples"
RETAIL, CLINIC = "SandboxA", "SandboxB"
US, UK, DE = "319279634094583", "824710156172809", "18904456377094531"

_SECRET = re.compile(r"(pulumi config set --secret (\w+))\b")


def readme(example: str) -> Path:
    return EXAMPLES / example / "README.md"


class Walk:
    """A README, followed block by block by somebody in its folder.

    Attributes:
        secrets: What is typed where Pulumi asks for a secret, by its key.
    """

    def __init__(self, stack: Stack, example: str) -> None:
        stack.project /= f"examples/{example}"
        self.secrets: dict[str, str] = {}
        self._stack = stack
        self._blocks = blocks(readme(example))
        self._exports: list[str] = []

    def run(self) -> Outcome:
        """Type the next block of commands, and see what the README shows of their output."""
        commands = self._next("sh").text
        answered = _SECRET.sub(self._with_its_secret, commands)
        outcome = self._stack.shell("\n".join([*self._exports, answered])).ok()
        self._exports += re.findall(r"^export .*$", commands, re.MULTILINE)
        if self._blocks and self._blocks[0].language == "console":
            shows(outcome.text, self._next("console").text)
        return outcome

    def edit(self) -> None:
        """Change a file as the next block shows."""
        block = self._next("diff")
        lines = block.text.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        path = self._stack.project / block.title
        source = path.read_text("utf-8")
        assert source.count(old) == 1, f"{block.title} does not hold once:\n{old}"
        path.write_text(source.replace(old, new), "utf-8")

    def write(self) -> None:
        """Write the next block of Python into its file."""
        block = self._next("python")
        (self._stack.project / block.title).write_text(block.text, "utf-8")

    def is_over(self) -> None:
        """Nothing of the README is left."""
        assert self._blocks == []

    def _next(self, kind: str) -> Block:
        block = self._blocks.pop(0)
        assert block.language == kind, block.place
        return block

    def _with_its_secret(self, command: re.Match[str]) -> str:
        return f"{command[1]} < <(printf %s {shlex.quote(self.secrets[command[2]])})"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox gateway with the accounts that the examples name."""
    with Sandbox(accounts=(RETAIL, CLINIC)) as running:
        yield running


@pytest.fixture
def clone(stack: Stack) -> Stack:
    """The stack in a folder laid out as the repository is, at its root."""
    shutil.copytree(EXAMPLES, stack.project / "examples")
    (stack.project / ".venv").symlink_to(warm.environment(cli()))
    stack.environment |= {
        "PATH": f"{Path(sys.executable).parent}:{stack.environment['PATH']}",
        "PULUMI_SKIP_CONFIRMATIONS": "true",  # nobody is there to answer
        "PULUMI_OPTION_SKIP_PREVIEW": "true",  # `up` runs the program once, not twice
        "PYTHONUNBUFFERED": "",
    }
    return stack


def test_onboarding(clone: Stack, sandbox: Sandbox) -> None:
    (clone.project / "examples" / "onboarding" / "business_access_tokens.csv").unlink(
        missing_ok=True  # of somebody who tried it here
    )
    walk = Walk(clone, "onboarding")
    walk.run()
    walk.run()
    assert sandbox.counters.requests == {}
    walk.run()
    walk.is_over()
    held = {pixel.pixel_id: pixel.access_token for pixel in sandbox.state.pixels(RETAIL)}
    assert held == {
        "2000000000000001": "EAAB-sample-one",
        "2000000000000002": "EAAB-sample-one",
        "2000000000000003": "EAAB-sample-two",
    }


def test_consent(clone: Stack, sandbox: Sandbox) -> None:
    for account, pixel in ((RETAIL, US), (CLINIC, UK)):
        sandbox.connect(pixel, tenant=account)
    becomes = sandbox.state.effective_event
    walk = Walk(clone, "consent")
    walk.run()
    assert becomes(RETAIL, "Lead", US) == becomes(CLINIC, "Lead", UK) == "DROP"
    assert becomes(RETAIL, "Purchase", US) == "PUBLISH"
    assert becomes(CLINIC, "Purchase", UK) == "DROP"

    walk.edit()
    walk.run()
    assert becomes(RETAIL, "Search", US) == becomes(CLINIC, "Search", UK) == "PUBLISH"
    walk.run()
    assert becomes(RETAIL, "Search", US) == becomes(CLINIC, "Search", UK) == "DROP"
    walk.is_over()

    policy = clone.project / "policy.py"
    policy.write_text(policy.read_text("utf-8").replace('    "Lead": DROP,\n', ""), "utf-8")
    assert "policy.py does not say what becomes of Lead" in clone.preview().failed().text

    clone.destroy().ok()
    assert becomes(RETAIL, "Lead", US) == becomes(CLINIC, "Purchase", UK) == "DROP"


def test_staging(clone: Stack, sandbox: Sandbox) -> None:
    for account, pixel in ((RETAIL, US), (CLINIC, UK)):
        sandbox.connect(pixel, tenant=account)
    becomes = sandbox.state.effective_domain
    walk = Walk(clone, "staging")
    walk.run()
    walk.edit()
    walk.run()
    walk.is_over()
    for host in ("preview.example.com", "xn--bcher-test-9db.example", "pr-17.preview.example.com"):
        assert becomes(RETAIL, host, US) == becomes(CLINIC, host, UK) == "DROP"

    hosts = clone.project / "hosts.txt"
    hosts.write_text("*.preview.example.com\n", "utf-8")
    assert "the gateway does not know wildcards" in clone.preview().failed().text


def test_staging_says_why_a_host_is_refused() -> None:
    text = readme("staging").read_text("utf-8")
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \|$", text, re.MULTILINE)
    assert len(rows) == 7
    for host, reason in rows:
        with pytest.raises(ValueError, match=f"^{re.escape(reason)}"):
            canonical.domain(host)


def test_token_rotation(clone: Stack, sandbox: Sandbox) -> None:
    sandbox.dialect = replace(sandbox.dialect, second_setup="resets-switches")
    walk = Walk(clone, "token-rotation")
    walk.secrets = {"nordicToken": "EAAB-nordic", "iberiaToken": "EAAB-iberia"}
    printed = [walk.run()]
    sandbox.set_switch(UK, publishing=False)
    sandbox.clear_requests()

    walk.secrets["nordicToken"] = "EAAB-rotated"
    printed.append(walk.run())
    assert sandbox.requests == []
    printed.append(walk.run())
    held = {pixel.pixel_id: pixel for pixel in sandbox.state.pixels(RETAIL)}
    assert {pixel_id: pixel.access_token for pixel_id, pixel in held.items()} == {
        US: "EAAB-rotated",
        UK: "EAAB-rotated",
        DE: "EAAB-iberia",
    }
    assert [held[pixel].publishing for pixel in (US, UK, DE)] == [True, False, True]
    asked = dict(sandbox.counters.requests)
    assert asked.pop("token") == 1
    assert asked == {"list": 1, "setupPixelSignalConfig": 2, "updateSignalConfigCapiPublish": 1}

    secret = clone.project / "gateway-secret.txt"
    secret.write_text("the-old-one\n")
    stale = clone.refresh(CAPIG_CLIENT_SECRET=f"file:{secret.name}").failed().text
    assert "401" in stale
    secret.write_text(f"{sandbox.client_secret}\n")
    del clone.environment["CAPIG_CLIENT_SECRET"]
    printed.append(walk.run())
    walk.is_over()
    assert not any("EAAB" in outcome.text for outcome in printed)
    assert "the-old-one" not in stale
    written = clone.everything_written()
    assert SECRET_MARK in written
    assert not any(text in written for text in ("EAAB", "the-old-one", sandbox.client_secret))


def test_component(clone: Stack, sandbox: Sandbox) -> None:
    walk = Walk(clone, "component")
    walk.secrets = {"businessToken": "EAAB-shops"}
    walk.run()
    walk.write()
    walk.run()
    first = {name: resource["id"] for name, resource in clone.resources().items()}
    assert set(first) == {"shop-pixel", "no-search", "no-staging"}
    sandbox.clear_requests()

    shutil.copy(EXAMPLES / "component" / "__main__.py", clone.project)
    walk.run()
    assert sandbox.requests == []
    walk.run()
    moved = clone.resources()
    assert moved["shop"]["id"] == first["shop-pixel"]
    assert moved["shop-drop-Search"]["id"] == first["no-search"]
    assert moved["shop-block-staging.example.com"]["id"] == first["no-staging"]
    assert all("gateway:FilteredPixel" in resource["parent"] for resource in moved.values())
    connected = [change.key for change in sandbox.state.history if change.kind == "pixel"]
    assert connected == [(DE,), (US,)]
    becomes = sandbox.state.effective_event
    assert becomes(RETAIL, "Search", DE) == becomes(RETAIL, "Lead", DE) == "DROP"

    program = clone.project / "__main__.py"
    source = program.read_text("utf-8")
    program.write_text(re.sub(r"    # These.*?    },\n", "", source, flags=re.DOTALL), "utf-8")
    assert "formerly" not in program.read_text("utf-8")
    clone.preview("--expect-no-changes").ok()

    walk.run()
    walk.is_over()
    assert sandbox.state.pixels(RETAIL) == []
    assert "PUBLISH" not in sandbox.state.event_trail(RETAIL, "Search", DE)[1:]
    assert "EAAB" not in clone.everything_written()


def test_brownfield(clone: Stack, sandbox: Sandbox) -> None:
    def held() -> list[list[Pixel]]:
        return [sandbox.state.pixels(account) for account in (RETAIL, CLINIC)]

    for pixel in (US, UK):
        sandbox.connect(pixel)
    sandbox.set_switch(US, publishing=False)
    sandbox.connect(DE, tenant=CLINIC)
    found = held()
    walk = Walk(clone, "brownfield")
    walk.run()
    walk.run()
    assert held() == found

    sandbox.set_switch(UK, publishing=False)
    found = held()
    walk.run()
    walk.edit()
    walk.run()
    assert set(clone.resources()) == {f"{RETAIL}-{US}", f"{RETAIL}-{UK}", f"{CLINIC}-{DE}"}

    walk.edit()
    walk.run()
    pixels = clone.project / "pixels.py"
    *others, uk, de = pixels.read_text("utf-8").split("\n\n")
    assert UK in uk
    pixels.write_text("\n\n".join([*others, de]), "utf-8")
    walk.run()
    assert set(clone.resources()) == {f"{RETAIL}-{US}", f"{CLINIC}-{DE}"}
    walk.run()
    assert set(clone.resources()) == {f"{RETAIL}-{US}"}
    walk.run()
    walk.is_over()
    assert held() == found


def test_advertiser(clone: Stack, sandbox: Sandbox) -> None:
    clone.environment["PYTHONPATH"] = str(Path(__file__).parent / "stand_ins")
    walk = Walk(clone, "advertiser")
    walk.secrets = {"token": "EAAB-of-the-shop"}
    walk.run()
    walk.run()
    assert sandbox.requests == []
    printed = walk.run().text
    (mail,) = sandbox.mails
    assert mail.to == "owner@shop.example"
    assert printed.splitlines()[-1] == mail.link
    (tenant,) = set(sandbox.state.accounts) - {RETAIL, CLINIC}
    becomes = sandbox.state.effective_event, sandbox.state.effective_domain
    assert {pixel.pixel_id for pixel in sandbox.state.pixels(tenant)} == {DE, US}
    assert becomes[0](tenant, "Lead", US) == "DROP"
    assert becomes[1](tenant, "checkout.partner.example", DE) == "DROP"

    walk.edit()
    walk.run()
    assert sandbox.state.accounts[tenant].name == "Shop AG"
    clone.preview("--expect-no-changes").ok()

    walk.edit()
    walk.run()
    assert sandbox.state.accounts[tenant].status == 2
    walk.run()
    walk.is_over()
    assert set(sandbox.state.accounts) == {RETAIL, CLINIC}
    written = clone.everything_written()
    assert SECRET_MARK in written
    assert "EAAB" not in written
    assert mail.link not in written


def test_signals(clone: Stack, sandbox: Sandbox) -> None:
    walk = Walk(clone, "signals")
    walk.secrets = {"token": "EAAB-of-the-dataset", "lakeKey": "key-of-the-lake"}
    walk.run()
    walk.run()
    assert sandbox.requests == []
    printed = walk.run().text
    (pipeline,) = sandbox.state.part(Pipelines).of(RETAIL)
    (site,) = sandbox.state.part(Sources).of(RETAIL)
    destinations = {d.name: d for d in sandbox.state.part(Destinations).of(RETAIL)}
    meta, lake = destinations["Meta"], destinations["Lake"]
    assert pipeline.blocked == ("AchievementUnlocked",)
    assert pipeline.blocked_by_destination == {meta.id: ("Lead",)}
    assert f"/{site.id}/" in printed
    assert meta.config["metaDatasetId"] == DE
    assert "{{event_name}}" in lake.config["payloadSchema"]
    clone.preview("--expect-no-changes").ok()

    walk.edit()
    walk.run()
    (pipeline,) = sandbox.state.part(Pipelines).of(RETAIL)
    assert pipeline.blocked_by_destination == {meta.id: (), lake.id: ("Purchase",)}
    walk.secrets["lakeKey"] = "other-key-of-the-lake"
    walk.run()
    walk.run()
    held = sandbox.state.part(Destinations).get(RETAIL, lake.id)
    assert held is not None
    assert held.config["apiKeyAuth"]["value"] == "other-key-of-the-lake"
    walk.run()
    walk.is_over()
    assert not sandbox.state.part(Pipelines).of(RETAIL)
    written = clone.everything_written()
    assert SECRET_MARK in written
    assert "of-the-lake" not in written
    assert "EAAB" not in written


AGAINST_THE_RULES = f"""
    shop = capig.PixelConnection(
        "shop", pixel_id="{US}", business_id="1", access_token="EAAB-shop", publishing=True
    )
    capig.EventFilter("quiz", event_name="HealthQuiz", filter_state="PUBLISH")
    capig.EventFilter(
        "leads", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id]
    )
"""
BY_THE_RULES = f"""
    capig.PixelConnection(
        "shop", pixel_id="{US}", business_id="1", access_token="EAAB-shop", publishing=False,
        opts=pulumi.ResourceOptions(protect=True),
    )
    for event in ("Lead", "SubmitApplication", "HealthQuiz"):
        capig.EventFilter(event, event_name=event, filter_state="DROP")
"""
MORE_HELD_BACK = (
    BY_THE_RULES
    + f"""
    capig.EventFilter("contact", event_name="Contact", filter_state="DROP")
    capig.EventFilter("old-name", event_name="Schedule", filter_state="DROP")
    capig.DomainFilter(
        "hosts", domain="preview.example.com", filter_state="DROP", pixel_ids=["{US}", "{UK}"]
    )
    capig.EventFilter(
        "kept", event_name="Donate", filter_state="DROP",
        opts=pulumi.ResourceOptions(retain_on_delete=True),
    )
"""
)
LESS_HELD_BACK = (
    BY_THE_RULES
    + f"""
    capig.EventFilter("contact", event_name="Contact", filter_state="DROP", pixel_ids=["{UK}"])
    capig.EventFilter("new-name", event_name="Schedule", filter_state="DROP")
    capig.DomainFilter(
        "hosts", domain="preview.example.com", filter_state="DROP", pixel_ids=["{UK}"]
    )
"""
)


def test_policy_pack(clone: Stack, sandbox: Sandbox) -> None:
    folder, shown, refusal, program = (block.text for block in blocks(readme("policy-pack")))
    shop = clone.project / "examples" / "shop"
    shop.mkdir()
    shutil.move(clone.project / "Pulumi.yaml", shop)
    clone.project = shop
    clone.write(AGAINST_THE_RULES)
    clone.run("stack", "init", "staging").ok()
    host = cli().resolve().with_name("pulumi-language-python")
    preview = folder
    if host.read_bytes().startswith(b"#!"):  # the project's own host, not an official one
        message = re.escape(refusal.strip()).replace("…", ".*")
        assert re.search(message, clone.shell(folder).failed().text)
        preview = program

    refused = clone.shell(preview).failed()
    shows(refused.text, shown)
    for violation in (
        "HealthQuiz is sensitive",
        f"account {RETAIL} does not drop Lead, SubmitApplication, HealthQuiz",
        "this is a staging stack",
        "a delete would disconnect the pixel",
    ):
        assert refused.text.count(violation) == 1
    assert "EAAB" not in refused.text

    clone.write(BY_THE_RULES)
    assert "[advisory]" not in clone.shell(preview.replace("preview", "up")).ok().text
    assert sandbox.state.effective_event(RETAIL, "HealthQuiz", US) == "DROP"

    clone.write(MORE_HELD_BACK)
    assert "will pass" not in clone.shell(preview.replace("preview", "up")).ok().text
    clone.write(LESS_HELD_BACK)
    said = clone.shell(preview).ok().text
    assert f"account {RETAIL}: preview.example.com will pass for pixel {US}, and is held" in said
    assert f"account {RETAIL}: Contact will pass for the whole account, and is held" in said
    assert said.count("[advisory]  nothing-held-back-is-opened") == 2


def test_each_example_requires_what_it_imports() -> None:
    for program in EXAMPLES.glob("*/__main__.py"):
        folder = program.parent
        needs = folder / "requirements.txt"
        required = {Requirement(line).name for line in lines(needs)} if needs.exists() else set()
        # How to install the package, which brings Pulumi along, is said on a page for all.
        assert imported_by(folder) <= required | {"pulumi", "pulumi-capig"}, folder.name


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def imported_by(folder: Path) -> set[str]:
    """The packages of others that the programs of a folder import."""
    imported = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    own = {path.stem for path in folder.glob("*.py")} | {"pixels"}  # which `capig export` writes
    return {name.replace("_", "-") for name in imported - own - sys.stdlib_module_names}


def test_the_page_of_examples_names_each_and_their_readmes_point_to_what_exists() -> None:
    page = (ROOT / "docs" / "examples.md").read_text("utf-8")
    named = re.findall(r"^\| [^`]+? \| \[`([\w-]+)`\]\(\S+\) \|", page, re.MULTILINE)
    readmes = sorted(EXAMPLES.glob("*/README.md"))
    assert sorted(named) == [path.parent.name for path in readmes]
    for path in readmes:
        for target in re.findall(r"\]\(([^)\s#]+)", path.read_text("utf-8")):
            assert "://" in target or (path.parent / target).is_file(), f"{path}: {target}"

"""All pages: what they show compiles and runs, and what they point to exists."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from pulumi_capig import dynamic, settings
from pulumi_capig.sandbox import Sandbox
from tests.support import warm
from tests.support.engine import Stack, cli
from tests.support.markdown import DOCS, PAGES, ROOT, Block, blocks, name

PYTHON = [block for page in PAGES for block in blocks(page, "python")]
SHELL = [block for page in PAGES for block in blocks(page, "sh")]
PROGRAMS = [
    block
    for block in PYTHON
    if "import pulumi_capig as capig" in block.text
    and not block.title
    and not re.search(r"\bprint\(", block.text)
]

BY_OTHERS = {"benchmark.md", "faults.md", "interruption.md", "security.md"}


def place(block: Block) -> str:
    return block.place


@pytest.mark.parametrize("block", PYTHON, ids=place)
def test_python_compiles(block: Block) -> None:
    compile(block.text, block.place, "exec")


@pytest.mark.parametrize("block", SHELL, ids=place)
def test_shell_parses(block: Block) -> None:
    done = subprocess.run(
        ["bash", "-n"], input=block.text, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_a_page_points_to_exists(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        pointed = (page.parent / path).resolve() if path else page
        if pointed.name in BY_OTHERS and not pointed.exists():
            continue
        assert pointed.is_file(), target
        if anchor:
            assert anchor in anchors(pointed), target


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    # A heading may name its anchor, so that addresses outlast its words.
    headings = [re.sub(r".* \{ #([\w-]+) \}$", r"\1", heading) for heading in headings]
    kept = (re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in headings)
    return {re.sub(r"[\s-]+", "-", heading) for heading in kept}


def test_every_page_is_in_the_navigation_once() -> None:
    listed = re.findall(r"^ +- ([\w/-]+\.md)$|^  - Home: (index\.md)$", mkdocs(), re.MULTILINE)
    pages = [one or other for one, other in listed]
    assert len(pages) == len(set(pages))
    examples = {f"examples/{readme.parent.name}.md" for readme in ROOT.glob("examples/*/README.md")}
    assert examples <= set(pages)
    pages = [page for page in pages if page not in examples]
    assert set(map(name, PAGES)) - set(pages) == set()
    assert set(pages) - set(map(name, PAGES)) <= BY_OTHERS


def mkdocs() -> str:
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    assert yaml.safe_load(text)["strict"] is True
    return text


@pytest.mark.parametrize(
    ("task", "page"),
    [
        ("block a website on all pixels", "resources/domain-filter.md"),
        ("everything: pixels, accounts, people, domains, pipelines", "coming-from-clicking.md"),
        ("rotate a token", "recipes.md"),
        ("what a delete does", "deletes.md"),
        ("why a CI job is red", "ci.md"),
        ("give a colleague access", "resources/account-user.md"),
        ("hand an account over to its owner", "advertiser.md"),
        ("understand an error message", "troubleshooting.md"),
    ],
)
def test_a_newcomer_finds_it_in_one_click(task: str, page: str) -> None:
    rows = (DOCS / "index.md").read_text("utf-8").splitlines()
    (row,) = (row for row in rows if row.startswith("| ") and task in row)
    assert f"]({page}" in row


def test_the_page_of_settings_names_each_of_them() -> None:
    page = (DOCS / "settings.md").read_text("utf-8")
    for setting in settings.TABLE:
        assert f"`{setting.variable}`" in page
        assert f"`capig:{setting.key}`" in page


def test_the_page_of_architecture_names_what_there_is() -> None:
    table = (DOCS / "architecture.md").read_text("utf-8").partition("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    parts = [part for cell in cells for part in re.findall(r"`([^`]+)`", cell)]
    assert parts
    for part in parts:
        assert (ROOT / "pulumi_capig" / part).exists(), part


def test_the_state_contract_names_each_provider_class() -> None:
    page = (DOCS / "state-contract.md").read_text("utf-8")
    classes = [c for c in vars(dynamic).values() if isinstance(c, type) and hasattr(c, "kind")]
    assert classes
    for provider in classes:
        assert f"{provider.__name__}`" in page


def test_each_runtime_dependency_has_its_reason() -> None:
    needed = [r for r in metadata.requires("pulumi-capig") or () if "extra ==" not in r]
    names = {re.split(r"[<>=\[]", requirement)[0] for requirement in needed}
    pages = {page.stem.removeprefix("dependency-") for page in DOCS.rglob("dependency-*.md")}
    assert pages == names


@pytest.mark.parametrize("block", PROGRAMS, ids=place)
def test_a_whole_program_goes_up(stack: Stack, sandbox: Sandbox, block: Block) -> None:
    if re.search(r"adopt=True|\.get\(|get_pixel", block.text):
        for pixel in set(re.findall(r"\b\d{15,17}\b", block.text)):
            sandbox.connect(pixel)
    for key in re.findall(r"require_secret\(\"(\w+)\"\)", block.text):
        stack.set_config(key, "EAAB-of-the-documentation", secret=True)
    (stack.project / "__main__.py").write_text(block.text, "utf-8")
    stack.up().ok()


def test_the_guide_to_signals_gateway_shows_the_program_of_its_example() -> None:
    shown = next(b for b in blocks(DOCS / "signals-gateway.md", "python") if b.title)
    program = ast.parse((ROOT / "examples" / "signals" / "__main__.py").read_text("utf-8"))
    del program.body[0]  # its docstring
    assert ast.dump(ast.parse(shown.text)) == ast.dump(program)


def test_tests_of_users_run_as_they_are_shown(tmp_path: Path) -> None:
    for block in blocks(DOCS / "testing.md", "python", "yaml"):
        if block.title:
            file = tmp_path / block.title
            file.parent.mkdir(exist_ok=True)
            file.write_text(block.text, "utf-8")
    path = f"{warm.cli(cli())}:{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(tmp_path)],
        cwd=tmp_path,
        env={"PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout

"""`capig export`: the program it writes, and that the program takes everything over."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pulumi_capig.cli.program import ExportedAccount, ExportedConnection
from pulumi_capig.sandbox import Fault, Sandbox
from tests.cli.conftest import Capig
from tests.support.engine import Stack

BOTH = ("--tenant", "SandboxB", "--tenant", "SandboxA")


def is_formatted(source: str) -> bool:
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "format", "--isolated", "--check", "-"], input=source, capture_output=True, text=True
    )
    return done.returncode == 0


def fill(sandbox: Sandbox) -> None:
    sandbox.connect("9000000000000001", name="Shop", publishing=False)
    sandbox.connect("101", receiving=False)
    sandbox.connect("20", name='Odd\n"""\nimport os # \x1b[31m')
    sandbox.connect("101", tenant="SandboxB")


def test_the_program(capig: Capig, sandbox: Sandbox) -> None:
    fill(sandbox)
    done = capig("export", *BOTH)
    assert (done.returncode, done.stderr) == (0, "")
    assert is_formatted(done.stdout)
    assert (
        '''ACCOUNT_SandboxA = "SandboxA"
# Second
ACCOUNT_SandboxB = "SandboxB"

# Odd """ import os # [31m
capig.PixelConnection(
    "SandboxA-20",
    tenant_id=ACCOUNT_SandboxA,
    pixel_id="20",
    receiving=True,
    publishing=True,
    adopt=True,
    opts=pulumi.ResourceOptions(protect=True),
)

capig.PixelConnection(
    "SandboxA-101",
    tenant_id=ACCOUNT_SandboxA,
    pixel_id="101",
    receiving=False,
    publishing=True,
'''
        in done.stdout
    )
    assert "set-behind-the-back" not in done.stdout
    names = [
        node.args[0].value
        for node in ast.walk(ast.parse(done.stdout))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
    ]
    assert names == ["SandboxA-20", "SandboxA-101", "SandboxA-9000000000000001", "SandboxB-101"]


def test_what_is_not_told_is_not_declared(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    gone = frozenset({"ConnectionStatus.eventBridgeActive", "ConnectionStatus.publishingEnabled"})
    sandbox.dialect = replace(sandbox.dialect, unknown_fields=gone)
    text = capig("export").stdout
    assert 'pixel_id="101"' in text
    assert "receiving" not in text
    assert "publishing" not in text


def test_an_empty_account(capig: Capig) -> None:
    done = capig("export")
    assert done.returncode == 0
    assert "# No pixel is connected." in done.stdout
    assert is_formatted(done.stdout)


def test_an_account_that_cannot_be_read_leaves_no_half_program(
    capig: Capig, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.connect("101")
    sandbox.inject(Fault.status(500, operation="list", tenant="SandboxB", times=None))
    done = capig("export", *BOTH, "-o", "pixels.py")
    assert (done.returncode, done.stdout) == (3, "")
    assert not (tmp_path / "pixels.py").exists()


def test_a_file_is_written_again_and_hand_edits_stay(
    capig: Capig, sandbox: Sandbox, tmp_path: Path
) -> None:
    fill(sandbox)
    file = tmp_path / "pixels.py"
    assert capig("export", *BOTH, "-o", file).returncode == 0
    first = file.read_bytes()
    assert capig("export", *BOTH, "-o", file).stderr.splitlines() == [
        f"capig: {file} written: 4 pixels of 2 accounts",
        "Next: add `import pixels` to the __main__.py beside it; `pulumi preview` shows what "
        "`pulumi up` takes over.",
    ]
    assert is_formatted(first.decode())
    assert capig("export", *reversed_pairs(BOTH), "-o", file).returncode == 0
    assert file.read_bytes() == first

    sandbox.connect("102")
    assert capig("export", *BOTH, "-o", file).returncode == 0
    added = set(file.read_text().splitlines()) - set(first.decode().splitlines())
    assert {'    "SandboxA-102",', '    pixel_id="102",'} <= added

    edited = file.read_text().replace("receiving=True", "receiving=False")
    file.write_text(edited)
    done = capig("export", *BOTH, "-o", file)
    assert done.returncode == 2
    assert "edited by hand" in done.stderr
    assert file.read_text() == edited
    assert capig("export", *BOTH, "-o", file, "--force").returncode == 0
    assert file.read_text() != edited


def reversed_pairs(arguments: tuple[str, ...]) -> list[str]:
    return [*arguments[2:], *arguments[:2]]


def test_running_it_takes_everything_over_and_writes_nothing(
    capig: Capig, sandbox: Sandbox, tmp_path: Path
) -> None:
    fill(sandbox)
    stack = Stack(tmp_path, sandbox.environment())
    exported = stack.project / "__main__.py"
    exported.unlink()
    assert capig("export", *BOTH, "-o", exported).returncode == 0
    before = sandbox.state.history
    sandbox.clear_requests()
    assert set(stack.steps().values()) == {"create"}
    assert sandbox.counters.requests == {}
    done = stack.up().ok()
    unchanged = re.findall(r"took over (pixel \d+ \(account \w+\)): nothing had to be", done.text)
    assert len(set(unchanged)) == 4
    assert sandbox.counters.requests.keys() == {"token", "list"}
    stack.is_settled()
    assert sandbox.counters.requests.keys() == {"token", "list"}
    assert sandbox.state.history == before
    assert all(resource["protect"] for resource in stack.resources().values())

    text = exported.read_bytes()
    again = capig("export", *BOTH, "-o", exported)
    assert (again.returncode, exported.read_bytes()) == (0, text)
    assert "import __main__" not in again.stderr


PIXELS = "\ufeffbusiness_id,pixel_id\r\n7,102\r\n 7 , 101\r\n\r\n8,5\r\n"
TOKENS = "business_id,access_token\r\n7,EAAB-seven\r\n8,EAAB-eight\r\n9,EAAB-nine\r\n"
FILES = ("--pixels", "pixels.csv", "--tokens", "tokens.csv")


def test_from_the_files_of_the_bulk_onboarding(
    capig: Capig, sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "pixels.csv").write_text(PIXELS, encoding="utf-8", newline="")
    (tmp_path / "tokens.csv").write_text(TOKENS, encoding="utf-8", newline="")
    stack = Stack(tmp_path, sandbox.environment())
    exported = stack.project / "__main__.py"
    exported.unlink()
    done = capig("export", *FILES, "-o", exported)
    assert (done.returncode, done.stdout) == (0, "")
    assert sandbox.counters.requests == {}
    assert is_formatted(exported.read_text())
    assert "EAAB" not in exported.read_text() + done.stderr
    commands = [line.split() for line in done.stderr.splitlines() if "pulumi config" in line]
    assert commands == [
        ["pulumi", "config", "set", "--secret", "accessToken7"],
        ["pulumi", "config", "set", "--secret", "accessToken8"],
    ]
    for command, token in zip(commands, ["EAAB-seven", "EAAB-eight"], strict=True):
        stack.run(*command[1:], token).ok()
    sandbox.connect("101", access_token="EAAB-old", publishing=False)
    stack.up().ok()
    stack.is_settled()
    held = {pixel.pixel_id: pixel for pixel in sandbox.state.pixels(sandbox.tenant_id)}
    assert {key: pixel.access_token for key, pixel in held.items()} == {
        "5": "EAAB-eight",
        "101": "EAAB-seven",
        "102": "EAAB-seven",
    }
    assert held["101"].publishing is False


@pytest.mark.parametrize(
    ("pixels", "tokens", "said"),
    [
        (None, TOKENS, "pixels.csv: No such file"),
        ("pixel_id\n1\n", TOKENS, "pixels.csv: the header lacks business_id"),
        ("", TOKENS, "pixels.csv: the header lacks business_id and pixel_id"),
        ("business_id,pixel_id\n7,1.8E+16\n", TOKENS, "pixels.csv, row 1: a pixel id"),
        ("business_id,pixel_id\n7,1\n7\n", TOKENS, "pixels.csv, row 2: pixel_id is empty"),
        ("business_id,pixel_id\n7,1\n8,1\n", TOKENS, "pixels.csv, row 2: pixel 1 is listed twice"),
        ("business_id,pixel_id\n4,1\n", TOKENS, "business 4 has no token in tokens.csv"),
        (PIXELS, "business_id,access_token\n7,\n", "tokens.csv, row 1: access_token is empty"),
        (PIXELS, 'business_id,access_token\n7,"EAAB\n', "tokens.csv: it is not CSV"),
    ],
)
def test_files_that_cannot_be_used(
    capig: Capig, tmp_path: Path, pixels: str | None, tokens: str, said: str
) -> None:
    if pixels is not None:
        (tmp_path / "pixels.csv").write_text(pixels, encoding="utf-8")
    (tmp_path / "tokens.csv").write_text(tokens, encoding="utf-8")
    done = capig("export", *FILES)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "EAAB" not in done.stderr


@pytest.mark.parametrize(
    ("pixels", "tokens", "said", "advice"),
    [
        (
            "business_id;pixel_id\n7;1\n",
            TOKENS,
            "the header lacks business_id and pixel_id (it is 'business_id;pixel_id'): the file "
            "has semicolons between its columns",
            "Save it with commas",
        ),
        (
            "Business ID,Dataset ID\n7,1\n",
            TOKENS,
            "the header lacks business_id and pixel_id; it is 'Business ID,Dataset ID'",
            "Rename 'Business ID' to business_id, 'Dataset ID' to pixel_id.",
        ),
        (
            "name,pixel_id\nShop,1\n",
            TOKENS,
            "the header lacks business_id; it is 'name,pixel_id'",
            "Name the columns business_id,pixel_id.",
        ),
        (
            "1000000000000001,2000000000000001\n",
            TOKENS,
            "its first line looks like a row",
            "Put the line business_id,pixel_id above it.",
        ),
        ("", TOKENS, "the file is empty", "Begin it with the line business_id,pixel_id"),
        (PIXELS, "7;EAAB-seven\n", "semicolons between its columns", "Save it with commas"),
        (PIXELS, "7,EAAB-seven\n", "looks like a row", "business_id,access_token above it"),
        (PIXELS, "business\ttoken\n7\tEAAB\n", "tabs between its columns", "with commas"),
    ],
)
def test_another_header_is_answered_with_what_was_found_and_a_guess(
    capig: Capig, tmp_path: Path, pixels: str, tokens: str, said: str, advice: str
) -> None:
    (tmp_path / "pixels.csv").write_text(pixels, encoding="utf-8")
    (tmp_path / "tokens.csv").write_text(tokens, encoding="utf-8")
    done = capig("export", *FILES)
    what, what_next = done.stderr.splitlines()
    assert said in what
    assert advice in what_next
    assert "EAAB" not in done.stderr


def test_a_pixel_that_is_listed_twice_is_declared_once() -> None:
    twice = ExportedAccount(
        "A",
        "",
        [ExportedConnection("1", name="Shop"), ExportedConnection("x"), ExportedConnection("1")],
    )
    assert [c.pixel_id for c in twice.of_usable_ids().connections] == ["1"]


# Accounts, users, domains


def furnish(sandbox: Sandbox) -> None:
    fill(sandbox)
    for tenant in ("SandboxA", "SandboxB"):
        sandbox.set_role("boss@shop.example", "admin", tenant=tenant)
    sandbox.set_role("New@Shop.example", "view", status=2)
    sandbox.set_domain("capig.shop.example")
    sandbox.edit_account(tenant="SandboxB", status=2)
    furnish_signals(sandbox)


def furnish_signals(sandbox: Sandbox) -> None:
    """A pipeline with a source and two destinations, and what belongs to a pixel."""
    sandbox.add_pipeline("Web", pipeline_id="pl_1", blocked=("Lead", "AddToCart"))
    sandbox.edit_pipeline("pl_1", blocked_by_destination={"dd_1": ("Purchase",)})
    sandbox.add_source("pl_1", "Shop", source_id="8855778841440572825")
    sandbox.add_source("pl_1", "Meta Pixel (20)", "META_PIXEL", source_id="20")
    config = {"metaDatasetId": "20", "accessToken": "EAAB-of-meta"}
    sandbox.add_destination("pl_1", "Meta", destination_id="dd_1", config=config)
    config = {"endpoint": "https://lake.example/?key=of-the-lake"}
    sandbox.add_destination("pl_1", "Lake", "CUSTOM_HTTP_API", destination_id="dd_2", config=config)
    sandbox.edit_destination("dd_2", active=False)


def test_all_that_an_account_holds(capig: Capig, sandbox: Sandbox) -> None:
    furnish(sandbox)
    done = capig("export", "--all", *BOTH)
    assert (done.returncode, done.stderr) == (0, "")
    assert is_formatted(done.stdout)
    assert (
        """
# First
account_SandboxA = capig.Account(
    "SandboxA",
    tenant_id="SandboxA",
    name="First",
    managed=True,
    active=True,
    opts=pulumi.ResourceOptions(protect=True),
)
ACCOUNT_SandboxA = account_SandboxA.tenant_id
# Second
account_SandboxB = capig.Account(
"""
        in done.stdout
    )
    assert (
        """
capig.AccountUser(
    "SandboxA-new@shop.example",
    tenant_id=ACCOUNT_SandboxA,
    email="new@shop.example",
    role="view",
    adopt=True,
    opts=pulumi.ResourceOptions(protect=True),
)

capig.FirstPartyDomain(
    "SandboxA-first-party-domain",
    tenant_id=ACCOUNT_SandboxA,
    domain="capig.shop.example",
    adopt=True,
    opts=pulumi.ResourceOptions(protect=True),
)
"""
        in done.stdout
    )
    assert "    active=False,\n" in done.stdout
    assert (
        """
pipeline_pl_1 = capig.Pipeline(
    "SandboxA-pl_1",
    tenant_id=ACCOUNT_SandboxA,
    pipeline_id="pl_1",
    name="Web",
    active=True,
    blocked_events=[
        "AddToCart",
        "Lead",
    ],
    opts=pulumi.ResourceOptions(protect=True),
)

capig.DataSource(
    "SandboxA-8855778841440572825",
    tenant_id=ACCOUNT_SandboxA,
    pipeline_id=pipeline_pl_1.pipeline_id,
    data_source_id="8855778841440572825",
    type="ADVERTISER_HOSTED_PIXEL",
    name="Shop",
    active=True,
    opts=pulumi.ResourceOptions(protect=True),
)

capig.ConversionsApiDestination(
    "SandboxA-dd_1",
    tenant_id=ACCOUNT_SandboxA,
    pipeline_id=pipeline_pl_1.pipeline_id,
    destination_id="dd_1",
    name="Meta",
    active=True,
    blocked_events=[
        "Purchase",
    ],
    opts=pulumi.ResourceOptions(protect=True),
)

capig.HttpDestination(
    "SandboxA-dd_2",
    tenant_id=ACCOUNT_SandboxA,
    pipeline_id=pipeline_pl_1.pipeline_id,
    destination_id="dd_2",
    name="Lake",
    active=False,
    blocked_events=[],
    opts=pulumi.ResourceOptions(protect=True),
)
"""
        in done.stdout
    )
    assert "META_PIXEL" not in done.stdout
    assert not re.search("of-meta|of-the-lake|EAAB", done.stdout)
    words = capig("export", "--with", "accounts,users", "--with", "domains,pipelines", *BOTH)
    assert words.stdout == done.stdout


def test_one_up_takes_all_of_it_over_and_changes_nothing(
    capig: Capig, sandbox: Sandbox, tmp_path: Path
) -> None:
    furnish(sandbox)
    source = capig("export", "--all", *BOTH).stdout
    stack = Stack(tmp_path, sandbox.environment())
    (stack.project / "__main__.py").write_text(source, "utf-8")
    sandbox.clear_requests()
    mark = len(sandbox.state.history)
    stack.up().ok()
    assert len(sandbox.state.history) == mark, sandbox.state.history[mark:]
    assert len(stack.resources()) == 2 + 3 + 1 + 4 + 4
    stack.is_settled()


def test_some_of_it(capig: Capig, sandbox: Sandbox) -> None:
    furnish(sandbox)
    users = capig("export", "--with", "users", "--tenant", "SandboxA").stdout
    assert 'ACCOUNT_SandboxA = "SandboxA"\n' in users
    assert users.count("capig.AccountUser(") == 2
    assert "FirstPartyDomain(" not in users
    assert "capig.Account(" not in users
    assert "capig.Pipeline(" not in users
    done = capig("export", "--with", "accounts,filters")
    assert (done.returncode, done.stdout) == (2, "")
    assert "does not know filters" in done.stderr
    files = capig("export", "--all", "--pixels", "a.csv", "--tokens", "b.csv")
    assert (files.returncode, files.stdout) == (2, "")


def test_what_cannot_be_read_is_named_in_the_program(capig: Capig, sandbox: Sandbox) -> None:
    furnish(sandbox)
    sandbox.set_role("idle@shop.example", None)
    said = 'no\n"""\nimport os # \\'
    body = json.dumps({"errors": [{"message": said, "extensions": {"code": 401}}]})
    sandbox.inject(Fault.status(401, operation="tenant", tenant="SandboxB", body=body, times=None))
    done = capig("export", "--all", *BOTH)
    assert done.returncode == 0
    assert is_formatted(done.stdout)
    remarks = [line for line in done.stdout.splitlines() if line.startswith("# - ")]
    assert remarks[0] == (
        "# - user idle@shop.example of account SandboxA: it has no role there that a program can "
        "name"
    )
    assert remarks[1].startswith("# - account SandboxB: the gateway answered 401 Unauthorized")
    assert len(remarks) == 2
    assert 'ACCOUNT_SandboxB = "SandboxB"\n' in done.stdout
    assert not any(
        isinstance(node, ast.Import) and node.names[0].name == "os"
        for node in ast.walk(ast.parse(done.stdout))
    )
    assert [line.removeprefix("capig: not declared: ") for line in done.stderr.splitlines()] == [
        line.removeprefix("# - ") for line in remarks
    ]


def test_a_hub_that_fails_leaves_no_half_program(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.add_source(sandbox.add_pipeline("Web").id, "Shop")
    hub = ("tenant", "ingressDomain")
    for operation in (*hub, "dataSourcesQuery", "dataDestinationsQuery", "pipeline"):
        sandbox.inject(Fault.status(500, operation=operation, times=None))
        done = capig("export", "--all")
        sandbox.clear_faults()
        assert (done.returncode, done.stdout) == (3, "")


def test_what_the_hub_does_not_tell_is_not_declared(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.set_role("boss@shop.example", "admin")
    sandbox.rename(" First ")
    gone = frozenset({"Tenant.canPartnerManage", "Tenant.status"})
    sandbox.dialect = replace(sandbox.dialect, unknown_fields=gone)
    text = capig("export", "--all").stdout
    for name in ("managed", "active", "name"):
        assert f"    {name}=" not in text
    assert 'role="admin"' in text


def test_pipelines_that_a_program_cannot_have_in_full(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.add_pipeline("Web", pipeline_id="pl_1", blocked=("x" * 51,))
    sandbox.add_source("pl_1", " Shop ", source_id="1")
    sandbox.add_source("pl_1", "No id", source_id="a b")
    sandbox.add_destination("pl_1", "Store", "GOOGLE_BIGQUERY_API", destination_id="dd_1")
    sandbox.add_destination("pl_1", "Meta", destination_id="dd_2")
    missing = {"DataSource.active", "Pipeline.pipelineDestinationFilters"}
    sandbox.dialect = replace(sandbox.dialect, unknown_fields=frozenset(missing))
    done = capig("export", "--with", "pipelines")
    assert done.returncode == 0
    assert is_formatted(done.stdout)
    assert [line for line in done.stdout.splitlines() if line.startswith("# - ")] == [
        "# - data sources of account SandboxA: 1 without an id that a program can name",
        "# - destination dd_1 of account SandboxA: no program can declare its type, "
        "GOOGLE_BIGQUERY_API",
        "# - blocked events of pipeline pl_1 of account SandboxA: one of them has no name that a "
        "program can declare",
    ]
    assert "blocked_events" not in done.stdout
    source = done.stdout.partition("capig.DataSource(")[2].partition(")\n")[0]
    assert "active=" not in source
    assert "name=" not in source


@pytest.mark.parametrize("told", [True, False])
def test_pipelines_that_no_list_names_are_counted(
    capig: Capig, sandbox: Sandbox, told: bool
) -> None:
    sandbox.add_source(sandbox.add_pipeline("Web", pipeline_id="pl_1").id, "Shop")
    empty = sandbox.add_pipeline("Empty")
    if not told:
        sandbox.inject(Fault.status(500, operation="tenantUsage", times=None))
    done = capig("export", "--with", "pipelines", CAPIG_MAX_RETRIES="0")
    assert done.returncode == 0
    line = "pipelines of account SandboxA: 1 of 2 found: one without any source or destination"
    assert (line in done.stderr) is told
    assert (line in done.stdout) is told
    sandbox.add_source(empty.id, "Outlet")
    assert " found" not in capig("export", "--with", "pipelines").stderr


def test_a_pipeline_that_is_not_shown(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.add_source(sandbox.add_pipeline("Web", pipeline_id="pl_1").id, "Shop", source_id="1")
    body = '{"data": {"tenantQueries": {"pipeline": null}}}'
    sandbox.inject(Fault("not-json", operation="pipeline", body=body, times=None))
    done = capig("export", "--with", "pipelines")
    assert done.returncode == 0
    assert "# - pipeline pl_1 of account SandboxA: the gateway answered null\n" in done.stdout
    assert '    pipeline_id="pl_1",\n    data_source_id="1",\n' in done.stdout


def test_a_gateway_without_pipelines(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    older = {"TenantQueries.dataSourcesQuery", "TenantQueries.dataDestinationsQuery"}
    sandbox.dialect = replace(sandbox.dialect, unknown_fields=frozenset(older))
    done = capig("export", "--all")
    assert done.returncode == 0
    assert "# - data sources of account SandboxA: " in done.stdout
    assert "# - data destinations of account SandboxA: " in done.stdout
    assert '    pixel_id="101",\n' in done.stdout

"""`capig comment`: what it says of previews, of made-up ones and of those of the real CLI."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pulumi_capig.cli.comment.changes import Danger, changes_of, connected_anew
from pulumi_capig.cli.comment.preview import read
from pulumi_capig.sandbox import Sandbox
from tests.cli.conftest import COMMAND, Capig, quick_command, surroundings
from tests.support.engine import Stack

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = "[secret]"
DANGERS = "disconnect,open,move,delete-account"

Inputs = Mapping[str, Any]


def urn(name: str, kind: str, stack: str = "dev") -> str:
    return f"urn:pulumi:{stack}::test::pulumi-python:dynamic/capig:{kind}::{name}"


def step(
    op: str,
    name: str,
    kind: str,
    old: Inputs | None = None,
    new: Inputs | None = None,
    *,
    reasons: Sequence[str] = (),
    id: str = "id",
    stack: str = "dev",
    **options: Any,
) -> dict[str, Any]:
    made: dict[str, Any] = {"op": op, "urn": urn(name, kind, stack)}
    if old is not None:
        made["oldState"] = {"id": id, "inputs": {"__provider": "gAS", **old}, **options}
    if new is not None:
        made["newState"] = {"inputs": {"__provider": "gAS", **new}}
    if reasons:
        made["replaceReasons"] = list(reasons)
    return made


def digest(*steps: dict[str, Any], same: int | None = None, stack: str = "dev") -> str:
    root = {"op": "same", "urn": f"urn:pulumi:{stack}::test::pulumi:pulumi:Stack::test-{stack}"}
    listed = sum(each["op"] == "same" for each in steps)
    summary = {"same": 1 + (listed if same is None else same)}
    return json.dumps({"steps": [root, *steps], "duration": 1, "changeSummary": summary}, indent=4)


def event(name: str, state: str = "DROP", pixels: Iterable[str] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"event_name": name, "filter_state": state, "tenant_id": "A"}
    return made if pixels is None else {**made, "pixel_ids": sorted(pixels)}


def pixel(number: str, tenant: str = "A", **more: Any) -> dict[str, Any]:
    return {"pixel_id": number, "tenant_id": tenant, **more}


@pytest.fixture
def comment(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs `capig comment` on texts, each a file of its own."""

    def run(*texts: str, options: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        files = []
        for number, text in enumerate(texts):
            file = tmp_path / f"preview{number}.json"
            file.write_text(text, encoding="utf-8")
            files.append(str(file))
        done = subprocess.run(
            [*quick_command(), "comment", *options, *files],
            capture_output=True,
            text=True,
            timeout=60,
            env=surroundings(),
        )
        tables(done.stdout)
        return done

    return run


def tables(markdown: str) -> list[list[str]]:
    """The rows of all tables, as Markdown reads them; each line that looks like a row is one."""
    rows: list[list[str]] = []
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for number, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("td_open", "th_open"):
            rows[-1].append(_plain(tokens[number + 1]))
    outside = re.sub(r"^(```+)text\n.*?^\1$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    lines = [line for line in outside.splitlines() if line.startswith("|")]
    delimiters = sum(line == "| --- | --- | --- |" for line in lines)
    assert len(rows) == len(lines) - delimiters, markdown
    assert all(len(row) == 3 for row in rows), rows
    return [row for row in rows if row != ["what happens", "resource", "why"]]


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ())


def row_of(markdown: str, name: str) -> list[str]:
    (found,) = [row for row in tables(markdown) if row[1].endswith(f" {name}")]
    return found


def blocking(*events: str, **more: Any) -> dict[str, Any]:
    return {"tenant_id": "A", "name": "Web", "blocked_events": list(events), **more}


def test_a_pipeline_or_destination_that_lets_an_event_pass_opens_it(comment: Any) -> None:
    said = "opens 2 events, blocked until now."
    rest = {"tenant_id": "A", "name": "Shop"}
    done = comment(
        digest(
            step("update", "web", "Pipeline", blocking("Lead", "Search"), blocking("Search")),
            step("update", "meta", "ConversionsApiDestination", blocking("Contact"), blocking()),
            step("update", "lake", "HttpDestination", blocking("Search"),
                 blocking("Search", "Donate")),
            # The gateway keeps what the program leaves out.
            step("update", "kept", "Pipeline", blocking("Purchase"), rest),
            step("create", "new", "Pipeline", None, blocking("Lead")),
            step("delete", "old", "Pipeline", blocking("Lead")),
        ),
        options=["--fail-on", "open"],
    )  # fmt: skip
    assert done.returncode == 1
    assert said in done.stdout
    why = {name: row_of(done.stdout, name)[0] for name in ("web", "meta", "lake", "kept")}
    assert why == {
        "web": "opens event Lead for all destinations of the pipeline",
        "meta": "opens event Contact for this destination",
        "lake": "holds back event Donate for this destination",
        "kept": "updates",
    }
    assert row_of(done.stdout, "new")[0] == "creates"
    assert row_of(done.stdout, "old")[0] == "deletes"


@pytest.mark.parametrize("events", [{}, {"blocked_events": []}, {"blocked_events": UNKNOWN}])
def test_what_replaces_a_destination_may_open_what_that_held_back(
    comment: Any, events: Inputs
) -> None:
    new = {"tenant_id": "A", "name": "Meta", "pipeline_id": "2", **events}
    replaced = step("replace", "meta", "ConversionsApiDestination",
                    blocking("Lead", pipeline_id="1"), new, reasons=["pipeline_id"])  # fmt: skip
    done = comment(digest(replaced), options=["--fail-on", "open"])
    assert done.returncode == 1
    assert row_of(done.stdout, "meta")[0] == "opens event Lead for this destination"


def test_moves_show_where_to_and_what_they_open(comment: Any) -> None:
    moved = {"tenant_id": "B"}
    done = comment(
        digest(
            step("replace", "shop", "PixelConnection", pixel("1"), pixel("1", "B"),
                 reasons=["tenant_id"]),
            step("replace", "leads", "EventFilter", event("Lead"), {**event("Lead"), **moved},
                 reasons=["tenant_id"]),
        )
    )  # fmt: skip
    assert done.returncode == 0
    assert "moves 1 pixel to another account; opens 1 event, blocked until now." in done.stdout
    assert tables(done.stdout) == [
        ["moves pixel 1 to account B", "PixelConnection shop", "tenant_id A → B"],
        ["opens event Lead for the whole account", "EventFilter leads", "tenant_id A → B"],
        ["holds back event Lead for the whole account", "EventFilter leads", "tenant_id A → B"],
        ["connects pixel 1", "PixelConnection shop", "tenant_id A → B"],
    ]
    assert done.stdout.index("#### Account `A`") < done.stdout.index("#### Account `B`")


def test_new_resources_say_their_account_and_equal_rows_are_one(comment: Any) -> None:
    sites = [
        step("create", f"site{n}", "DomainFilter", None,
             {"domain": f"s{n}.example.com", "filter_state": "DROP", "tenant_id": "A"})
        for n in range(49)
    ]  # fmt: skip
    gone = step("delete", "shop", "PixelConnection", pixel("1"))
    text = comment(digest(*sites, gone)).stdout
    assert "#### Account `A`" in text
    first, second = tables(text)
    assert first == ["disconnects pixel 1", "PixelConnection shop", "no longer in the program"]
    assert second[0].startswith("holds back 49 websites for the whole account: <details>")
    assert all(f"`s{n}.example.com`" in text for n in range(49))


def test_dangerous_rows_hide_nothing_behind_a_click(comment: Any) -> None:
    steps = [step("delete", f"e{n}", "EventFilter", event(f"Event{n}")) for n in range(30)]
    (row,) = tables(comment(digest(*steps)).stdout)
    assert "details" not in row[0]
    assert all(f"Event{n}" in row[0] for n in range(30))


def test_what_another_filter_holds_back_is_not_opened(comment: Any) -> None:
    text = comment(
        digest(
            step("same", "wide", "EventFilter", event("Search"), event("Search")),
            step("delete", "narrow", "EventFilter", event("Search", pixels=["1"])),
            step("delete", "old", "EventFilter", event("Lead")),
            step("create", "new", "EventFilter", None, event("Lead")),
            step("update", "left", "EventFilter", event("Quiz", pixels=["1", "2"]),
                 event("Quiz", pixels=["1"])),
            step("create", "right", "EventFilter", None, event("Quiz", pixels=["2"])),
        )
    ).stdout  # fmt: skip
    assert "opens" not in text
    assert row_of(text, "narrow")[0] == (
        "keeps event Search blocked for pixel 1, by EventFilter wide"
    )
    assert row_of(text, "old")[0] == (
        "keeps event Lead blocked for the whole account, by EventFilter new"
    )
    assert "No pixel is disconnected or moved" in text


def test_what_the_preview_does_not_list_is_said(comment: Any) -> None:
    gone = step("delete", "narrow", "EventFilter", event("Search", pixels=["1"]))
    assert "--show-sames" in comment(digest(gone, same=3)).stdout
    assert "--show-sames" not in comment(digest(gone)).stdout


def test_filters_of_several_names(comment: Any) -> None:
    before = {"event_names": ["Lead", "Quiz", "Search"], "filter_state": "DROP", "tenant_id": "A"}
    after = {**before, "event_names": ["Contact", "Lead", "Search"]}
    sites = {"domains": ["a.example", "b.example"], "filter_state": "DROP", "tenant_id": "A"}
    narrowed = {**sites, "pixel_ids": ["1"]}
    rows = tables(
        comment(
            digest(
                step("update", "events", "EventFilters", before, after),
                step("update", "sites", "DomainFilters", sites, narrowed),
            )
        ).stdout
    )
    assert [row[0] for row in rows] == [
        "opens 2 websites for all pixels but 1: a.example, b.example",
        "opens event Quiz for the whole account",
        "holds back event Contact for the whole account",
    ]
    assert rows[1][2] == "event_names adds Contact, removes Quiz"


def test_a_pixel_that_another_resource_connects_stays(comment: Any) -> None:
    text = comment(
        digest(
            step("create", "new", "PixelConnection", None, pixel("1")),
            step("delete", "old", "PixelConnection", pixel("1")),
        )
    ).stdout
    assert row_of(text, "old")[0] == "keeps pixel 1 connected, by PixelConnection new"
    assert row_of(text, "new")[0] == "keeps pixel 1 connected"


def test_what_is_kept_on_the_gateway(comment: Any) -> None:
    shop = urn("shop", "PixelConnection")
    text = comment(
        digest(
            step("delete", "consent", "EventFilter", event("Lead"), retainOnDelete=True),
            step("delete", "kept", "PixelConnection", pixel("2"), retainOnDelete=True),
            step("delete", "with", "EventFilter", event("Quiz", pixels=["1"]), deletedWith=shop),
            step("delete", "shop", "PixelConnection", pixel("1")),
            step("delete", "read", "PixelConnection", pixel("9"), external=True),
        )
    ).stdout
    assert "**Look at these first:** disconnects 1 pixel." in text
    assert "retain_on_delete" in row_of(text, "consent")[0]
    assert "retain_on_delete" in row_of(text, "kept")[0]
    assert row_of(text, "with")[0] == (
        "forgets event Quiz (nothing is sent for it, because shop is deleted: deleted_with)"
    )


def test_an_account_is_deleted(comment: Any) -> None:
    gone = step("delete", "acme", "Account", {"name": "Acme"}, id="Acme0001")
    renamed = step("update", "bolt", "Account", {"name": "B"}, {"name": "C"}, id="Bolt0001")
    done = comment(digest(renamed, gone), options=["--fail-on", "delete-account"])
    assert done.returncode == 1
    assert tables(done.stdout) == [
        ["deletes account Acme0001", "Account acme", "no longer in the program"],
        ["updates account Bolt0001", "Account bolt", "name B → C"],
    ]


def test_secrets_and_what_is_not_known_yet(comment: Any) -> None:
    token = {"access_token": "EAAB-in-the-clear", "access_token_fingerprint": "aaa"}
    rotated = {"access_token": "EAAB-another", "access_token_fingerprint": "bbb"}
    text = comment(
        digest(
            step("update", "shop", "PixelConnection", {**pixel("1"), **token},
                 {**pixel("1"), **rotated}),
            step("create", "next", "PixelConnection", None, {**pixel("2", UNKNOWN), **rotated}),
            step("create", "later", "EventFilter", None,
                 {**event("Quiz"), "event_name": UNKNOWN}),
            step("update", "hidden", "EventFilter", event("Lead"),
                 {**event("Lead"), "pixel_ids": SECRET}),
        )
    ).stdout  # fmt: skip
    assert "EAAB" not in text
    assert "aaa" not in text
    assert UNKNOWN not in text
    assert "#### Account (known after `up`)" in text
    assert row_of(text, "shop")[2] == "access_token changes"
    assert row_of(text, "next")[2] == "new in the program; access_token (secret)"
    assert row_of(text, "later")[2].endswith("event_name (known after up); filter_state DROP")
    assert row_of(text, "hidden")[0] == "opens event Lead for all pixels but (secret)"


def test_accounts_that_are_secret_are_not_taken_for_one(comment: Any) -> None:
    held = {**event("Lead"), "tenant_id": SECRET}
    text = comment(
        digest(
            step("same", "other", "EventFilter", held, held),
            step("delete", "leads", "EventFilter", held),
            step("replace", "moved", "EventFilter", {**held, "event_name": "Quiz"},
                 {**held, "event_name": "Quiz"}, reasons=["tenant_id"]),
            step("update", "pixels", "EventFilter", {**held, "event_name": "Search"},
                 {**held, "event_name": "Search", "reassert": "x"}),
        )
    ).stdout  # fmt: skip
    assert "opens 2 events" in text
    assert row_of(text, "leads")[0] == "opens event Lead for the whole account"
    assert row_of(text, "pixels")[0] == "updates event Search for the whole account"
    assert "#### Account (secret)" in text


def test_names_that_are_markdown(comment: Any) -> None:
    hostile = "a | b `c` ``d`` </details>\n| x | <script>@all"
    text = comment(
        digest(
            step("create", hostile, "PixelConnection", None, pixel("1", pixel_name=hostile)),
            step("update", "shop", "PixelConnection", pixel("2", hostile, pixel_name=hostile),
                 pixel("2", hostile, pixel_name="`")),
        )
    ).stdout  # fmt: skip
    shown = "a | b `c` ``d`` </details> | x | <script>@all"
    first, second = tables(text)
    assert first[:2] == [f"connects pixel 1 ({shown})", f"PixelConnection {shown}"]
    assert second[2] == f"pixel_name {shown} → `"
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "<script>" not in html


def test_resources_of_other_providers(comment: Any) -> None:
    bucket = {
        "op": "update",
        "urn": "urn:pulumi:dev::test::my:Site$aws:s3/bucket:Bucket::files",
        "oldState": {"id": "x", "inputs": {"policy": "private", "tags": {"a": 1}}},
        "newState": {"inputs": {"policy": "public", "tags": {"a": 1}}},
    }
    text = comment(digest(bucket)).stdout
    assert "#### Beside the accounts" in text
    assert tables(text) == [["updates", "aws:s3/bucket:Bucket files", "policy"]]
    assert "public" not in text


def test_several_stacks_are_one_comment(comment: Any, capig: Capig, tmp_path: Path) -> None:
    left = digest(step("delete", "shop", "PixelConnection", pixel("1"), stack="one"), stack="one")
    right = digest(
        step("create", "shop", "PixelConnection", None, pixel("1", "B"), stack="two"), stack="two"
    )
    quiet = digest(stack="three")
    text = comment(quiet, right, left).stdout
    assert text.startswith("### Pulumi preview of `three`, `two`, `one`\n")
    assert "Nothing changes in `three`." in text
    assert text.index("#### Account `A` (stack `one`)") < text.index("#### Account `B` (stack")
    assert tables(text)[0][0] == "moves pixel 1 to account B (stack two)"

    same_account = digest(
        step("create", "shop", "PixelConnection", None, pixel("1"), stack="two"), stack="two"
    )
    (first, _) = tables(comment(left, same_account).stdout)
    assert first[0] == "disconnects pixel 1 unless stack two, which connects it, runs later"

    (tmp_path / "a=b.json").write_text(left)
    named = capig("comment", "retail=preview0.json", "a=b.json", "preview0.json")
    assert named.stdout.startswith("### Pulumi preview of `retail`, `one`, `one (2)`\n")


@pytest.mark.parametrize("danger", DANGERS.split(","))
def test_fail_on(comment: Any, danger: str) -> None:
    kinds = {
        "disconnect": step("delete", "shop", "PixelConnection", pixel("1")),
        "open": step("delete", "leads", "EventFilter", event("Lead")),
        "move": step("replace", "shop", "PixelConnection", pixel("1"), pixel("1", "B")),
        "delete-account": step("delete", "acme", "Account", {"name": "Acme"}, id="Acme0001"),
    }
    others = ",".join(kinds.keys() - {danger})
    found = comment(digest(kinds[danger]), options=["--fail-on", danger])
    assert found.returncode == 1
    assert found.stderr.startswith("capig: --fail-on: ")
    assert comment(digest(kinds[danger]), options=["--fail-on", others]).returncode == 0
    assert comment(digest(kinds[danger])).returncode == 0


def test_wrong_usage(capig: Capig, tmp_path: Path) -> None:
    refresh = {"steps": [{"op": "refresh", "urn": "urn:pulumi:d::t::pulumi:pulumi:Stack::t-d"}]}
    (tmp_path / "refresh.json").write_text(json.dumps(refresh))
    (tmp_path / "preview.json").write_text(digest())
    for arguments, said in (
        (["preview.json", "--fail-on", "opens"], "there is no 'opens'"),
        (["none.json"], "none.json cannot be read: No such file"),
        (["refresh.json"], "is from `pulumi refresh`"),
    ):
        done = capig("comment", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nothing was printed."),
        ("error: no stack named 'x' found\n", "no stack named 'x' found"),
        ("pulumi: command not found\n", "pulumi: command not found"),
        (digest()[:200], "The output ends in the middle of the preview."),
        ('{"steps": "x"}', "This is not a preview as `pulumi preview --json` prints it."),
    ],
    ids=["empty", "error", "other", "cut", "strange"],
)
def test_what_is_no_preview_is_a_failed_one(comment: Any, text: str, said: str) -> None:
    done = comment(text)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"**The preview failed.**\n\n```text\n{said}\n```" in done.stdout
    assert "Nothing changes." not in done.stdout
    assert comment(text, options=["--fail-on", "open"]).returncode == 1


def test_text_around_the_digest(comment: Any, capig: Capig) -> None:
    gone = digest(step("delete", "shop", "PixelConnection", pixel("1")))
    around = f"warning: using X from $PATH\nPreviewing\n{gone}\nerror: a late one\n"
    text = comment(around).stdout
    assert "disconnects 1 pixel" in text
    assert "```text\na late one\n```" in text
    piped = subprocess.run([*COMMAND, "comment"], input=gone, capture_output=True, text=True)
    assert "disconnects 1 pixel" in piped.stdout


def test_a_comment_is_never_too_long_to_post(comment: Any) -> None:
    dangers = [step("delete", f"p{n}", "PixelConnection", pixel(f"9{n:016}")) for n in range(900)]
    others = [
        step("update", f"s{n}", "PixelConnection", pixel(f"8{n:016}", pixel_name="a" * 80),
             pixel(f"8{n:016}", pixel_name=f"b{n}" * 20))
        for n in range(500)
    ]  # fmt: skip
    text = comment(digest(*dangers, *others)).stdout
    assert len(text) < 65_536
    assert "**Shortened to fit a comment.**" in text
    assert "disconnects 900 pixels" in text
    assert f"`9{899:016}`" in text
    assert "And 500 changes that open, move or disconnect nothing." in text
    many = [
        step("update", f"f{n}", "EventFilters",
             {"event_names": [f"E{n}x{m}" for m in range(40)], "filter_state": "DROP",
              "tenant_id": "A", "pixel_ids": [str(n)]},
             {"event_names": ["Z"], "filter_state": "DROP", "tenant_id": "A",
              "pixel_ids": [str(n)]})
        for n in range(120)
    ]  # fmt: skip
    shortest = comment(digest(*many)).stdout
    assert "and 20 more" in shortest
    assert "opens 4800 events" in shortest


def test_nothing_that_opens_is_missed_or_made_up(deeper: Callable[[int], int]) -> None:
    """Against an oracle that counts pixel by pixel."""
    seed = random.Random(17)
    universe = ["1", "2", "3", "any other"]

    def some_filter() -> dict[str, Any]:
        pixels = None if seed.random() < 0.4 else seed.sample(universe[:3], seed.randint(1, 3))
        return event(
            seed.choice(["Lead", "Quiz"]), seed.choice(["DROP", "DROP", "PUBLISH"]), pixels
        )

    def dropped(filters: Iterable[dict[str, Any] | None]) -> set[tuple[str, str]]:
        return {
            (each["event_name"], pixel)
            for each in filters
            if each and each["filter_state"] == "DROP"
            for pixel in each.get("pixel_ids", universe)
        }

    for _ in range(deeper(300)):
        pairs = []
        for number in range(seed.randint(1, 4)):
            old = some_filter() if seed.random() < 0.8 else None
            new = some_filter() if seed.random() < 0.7 or old is None else None
            new = old if seed.random() < 0.2 and old else new
            pairs.append((f"f{number}", old, new))
        steps = []
        for name, old, new in pairs:
            if old is None or new is None:
                op = "create" if old is None else "delete"
            elif old == new:
                op = "same"
            else:
                op = "update" if old["event_name"] == new["event_name"] else "replace"
            steps.append(step(op, name, "EventFilter", old, new))
        preview = read(digest(*steps))
        opened = set()
        for change in changes_of(preview, connected_anew([preview])):
            if change.danger is Danger.OPEN:
                named = set(re.findall("`([^`]+)`", change.tail))
                if "whole account" in change.tail:
                    named = set(universe)
                elif "all pixels but" in change.tail:
                    named = set(universe) - named
                opened |= {(subject.strip("`"), p) for subject in change.subjects for p in named}
        expected = dropped(old for _, old, _ in pairs) - dropped(new for *_, new in pairs)
        assert opened == expected, pairs


BEFORE = """
    shop = capig.PixelConnection("shop", pixel_id="101", business_id="1", access_token="EAAB-x")
    out = capig.PixelConnection("out", pixel_id="102", business_id="1", access_token="EAAB-x")
    capig.EventFilter("wide", event_name="Search", filter_state="DROP")
    capig.EventFilter("narrow", event_name="Search", filter_state="DROP", pixel_ids=["101"])
    capig.EventFilter("leads", event_name="Lead", filter_state="DROP", pixel_ids=[shop.pixel_id])
    capig.DomainFilter("site", domain="a.example", filter_state="DROP")
    capig.EventFilter(
        "consent", event_name="Quiz", filter_state="DROP",
        opts=pulumi.ResourceOptions(retain_on_delete=True),
    )
    capig.DomainFilters("sites", domains=["x.example", "y.example"], filter_state="DROP")
"""
AFTER = """
    shop = capig.PixelConnection(
        "shop", pixel_id="101", business_id="1", access_token="EAAB-y", publishing=False
    )
    capig.PixelConnection(
        "out", pixel_id="102", business_id="1", access_token="EAAB-x",
        tenant_id=pulumi.Output.secret("SandboxB"),
    )
    capig.EventFilter("wide", event_name="Search", filter_state="DROP")
    new = capig.PixelConnection("new", pixel_id="103", business_id="1", access_token="EAAB-x")
    capig.EventFilter(
        "leads", event_name="Lead", filter_state="DROP",
        pixel_ids=new.signal_config_id.apply(lambda _: ["103"]),
    )
    capig.DomainFilters("sites", domains=["y.example", "z.example"], filter_state="DROP")
"""


@pytest.mark.parametrize("streamed", [False, True], ids=["digest", "events"])
def test_previews_of_the_real_cli(
    capig: Capig, in_sandbox: Sandbox, tmp_path: Path, streamed: bool
) -> None:
    stack = Stack(tmp_path, in_sandbox.environment(), BEFORE)
    stack.up().ok()
    stack.write(AFTER)
    form = {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "1"} if streamed else {}
    shown = ("--json", "--show-sames")
    (tmp_path / "preview.json").write_text(stack.preview(*shown, **form).ok().text)
    done = capig("comment", "preview.json", "--fail-on", DANGERS)
    assert done.returncode == 1
    text = done.stdout
    assert "EAAB" not in text
    assert "SandboxB" not in text
    dangers = [row[0] for row in tables(text)][:4]
    assert dangers == [
        "moves pixel 102 to account (secret)",
        "opens website a.example for the whole account",
        "opens website x.example for the whole account",
        "opens event Lead for pixel 101",
    ]
    assert row_of(text, "shop")[2] == "access_token changes; publishing (not declared) → false"
    assert row_of(text, "narrow")[0] == (
        "keeps event Search blocked for pixel 101, by EventFilter wide"
    )
    assert "retain_on_delete" in row_of(text, "consent")[0]
    assert row_of(text, "leads")[2] == "pixel_ids 101 → (known after up)"

    stack.write('raise ValueError("one | two\\nthree")')
    (tmp_path / "preview.json").write_text(stack.preview(*shown, **form).text)
    failed = capig("comment", "preview.json").stdout
    assert "```text\n__main__.py:3: ValueError: one | two\n  three\n```" in failed
    assert "Traceback" not in failed
    stack.write('capig.EventFilter("odd", event_name=" Lead", filter_state="DROP")')
    (tmp_path / "preview.json").write_text(stack.preview(*shown, **form).text)
    refused = capig("comment", "preview.json").stdout
    assert re.search(r"```text\nEventFilter 'odd': event_name .*whitespace.*\n```", refused)

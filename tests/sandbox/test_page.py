"""The sandbox's page: over plain HTTP, and in a real browser that watches what happens."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from graphql import GraphQLInputObjectType, build_schema
from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright

from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from pulumi_capig.sandbox.redaction import fingerprint, redact
from tests.support.needs import missing

if TYPE_CHECKING:
    from conftest import Caller

SECRET = "EAAB-of-the-pixel-301"

expect.set_options(timeout=30_000)  # for a machine that is busy; nothing waits as long

# Plain HTTP


def test_the_page_is_one_file_that_may_load_nothing_else(sandbox: Sandbox) -> None:
    answer = httpx.get(sandbox.url)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    directives = answer.headers["content-security-policy"].split("; ")
    policy = dict(directive.split(" ", 1) for directive in directives)
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["connect-src"] == "'self'"
    for directive in ("script-src", "style-src"):
        assert re.fullmatch(r"'sha256-[\w+/]{43}='", policy[directive])
    assert policy["require-trusted-types-for"] == "'script'"
    assert not re.search(r"https?://|@import|url\(|\ssrc=|\son\w+=|\sstyle=", answer.text)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", answer.text)


def test_the_page_takes_no_address_of_the_gateway(sandbox: Sandbox, caller: Caller) -> None:
    assert httpx.head(sandbox.url).status_code == 200
    assert httpx.post(sandbox.url).status_code == 405
    assert httpx.get(f"{sandbox.url}/index.html").status_code == 404
    assert caller.send("list").status_code == 200


@pytest.mark.parametrize("path", ["/", "/sandbox/view", "/sandbox/state"])
def test_another_name_for_this_machine_is_refused(sandbox: Sandbox, path: str) -> None:
    port = httpx.URL(sandbox.url).port
    for host, status in (
        (f"127.0.0.1:{port}", 200),
        (f"localhost:{port}", 200),
        (f"rebound.example.com:{port}", 400),
        (f"127.0.0.1.example.com:{port}", 400),
    ):
        assert httpx.get(sandbox.url + path, headers={"host": host}).status_code == status


def test_another_name_for_this_machine_cannot_reset_it(sandbox: Sandbox) -> None:
    sandbox.connect("301")
    answer = httpx.post(f"{sandbox.url}/sandbox/reset", headers={"host": "rebound.example.com"})
    assert answer.status_code == 400
    assert sandbox.state.pixel(sandbox.tenant_id, "301") is not None


def test_the_view(sandbox: Sandbox, caller: Caller) -> None:
    caller.setup("301", name="Shop")
    sandbox.connect("302", publishing=False, access_token="", total_events_received=12.0)
    sandbox.mark_bad_token(sandbox.connect("303").pixel_id)
    caller.event("DROP", ["301"])
    caller.run("updateDomainFilter", input={"domain": "example.com", "filterState": "DROP"})
    sandbox.inject(Fault.status(503, operation="list"))
    caller.send("list")
    view = caller.http.get("/sandbox/view").json()
    account = view["accounts"][0]
    assert (account["id"], account["name"]) == ("SandboxA", "Tenant for SandboxA")
    assert [
        (pixel["id"], pixel["publishing"], pixel["token"], pixel["error"], pixel["received"])
        for pixel in account["pixels"]
    ] == [
        ("301", True, "held", None, 0),
        ("302", False, "missing", None, 12),
        ("303", True, "bad", "190.460", 0),
    ]
    assert account["events"] == [["Lead", "301", "DROP"]]
    assert account["domains"] == [["example.com", None, "DROP"]]
    assert view["accounts"][1]["pixels"] == []
    assert (account["status"], account["managed"], account["users"]) == (0, True, [])
    assert account["domain"] is None
    assert account["pipelines"] == []
    assert view["mails"] == []
    assert [
        (request["operation"], request["path"], request["status"], request["fault"])
        for request in view["requests"]
    ] == [
        ("list", "/capig/graphql/", 503, "status"),
        ("updateDomainFilter", "/capig/graphql/", 200, None),
        ("updateEventFilter", "/capig/graphql/", 200, None),
        ("setupPixelSignalConfig", "/capig/graphql/", 200, None),
    ]
    assert view["totals"] == {"requests": 4, "in_progress": 0, "connections": 1}


def test_the_view_shows_the_latest_requests_and_what_they_took(
    sandbox: Sandbox, caller: Caller
) -> None:
    for number in range(60):
        caller.run("list", timeWindow=number + 1)
    sandbox.latency = 0.02
    caller.run("list", timeWindow=99)
    requests = caller.http.get("/sandbox/view").json()["requests"]
    shown = [request["variables"]["timeWindow"] for request in requests]
    assert shown == [99, *range(60, 11, -1)]
    assert requests[0]["seconds"] >= 0.02


def test_requests_in_progress_are_counted(sandbox: Sandbox, caller: Caller) -> None:
    with sandbox.hold("list") as gate, httpx.Client(base_url=sandbox.url) as http:
        with pytest.raises(httpx.ReadTimeout):
            caller.http.post(
                "/capig/graphql/",
                json={"query": '{ tenantQueries(tenantId: "SandboxA") { account { name } } }'},
                timeout=0.01,
            )
        gate.wait()
        assert http.get("/sandbox/view").json()["totals"]["in_progress"] == 1


def test_the_view_is_sent_again_only_if_it_has_changed(sandbox: Sandbox, caller: Caller) -> None:
    def look(tag: str = "") -> tuple[int, str]:
        answer = caller.http.get("/sandbox/view", headers={"if-none-match": tag})
        return answer.status_code, answer.headers["etag"]

    _, tag = look()
    assert look(tag) == (304, tag)
    for change in (
        lambda: sandbox.connect("301"),
        lambda: sandbox.edit("301", total_events_received=1.0),
        lambda: sandbox.set_event_filter("Lead", "DROP"),
        lambda: caller.send("list"),
        lambda: sandbox.rename("Shop"),
        lambda: sandbox.set_role("a@shop.example", "admin"),
        lambda: sandbox.set_domain("capig.shop.example"),
        lambda: sandbox.drop_account("SandboxB"),
        sandbox.clear_requests,
        sandbox.reset,
    ):
        change()
        status, new = look(tag)
        assert (status, new != tag) == (200, True)
        tag = new
    with Sandbox() as another:
        answer = httpx.get(f"{another.url}/sandbox/view", headers={"if-none-match": tag})
    assert answer.status_code == 200


def requests_of(caller: Caller, search: str = "") -> list[dict[str, Any]]:
    answer = caller.http.get("/sandbox/view", params={"search": search})
    return list(answer.json()["requests"])


def test_equal_reads_share_a_row_until_something_is_written(
    sandbox: Sandbox, caller: Caller
) -> None:
    for _ in range(3):
        caller.ask_token()
        caller.send("list")
    caller.send("list", tenantId="SandboxB")
    caller.setup("301")
    caller.setup("301")
    sandbox.inject(Fault.status(503, operation="list"))
    for _ in range(3):
        caller.send("list")
    assert [
        (row["operation"], row["tenant"], row["status"], row["times"], row["first"])
        for row in requests_of(caller)
    ] == [
        ("list", "SandboxA", 200, 2, 11),
        ("list", "SandboxA", 503, 1, 10),
        ("setupPixelSignalConfig", "SandboxA", 200, 1, 9),
        ("setupPixelSignalConfig", "SandboxA", 200, 1, 8),
        ("list", "SandboxB", 200, 1, 7),
        ("list", "SandboxA", 200, 3, 2),
        ("token", None, 200, 3, 1),
    ]


def test_requests_have_their_answers(sandbox: Sandbox, caller: Caller) -> None:
    caller.send("deleteDataSource", id="404")
    sandbox.inject(FAULTS["502-page"].on("list"))
    caller.send("list")
    sandbox.inject(Fault("huge", "list", size=100_000))
    caller.send("list")
    sandbox.inject(Fault("reset", "list"))
    with pytest.raises(httpx.TransportError):
        caller.send("list")
    none, huge, page, missing_pixel = (row["answer"] for row in requests_of(caller))
    assert none == ""
    assert re.fullmatch(r"\d{6} bytes", huge)
    assert page.startswith("<!DOCTYPE html>")
    assert json.loads(missing_pixel)["errors"][0]["message"] == "Pixel 404 not found"
    for _ in range(300):
        caller.ask_token()
    assert requests_of(caller, "deleteDataSource")[0]["answer"] == ""
    assert requests_of(caller)[0]["answer"].startswith('{"token":')


def test_requests_are_searched_for(sandbox: Sandbox, caller: Caller) -> None:
    for number in range(60):
        caller.setup(str(1000 + number), name=f"Shop {number}")
    caller.send("deleteDataSource", id="404")
    assert len(requests_of(caller)) == 50
    (found,) = requests_of(caller, "shop 7")
    assert found["variables"]["input"]["pixelId"] == "1007"
    (found,) = requests_of(caller, "NOT FOUND")
    assert found["operation"] == "deleteDataSource"
    assert requests_of(caller, "nobody asked this") == []
    etags = {
        caller.http.get("/sandbox/view", params={"search": text}).headers["etag"]
        for text in ("", "a", "b")
    }
    assert len(etags) == 3


# Secrets


def everything_told(sandbox: Sandbox) -> str:
    paths = ("/", "/sandbox/view", "/sandbox/state")
    return "".join(httpx.get(sandbox.url + path).text for path in paths)


def setup(given: str, variables: str = "", *, fragment: bool = False) -> str:
    """A document that connects a pixel."""
    fields = f"""tenantMutations(tenantId: $tenant) {{
        signalMutations {{ setupPixelSignalConfig(input: {given}) {{ id }} }}
    }}"""
    head = f"mutation($tenant: ID!{variables})"
    if fragment:
        return f"{head} {{ ...all }} fragment all on Mutation {{ {fields} }}"
    return f"{head} {{ {fields} }}"


PIXEL = '{pixelId: "301", businessId: "7", accessToken: %s, externalId: ""}'


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        pytest.param(
            setup("$x", ", $x: PixelConnectionCreationInput!"),
            {"x": {"pixelId": "301", "businessId": "7", "accessToken": SECRET, "externalId": ""}},
            id="under its name",
        ),
        pytest.param(
            setup(PIXEL % "$t", ", $t: String!"),
            {"t": SECRET, "spare": [{"again": SECRET}]},
            id="under another name",
        ),
        pytest.param(
            setup(PIXEL % "$t", ", $t: String!", fragment=True),
            {"t": SECRET},
            id="through a fragment",
        ),
        pytest.param(setup(PIXEL % f'"{SECRET}"'), {}, id="in the document"),
        pytest.param("mutation { unfinished", {"t": SECRET}, id="with an unreadable document"),
        pytest.param("{ unknown }", {"access_token": SECRET}, id="with an unknown field"),
    ],
)
def test_access_tokens_are_told_nowhere(
    sandbox: Sandbox, caller: Caller, query: str, variables: dict[str, Any]
) -> None:
    caller.post(query, {"tenant": "SandboxA", **variables})
    assert len(sandbox.requests) == 1
    assert SECRET not in everything_told(sandbox)
    assert SECRET not in repr(sandbox.requests)


ANSWERS_THAT_REPEAT_IT = [
    Fault.status(502, body=f"<html>{SECRET}</html>"),
    Fault("not-json", body=f"token {SECRET} is bad"),
    Fault.status(400, body=json.dumps({"errors": [{"message": f"bad token {SECRET}"}]})),
]


@pytest.mark.parametrize("fault", ANSWERS_THAT_REPEAT_IT, ids=["page", "text", "JSON"])
def test_access_tokens_are_told_in_no_answer(
    sandbox: Sandbox, caller: Caller, fault: Fault
) -> None:
    sandbox.inject(fault)
    assert SECRET in caller.try_setup("301", accessToken=SECRET).text
    told = everything_told(sandbox)
    assert SECRET not in told
    assert "sha256:" in requests_of(caller)[0]["answer"]


def test_variables_that_are_refused_are_told_nowhere(sandbox: Sandbox, caller: Caller) -> None:
    answer = caller.send("setupPixelSignalConfig", input={"accessToken": SECRET})
    assert answer.status_code == 400
    assert SECRET in answer.text
    assert SECRET not in everything_told(sandbox)


def test_credentials_are_told_nowhere(sandbox: Sandbox, caller: Caller) -> None:
    token = caller.ask_token().json()["token"]
    caller.http.post("/hub/graphql/", headers={"authorization": f"Bearer {token}"})
    told = everything_told(sandbox)
    assert "client_id" in told
    assert sandbox.client_secret not in told
    assert token not in told


INVITE = {"email": "a@shop.example", "tenantId": "SandboxA", "userType": "ADVERTISER"}
ALIASED = """mutation($input: SendInvitationInput!) {
    userMutations { told: sendInvitation(input: $input) }
}"""
ADD_ALIASED = """mutation {
    userMutations { addUserWithRole(
        input: {email: "b@shop.example", roleName: "advertiser-view-SandboxA"}
    ) { told: invitationLink } }
}"""


@pytest.mark.parametrize("fault", [None, *(FAULTS[name] for name in ("cut-json", "truncated"))])
def test_invitation_links_are_told_nowhere(
    sandbox: Sandbox, caller: Caller, fault: Fault | None
) -> None:
    sandbox.set_role("a@shop.example", "admin")
    for query in (None, ALIASED, ADD_ALIASED):
        if fault is not None:
            sandbox.inject(fault)
        with suppress(httpx.TransportError):
            if query is None:
                caller.send("sendInvitation", input=INVITE)
            else:
                caller.post(query, {"input": INVITE}, to="hub")
    links = [mail.link for mail in sandbox.mails]
    assert len(links) == 3
    told = everything_told(sandbox) + repr(sandbox.requests) + repr(sandbox.state.history)
    for link in links:
        token = link.partition("token=")[2][:22]
        assert token[:11] not in told
        assert fingerprint(link) in told
    assert links[0] not in repr(sandbox.mails)


def test_secrets_of_destinations_are_told_nowhere() -> None:
    given = {
        "apiKeyAuth": {"name": "X-Key", "value": SECRET},
        "basicAuth": {"user": SECRET},
        "clientCredentialsAuth": {"clientId": "me", "clientSecret": SECRET},
        "jsonWebTokenAuth": {"privateKey": SECRET},
        "invitationLink": SECRET,
        "sendInvitation": SECRET,
    }
    told = json.dumps(redact(given))
    assert SECRET not in told
    assert told.count("sha256:") == len(given)
    assert "X-Key" in told


def test_each_secret_of_the_schema_is_known() -> None:
    sdl = (files("pulumi_capig.sandbox") / "schema/capig.graphql").read_text("utf-8")
    names = {
        name
        for kind in build_schema(sdl).type_map.values()
        if isinstance(kind, GraphQLInputObjectType)
        for name, field in kind.fields.items()
        if (field.description or "").startswith("Secret")
    }
    assert "accessToken" in names
    for name in names:
        assert SECRET not in json.dumps(redact({name: SECRET})), name


# In a browser


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    on_path = filter(None, map(shutil.which, names))
    elsewhere = (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        playwright.chromium.executable_path,
    )
    found = next((path for path in (*on_path, *elsewhere) if Path(path).exists()), None)
    if found is None:
        missing("no Chromium and no Chrome: `.venv/bin/playwright install chromium` gets one")
    running = playwright.chromium.launch(executable_path=found)
    yield running
    running.close()


class Watched:
    """The page, open in a window."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.troubles: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda said: self.troubles.append(said.text))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: self.troubles.append(dialog.message))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(url)
        self.says("Live from")
        page.evaluate(COLLECT_MARKS)

    def says(self, text: str) -> None:
        expect(self.page.get_by_role("status")).to_contain_text(text)

    def table(self, caption: str, account: str = "SandboxA") -> Locator:
        heading = self.page.get_by_role("heading", name=account)
        section = self.page.locator("section", has=heading)
        inside = self.page if caption == "Requests" else section
        return inside.get_by_role("table", name=caption)

    def rows(self, caption: str, account: str = "SandboxA") -> Locator:
        return self.table(caption, account).locator("tbody tr:not(.gone)")

    def marks(self) -> list[str]:
        """What was marked so far."""
        return list(self.page.evaluate("marks"))

    def width_missing(self) -> int:
        root = "document.documentElement"
        return int(self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


COLLECT_MARKS = """() => {
  window.marks = [];
  const collect = ({ target, addedNodes }) => marks.push(...[target, ...addedNodes]
    .filter((node) => node.classList?.contains("changed") || node.classList?.contains("gone"))
    .map((node) => node.textContent));
  const everything = { subtree: true, childList: true, attributeFilter: ["class"] };
  new MutationObserver((changes) => changes.forEach(collect)).observe(document, everything);
}"""


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    yield page
    page.close()


@pytest.fixture
def watched(window: Page, sandbox: Sandbox) -> Iterator[Watched]:
    opened = Watched(window, sandbox.url)
    yield opened
    assert opened.troubles == []
    assert {httpx.URL(url).host for url in opened.asked if url != "data:,"} == {"127.0.0.1"}


def test_changes_appear_and_are_marked_for_a_moment(
    watched: Watched, sandbox: Sandbox, caller: Caller
) -> None:
    pixels = watched.rows("Pixels")
    expect(pixels).to_have_count(0)
    caller.setup("301", name="Shop")
    expect(pixels).to_have_text(["301Shopononheld00"])
    caller.run("updateSignalConfigCapiPublish", id="301", input={"status": 0})
    sandbox.edit("301", total_events_received=12.0)
    expect(pixels).to_have_text(["301Shoponoffheld120"])
    caller.event("DROP", ["301"])
    caller.event("PUBLISH", None, name="Purchase")
    expect(watched.rows("Event filters")).to_have_text(
        ["Purchasewhole accountPUBLISH", "Lead301DROP"]
    )
    caller.run("updateDomainFilter", input={"domain": "example.com", "filterState": "DROP"})
    expect(watched.rows("Domain filters")).to_have_text(["example.comwhole accountDROP"])
    caller.run("deleteDataSource", id="301")
    expect(pixels).to_have_count(0)
    expect(watched.rows("Pixels", "SandboxB")).to_have_count(0)
    assert {"off", "12", "Lead301DROP", "301Shoponoffheld120"} <= set(watched.marks())
    expect(watched.page.locator(".changed, .gone")).to_have_count(0)


def test_accounts_people_and_domains_appear(
    watched: Watched, sandbox: Sandbox, caller: Caller
) -> None:
    users, domain = watched.rows("Users"), watched.rows("First-party domain")
    mails = watched.page.locator("#mails tbody tr:not(.gone)")
    for caption in ("Users", "First-party domain"):
        expect(watched.table(caption)).to_be_hidden()
    expect(watched.page.locator("#mails")).to_be_hidden()
    caller.add("ann@shop.example")
    expect(users).to_have_text(["ann@shop.exampleadminpending"])
    expect(mails).to_have_text(
        [re.compile(r"ann@shop.exampleSandboxAaddUserWithRolesha256:\w{12}")]
    )
    sandbox.accept("ann@shop.example")
    sandbox.set_role("bob@shop.example", None)
    expect(users).to_have_text(["ann@shop.exampleadminactive", "bob@shop.examplenoneactive"])
    sandbox.set_domain("capig.shop.example")
    expect(domain).to_have_text(
        ["capig.shop.example→ capig.example.comnot resolvedDOMAIN_NOT_SELECTED"]
    )
    sandbox.resolve()
    expect(domain).to_have_text([re.compile("comresolvedDOMAIN")])
    heading = watched.page.get_by_role("heading", name="SandboxA")
    expect(heading).to_have_text("SandboxA Tenant for SandboxA")
    sandbox.edit_account(name="Shop", status=2, managed=False)
    expect(heading).to_have_text("SandboxA Shop, deactivated, unmanaged")
    made = caller.create("Store", canPartnerManage=False, adminEmail="cleo@store.example")["id"]
    expect(watched.page.get_by_role("heading", name=made)).to_have_text(
        f"{made} Store, setup in progress, unmanaged"
    )
    expect(mails).to_have_count(2)
    search = watched.page.get_by_role("searchbox", name="Search")
    search.fill("cleo@")
    expect(watched.rows("Users", made)).to_have_count(1)
    expect(heading).to_be_hidden()
    expect(mails).to_have_count(1)
    search.fill("")
    sandbox.drop_account()
    expect(heading).to_have_count(0)
    assert watched.width_missing() == 0
    for mail in sandbox.mails:
        assert mail.link not in watched.page.content()


def test_pipelines_appear_with_what_is_in_them(
    watched: Watched, sandbox: Sandbox, caller: Caller
) -> None:
    rows = watched.rows("Pipelines")
    expect(watched.table("Pipelines")).to_be_hidden()
    sandbox.add_pipeline("Web", pipeline_id="pl-1")
    expect(rows).to_have_text(["Webpl-1"])
    sandbox.add_source("pl-1", "Site", source_id="ds-1")
    sandbox.add_destination("pl-1", "Meta", destination_id="dd-1")
    site, meta = "Site (advertiser hosted pixel)", "Meta (meta conversions api)"
    expect(rows).to_have_text([f"Webpl-1{site}{meta}, not configured"])
    sandbox.edit_destination("dd-1", config={"metaDatasetId": "101", "accessToken": SECRET})
    sandbox.edit_pipeline("pl-1", active=False, blocked=("Lead", "Search"))
    blocked = {
        "pipelineId": "pl-1",
        "destinationId": "dd-1",
        "destinationFilterBlockedEventTypes": ["Purchase"],
    }
    caller.run("updatePipelineDestinationFilter", input=blocked)
    expect(rows).to_have_text(
        [f"Web, inactivepl-1{site}{meta}Lead, Search (filter is off)Meta: Purchase"]
    )
    sandbox.drop_pipeline("pl-1")
    expect(rows).to_have_text([f"(none){site}{meta}"])
    assert SECRET not in watched.page.content()
    assert watched.width_missing() == 0


def test_requests_appear_with_their_answers(
    watched: Watched, sandbox: Sandbox, caller: Caller
) -> None:
    caller.setup("301", accessToken=SECRET)
    sandbox.inject(Fault("hang-up"))
    with pytest.raises(httpx.TransportError):
        caller.send("list")
    caller.send("deleteDataSource", id="404")
    rows = watched.rows("Requests")
    expect(rows).to_have_text(
        [
            re.compile(r"deleteDataSourcePOST /capig/graphql/SandboxA\{.*\}404[\d.]+ ms"),
            re.compile(r"list.*nonefault: hang-up"),
            re.compile(r'setupPixelSignalConfig.*"accessToken":"sha256:\w{12}".*200'),
        ]
    )
    expect(watched.page.locator("#totals")).to_have_text(
        "Requests: 3, in progress: 0, connections: 2"
    )
    assert SECRET not in watched.page.content()
    assert "sha256:" in watched.page.content()


def test_pixels_of_one_filter_share_a_row(
    watched: Watched, sandbox: Sandbox, caller: Caller
) -> None:
    pixels = [str(number) for number in range(301, 315)]
    for pixel in pixels:
        sandbox.connect(pixel)
    for number in range(50):
        sandbox.set_domain_filter(f"staging-{number}.example", "DROP")
        sandbox.set_domain_filter(f"staging-{number}.example", "DROP", pixels)
    caller.event("DROP", name="Lead")
    caller.event("DROP", pixels, name="Lead")
    caller.event("PUBLISH", pixels[:2], name="Lead")
    caller.event("DROP", pixels[:3], name="Search")
    caller.event("DROP", [*pixels[:4], "404"], name="Purchase")
    caller.event("DROP", ["404", "405", "406", "407"], name="Schedule")
    domains = watched.rows("Domain filters")
    expect(domains).to_have_count(50)
    expect(domains.first).to_have_text("staging-0.examplewhole account, all 14 pixelsDROP")
    events = watched.rows("Event filters")
    expect(events).to_have_text(
        [
            "Leadwhole account, 12 of 14 pixelsDROP",
            "Lead301302PUBLISH",
            "Search301302303DROP",
            "Purchase4 of 14 pixels, 1 not connectedDROP",
            "Schedule4 not connectedDROP",
        ]
    )
    events.nth(3).get_by_text("4 of 14 pixels").click()
    expect(events.nth(3).locator("pre")).to_have_text("301 302 303 304 404")


def test_answers_unfold(watched: Watched, sandbox: Sandbox, caller: Caller) -> None:
    sandbox.connect("301", name="Shop")
    for _ in range(3):
        caller.send("list")
    row = watched.rows("Requests")
    expect(row).to_contain_text("list \N{MULTIPLICATION SIGN}3")
    row.get_by_text("SignalConfig:301").click()
    expect(row.locator("pre")).to_contain_text('"pixelName": "Shop"')
    row.get_by_text("SignalConfig:301").first.click()
    expect(row.locator("pre")).to_have_count(0)


def test_settings_of_one_request_are_counted(watched: Watched, caller: Caller) -> None:
    fields = "updateEventFilter(input: {eventName: %s, filterState: DROP}) { updatedFilter { id } }"
    body = " ".join(
        f'f{number}: tenantMutations(tenantId: "SandboxA") {{ {fields % name} }}'
        for number, name in enumerate(['"Lead"', '" "', '"Search"'])
    )
    caller.post(f"mutation {{ {body} }}")
    expect(watched.rows("Requests")).to_have_text(
        [re.compile(r"updateEventFilter.*3 settings, 1 failed.*eventName is empty.*400")]
    )


def test_a_search_leaves_what_contains_it(
    watched: Watched, sandbox: Sandbox, caller: Caller
) -> None:
    for number in range(60):
        caller.setup(str(1000 + number))
    sandbox.set_domain_filter("staging.example", "DROP", [str(1000 + n) for n in range(5)])
    caller.event("DROP", name="Lead")
    sandbox.connect("2000", tenant="SandboxB")
    search = watched.page.get_by_role("searchbox", name="Search")
    expect(watched.rows("Pixels")).to_have_count(60)
    expect(watched.page.locator(".changed, .gone")).to_have_count(0)
    watched.page.evaluate("marks.length = 0")
    search.fill("1003")
    expect(watched.rows("Pixels")).to_have_text([re.compile("1003")])
    expect(watched.rows("Requests")).to_have_text([re.compile("setup.*1003")])
    expect(watched.rows("Domain filters")).to_have_count(1)  # one of its pixels
    expect(watched.table("Event filters")).to_be_hidden()
    expect(watched.page.get_by_role("heading", name="SandboxB")).to_be_hidden()
    expect(watched.table("Pixels").locator("caption")).to_have_text("Pixels (1 of 60)")
    caller.run("updateSignalConfigCapiPublish", id="1003", input={"status": 0})
    expect(watched.rows("Requests")).to_have_count(2)
    search.fill("")
    expect(watched.rows("Pixels")).to_have_count(60)
    expect(watched.rows("Requests")).to_have_count(50)
    expect(watched.page.get_by_role("heading", name="SandboxB")).to_be_visible()
    assert {mark for mark in watched.marks() if "updateSignalConfigCapiPublish" not in mark} == {
        "off"
    }


def test_names_are_text_whatever_they_contain(
    window: Page, sandbox: Sandbox, caller: Caller
) -> None:
    hostile = "<img src=x onerror=\"alert('broken')\"><script>alert('in')</script>"
    sandbox.rename(hostile, tenant="SandboxB")
    sandbox.connect("301", name=hostile)
    sandbox.connect(hostile)
    sandbox.mark_bad_token("301", code=hostile)
    sandbox.set_event_filter(hostile, "DROP", [hostile])
    sandbox.set_domain_filter(hostile, "DROP")
    caller.event("DROP", [hostile], name="<b>Lead</b>")
    watched = Watched(window, sandbox.url)
    for caption in ("Pixels", "Event filters", "Domain filters", "Requests"):
        expect(watched.rows(caption).filter(has_text="<script>alert('in')").first).to_be_visible()
    expect(window.get_by_role("heading", name=hostile)).to_be_visible()
    assert window.locator("img, main script, main b, iframe").count() == 0
    assert watched.width_missing() == 0
    assert watched.troubles == []


def test_a_sandbox_that_ends_is_missed_and_found_again(window: Page, sandbox: Sandbox) -> None:
    sandbox.connect("301")
    watched = Watched(window, sandbox.url)
    sandbox.stop()
    watched.says("The sandbox is gone")
    expect(watched.rows("Pixels")).to_have_count(1)
    sandbox.connect("302")
    sandbox.start()
    watched.says("Live from")
    expect(watched.rows("Pixels")).to_have_count(2)
    assert all("ERR_CONNECTION" in trouble for trouble in watched.troubles)


def test_a_hidden_page_rests(window: Page, sandbox: Sandbox) -> None:
    window.clock.install()
    watched = Watched(window, sandbox.url)

    def hide(hidden: bool) -> None:
        watched.page.evaluate(
            "hidden => {"
            " Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
            " document.dispatchEvent(new Event('visibilitychange')); }",
            hidden,
        )

    hide(True)
    before = len(watched.asked)
    sandbox.connect("301")
    window.clock.run_for(60_000)
    assert len(watched.asked) == before
    hide(False)
    expect(watched.rows("Pixels")).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read(
    browser: Browser, sandbox: Sandbox, caller: Caller, width: int, scheme: Any
) -> None:
    caller.setup("319279634094583", name="A name that is as long as names of outlets tend to be")
    sandbox.mark_bad_token(sandbox.connect("2840127409433732").pixel_id)
    sandbox.edit("319279634094583", total_events_received=1234567.0)
    caller.event("DROP", name="E" * 50)
    caller.run("updateDomainFilter", input={"domain": f"{'d' * 60}.example", "filterState": "DROP"})
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    try:
        watched = Watched(page, sandbox.url)
        assert watched.width_missing() == 0
        for caption, columns in (("Pixels", 6), ("Event filters", 3), ("Requests", 5)):
            table = watched.table(caption)
            assert table.get_by_role("columnheader").count() == columns
            row = table.get_by_role("row").nth(1)
            assert row.get_by_role("rowheader").count() == 1
            assert row.get_by_role("cell").count() == columns - 1
        assert page.evaluate(LOW_CONTRASTS) == []
    finally:
        page.close()


LOW_CONTRASTS = """() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => numbers(color).slice(0, 3).map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const back = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return numbers(color)[3] === 0 ? back(element.parentElement) : color;
  };
  const told = [...document.querySelectorAll("body *")].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
    && element.getClientRects().length);
  return told.filter((element) => {
    const [one, other] = [getComputedStyle(element).color, back(element)].map(light)
      .sort((a, b) => a - b);
    return (other + 0.05) / (one + 0.05) < 4.5;
  }).map((element) => element.textContent);
}"""
"""Texts that stand out from their background less than WCAG asks for."""

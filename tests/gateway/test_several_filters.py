"""Several filter settings in one request, each with a result or an error of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse, validate

from pulumi_capig.errors import (
    ConflictError,
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    OutcomeUnknownError,
    UnavailableError,
    UnexpectedAnswerError,
    UnreachableError,
)
from pulumi_capig.gateway import Client, Filter, FilterSetting, filters
from pulumi_capig.sandbox import FAULTS, Dialect, Fault, Sandbox
from tests.gateway.conftest import Open, Time, set_filter
from tests.gateway.scripted import Reply, Scripted, error
from tests.gateway.test_documents import schema_of

Serve = Callable[..., Scripted]

LEAD = FilterSetting("event", "Lead", "DROP", ("101",))
SHOP = FilterSetting("domain", "example.com", "DROP")
CART = FilterSetting("event", "AddToCart", "PUBLISH")
ALL = [LEAD, SHOP, CART]

FIELDS = {"event": "updateEventFilter", "domain": "updateDomainFilter"}


def drops(count: int, *, pixels: int | None = None) -> list[FilterSetting]:
    listed = None if pixels is None else tuple(str(100 + n) for n in range(pixels))
    return [FilterSetting("domain", f"{n}.example", "DROP", listed) for n in range(count)]


def echo(setting: FilterSetting, **changes: Any) -> dict[str, Any]:
    """What a gateway answers to a setting."""
    key = "eventName" if setting.kind == "event" else "domain"
    found = {key: setting.name, "filterState": setting.filter_state, **changes}
    return {FIELDS[setting.kind]: {"updatedFilter": found}}


def at(alias: str, setting: FilterSetting, *below: str) -> list[str]:
    return [alias, FIELDS[setting.kind], *below]


def flaw(code: int | None, path: list[str] | None = None, message: str = "no") -> dict[str, Any]:
    entry: dict[str, Any] = {"message": message}
    if code is not None:
        entry["extensions"] = {"code": code}
    return entry if path is None else {**entry, "path": path}


def reply(data: Any, *errors: dict[str, Any], status: int = 200, **headers: str) -> Reply:
    body = {"data": data, **({"errors": list(errors)} if errors else {})}
    return Reply(json.dumps(body), status, headers=headers)


def done(*settings: FilterSetting) -> Reply:
    """All succeeded; one alone has no alias."""
    if len(settings) == 1:
        return reply({"tenantMutations": echo(settings[0])})
    return reply({f"s{n}": echo(setting) for n, setting in enumerate(settings)})


def shown(outcomes: list[Filter | GatewayError]) -> list[object]:
    return [
        type(outcome)
        if isinstance(outcome, GatewayError)
        else (outcome.event_name or outcome.domain, outcome.filter_state)
        for outcome in outcomes
    ]


def names(*settings: FilterSetting) -> list[tuple[str, str]]:
    return [(setting.name, setting.filter_state) for setting in settings]


def aliases(server: Scripted) -> list[list[str]]:
    """The root fields of each request: their alias, or their name."""
    found = []
    for call in server.calls:
        operation = parse(call.content["query"]).definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        roots = operation.selection_set.selections
        found.append(
            [
                root.alias.value if root.alias else root.name.value
                for root in roots
                if isinstance(root, FieldNode)
            ]
        )
    return found


ALONE = ["tenantMutations"]


def fields_of(*settings: FilterSetting) -> list[str]:
    """What a document of these settings asks for, field by field."""
    return [FIELDS[setting.kind] for setting in settings]


def sent_to(sandbox: Sandbox) -> list[list[str]]:
    """What each document asked for, field by field; `record.operation` has each name once."""
    return [
        [field.operation for field in record.fields]
        for record in sandbox.requests
        if record.operation != "token"
    ]


# What is sent


def test_several_are_root_fields_of_one_document(serve: Serve, open_client: Open) -> None:
    server = serve(done(*ALL))
    assert shown(filters.set_filters(open_client(server), "T", ALL)) == names(*ALL)
    (call,) = server.calls
    assert call.content["variables"] == {
        "tenantId": "T",
        "input_s0": {"eventName": "Lead", "pixelIds": ["101"], "filterState": "DROP"},
        "input_s1": {"domain": "example.com", "filterState": "DROP"},
        "input_s2": {"eventName": "AddToCart", "pixelIds": None, "filterState": "PUBLISH"},
    }
    document = parse(call.content["query"])
    assert validate(schema_of("capig"), document) == []
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name is not None
    assert operation.name.value == "EventFilterStatusMutation"
    assert aliases(server) == [["s0", "s1", "s2"]]


def test_the_documents_name_is_that_of_the_first(serve: Serve, open_client: Open) -> None:
    server = serve(done(SHOP, LEAD))
    filters.set_filters(open_client(server), "T", [SHOP, LEAD])
    assert "mutation useComitDomainFilterChangeMutation(" in server.calls[0].content["query"]


def test_they_are_applied_in_order(sandbox: Sandbox, client: Client) -> None:
    for pixel in ("101", "102"):
        sandbox.connect(pixel)
    outcomes = filters.set_filters(
        client,
        "SandboxA",
        [
            FilterSetting("event", "Lead", "DROP"),
            FilterSetting("event", "Lead", "PUBLISH", ("101", "102")),
            FilterSetting("event", "Lead", "DROP", ("102",)),
            SHOP,
        ],
    )
    assert [type(outcome) for outcome in outcomes] == [Filter] * 4
    assert sandbox.state.effective_event("SandboxA", "Lead", "101") == "PUBLISH"
    assert sandbox.state.effective_event("SandboxA", "Lead", "102") == "DROP"
    assert sandbox.state.effective_domain("SandboxA", "example.com", "101") == "DROP"
    assert len(sandbox.requests) == 2  # one of them for the token


def test_none_is_no_request(sandbox: Sandbox, client: Client) -> None:
    assert filters.set_filters(client, "SandboxA", []) == []
    assert sandbox.requests == []


def test_one_is_todays_request(serve: Serve, open_client: Open) -> None:
    server = serve(done(LEAD))
    client = open_client(server)
    assert shown(filters.set_filters(client, "T", [LEAD])) == names(LEAD)
    set_filter(client, "event", "T", "Lead", "DROP", ["101"])
    one, other = (call.body for call in server.calls)
    assert one == other
    assert aliases(server)[0] == ALONE


@pytest.mark.parametrize(
    ("settings", "sizes"),
    [
        (drops(filters.MOST_SETTINGS), [filters.MOST_SETTINGS]),
        (drops(filters.MOST_SETTINGS + 1), [filters.MOST_SETTINGS, 1]),
        (drops(2 * filters.MOST_SETTINGS + 2), [filters.MOST_SETTINGS] * 2 + [2]),
        (drops(2, pixels=filters.MOST_PIXELS // 2), [2]),
        (drops(3, pixels=filters.MOST_PIXELS // 2), [2, 1]),
        (drops(2, pixels=filters.MOST_PIXELS + 1), [1, 1]),
        (
            [drops(1)[0], drops(2, pixels=filters.MOST_PIXELS + 1)[1], drops(3)[2]],
            [1, 1, 1],
        ),
        # What is about one name stays together.
        ([s for one in drops(filters.MOST_SETTINGS // 3 + 1) for s in (one, one, one)], [39, 3]),
        ([*drops(1, pixels=filters.MOST_PIXELS), *drops(1, pixels=2)], [2]),
    ],
)
def test_no_document_is_too_large(
    sandbox: Sandbox, client: Client, settings: list[FilterSetting], sizes: list[int]
) -> None:
    outcomes = filters.set_filters(client, "SandboxA", settings)
    assert shown(outcomes) == names(*settings)
    assert [sent.count("updateDomainFilter") for sent in sent_to(sandbox)] == sizes
    written = [change.key[0] for change in sandbox.state.history]
    assert list(dict.fromkeys(written)) == list(dict.fromkeys(setting.name for setting in settings))


# Each has its own result and its own error


@pytest.mark.parametrize("code_key", ["code", "classification", "message"])
@pytest.mark.parametrize("carrier", ["status", "errors", "text"])
def test_one_of_them_is_refused(
    sandbox: Sandbox, client: Client, carrier: Any, code_key: Any
) -> None:
    sandbox.connect("101")
    sandbox.dialect = Dialect(
        error_carrier=carrier, error_code_key=code_key, filter_unknown_pixel="404"
    )
    gone = FilterSetting("event", "Purchase", "DROP", ("404",))
    odd = FilterSetting("domain", "", "DROP")
    outcomes = filters.set_filters(client, "SandboxA", [LEAD, gone, SHOP, odd])
    (lead,), (shop,) = names(LEAD), names(SHOP)
    assert shown(outcomes) == [lead, NotFoundError, shop, InvalidInputError]
    assert isinstance(outcomes[1], GatewayError)
    assert str(outcomes[1]).startswith(
        "set event Purchase to DROP for pixel 404 (account SandboxA)"
    )
    assert outcomes[1].code == 404
    joint = [sent for sent in sent_to(sandbox) if len(sent) > 1]
    assert joint == [fields_of(LEAD, gone, SHOP, odd)]
    assert len(sandbox.requests) == (2 if carrier != "text" else 6)


@pytest.mark.parametrize("code", [400, 404, 409, 422])
@pytest.mark.parametrize("status", [200, "code"])
@pytest.mark.parametrize("data", ["nulls", "null"])
def test_a_document_of_which_all_failed(
    serve: Serve, open_client: Open, code: int, status: Any, data: str
) -> None:
    """Neither a refusal of documents nor an unknown outcome."""
    flaws = [flaw(code, at(f"s{n}", setting), setting.name) for n, setting in enumerate(ALL)]
    given = None if data == "null" else dict.fromkeys(("s0", "s1", "s2"))
    server = serve(reply(given, *flaws, status=code if status == "code" else 200), done(*ALL))
    client = open_client(server)
    outcomes = filters.set_filters(client, "T", ALL)
    kind = {404: NotFoundError, 409: ConflictError}.get(code, InvalidInputError)
    assert shown(outcomes) == [kind] * 3
    for outcome, setting in zip(outcomes, ALL, strict=True):
        assert f'"{setting.name}"' in str(outcome)
    assert shown(filters.set_filters(client, "T", ALL)) == names(*ALL)
    assert aliases(server) == [["s0", "s1", "s2"]] * 2


@pytest.mark.parametrize(
    ("flaws", "data", "expected"),
    [
        # an error without a path is that of the field without a result
        ([flaw(404)], {"s0": echo(LEAD), "s1": None}, [None, NotFoundError]),
        ([flaw(404)], {"s0": echo(LEAD), "s1": {FIELDS["domain"]: None}}, [None, NotFoundError]),
        # of several such, the least certain one
        ([flaw(404), flaw(None)], {"s0": echo(LEAD), "s1": None}, [None, OutcomeUnknownError]),
        # a path that is none of ours says no more
        ([flaw(404, ["tenantMutations"])], {"s0": echo(LEAD), "s1": None}, [None, NotFoundError]),
        # null without an error
        ([], {"s0": echo(LEAD), "s1": None}, [None, OutcomeUnknownError]),
        ([], {"s0": echo(LEAD)}, [None, OutcomeUnknownError]),
        ([], {"s0": None, "s1": {}}, [OutcomeUnknownError, OutcomeUnknownError]),
        ([], {"s0": echo(LEAD), "s1": {FIELDS["domain"]: 1}}, [None, OutcomeUnknownError]),
        ([], None, [OutcomeUnknownError, OutcomeUnknownError]),
        # what failed stands below the operation, which was done
        (
            [flaw(400, at("s1", SHOP, "updatedFilter", "id"))],
            {"s0": echo(LEAD), "s1": None},
            [None, OutcomeUnknownError],
        ),
        # an error beside a result
        (
            [flaw(400, at("s1", SHOP))],
            {"s0": echo(LEAD), "s1": echo(SHOP)},
            [None, OutcomeUnknownError],
        ),
        # one that is nobody's
        ([flaw(400)], {"s0": echo(LEAD), "s1": echo(SHOP)}, [InvalidInputError] * 2),
        # a result marked as uncovered is a result
        ([flaw(418)], {"s0": echo(LEAD), "s1": echo(SHOP)}, [None, None]),
        ([flaw(418, at("s1", SHOP))], {"s0": echo(LEAD), "s1": echo(SHOP)}, [None, None]),
        ([flaw(418), flaw(404, at("s1", SHOP))], {"s0": echo(LEAD)}, [None, NotFoundError]),
        # no word of a code
        ([flaw(None, at("s1", SHOP))], {"s0": echo(LEAD)}, [None, OutcomeUnknownError]),
        ([flaw(403, at("s1", SHOP))], {"s0": echo(LEAD)}, [None, NotAuthorizedError]),
    ],
)  # fmt: skip
def test_whose_error_it_is(
    serve: Serve, open_client: Open, flaws: Any, data: Any, expected: list[Any]
) -> None:
    server = serve(reply(data, *flaws))
    outcomes = filters.set_filters(open_client(server), "T", [LEAD, SHOP])
    (lead,), (shop,) = names(LEAD), names(SHOP)
    assert shown(outcomes) == [
        kind or name for kind, name in zip(expected, (lead, shop), strict=True)
    ]
    assert len(server.calls) == 1


def test_a_status_without_an_error_explains_nothing(serve: Serve, open_client: Open) -> None:
    data = {"s0": echo(LEAD), "s1": echo(SHOP)}
    server = serve(reply(data, status=404))
    outcomes = filters.set_filters(open_client(server), "T", [LEAD, SHOP])
    assert shown(outcomes) == [NotFoundError] * 2
    server = serve(reply(data, status=418))
    assert shown(filters.set_filters(open_client(server), "T", [LEAD, SHOP])) == names(LEAD, SHOP)


def test_the_status_stands_for_errors_without_a_code(serve: Serve, open_client: Open) -> None:
    server = serve(reply({"s0": echo(LEAD)}, flaw(None, at("s1", SHOP)), status=404))
    (_, second) = filters.set_filters(open_client(server), "T", [LEAD, SHOP])
    assert (type(second), getattr(second, "code", None)) == (NotFoundError, 404)


def test_details_of_an_error(serve: Serve, open_client: Open) -> None:
    answer = reply({"s0": echo(LEAD)}, flaw(404, at("s1", SHOP), "api-token-of-the-script"),
                   **{"X-Request-Id": "r-17", "Retry-After": "9"})  # fmt: skip
    (_, second) = filters.set_filters(open_client(serve(answer)), "T", [LEAD, SHOP])
    assert isinstance(second, NotFoundError)
    assert (second.request_id, second.retry_after, second.attempts) == ("r-17", 9.0, 1)
    assert second.operation == "set domain example.com to DROP for the whole account"
    assert '"[secret]"' in str(second)


# Gateways that take one at a time


@pytest.mark.parametrize("carrier", ["status", "errors", "text"])
@pytest.mark.parametrize("refusal", ["400", "413", "418"])
def test_a_gateway_that_refuses_such_documents(
    sandbox: Sandbox, client: Client, time: Time, refusal: Any, carrier: Any
) -> None:
    sandbox.dialect = Dialect(several_fields=refusal, error_carrier=carrier)
    for joint in (1, 0):
        sandbox.clear_requests()
        assert shown(filters.set_filters(client, "SandboxA", ALL)) == names(*ALL)
        one_by_one = [fields_of(setting) for setting in ALL]
        assert sent_to(sandbox) == [fields_of(*ALL)] * joint + one_by_one
    assert time.slept == []


def validation(message: str, status: int) -> Reply:
    return Reply(json.dumps({"errors": [{"message": message}]}), status)


REFUSALS = {
    "validation 200": validation("Aliases are not allowed", 200),
    "validation 400": validation("Query has depth 9, which exceeds 3", 400),
    "validation 422": validation("Syntax Error: too many tokens", 422),
    "400 data null": error(400, "Too complex"),
    "400 in 200": error(400, "Too complex", status=200),
    "404 without a path": error(404),
    "405": Reply("", 405, None),
    "418 without data": Reply(json.dumps({"errors": [flaw(418)]}), 418),
    "text 400": Reply("no", 400, "text/plain"),
    "text 404": Reply("no", 404, "text/plain"),
    "text 413": Reply("Payload Too Large", 413, "text/plain"),
    "page 413": Reply("<html>Request Entity Too Large</html>", 413, "text/html"),
    "page 403": Reply("<html>Request blocked</html>", 403, "text/html"),
    "text 403": Reply("RBAC: access denied", 403, "text/plain"),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals_of_a_document(serve: Serve, open_client: Open, refusal: Reply) -> None:
    server = serve(refusal, done(LEAD), done(SHOP), done(CART), done(SHOP), done(LEAD))
    client = open_client(server)
    assert shown(filters.set_filters(client, "T", ALL)) == names(*ALL)
    assert shown(filters.set_filters(client, "T", [SHOP, LEAD])) == names(SHOP, LEAD)
    assert aliases(server) == [["s0", "s1", "s2"], *[ALONE] * 5]


NO_REFUSALS = {
    "403": (error(403), NotAuthorizedError, 1),
    "401": (error(401), NotAuthorizedError, 5),
    "redirect": (Reply("", 302, "text/html", {"Location": "/login"}), UnexpectedAnswerError, 1),
    "no code": (reply(None, flaw(None)), OutcomeUnknownError, 1),
    "page 200": (Reply("<html>Welcome</html>", 200, "text/html"), OutcomeUnknownError, 1),
    "500": (error(500), OutcomeUnknownError, 5),
    "429": (error(429), UnavailableError, 5),
    "408": (error(408), OutcomeUnknownError, 5),
    "cut": (Reply("{"), OutcomeUnknownError, 5),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "kind", "requests"), NO_REFUSALS.values(), ids=NO_REFUSALS)
def test_what_fails_as_a_whole(
    serve: Serve, open_client: Open, answer: Reply, kind: Any, requests: int
) -> None:
    """Each setting has the error; nothing is sent one by one, not now and not later."""
    server = serve(*[answer] * requests, done(*ALL))
    client = open_client(server)
    outcomes = filters.set_filters(client, "T", ALL)
    assert shown(outcomes) == [kind] * 3
    operations = [outcome.operation for outcome in outcomes if isinstance(outcome, GatewayError)]
    assert operations == [
        "set event Lead to DROP for pixel 101",
        "set domain example.com to DROP for the whole account",
        "set event AddToCart to PUBLISH for the whole account",
    ]
    assert shown(filters.set_filters(client, "T", ALL)) == names(*ALL)
    assert aliases(server) == [["s0", "s1", "s2"]] * (requests + 1)


def test_answers_that_are_lost_with_another_ones_error(serve: Serve, open_client: Open) -> None:
    """Where root fields may not be null, the error of one takes the results of all with it."""
    lost = reply(None, flaw(404, at("s1", SHOP)))
    server = serve(lost, done(LEAD), done(CART), done(LEAD), done(SHOP))
    client = open_client(server)
    (lead,), (cart,) = names(LEAD), names(CART)
    assert shown(filters.set_filters(client, "T", ALL)) == [lead, NotFoundError, cart]
    filters.set_filters(client, "T", [LEAD, SHOP])
    assert aliases(server) == [["s0", "s1", "s2"], *[ALONE] * 4]


def test_all_threads_learn_of_a_refusal(
    sandbox: Sandbox, client: Client, threads: ThreadPoolExecutor
) -> None:
    sandbox.dialect = Dialect(several_fields="400")
    joint = fields_of(LEAD, SHOP)
    with sandbox.hold("updateDomainFilter", times=None) as gate:
        asked = [
            threads.submit(filters.set_filters, client, "SandboxA", [LEAD, SHOP]) for _ in range(4)
        ]
        gate.wait(4)
    assert [shown(future.result()) for future in asked] == [names(LEAD, SHOP)] * 4
    filters.set_filters(client, "SandboxA", [LEAD, SHOP])
    sent = sent_to(sandbox)
    assert sent.count(joint) == 4
    assert sent.count(["updateEventFilter"]) == 5


# What is sent again


@pytest.mark.parametrize("fault", ["reset-after-write", "hang-up-before-write", "500", "502-page",
                                   "429-seconds", "cut-json", "truncated", "401-once",
                                   "token-expired"])  # fmt: skip
def test_the_whole_document_is_sent_again(sandbox: Sandbox, client: Client, fault: str) -> None:
    sandbox.inject(FAULTS[fault].on("updateDomainFilter"))
    assert shown(filters.set_filters(client, "SandboxA", ALL)) == names(*ALL)
    assert sent_to(sandbox) == [fields_of(*ALL)] * 2
    assert sandbox.counters.token_fetches == (2 if fault in ("401-once", "token-expired") else 1)


OF_TIME = {"slow-before-write", "slow-after-write", "late-write"}


@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in OF_TIME])
def test_every_fault_for_ever(sandbox: Sandbox, open_client: Open, fault: str) -> None:
    """A joint document ends as one setting alone does, for each of its settings."""
    kinds = []
    for settings in ([LEAD], ALL):
        sandbox.reset()
        sandbox.inject(FAULTS[fault].on(("updateEventFilter", "updateDomainFilter"), times=None))
        kinds += shown(
            filters.set_filters(open_client(sandbox, maxRetries=2), "SandboxA", settings)
        )
    failed = [kind if isinstance(kind, type) else "fine" for kind in kinds]
    assert failed == failed[:1] * 4


def test_retry_after(serve: Serve, open_client: Open, time: Time) -> None:
    server = serve(error(429, headers={"Retry-After": "17"}), done(*ALL))
    assert shown(filters.set_filters(open_client(server), "T", ALL)) == names(*ALL)
    (waited,) = time.slept
    assert 17 <= waited <= 17.25
    one, other = server.calls
    assert one.body == other.body


def test_one_that_fails_for_a_while_is_sent_again_alone(
    serve: Serve, open_client: Open, time: Time
) -> None:
    partly = reply(
        {"s0": echo(LEAD), "s1": None}, flaw(503, at("s1", SHOP)), flaw(404, at("s2", CART)),
        **{"Retry-After": "3"},
    )  # fmt: skip
    again = reply({"s1": echo(SHOP)})
    server = serve(partly, again)
    (lead,), (shop,) = names(LEAD), names(SHOP)
    assert shown(filters.set_filters(open_client(server), "T", ALL)) == [lead, shop, NotFoundError]
    assert aliases(server) == [["s0", "s1", "s2"], ["s1"]]
    assert set(server.calls[1].content["variables"]) == {"tenantId", "input_s1"}
    (waited,) = time.slept
    assert 3 <= waited <= 3.25


def test_one_that_fails_for_ever(serve: Serve, open_client: Open) -> None:
    busy, failing = (reply({"s0": echo(LEAD)}, flaw(code, at("s1", SHOP))) for code in (429, 500))
    (lead,) = names(LEAD)
    for answers, kind in ([busy], UnavailableError), ([failing, busy], OutcomeUnknownError):
        server = serve(*answers)
        found = filters.set_filters(open_client(server, maxRetries=2), "T", [LEAD, SHOP])
        assert shown(found) == [lead, kind]
        assert aliases(server) == [["s0", "s1"], ["s1"], ["s1"]]
        assert getattr(found[1], "attempts", None) == 3


def test_what_is_sent_again_stays_in_order(serve: Serve, open_client: Open) -> None:
    """A setting that came after it about the same thing would be undone by it."""
    whole, part = (
        FilterSetting("event", "Lead", *rest) for rest in [("PUBLISH",), ("DROP", ("1",))]
    )
    settings = [whole, SHOP, part, CART]
    answer = reply(
        {"s1": echo(SHOP), "s2": echo(part), "s3": echo(CART)}, flaw(503, at("s0", whole))
    )
    server = serve(answer, answer, reply({"s0": echo(whole), "s2": echo(part)}))
    assert shown(filters.set_filters(open_client(server), "T", settings)) == names(*settings)
    assert aliases(server) == [["s0", "s1", "s2", "s3"], ["s0", "s2"], ["s0", "s2"]]
    # One that was applied, and is sent again without an answer, is unknown, and no other.
    server = serve(answer, Reply("{"))
    found = filters.set_filters(open_client(server, maxRetries=1), "T", settings)
    unknown, (shop,), (cart,) = OutcomeUnknownError, names(SHOP), names(CART)
    assert shown(found) == [unknown, shop, unknown, cart]
    # One that was applied, each time, is.
    found = filters.set_filters(open_client(serve(answer), maxRetries=1), "T", settings)
    assert shown(found) == [unknown, shop, *names(part), cart]


def test_an_unknown_outcome_stays_unknown(serve: Serve, open_client: Open) -> None:
    refused = reply(None, flaw(403, at("s0", LEAD)), flaw(404, at("s1", SHOP)), status=403)
    found = filters.set_filters(open_client(serve(Reply("{"), refused)), "T", [LEAD, SHOP])
    # ... but `not found` tells how things stand now.
    assert shown(found) == [OutcomeUnknownError, NotFoundError]


def test_a_document_that_is_refused_at_its_second_attempt(serve: Serve, open_client: Open) -> None:
    server = serve(Reply("{"), error(413), done(LEAD), done(SHOP))
    assert shown(filters.set_filters(open_client(server), "T", [LEAD, SHOP])) == names(LEAD, SHOP)


@pytest.mark.parametrize(
    "answers",
    [
        (Reply("{"), error(413)),
        (Reply("no", 403, "text/plain"),),  # what others did stands in no text
        (Reply("no", 404, "text/plain"),),
    ],
    ids=["lost, then refused", "text 403", "text 404"],
)
def test_what_a_document_may_have_done_stays_possible_once_it_is_sent_alone(
    serve: Serve, open_client: Open, answers: tuple[Reply, ...]
) -> None:
    found = filters.set_filters(
        open_client(serve(*answers, done(LEAD), error(403))), "T", [LEAD, SHOP]
    )
    assert shown(found) == [*names(LEAD), OutcomeUnknownError]
    # Nor is it certain of one that is not sent any more.
    found = filters.set_filters(open_client(serve(*answers, error(403))), "T", [LEAD, SHOP])
    assert shown(found) == [OutcomeUnknownError, OutcomeUnknownError]


def test_a_refused_token_with_paths_is_renewed(serve: Serve, open_client: Open) -> None:
    flaws = [flaw(401, at(f"s{n}", setting)) for n, setting in enumerate(ALL)]
    refused = reply(None, *flaws, status=401)
    server = serve(refused, done(*ALL))
    assert shown(filters.set_filters(open_client(server), "T", ALL)) == names(*ALL)
    assert len(server.token_requests) == 2
    server = serve(refused)
    client = open_client(server, maxRetries=1)
    assert shown(filters.set_filters(client, "T", ALL)) == [NotAuthorizedError] * 3
    assert (len(server.token_requests), len(server.calls)) == (2, 2)


def test_no_token(serve: Serve, open_client: Open) -> None:
    server = serve(done(*ALL), tokens=(Reply('{"error": "invalid_client"}', 401),))
    outcomes = filters.set_filters(open_client(server), "T", ALL)
    assert shown(outcomes) == [NotAuthorizedError] * 3
    assert all("fetch an API token" in str(outcome) for outcome in outcomes)
    assert server.calls == []


def test_no_token_after_an_unknown_outcome(serve: Serve, open_client: Open) -> None:
    good, bad = Reply('{"token": "one"}'), Reply('{"error": "invalid_client"}', 401)
    for settings in ([LEAD], ALL):
        server = serve(error(500), error(401), tokens=(good, bad))
        outcomes = filters.set_filters(open_client(server), "T", settings)
        assert shown(outcomes) == [OutcomeUnknownError] * len(settings)
        assert all("fetch an API token" in str(outcome) for outcome in outcomes)


# Refused fields


@pytest.mark.parametrize("carrier", ["status", "errors", "text"])
def test_refused_fields_are_left_out_of_single_and_several_fields(
    sandbox: Sandbox, client: Client, carrier: Any
) -> None:
    unknown = frozenset({"EventFilter.id", "DomainFilter.id", "DomainFilter.pixelId"})
    sandbox.dialect = Dialect(unknown_fields=unknown, error_carrier=carrier)
    assert shown(filters.set_filters(client, "SandboxA", ALL)) == names(*ALL)
    refused = len(sandbox.requests) - 2
    # A line of text names one field, of one type.
    assert refused == (3 if carrier == "text" else 1)
    sandbox.clear_requests()
    for settings in (ALL, [SHOP], [LEAD]):
        assert shown(filters.set_filters(client, "SandboxA", settings)) == names(*settings)
    assert len(sandbox.requests) == 3


def test_fields_refused_alone_are_left_out_of_several_fields(
    sandbox: Sandbox, client: Client
) -> None:
    sandbox.dialect = Dialect(unknown_fields=frozenset({"EventFilter.id", "DomainFilter.id"}))
    filters.set_filters(client, "SandboxA", [SHOP])
    filters.set_filters(client, "SandboxA", [LEAD])
    sandbox.clear_requests()
    assert shown(filters.set_filters(client, "SandboxA", ALL)) == names(*ALL)
    assert len(sandbox.requests) == 1


# After a failure that all would meet, nothing more is sent


@pytest.mark.parametrize("dialect", [Dialect(), Dialect(several_fields="413")])
@pytest.mark.parametrize(
    ("fault", "first", "rest"),
    [
        (Fault.status(403, times=None), NotAuthorizedError, NotAuthorizedError),
        (Fault.status(429, times=None), UnavailableError, UnavailableError),
        (Fault.status(503, times=None), OutcomeUnknownError, UnreachableError),
        (Fault("reset", times=None), OutcomeUnknownError, UnreachableError),
    ],
)
def test_a_failure_that_all_would_meet(
    sandbox: Sandbox, open_client: Open, dialect: Dialect, fault: Fault, first: Any, rest: Any
) -> None:
    client = open_client(sandbox, maxRetries=1)
    sandbox.dialect = dialect
    filters.set_filters(client, "SandboxA", drops(2))
    sandbox.clear_requests()
    sandbox.inject(fault.on("updateDomainFilter"))
    settings = drops(2 * filters.MOST_SETTINGS + 1)
    outcomes = filters.set_filters(client, "SandboxA", settings)
    tried = filters.MOST_SETTINGS if dialect == Dialect() else 1
    assert shown(outcomes) == [first] * tried + [rest] * (len(settings) - tried)
    assert len(sandbox.requests) == (1 if first is NotAuthorizedError else 2)
    last = outcomes[-1]
    assert isinstance(last, GatewayError)
    assert str(last).startswith(
        f"set domain {settings[-1].name} to DROP for the whole account (account SandboxA): "
        "it was not sent, because this failed first: set domain "
    )
    assert str(last).count("\n") == 1


def test_a_failure_of_one_keeps_no_other_from_being_sent(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialect = replace(sandbox.dialect, several_fields="400")
    settings = [FilterSetting("domain", "", "DROP"), SHOP]
    assert shown(filters.set_filters(client, "SandboxA", settings)) == [
        InvalidInputError,
        *names(SHOP),
    ]


@pytest.mark.parametrize(
    "turned_away",
    [
        Reply("<html>Request blocked</html>", 403, "text/html"),
        Reply("<html>Sign in</html>", 401, "text/html"),
        Reply("", 302, "text/html", {"Location": "/login"}),
    ],
    ids=lambda reply: str(reply.status),
)
def test_what_turns_all_away_is_not_asked_again(
    serve: Serve, open_client: Open, turned_away: Reply
) -> None:
    server = serve(turned_away)
    settings = drops(2 * filters.MOST_SETTINGS)
    outcomes = filters.set_filters(open_client(server, maxRetries=0), "T", settings)
    assert shown(outcomes) == [UnexpectedAnswerError] * len(settings)
    assert len(server.calls) == (2 if turned_away.status == 403 else 1)  # 403: then one alone


def test_order_is_kept_where_the_rest_is_sent_alone(serve: Serve, open_client: Open) -> None:
    whole = FilterSetting("event", "Lead", "PUBLISH")
    part = FilterSetting("event", "Lead", "DROP", ("1",))
    first = reply({"s1": echo(part)}, flaw(503, at("s0", whole)))
    server = serve(first, error(413), done(whole), done(part))
    outcomes = filters.set_filters(open_client(server), "T", [whole, part])
    assert shown(outcomes) == names(whole, part)
    assert aliases(server) == [["s0", "s1"], ["s0", "s1"], ALONE, ALONE]

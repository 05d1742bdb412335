"""Hostile inputs, settings, answers and old state: a clear error or a result, never a defect."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any
from unittest import mock

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from pulumi_capig import settings as table
from pulumi_capig.sandbox import Fault, Sandbox
from tests.faults.checks import is_clear
from tests.faults.scenarios import FULL, NEIGHBOUR, OPERATIONS, PIXEL, TENANT, TOKEN
from tests.support.deployment import Deployment
from tests.support.depth import DEPTH
from tests.support.provider import UNKNOWN, CallError, Provider


def fuzzed(examples: int) -> Callable[[Any], Any]:
    """Seeded examples; more of them in depth."""
    return settings(
        max_examples=examples * DEPTH,
        deadline=None,
        derandomize=True,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )


CONFUSING = (
    "",
    " ",
    "null",
    "0",
    "-1",
    "1e999",
    "{}",
    "file:",
    "file:/dev/null",
    "DROP",
    "PUBLISH",
    PIXEL,
    "1" * 5000,
    "\x00",
    "a/b",
    "١٢٣",
    "example.com",
    "xn--a",
    "xn--",
    "..",
    "[::1]",
    "a" * 64 + ".com",
    "\u202e",
    UNKNOWN,
)
texts = st.one_of(st.sampled_from(CONFUSING), st.text(st.characters(codec="utf-8"), max_size=20))
numbers = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
pixels = st.sampled_from((PIXEL, NEIGHBOUR, "303"))
ARGUMENTS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "PixelConnection": {
        "pixel_id": pixels,
        "business_id": st.just("1"),
        "access_token": st.just(TOKEN),
        "external_id": st.sampled_from(("", "x")),
        "api_version": st.just("v24.0"),
        "pixel_name": texts,
        "tenant_id": st.just("SandboxA"),
        "receiving": st.booleans(),
        "publishing": st.booleans(),
        "adopt": st.just(True),
        "reassert": texts,
    },
    "EventFilter": {
        "event_name": st.sampled_from(("Lead", "lead", "Own")),
        "filter_state": st.sampled_from(("DROP", "PUBLISH")),
        "pixel_ids": st.lists(pixels, min_size=1, max_size=3),
        "tenant_id": st.just("SandboxA"),
        "reassert": texts,
    },
}
ARGUMENTS["DomainFilter"] = {
    **{k: v for k, v in ARGUMENTS["EventFilter"].items() if k != "event_name"},
    "domain": st.sampled_from(("example.com", "EXAMPLE.com.", "bücher.example")),
}
kinds = st.sampled_from(sorted(ARGUMENTS))


@st.composite
def declared(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Arguments of which most are right, some are missing and some are anything."""
    arguments = {}
    for name, right in ARGUMENTS[kind].items():
        choice = draw(st.sampled_from(("right", "right", "right", "missing", "anything")))
        if choice != "missing":
            arguments[name] = draw(right if choice == "right" else values)
    return arguments


def attempt(act: Callable[[], Any], account: str = TENANT) -> Any:
    """A result, or None after a clear error, which names the account."""
    try:
        return act()
    except CallError as error:
        message = str(error)
    if "names the right gateway" in message or message.startswith("capig: settings: "):
        assert len(message.splitlines()) == 2
        assert "bug in pulumi_capig" not in message
    else:
        clear(message, account)
    return None


def clear(message: str, account: str = TENANT) -> None:
    """A clear message, of an operation or of a refusal."""
    refusals = ("the state was made against", "get a pixel connection", "take over pixel")
    if any(words in message for words in refusals):
        assert "bug in pulumi_capig" not in message
        assert len(message.splitlines()) == 2
    else:
        is_clear(message, (TOKEN, Sandbox.client_secret), account)


@fuzzed(150)
@given(data=st.data(), kind=kinds)
def test_arguments(served: Provider, in_sandbox: Sandbox, data: st.DataObject, kind: str) -> None:
    in_sandbox.reset()
    in_sandbox.connect(NEIGHBOUR)
    first, second = data.draw(declared(kind)), data.draw(declared(kind))
    with served.operation() as provider:
        checked = attempt(lambda: provider.check(kind, None, first))
        assert checked is not None, "a check failed instead of saying what is wrong"
        for path, reason in checked.failures.items():
            assert "\n" not in reason
            assert path.split("[")[0] in ARGUMENTS[kind]
        if checked.failures or UNKNOWN in json.dumps(checked.inputs):
            return
        account = checked.inputs["tenant_id"]
        created = attempt(lambda: provider.create(kind, checked.inputs), account)
        if created is None:
            return
        id_, outputs = created
        assert None not in outputs.values()
        assert attempt(lambda: provider.read(kind, id_, outputs), account)[0] == id_
        assert not provider.diff(kind, id_, outputs, checked.inputs).changes
    with served.operation() as provider:
        again = attempt(lambda: provider.check(kind, checked.inputs, second))
        assert again is not None
        if not again.failures:
            attempt(lambda: provider.diff(kind, id_, outputs, again.inputs))
            if UNKNOWN not in json.dumps(again.inputs):
                moved = again.inputs["tenant_id"]
                attempt(lambda: provider.update(kind, id_, outputs, again.inputs), moved)
        attempt(lambda: provider.delete(kind, id_, outputs), account)


@fuzzed(150)
@given(data=st.data(), kind=kinds)
def test_old_state(served: Provider, in_sandbox: Sandbox, data: st.DataObject, kind: str) -> None:
    """State of another version: outputs that are missing or of other types, beside the keys."""
    in_sandbox.reset()
    arguments = {name: data.draw(right) for name, right in ARGUMENTS[kind].items()}
    with served.operation() as provider:
        checked = provider.check(kind, None, arguments)
        created = None if checked.failures else attempt(
            lambda: provider.create(kind, checked.inputs)
        )  # fmt: skip
    if created is None:
        return
    id_, outputs = created
    keys = {"tenant_id", "pixel_id", "event_name", "domain", "filter_state", "pixel_ids"}
    old = dict(outputs)
    for name in set(outputs) - keys:
        choice = data.draw(st.sampled_from(("same", "missing", "anything")), label=name)
        if choice == "missing":
            del old[name]
        elif choice == "anything":
            old[name] = data.draw(values)
    old.update(data.draw(st.dictionaries(st.sampled_from(("was", "is_old")), values, max_size=2)))
    with served.operation() as provider:
        attempt(lambda: provider.check(kind, old, arguments))
        attempt(lambda: provider.diff(kind, id_, old, checked.inputs))
        attempt(lambda: provider.read(kind, id_, old))
        attempt(lambda: provider.update(kind, id_, old, checked.inputs))
        attempt(lambda: provider.delete(kind, id_, old))


@fuzzed(150)
@given(data=st.data())
def test_settings(served: Provider, in_sandbox: Sandbox, data: st.DataObject) -> None:
    in_sandbox.reset()
    plain = texts.filter(lambda text: text != UNKNOWN)  # the engine's own word
    # Not the log: each text would be a file that the run writes to.
    left_out = ("gateway", "deadline", "timeout", "log")
    settable = [s.key for s in table.TABLE if s.key not in left_out]
    config = data.draw(st.dictionaries(st.sampled_from(settable), plain, max_size=3))
    variables = data.draw(
        st.dictionaries(
            st.sampled_from([s.variable for s in table.TABLE if s.key in settable]),
            plain.filter(lambda text: "\x00" not in text and text.isascii()),
            max_size=2,
        )
    )
    with mock.patch.dict(os.environ, variables):
        deployment = Deployment(served, config)
        result = deployment.up(FULL, keep_going=True)
    secrets = [config.get("clientSecret"), config.get("token")]
    for message in result.errors.values():
        assert "Traceback" not in message
        assert "bug in pulumi_capig" not in message, (message, config, variables)
        assert not any(s and len(s) > 12 and s != PIXEL and s in message for s in secrets)


@fuzzed(30)
@given(data=st.data())
@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers(
    operation: str, served: Provider, in_sandbox: Sandbox, data: st.DataObject
) -> None:
    """Any answer at all; then the gateway is well again, and one `up` is enough."""
    in_sandbox.reset()
    in_sandbox.connect(NEIGHBOUR)
    status = data.draw(
        st.sampled_from((200, 200, 200, 200, 204, 206, 304, 400, 418, 451, 500, 599))
    )
    body = data.draw(st.one_of(texts, answers(operation).map(json.dumps)))
    fault = Fault.status(status, body=body, operation=operation, times=None)
    deployment = Deployment(served)
    with mock.patch.dict(os.environ, {"CAPIG_MAX_RETRIES": "0"}):
        in_sandbox.inject(fault)
        for act in (lambda: deployment.up(FULL), deployment.refresh, deployment.destroy):
            for message in act().errors.values():
                clear(message)
    in_sandbox.clear_faults()
    with mock.patch.dict(os.environ, {"CAPIG_ADOPT": "true"}):
        assert deployment.up(FULL).errors == {}
    assert deployment.destroy().errors == {}


def test_what_others_say_stays_on_its_line(served: Provider, in_sandbox: Sandbox) -> None:
    said = "no\n\x1b[2J\rall is well\u202e" + "!" * 20_000
    body = json.dumps({"errors": [{"message": said, "extensions": {"code": 400}}]})
    in_sandbox.inject(Fault.status(400, body=body, operation="list", times=None))
    deployment = Deployment(served)
    (message,) = deployment.up(FULL).errors.values()
    clear(message)
    assert all(line.isprintable() for line in message.splitlines())

    in_sandbox.clear_faults()
    deployment.up(FULL)
    state = deployment.state["staging"]
    state.outputs["gateway"] = said
    (message,) = deployment.up(FULL).errors.values()
    clear(message)
    assert all(line.isprintable() for line in message.splitlines())


def answers(operation: str) -> st.SearchStrategy[Any]:
    """Answers with the right shape at the top and anything below."""
    if operation == "token":
        return st.dictionaries(st.sampled_from(("token", "access_token", "expires_in")), values)
    above = {"list": ("tenantQueries", "account")}.get(
        operation,
        ("tenantMutations", operation)
        if operation.endswith("Filter")
        else ("tenantMutations", "signalMutations", operation),
    )
    known = st.sampled_from(
        (
            "id", "name", "status", "signalConfigs", "connectionId", "connectionStatus", "pixelID",
            "eventBridgeActive", "publishingEnabled", "success", "updatedFilter", "filterState",
            "pixelId", "eventName", "pixelName", "apiErrorCode", "badToken", "domains",
        )
    )  # fmt: skip
    inner = st.recursive(
        values,
        lambda one: st.one_of(st.dictionaries(known, one, max_size=5), st.lists(one, max_size=2)),
        max_leaves=8,
    )

    def wrap(value: Any) -> Any:
        for name in reversed(above):
            value = {name: value}
        return {"data": value}

    spoiled = st.fixed_dictionaries({}, optional={"errors": values, "extensions": values})
    whole = inner.map(wrap)
    return st.one_of(whole, st.builds(lambda a, b: {**a, **b}, whole, spoiled), values)

"""All seven operations in every dialect that the facts allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import product
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from pulumi_capig.errors import GatewayError, NotFoundError, OutcomeUnknownError
from pulumi_capig.gateway import Client, pixels
from pulumi_capig.sandbox import Dialect, Sandbox
from tests.gateway.conftest import set_filter

OTHERS: dict[str, tuple[object, ...]] = {
    "token_lifetime": (0.0, 1.0),
    "unknown_fields": (
        frozenset({"ConnectionStatus.badToken"}),
        frozenset({"ConnectionStatus.connected", "SignalConfig.dataSetType", "EventFilter.id"}),
    ),
    "bad_tokens": (frozenset({"EAA"}),),
    "filter_echo_missing": (
        frozenset({"updatedFilter"}),
        frozenset({"filterState", "pixelId"}),
        frozenset({"eventName", "domain"}),
    ),
}
"""Values of the fields that are neither a choice nor a flag."""


def values() -> Iterator[tuple[str, object]]:
    hints = get_type_hints(Dialect)
    for field in fields(Dialect):
        hint = hints[field.name]
        if get_origin(hint) is Literal:
            choices: tuple[object, ...] = get_args(hint)
        else:
            choices = (False, True) if hint is bool else OTHERS[field.name]
        yield from ((field.name, choice) for choice in choices)


EVERY_VALUE = list(values())


def drive(client: Client, sandbox: Sandbox) -> None:
    """Goes through the life of a pixel and looks at what the gateway holds at each step."""
    tenant, state = sandbox.tenant_id, sandbox.state

    def held() -> Any:
        return state.pixel(tenant, "101")

    config = pixels.connect(client, tenant, "101", business_id="7", access_token="EAA", name="Shop")
    assert config.pixel_id == "101"
    assert (held().business_id, held().access_token, held().name) == ("7", "EAA", "Shop")

    account = pixels.list_account(client, tenant)
    assert [item and item.pixel_id for item in account.signal_configs or ()] == ["101"]

    pixels.set_receiving(client, tenant, "101", False)
    status = pixels.set_publishing(client, tenant, "101", False)
    assert (held().receiving, held().publishing) == (False, False)
    assert status.publishing_enabled is False
    pixels.set_receiving(client, tenant, "101", True)
    assert held().receiving is True

    sandbox.connect("102")
    set_filter(client, "event", tenant, "Lead", "DROP", ["101", "102"])
    set_filter(client, "event", tenant, "Purchase", "DROP")
    set_filter(client, "domain", tenant, "example.com", "DROP", ["101"])
    set_filter(client, "domain", tenant, "example.org", "DROP")
    assert state.effective_event(tenant, "Lead", "102") == "DROP"
    assert state.effective_event(tenant, "Purchase", "101") == "DROP"
    assert state.effective_domain(tenant, "example.com", "101") == "DROP"
    assert state.effective_domain(tenant, "example.com", "102") == "PUBLISH"
    assert state.effective_domain(tenant, "example.org", "102") == "DROP"

    assert pixels.disconnect(client, tenant, "101") is True
    assert held() is None


@pytest.mark.parametrize(
    ("field", "value"),
    [pair for pair in EVERY_VALUE if pair != ("token_lifetime", 0.0)],
    ids=lambda item: ",".join(sorted(item)) if isinstance(item, frozenset) else str(item),
)
def test_every_value(sandbox: Sandbox, client: Client, field: str, value: Any) -> None:
    sandbox.dialect = replace(sandbox.dialect, **{field: value})
    drive(client, sandbox)


@pytest.mark.parametrize("uncovered", ["status", "errors", "both"])
@pytest.mark.parametrize("key", ["code", "statusCode", "message"])
def test_results_marked_as_uncovered(
    sandbox: Sandbox, client: Client, uncovered: Any, key: Any
) -> None:
    sandbox.dialect = Dialect(covered_answers_418=True, uncovered=uncovered, error_code_key=key)
    drive(client, sandbox)


CARRIERS = ("status", "errors", "text")
KEYS = ("code", "status", "statusCode", "errorCode", "classification", "message", "none")


@pytest.mark.parametrize("form", ["number", "string"])
@pytest.mark.parametrize(("carrier", "key"), list(product(CARRIERS, KEYS)))
def test_every_carrier_of_an_error(
    sandbox: Sandbox, client: Client, carrier: Any, key: Any, form: Any
) -> None:
    sandbox.dialect = Dialect(error_carrier=carrier, error_code_key=key, error_code_form=form)
    with pytest.raises(GatewayError) as caught:
        pixels.disconnect(client, "SandboxA", "404")
    nowhere = (carrier, key) == ("errors", "none")
    assert type(caught.value) is (OutcomeUnknownError if nowhere else NotFoundError)
    assert caught.value.code == (None if nowhere else 404)
    assert "Pixel 404 not found" in str(caught.value)


@pytest.mark.parametrize("key", KEYS[:-1])
@pytest.mark.parametrize("carrier", ["status", "errors"])
def test_every_carrier_of_a_refused_token(
    sandbox: Sandbox, client: Client, carrier: Any, key: Any
) -> None:
    sandbox.dialect = Dialect(auth_carrier=carrier, error_code_key=key)
    pixels.list_account(client, "SandboxA")
    sandbox.expire_tokens()
    pixels.list_account(client, "SandboxA")


def test_answers_of_the_dialects_are_told_apart(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialect = Dialect(delete_unknown="false")
    assert pixels.disconnect(client, "SandboxA", "404") is False
    sandbox.dialect = Dialect(switch_unknown_pixel="null-status")
    assert pixels.set_publishing(client, "SandboxA", "404", True).publishing_enabled is None
    sandbox.dialect = Dialect(unknown_tenant="signal-configs-null")
    assert pixels.list_account(client, "Nobody00").signal_configs is None
    sandbox.dialect = Dialect(bad_tokens=frozenset({"EAA"}))
    config = pixels.connect(client, "SandboxA", "1", business_id="2", access_token="EAA")
    assert config.connection_status is not None
    assert config.connection_status.bad_token is True
    assert config.connection_status.api_error_code == "190.460"
    sandbox.dialect = Dialect(filter_echo_several="mixed")
    set_filter(client, "event", "SandboxA", "Lead", "DROP", ["1"])
    sandbox.connect("2")
    sandbox.connect("3")
    answer = set_filter(client, "event", "SandboxA", "Lead", "DROP", ["1", "2"])
    assert (answer.filter_state, answer.pixel_id) == ("MIXED", None)

"""Gateways that do not know every documented field."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pulumi_capig.errors import InvalidInputError
from pulumi_capig.gateway import Client, ConnectionStatus, Filter, SignalConfig, pixels
from pulumi_capig.sandbox import Dialect, Sandbox
from tests.gateway.conftest import Open, set_filter
from tests.gateway.scripted import Reply, Scripted, account

Serve = Callable[..., Scripted]

FIELDS = [
    "Account.name",
    "Account.status",
    *(f"SignalConfig.{name}" for name in ("connectionId", "dataSetType", "domains")),
    *(
        f"ConnectionStatus.{field.alias}"
        for name, field in ConnectionStatus.model_fields.items()
        if name != "id"
    ),
]


def wire_names(model: Any) -> dict[str, Any]:
    return dict(model.model_dump(by_alias=True))


@pytest.mark.parametrize("field", FIELDS)
def test_one_field_is_left_out_and_no_other(sandbox: Sandbox, client: Client, field: str) -> None:
    sandbox.connect("101", name="Shop", domains=("example.com",), api_error_code="190")
    full = pixels.list_account(client, "SandboxA")
    sandbox.dialect = Dialect(unknown_fields=frozenset({field}))
    sandbox.clear_requests()

    found = pixels.list_account(client, "SandboxA")
    assert sandbox.counters.requests["list"] == 2
    assert pixels.list_account(client, "SandboxA") == found
    assert sandbox.counters.requests["list"] == 3  # it stays out

    def plain(account: Any) -> dict[str, dict[str, Any]]:
        (config,) = account.signal_configs
        return {
            "Account": {k: v for k, v in wire_names(account).items() if k != "signalConfigs"},
            "SignalConfig": {
                k: v for k, v in wire_names(config).items() if k != "connectionStatus"
            },
            "ConnectionStatus": wire_names(config.connection_status),
        }

    expected = plain(full)
    kind, name = field.split(".")
    expected[kind][name] = None
    assert plain(found) == expected
    assert found.signal_configs is not None
    assert found.signal_configs[0] is not None
    assert found.signal_configs[0].pixel_id == "101"


@pytest.mark.parametrize("carrier", ["status", "errors"])
def test_a_much_older_gateway(sandbox: Sandbox, client: Client, carrier: Any) -> None:
    sandbox.dialect = Dialect(
        error_carrier=carrier,
        unknown_fields=frozenset(
            {
                *(f"ConnectionStatus.{name}" for name in ("badToken", "targetId", "connected")),
                *(
                    "SignalConfig.dataSetType",
                    "Account.status",
                    "EventFilter.id",
                    "DomainFilter.id",
                ),
            }
        ),
    )
    for _ in range(2):
        pixels.connect(client, "SandboxA", "101", business_id="7", access_token="EAA")
        pixels.list_account(client, "SandboxA")
        pixels.set_receiving(client, "SandboxA", "101", True)
        pixels.set_publishing(client, "SandboxA", "101", True)
        set_filter(client, "event", "SandboxA", "Lead", "DROP")
        answer = set_filter(client, "domain", "SandboxA", "example.com", "DROP")
        assert answer == Filter(domain="example.com", filter_state="DROP")
        pixels.disconnect(client, "SandboxA", "101")
    operations = dict(sandbox.counters.requests)
    assert operations.pop("token") == 1
    assert operations.pop("deleteDataSource") == 2
    assert set(operations.values()) == {3}
    assert sum(record.applied for record in sandbox.requests) == 15


def test_a_gateway_that_refuses_in_plain_text(sandbox: Sandbox, client: Client) -> None:
    """It names one field at a time."""
    unknown = frozenset({"ConnectionStatus.badToken", "ConnectionStatus.targetId"})
    sandbox.dialect = Dialect(error_carrier="text", unknown_fields=unknown)
    pixels.list_account(client, "SandboxA")
    pixels.list_account(client, "SandboxA")
    assert sandbox.counters.requests["list"] == 4


@pytest.mark.parametrize("carrier", ["status", "errors"])
def test_two_threads_at_once(
    sandbox: Sandbox, client: Client, threads: ThreadPoolExecutor, carrier: Any
) -> None:
    unknown = frozenset({"ConnectionStatus.badToken", "ConnectionStatus.connected"})
    sandbox.dialect = Dialect(error_carrier=carrier, unknown_fields=unknown)
    sandbox.connect("101")
    with sandbox.hold("list", times=None) as gate:
        asked = [threads.submit(pixels.list_account, client, "SandboxA") for _ in range(2)]
        gate.wait(2)  # both have sent the whole document
    assert [future.result().name for future in asked] == ["Tenant for SandboxA"] * 2
    assert sandbox.counters.requests["list"] == 4
    pixels.list_account(client, "SandboxA")
    assert sandbox.counters.requests["list"] == 5


REFUSALS = {
    "graphql-java": "Validation error (FieldUndefined@[tenantQueries/account/status]) : "
    "Field 'status' in type 'Account' is undefined",
    "graphql-ruby": "Field 'status' doesn't exist on type 'Account'",
    "gqlgen": 'Cannot query field "status" on type "Account".',
    "suggestions": "Cannot query field 'status' on type 'Account'. Did you mean 'name' or 'id'?",
    "qualified": 'Field "Account.status" is not defined',
    "backticks": "Unknown field `status`",
}


@pytest.mark.parametrize("message", REFUSALS.values(), ids=REFUSALS)
@pytest.mark.parametrize("status", [200, 400])
def test_refusals_in_the_words_of_several_servers(
    serve: Serve, open_client: Open, message: str, status: int
) -> None:
    server = serve(Reply(json.dumps({"errors": [{"message": message}]}), status), account("1"))
    pixels.list_account(open_client(server), "T")
    first, second = (call.content["query"].split() for call in server.calls)
    assert [word for word in first if word != "status"] == second


@pytest.mark.parametrize(
    "message",
    [
        "Field 'signalConfigs' is undefined",  # nothing is left without it
        "Field 'unheardOf' is undefined",  # it was not asked for
        "Something about 'status'",  # no word of a field
        "Variable '$timeWindow' is unknown",
    ],
)
def test_other_refusals_are_errors(serve: Serve, open_client: Open, message: str) -> None:
    server = serve(Reply(json.dumps({"errors": [{"message": message}]}), 400))
    with pytest.raises(InvalidInputError, match="400 Bad Request"):
        pixels.list_account(open_client(server), "T")
    assert len(server.calls) == 1


def test_a_refused_input_is_an_error_without_the_input(sandbox: Sandbox, client: Client) -> None:
    sandbox.dialect = Dialect(unknown_fields=frozenset({"PixelConnectionCreationInput.name"}))
    with pytest.raises(InvalidInputError) as caught:
        pixels.connect(
            client, "SandboxA", "101", business_id="7", access_token="EAA-secret", name="connected"
        )
    assert "EAA" not in str(caught.value)
    assert sandbox.state.history == []
    config = pixels.connect(client, "SandboxA", "101", business_id="7", access_token="EAA-secret")
    assert isinstance(config, SignalConfig)
    assert config.connection_status is not None
    assert config.connection_status.connected is True

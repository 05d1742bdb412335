"""The look-ups in a plain process, as a script or a notebook calls them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace

import pulumi
import pytest

import pulumi_capig as capig
from pulumi_capig.sandbox import Sandbox

PIXEL = "18904456377094531"
OTHER = "319279634094583"


def test_one_pixel(in_sandbox: Sandbox) -> None:
    in_sandbox.connect(
        PIXEL,
        name="Shop",
        publishing=False,
        domains=("shop.example.com",),
        last_received=1678753252000.0,
        total_events_received=7.0,
        total_events_published=3.5,
    )
    in_sandbox.mark_bad_token(PIXEL)
    found = capig.get_pixel_connection(PIXEL)
    assert isinstance(found, capig.GetPixelConnectionResult)
    assert vars(found) == {
        "tenant_id": in_sandbox.tenant_id,
        "pixel_id": PIXEL,
        "pixel_name": "Shop",
        "receiving": True,
        "publishing": False,
        "domains": ["shop.example.com"],
        "last_published": 0.0,
        "total_events_published": 3.5,
        "last_received": 1678753252000.0,
        "total_events_received": 7.0,
        "signal_config_id": f"SignalConfig:{PIXEL}",
        "connection_id": PIXEL,
        "connected": True,
        "active": False,
        "event_bridge_active": True,
        "publishing_enabled": False,
        "access_token_available": True,
        "bad_token": True,
        "api_error_code": "190.460",
        "data_set_type": "PIXEL",
        "gateway": in_sandbox.url.removeprefix("http://"),
    }
    assert found.pixel_name == "Shop"
    assert "pixel_name='Shop'" in repr(found)


def test_an_account_with_its_pixels() -> None:
    with Sandbox(accounts={"SandboxA": "First", "SandboxB": "Second"}) as sandbox:
        sandbox.connect(PIXEL, tenant="SandboxB")
        sandbox.connect(OTHER, tenant="SandboxB", receiving=False)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in sandbox.environment().items():
                patch.setenv(name, value)
            found = capig.get_pixel_connections("SandboxB")
            empty = capig.get_pixel_connections()
    assert (found.tenant_id, found.name, found.status) == ("SandboxB", "Second", 0)
    assert [(p.pixel_id, p.receiving) for p in found.pixel_connections] == [
        (PIXEL, True),
        (OTHER, False),
    ]
    assert (empty.name, empty.pixel_connections) == ("First", [])


def test_no_value_is_ever_null(in_sandbox: Sandbox) -> None:
    in_sandbox.connect(PIXEL)
    status = "connected active eventBridgeActive publishingEnabled accessTokenAvailable badToken "
    status += "apiErrorCode pixelName lastPublished totalEventsPublished lastReceived "
    status += "totalEventsReceived"
    missing = {f"ConnectionStatus.{name}" for name in status.split()}
    missing |= {"Account.name", "Account.status", "SignalConfig.dataSetType"}
    missing |= {"SignalConfig.domains", "SignalConfig.connectionId"}
    in_sandbox.dialect = replace(in_sandbox.dialect, unknown_fields=frozenset(missing))
    found = capig.get_pixel_connections()
    (pixel,) = found.pixel_connections
    assert (found.name, found.status) == ("", -1)
    assert pixel.pixel_id == pixel.connection_id == PIXEL
    by_type = {
        name: value for name, value in vars(pixel).items() if value not in (PIXEL, found.tenant_id)
    }
    assert by_type.pop("gateway")
    assert by_type.pop("signal_config_id")
    assert all(value in ("", False, 0.0, []) for value in by_type.values())
    assert None not in vars(pixel).values()


def test_the_window_is_sent(in_sandbox: Sandbox) -> None:
    capig.get_pixel_connections()
    capig.get_pixel_connections(time_window=1440)
    asked = [r.variables["timeWindow"] for r in in_sandbox.requests if r.operation == "list"]
    assert asked == [60, 1440]


def test_each_call_asks_anew_over_one_client(in_sandbox: Sandbox) -> None:
    in_sandbox.connect(PIXEL)
    for count in (1.0, 2.0, 3.0):
        in_sandbox.edit(PIXEL, total_events_received=count)
        assert capig.get_pixel_connection(PIXEL).total_events_received == count
    assert in_sandbox.counters.requests == {"token": 1, "list": 3}
    assert in_sandbox.counters.connections == 1


def test_an_absent_pixel(in_sandbox: Sandbox) -> None:
    with pytest.raises(capig.NotFoundError, match=f"get pixel {PIXEL} .*not connected"):
        capig.get_pixel_connection(PIXEL)


@pytest.mark.parametrize("unknown", ["401", "account-null", "signal-configs-null"])
def test_an_unknown_account(in_sandbox: Sandbox, unknown: str) -> None:
    in_sandbox.dialect = replace(in_sandbox.dialect, unknown_tenant=unknown)
    with pytest.raises(capig.GatewayError) as caught:
        capig.get_pixel_connections("Nobody00")
    assert caught.value.tenant_id == "Nobody00"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"pixel_id": "12a"}, "decimal digits"),
        ({"pixel_id": PIXEL, "tenant_id": "a b"}, "whitespace"),
        ({"pixel_id": PIXEL, "tenant_id": ""}, "must not be empty"),
        ({"pixel_id": PIXEL, "time_window": 0}, "at least one minute"),
        ({"pixel_id": PIXEL, "time_window": 1.5}, "whole number"),
        ({"pixel_id": PIXEL, "time_window": "60"}, "whole number"),
    ],
)
def test_malformed_arguments(in_sandbox: Sandbox, arguments: dict[str, str], said: str) -> None:
    with pytest.raises(capig.RefusedError, match=said):
        capig.get_pixel_connection(**arguments)
    assert in_sandbox.counters.requests == {}


def test_a_number_and_a_provider_are_refused_as_the_resources_refuse_them() -> None:
    with pytest.raises(pulumi.RunError, match="in quotes"):
        capig.get_pixel_connection(18904456377094531)  # type: ignore[arg-type]
    provider = pulumi.InvokeOptions(provider=object())  # type: ignore[arg-type]
    with pytest.raises(pulumi.RunError, match="provider="):
        capig.get_pixel_connections(opts=provider)


def test_missing_settings(in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CAPIG_TENANT_ID")
    with pytest.raises(capig.SettingsError, match="CAPIG_TENANT_ID"):
        capig.get_pixel_connections()
    monkeypatch.delenv("CAPIG_GATEWAY")
    with pytest.raises(capig.SettingsError, match="CAPIG_GATEWAY"):
        capig.get_pixel_connections("SandboxA")


def test_both_forms_in_a_notebook(in_sandbox: Sandbox) -> None:
    in_sandbox.connect(PIXEL, name="Shop")

    async def cell() -> list[object]:
        pixel = capig.get_pixel_connection_output(pulumi.Output.from_input(PIXEL))
        account = capig.get_pixel_connections_output()
        plain = capig.get_pixel_connection(PIXEL)
        secret = capig.get_pixel_connection_output(pulumi.Output.secret(PIXEL), time_window=None)
        return [
            await pixel.pixel_name.future(),
            len((await account.future()).pixel_connections),
            plain.pixel_name,
            await secret.is_secret(),
            await pixel.is_secret(),
        ]

    assert asyncio.run(cell()) == ["Shop", 1, "Shop", True, False]


def test_nothing_heavy_is_imported_before_a_call() -> None:
    program = (
        "import sys; import pulumi_capig as capig; capig.get_pixel_connections; "
        "print({'httpx', 'pydantic', 'tenacity'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")

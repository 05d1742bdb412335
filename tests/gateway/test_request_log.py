"""One line a request, in the program's log and in a file, without a secret."""

from __future__ import annotations

import json
import logging
import os
import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pulumi_capig.errors import GatewayError, SettingsError
from pulumi_capig.gateway import Client, FilterSetting, filters, pixels
from pulumi_capig.sandbox import FAULTS, Dialect, Sandbox
from pulumi_capig.settings import Address, ClientSettings, Credentials
from tests.gateway.conftest import Time
from tests.gateway.scripted import Scripted, account, error

LINE = {
    "time": str,
    "operation": str,
    "account": (str, type(None)),
    "attempt": int,
    "status": (int, type(None)),
    "milliseconds": int,
    "request_id": (str, type(None)),
    "error_code": (int, str, type(None)),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "requests.jsonl"


def settings_for(at: Sandbox | Scripted, file: Path | None, **changes: Any) -> ClientSettings:
    credentials = Credentials(Sandbox.client_id, Sandbox.client_secret)
    address = Address(at.url, at.url.removeprefix("http://"))
    return replace(ClientSettings(address, credentials, log=file), **changes)


def lines(file: Path) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for line in found:
        assert line.keys() == LINE.keys()
        assert all(isinstance(line[key], kind) for key, kind in LINE.items())
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
        assert 0 <= line["milliseconds"] < 60_000
    return found


def briefly(file: Path) -> list[tuple[object, ...]]:
    keys = ("operation", "account", "attempt", "status", "error_code")
    return [tuple(line[key] for key in keys) for line in lines(file)]


def test_one_line_for_each_request(sandbox: Sandbox, file: Path, time: Time) -> None:
    sandbox.inject(FAULTS["503"].on("list"))
    sandbox.inject(FAULTS["reset-before-write"].on("list"))
    with Client(settings_for(sandbox, file), sleep=time.sleep) as client:
        pixels.list_account(client, "SandboxA")
        with pytest.raises(GatewayError):
            pixels.disconnect(client, "SandboxB", "404")
        settings = [FilterSetting("domain", f"{n}.example", "DROP") for n in range(3)]
        filters.set_filters(client, "SandboxA", settings)
    assert briefly(file) == [
        ("token", None, 1, 200, None),
        ("ConnectionStatusCardQuery", "SandboxA", 1, 503, 503),
        ("ConnectionStatusCardQuery", "SandboxA", 2, None, "ReadError"),
        ("ConnectionStatusCardQuery", "SandboxA", 3, 200, None),
        ("DeleteDataSourceModalMutation", "SandboxB", 1, 404, 404),
        ("useComitDomainFilterChangeMutation+2", "SandboxA", 1, 200, None),
    ]
    assert len(lines(file)) == len(sandbox.requests)


def test_renewals_and_refused_documents_are_requests_too(sandbox: Sandbox, file: Path) -> None:
    sandbox.dialect = Dialect(
        unknown_fields=frozenset({"Account.status"}), error_carrier="errors", auth_carrier="errors"
    )
    with Client(settings_for(sandbox, file)) as client:
        pixels.list_account(client, "SandboxA")
        sandbox.expire_tokens()
        pixels.list_account(client, "SandboxA")
    assert [line[3:] for line in briefly(file)] == [
        (200, None), (200, None), (200, None), (200, 401), (200, None), (200, None)
    ]  # fmt: skip
    assert len(lines(file)) == len(sandbox.requests)


def test_the_id_to_quote(serve: Callable[..., Scripted], file: Path) -> None:
    server = serve(error(400, headers={"X-Request-Id": "r-17"}), account())
    with Client(settings_for(server, file)) as client, pytest.raises(GatewayError):
        pixels.list_account(client, "T")
    assert [line["request_id"] for line in lines(file)] == [None, "r-17"]


def test_no_secret_no_variable_and_no_answer(
    sandbox: Sandbox, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "EAAB" + "s3cret" * 5
    with (
        caplog.at_level(logging.DEBUG, "pulumi_capig"),
        Client(settings_for(sandbox, file)) as client,
    ):
        pixels.connect(
            client, "SandboxA", "101", business_id="77", access_token=secret, name="Shop"
        )
        pixels.list_account(client, "SandboxA")
    (token,) = sandbox.tokens._expiry
    for text in (file.read_text("utf-8"), caplog.text):
        assert "AddNewPixelModalMutation" in text
        for word in (secret, token, Sandbox.client_secret, Sandbox.client_id, "Shop", "101", "77"):
            assert not re.search(rf"\b{re.escape(word)}\b", text), word


def test_the_programs_log(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    with Client(settings_for(sandbox, None)) as client:
        with caplog.at_level(logging.INFO, "pulumi_capig"):
            pixels.list_account(client, "SandboxA")
        assert not [record for record in caplog.records if record.name == "pulumi_capig"]
        with caplog.at_level(logging.DEBUG, "pulumi_capig"):
            pixels.list_account(client, "SandboxA")
    (record,) = [record for record in caplog.records if record.name == "pulumi_capig"]
    assert record.levelno == logging.DEBUG
    assert re.fullmatch(
        r"ConnectionStatusCardQuery account=SandboxA attempt=1 status=200 milliseconds=\d+",
        record.getMessage(),
    )


# The file


@pytest.mark.parametrize("mode", [None, 0o644, 0o600])
def test_the_file_is_the_owners_alone(sandbox: Sandbox, file: Path, mode: int | None) -> None:
    if mode is not None:
        file.write_text("")
        file.chmod(mode)
    before = os.umask(0)
    try:
        with Client(settings_for(sandbox, file)) as client:
            pixels.list_account(client, "SandboxA")
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(lines(file)) == 2


def test_it_is_appended_to(sandbox: Sandbox, file: Path) -> None:
    for count in (1, 2):
        with Client(settings_for(sandbox, file)) as client:
            pixels.list_account(client, "SandboxA")
        assert len(lines(file)) == 2 * count


def test_several_clients_share_it(sandbox: Sandbox, file: Path) -> None:
    settings = settings_for(sandbox, file)
    with Client(settings) as one, Client(settings) as other:
        for client in (one, other, one):
            pixels.list_account(client, "SandboxA")
    assert len(lines(file)) == 5


def test_a_file_that_cannot_be_opened(sandbox: Sandbox, tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / "no" / "folder"):
        with pytest.raises(SettingsError, match=re.escape(str(file))) as caught:
            Client(settings_for(sandbox, file))
        assert "CAPIG_LOG" in caught.value.advice
        assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_does_not_stop_an_operation(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    mode = Path("/dev/full").stat().st_mode
    with Client(settings_for(sandbox, Path("/dev/full"))) as client:
        for _ in range(2):
            pixels.list_account(client, "SandboxA")
    warnings = [r.getMessage() for r in caplog.records if r.name == "pulumi_capig"]
    assert warnings == ["/dev/full cannot be written: No space left on device"]
    assert Path("/dev/full").stat().st_mode == mode


def test_a_closed_client_writes_no_more(sandbox: Sandbox, file: Path) -> None:
    client = Client(settings_for(sandbox, file))
    client.close()
    client.close()
    assert file.read_text() == ""

"""Settings: environment, then stack config, then default; every problem in one error."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_capig import settings as table
from pulumi_capig.errors import SettingsError
from pulumi_capig.settings import Credentials, Setting, Settings

GOOD = {
    "CAPIG_GATEWAY": "https://capig.example.com",
    "CAPIG_CLIENT_ID": "acme",
    "CAPIG_CLIENT_SECRET": "s3cret",
}

EXAMPLES: dict[Setting[Any], list[tuple[str, Any]]] = {
    table.GATEWAY: [
        ("a.example", table.Address("https://a.example", "a.example")),
        ("b.example", table.Address("https://b.example", "b.example")),
    ],
    table.CLIENT_ID: [("one", "one"), ("two", "two")],
    table.CLIENT_SECRET: [("one", "one"), ("two", "two")],
    table.TOKEN: [("one", "one"), ("two", "two")],
    table.TENANT_ID: [("IaoreXfj", "IaoreXfj"), ("zilSRUW7", "zilSRUW7")],
    table.ADOPT: [("true", True), ("false", False)],
    table.REASSERT: [("2026-01-01", "2026-01-01"), ("2026-01-02", "2026-01-02")],
    table.MOVED_FROM: [
        ("a.example,B.example", ("a.example", "b.example")),
        ("c.example", ("c.example",)),
    ],
    table.PREVIEW_READS: [("true", True), ("false", False)],
    table.MAX_DISCONNECTS: [("0", 0), ("25", 25)],
    table.LOG: [("capig.log", "capig.log"), ("/var/log/capig", "/var/log/capig")],
    table.TIMEOUT: [("5", 5.0), ("2.5", 2.5)],
    table.DEADLINE: [("60", 60.0), ("1e3", 1000.0)],
    table.MAX_RETRIES: [("0", 0), ("9", 9)],
    table.RATE_LIMIT: [("0.5", 0.5), ("20", 20.0)],
    table.PARALLEL_WRITES: [("1", 1), ("64", 64)],
}


def settings(
    environ: Mapping[str, str] | None = None,
    config: Mapping[str, str] | None = None,
    root: Path | None = None,
) -> Settings:
    return Settings((config or {}).get, environ or {}, root)


def failure(environ: Mapping[str, str], config: Mapping[str, str] | None = None) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        settings(environ, config).for_client()
    return caught.value


# Precedence


def test_names_are_the_documented_ones() -> None:
    assert {setting.variable: setting.key for setting in table.TABLE} == {
        "CAPIG_GATEWAY": "gateway",
        "CAPIG_CLIENT_ID": "clientId",
        "CAPIG_CLIENT_SECRET": "clientSecret",
        "CAPIG_TOKEN": "token",
        "CAPIG_TENANT_ID": "tenantId",
        "CAPIG_ADOPT": "adopt",
        "CAPIG_REASSERT": "reassert",
        "CAPIG_MOVED_FROM": "movedFrom",
        "CAPIG_PREVIEW_READS": "previewReads",
        "CAPIG_MAX_DISCONNECTS": "maxDisconnects",
        "CAPIG_LOG": "log",
        "CAPIG_TIMEOUT": "timeout",
        "CAPIG_DEADLINE": "deadline",
        "CAPIG_MAX_RETRIES": "maxRetries",
        "CAPIG_RATE_LIMIT": "rateLimit",
        "CAPIG_PARALLEL_WRITES": "parallelWrites",
    }


@pytest.mark.parametrize("setting", table.TABLE, ids=lambda setting: setting.key)
def test_environment_then_config_then_default(setting: Setting[Any]) -> None:
    (near, near_value), (far, far_value) = EXAMPLES[setting]
    environ, config = {setting.variable: near}, {setting.key: far}
    assert settings(environ, config).get(setting) == near_value
    assert settings({}, config).get(setting) == far_value
    assert settings().get(setting) == setting.default
    for nothing in ({setting.variable: ""}, {}):
        assert settings(nothing, config).get(setting) == far_value
        assert settings(nothing, {setting.key: ""}).get(setting) == setting.default


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPIG_TENANT_ID", "IaoreXfj")
    assert Settings().get(table.TENANT_ID) == "IaoreXfj"


def test_defaults_of_a_connection() -> None:
    connection = settings(GOOD).for_client()
    assert (connection.timeout, connection.deadline) == (30, 300)
    assert (connection.max_retries, connection.parallel_writes) == (4, 4)
    assert connection.credentials == Credentials("acme", "s3cret")


def test_all_of_a_connection() -> None:
    config = {"timeout": "1", "deadline": "2", "maxRetries": "3", "parallelWrites": "5"}
    connection = settings(GOOD, config).for_client()
    assert (connection.timeout, connection.deadline) == (1, 2)
    assert (connection.max_retries, connection.parallel_writes) == (3, 5)


def test_preview_needs_nothing() -> None:
    for setting in table.TABLE:
        assert settings().get(setting) == setting.default


# Problems


def test_everything_missing_is_named_at_once() -> None:
    error = failure({})
    for name in ("GATEWAY", "CLIENT_ID", "CLIENT_SECRET", "TOKEN"):
        assert f"CAPIG_{name}" in error.what
    for key in ("gateway", "clientId", "clientSecret", "token"):
        assert f"capig:{key}" in error.what
    assert "pulumi config set" in error.advice
    assert "\n" not in error.what


@pytest.mark.parametrize("missing", ["CAPIG_CLIENT_ID", "CAPIG_CLIENT_SECRET"])
def test_half_of_an_account(missing: str) -> None:
    error = failure({name: value for name, value in GOOD.items() if name != missing})
    assert missing in error.what
    assert "the API account is incomplete" in error.what
    assert error.what.count("CAPIG_") == 1


def test_every_problem_is_named_with_its_source() -> None:
    config = {"timeout": "-1", "adopt": "yes", "movedFrom": "a b"}
    environ = {"CAPIG_GATEWAY": "ftp://x", "CAPIG_MAX_RETRIES": "many", "CAPIG_DEADLINE": "nan"}
    error = failure(environ, config)
    for name in (*environ, *(f"capig:{key}" for key in config), "credentials are missing"):
        assert name in error.what
    assert "CAPIG_TIMEOUT" not in error.what  # it is the config that is wrong


def test_a_wrong_value_asks_for_a_correction() -> None:
    error = failure({**GOOD, "CAPIG_TIMEOUT": "soon"})
    assert error.what.startswith("settings: CAPIG_TIMEOUT: must be a number of seconds")
    assert error.advice == "Correct the value, or unset it."


def test_get_names_the_source() -> None:
    with pytest.raises(SettingsError, match=r"^capig:adopt: must be true or false$"):
        settings({}, {"adopt": "1"}).get(table.ADOPT)


# Credentials

TOKEN = {"CAPIG_TOKEN": "ready"}
ACCOUNT = {"CAPIG_CLIENT_ID": "acme", "CAPIG_CLIENT_SECRET": "s3cret"}


def far(environ: Mapping[str, str]) -> dict[str, str]:
    """The same in stack config."""
    keys = {setting.variable: setting.key for setting in table.TABLE}
    return {keys[name]: value for name, value in environ.items()}


@pytest.mark.parametrize(
    ("environ", "config", "expected"),
    [
        (TOKEN, {}, Credentials(token="ready")),
        ({}, far(TOKEN), Credentials(token="ready")),
        (ACCOUNT, {}, Credentials("acme", "s3cret")),
        ({}, far(ACCOUNT), Credentials("acme", "s3cret")),
        (TOKEN, far(ACCOUNT), Credentials(token="ready")),
        (ACCOUNT, far(TOKEN), Credentials("acme", "s3cret")),
        ({"CAPIG_CLIENT_SECRET": "new"}, far(ACCOUNT), Credentials("acme", "new")),
        ({**TOKEN, "CAPIG_CLIENT_ID": ""}, {}, Credentials(token="ready")),
    ],
)
def test_the_nearer_credentials_win(
    environ: dict[str, str], config: dict[str, str], expected: Credentials
) -> None:
    found = settings({"CAPIG_GATEWAY": "a.example", **environ}, config).for_client()
    assert found.credentials == expected


@pytest.mark.parametrize(
    ("environ", "config"),
    [
        ({**TOKEN, **ACCOUNT}, {}),
        ({}, far({**TOKEN, **ACCOUNT})),
        ({**TOKEN, "CAPIG_CLIENT_ID": "acme"}, {}),
    ],
)
def test_contradictory_credentials(environ: dict[str, str], config: dict[str, str]) -> None:
    error = failure({"CAPIG_GATEWAY": "a.example", **environ}, config)
    assert "contradict" in error.what
    for name in ("CAPIG_TOKEN", "CAPIG_CLIENT_ID", "CAPIG_CLIENT_SECRET"):
        assert name in error.what


def test_overridden_credentials_need_not_be_readable() -> None:
    environ = {"CAPIG_GATEWAY": "a.example", **TOKEN}
    config = {"clientId": "acme", "clientSecret": "file:not-on-this-machine"}
    assert settings(environ, config).for_client().credentials == Credentials(token="ready")


@pytest.mark.parametrize("value", ["two words", "ready\n", " ready", "tök", "a\x00b", "a\tb"])
def test_a_token_that_no_header_can_carry(value: str) -> None:
    error = failure({"CAPIG_GATEWAY": "a.example", "CAPIG_TOKEN": value})
    assert "CAPIG_TOKEN: an API token has no spaces" in error.what
    assert value not in str(error)


@pytest.mark.parametrize("value", ["None", "null", "undefined", "$API_TOKEN", "${X}", "<token>"])
@pytest.mark.parametrize("name", ["CAPIG_TOKEN", "CAPIG_CLIENT_SECRET"])
def test_what_stands_in_for_credentials(name: str, value: str, tmp_path: Path) -> None:
    good = {"CAPIG_GATEWAY": "a.example"}
    good |= {"CAPIG_CLIENT_ID": "acme"} if name == "CAPIG_CLIENT_SECRET" else {}
    (tmp_path / "secret").write_text(value, "utf-8")
    for text in (value, f"file:{tmp_path / 'secret'}"):
        error = failure({**good, name: text})
        assert error.what.startswith(f"settings: {name}: the ")
        assert error.advice == "Correct the value, or unset it."


def test_secrets_are_not_shown() -> None:
    connection = settings(GOOD).for_client()
    assert "s3cret" not in f"{connection!r} {connection} {connection.credentials}"
    assert "acme" in repr(connection)


# Files


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "secrets" / "api"
    path.parent.mkdir()
    path.write_text("s3cret\n", encoding="utf-8")
    return path


def test_file_relative_to_the_root(secret_file: Path, tmp_path: Path) -> None:
    for setting in (table.CLIENT_SECRET, table.TOKEN):
        found = settings({setting.variable: "file:secrets/api"}, root=tmp_path)
        assert found.get(setting) == "s3cret"


def test_absolute_file(secret_file: Path) -> None:
    assert settings({}, {"token": f"file:{secret_file}"}).get(table.TOKEN) == "s3cret"


def test_file_in_the_home_folder(
    secret_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settings({"CAPIG_TOKEN": "file:~/secrets/api"}).get(table.TOKEN) == "s3cret"


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.yml"])
def test_file_relative_to_the_project(
    secret_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).touch()
    program = tmp_path / "infra" / "program"
    program.mkdir(parents=True)
    monkeypatch.chdir(program)
    assert settings({"CAPIG_TOKEN": "file:secrets/api"}).get(table.TOKEN) == "s3cret"


def test_file_with_a_byte_order_mark(secret_file: Path) -> None:
    secret_file.write_text("\ufeffs3cret\r\n", encoding="utf-8")
    assert settings({}, {"token": f"file:{secret_file}"}).get(table.TOKEN) == "s3cret"


@pytest.mark.parametrize(
    ("content", "words"), [(None, "No such file"), (b" \n", "is empty"), (b"\xff\xfe", "not text")]
)
def test_file_that_cannot_be_used(secret_file: Path, content: bytes | None, words: str) -> None:
    if content is None:
        secret_file.unlink()
    else:
        secret_file.write_bytes(content)
    with pytest.raises(SettingsError, match=words) as caught:
        settings({}, {"clientSecret": f"file:{secret_file}"}).get(table.CLIENT_SECRET)
    assert str(secret_file) in str(caught.value)
    assert str(caught.value).startswith("capig:clientSecret: the file ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("requests.jsonl", "project/requests.jsonl"),
        ("logs/requests.jsonl", "project/logs/requests.jsonl"),
        ("{home}/requests.jsonl", "home/requests.jsonl"),
        ("~/requests.jsonl", "home/requests.jsonl"),
    ],
)
def test_the_log_is_a_file_below_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, expected: str
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    environ = {**GOOD, "CAPIG_LOG": value.format(home=home)}
    assert settings(environ, root=tmp_path / "project").for_client().log == tmp_path / expected
    assert settings(GOOD, root=tmp_path).for_client().log is None


@pytest.mark.parametrize("value", ["~nobody-at-all/x", "a\x00b", "a\nb", "\u202ebold"])
def test_a_log_that_is_no_path(value: str) -> None:
    with pytest.raises(SettingsError, match=r"^CAPIG_LOG: "):
        settings({"CAPIG_LOG": value}).get(table.LOG)
    assert "CAPIG_LOG" in failure({**GOOD, "CAPIG_LOG": value}).what


def test_a_secret_in_the_home_of_nobody() -> None:
    with pytest.raises(SettingsError, match=r"^CAPIG_TOKEN: the path ~nobody-at-all/x .* no such"):
        settings({"CAPIG_TOKEN": "file:~nobody-at-all/x"}).get(table.TOKEN)


def test_only_secrets_come_from_files() -> None:
    assert settings({"CAPIG_CLIENT_ID": "file:x"}).get(table.CLIENT_ID) == "file:x"


# Forms of values


@pytest.mark.parametrize("value", ["True", "TRUE", "yes", "on", "1", "0", "no", "False", " true"])
def test_booleans_are_true_or_false(value: str) -> None:
    with pytest.raises(SettingsError, match="must be true or false"):
        settings({"CAPIG_ADOPT": value}).get(table.ADOPT)


@given(st.floats(min_value=0.001, max_value=999_999))
def test_durations_are_plain_seconds(seconds: float) -> None:
    assert settings({"CAPIG_TIMEOUT": str(seconds)}).get(table.TIMEOUT) == seconds


@pytest.mark.parametrize("value", ["0", "-1", "30s", "5m", "nan", "inf", "-inf", "1e6", "x"])
def test_other_durations_are_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="number of seconds above 0"):
        settings({"CAPIG_DEADLINE": value}).get(table.DEADLINE)


@pytest.mark.parametrize("value", ["-1", "101", "1.0", "+1", "٣", "²", " 1", "x", "9" * 5000])
def test_counts_are_whole_numbers(value: str) -> None:
    with pytest.raises(SettingsError, match="must be a whole number from 0 to 100"):
        settings({"CAPIG_MAX_RETRIES": value}).get(table.MAX_RETRIES)
    with pytest.raises(SettingsError, match="must be a whole number from 1 to 64"):
        settings({"CAPIG_PARALLEL_WRITES": "0"}).get(table.PARALLEL_WRITES)


@pytest.mark.parametrize("value", ["-1", "all", "1.5", "1000001", "none"])
def test_how_many_may_be_disconnected(value: str) -> None:
    with pytest.raises(SettingsError, match="must be a whole number from 0 to 1000000"):
        settings({"CAPIG_MAX_DISCONNECTS": value}).get(table.MAX_DISCONNECTS)


@pytest.mark.parametrize(
    ("value", "words"), [("a b", "whitespace"), ("a/b", "'/'"), ("a\n", "whitespace")]
)
def test_tenant_id(value: str, words: str) -> None:
    with pytest.raises(
        SettingsError, match=f"CAPIG_TENANT_ID: an account id must not contain.*{words}"
    ):
        settings({"CAPIG_TENANT_ID": value}).get(table.TENANT_ID)


@pytest.mark.parametrize(
    ("value", "words"),
    [("1.2345e+82", "write it in quotes"), ('["IaoreXfj"]', "is a list"), ('{"a":"b"}', "object")],
)
def test_what_yaml_made_of_an_account(value: str, words: str) -> None:
    for setting in (table.TENANT_ID, table.CLIENT_ID):
        with pytest.raises(SettingsError, match=f"^capig:{setting.key}: .*{words}"):
            settings({}, {setting.key: value}).get(setting)


@pytest.mark.parametrize("value", ["1.2345e+82", "a b", "[IaoreXfj]"])
def test_no_client_needs_the_default_account(value: str) -> None:
    """`refresh` and `destroy` go by the accounts in state, and read the stack config of then."""
    assert settings(GOOD, {"tenantId": value}).for_client() == settings(GOOD).for_client()


# Addresses


@pytest.mark.parametrize(
    ("value", "url", "host"),
    [
        ("capig.example.com", "https://capig.example.com", "capig.example.com"),
        ("https://capig.example.com", "https://capig.example.com", "capig.example.com"),
        ("https://capig.example.com/", "https://capig.example.com", "capig.example.com"),
        ("https://capig.example.com.", "https://capig.example.com", "capig.example.com"),
        ("HTTPS://CAPIG.Example.COM", "https://capig.example.com", "capig.example.com"),
        ("https://capig.example.com:443", "https://capig.example.com", "capig.example.com"),
        ("https://capig.example.com:", "https://capig.example.com", "capig.example.com"),
        ("capig.example.com:8443", "https://capig.example.com:8443", "capig.example.com:8443"),
        ("https://münchen.example", "https://xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("localhost", "https://localhost", "localhost"),
        ("http://localhost", "http://localhost", "localhost"),
        ("http://LOCALHOST:80", "http://localhost", "localhost"),
        ("http://localhost:8080", "http://localhost:8080", "localhost:8080"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000", "127.0.0.1:5000"),
        ("http://127.9.8.7", "http://127.9.8.7", "127.9.8.7"),
        ("http://[::1]:8080", "http://[::1]:8080", "[::1]:8080"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]", "[::1]"),
        ("https://[2001:DB8::1]", "https://[2001:db8::1]", "[2001:db8::1]"),
        ("https://10.0.0.1", "https://10.0.0.1", "10.0.0.1"),
    ],
)
def test_address(value: str, url: str, host: str) -> None:
    address = settings({"CAPIG_GATEWAY": value}).get(table.GATEWAY)
    assert address == table.Address(url, host)
    assert settings({"CAPIG_GATEWAY": url}).get(table.GATEWAY) == address


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("http://capig.example.com", "plain http only to localhost"),
        ("http://10.0.0.1", "plain http only to localhost"),
        ("http://127.evil.example.com", "plain http only to localhost"),
        ("http://localhost.example.com", "plain http only to localhost"),
        ("http://[::2]", "plain http only to localhost"),
        ("https://capig.example.com/capig/graphql/", "without a path"),
        ("capig.example.com/hub", "without a path"),
        ("https://capig.example.com?x=1", "without a path"),
        ("https://capig.example.com#x", "without a path"),
        ("ftp://capig.example.com", "the gateway's address"),
        ("https://", "the gateway's address"),
        ("https:///path", "the gateway's address"),
        ("://x", "the gateway's address"),
        ("https://a b", "the gateway's address"),
        (" https://a.example", "the gateway's address"),
        ("https://a.exa\nmple", "the gateway's address"),
        ("https://a.example:99999", "the gateway's address"),
        ("https://a.example:x", "the gateway's address"),
        ("https://[::1", "the gateway's address"),
        ("https://a..example", "the gateway's address"),
        ("https://*.example.com", "the gateway's address"),
        ("https://a.example\\b", "the gateway's address"),
        ("http://127.1", "the gateway's address"),
    ],
)
def test_address_mistakes(value: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        settings({"CAPIG_GATEWAY": value}).get(table.GATEWAY)


@pytest.mark.parametrize(
    "value",
    [
        "https://hidden@capig.example.com",
        "https://user:hidden@capig.example.com",
        "user:hidden@capig.example.com",
        "http://user:hidden@localhost",
        "https://user:hidden@",
        "https://user:hidden@[::1",
        "https://user:hidden@a\u2100.example",
        "https://user:hid/den@capig.example.com",
    ],
)
def test_user_info_is_refused_and_not_shown(value: str) -> None:
    error = failure({**GOOD, "CAPIG_GATEWAY": value})
    assert "CAPIG_GATEWAY: must " in error.what
    assert "hid" not in str(error)
    assert "capig.example.com" not in str(error).replace("https://capig.example.com", "")


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused_cleanly(value: str) -> None:
    def read(text: str) -> object:
        try:
            return settings({"CAPIG_GATEWAY": text}).get(table.GATEWAY)
        except SettingsError as error:
            return error

    found = read(value)
    if isinstance(found, SettingsError):
        assert found.what.startswith("CAPIG_GATEWAY: must ")
    elif isinstance(found, table.Address):
        assert read(found.url) == found
    else:
        assert value == ""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("old.example.com", ("old.example.com",)),
        (
            "https://old.example.com, Older.example.com:8443,,",
            ("old.example.com", "older.example.com:8443"),
        ),
        ("http://127.0.0.1:1", ("127.0.0.1:1",)),
    ],
)
def test_moved_from(value: str, expected: tuple[str, ...]) -> None:
    assert settings({"CAPIG_MOVED_FROM": value}).get(table.MOVED_FROM) == expected

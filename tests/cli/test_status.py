"""`capig status`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

import pulumi_capig
from pulumi_capig.sandbox import Fault, Sandbox
from tests.cli.conftest import Capig


def test_a_table_of_the_accounts(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.connect("101", name="Shop \n[red]\x1b[31m", receiving=False, total_events_received=1234)
    sandbox.connect("102", access_token="")
    sandbox.mark_bad_token("101")
    done = capig("status", "--tenant", "SandboxA", "--tenant", "SandboxB")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines == [
        "SandboxA First (active), events of the last 60 minutes",
        "pixel name receiving publishing token error received published",
        "101 Shop [red] [31m off on bad 190.460 1,234 0",
        "102 on on none 0 0",
        "",
        "SandboxB Second (active), no pixel is connected",
    ]


def test_what_a_gateway_says_is_text_and_no_command_to_the_terminal(
    capig: Capig, sandbox: Sandbox
) -> None:
    hostile = "\x1b]0;t\x07\x9b2J\u202e[/] [red] :warning:\n"
    status = {
        "pixelID": f"[/]{hostile}",
        "pixelName": hostile,
        "apiErrorCode": hostile,
        "totalEventsReceived": float("inf"),
        "totalEventsPublished": float("nan"),
    }
    account = {"name": hostile, "status": 0, "signalConfigs": [{"connectionStatus": status}]}
    answer = json.dumps({"data": {"tenantQueries": {"account": account}}})
    sandbox.inject(Fault("not-json", operation="list", times=3, body=answer))
    sandbox.inject(Fault.status(400, operation="list", body=hostile, times=2))
    table, listed = capig("status", "--check"), capig("status", "--json")
    said = "]0;t 2J [/] [red] :warning:"
    (row,) = table.stdout.splitlines()[2:]
    # What is no id is shown as none.
    assert " ".join(row.split()) == f"{said} off off none {said} inf nan"
    (pixel,) = json.loads(listed.stdout, parse_constant=pytest.fail)
    assert (pixel["pixel_name"], pixel["total_events_received"]) == (hostile, None)
    for done in (table, listed, capig("export"), capig("status"), capig("doctor")):
        assert "Traceback" not in done.stderr
        shown = done.stdout + done.stderr
        assert all(c.isprintable() or c == "\n" for c in shown), ascii(shown)


def test_a_terminal_shows_every_id_in_one_piece(
    on_terminal: Callable[..., list[str]], sandbox: Sandbox
) -> None:
    ids = ["28401274094337321", "28401274094337322"]
    for number in ids:
        sandbox.connect(number, name=f"A shop with a name that is long, number {number[-1]}")
    wide = on_terminal(120, "status")
    assert wide[2].split("  ")[:2] == [ids[0], "A shop with a name that is long, number 1"]
    usual = on_terminal(80, "status")
    assert [line.split()[0] for line in usual] == ["SandboxA", "pixel", *ids]
    assert all("…" in line for line in usual[2:])
    narrow = on_terminal(40, "status")
    assert [line.split()[0] for line in narrow if line[0].isdigit()] == ids
    assert "  receiving on, publishing on, token" in narrow
    assert max(map(len, [*usual, *narrow])) <= 80
    assert max(map(len, narrow)) <= 40


def test_a_pipe_gets_everything(capig: Capig, sandbox: Sandbox) -> None:
    name = "shop " * 100
    sandbox.connect("101", name=name)
    done = capig("status", COLUMNS="40")
    assert name.strip() in done.stdout
    assert len(done.stdout.splitlines()) == 3


def test_json_has_the_names_of_the_look_ups(capig: Capig, in_sandbox: Sandbox) -> None:
    in_sandbox.connect("101", name="Shop", total_events_received=5.0)
    in_sandbox.connect("201", tenant="SandboxB")
    done = capig("status", "--json", "--tenant", "SandboxA", "--tenant", "SandboxB")
    first, second = json.loads(done.stdout)
    assert first == vars(pulumi_capig.get_pixel_connection("101"))
    assert (second["tenant_id"], second["pixel_id"]) == ("SandboxB", "201")


def test_figures_for_prometheus(capig: Capig, sandbox: Sandbox) -> None:
    hostile = 'A "b" \\ \n\x1b'
    sandbox.connect("101", name=hostile, publishing=False, total_events_received=1234567.5)
    sandbox.mark_bad_token("101")
    sandbox.connect("201", tenant="SandboxB", total_events_published=2.0)
    tenants = ("--tenant", "SandboxA", "--tenant", "SandboxB", "--tenant", "Nobody00")
    done = capig("status", "--prometheus", "--window", "15", *tenants)
    assert done.returncode == 3
    assert "account Nobody00" in done.stderr
    samples: dict[str, str] = {}
    described: set[str] = set()
    for line in done.stdout.splitlines():
        if line.startswith("# "):
            described.add(line.split()[2])
            continue
        name, _, value = line.rpartition(" ")
        assert name.partition("{")[0] in described
        assert name not in samples
        samples[name] = value
    shop = r'tenant_id="SandboxA",pixel_id="101",pixel_name="A \"b\" \\ \n "'
    other = 'tenant_id="SandboxB",pixel_id="201",pixel_name=""'
    assert samples == {
        'capig_account_up{tenant_id="SandboxA"}': "1",
        'capig_account_up{tenant_id="SandboxB"}': "1",
        'capig_account_up{tenant_id="Nobody00"}': "0",
        "capig_window_seconds": "900",
        f"capig_pixel_receiving{{{shop}}}": "1",
        f"capig_pixel_receiving{{{other}}}": "1",
        f"capig_pixel_publishing{{{shop}}}": "0",
        f"capig_pixel_publishing{{{other}}}": "1",
        f"capig_pixel_access_token_available{{{shop}}}": "1",
        f"capig_pixel_access_token_available{{{other}}}": "1",
        f"capig_pixel_bad_token{{{shop}}}": "1",
        f"capig_pixel_bad_token{{{other}}}": "0",
        f"capig_pixel_events_received{{{shop}}}": "1234567.5",
        f"capig_pixel_events_received{{{other}}}": "0",
        f"capig_pixel_events_published{{{shop}}}": "0",
        f"capig_pixel_events_published{{{other}}}": "2",
        f'capig_pixel_error{{{shop},code="190.460"}}': "1",
    }
    assert capig("status", "--prometheus", "--json").returncode == 2


def test_figures_that_are_no_numbers(capig: Capig, sandbox: Sandbox) -> None:
    status = {"pixelID": "1", "totalEventsReceived": float("inf"), "totalEventsPublished": math.nan}
    account = {"name": "", "status": 0, "signalConfigs": [{"connectionStatus": status}]}
    answer = json.dumps({"data": {"tenantQueries": {"account": account}}})
    sandbox.inject(Fault("not-json", operation="list", body=answer))
    shown = capig("status", "--prometheus").stdout.splitlines()
    values = [line.split()[-1] for line in shown if line.startswith("capig_pixel_events_")]
    assert values == ["+Inf", "NaN"]


def test_check_finds_what_is_wrong(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.connect("101", total_events_received=5.0)
    done = capig("status", "--check", "--window", "15")
    assert (done.returncode, done.stderr) == (0, "")
    assert [r.variables["timeWindow"] for r in sandbox.requests if r.operation == "list"] == [15]

    sandbox.mark_bad_token("101", code=None)
    sandbox.connect("102", receiving=False)
    sandbox.connect("103", api_error_code="100.33", total_events_received=1.0)
    assert capig("status").returncode == 0
    done = capig("status", "--check", "--json")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "pixel 101 (account SandboxA): bad token",
        "pixel 102 (account SandboxA): no event received in 60 minutes (receiving is off)",
        "pixel 103 (account SandboxA): error code 100.33",
    ]
    assert len(json.loads(done.stdout)) == 3


def test_one_account_that_fails_does_not_hide_the_others(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    tenants = ("--tenant", "Nobody00", "--tenant", "SandboxA")
    done = capig("status", "--check", "--json", *tenants)
    assert done.returncode == 3
    assert [pixel["pixel_id"] for pixel in json.loads(done.stdout)] == ["101"]
    assert "account Nobody00" in done.stderr


@pytest.mark.parametrize("kind", ["unreachable", "refused", "failing"])
def test_the_gateway_does_not_answer_well(capig: Capig, sandbox: Sandbox, kind: str) -> None:
    environment = {
        "unreachable": {"CAPIG_GATEWAY": "http://127.0.0.1:9"},
        "refused": {"CAPIG_CLIENT_SECRET": "wrong-secret"},
        "failing": {},
    }[kind]
    sandbox.inject(Fault.status(500, operation="list", times=None))
    done = capig("status", **environment)
    assert (done.returncode, done.stdout) == (3, "")
    assert "Traceback" not in done.stderr
    assert "wrong-secret" not in done.stderr
    assert "--run-program" not in done.stderr


def test_refused_credentials_are_told_once(capig: Capig) -> None:
    tenants = ("--tenant", "SandboxA", "--tenant", "SandboxB")
    done = capig("status", *tenants, CAPIG_CLIENT_SECRET="wrong-secret")
    assert done.returncode == 3
    what, advice = done.stderr.splitlines()
    assert what.startswith("capig: fetch an API token: ")
    assert "CAPIG_CLIENT_SECRET" in advice


def test_what_the_hub_tells_of_an_account(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.connect("101", total_events_received=1.0)
    sandbox.set_role("boss@shop.example", "admin")
    sandbox.set_role("new@shop.example", "view", status=2)
    sandbox.set_domain("capig.shop.example")
    sandbox.edit_account(status=2)
    tenants = ("--tenant", "SandboxA", "--tenant", "SandboxB")
    done = capig("status", *tenants)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == [
        "SandboxA First (deactivated), events of the last 60 minutes",
        "deactivated: its pixels send nothing to Meta, the CNAME record of capig.shop.example is "
        "not resolved, 1 user pending",
    ]
    assert lines[-1] == "SandboxB Second (active), no pixel is connected"
    assert sandbox.counters.requests == {"token": 1, "list": 2, "tenant": 2, "ingressDomain": 2}
    checked = capig("status", "--check", "--json")
    assert checked.returncode == 1
    assert checked.stderr.splitlines() == [
        "account SandboxA: deactivated: its pixels send nothing to Meta",
        "account SandboxA: the CNAME record of capig.shop.example is not resolved",
    ]
    sandbox.edit_account(status=0)
    sandbox.resolve()
    assert capig("status", "--check").returncode == 0


@pytest.mark.parametrize("operation", ["tenant", "ingressDomain"])
def test_a_hub_that_does_not_answer(capig: Capig, sandbox: Sandbox, operation: str) -> None:
    sandbox.connect("101", total_events_received=1.0)
    plain = capig("status", "--tenant", "SandboxA", "--tenant", "SandboxB")
    sandbox.inject(Fault.status(404, operation=operation, body="<html>", times=None))
    done = capig("status", "--check", "--tenant", "SandboxA")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("capig: users and domain are not shown: ")
    both = capig("status", "--tenant", "SandboxA", "--tenant", "SandboxB")
    assert (both.returncode, both.stdout) == (0, plain.stdout)
    assert "not shown (and of 1 more accounts): " in both.stderr


def test_the_hub_is_not_asked_for_what_is_not_shown(capig: Capig, sandbox: Sandbox) -> None:
    for form in ("--json", "--prometheus"):
        capig("status", form)
    assert sandbox.counters.requests == {"token": 2, "list": 2}

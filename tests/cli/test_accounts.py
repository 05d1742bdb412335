"""`capig accounts`, `capig events` and `capig invite`."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import pulumi_capig
from pulumi_capig.sandbox import Fault, Sandbox
from tests.cli.conftest import Capig

BOTH = ("--tenant", "SandboxA", "--tenant", "SandboxB")


def furnish(sandbox: Sandbox) -> None:
    """A lively account, and one with nothing in it."""
    sandbox.connect("101")
    sandbox.receive("Lead", 1234, pixel="101", domain="shop.example")
    sandbox.set_role("boss@shop.example", "admin")
    sandbox.set_role("new@shop.example", "view", status=2)
    sandbox.set_domain("capig.shop.example")
    sandbox.edit_account(status=2)


def rows(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


# accounts


def test_a_table(capig: Capig, sandbox: Sandbox) -> None:
    furnish(sandbox)
    done = capig("accounts", *BOTH)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done.stdout) == [
        "account name status managed users pending domain CNAME pixels events",
        "SandboxA First deactivated yes 1 1 capig.shop.example missing 1 1,234",
        "SandboxB Second active yes 0 0 0",
    ]
    sandbox.resolve()
    assert " resolved " in capig("accounts").stdout
    sandbox.add_pipeline("Web")
    assert rows(capig("accounts").stdout)[0].endswith(" pixels pipelines events")


def test_json_and_csv(capig: Capig, sandbox: Sandbox) -> None:
    furnish(sandbox)
    sandbox.add_pipeline("Web")
    sandbox.rename("=HYPERLINK(1)\n")
    first, second = json.loads(capig("accounts", "--json", *BOTH).stdout)
    assert first == {
        "tenant_id": "SandboxA",
        "name": "=HYPERLINK(1)\n",
        "status": 2,
        "managed": True,
        "users": 1,
        "users_pending": 1,
        "domain": "capig.shop.example",
        "cname_resolved": False,
        "total_pixels": 1,
        "total_pipelines": 1,
        "total_events_received": 1234,
        "by_reach": False,
    }
    assert (second["tenant_id"], second["domain"], second["users"]) == ("SandboxB", "", 0)
    one, two = csv.DictReader(capig("accounts", "--csv", *BOTH).stdout.splitlines())
    assert one == {
        **{name: str(value) for name, value in first.items()},
        "name": "'=HYPERLINK(1)",
        "managed": "true",
        "cname_resolved": "false",
        "by_reach": "false",
    }
    assert (two["tenant_id"], two["name"]) == ("SandboxB", "Second")


def test_what_users_of_an_account_reach(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.add_account("Third000", "Third")
    sandbox.add_account("Hidden00", "Hidden", managed=False)
    sandbox.add_account("Nowhere0")
    for tenant in ("SandboxA", "SandboxB", "Third000", "Hidden00"):
        sandbox.set_role("boss@shop.example", "admin", tenant=tenant)
    done = capig("accounts", "--reach", *BOTH)
    assert done.returncode == 0
    added, remark, refused, advice = done.stderr.splitlines()
    assert added == ("capig: --reach added 2 accounts that users of the named accounts can reach")
    assert "There may be more: no operation lists accounts" in remark
    assert "(account Hidden00): the gateway answered 401" in refused
    assert "capig doctor" in advice
    assert rows(done.stdout)[1:] == [
        "SandboxA First active yes 1 0 0",
        "SandboxB Second active yes 1 0 0",
        "Third000 Third active yes 1 0 0 by --reach",
        "Hidden00 Hidden by --reach",
    ]
    listed = capig("accounts", "--reach", "--ids", *BOTH)
    assert listed.stdout.split() == ["SandboxA", "SandboxB", "Third000", "Hidden00"]


def test_ids_are_a_file_of_accounts(capig: Capig, sandbox: Sandbox, tmp_path: Any) -> None:
    file = tmp_path / "accounts.txt"
    file.write_text(capig("accounts", "--ids", *BOTH).stdout, "utf-8")
    assert sandbox.counters.requests == {}
    assert len(rows(capig("accounts", "--tenants", file).stdout)) == 3


def test_ids_in_reach_that_nobody_can_name(capig: Capig, sandbox: Sandbox) -> None:
    ids = ["a b", "#c", "", "d/e", "Good0000", "SandboxA", "\x1b[2J"]
    tenants = [{"id": id_, "name": "\x1b[31m"} for id_ in ids]
    body = json.dumps({"data": {"tenant": {"users": [{"tenants": tenants}]}}})
    sandbox.inject(Fault("not-json", operation="tenant", body=body))
    done = capig("accounts", "--reach", "--ids")
    assert done.stdout.split() == ["SandboxA", "Good0000"]
    assert "added 1 account that" in done.stderr


@pytest.mark.parametrize(("operation", "lost"), [("ingressDomain", "domain"),
                                                 ("tenantUsage", "total_pixels")])  # fmt: skip
def test_a_part_that_cannot_be_asked(
    capig: Capig, sandbox: Sandbox, operation: str, lost: str
) -> None:
    furnish(sandbox)
    sandbox.inject(Fault.status(500, operation=operation, times=None))
    done = capig("accounts", "--json")
    (account,) = json.loads(done.stdout)
    assert done.returncode == 3
    assert "answered 500" in done.stderr
    assert (account[lost], account["users"]) == (None, 1)


@pytest.mark.parametrize("unknown", ["401", "null", "404"])
def test_an_unknown_account(capig: Capig, sandbox: Sandbox, unknown: Any) -> None:
    sandbox.dialect = replace(sandbox.dialect, unknown_tenant_hub=unknown)
    done = capig("accounts", "--tenant", "Nobody00", "--tenant", "SandboxA")
    assert done.returncode == 3
    assert "account Nobody00" in done.stderr
    assert rows(done.stdout)[1:] == ["Nobody00", "SandboxA First active yes 0 0 0"]
    assert sandbox.counters.requests["ingressDomain"] == 1


def test_forms_exclude_each_other(capig: Capig) -> None:
    for pair in (("--ids", "--json"), ("--json", "--csv")):
        done = capig("accounts", *pair)
        assert (done.returncode, done.stdout) == (2, "")
        assert "cannot be used together" in done.stderr


def test_a_narrow_terminal(on_terminal: Callable[..., list[str]], sandbox: Sandbox) -> None:
    furnish(sandbox)
    shown = on_terminal(40, "accounts")
    assert shown[0] == "SandboxA  First"
    assert max(map(len, shown)) <= 40


# events


def test_events_and_websites(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.connect("101")
    sandbox.connect("102")
    sandbox.set_event_filter("Lead", "DROP")
    sandbox.receive("Lead", 1234, pixel="101", domain="shop.example")
    sandbox.receive("Purchase", 2, pixel="102")
    done = capig("events", *BOTH)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done.stdout) == [
        "SandboxA: 1,236 received, 2 published in the last 60 minutes",
        "event received published",
        "Lead 1,234 0",
        "Purchase 2 2",
        "website received published",
        "shop.example 1,234 0",
        "",
        "SandboxB: 0 received, 0 published in the last 60 minutes",
    ]
    one = capig("events", "--pixel", "102", "--window", "1440")
    assert rows(one.stdout)[:3] == [
        "SandboxA: 2 received, 2 published in the last 1440 minutes",
        "event received published",
        "Purchase 2 2",
    ]


def test_events_as_json(capig: Capig, in_sandbox: Sandbox) -> None:
    in_sandbox.connect("101")
    in_sandbox.receive("Lead", 3, pixel="101")
    (found,) = json.loads(capig("events", "--json").stdout)
    events = pulumi_capig.get_event_metrics()
    assert found.pop("tenant_id") == "SandboxA"
    assert found.keys() == vars(events).keys()
    assert found["events"] == [vars(event) for event in events.events]


def test_events_that_a_gateway_does_not_tell(capig: Capig, sandbox: Sandbox) -> None:
    missing = {"EventMetricsSnapshot.domainActivity", "EventMetricsSnapshot.outgoing"}
    missing |= {"EventActivity.publishedCount"}
    sandbox.dialect = replace(sandbox.dialect, unknown_fields=frozenset(missing))
    sandbox.connect("101")
    sandbox.receive("Lead", 3, pixel="101", domain="shop.example")
    assert rows(capig("events").stdout) == [
        "SandboxA: 3 received, unknown published in the last 60 minutes",
        "event received published",
        "Lead 3",
    ]


def test_events_of_an_unknown_account(capig: Capig) -> None:
    done = capig("events", "--tenant", "Nobody00", "--tenant", "SandboxB")
    assert done.returncode == 3
    assert "account Nobody00" in done.stderr
    assert "SandboxB" in done.stdout
    assert capig("events", "--pixel", "12a").returncode == 2


# invite


def test_a_new_link(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.set_role("boss@shop.example", "admin", status=2)
    done = capig("invite", "Boss@Shop.example", "--tenant", "SandboxA")
    assert done.returncode == 0
    (mail,) = sandbox.mails
    assert done.stdout == f"{mail.link}\n"
    assert mail.to == "boss@shop.example"
    assert "secret" in done.stderr
    assert mail.link not in done.stderr
    assert "mailed" in done.stderr
    assert "accepted" not in done.stderr


@pytest.mark.parametrize("seen", [True, False])
def test_a_link_for_somebody_who_has_accepted(capig: Capig, sandbox: Sandbox, seen: bool) -> None:
    sandbox.set_role("boss@shop.example", "admin", status=1)
    if not seen:
        sandbox.inject(Fault.status(500, operation="tenant", times=None))
    done = capig("invite", "boss@shop.example", CAPIG_MAX_RETRIES="0")
    assert done.returncode == 0
    (mail,) = sandbox.mails
    assert done.stdout == f"{mail.link}\n"
    assert ("boss@shop.example has accepted an invitation already" in done.stderr) is seen
    assert mail.link not in done.stderr


def test_a_link_that_is_not_made(capig: Capig, sandbox: Sandbox) -> None:
    stranger = capig("invite", "nobody@shop.example")
    assert (stranger.returncode, stranger.stdout) == (3, "")
    assert "invite nobody@shop.example (account SandboxA): the gateway answered 404" in (
        stranger.stderr
    )
    assert "add one with an AccountUser" in stranger.stderr
    sandbox.set_role("boss@shop.example", "admin")
    sandbox.dialect = replace(sandbox.dialect, invitation_link="null-no-smtp")
    silent = capig("invite", "boss@shop.example")
    assert (silent.returncode, silent.stdout) == (3, "")
    assert "the gateway answered without a link" in silent.stderr
    for email in ("boss", "a b@shop.example", "a@b@c"):
        wrong = capig("invite", email)
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert "invite: " in wrong.stderr


def test_a_person_is_invited_once(capig: Capig, sandbox: Sandbox) -> None:
    sandbox.set_role("boss@shop.example", "admin")
    sandbox.inject(Fault("reset", "sendInvitation", applied=True))
    done = capig("invite", "boss@shop.example", CAPIG_MAX_RETRIES="3")
    assert (done.returncode, done.stdout) == (3, "")
    assert len(sandbox.mails) == 1

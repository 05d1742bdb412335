"""The life of an account's first-party domain: each row of its table, in each dialect."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
import pytest

from pulumi_capig import gateway
from pulumi_capig.sandbox import FAULTS, Fault, Sandbox
from tests.support.advertiser import (
    SHOP,
    account,
    asked,
    domain_of,
    first_party,
    speak,
    taken_over,
)
from tests.support.deployment import Deployment
from tests.support.provider import Provider
from tests.support.strikes import plain_network

pytestmark = pytest.mark.usefixtures("no_waits")

READ, SET = "ingressDomain", "upsertIngressDomain"
DOMAIN, OTHER, TARGET = "capig.shop.example", "events.shop.example", "capig.agency.example"
JSON = {"content-type": "application/json"}


def declared(**more: Any) -> tuple[str, dict[str, Any]]:
    return first_party(**{"target_domain": TARGET, **more})


# -- check -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"domain": DOMAIN}, set()),
        ({"domain": DOMAIN, "target_domain": TARGET}, set()),
        ({"domain": DOMAIN, "target_domain": DOMAIN.upper()}, {"target_domain"}),
        ({"domain": "https://capig.shop.example/x"}, {"domain"}),
        ({"domain": DOMAIN, "target_domain": "a b"}, {"target_domain"}),
        ({}, {"domain"}),
    ],
)
def test_check(provider: Provider, given: dict[str, Any], wrong: set[str]) -> None:
    checked = provider.check("FirstPartyDomain", None, {"tenant_id": "SandboxA", **given})
    assert set(checked.failures) == wrong


def test_canonical_forms(provider: Provider) -> None:
    given = first_party("Capig.Shop.Example.", target_domain="Capig.Agency.Example")[1]
    inputs = provider.check("FirstPartyDomain", None, {"tenant_id": "SandboxA", **given}).inputs
    assert (inputs["domain"], inputs["target_domain"]) == (DOMAIN, TARGET)


def test_the_target_is_the_gateways_host_without_its_port(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with deployment.provider.operation() as provider:
        checked = provider.check("FirstPartyDomain", None, first_party(tenant_id="SandboxA")[1])
        assert checked.inputs["target_domain"] == "127.0.0.1"
    assert in_sandbox.requests == []
    monkeypatch.delenv("CAPIG_GATEWAY")
    with deployment.provider.operation() as provider:
        olds = {"tenant_id": "SandboxA", "domain": DOMAIN, "target_domain": TARGET}
        checked = provider.check("FirstPartyDomain", olds, first_party(tenant_id="SandboxA")[1])
        assert checked.inputs["target_domain"] == TARGET
        checked = provider.check("FirstPartyDomain", None, first_party(tenant_id="SandboxA")[1])
        assert set(checked.failures) == {"target_domain"}


# -- create ------------------------------------------------------------------------------------


@pytest.mark.parametrize("none", ["null", "ingress-null", "ingress-empty"])
@pytest.mark.parametrize("ids", ["samples", "consistent"])
@pytest.mark.parametrize("argument", ["ID", "String"])
def test_a_domain_is_set_where_there_is_none(
    deployment: Deployment, in_sandbox: Sandbox, none: Any, ids: Any, argument: Any
) -> None:
    speak(in_sandbox, no_routing=none, routing_ids=ids, ingress_argument=argument)
    program = {"domain": declared()}
    assert deployment.preview(program).changes == [("create", "domain")]
    assert in_sandbox.requests == []
    assert deployment.up(program).errors == {}
    assert asked(in_sandbox) == [READ, SET]
    assert (domain_of(in_sandbox).domain, domain_of(in_sandbox).target) == (DOMAIN, TARGET)
    outputs = deployment.state["domain"].outputs
    assert outputs["verification"] == "echoed"
    assert outputs["cname_resolved"] is False
    in_sandbox.clear_requests()
    assert deployment.up(program).changes == []
    assert in_sandbox.requests == []
    assert deployment.refresh().changes == []
    assert asked(in_sandbox) == [READ]


def test_a_domain_that_is_there_is_refused_by_its_name(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    for there in (DOMAIN, OTHER):
        in_sandbox.set_domain(there)
        error = deployment.up({"domain": declared()}).errors["domain"]
        assert f"the account has {there} already" in error
        assert "adopt=True" in error
        assert domain_of(in_sandbox).domain == there
    assert SET not in asked(in_sandbox)


@pytest.mark.parametrize(
    ("there", "target", "sent"),
    [
        (DOMAIN, None, []),
        (DOMAIN.upper(), None, []),
        (DOMAIN, TARGET, [SET]),
        (OTHER, None, [SET]),
        (OTHER, TARGET, [SET]),
    ],
)
def test_adopting_sends_what_cannot_be_known_to_be_there(
    deployment: Deployment,
    in_sandbox: Sandbox,
    there: str,
    target: str | None,
    sent: list[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    in_sandbox.set_domain(there)
    in_sandbox.resolve()
    program = {"domain": first_party(target_domain=target, adopt=True)}
    assert deployment.up(program).errors == {}
    assert asked(in_sandbox) == [READ, *sent]
    assert capfd.readouterr().err.count("took over first-party domain") == 1
    assert domain_of(in_sandbox).domain.lower() == DOMAIN
    assert deployment.state["domain"].outputs["cname_resolved"] is not bool(sent)
    in_sandbox.clear_requests()
    assert deployment.up({"domain": first_party(target_domain=target)}).changes == []
    assert in_sandbox.requests == []
    assert deployment.refresh().changes == []


# -- answers -----------------------------------------------------------------------------------


class Changing(httpx.BaseTransport):
    """A gateway that answers with another domain than it was asked to set."""

    def __init__(self) -> None:
        self._network = plain_network()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._network.handle_request(request)
        if SET.encode() not in request.content:
            return response
        content = response.read().replace(DOMAIN.encode(), OTHER.encode())
        return httpx.Response(response.status_code, headers=JSON, content=content)

    def close(self) -> None:
        self._network.close()


def test_another_domain_in_the_answer_is_an_error(
    deployment: Deployment, in_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "Client", partial(gateway.Client, transport=Changing()))
    error = deployment.up({"domain": declared()}).errors["domain"]
    assert f"another domain, {OTHER}" in error
    assert asked(in_sandbox) == [READ, SET]
    assert deployment.state == {}


@pytest.mark.parametrize(
    "answer",
    [Fault("no-success", operation=SET), Fault("missing-fields", operation=SET)],
    ids=["null", "without fields"],
)
def test_an_answer_without_the_domain_is_accepted_and_said(
    deployment: Deployment, in_sandbox: Sandbox, answer: Fault
) -> None:
    in_sandbox.inject(answer)
    assert deployment.up({"domain": declared()}).errors == {}
    assert deployment.state["domain"].outputs["verification"] == "accepted"


def test_a_gateway_without_the_argument_is_never_asked_without_it(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    """It would set another account's domain."""
    speak(in_sandbox, ingress_argument="unknown")
    assert "domain" in deployment.up({"domain": declared()}).errors
    assert domain_of(in_sandbox) is None
    assert domain_of(in_sandbox, "admin") is None


@pytest.mark.parametrize("code", [400, 500])
def test_a_refusal_names_the_limits(deployment: Deployment, in_sandbox: Sandbox, code: int) -> None:
    in_sandbox.inject(Fault("field-error", operation=SET, code=code, times=None))
    assert "certificates" in deployment.up({"domain": declared()}).errors["domain"]


@pytest.mark.parametrize(
    "fault",
    ["reset-after-write", "502-page-after-write", "truncated", "reset-before-write", "503"],
)
def test_a_lost_answer_is_no_loss(deployment: Deployment, in_sandbox: Sandbox, fault: str) -> None:
    in_sandbox.inject(FAULTS[fault].on(SET))
    assert deployment.up({"domain": declared()}).errors == {}
    assert domain_of(in_sandbox).domain == DOMAIN
    assert deployment.refresh().changes == []


@pytest.mark.parametrize("applied", [True, False])
def test_an_answer_that_is_lost_for_good_is_looked_up(
    deployment: Deployment, in_sandbox: Sandbox, applied: bool
) -> None:
    in_sandbox.inject(Fault("reset", operation=SET, applied=applied, times=None))
    errors = deployment.up({"domain": declared()}).errors
    assert (errors == {}) == applied
    in_sandbox.clear_faults()
    assert deployment.up({"domain": declared()}).errors == {}
    assert domain_of(in_sandbox).domain == DOMAIN


def test_a_lost_change_of_what_nothing_tells_is_not_believed(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    deployment.up({"domain": declared()})
    in_sandbox.inject(Fault("reset", operation=SET, applied=False, times=None))
    after = {"domain": declared(target_domain="new.agency.example")}
    assert "may already hold the new state" in deployment.up(after).errors["domain"]
    in_sandbox.clear_faults()
    assert deployment.up(after).changes == [("update", "domain")]
    assert domain_of(in_sandbox).target == "new.agency.example"


# -- diff and update ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "step"),
    [
        ({"domain": OTHER}, "update"),
        ({"target_domain": "new.agency.example"}, "update"),
        ({"target_domain": None}, "update"),
        ({"reassert": "1"}, "update"),
        ({"tenant_id": "SandboxB"}, "replace"),
        ({"adopt": True}, None),
        ({"domain": DOMAIN.upper()}, None),
    ],
)
@pytest.mark.parametrize("again", ["kept", "reset"])
def test_diff(
    deployment: Deployment,
    in_sandbox: Sandbox,
    changed: dict[str, Any],
    step: str | None,
    again: Any,
) -> None:
    speak(in_sandbox, same_routing_again=again)
    in_sandbox.add_account("SandboxB")
    deployment.up({"domain": declared()})
    in_sandbox.resolve()
    in_sandbox.clear_requests()
    program = {"domain": declared(**changed)}
    assert deployment.preview(program).changes == ([(step, "domain")] if step else [])
    assert in_sandbox.requests == []
    assert deployment.up(program).errors == {}
    assert asked(in_sandbox) == {"update": [SET], "replace": [READ, SET], None: []}[step]
    if step is None:
        assert domain_of(in_sandbox).resolved is True
    if step == "replace":
        assert domain_of(in_sandbox, "SandboxB").domain == DOMAIN
        assert domain_of(in_sandbox).domain == DOMAIN, "nothing removes it"
    assert deployment.up(program).changes == []
    assert deployment.refresh().changes == []


# -- read --------------------------------------------------------------------------------------


def test_drift_of_the_domain_is_repaired(deployment: Deployment, in_sandbox: Sandbox) -> None:
    program = {"domain": declared()}
    deployment.up(program)
    in_sandbox.set_domain(OTHER)
    assert deployment.refresh().changes == [("drift", "domain")]
    assert deployment.up(program).changes == [("update", "domain")]
    assert domain_of(in_sandbox).domain == DOMAIN


def test_what_changes_by_itself_is_no_drift(
    deployment: Deployment, in_sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    program = {"domain": declared()}
    deployment.up(program)
    for resolved, status, warnings in ((True, "VERIFIED", 0), (False, "LOST", 1), (False, None, 0)):
        in_sandbox.resolve(resolved=resolved, status=status)
        capfd.readouterr()
        assert deployment.refresh().changes == []
        outputs = deployment.state["domain"].outputs
        assert outputs["cname_resolved"] is resolved
        assert outputs["domain_status"] == (status or "LOST")
        assert capfd.readouterr().err.count("CNAME") == warnings
        assert deployment.up(program).changes == []


@pytest.mark.parametrize("none", ["null", "ingress-null", "ingress-empty"])
def test_gone_while_the_account_is_there(
    deployment: Deployment, in_sandbox: Sandbox, none: Any
) -> None:
    from pulumi_capig.sandbox.parts.routing import Routings

    speak(in_sandbox, no_routing=none)
    program = {"domain": declared()}
    deployment.up(program)
    in_sandbox.state.part(Routings).forget("sandbox", "SandboxA")
    in_sandbox.clear_requests()
    assert deployment.refresh().changes == [("gone", "domain")]
    assert asked(in_sandbox) == ([READ, "tenant"] if none == "null" else [READ])
    assert deployment.up(program).changes == [("create", "domain")]


@pytest.mark.parametrize("told", ["401", "null", "404", "500", "400"])
def test_not_gone_where_the_account_cannot_be_seen(
    deployment: Deployment, in_sandbox: Sandbox, told: Any
) -> None:
    program = {"shop": account(), "domain": declared(tenant_id=SHOP)}
    deployment.up(program)
    speak(in_sandbox, unknown_tenant_hub=told)
    in_sandbox.drop_account(deployment.state["shop"].id)
    assert set(deployment.refresh().errors) == {"shop", "domain"}
    assert set(deployment.state) == {"shop", "domain"}


# -- delete ------------------------------------------------------------------------------------


def test_a_delete_sends_nothing_and_says_so(
    deployment: Deployment, in_sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    deployment.up({"domain": declared()})
    in_sandbox.clear_requests()
    assert deployment.destroy().errors == {}
    assert in_sandbox.requests == []
    said = capfd.readouterr().err
    assert f"first-party domain {DOMAIN} (account SandboxA) stays" in said
    assert "DNS record" in said


def test_a_rename_with_adopt_says_nothing_of_a_delete(
    deployment: Deployment, in_sandbox: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    deployment.up({"domain": declared()})
    assert deployment.up({"renamed": first_party(adopt=True)}).errors == {}
    assert "stays: no operation" not in capfd.readouterr().err
    assert set(deployment.state) == {"renamed"}
    assert domain_of(in_sandbox).domain == DOMAIN


# -- one program -------------------------------------------------------------------------------


def test_one_domain_in_two_accounts_is_refused(deployment: Deployment, in_sandbox: Sandbox) -> None:
    in_sandbox.add_account("SandboxB")
    program = {"one": declared(), "two": declared(tenant_id="SandboxB")}
    errors = deployment.up(program, keep_going=True).errors
    assert [*errors] == ["two"]
    assert "account SandboxA declares this domain too" in errors["two"]
    assert domain_of(in_sandbox, "SandboxB") is None


def test_two_domains_of_one_account_are_refused(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    program = {"one": declared(), "two": declared(domain=OTHER)}
    errors = deployment.preview(program, apart=frozenset({"two"})).errors
    assert [*errors] == ["two"]


def test_two_accounts_can_swap_their_domains(deployment: Deployment, in_sandbox: Sandbox) -> None:
    in_sandbox.add_account("SandboxB")
    before = {"one": declared(), "two": declared(domain=OTHER, tenant_id="SandboxB")}
    after = {"one": declared(domain=OTHER), "two": declared(tenant_id="SandboxB")}
    assert deployment.up(before).errors == {}
    assert deployment.up(after).errors == {}
    assert domain_of(in_sandbox).domain == OTHER
    assert domain_of(in_sandbox, "SandboxB").domain == DOMAIN


def test_a_domain_of_an_account_that_is_taken_over(
    deployment: Deployment, in_sandbox: Sandbox
) -> None:
    in_sandbox.set_domain(DOMAIN)
    program = {"shop": taken_over("SandboxA"), "domain": declared(tenant_id=SHOP, adopt=True)}
    assert deployment.up(program).errors == {}
    assert deployment.state["domain"].id == "SandboxA/first-party-domain"

"""An account that was deleted behind the stack's back takes what was in it along."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_capig.sandbox import Fault, Sandbox
from tests.support.advertiser import SHOP, account, first_party, lead, made, pixel, speak, user
from tests.support.deployment import Deployment

pytestmark = pytest.mark.usefixtures("no_waits")

IN_IT: dict[str, tuple[str, dict[str, Any]]] = {
    "pixel": pixel(tenant_id=SHOP),
    "admin": user(tenant_id=SHOP),
    "domain": first_party(tenant_id=SHOP, target_domain="capig.agency.example"),
    "lead": lead(tenant_id=SHOP),
    "pipe": ("Pipeline", {"name": "Web", "tenant_id": SHOP}),
}
PROGRAM = {"shop": account(), **IN_IT}


def delete_behind(deployment: Deployment, sandbox: Sandbox) -> None:
    assert deployment.up(PROGRAM).errors == {}
    speak(sandbox, unknown_tenant_hub="null", unknown_tenant="account-null")
    sandbox.drop_account(made(sandbox)[0])


def test_a_refresh_finds_all_of_it_gone(deployment: Deployment, in_sandbox: Sandbox) -> None:
    delete_behind(deployment, in_sandbox)
    deployment.refresh()
    deployment.refresh()
    assert deployment.state.keys() <= {"lead"}  # whose state nothing reads
    assert deployment.up(PROGRAM).errors == {}
    assert len(made(in_sandbox)) == 1
    assert deployment.up(PROGRAM).changes == []


def test_a_destroy_needs_no_refresh(deployment: Deployment, in_sandbox: Sandbox) -> None:
    delete_behind(deployment, in_sandbox)
    assert deployment.destroy().errors == {}
    assert deployment.state == {}


@pytest.mark.parametrize("witness", ["tenant", "list"])
def test_one_witness_is_not_enough(
    deployment: Deployment, in_sandbox: Sandbox, witness: str
) -> None:
    delete_behind(deployment, in_sandbox)
    in_sandbox.inject(Fault("errors", operation=witness, code=401, times=None))
    kept = set(deployment.state)
    assert deployment.refresh().errors.keys() >= {"shop", "pixel"}
    assert set(deployment.state) == kept

"""Which roles an account offers, and which one somebody has there."""

from __future__ import annotations

from pulumi_capig.gateway.operations.accounts import AccountRecord
from pulumi_capig.gateway.operations.users import Role
from pulumi_capig.gateway.roles import Roles

OFFERED = {
    "agency-admin": "admin",
    "advertiser-admin-IaoreXfj": "admin",
    "advertiser-standard-IaoreXfj": "Manage",
    "advertiser-view-IaoreXfj": None,
}


def roles() -> Roles:
    available: list[Role | None] = [
        Role(name=name, display_name=shown) for name, shown in OFFERED.items()
    ]
    record = AccountRecord(available_roles=[None, Role(), *available])
    return Roles.of(record, "IaoreXfj")


def test_a_role_of_the_host_is_neither_offered_nor_held() -> None:
    assert roles().find("admin") == "advertiser-admin-IaoreXfj"
    assert roles().held(["agency-admin"]) is None
    assert roles().held(["agency-admin", "advertiser-view-IaoreXfj"]) == "advertiser-view-IaoreXfj"


def test_a_role_of_another_account_is_not_held() -> None:
    assert roles().held(["advertiser-admin-wW58k7FQ", "advertiser-view-XIaoreXfj"]) is None


def test_a_role_is_called_as_the_gateway_shows_it() -> None:
    assert roles().actions() == ["admin", "manage", "view"]
    assert roles().find("manage") == roles().find("standard") == "advertiser-standard-IaoreXfj"
    assert roles().find("owner") is None

"""The second endpoint in every dialect that the facts allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from pulumi_capig.errors import ConflictError, GatewayError, InvalidInputError, NotFoundError
from pulumi_capig.gateway import Client, accounts, metrics, routing, users
from pulumi_capig.gateway.operations.accounts import AccountRecord
from pulumi_capig.gateway.operations.users import User
from pulumi_capig.gateway.roles import Roles, names
from pulumi_capig.sandbox import Dialect, Sandbox
from pulumi_capig.sandbox.dialect.accounts import AccountDialect
from pulumi_capig.sandbox.dialect.people import PeopleDialect
from pulumi_capig.sandbox.dialect.routing import RoutingDialect

NEW = "new@shop.example"


def values() -> Iterator[tuple[str, object]]:
    for dialect in (AccountDialect, PeopleDialect, RoutingDialect):
        hints = get_type_hints(dialect)
        for field in fields(dialect):
            hint = hints[field.name]
            assert get_origin(hint) is Literal
            yield from ((field.name, choice) for choice in get_args(hint))


EVERY_VALUE = list(values())


def speak(sandbox: Sandbox, **switches: Any) -> Dialect:
    sandbox.dialect = replace(sandbox.dialect, **switches)
    return sandbox.dialect


def the(account: AccountRecord | None) -> AccountRecord:
    assert account is not None
    return account


def named(account: AccountRecord | None, email: str) -> User | None:
    found = [user for user in the(account).users or () if user and user.email]
    return next((user for user in found if (user.email or "").lower() == email), None)


def role_of(user: User, account: AccountRecord, tenant: str) -> tuple[str, str] | None:
    """What somebody is in an account, and the full name of that."""
    roles = Roles.of(account, tenant)
    name = roles.held(names(user.roles))
    return (roles.action(name), name) if name else None


@pytest.mark.parametrize(("switch", "value"), EVERY_VALUE)
def test_the_life_of_an_account(
    sandbox: Sandbox, client: Client, switch: str, value: object
) -> None:
    dialect = speak(sandbox, **{switch: value})
    made = accounts.create(client, name="Shop", managed=True, event_enrichment=False)
    tenant = made.id
    assert tenant
    assert (made.name, made.can_partner_manage, made.users) == ("Shop", True, [])
    assert the(accounts.read(client, tenant)).name == "Shop"
    accounts.update(client, tenant, name="Shop GmbH", managed=True, status=2)
    record = the(accounts.read(client, tenant))
    assert (record.name, record.can_partner_manage, record.status) == ("Shop GmbH", True, 2)

    roles = Roles.of(record, tenant)
    offered = {roles.action(name): name for name in roles.offered}
    assert [*offered][::2] == ([] if dialect.roles == "none" else ["admin", "view"])
    admin = offered.get("admin", f"advertiser-admin-{tenant}")
    view = offered.get("view", f"advertiser-view-{tenant}")
    boss = users.add(client, tenant, "boss@shop.example", admin)
    added = users.add(client, tenant, NEW.title(), view)
    assert added.user is not None
    assert (added.user_already_exist, added.user.status) == (False, 2)
    assert bool(added.invitation_link) == (dialect.invitation_link != "null-no-smtp")
    listed = named(accounts.read(client, tenant), NEW)
    assert (listed is None) == (dialect.pending_users == "unlisted")
    sandbox.accept(NEW)
    sandbox.accept("boss@shop.example")
    record = the(accounts.read(client, tenant))
    person = named(record, NEW)
    assert person is not None
    assert person.id
    assert role_of(person, record, tenant) == ("view", view)
    users.change_role(client, tenant, person.id, revoke=view, add=admin)
    record = the(accounts.read(client, tenant))
    person = named(record, NEW)
    assert person is not None
    assert role_of(person, record, tenant) == ("admin", admin)
    link = users.invite(client, tenant, NEW)
    assert (link is None) == (dialect.invitation_link == "null-no-smtp")
    assert boss.user is not None
    users.change_role(client, tenant, boss.user.id or "", revoke=admin, add=None)
    record = the(accounts.read(client, tenant))
    left = named(record, "boss@shop.example")
    assert left is None or role_of(left, record, tenant) is None

    assert accounts.usage(client, tenant).total_pixels == 0
    assert metrics.read(client, tenant).activity == []
    assert accounts.delete(client, tenant) is True
    assert tenant not in sandbox.state.accounts


@pytest.mark.parametrize(("switch", "value"), EVERY_VALUE)
def test_the_life_of_a_domain(sandbox: Sandbox, client: Client, switch: str, value: object) -> None:
    dialect = speak(sandbox, **{switch: value})
    before = routing.read(client, "SandboxA")
    assert before is None or not before.ingress
    if dialect.ingress_argument == "unknown":
        with pytest.raises(InvalidInputError, match="tenantId"):
            routing.set_domain(client, "SandboxA", "capig.shop.example", "capig.example")
        assert sandbox.counters.requests["upsertIngressDomain"] == 1
        return
    done = routing.set_domain(client, "SandboxA", "capig.shop.example", "capig.example")
    assert done is not None
    assert (done.ingress, done.cname_resolve_success) == ("capig.shop.example", False)
    sandbox.resolve()
    again = routing.read(client, "SandboxA")
    assert again is not None
    assert (again.ingress, again.cname_resolve_success) == ("capig.shop.example", True)


@pytest.mark.parametrize("told", ["401", "null", "404", "500", "400"])
def test_null_is_told_from_an_error(sandbox: Sandbox, client: Client, told: Any) -> None:
    speak(sandbox, unknown_tenant_hub=told)
    if told == "null":
        assert accounts.read(client, "Nobody00") is None
        return
    with pytest.raises(GatewayError) as caught:
        accounts.read(client, "Nobody00")
    assert caught.value.code == int(told)


@pytest.mark.parametrize("told", ["409", "409-data", "replaced", "200"])
def test_somebody_who_is_there(sandbox: Sandbox, client: Client, told: Any) -> None:
    speak(sandbox, add_existing=told)
    sandbox.set_role(NEW, "view")
    role = "advertiser-manage-SandboxA"
    if told.startswith("409"):
        with pytest.raises(ConflictError, match="409"):
            users.add(client, "SandboxA", NEW, role)
        return
    assert users.add(client, "SandboxA", NEW, role).user_already_exist is True


def test_a_user_or_a_role_that_is_not_there(sandbox: Sandbox, client: Client) -> None:
    role = "advertiser-view-SandboxA"
    for call in (
        lambda: users.add(client, "SandboxA", NEW, "advertiser-chief-SandboxA"),
        lambda: users.change_role(client, "SandboxA", "nobody", revoke=None, add=role),
        lambda: users.invite(client, "SandboxA", NEW),
    ):
        with pytest.raises(NotFoundError):
            call()

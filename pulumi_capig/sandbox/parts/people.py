"""The people who may use the gateway's page, and their roles."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from . import Part

if TYPE_CHECKING:
    from ..state import GatewayState

__all__ = ["ACTIVATED", "HOST", "PENDING", "Grant", "HeldPerson", "People"]

ACTIVATED, PENDING = 1, 2

HOST = ""
"""Stands for the host where another one names an account."""


@dataclass(frozen=True)
class Grant:
    """A role that a person has.

    Args:
        tenant: Account, `HOST` for a role at the host.
        role: Name of the role; empty for somebody who is listed there without one.
    """

    tenant: str
    role: str

    @property
    def action(self) -> str:
        """The part of the role's name that says what it allows."""
        return self.role.split("-")[1] if self.role else ""


@dataclass(frozen=True)
class HeldPerson:
    """A person as the gateway holds them.

    Args:
        id: User id.
        email: As it was given.
        status: 0 deactivated, 1 activated, 2 pending.
        grants: Roles; one for each account or host, as far as the dialect keeps to that.
        made: Revision of the history at which they were made.
    """

    id: str
    email: str
    status: int = PENDING
    grants: tuple[Grant, ...] = ()
    made: int = field(default=0, compare=False)

    def is_named(self, email: str) -> bool:
        """Whether this is their e-mail, in small or capital letters."""
        return self.email.lower() == email.lower()

    def roles(self, tenant: str) -> list[Grant]:
        """What they are in one account, or at the host."""
        return [grant for grant in self.grants if grant.tenant == tenant]

    def granted(self, *grants: Grant) -> HeldPerson:
        """The same person with these roles too; they end being listed there without one."""
        places = {grant.tenant for grant in grants}
        kept = [item for item in self.grants if item.role or item.tenant not in places]
        return replace(self, grants=(*kept, *grants))

    def with_status(self, status: int) -> HeldPerson:
        """The same person with another status."""
        return replace(self, status=status)

    def without(self, tenant: str, role: str | None = None) -> HeldPerson:
        """The same person without that role, or without all of an account (None)."""
        kept = [
            grant
            for grant in self.grants
            if grant.tenant != tenant or (role is not None and grant.role != role)
        ]
        return replace(self, grants=tuple(kept))


class People(Part):
    """Everybody, in the order of their making."""

    def __init__(self, gateway: GatewayState) -> None:
        super().__init__(gateway)
        self._held: dict[str, HeldPerson] = {}

    def all(self) -> list[HeldPerson]:
        """Everybody."""
        with self._gateway.lock:
            return list(self._held.values())

    def of(self, tenant: str) -> list[HeldPerson]:
        """Those of an account, or of the host."""
        return [person for person in self.all() if person.roles(tenant)]

    def named(self, email: str) -> list[HeldPerson]:
        """Those of this e-mail: one, as far as the dialect keeps to that."""
        return [person for person in self.all() if person.is_named(email)]

    def get(self, user_id: str) -> HeldPerson | None:
        """Who has this user id, or None."""
        return self._held.get(user_id)

    def new(self, email: str, status: int = PENDING, user_id: str | None = None) -> HeldPerson:
        """Somebody who is not held yet."""
        made = self._gateway.revision + 1
        return HeldPerson(user_id or str(uuid.uuid4()), email, status, made=made)

    def put(self, operation: str, tenant: str, person: HeldPerson) -> HeldPerson:
        """Adds a person, or replaces what is held of them.

        Args:
            operation: Cause.
            tenant: Account in which it happens, `HOST` for the host.
            person: The person.
        """
        with self._gateway.lock:
            before = self._held.get(person.id)
            self._held[person.id] = person
            self._gateway.record(operation, tenant, "user", (person.email,), before, person)
            return person

    def leave(self, operation: str, tenant: str, person: HeldPerson) -> None:
        """Takes a person out of an account, and off the gateway if they are in no other."""
        with self._gateway.lock:
            left = person.without(tenant)
            if left.grants:
                self.put(operation, tenant, left)
            elif self._held.pop(person.id, None) is not None:
                self._gateway.record(operation, tenant, "user", (person.email,), person, None)

    def forget(self, operation: str, tenant: str) -> None:
        """Drops the users of an account."""
        for person in self.of(tenant):
            self.leave(operation, tenant, person)

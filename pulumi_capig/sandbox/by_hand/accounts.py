"""Accounts, users and first-party domains, changed behind the client's back."""

from __future__ import annotations

from typing import Any

from ..parts.accounts import ACTIVE, IN_SETUP, Accounts, HeldAccount
from ..parts.mail import Mail, MailBox
from ..parts.people import ACTIVATED, HOST, Grant, HeldPerson, People
from ..parts.routing import HeldRouting, Routings
from ..roles import is_admin, offered_roles
from .base import BEHIND, ByHand

__all__ = ["AccountsByHand"]


class AccountsByHand(ByHand):
    """Accounts, people and domains, changed behind the client's back."""

    def add_account(self, tenant: str, name: str | None = None, **fields: Any) -> HeldAccount:
        """Makes an account.

        Args:
            tenant: Account id.
            name: Display name.
            fields: Further fields: `status`, `managed`, `event_enrichment`.
        """
        account = HeldAccount(tenant, name or f"Tenant for {tenant}", **fields)
        return self.state.part(Accounts).put(BEHIND, account)

    def edit_account(self, *, tenant: str | None = None, **fields: Any) -> HeldAccount:
        """Changes fields of an account: `name`, `status`, `managed`; KeyError if it is unknown."""
        return self.state.part(Accounts).edit(BEHIND, self._account(tenant), **fields)

    def rename(self, name: str, *, tenant: str | None = None) -> HeldAccount:
        """Gives an account another display name."""
        return self.edit_account(tenant=tenant, name=name)

    def drop_account(self, tenant: str | None = None) -> None:
        """Deletes an account with all that is in it; KeyError if it is unknown."""
        self.state.remove_account(BEHIND, self._account(tenant))

    def set_role(
        self,
        email: str,
        role: str | None,
        *,
        tenant: str | None = None,
        status: int = ACTIVATED,
        user_id: str | None = None,
    ) -> HeldPerson:
        """Gives somebody a role in an account instead of the one they have there.

        Args:
            email: Who; a person of this e-mail is made if there is none.
            role: What the gateway shows of the role (`admin`), or its name; None leaves them
                listed without a role.
            tenant: Account, None for the default one, empty for the host.
            status: Status of somebody who is made: 0 deactivated, 1 activated, 2 pending.
            user_id: User id of somebody who is made, None for a new one.

        Raises:
            ValueError: The account does not offer the role.
        """
        people = self.state.part(People)
        with self.state.lock:
            tenant = HOST if tenant == HOST else self._known(tenant)
            known = people.named(email)
            person = known[0] if known else people.new(email, status, user_id)
            grant = Grant(tenant, "") if role is None else self._grant(tenant, role)
            return people.put(BEHIND, tenant, person.without(tenant).granted(grant))

    def remove_user(self, email: str, *, tenant: str | None = None) -> None:
        """Takes somebody out of an account; KeyError if they are not in it."""
        tenant, people = self._account(tenant), self.state.part(People)
        with self.state.lock:
            present = [person for person in people.named(email) if person.roles(tenant)]
            if not present:
                raise KeyError(email)
            for person in present:
                people.leave(BEHIND, tenant, person)

    def accept(self, email: str) -> HeldPerson:
        """Accepts the invitation of somebody; the accounts that they set up are active then.

        Args:
            email: Who; KeyError if the gateway knows nobody of this e-mail.
        """
        people, accounts = self.state.part(People), self.state.part(Accounts)
        with self.state.lock:
            known = people.named(email)
            if not known:
                raise KeyError(email)
            person = known[0]
            for grant in person.grants:
                account = accounts.get(grant.tenant)
                if account and account.status == IN_SETUP and is_admin(grant):
                    accounts.edit(BEHIND, account.id, status=ACTIVE)
            place = person.grants[0].tenant if person.grants else HOST
            return people.put(BEHIND, place, person.with_status(ACTIVATED))

    def set_domain(
        self, domain: str, target: str = "capig.example.com", *, tenant: str | None = None
    ) -> HeldRouting:
        """Sets an account's first-party domain, which is not resolved yet."""
        routing = HeldRouting(domain, target)
        return self.state.part(Routings).put(BEHIND, self._known(tenant), routing)

    def resolve(
        self, tenant: str | None = None, *, resolved: bool = True, status: str | None = None
    ) -> HeldRouting:
        """Lets the gateway find the CNAME record of an account's domain, or miss it.

        Args:
            tenant: Account, None for the default one; KeyError if it has no domain.
            resolved: Whether the record is there.
            status: The domain's status then, None for the present one.
        """
        told = {} if status is None else {"status": status}
        routings = self.state.part(Routings)
        return routings.edit(BEHIND, self._account(tenant), resolved=resolved, **told)

    @property
    def mails(self) -> list[Mail]:
        """The invitations that would have been sent, with their links."""
        return self.state.part(MailBox).all()

    def _grant(self, tenant: str, role: str) -> Grant:
        dialect = self.state.dialect
        offered = offered_roles(tenant, dialect)
        names = [name for name, display in offered.items() if role in (name, display)]
        if not names:
            message = f"no role {role!r}; there are {', '.join(offered.values())}"
            raise ValueError(message)
        return Grant(tenant, names[0])

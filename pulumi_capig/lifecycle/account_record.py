"""One account's record and people, as one run sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import RefusedError, UnexpectedAnswerError
from ..gateway.roles import Roles, names, shown
from .shared import Shared

if TYPE_CHECKING:
    from ..gateway import Client
    from ..gateway.operations.accounts import AccountRecord
    from ..gateway.operations.users import User

_READ = "read the account"


@dataclass
class Person:
    """Somebody who has access to an account.

    Attributes:
        user_id: The gateway's id; empty if it returns none.
        email: The address, in lower case.
        status: 0 deactivated, 1 activated, 2 pending; -1 if it is not said.
        roles: Full names of the person's roles, those in other accounts too.
    """

    user_id: str
    email: str
    status: int
    roles: tuple[str, ...]

    @classmethod
    def of(cls, user: User, email: str) -> Person:
        """From an answer of the gateway."""
        status = -1 if user.status is None else user.status
        return cls(user.id or "", email, status, tuple(names(user.roles)))


@dataclass
class Record:
    """An account as the hub holds it.

    Attributes:
        name: Display name; None where it is not said.
        status: 0 active, 1 setup in progress, 2 deactivated; None where it is not said.
        managed: Whether the host manages it; None where it is not said.
        people: Those with access, by their address; None where no list came.
        roles: What people may be, by the role's full name; None where that was not asked yet.
        complete: Whether each of the people has an address.
    """

    name: str | None
    status: int | None
    managed: bool | None
    people: dict[str, Person] | None
    roles: dict[str, str] | None
    complete: bool = True

    @classmethod
    def of(cls, answer: AccountRecord) -> Record:
        """From an answer of the gateway."""
        roles = shown(answer.available_roles)
        people, complete = None, True
        if answer.users is not None:
            people = {}
            for user in answer.users:
                if user is None or not user.email:
                    complete = False
                    continue
                email = user.email.lower()
                people[email] = Person.of(user, email)
        return cls(answer.name, answer.status, answer.can_partner_manage, people, roles, complete)

    @classmethod
    def of_new(cls, answer: AccountRecord) -> Record:
        """From the answer to a new account, which has nobody unless it says so."""
        record = cls.of(answer)
        if answer.users is None:
            record.people = {}
        if not answer.available_roles:
            record.roles = None
        return record

    def as_answered(self, answer: AccountRecord | None) -> None:
        """An own write was answered: what is said of name, status and host holds."""
        if answer is not None:
            self.name = self.name if answer.name is None else answer.name
            self.status = self.status if answer.status is None else answer.status
            if answer.can_partner_manage is not None:
                self.managed = answer.can_partner_manage


@dataclass
class _Held:
    record: Record | None = None

    def change(self, act: Callable[[Record], None]) -> None:
        if self.record is not None:
            act(self.record)


class AccountRoles(Roles):
    """What people may be in an account."""

    def full(self, role: str) -> str:
        """The full name of a role.

        Raises:
            RefusedError: The account offers roles, and not this one.
        """
        if name := self.find(role):
            return name
        if not self.offered:
            return f"advertiser-{role}-{self.tenant_id}"
        what = f'there is no role "{role}" in account {self.tenant_id}'
        raise RefusedError(what, f"Its roles: {', '.join(sorted(self.actions()))}.")

    def held_by(self, person: Person) -> str | None:
        """The full name of the role that a person has in this account; None without one."""
        return self.held(person.roles)


class SharedRecord:
    """The record of an account, read once a run; safe for threads.

    Args:
        tenant_id: The account.
        client: Opens the client when it is first needed.
    """

    def __init__(self, tenant_id: str, client: Callable[[], Client]) -> None:
        self.tenant_id = tenant_id
        self._client = client
        self._shared = Shared(self._ask)

    def get(self) -> Record | None:
        """The record; None where the gateway answers null.

        Raises:
            GatewayError: It cannot be read.
        """
        return self._shared.look(lambda held: held.record)

    def read_again(self) -> SharedRecord:
        """Ask for it anew."""
        self._shared.read_again()
        return self

    def know(self, record: Record) -> None:
        """A new account is known from the answer to its making."""
        self._shared.know(_Held(record))

    def changed(self, act: Callable[[Record], None]) -> None:
        """An own write was answered."""
        self._shared.wrote(lambda held: held.change(act))

    def there(self) -> Record:
        """The record of an account that has to be there.

        Raises:
            UnexpectedAnswerError: The gateway answers null.
            GatewayError: It cannot be read.
        """
        record = self.get()
        if record is None:
            reason = "the gateway answered null: it has no such account, or does not show it"
            raise UnexpectedAnswerError(
                reason,
                operation=_READ,
                tenant_id=self.tenant_id,
                advice="Check the account's id in the gateway's page.",
            )
        return record

    def person(self, email: str) -> Person | None:
        """Somebody of the account, or None if its list proves that they are not in it.

        Raises:
            UnexpectedAnswerError: There is no list, or an entry of it has no address.
            GatewayError: It cannot be read.
        """
        record = self.there()
        if record.people is None:
            reason = "the gateway answered without a list of users"
        elif email in record.people:
            return record.people[email]
        elif not record.complete:
            reason = f"a user in the list has no address, so {email} may or may not be there"
        else:
            return None
        raise UnexpectedAnswerError(
            reason,
            operation=_READ,
            tenant_id=self.tenant_id,
            advice=f"Check in the gateway's page whether {email} has access.",
        )

    def listed(self, email: str) -> Person | None:
        """Somebody of the account, as far as there is a list: its absence proves nothing.

        Raises:
            GatewayError: The record cannot be read.
        """
        return (self.there().people or {}).get(email)

    def people(self) -> list[Person]:
        """All with access to the account, as far as they are listed."""
        return list((self.there().people or {}).values())

    def roles(self) -> AccountRoles:
        """What people may be in the account."""
        offered = self.there().roles
        if offered is None:
            offered = self.read_again().there().roles
        return AccountRoles(self.tenant_id, offered or {})

    def put(self, email: str, person: Person | None) -> None:
        """An own write was answered: who a person is now, or None if they are out of the list."""

        def put(record: Record) -> None:
            if record.people is None:
                return
            if person is None:
                record.people.pop(email, None)
            else:
                record.people[email] = person

        self.changed(put)

    def _ask(self) -> _Held:
        from ..gateway.operations import accounts

        answer = accounts.read(self._client(), self.tenant_id)
        return _Held(None if answer is None else Record.of(answer))

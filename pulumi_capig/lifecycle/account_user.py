"""How a person's access to an account lives."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from .. import canonical
from ..errors import (
    CapigError,
    ConflictError,
    GatewayError,
    InvalidInputError,
    NotFoundError,
    OutcomeUnknownError,
    RefusedError,
    UnavailableError,
    UnexpectedAnswerError,
)
from .account_record import Person, SharedRecord
from .keyed import KeyedLifecycle
from .values import is_known

if TYPE_CHECKING:
    from ..gateway.operations.users import AddedUser, User
    from .account_record import AccountRoles
    from .values import Checked, Props

_ADMIN = "admin"

_UNLISTED = (
    "The gateway knows this person but does not list them, which may be so until an invitation is "
    "accepted; without an id they cannot be taken over. Renamed in the program? Give the resource "
    "`aliases`. Otherwise ask them to accept, or change their role in the gateway's page."
)
_NOT_MOVED = (
    "Check that its people were moved too. To add them again, remove the resource from the state "
    "(`pulumi state delete URN`) and run `pulumi up`."
)
_SOLE_ADMIN = (
    "This is the account's only admin now, and every account must keep one. If this run makes "
    "somebody else an admin, run `pulumi up` again; otherwise declare another admin first."
)
_LINK_LOST = "the answer with the invitation link was lost; set a new `reinvite` to get another"


class _Written(NamedTuple):
    """What a write came to."""

    person: Person | None
    role_name: str
    link: str = ""


class _Admins:
    """Who the program declares as admins of an account, listed or not yet.

    Args:
        _tenant_id: The account.
        _client: What opens the client.
    """

    def __init__(self, _tenant_id: str, _client: object) -> None:
        self.emails: set[str] = set()


class _Addresses:
    """A lock for each address: writes about one person go one at a time, whatever the account."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    @contextmanager
    def writing(self, email: str) -> Iterator[None]:
        """Held while something is written about a person."""
        with self._lock:
            lock = self._locks.setdefault(email, threading.Lock())
        with lock:
            yield


class AccountUserLifecycle(KeyedLifecycle[Person]):
    """Life of a person's access to an account, over one run."""

    kind = "user"
    fields = {  # noqa: RUF012 - nobody changes it
        "email": canonical.email,
        "role": canonical.role,
        "tenant_id": canonical.tenant_id,
        "adopt": canonical.switch,
        "reinvite": lambda value: canonical.text(value, "reinvite"),
    }
    required = ("email", "role")
    replaces = ("tenant_id", "email")
    lasting = ("reinvite",)

    def _declare(self, olds: Props, checked: Checked, given: Props, row: int) -> None:
        super()._declare(olds, checked, given, row)
        inputs = checked.inputs
        if inputs["role"] == _ADMIN and all(is_known(inputs.get(n)) for n in self.replaces):
            self._account(inputs).share(_Admins).emails.add(inputs["email"])

    # -- create --------------------------------------------------------------------------------

    def _existing(self, inputs: Props) -> Person | None:
        """A person with a role here; without a role there is nothing to take over."""
        person = self._record(inputs).listed(inputs["email"])
        if person is None or self._record(inputs).roles().held_by(person) is None:
            return None
        return person

    def _make(self, inputs: Props) -> Props:
        with self._writing(inputs):
            listed = self._record(inputs).listed(inputs["email"])
            if listed is not None:
                return self._facts(inputs, self._give(inputs, listed))
            role_name = self._record(inputs).roles().full(inputs["role"])
            return self._facts(inputs, self._add(inputs, role_name))

    def _take_over(self, inputs: Props, existing: Person) -> tuple[Props, str]:
        with self._writing(inputs):
            roles = self._record(inputs).roles()
            held, wanted = roles.held_by(existing), roles.full(inputs["role"])
            if held == wanted:
                return self._facts(inputs, _Written(existing, wanted)), ""
            facts = self._facts(inputs, self._give(inputs, existing))
        was = roles.action(held) if held else "none"
        return facts, f"changed the role from {was} to {inputs['role']}"

    def _add(self, inputs: Props, role_name: str) -> _Written:
        """Operation 13; after a lost answer once more, when 409 says that the first arrived."""
        try:
            return self._added(inputs, role_name, self._send(inputs, role_name))
        except ConflictError as error:
            return self._there_before(inputs, role_name, error)
        except OutcomeUnknownError as error:
            self._run.client().rest_after(error)
        try:
            written = self._added(inputs, role_name, answer := self._send(inputs, role_name))
        except ConflictError:
            person = self._record(inputs).read_again().listed(inputs["email"])
            written, was_first = _Written(person, role_name), False
        else:
            was_first = not answer.user_already_exist
        if not (was_first or written.link):
            self._run.warn(f"{self._words(inputs)}: {_LINK_LOST}", "link", inputs["email"])
        return written

    def _send(self, inputs: Props, role_name: str) -> AddedUser:
        from ..gateway.operations import users

        tenant_id, email = inputs["tenant_id"], inputs["email"]
        try:
            answer = users.add(self._run.client(), tenant_id, email, role_name)
        except NotFoundError as error:
            roles = self._look_again(inputs, error).roles()
            offers = ", ".join(sorted({roles.action(name) for name in roles.offered}))
            advice = f"Its roles: {offers}." if offers else "The gateway lists no roles."
            raise error.because(advice=advice) from error
        if answer == users.AddedUser():
            reason = "the gateway did not confirm that it added anybody"
            raise OutcomeUnknownError(reason, operation=f"add user {email}", tenant_id=tenant_id)
        return answer

    def _added(self, inputs: Props, role_name: str, answer: AddedUser) -> _Written:
        person = None
        if answer.user is not None:
            person = Person.of(answer.user, inputs["email"])
            if role_name not in person.roles:
                person.roles = (*person.roles, role_name)
        return _Written(person, role_name, answer.invitation_link or "")

    def _there_before(self, inputs: Props, role_name: str, error: ConflictError) -> _Written:
        """409 for the first operation 13: somebody the list did not have."""
        claim, record = self._claim(inputs), self._record(inputs).read_again()
        person = record.listed(inputs["email"])
        if person is None:
            raise error.because(advice=_UNLISTED) from error
        if not (claim.adopt or claim.spared):
            raise self._already_exists(inputs) from error
        if record.roles().held_by(person) == role_name:
            return _Written(person, role_name)
        return self._give(inputs, person)

    # -- update --------------------------------------------------------------------------------

    def _change(self, olds: Props, news: Props, changed: set[str], moved: bool) -> Props:
        with self._writing(news):
            person = self._record(news).person(news["email"])
            link = olds.get("invitation_link", "")
            if person is None and moved:
                what = f"update {self._words(news)}: the gateway has moved and does not list them"
                raise RefusedError(what, _NOT_MOVED)
            if person is None and olds.get("listed"):
                written = self._add_again(news)
            elif "role" in changed and (person or olds.get("user_id")):
                written = self._give(news, person or _from_state(news, olds))
            elif "role" in changed:
                what = f"change the role of {self._words(news)}: the gateway does not list them yet"
                raise RefusedError(what, "Once the invitation is accepted, run the command again.")
            else:
                written = _Written(person, olds.get("role_name", ""))
            if "reinvite" in changed and not written.link:
                written = written._replace(link=self._invite(news))
                link = ""
        facts = self._facts(news, written)
        kept = {"invitation_link": written.link or link}
        if written.person is None:
            kept |= {name: olds[name] for name in ("user_id", "user_status") if name in olds}
        return {**facts, **kept}

    def _add_again(self, inputs: Props) -> _Written:
        """Whoever was taken out of the account by hand is added as if they were new."""
        return self._add(inputs, self._record(inputs).roles().full(inputs["role"]))

    def _invite(self, inputs: Props) -> str:
        """Operation 15; the link, empty if the gateway returns none."""
        from ..gateway.operations import users

        try:
            return users.invite(self._run.client(), inputs["tenant_id"], inputs["email"]) or ""
        except NotFoundError as error:
            reason = f"{error.reason}: they are no longer in the account"
            advice = "Run `pulumi refresh`; the next `pulumi up` adds them again."
            raise error.because(reason, advice) from error

    def _give(self, inputs: Props, person: Person) -> _Written:
        """One operation 14: from the role that the list has now to the declared one."""
        roles = self._record(inputs).roles()
        held, wanted = roles.held_by(person), roles.full(inputs["role"])
        if held != wanted:
            try:
                answer = self._change_role(inputs, person, held, wanted)
            except NotFoundError as error:
                return self._not_found(inputs, held, error)
            except (InvalidInputError, OutcomeUnknownError, UnavailableError) as error:
                raise self._as_sole_admin(inputs, person, held, error) from error.__cause__
            if answer is not None and answer.roles is not None:
                now = Person.of(answer, person.email)
                if wanted not in now.roles:
                    reason = f"the gateway answered without the new role, {wanted}"
                    raise UnexpectedAnswerError(
                        reason,
                        operation=f"change the role of {person.email}",
                        tenant_id=inputs["tenant_id"],
                        advice="Look at the user in the gateway's page, then run the command "
                        "again.",
                    )
            others = tuple(name for name in person.roles if name != held)
            person = Person(person.user_id, person.email, person.status, (*others, wanted))
        return _Written(person, wanted)

    def _as_sole_admin(
        self, inputs: Props, person: Person, held: str | None, error: GatewayError
    ) -> GatewayError:
        """A refusal to change a role, which may be that of the only admin."""
        try:
            self._record(inputs).read_again()
            sole = held is not None and self._is_sole_admin(inputs, person, held)
        except CapigError:
            return error
        return error.because(advice=_SOLE_ADMIN) if sole else error

    def _not_found(self, inputs: Props, held: str | None, error: NotFoundError) -> _Written:
        """404 for operation 14: the list decides whether it is the person or the role."""
        record = self._look_again(inputs, error)
        now = record.person(inputs["email"])
        if now is None and error.in_json:
            return self._add_again(inputs)
        if now is None or record.roles().held_by(now) == held:
            raise error
        return self._give(inputs, now)

    def _change_role(
        self, inputs: Props, person: Person, held: str | None, wanted: str | None
    ) -> User | None:
        """Operation 14; after a lost answer, the list says what became of it."""
        from ..gateway.operations import users

        def send() -> User | None:
            client, tenant_id = self._run.client(), inputs["tenant_id"]
            return users.change_role(
                client, tenant_id, person.user_id, revoke=held, add=wanted, email=person.email
            )

        try:
            return send()
        except OutcomeUnknownError as error:
            record = self._look_again(inputs, error)
            now = record.person(person.email)
            has = record.roles().held_by(now) if now else None
            if has == wanted:
                return None
            if now is None or has != held:
                raise
            self._run.client().rest_after(error)
        return send()

    # -- delete --------------------------------------------------------------------------------

    def _remove(self, outputs: Props) -> None:
        with self._writing(outputs):
            person = self._record(outputs).person(outputs["email"])
            if person is None and (outputs.get("listed") or not outputs.get("user_id")):
                if not outputs.get("listed"):
                    self._run.tell(
                        f"{self._words(outputs)}: an invitation that nobody has accepted cannot be "
                        "withdrawn; it is removed from the state only"
                    )
                return
            person = person or _from_state(outputs, outputs)
            held = self._record(outputs).roles().held_by(person)
            if held is None:
                return
            self._revoke(outputs, person, held)

    def _revoke(self, outputs: Props, person: Person, held: str) -> None:
        failure, left = self._revoke_once(outputs, person, held)
        if left == held and isinstance(failure, OutcomeUnknownError | UnavailableError):
            # Revoking a role that is gone does no harm: the list decides, whatever the answer is.
            self._run.client().rest_after(failure)
            failure, left = self._revoke_once(outputs, person, held)
        if left is None:
            return
        if left != held or not self._is_sole_admin(outputs, person, held):
            raise failure
        self._leave_sole_admin(outputs, failure)

    def _revoke_once(
        self, outputs: Props, person: Person, held: str
    ) -> tuple[GatewayError, str | None]:
        """Operation 14; what failed, and the role that is left."""
        from ..gateway.operations import users

        failure: GatewayError = UnexpectedAnswerError(
            "the gateway accepted it but still lists the role",
            operation=f"take the role from {person.email}",
            tenant_id=outputs["tenant_id"],
            advice="Look at the user in the gateway's page, then run the command again.",
        )
        done = False
        try:
            answer = users.change_role(
                self._run.client(),
                outputs["tenant_id"],
                person.user_id,
                revoke=held,
                add=None,
                email=person.email,
            )
            done = answer is None or answer.roles is None
            if answer is not None and answer.roles is not None:
                now = Person.of(answer, person.email)
                if held not in now.roles:
                    self._record(outputs).put(person.email, now)
                    return failure, None
        except GatewayError as error:
            failure = error
        record = self._look_again(outputs, failure)
        listed = record.person(person.email)
        if listed is None and not outputs.get("listed"):
            # The list does not have them yet, so it proves nothing: the answer counts.
            return failure, None if done or _is_not_found(failure) else held
        return failure, record.roles().held_by(listed) if listed else None

    def _is_sole_admin(self, props: Props, person: Person, held: str) -> bool:
        """Whether nobody else is an admin, by the fresh list and by what the program declares."""
        record, declared = self._record(props), self._account(props).share(_Admins).emails
        roles = record.roles()
        others = (p for p in record.people() if p.email != person.email)
        admins = [p for p in others if (r := roles.held_by(p)) and _is_admin(roles, r)]
        return _is_admin(roles, held) and not admins and not declared - {person.email}

    def _leave_sole_admin(self, outputs: Props, failure: GatewayError) -> None:
        """Every account keeps one admin: with the account, this one goes too."""
        words = self._words(outputs)
        if self._run.picture.declares_in(outputs["tenant_id"]):
            what = f"remove {words}: this is the account's only admin, and an account must keep one"
            raise RefusedError(what, "Declare another admin of the account first.") from failure
        self._run.tell(
            f"{words} is the account's only admin and stays until the account is deleted; to "
            "manage it again, run `CAPIG_ADOPT=true pulumi up`"
        )

    # -- read ----------------------------------------------------------------------------------

    def _find(self, resource_id: str, outputs: Props) -> Props | None:
        record = self._record(outputs)
        person = record.person(outputs["email"])
        if person is None:
            return None if outputs.get("listed") else {}
        roles = record.roles()
        held = roles.held_by(person)
        facts = self._facts_of(person, held or "", listed=True)
        if held is None:
            return {**facts, "role": ""}
        declared = outputs.get("role", "")
        is_declared = _matches(roles, declared, held)
        return {**facts, "role": declared if is_declared else roles.action(held)}

    # ------------------------------------------------------------------------------------------

    def _facts(self, inputs: Props, written: _Written) -> Props:
        record, email = self._record(inputs), inputs["email"]
        listed = record.listed(email) is not None
        if written.person is not None and listed:
            record.put(email, written.person)
        facts = self._facts_of(written.person, written.role_name, listed=listed)
        return {**facts, "invitation_link": written.link}

    @staticmethod
    def _facts_of(person: Person | None, role_name: str, *, listed: bool) -> Props:
        return {
            "user_id": person.user_id if person else "",
            "user_status": person.status if person else -1,
            "role_name": role_name,
            "listed": listed,
        }

    def _look_again(self, props: Props, error: GatewayError) -> SharedRecord:
        try:
            return self._record(props).read_again()
        except GatewayError as second:
            raise error from second

    @contextmanager
    def _writing(self, props: Props) -> Iterator[None]:
        with self._run.share(_Addresses).writing(props["email"]):
            yield

    def _record(self, props: Props) -> SharedRecord:
        return self._account(props).share(SharedRecord)

    def _key(self, props: Props) -> str:
        email: str = props["email"]
        return email

    def _words(self, props: Props) -> str:
        return f"user {props['email']} (account {props['tenant_id']})"

    def _id(self, inputs: Props) -> str:
        return f"{inputs['tenant_id']}/{inputs['email']}"


def _is_not_found(error: GatewayError) -> bool:
    return isinstance(error, NotFoundError) and error.in_json


def _from_state(props: Props, olds: Props) -> Person:
    """A person who is not in the list yet, as the state knows them."""
    held = olds.get("role_name")
    return Person(
        olds.get("user_id", ""),
        props["email"],
        olds.get("user_status", -1),
        (held,) if held else (),
    )


def _is_admin(roles: AccountRoles, name: str) -> bool:
    return roles.action(name) == _ADMIN


def _matches(roles: AccountRoles, declared: str, held: str) -> bool:
    """Whether a declared role, under any of its names, is the one that is held."""
    try:
        return roles.full(declared) == held
    except RefusedError:
        return False

"""How an account lives: created once, and never created twice or deleted by accident."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import canonical
from ..errors import (
    CapigError,
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotEmptyError,
    NotFoundError,
    OutcomeUnknownError,
    RefusedError,
    UnexpectedAnswerError,
)
from ..picture import HOST, Row
from .absence import pixels_are_gone
from .account_record import Record, SharedRecord
from .connection_rules import PixelKey
from .first_party_domain import SharedRouting
from .readable import ReadableLifecycle
from .signals import Destinations, Sources
from .values import Created, Difference, Failure, Props, differs, is_known

if TYPE_CHECKING:
    from .values import Checked

ACTIVE, SETTING_UP, DEACTIVATED = 0, 1, 2

_REFUSALS = (400, 401, 404)
"""Any of these codes, from the hub itself, proves that an account seen just now is gone."""

_UNCOVERED = 418
_LISTS = ("dataSourcesQuery", "dataDestinationsQuery")
"""Names in the error of a gateway that does not know these operations."""

_CREATE_ONLY = ("event_enrichment", "admin_email")
_SENT = ("name", "managed", "active")
_SHOWN = 5

_GONE = (
    "Was it deleted, or does the host no longer manage it? If it is gone for good, remove it and "
    "all in it from the state: `pulumi state delete URN --target-dependents`. If its owner took "
    "it back, declare managed=False."
)
_NO_LIST, _NAMELESS = "unknown: the gateway sent no list", "one without an id"
"""Shown in place of ids where a list does not prove that the account is empty."""

_CANNOT_SEE = (
    "Let the host manage it again, or delete it in the gateway's page. To remove it from the state "
    "only, set `retain_on_delete=True`."
)


class _Held:
    """What a run knows of accounts that the program holds; safe for threads.

    A resource that made its account names no id in its inputs. So a check notes its name, and the
    diff that follows, whose olds are outputs, adds the id. A diff alone says nothing: a refresh
    asks for one of resources that have left the program too.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: dict[str, int] = {}
        self._ids: set[str] = set()
        self._made: dict[str, str] = {}

    def name(self, name: str, row: int) -> bool:
        """A check: the program declares an account of this name; whether another one does."""
        with self._lock:
            return self._names.setdefault(name, row) != row

    def account(self, name: str | None, tenant_id: str) -> None:
        """A diff: the account of a resource that was checked."""
        with self._lock:
            if name in self._names:
                self._ids.add(tenant_id)

    def take_over(self, tenant_id: str) -> None:
        """A check: the program declares this very account."""
        with self._lock:
            self._ids.add(tenant_id)

    def made(self, name: str, tenant_id: str) -> None:
        """The run has made an account."""
        with self._lock:
            self._made[name] = tenant_id

    def holds(self, tenant_id: str) -> bool:
        """Whether a resource of the program holds an account."""
        with self._lock:
            return tenant_id in self._ids

    def another(self, name: str, tenant_id: str) -> str | None:
        """In words, another account of this name that the run has made; None without one."""
        with self._lock:
            made = self._made.get(name)
        if made is None or made == tenant_id:
            return None
        return f"this run has created another account with the same name ({made})"


class AccountLifecycle(ReadableLifecycle[Record]):
    """Life of an account, over one run."""

    fields = {  # noqa: RUF012 - nobody changes it
        "name": canonical.account_name,
        "managed": canonical.switch,
        "event_enrichment": canonical.switch,
        "admin_email": canonical.email,
        "active": canonical.switch,
        "force_destroy": canonical.switch,
        "tenant_id": canonical.tenant_id,
    }

    # -- check ---------------------------------------------------------------------------------

    def _complete(self, olds: Props, checked: Checked) -> None:
        if olds:
            checked.failures += self._of_old(olds, checked.inputs)
        elif "tenant_id" in checked.inputs:
            reason = "it can be set only when an account is created: leave it out"
            checked.failures += [Failure(n, reason) for n in _CREATE_ONLY if n in checked.inputs]
        else:
            checked.failures += self._of_new(checked.inputs)

    @staticmethod
    def _of_new(inputs: Props) -> Iterator[Failure]:
        managed = inputs.setdefault("managed", True)
        if "name" not in inputs:
            yield Failure("name", "name is missing: a new account needs one")
        if "event_enrichment" not in inputs:
            reason = (
                "event_enrichment is missing: it decides what personal data is used, and no "
                "operation changes it later"
            )
            yield Failure("event_enrichment", reason)
        if managed is False and "admin_email" not in inputs:
            reason = "admin_email is missing: an account that the host does not manage needs one"
            yield Failure("admin_email", reason)
        if managed is True and "admin_email" in inputs:
            reason = (
                "the host manages this account: leave it out and declare an AccountUser instead"
            )
            yield Failure("admin_email", reason)

    @staticmethod
    def _of_old(olds: Props, inputs: Props) -> Iterator[Failure]:
        if "event_enrichment" in olds:  # it was made here
            inputs.setdefault("managed", olds.get("managed", True))
        for name in _CREATE_ONLY:
            if name in olds:
                inputs.setdefault(name, olds[name])
            if is_known(inputs.get(name)) and inputs.get(name) != olds.get(name):
                reason = "no operation can change it: restore the old value, or leave it out"
                yield Failure(name, reason)

    def _declare(self, olds: Props, checked: Checked, given: Props, row: int) -> None:
        inputs, held = checked.inputs, self._run.share(_Held)
        tenant_id, name = inputs.get("tenant_id"), inputs.get("name")
        if isinstance(tenant_id, str):
            declared = Row("another resource", "account", (tenant_id,))
            other = self._run.picture.declare(row, HOST, declared)
            if other is not None:
                reason = f"{other.resource} declares account {tenant_id} too. Keep one of them"
                checked.failures.append(Failure("", reason))
                return
            held.take_over(tenant_id)
        if isinstance(name, str) and held.name(name, row):
            self._run.warn(f'the program declares two accounts named "{name}"', "name", name)

    # -- diff ----------------------------------------------------------------------------------

    def diff(self, resource_id: str, olds: Props, news: Props) -> Difference:
        """What would change; nothing replaces an account."""
        self._run.share(_Held).account(news.get("name"), resource_id)
        declared = news.get("tenant_id")
        if isinstance(declared, str) and declared != resource_id:
            what = f"this resource is account {resource_id}, but the program now says {declared}"
            raise RefusedError(what, f"Declare {declared} as a separate resource.")
        return super().diff(resource_id, olds, news)

    def _changed(self, olds: Props, news: Props) -> set[str]:
        return {name for name in (*_SENT, "force_destroy") if differs(name, olds, news)}

    # -- create --------------------------------------------------------------------------------

    def create(self, inputs: Props) -> Created:
        """Make the account, or take over the one that is named."""
        if "tenant_id" in inputs:
            return self._take_over(inputs)
        from ..gateway.operations import accounts

        answer = accounts.create(
            self._run.client(),
            name=inputs["name"],
            managed=inputs["managed"],
            event_enrichment=inputs["event_enrichment"],
            admin_email=inputs.get("admin_email"),
        )
        tenant_id = answer.id
        assert tenant_id  # noqa: S101 - without one it is an error
        record = Record.of_new(answer)
        self._run.share(_Held).made(inputs["name"], tenant_id)
        account = self._run.account(tenant_id)
        account.pixels.know_empty()
        account.share(SharedRouting).know_none()
        for ends in (Sources, Destinations):
            account.share(ends).know_empty()
        account.share(SharedRecord).know(record)
        if inputs.get("active") is False:
            try:
                record = self._send(tenant_id, inputs)[0]
            except CapigError as error:
                raise self._undone(tenant_id, error) from error
        return Created(tenant_id, self._outputs(inputs, _facts(record)))

    def _take_over(self, inputs: Props) -> Created:
        tenant_id = inputs["tenant_id"]
        record, changed = self._send(tenant_id, inputs)
        done = f"set its {' and '.join(changed)}" if changed else "nothing had to be changed"
        self._run.tell(f"took over account {tenant_id}: {done}")
        return Created(tenant_id, self._outputs(inputs, _facts(record)))

    def _undone(self, tenant_id: str, error: CapigError) -> CapigError:
        """Delete a new account that could not be set up as declared; the error to raise."""
        try:
            self._delete(tenant_id)
        except CapigError as second:
            advice = (
                f"Left at the gateway: account {tenant_id}, active. To keep it, declare it with "
                f'tenant_id="{tenant_id}".'
            )
            return CapigError(
                f"{error.what}; deleting the account again failed too: {second.what}", advice
            )
        advice = "Nothing is left of it: run the command again when the gateway is healthy."
        return CapigError(f"{error.what}; the account was deleted again", advice)

    # -- read ----------------------------------------------------------------------------------

    def _find(self, resource_id: str, outputs: Props) -> Props | None:
        try:
            record = self._record(resource_id).get()
        except NotFoundError as error:
            self._prove_gone(resource_id, error)
            return None
        except NotAuthorizedError as error:
            if outputs.get("managed") is False:
                text = f"account {resource_id}: the host cannot see it; state is kept as it was"
                self._run.warn(text, "unmanaged", resource_id)
                return {}
            raise error.because(advice=_GONE) from error
        if record is None:
            self._prove_gone(resource_id, self._null(resource_id))
            return None
        return {**_facts(record), **_drift(outputs, record)}

    def _prove_gone(self, tenant_id: str, error: GatewayError) -> None:
        """Absence has two witnesses: the hub's own answer, and that of the list of pixels."""
        if isinstance(error, NotFoundError) and not error.in_json:
            raise error
        try:
            gone = pixels_are_gone(self._run, tenant_id)
        except GatewayError as second:
            raise second.because(advice=_GONE) from second
        if not gone:
            reason = f"{error.reason}, but its pixels can still be listed: it may not be gone"
            raise error.because(reason, _GONE)
        self._run.account(tenant_id).gone = True

    # -- update --------------------------------------------------------------------------------

    def update(self, resource_id: str, olds: Props, news: Props) -> Props:
        """Send what differs, all of it at once."""
        moved = self._run.has_moved(olds.get("gateway"))
        facts = {name: olds[name] for name in ("status",) if name in olds}
        if moved or any(differs(name, olds, news) for name in _SENT):
            facts = _facts(self._send(resource_id, news)[0])
        return self._outputs(news, facts)

    def _send(self, tenant_id: str, inputs: Props) -> tuple[Record, list[str]]:
        """Operation 10 with all its arguments, if anything declared differs.

        Returns:
            What the account is now, and the arguments that differed.
        """
        from ..gateway.operations import accounts

        record = self._record(tenant_id).there()
        wanted = {n: inputs[n] for n in _SENT if n in inputs and inputs[n] != _now(record)[n]}
        if not wanted:
            return record, []
        name = inputs.get("name", record.name)
        managed = inputs.get("managed", record.managed)
        if name is None or managed is None:
            reason = (
                "the gateway does not say the account's name or who manages it, and an update has "
                "to send both"
            )
            raise UnexpectedAnswerError(
                reason,
                operation="update the account",
                tenant_id=tenant_id,
                advice="Declare name and managed.",
            )
        if managed is False and record.managed:
            self._run.warn(
                f"account {tenant_id}: from now on the host does not manage it; the API account "
                "may lose all access to it, and it is not documented whether it can be taken back",
                "unmanaged",
                tenant_id,
            )
        status = _status(inputs, record)
        answer = accounts.update(
            self._run.client(), tenant_id, name=name, managed=managed, status=status
        )
        self._record(tenant_id).changed(lambda held: _as_sent(held, name, managed, status))
        self._record(tenant_id).changed(lambda held: held.as_answered(answer))
        # Another resource may have asked for the account anew meanwhile.
        record = self._record(tenant_id).there()
        odd = [n for n in wanted if (now := _now(record)[n]) is not None and now != inputs[n]]
        if odd:
            reason = f"the gateway answered with a different {' and '.join(odd)} than was sent"
            raise UnexpectedAnswerError(
                reason,
                operation="update the account",
                tenant_id=tenant_id,
                advice="Look at the account in the gateway's page, then run the command again.",
            )
        return record, [*wanted]

    # -- delete --------------------------------------------------------------------------------

    def delete(self, resource_id: str, outputs: Props) -> None:
        """Delete the account, if nothing is left in it and nobody holds it."""
        self._run.has_moved(outputs.get("gateway"))
        held = self._run.share(_Held)
        if held.holds(resource_id):
            return
        record = self._seen(resource_id)
        if record is None:
            return
        for name in filter(None, {outputs.get("name"), record.name}):
            if (another := held.another(name, resource_id)) is not None:
                raise _renamed(resource_id, another, name)
        try:
            left = self._left(resource_id)
        except NotAuthorizedError as error:
            raise error.because(advice=_CANNOT_SEE) from error
        if left and outputs.get("force_destroy") is not True:
            raise _not_empty(resource_id, left)
        for pixel in left.get("pixels", ()):
            self._run.allow_disconnect(PixelKey(resource_id, pixel))
        self._delete(resource_id)

    def _seen(self, tenant_id: str) -> Record | None:
        """What is about to be deleted; None if it is proved to be gone."""
        try:
            record = self._record(tenant_id).read_again().get()
        except NotFoundError as error:
            self._prove_gone(tenant_id, error)
            return None
        except NotAuthorizedError as error:
            raise error.because(advice=_CANNOT_SEE) from error
        if record is None:
            self._prove_gone(tenant_id, self._null(tenant_id))
        return record

    def _left(self, tenant_id: str) -> dict[str, list[str]]:
        """What is in the account and was not taken away by this run, by what it is."""
        from ..gateway.operations import destinations, sources

        account, client = self._run.account(tenant_id), self._run.client()
        listed = account.pixels.read_again()
        pixels = set(listed.all()) - listed.disconnected
        if not listed.is_complete():
            pixels.add(_NAMELESS)
        found = {
            "pixels": pixels,
            # That of a Meta pixel has the pixel's id.
            "data sources": _ids(lambda: sources.list_sources(client, tenant_id))
            - pixels
            - account.pixels.disconnected
            - account.share(Sources).deleted,
            "data destinations": _ids(lambda: destinations.list_destinations(client, tenant_id))
            - account.share(Destinations).deleted,
        }
        return {what: sorted(ids) for what, ids in found.items() if ids}

    def _delete(self, tenant_id: str) -> None:
        """Operation 11, once; where its answer leaves the outcome open, operation 9 decides."""
        from ..gateway.operations import accounts

        failure: GatewayError = UnexpectedAnswerError(
            "the gateway did not confirm the delete and still shows the account",
            operation="delete the account",
            tenant_id=tenant_id,
            advice="Look at the account in the gateway's page, then run the command again.",
        )
        try:
            done = accounts.delete(self._run.client(), tenant_id) is True
        except GatewayError as error:
            done, failure = False, error
        if not done and self._is_still_there(tenant_id, failure):
            raise failure
        self._run.account(tenant_id).gone = True

    def _is_still_there(self, tenant_id: str, failure: GatewayError) -> bool:
        """Whether an account that was seen a moment ago still is; any refusal says that it is not.

        Raises:
            GatewayError: That cannot be seen.
        """
        try:
            return self._record(tenant_id).read_again().get() is not None
        except GatewayError as second:
            # A page from a proxy says nothing about the account. Neither does a 401 if the delete
            # was answered with 401 too: then the token may be the cause.
            of_the_token = isinstance(failure, NotAuthorizedError) and second.code == failure.code
            if second.in_json and second.code in _REFUSALS and not of_the_token:
                return False
            reason = f"{failure.reason}; it is not known whether it is gone ({second.reason})"
            raise OutcomeUnknownError(
                reason,
                operation="delete the account",
                tenant_id=tenant_id,
                code=failure.code,
                advice="Run the command again once the gateway answers.",
            ) from failure

    # ------------------------------------------------------------------------------------------

    def _record(self, tenant_id: str) -> SharedRecord:
        return self._run.account(tenant_id).share(SharedRecord)

    @staticmethod
    def _null(tenant_id: str) -> GatewayError:
        reason = "the gateway answered null"
        return UnexpectedAnswerError(
            reason, operation="read the account", tenant_id=tenant_id, advice=_GONE
        )


def _now(record: Record) -> Mapping[str, Any]:
    """What the gateway has for the arguments; None where it does not say, or could mean both."""
    active = None if record.status is None else record.status in (ACTIVE, SETTING_UP)
    return {"name": record.name, "managed": record.managed, "active": active}


def _drift(outputs: Props, record: Record) -> Props:
    now = _now(record)
    return {name: now[name] for name in _SENT if name in outputs and now[name] is not None}


def _facts(record: Record) -> Props:
    return {"status": -1 if record.status is None else record.status}


def _status(inputs: Props, record: Record) -> int | None:
    """The status to send: as declared, else as it is; an account in its setup is left in it."""
    active = inputs.get("active", _now(record)["active"])
    if active is None or (active and record.status == SETTING_UP):
        return None
    return ACTIVE if active else DEACTIVATED


def _as_sent(record: Record, name: str, managed: bool, status: int | None) -> None:
    record.name, record.managed = name, managed
    record.status = record.status if status is None else status


def _ids(ask: Callable[[], Sequence[Any] | None]) -> set[str]:
    """The ids of a list that older gateways do not know."""
    try:
        listed = ask()
    except (InvalidInputError, UnexpectedAnswerError) as error:
        if not (error.code == _UNCOVERED or any(name in error.reason for name in _LISTS)):
            raise
        return set()
    if listed is None:
        return {_NO_LIST}
    return {item.id if item is not None and item.id else _NAMELESS for item in listed}


def _not_empty(tenant_id: str, left: Mapping[str, Sequence[str]]) -> NotEmptyError:
    shown = [
        f"{len(ids)} {what if len(ids) > 1 else what[:-1]} "
        f"({', '.join(ids[:_SHOWN])}{', …' if len(ids) > _SHOWN else ''})"
        for what, ids in left.items()
    ]
    what = f"delete account {tenant_id}: it is not empty: {', '.join(shown)}"
    advice = (
        "Remove them first. What a program declares with tenant_id=account.tenant_id is deleted "
        "before its account; `capig unmanaged --stack NAME` lists pixels that no program declares. "
        "To delete the account with all that is in it: set force_destroy=True, run `pulumi up "
        "--target URN` for the account alone, then delete it."
    )
    return NotEmptyError(what, advice)


def _renamed(tenant_id: str, another: str, name: str) -> RefusedError:
    same = "so it seems to be the same advertiser"
    what = f'delete account {tenant_id}, "{name}": {another}, {same}'
    advice = (
        "Another `up` would delete this account once it is empty. Rename the resource back first, "
        "and run `CAPIG_ADOPT=true pulumi up`; to keep the new name, add `aliases`."
    )
    return RefusedError(what, advice)

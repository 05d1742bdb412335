"""Life of resources whose id the gateway makes: an id takes one over, and never replaces it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from .. import canonical
from ..errors import CapigError, GatewayError, NotFoundError, RefusedError, UnexpectedAnswerError
from ..picture import Row
from .readable import ReadableLifecycle, T
from .tenancy import resolve_tenant
from .values import Created, Difference, Failure, Props, check_set

if TYPE_CHECKING:
    from .run_account import RunAccount
    from .values import Checked


_MAKE_IT_AGAIN = "Deleted in the gateway's page? `pulumi up --refresh` creates it again."


class Ref(NamedTuple):
    """A resource whose id the gateway made."""

    tenant_id: str
    id: str


class NumberedLifecycle(ReadableLifecycle[T]):
    """A resource in an account that the gateway finds by an id that it made.

    Attributes:
        kind: What it is in the picture, and in messages.
        own_id: The argument that takes an existing one over.
        needed: Arguments that a new one needs.
    """

    kind: ClassVar[str]
    own_id: ClassVar[str]
    needed: ClassVar[tuple[str, ...]] = ("name",)
    replaces: ClassVar[tuple[str, ...]] = ("tenant_id",)

    # -- check and diff ------------------------------------------------------------------------

    def _complete(self, olds: Props, checked: Checked) -> None:
        resolve_tenant(self._run.settings, olds, checked)
        inputs = checked.inputs
        if not olds and self.own_id not in inputs:
            checked.failures += [
                Failure(name, f"{name} is missing: a new {self.kind} needs one")
                for name in self.needed
                if name not in inputs
            ]
        if "blocked_events" in inputs:
            check_set(checked, "blocked_events", canonical.event_name)

    def _declare(self, olds: Props, checked: Checked, given: Props, row: int) -> None:
        inputs = checked.inputs
        blocked = inputs.get("blocked_events")
        for event in blocked if isinstance(blocked, list) else ():
            self._run.remark(canonical.event_remark, event)
        own, tenant_id = inputs.get(self.own_id), inputs.get("tenant_id")
        if not (isinstance(own, str) and isinstance(tenant_id, str)):
            return
        declared = Row("another resource", self.kind, (own,))
        other = self._run.picture.declare(row, tenant_id, declared)
        if other is not None:
            reason = f"{other.resource} declares {self.kind} {own} too. Keep one of them"
            checked.failures.append(Failure("", reason))

    def diff(self, resource_id: str, olds: Props, news: Props) -> Difference:
        """What would change; another id is another resource."""
        declared, own = news.get(self.own_id), _ref(resource_id).id
        if isinstance(declared, str) and declared != own:
            what = f"this resource is {self.kind} {own}, but the program now says {declared}"
            raise RefusedError(what, f"Declare {declared} as a separate resource.")
        return super().diff(resource_id, olds, news)

    def _changed(self, olds: Props, news: Props) -> set[str]:
        return super()._changed(olds, news) - {self.own_id}

    # -- create, update and delete -------------------------------------------------------------

    def create(self, inputs: Props) -> Created:
        """Make it, or take over the one that is named."""
        tenant_id = inputs["tenant_id"]
        if self.own_id in inputs:
            ref = Ref(tenant_id, inputs[self.own_id])
            found = self._there(ref)
            self._refuse_another(ref, inputs, found)
            facts, done = self._bring(ref, inputs, found)
            shown = " and ".join(done) or "nothing had to be changed"
            self._run.tell(f"took over {self._words(ref)}: {shown}")
        else:
            if missing := [name for name in self.needed if name not in inputs]:
                what = f"create a new {self.kind}: missing {' and '.join(missing)}"
                advice = "Declare what is missing: only what exists already can do without it."
                raise RefusedError(what, advice)
            new_id, made = self._make(inputs)
            ref = Ref(tenant_id, new_id)
            try:
                facts, _ = self._bring(ref, inputs, made)
            except CapigError as error:
                raise self._undone(ref, error) from error
        return Created("/".join(ref), self._outputs(inputs, facts))

    def update(self, resource_id: str, olds: Props, news: Props) -> Props:
        """Send what differs, and nothing else."""
        ref, moved = _ref(resource_id), self._run.has_moved(olds.get("gateway"))
        changed = self._changed(olds, news)
        if moved or changed.intersection(self.replaces):
            self._refuse_another(ref, news, self._there(ref))
        try:
            facts = self._change(ref, olds, news, changed)
        except GatewayError as error:
            # It is not documented how an operation answers for an id that is gone: a look decides.
            if self._is_missing(ref, error):
                raise error.because(advice=_MAKE_IT_AGAIN) from error.__cause__
            raise
        return self._outputs(news, facts)

    def _is_missing(self, ref: Ref, error: GatewayError) -> bool:
        try:
            return self._is_gone(ref, error)
        except GatewayError:
            return False

    def delete(self, resource_id: str, outputs: Props) -> None:
        """Take it away, unless another resource of the program holds it."""
        self._run.has_moved(outputs.get("gateway"))
        ref = _ref(resource_id)
        if self._run.picture.declares(ref.tenant_id, self.kind, ref.id):
            return
        self._remove(ref, outputs)

    def _remove(self, ref: Ref, outputs: Props) -> None:
        """Send the delete; whatever the answer is, what counts is that it is gone."""
        failure: GatewayError = UnexpectedAnswerError(
            "the gateway did not confirm the delete and still has it",
            operation=f"delete {self.kind} {ref.id}",
            tenant_id=ref.tenant_id,
            advice="Look at it in the gateway's page, then run the command again.",
        )
        try:
            done = self._delete(ref) == ref.id
        except GatewayError as error:
            done, failure = False, error
        if not done and not self._is_gone(ref, failure):
            raise failure
        self._deleted(ref)

    def _undone(self, ref: Ref, error: CapigError) -> CapigError:
        """Delete what was created and could not be set up as declared; the error to raise."""
        try:
            self._remove(ref, {})
        except CapigError as second:
            advice = (
                f"Left at the gateway: {self._words(ref)}. To keep it, declare it with "
                f'{self.own_id}="{ref.id}"; otherwise remove it in the gateway\'s page.'
            )
            return CapigError(f"{error.what}; deleting it again failed too: {second.what}", advice)
        advice = "Nothing is left of it: run the command again when the gateway is healthy."
        return CapigError(f"{error.what}; the {self.kind} was deleted again", advice)

    # -- what a subclass says ------------------------------------------------------------------

    @abstractmethod
    def _existing(self, ref: Ref) -> T | None:
        """What the gateway has under an id; None if it is proved that it has nothing."""

    def _refuse_another(self, ref: Ref, inputs: Props, found: T) -> None:
        """Refuse what is declared for an existing one, if no operation can change it to that.

        Raises:
            RefusedError: It is another one.
        """

    @abstractmethod
    def _make(self, inputs: Props) -> tuple[str, T]:
        """Create a new one; its id, and what is known of it."""

    @abstractmethod
    def _bring(self, ref: Ref, inputs: Props, found: T) -> tuple[Props, list[str]]:
        """Change what exists to what is declared; its facts, and what was sent, in words."""

    @abstractmethod
    def _change(self, ref: Ref, olds: Props, news: Props, changed: set[str]) -> Props:
        """Change what is in the state to what is declared; its facts."""

    @abstractmethod
    def _delete(self, ref: Ref) -> str | None:
        """Send the delete; the id as the gateway answers it."""

    @abstractmethod
    def _is_gone(self, ref: Ref, failure: GatewayError) -> bool:
        """Whether a fresh look proves that it is gone.

        Raises:
            GatewayError: That cannot be seen: the failure itself.
        """

    @abstractmethod
    def _deleted(self, ref: Ref) -> None:
        """Note that it is gone."""

    # ------------------------------------------------------------------------------------------

    def _there(self, ref: Ref) -> T:
        found = self._existing(ref)
        if found is None:
            reason = "the gateway does not have it"
            raise NotFoundError(
                reason,
                operation=f"read {self.kind} {ref.id}",
                tenant_id=ref.tenant_id,
                advice=f"{_MAKE_IT_AGAIN} Otherwise check its id in the gateway's page: ids may "
                "have changed when the gateway moved.",
            )
        return found

    def _account(self, ref: Ref) -> RunAccount:
        return self._run.account(ref.tenant_id)

    def _words(self, ref: Ref) -> str:
        return f"{self.kind} {ref.id} (account {ref.tenant_id})"

    def _compare_blocked(
        self, ref: Ref, wanted: Sequence[str], answer: Sequence[str] | None
    ) -> None:
        if answer is None or set(answer) == set(wanted):
            return
        reason = (
            "the gateway answered with different blocked events "
            f"({', '.join(sorted(set(answer)))}) than were sent ({', '.join(wanted) or 'none'})"
        )
        raise UnexpectedAnswerError(
            reason,
            operation=f"block events of {self.kind} {ref.id}",
            tenant_id=ref.tenant_id,
            advice="Look at its filters in the gateway's page, then run the command again.",
        )

    def _compare(
        self, ref: Ref, answer: tuple[str | None, bool | None], name: str, active: bool
    ) -> None:
        odd = [
            what
            for what, said, sent in (("name", answer[0], name), ("state", answer[1], active))
            if said is not None and said != sent
        ]
        if odd:
            reason = f"the gateway answered with a different {' and '.join(odd)} than was sent"
            raise UnexpectedAnswerError(
                reason,
                operation=f"update {self.kind} {ref.id}",
                tenant_id=ref.tenant_id,
                advice="Look at it in the gateway's page, then run the command again.",
            )

    def _both(
        self, ref: Ref, inputs: Props, found: Callable[[], tuple[str | None, bool | None]]
    ) -> tuple[str, bool]:
        """Name and state to send: as declared, else as they are."""
        name, active = inputs.get("name"), inputs.get("active")
        if name is None or active is None:
            name_now, active_now = found()
            name = name_now if name is None else name
            active = active_now if active is None else active
        if name is None or active is None:
            reason = "the gateway does not say its name and state, and an update has to send both"
            raise UnexpectedAnswerError(
                reason,
                operation=f"update {self.kind} {ref.id}",
                tenant_id=ref.tenant_id,
                advice="Declare name and active.",
            )
        return name, active


def _ref(resource_id: str) -> Ref:
    tenant_id, _, own = resource_id.partition("/")
    return Ref(tenant_id, own)

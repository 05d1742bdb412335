"""Life of resources that the gateway finds by a key of the program, such as an e-mail address."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from .. import settings as table
from ..errors import AlreadyExistsError
from ..picture import Row
from .claims import LEFT
from .readable import ReadableLifecycle, T
from .tenancy import resolve_tenant
from .values import Checked, Created, Failure, Props, is_known, read_setting

if TYPE_CHECKING:
    from .claims import Claim
    from .run_account import RunAccount

_NOTHING = "nothing had to be changed"
ALREADY_THERE = (
    "Renamed in the program? Give the resource `aliases`. Managed by another stack? Leave it "
    "there. To take it over, set adopt=True (CAPIG_ADOPT=true for a whole stack, after an "
    "interrupted run)."
)


class KeyedLifecycle(ReadableLifecycle[T]):
    """A resource in an account that the gateway finds by a key.

    Attributes:
        kind: What it is in the picture.
    """

    kind: ClassVar[str]
    unstored: ClassVar[tuple[str, ...]] = ("adopt",)
    replaces: ClassVar[tuple[str, ...]] = ("tenant_id",)

    # -- check ---------------------------------------------------------------------------------

    def _complete(self, olds: Props, checked: Checked) -> None:
        resolve_tenant(self._run.settings, olds, checked)

    def _declare(self, olds: Props, checked: Checked, given: Props, row: int) -> None:
        for_all = read_setting(self._run.settings, table.ADOPT, checked) is True
        inputs = checked.inputs
        if self._run.picture.deletes_first(row) and self._has_key(olds):
            # What is deleted first is free for another resource by then.
            self._claim(olds).free(self._claim(inputs) if self._has_key(inputs) else None)
        if not self._has_key(inputs):
            return
        claim = self._claim(inputs)
        claim.adopt = claim.adopt or for_all or given.get("adopt") is True
        claim.came = True
        declared = Row("another resource", self.kind, (self._key(inputs),))
        other = self._run.picture.declare(row, inputs["tenant_id"], declared)
        if other is not None:
            reason = f"{other.resource} declares {self._words(inputs)} too. Keep one of them"
            checked.failures.append(Failure("", reason))
        elif not olds and is_known(given.get("adopt")) and not self._run.picture.deletes_first(row):
            self._look_ahead(checked, claim)

    def _look_ahead(self, checked: Checked, claim: Claim) -> None:
        """Say in a preview what `up` would refuse or take over, where a preview may read."""
        reads = read_setting(self._run.settings, table.PREVIEW_READS, checked)
        if not (reads and self._run.picture.preview) or claim.freed:
            return
        if self._existing(checked.inputs) is None:
            return
        if claim.adopt:
            self._run.tell(f"`up` takes over {self._words(checked.inputs)}")
        else:
            error = self._already_exists(checked.inputs)
            checked.failures.append(Failure("", f"{error.what}\n  {error.advice}"))

    # -- create, update and delete -------------------------------------------------------------

    def create(self, inputs: Props) -> Created:
        """Make it, or take over what exists, where that was allowed."""
        claim = self._claim(inputs)
        with claim.trying():
            existing = self._existing(inputs)
            if existing is None:
                facts = self._make(inputs)
            elif claim.adopt or claim.spared or claim.freed:
                facts, done = self._take_over(inputs, existing)
                if not (claim.spared or claim.freed):
                    self._run.tell(f"took over {self._words(inputs)}: {done or _NOTHING}")
            else:
                raise self._already_exists(inputs)
        return Created(self._id(inputs), self._outputs(inputs, facts))

    def update(self, _resource_id: str, olds: Props, news: Props) -> Props:
        """Send what differs, and nothing else."""
        with self._claim(news).trying():
            moved = self._run.has_moved(olds.get("gateway"))
            facts = self._change(olds, news, self._changed(olds, news), moved)
        return self._outputs(news, facts)

    def delete(self, _resource_id: str, outputs: Props) -> None:
        """Take it away, unless another resource of the program holds it."""
        self._run.has_moved(outputs.get("gateway"))
        if self._run.picture.declares(outputs["tenant_id"], self.kind, self._key(outputs)):
            claim = self._claim(outputs)
            claim.spare(f"delete {self._words(outputs)}")
            if not claim.came:
                self._run.warn(LEFT.format(self._words(outputs)), "left", self._id(outputs))
            return
        self._remove(outputs)

    def _has_key(self, props: Props) -> bool:
        return all(name in props and is_known(props[name]) for name in self.replaces)

    # -- what a subclass says ------------------------------------------------------------------

    @abstractmethod
    def _key(self, props: Props) -> str:
        """Its key in the account."""

    @abstractmethod
    def _words(self, props: Props) -> str:
        """What it is, for messages, with its account."""

    @abstractmethod
    def _id(self, inputs: Props) -> str:
        """Its Pulumi id."""

    @abstractmethod
    def _existing(self, inputs: Props) -> T | None:
        """What the gateway has under its key; None if nothing.

        Raises:
            GatewayError: That cannot be seen.
        """

    @abstractmethod
    def _make(self, inputs: Props) -> Props:
        """Make what does not exist; the facts of it."""

    @abstractmethod
    def _take_over(self, inputs: Props, existing: T) -> tuple[Props, str]:
        """Set what exists as declared; the facts of it, and what was sent, in words."""

    @abstractmethod
    def _change(self, olds: Props, news: Props, changed: set[str], moved: bool) -> Props:
        """Change what is in the state to what is declared; the facts of it.

        Args:
            olds: The outputs in state.
            news: The inputs.
            changed: The arguments that differ.
            moved: Whether the state was made at a former address of the gateway.
        """

    @abstractmethod
    def _remove(self, outputs: Props) -> None:
        """Take it away."""

    def _already_exists(self, inputs: Props) -> AlreadyExistsError:
        what = f"create {self._words(inputs)}: it exists already; nothing was changed"
        return AlreadyExistsError(what, ALREADY_THERE)

    # ------------------------------------------------------------------------------------------

    def _account(self, props: Props) -> RunAccount:
        return self._run.account(props["tenant_id"])

    def _claim(self, props: Props) -> Claim:
        return self._account(props).claim(self.kind, self._key(props))

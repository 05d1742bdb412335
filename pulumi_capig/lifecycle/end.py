"""Life of the ends of pipelines: data sources and destinations, which an account lists."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from ..errors import GatewayError, OutcomeUnknownError, RefusedError
from .numbered import NumberedLifecycle, Ref
from .signals import End, EndList
from .values import UNKNOWN, Difference

if TYPE_CHECKING:
    from .values import Props


class EndLifecycle(NumberedLifecycle[End]):
    """Life of a data source or destination, over one run.

    Attributes:
        ends: The list that it is in.
    """

    ends: ClassVar[type[EndList]]
    needed: ClassVar[tuple[str, ...]] = ("name", "pipeline_id")
    replaces: ClassVar[tuple[str, ...]] = ("tenant_id", "pipeline_id")

    # -- diff ----------------------------------------------------------------------------------

    def diff(self, resource_id: str, olds: Props, news: Props) -> Difference:
        """What would change; a pipeline that is not known yet is a new one."""
        found = super().diff(resource_id, olds, news)
        if "pipeline_id" in olds and news.get("pipeline_id") is UNKNOWN:
            return replace(found, replaces=(*found.replaces, "pipeline_id"))
        return found

    # -- create and update ---------------------------------------------------------------------

    def _make(self, inputs: Props) -> tuple[str, End]:
        """Create it; after a lost answer, the entry that is new in the list is taken for it."""
        ends = self._list(inputs["tenant_id"])
        with ends.creating:
            before = set(ends.all()) if ends.is_complete() else None
            self._warn_of_twins(inputs, ends)
            try:
                made = self._create(inputs)
            except OutcomeUnknownError as error:
                made = self._gained(inputs, before, error) or self._once_more(inputs, before, error)
            made = self._new(made, inputs)
            ends.learned(made.id, made)
        return made.id, made

    def _warn_of_twins(self, inputs: Props, ends: EndList) -> None:
        """Warn of what an interrupted run may have left: it is not in the state."""
        twins = [e.id for e in ends.all().values() if not e.new and self._may_be(e, inputs)]
        if twins:
            self._run.warn(
                f'account {inputs["tenant_id"]}: there is a {self.kind} "{inputs["name"]}" in that '
                f"pipeline already ({', '.join(twins)}). If an interrupted run left it, take it "
                f"over with {self.own_id}, or remove it in the gateway's page.",
                "twin",
                *twins,
            )

    def _new(self, made: End, inputs: Props) -> End:
        """What was created; where the answer says nothing, as it was asked for."""
        return replace(
            made,
            name=inputs["name"] if made.name is None else made.name,
            type=self._type(inputs) if made.type is None else made.type,
            active=True if made.active is None else made.active,
            new=True,
        )

    def _once_more(self, inputs: Props, before: set[str] | None, first: OutcomeUnknownError) -> End:
        self._run.client().rest_after(first)
        try:
            made = self._create(inputs)
        except OutcomeUnknownError as error:
            found = self._gained(inputs, before, error)
            if found is None:
                raise self._perhaps_made(inputs, error) from error.__cause__
            return found
        self._name_surplus(inputs, before, made)
        return made

    def _name_surplus(self, inputs: Props, before: set[str] | None, made: End) -> None:
        """Warn of what the first attempt created after all, if the list was out of date."""
        try:
            now = self._list(inputs["tenant_id"]).read_again().all()
        except GatewayError:
            return
        known = {made.id, *(before or ())}
        surplus = [i for i, end in now.items() if i not in known and self._may_be(end, inputs)]
        if before is not None and surplus:
            self._run.warn(
                f'account {inputs["tenant_id"]}: {self.kind} "{inputs["name"]}" was created twice, '
                f"because the gateway's list was out of date: {made.id} is in the state; remove "
                f"{' and '.join(surplus)} in the gateway's page.",
                "surplus",
                made.id,
            )

    def _gained(self, inputs: Props, before: set[str] | None, error: GatewayError) -> End | None:
        """What a lost answer left behind: the one entry that is new and could be it.

        Args:
            inputs: What is declared.
            before: Ids of those that were there before; None if no list told all of them.
            error: How the answer was lost.

        Raises:
            GatewayError: That is not known, so nothing may be sent again.
        """
        ends = self._list(inputs["tenant_id"])
        try:
            told = before is not None and ends.read_again().is_complete()
        except GatewayError as second:
            raise self._perhaps_made(inputs, error) from second
        if before is None or not told:
            raise self._perhaps_made(inputs, error) from error.__cause__
        new = [e for i, e in ends.all().items() if i not in before and self._may_be(e, inputs)]
        if len(new) > 1:
            reason = (
                f"{error.reason}; several new ones have its name: {', '.join(e.id for e in new)}"
            )
            advice = (
                "Check in the gateway's page which of them is this one, and take it over by its id "
                f"({self.own_id})."
            )
            raise error.because(reason, advice) from error.__cause__
        return new[0] if new else None

    def _perhaps_made(self, inputs: Props, error: GatewayError) -> GatewayError:
        """The same failure, with what to do before it is sent again."""
        advice = (
            f"There may be a new {self.kind} with this name in pipeline {inputs['pipeline_id']}. "
            "Look in the gateway's page before you run the command again: take it over by its id "
            f"({self.own_id}), or remove it there. If there is no such pipeline, correct "
            "pipeline_id."
        )
        return error.because(advice=advice)

    def _may_be(self, end: End, inputs: Props) -> bool:
        wanted = (inputs["name"], self._type(inputs))
        here = end.pipelines is None or inputs["pipeline_id"] in end.pipelines
        return here and (end.name, end.type or wanted[1]) == wanted

    def _bring(self, ref: Ref, inputs: Props, found: End) -> tuple[Props, list[str]]:
        now = {"name": found.name, "active": found.active}
        changed = {n for n in now if n in inputs and inputs[n] != now[n]}
        done = [*self._configure(ref, inputs, found), *(f"set its {n}" for n in sorted(changed))]
        self._send(ref, inputs, changed, found)
        done += self._bring_blocked(ref, inputs, found)
        return self._facts(ref, inputs, {}), done

    def _change(self, ref: Ref, olds: Props, news: Props, changed: set[str]) -> Props:
        self._reconfigure(ref, news, changed)
        self._send(ref, news, changed, None)
        if "blocked_events" in changed and "blocked_events" in news:
            self._block(ref, news)
        return self._facts(ref, news, olds)

    def _refuse_another(self, ref: Ref, inputs: Props, found: End) -> None:
        kind, pipeline = self._type(inputs), inputs.get("pipeline_id", "")
        if kind and found.type and found.type != kind:
            reason = f"it is {found.type}, not {kind}"
        elif pipeline and found.pipelines is not None and pipeline not in found.pipelines:
            there = ", ".join(sorted(found.pipelines))
            where = f"in pipeline {there}" if there else "in no pipeline"
            reason = f"it is {where}, not in {pipeline}"
        else:
            return
        what = f"take over {self._words(ref)}: {reason}, and no operation can change that"
        raise RefusedError(
            what, f"Declare it as it is, or leave {self.own_id} out to create a new one."
        )

    def _send(self, ref: Ref, inputs: Props, changed: set[str], found: End | None) -> None:
        if not {"name", "active"} & changed & {*inputs}:
            return

        def now() -> tuple[str | None, bool | None]:
            end = found or self._there(ref)
            return end.name, end.active

        name, active = self._both(ref, inputs, now)
        said = self._update(ref, inputs, name, active)
        if said is not None:
            self._compare(ref, said, name, active)

    # -- read ----------------------------------------------------------------------------------

    def _find(self, resource_id: str, outputs: Props) -> Props | None:
        ref = Ref(*resource_id.split("/", 1))
        found = self._existing(ref)
        if found is None:
            return None
        now: Props = {}
        if "name" in outputs and found.name is not None:
            now["name"] = found.name
        if "active" in outputs and found.active is not None:
            now["active"] = found.active
        return {**now, **self._drift(ref, outputs, found)}

    def _existing(self, ref: Ref) -> End | None:
        return self._list(ref.tenant_id).get(ref.id)

    # -- delete --------------------------------------------------------------------------------

    def _remove(self, ref: Ref, outputs: Props) -> None:
        if outputs and self._existing(ref) is None:
            return
        super()._remove(ref, outputs)

    def _is_gone(self, ref: Ref, failure: GatewayError) -> bool:
        try:
            return self._list(ref.tenant_id).read_again().get(ref.id) is None
        except GatewayError as error:
            raise failure from error

    def _deleted(self, ref: Ref) -> None:
        self._list(ref.tenant_id).learned(ref.id, None)

    # -- what a subclass says ------------------------------------------------------------------

    @abstractmethod
    def _type(self, props: Props) -> str:
        """Its type at the gateway."""

    @abstractmethod
    def _create(self, inputs: Props) -> End:
        """Send the create; what the gateway answers."""

    @abstractmethod
    def _update(
        self, ref: Ref, inputs: Props, name: str, active: bool
    ) -> tuple[str | None, bool | None] | None:
        """Send name and state; what the gateway answers of both."""

    @abstractmethod
    def _facts(self, ref: Ref, inputs: Props, olds: Props) -> Props:
        """Its outputs beside the inputs."""

    def _configure(self, ref: Ref, inputs: Props, found: End) -> list[str]:
        """Send its configuration; what was sent, in words."""
        return []

    def _reconfigure(self, ref: Ref, inputs: Props, changed: set[str]) -> None:
        """Send its configuration if any of it has changed."""

    def _bring_blocked(self, ref: Ref, inputs: Props, found: End) -> list[str]:
        """Block what is declared, if that differs; what was sent, in words."""
        return []

    def _block(self, ref: Ref, inputs: Props) -> None:
        """Block what is declared."""

    def _drift(self, ref: Ref, outputs: Props, found: End) -> Props:
        """What else of it differs from the state."""
        return {}

    # ------------------------------------------------------------------------------------------

    def _list(self, tenant_id: str) -> EndList:
        return self._run.account(tenant_id).share(self.ends)

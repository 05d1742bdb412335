"""How a pipeline of Signals Gateway lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import canonical
from ..errors import (
    GatewayError,
    NotEmptyError,
    NotFoundError,
    UnavailableError,
    UnexpectedAnswerError,
)
from .numbered import NumberedLifecycle, Ref
from .signals import Destinations, EndList, Pipelines, Sources

if TYPE_CHECKING:
    from ..gateway.operations.pipelines import Pipeline
    from .values import Props

_SHOWN = 5


class PipelineLifecycle(NumberedLifecycle["Pipeline"]):
    """Life of a pipeline, over one run."""

    kind = "pipeline"
    own_id = "pipeline_id"
    fields = {  # noqa: RUF012 - nobody changes it
        "name": canonical.display_name,
        "active": canonical.switch,
        "blocked_events": canonical.as_it_is,
        "force_destroy": canonical.switch,
        "pipeline_id": canonical.gateway_id,
        "tenant_id": canonical.tenant_id,
    }

    # -- create and update ---------------------------------------------------------------------

    def _make(self, inputs: Props) -> tuple[str, Pipeline]:
        from ..gateway import pipelines

        tenant_id = inputs["tenant_id"]
        made = pipelines.create(self._run.client(), tenant_id, inputs["name"])
        # Where the answer says nothing, it is as it was asked for.
        given = {"name": inputs["name"], "active": True, "data_filter": None}
        untold = {key: value for key, value in given.items() if getattr(made, key) is None}
        made, new_id = made.model_copy(update=untold), made.id
        assert new_id  # noqa: S101 - without one it is an error
        self._pipelines(Ref(tenant_id, new_id)).know(new_id, made)
        return new_id, made

    def _bring(self, ref: Ref, inputs: Props, found: Pipeline) -> tuple[Props, list[str]]:
        now = {"name": found.name, "active": found.active}
        changed: set[str] = {n for n in now if n in inputs and inputs[n] != now[n]}
        if "blocked_events" in inputs:
            same = set(found.blocked_events) == set(inputs["blocked_events"])
            if not (same and found.tells_blocked):
                changed.add("blocked_events")
            elif found.is_switched_off:
                self._warn_of_filter(ref)
        return self._send(ref, inputs, changed, found), [
            f"set its {name.replace('_', ' ')}" for name in sorted(changed)
        ]

    def _change(self, ref: Ref, olds: Props, news: Props, changed: set[str]) -> Props:
        facts = self._send(ref, news, changed, None)
        return {**({"type": olds["type"]} if "type" in olds else {}), **facts}

    def _send(self, ref: Ref, inputs: Props, changed: set[str], found: Pipeline | None) -> Props:
        from ..gateway import pipelines

        def now() -> tuple[str | None, bool | None]:
            pipeline = found or self._there(ref)
            return pipeline.name, pipeline.active

        client = self._run.client()
        if {"name", "active"} & changed & {*inputs}:
            name, active = self._both(ref, inputs, now)
            answer = pipelines.update(client, *ref, name=name, active=active)
            if answer is not None:
                self._compare(ref, (answer.name, answer.active), name, active)
        if "blocked_events" in changed and "blocked_events" in inputs:
            events = inputs["blocked_events"]
            self._compare_blocked(ref, events, pipelines.block(client, *ref, events))
        return {"type": found.type or ""} if found is not None else {}

    # -- read ----------------------------------------------------------------------------------

    def _find(self, resource_id: str, outputs: Props) -> Props | None:
        ref = Ref(*resource_id.split("/", 1))
        found = self._existing(ref)
        if found is None:
            return None
        now: Props = {"type": found.type or outputs.get("type", "")}
        if "name" in outputs and found.name is not None:
            now["name"] = found.name
        if "active" in outputs and found.active is not None:
            now["active"] = found.active
        if "blocked_events" in outputs and found.tells_blocked:
            now["blocked_events"] = sorted(set(found.blocked_events))
            if found.is_switched_off:
                self._warn_of_filter(ref)
        return now

    def _warn_of_filter(self, ref: Ref) -> None:
        text = (
            f"{self._words(ref)}: the gateway says that its filter is off, and it is not "
            "documented whether it blocks anything then. Look at it in the gateway's page; a "
            "change of blocked_events switches it on."
        )
        self._run.warn(text, "filter off", *ref)

    def _existing(self, ref: Ref) -> Pipeline | None:
        return self._proved(ref, fresh=False)

    def _proved(self, ref: Ref, *, fresh: bool) -> Pipeline | None:
        """A pipeline, or None if also no list of sources or destinations names it."""
        shared = self._pipelines(ref)
        try:
            found = shared.read_again(ref.id) if fresh else shared.get(ref.id)
        except NotFoundError as error:
            if not error.in_json:
                raise
            found = None
        if found is None and (ends := self._named_by(ref)):
            reason = f"the gateway does not show it, but its {ends.words} still name it"
            raise UnexpectedAnswerError(
                reason, operation=f"read pipeline {ref.id}", tenant_id=ref.tenant_id
            )
        return found

    def _named_by(self, ref: Ref) -> EndList | None:
        """A fresh list of sources or destinations that names a pipeline."""
        account = self._account(ref)
        lists: tuple[EndList, ...] = (account.share(Sources), account.share(Destinations))
        return next((ends for ends in lists if ends.read_again().in_pipeline(ref.id)), None)

    # -- delete --------------------------------------------------------------------------------

    def _remove(self, ref: Ref, outputs: Props) -> None:
        if outputs:  # not one that was made a moment ago
            found = self._proved(ref, fresh=True)
            # A pipeline that is not shown may still exist: its delete is sent anyway.
            left = self._left(ref, found) if found is not None else []
            if left and outputs.get("force_destroy") is not True:
                shown = ", ".join(left[:_SHOWN]) + (", …" if len(left) > _SHOWN else "")
                what = (
                    f"delete {self._words(ref)}: it is not empty: {len(left)} source(s) or "
                    f"destination(s) in it ({shown})"
                )
                advice = (
                    "Remove them first; with pipeline_id=pipeline.pipeline_id they are deleted "
                    "before it. To delete it as it is: set force_destroy=True, run `pulumi up`, "
                    "then delete it. What happens to them then is not documented."
                )
                raise NotEmptyError(what, advice)
        super()._remove(ref, outputs)

    def _left(self, ref: Ref, found: Pipeline) -> list[str]:
        """Sources and destinations that this run has not deleted."""
        account, left = self._account(ref), []
        for shown, ends in (
            (found.data_sources, account.share(Sources)),
            (found.data_destinations, account.share(Destinations)),
        ):
            # What the pipeline's answer leaves out is in the account's list.
            inside = ends.read_again().in_pipeline(ref.id) if shown is None else shown
            ids = ((end.id if end else "") or "one without an id" for end in inside)
            left += [each for each in ids if each not in ends.deleted]
        return sorted(left)

    def _delete(self, ref: Ref) -> str | None:
        from ..gateway import pipelines

        return pipelines.delete(self._run.client(), *ref)

    def _is_gone(self, ref: Ref, failure: GatewayError) -> bool:
        try:
            return self._is_away(ref, taken=isinstance(failure, UnexpectedAnswerError))
        except GatewayError as error:
            raise failure from error

    def _is_away(self, ref: Ref, *, taken: bool) -> bool:
        """Whether a fresh look shows no pipeline, after a delete that may have been `taken`."""
        try:
            return self._proved(ref, fresh=True) is None
        except UnavailableError as error:
            # It is not documented how unknown ids are answered. If the delete was accepted without
            # an error, the lists decide.
            if not (taken and error.in_json):
                raise
            return self._named_by(ref) is None

    def _deleted(self, ref: Ref) -> None:
        """Nothing remembers it: its sources and destinations go before it."""

    # ------------------------------------------------------------------------------------------

    def _pipelines(self, ref: Ref) -> Pipelines:
        return self._account(ref).share(Pipelines)

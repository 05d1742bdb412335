"""How data destinations of Signals Gateway live: at Meta, and over HTTP."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from .. import canonical
from ..errors import RefusedError
from .end import EndLifecycle
from .signals import Destinations, End, Pipelines
from .values import UNKNOWN, Failure, Props, is_known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .numbered import Ref
    from .values import Canonical, Checked

_COMMON: Mapping[str, Canonical] = {
    "pipeline_id": canonical.gateway_id,
    "name": canonical.display_name,
    "active": canonical.switch,
    "blocked_events": canonical.as_it_is,
    "destination_id": canonical.gateway_id,
    "tenant_id": canonical.tenant_id,
    "reassert": lambda value: canonical.text(value, "reassert"),
}


class DestinationLifecycle(EndLifecycle):
    """Life of a data destination, over one run.

    Attributes:
        type: Its type at the gateway.
        configuration: Arguments that are declared together; for one taken over, all or none.
        optional: Arguments that go with them.
        secret: The argument that no operation returns; its fingerprint shows a change.
        fingerprint: The output that holds it.
    """

    kind = "destination"
    own_id = "destination_id"
    ends = Destinations
    lasting = ("pipeline_id", "reassert")
    type: ClassVar[str]
    configuration: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]]
    secret: ClassVar[str]
    fingerprint: ClassVar[str]

    # -- check and diff ------------------------------------------------------------------------

    def _complete(self, olds: Props, checked: Checked) -> None:
        super()._complete(olds, checked)
        inputs = checked.inputs
        declared = [n for n in (*self.configuration, *self.optional) if n in inputs]
        missing = [name for name in self.configuration if name not in inputs]
        if any(name in olds for name in self.configuration):
            reason = "the gateway keeps this value, so it cannot be left out again: put it back"
            checked.failures += [Failure(name, reason) for name in missing if name in olds]
        elif missing and (declared or not (olds or self.own_id in inputs)):
            reason = "missing: a destination needs its whole configuration"
            if self.own_id in inputs:
                reason += ", or, if you take it over, none of it"
            checked.failures += [Failure(name, reason) for name in missing]
        if self.secret in inputs:
            self._add_fingerprint(checked)

    def _add_fingerprint(self, checked: Checked) -> None:
        inputs = checked.inputs
        salt, secret = self._salt(inputs), inputs[self.secret]
        if not (is_known(secret) and is_known(salt)):
            inputs[self.fingerprint] = UNKNOWN
        elif not checked.failures:
            inputs[self.fingerprint] = self._fingerprint(salt, secret)

    def _declared(self, outputs: Props) -> list[str]:
        names = super()._declared(outputs)
        return [*names, self.fingerprint] if self.secret in outputs else names

    def _changed(self, olds: Props, news: Props) -> set[str]:
        changed = super()._changed(olds, news) - {self.secret}
        if olds.get(self.fingerprint, "") != news.get(self.fingerprint, ""):
            changed.add(self.secret)
        return changed

    # -- configuration and filters -------------------------------------------------------------

    def _configure(self, ref: Ref, inputs: Props, found: End) -> list[str]:
        if self.configuration[0] not in inputs:
            return []
        self._set_up(ref, inputs)
        return ["set it up with the declared values"]

    def _reconfigure(self, ref: Ref, inputs: Props, changed: set[str]) -> None:
        parts = {*self.configuration, *self.optional, self.secret, "reassert"}
        if changed & parts and self.configuration[0] in inputs:
            self._set_up(ref, inputs)

    def _bring_blocked(self, ref: Ref, inputs: Props, found: End) -> list[str]:
        if "blocked_events" not in inputs:
            return []
        blocked = [] if found.new else self._blocked(ref, inputs)
        if blocked is not None and set(inputs["blocked_events"]) == set(blocked):
            return []
        self._block(ref, inputs)
        return ["set its blocked events"]

    def _block(self, ref: Ref, inputs: Props) -> None:
        from ..gateway import pipelines

        events, pipeline_id = inputs["blocked_events"], self._pipeline(ref, inputs)
        if not pipeline_id:
            what = f"block events of {self._words(ref)}: its pipeline is not known"
            raise RefusedError(what, "Declare pipeline_id.")
        answer = pipelines.block_at_destination(
            self._run.client(), ref.tenant_id, pipeline_id, ref.id, events
        )
        self._compare_blocked(ref, events, answer)

    def _blocked(self, ref: Ref, props: Props) -> list[str] | None:
        """What its pipeline blocks for it; None if its pipeline cannot be seen."""
        pipeline_id = self._pipeline(ref, props)
        if not pipeline_id:
            return None
        pipeline = self._account(ref).share(Pipelines).get(pipeline_id)
        if pipeline is None or not pipeline.tells_blocked_by_destination:
            return None
        return pipeline.blocked_for(ref.id)

    def _pipeline(self, ref: Ref, props: Props) -> str:
        """The pipeline that it is in; empty if that is not known."""
        if "pipeline_id" in props:
            return str(props["pipeline_id"])
        found = self._there(ref).pipelines or frozenset()
        return min(found, default="")

    # -- the rest ------------------------------------------------------------------------------

    def _drift(self, ref: Ref, outputs: Props, found: End) -> Props:
        now: Props = {}
        if "dataset_id" in outputs and found.dataset_id:
            now["dataset_id"] = found.dataset_id
        if "blocked_events" in outputs and (blocked := self._blocked(ref, outputs)) is not None:
            now["blocked_events"] = sorted(set(blocked))
        return now

    def _type(self, props: Props) -> str:
        return self.type

    def _create(self, inputs: Props) -> End:
        from ..gateway import destinations

        made = destinations.create(
            self._run.client(),
            inputs["tenant_id"],
            inputs["pipeline_id"],
            inputs["name"],
            self.type,
        )
        return End.of(made)

    def _update(
        self, ref: Ref, inputs: Props, name: str, active: bool
    ) -> tuple[str | None, bool | None] | None:
        from ..gateway import destinations

        client = self._run.client()
        answer = destinations.update(client, *ref, name=name, active=active, type=self.type)
        return None if answer is None else (answer.name, answer.active)

    def _delete(self, ref: Ref) -> str | None:
        from ..gateway import destinations

        return destinations.delete(self._run.client(), *ref)

    def _facts(self, ref: Ref, inputs: Props, olds: Props) -> Props:
        return {self.fingerprint: ""}

    @abstractmethod
    def _set_up(self, ref: Ref, inputs: Props) -> None:
        """Send the whole configuration."""

    @abstractmethod
    def _salt(self, inputs: Props) -> Any:
        """What the secret belongs to."""

    @abstractmethod
    def _fingerprint(self, salt: Any, secret: Any) -> str:
        """Non-reversible fingerprint of the secret."""


class ConversionsApiDestinationLifecycle(DestinationLifecycle):
    """Life of a destination at Meta's Conversions API, over one run."""

    type = "META_CONVERSIONS_API"
    configuration = ("dataset_id", "business_id", "access_token", "api_version")
    optional = ("events_routing",)
    secret = "access_token"  # noqa: S105
    fingerprint = "access_token_fingerprint"
    fields = {  # noqa: RUF012 - nobody changes it
        **_COMMON,
        "dataset_id": canonical.pixel_id,
        "business_id": canonical.business_id,
        "access_token": canonical.access_token,
        "api_version": canonical.api_version,
        "events_routing": canonical.switch,
    }

    def _set_up(self, ref: Ref, inputs: Props) -> None:
        from ..gateway import destinations

        destinations.set_capi(
            self._run.client(),
            *ref,
            dataset_id=inputs["dataset_id"],
            business_id=inputs["business_id"],
            access_token=inputs["access_token"],
            api_version=inputs["api_version"],
            events_routing=inputs.get("events_routing"),
        )

    def _salt(self, inputs: Props) -> Any:
        return inputs.get("dataset_id", "")

    def _fingerprint(self, salt: Any, secret: Any) -> str:
        return canonical.fingerprint(salt, secret)


class HttpDestinationLifecycle(DestinationLifecycle):
    """Life of a destination that is called over HTTP, over one run."""

    type = "CUSTOM_HTTP_API"
    configuration = ("endpoint", "payload")
    optional = ("http_method", "auth")
    secret = "auth"  # noqa: S105
    fingerprint = "auth_fingerprint"
    fields = {  # noqa: RUF012 - nobody changes it
        **_COMMON,
        "endpoint": canonical.endpoint,
        "payload": canonical.payload,
        "http_method": canonical.http_method,
        "auth": canonical.auth,
    }

    def _complete(self, olds: Props, checked: Checked) -> None:
        if "endpoint" in checked.inputs:
            checked.inputs.setdefault("http_method", "POST")
        super()._complete(olds, checked)

    def _set_up(self, ref: Ref, inputs: Props) -> None:
        from ..gateway import destinations

        kind, blocks = canonical.auth_blocks(inputs.get("auth"))
        destinations.set_http(
            self._run.client(),
            *ref,
            endpoint=inputs["endpoint"],
            payload=inputs["payload"],
            http_method=inputs["http_method"],
            auth_type=kind,
            auth=blocks,
        )

    def _salt(self, inputs: Props) -> Any:
        return inputs.get("endpoint", "")

    def _fingerprint(self, salt: Any, secret: Any) -> str:
        return canonical.auth_fingerprint(salt, secret)

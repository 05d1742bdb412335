"""How a data source of Signals Gateway lives."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from .. import canonical
from ..errors import GatewayError
from .end import EndLifecycle
from .signals import End, Sources

if TYPE_CHECKING:
    from .numbered import Ref
    from .values import Props

_WITH_CODE = "ADVERTISER_HOSTED_PIXEL"


class DataSourceLifecycle(EndLifecycle):
    """Life of a data source, over one run."""

    kind = "data source"
    own_id = "data_source_id"
    ends = Sources
    needed: ClassVar[tuple[str, ...]] = ("name", "type", "pipeline_id")
    replaces: ClassVar[tuple[str, ...]] = ("tenant_id", "pipeline_id", "type")
    lasting: ClassVar[tuple[str, ...]] = ("pipeline_id", "type")
    fields = {  # noqa: RUF012 - nobody changes it
        "pipeline_id": canonical.gateway_id,
        "name": canonical.display_name,
        "type": canonical.data_source_type,
        "active": canonical.switch,
        "data_source_id": canonical.gateway_id,
        "tenant_id": canonical.tenant_id,
    }

    def _type(self, props: Props) -> str:
        return str(props.get("type", ""))

    def _create(self, inputs: Props) -> End:
        from ..gateway import sources

        made = sources.create(
            self._run.client(),
            inputs["tenant_id"],
            inputs["pipeline_id"],
            inputs["name"],
            inputs["type"],
        )
        return End.of(made)

    def _update(
        self, ref: Ref, inputs: Props, name: str, active: bool
    ) -> tuple[str | None, bool | None] | None:
        from ..gateway import sources

        kind = self._type(inputs) or self._there(ref).type or ""
        client = self._run.client()
        answer = sources.update(client, *ref, name=name, active=active, type=kind)
        return None if answer is None else (answer.name, answer.active)

    def _delete(self, ref: Ref) -> str | None:
        from ..gateway import sources

        return sources.delete(self._run.client(), *ref)

    def _facts(self, ref: Ref, inputs: Props, olds: Props) -> Props:
        """The site's code is asked for once, when the source comes under management."""
        if "header_code" in olds:
            return {"header_code": olds["header_code"]}
        kind = inputs.get("type") or self._there(ref).type
        return {"header_code": self._header_code(ref) if kind == _WITH_CODE else ""}

    def _header_code(self, ref: Ref) -> str:
        from ..gateway import sources

        try:
            code, reason = (
                sources.header_code(self._run.client(), *ref),
                "the gateway returned none",
            )
        except GatewayError as error:
            code, reason = None, error.what
        if not code:
            text = f"{self._words(ref)}: its code for the site could not be fetched: {reason}"
            self._run.warn(f"{text}. Copy it from the gateway's page.", "header code", *ref)
        return code or ""

"""Pipelines, sources and destinations, changed behind the client's back."""

from __future__ import annotations

from typing import Any

from ..parts.destinations import Destinations, HeldDestination, new_destination_id
from ..parts.pipelines import HeldPipeline, Pipelines, new_pipeline_id
from ..parts.sources import HeldSource, Sources, new_source_id
from .base import BEHIND, ByHand

__all__ = ["PipelinesByHand"]


class PipelinesByHand(ByHand):
    """What Signals Gateway has, changed behind the client's back."""

    def add_pipeline(
        self, name: str, *, tenant: str | None = None, pipeline_id: str | None = None, **fields: Any
    ) -> HeldPipeline:
        """Makes a pipeline.

        Args:
            name: Display name.
            tenant: Account, None for the default one.
            pipeline_id: Its id, None for a new one.
            fields: Further fields: `active`, `filter_status`, `blocked`.
        """
        pipeline = HeldPipeline(pipeline_id or new_pipeline_id(), name, **fields)
        return self.state.part(Pipelines).put(BEHIND, self._known(tenant), pipeline)

    def add_source(
        self,
        pipeline: str,
        name: str,
        kind: str = "ADVERTISER_HOSTED_PIXEL",
        *,
        tenant: str | None = None,
        source_id: str | None = None,
    ) -> HeldSource:
        """Makes a data source of a pipeline.

        Args:
            pipeline: Pipeline id.
            name: Display name.
            kind: Type.
            tenant: Account, None for the default one.
            source_id: Its id, None for a new one.
        """
        source = HeldSource(source_id or new_source_id(), name, kind, pipeline)
        return self.state.part(Sources).put(BEHIND, self._known(tenant), source)

    def add_destination(
        self,
        pipeline: str,
        name: str,
        kind: str = "META_CONVERSIONS_API",
        *,
        tenant: str | None = None,
        destination_id: str | None = None,
        config: dict[str, Any] | None = None,
    ) -> HeldDestination:
        """Makes a data destination of a pipeline.

        Args:
            pipeline: Pipeline id.
            name: Display name.
            kind: Type.
            tenant: Account, None for the default one.
            destination_id: Its id, None for a new one.
            config: Its configuration, as the operation for it takes it, without the id.
        """
        key = destination_id or new_destination_id()
        destination = HeldDestination(key, name, kind, pipeline, config=config or {})
        return self.state.part(Destinations).put(BEHIND, self._known(tenant), destination)

    def edit_pipeline(
        self, pipeline_id: str, *, tenant: str | None = None, **fields: Any
    ) -> HeldPipeline:
        """Changes `name`, `active`, `filter_status` or `blocked`; KeyError if it is unknown."""
        shelf = self.state.part(Pipelines)
        return shelf.edit(BEHIND, self._account(tenant), pipeline_id, **fields)

    def edit_source(
        self, source_id: str, *, tenant: str | None = None, **fields: Any
    ) -> HeldSource:
        """Changes `name`, `active` or `type` of a data source; KeyError if it is unknown."""
        return self.state.part(Sources).edit(BEHIND, self._account(tenant), source_id, **fields)

    def edit_destination(
        self, destination_id: str, *, tenant: str | None = None, **fields: Any
    ) -> HeldDestination:
        """Changes `name`, `active` or `config` of a destination; KeyError if it is unknown."""
        shelf = self.state.part(Destinations)
        return shelf.edit(BEHIND, self._account(tenant), destination_id, **fields)

    def drop_pipeline(self, pipeline_id: str, *, tenant: str | None = None) -> None:
        """Deletes a pipeline and nothing with it; KeyError if it is unknown."""
        self.state.part(Pipelines).remove(BEHIND, self._account(tenant), pipeline_id)

    def drop_source(self, source_id: str, *, tenant: str | None = None) -> None:
        """Deletes a data source; KeyError if it is unknown."""
        self.state.part(Sources).remove(BEHIND, self._account(tenant), source_id)

    def drop_destination(self, destination_id: str, *, tenant: str | None = None) -> None:
        """Deletes a data destination; KeyError if it is unknown."""
        self.state.part(Destinations).remove(BEHIND, self._account(tenant), destination_id)

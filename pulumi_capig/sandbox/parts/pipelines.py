"""The data pipelines of Signals Gateway."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from .shelf import Shelf

__all__ = ["HeldPipeline", "Pipelines", "new_pipeline_id"]


@dataclass(frozen=True)
class HeldPipeline:
    """A pipeline as the gateway holds it.

    Args:
        id: Pipeline id.
        name: Display name.
        active: Whether events flow.
        filter_status: Whether its filter is on.
        blocked: Event names that the whole pipeline drops.
        blocked_by_destination: Event names that are dropped for one destination, by its id.
    """

    id: str
    name: str
    active: bool = True
    filter_status: bool = False
    blocked: tuple[str, ...] = ()
    blocked_by_destination: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Pipelines(Shelf[HeldPipeline]):
    """All pipelines."""

    kind = "pipeline"


def new_pipeline_id() -> str:
    """An id that no pipeline has."""
    return f"sg_v1_pl_{uuid.uuid4()}"

"""The dialect of data pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["PipelineDialect"]


@dataclass(frozen=True)
class PipelineDialect:
    """Switches of data pipelines.

    Args:
        pipeline_unknown: An unknown pipeline is read, changed or deleted; `null` is 500 to what
            would be made in it.
        delete_pipeline_answer: A deletion answers with the id, or with null.
        delete_pipeline_takes: What goes with a pipeline: its sources and destinations, or nothing;
            or the deletion answers 500 while it has some.
        filter_status: The status of a pipeline's filter is what was sent, or always false.
        filter_list: A list of blocked events replaces the former one, or is added to it.
    """

    pipeline_unknown: Literal["null", "500", "404"] = "null"
    delete_pipeline_answer: Literal["id", "null"] = "id"
    delete_pipeline_takes: Literal["sources-and-destinations", "nothing", "refused"] = (
        "sources-and-destinations"
    )
    filter_status: Literal["as-sent", "always-false"] = "as-sent"
    filter_list: Literal["replace", "merge"] = "replace"

"""Serves dynamic resources as Pulumi's SDK does, with more calls at a time than its four.

Run by the engine in the place of `pulumi.dynamic`, where a project asks for it: the plugin
`pulumi-python` below ``plugins`` in its ``Pulumi.yaml`` names a folder with an executable
``pulumi-resource-pulumi-python`` that starts ``python -m pulumi_capig.workers``.
"""

from __future__ import annotations

import runpy
from concurrent import futures
from typing import Any

MOST = 64
"""Workers, at most, each started when it is needed: what `parallelWrites` can ask for."""


class Workers(futures.ThreadPoolExecutor):
    """The pool that the SDK's server gets instead of the one that it asks for."""

    def __init__(self, max_workers: int | None = None, *more: Any, **named: Any) -> None:
        super().__init__(max(MOST, max_workers or 0), *more, **named)


def main() -> None:
    """Serve until the engine ends the process."""
    # The SDK fixes the number where it makes its server. Should it ask elsewhere one day, this
    # changes nothing, and four calls are served at a time as before.
    futures.ThreadPoolExecutor = Workers  # type: ignore[misc]
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

"""What each process pays for: nobody loads what it does not use."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"httpx", "pydantic", "tenacity", "graphql", "starlette", "typer", "rich"}


@pytest.mark.parametrize(
    "module",
    ["pulumi_capig.resources", "pulumi_capig.functions", "pulumi_capig.lifecycle.run",
     "pulumi_capig.lifecycle", "pulumi_capig.dynamic"],
)  # fmt: skip
def test_a_preview_loads_no_client(module: str) -> None:
    code = f"import sys; import {module}; print({HEAVY!r} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"

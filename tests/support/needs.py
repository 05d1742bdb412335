"""What a machine may lack."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test and say for want of what; fail where nothing may be skipped (NO_SKIPS=1)."""
    if os.environ.get("NO_SKIPS"):
        pytest.fail(what, pytrace=False)
    pytest.skip(what)

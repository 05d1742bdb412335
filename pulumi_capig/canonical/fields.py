"""Values of a fixed form: versions, states and switches."""

from __future__ import annotations

import re

from ..enums import FilterState
from .text import kind, text

PUBLISH = FilterState.PUBLISH.value
DROP = FilterState.DROP.value

# Meta's table of versions: v17.0 was served until September 12, 2025.
_LONG_EXPIRED = 17


def api_version(value: object) -> str:
    """A Graph API version such as ``v24.0``."""
    value = text(value, "an API version")
    if not re.fullmatch(r"v[0-9]+\.[0-9]+", value):
        message = "an API version has the form v24.0"
        raise ValueError(message)
    return value


def api_version_remark(version: str) -> str:
    """What to say of a Graph API version that Meta stopped serving long ago; else empty."""
    form = re.fullmatch(r"v0*([0-9]{1,2})\.[0-9]+", version)
    if form is None or int(form[1]) > _LONG_EXPIRED:
        return ""
    return (
        f"Graph API {version} expired long ago, and what the gateway does with it is not "
        "documented; declare a version that Meta serves, such as v24.0"
    )


def filter_state(value: object) -> str:
    """``PUBLISH`` or ``DROP``."""
    value = text(value, "a filter state")
    if value not in (PUBLISH, DROP):
        message = 'a filter state must be "PUBLISH" or "DROP"'
        raise ValueError(message)
    return str(value)


def switch(value: object) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        message = f"must be True or False, not {kind(value)}"
        raise ValueError(message)
    return value

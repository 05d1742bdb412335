"""What stands in state for a provider: a name, and nothing that could hold a secret or code."""

from __future__ import annotations

import base64
import pickletools

import pytest

from tests.support.provider import reference


@pytest.mark.parametrize("kind", ["PixelConnection", "ConnectedPixel", "EventFilter"])
def test_the_pickle_names_a_class_and_does_nothing_else(kind: str) -> None:
    steps = list(pickletools.genops(base64.b64decode(reference(kind))))
    words = [argument for step, argument, _ in steps if "UNICODE" in step.name]
    assert words == ["pulumi_capig.dynamic", f"{kind}Provider"]
    assert {step.name for step, _, _ in steps} <= {
        "PROTO",
        "FRAME",
        "SHORT_BINUNICODE",
        "MEMOIZE",
        "STACK_GLOBAL",
        "EMPTY_TUPLE",
        "NEWOBJ",
        "STOP",
    }

"""The figures of `capig status` in the text exposition format of Prometheus."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["exposition"]

Pixel = Mapping[str, Any]

_OF_PIXELS: tuple[tuple[str, str, Callable[[Pixel], float]], ...] = (
    ("receiving", "Whether the pixel receives events.", lambda p: p["receiving"]),
    ("publishing", "Whether the pixel publishes events.", lambda p: p["publishing"]),
    (
        "access_token_available",
        "Whether the gateway holds an access token for the pixel.",
        lambda p: p["access_token_available"],
    ),
    ("bad_token", "Whether Meta refuses the pixel's access token.", lambda p: p["bad_token"]),
    (
        "events_received",
        "Events received in the window.",
        lambda p: p["total_events_received"],
    ),
    (
        "events_published",
        "Events published in the window.",
        lambda p: p["total_events_published"],
    ),
)


def exposition(
    accounts: Sequence[Mapping[str, Any]], unread: Collection[str], window: int
) -> Iterator[str]:
    """The lines, one metric after the other.

    Args:
        accounts: What the look-ups tell of each account that could be read.
        unread: The accounts that could not.
        window: Minutes that the counters cover.
    """
    up = [*((a["tenant_id"], 1) for a in accounts), *((tenant, 0) for tenant in unread)]
    yield from _metric(
        "capig_account_up",
        "Whether the gateway told of the account.",
        ((_labels(tenant_id=tenant), value) for tenant, value in up),
    )
    about = "Time that the counts of events cover, in seconds."
    yield from _metric("capig_window_seconds", about, [("", window * 60)])
    pixels = [pixel for account in accounts for pixel in account["pixel_connections"]]
    for name, about, value_of in _OF_PIXELS:
        samples = [(_of_pixel(pixel), value_of(pixel)) for pixel in pixels]
        yield from _metric(f"capig_pixel_{name}", about, samples)
    errors = [
        (_of_pixel(pixel, code=pixel["api_error_code"]), 1)
        for pixel in pixels
        if pixel["api_error_code"]
    ]
    yield from _metric("capig_pixel_error", "An error code that the gateway shows.", errors)


def _metric(name: str, about: str, samples: Iterable[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} gauge"
    for labels, value in samples:
        yield f"{name}{labels} {_number(value)}"


def _of_pixel(pixel: Pixel, **more: str) -> str:
    return _labels(
        tenant_id=pixel["tenant_id"],
        pixel_id=pixel["pixel_id"],
        pixel_name=pixel["pixel_name"],
        **more,
    )


def _labels(**values: str) -> str:
    labels = [f'{name}="{_escaped(value)}"' for name, value in values.items()]
    return "{" + ",".join(labels) + "}"


def _escaped(text: str) -> str:
    """A label's value: three characters are escaped, others that cannot be printed are blanks."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return "".join(c if c.isprintable() else " " for c in escaped)


def _number(value: float) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return "NaN" if math.isnan(value) else f"{value:.15g}"

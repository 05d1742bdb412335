"""What the gateway holds now, under the names that the look-ups give it; no value is ever None."""

from .accounts import BLANK_ACCOUNT, BLANK_USAGE, BLANK_USER, record, usage
from .domains import BLANK_DOMAIN, first_party_domain
from .events import BLANK_ACTIVITY, BLANK_EVENTS, events
from .pipelines import (
    BLANK_LISTED_DESTINATION,
    BLANK_LISTED_PIPELINE,
    BLANK_LISTED_SOURCE,
    BLANK_PIPELINE,
    BLANK_PIPELINE_DESTINATION,
    BLANK_PIPELINE_SOURCE,
    BLANK_PIPELINES,
    pipeline,
    pipelines,
)
from .pixels import COUNTERS, account, blank_pixel, listed, pixel
from .untold import UNTOLD

__all__ = [
    "BLANK_ACCOUNT",
    "BLANK_ACTIVITY",
    "BLANK_DOMAIN",
    "BLANK_EVENTS",
    "BLANK_LISTED_DESTINATION",
    "BLANK_LISTED_PIPELINE",
    "BLANK_LISTED_SOURCE",
    "BLANK_PIPELINE",
    "BLANK_PIPELINES",
    "BLANK_PIPELINE_DESTINATION",
    "BLANK_PIPELINE_SOURCE",
    "BLANK_USAGE",
    "BLANK_USER",
    "COUNTERS",
    "UNTOLD",
    "account",
    "blank_pixel",
    "events",
    "first_party_domain",
    "listed",
    "pipeline",
    "pipelines",
    "pixel",
    "record",
    "usage",
]

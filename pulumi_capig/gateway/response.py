"""An HTTP response, read to its end, and what its headers say."""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from typing import Any

_REQUEST_ID_HEADERS = ("x-request-id", "x-fb-trace-id", "x-amzn-trace-id", "x-cloud-trace-context")


@dataclass(frozen=True)
class Response:
    """An HTTP response.

    Attributes:
        status: HTTP status.
        headers: Its headers; their names are compared without case.
        body: Its content.
        cookies: What it asks to send along from now on, as a load balancer may.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: Sequence[str] = ()

    @cached_property
    def json(self) -> dict[str, Any] | None:
        """Its content, if it is a JSON object."""
        try:
            content = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return content if isinstance(content, dict) else None

    @property
    def is_success(self) -> bool:
        """Whether the status is one of success; some proxies turn 200 into another one."""
        return 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def codings(self) -> list[str]:
        """How the content is compressed, in lower case."""
        found = self.headers.get("content-encoding", "").lower().split(",")
        return [coding.strip() for coding in found]

    @property
    def form(self) -> str:
        """What the content looks like from outside, for messages."""
        return f"{self.media_type or 'no content type'}, {len(self.body)} bytes"

    @property
    def request_id(self) -> str | None:
        """The id to quote to whoever runs the gateway."""
        for name in _REQUEST_ID_HEADERS:
            if value := self.headers.get(name):
                return value[:100]
        return None

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait for, from either form of Retry-After.

        A date is measured against that of the response: this machine's clock may be wrong.
        """
        value = self.headers.get("retry-after", "").strip()
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", value):
            return float(value)
        moment = _moment(value)
        if moment is None:
            return None
        now = _moment(self.headers.get("date", "")) or datetime.now(timezone.utc)
        return max(0.0, (moment - now).total_seconds())


def _moment(date: str) -> datetime | None:
    """A date of HTTP, in any of its forms; without a zone it is GMT."""
    try:
        found = email.utils.parsedate_to_datetime(date)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)

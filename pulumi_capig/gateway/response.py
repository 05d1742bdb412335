"""An HTTP response, read to its end, and what its headers say."""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def request_id(self) -> str | None:
        """The id to quote to whoever runs the gateway."""
        for name in _REQUEST_ID_HEADERS:
            if value := self.headers.get(name):
                return value[:100]
        return None

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait for, from either form of Retry-After."""
        value = self.headers.get("retry-after", "").strip()
        if not value:
            return None
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", value):
            return float(value)
        try:
            at = email.utils.parsedate_to_datetime(value).timestamp()
        except (TypeError, ValueError, OverflowError):
            return None
        return max(0.0, at - time.time())

"""One spelling for each value, so that no other spelling of it ever makes a difference.

Each function takes what a program or a setting says and returns the canonical form, or raises
``ValueError`` with one sentence for the person who wrote it. No message quotes a secret. A remark
is what to say of a value that is valid and yet probably wrong; it is empty if there is nothing.
"""

from __future__ import annotations

from .domains import domain
from .events import STANDARD_EVENTS, event_name, event_remark
from .fields import DROP, PUBLISH, api_version, api_version_remark, filter_state, switch
from .ids import business_id, client_id, digits, pixel_id, pixel_ids, rounding_remark, tenant_id
from .people import account_name, email, role
from .signals import (
    as_it_is,
    auth,
    auth_blocks,
    auth_fingerprint,
    data_source_type,
    display_name,
    endpoint,
    gateway_id,
    http_method,
    payload,
)
from .text import text, visible
from .tokens import access_token, api_token, client_secret, fingerprint, ready_token

__all__ = [
    "DROP",
    "PUBLISH",
    "STANDARD_EVENTS",
    "access_token",
    "account_name",
    "api_token",
    "api_version",
    "api_version_remark",
    "as_it_is",
    "auth",
    "auth_blocks",
    "auth_fingerprint",
    "business_id",
    "client_id",
    "client_secret",
    "data_source_type",
    "digits",
    "display_name",
    "domain",
    "email",
    "endpoint",
    "event_name",
    "event_remark",
    "filter_state",
    "fingerprint",
    "gateway_id",
    "http_method",
    "payload",
    "pixel_id",
    "pixel_ids",
    "ready_token",
    "role",
    "rounding_remark",
    "switch",
    "tenant_id",
    "text",
    "visible",
]

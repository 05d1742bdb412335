"""The dialect of first-party domains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["RoutingDialect"]


@dataclass(frozen=True)
class RoutingDialect:
    """Switches of data routing.

    Args:
        no_routing: An account without a domain: null, or an object whose `ingress` is null or
            empty.
        routing_ids: `id` and `tenantName` contradict each other as in the two samples, or do not.
        ingress_argument: Type of the argument `tenantId`; `unknown` for an `upsertIngressDomain`
            without it.
        same_routing_again: The same domain is set again: what was verified stays, or is reset.
    """

    no_routing: Literal["null", "ingress-null", "ingress-empty"] = "null"
    routing_ids: Literal["samples", "consistent"] = "samples"
    ingress_argument: Literal["ID", "String", "unknown"] = "ID"
    same_routing_again: Literal["kept", "reset"] = "kept"

"""The first-party domains of the accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from . import Part

if TYPE_CHECKING:
    from ..state import GatewayState

__all__ = ["UNVERIFIED", "HeldRouting", "Routings"]

UNVERIFIED = "DOMAIN_NOT_SELECTED"
"""The only status that the reference shows."""


@dataclass(frozen=True)
class HeldRouting:
    """A first-party domain as the gateway holds it.

    Args:
        domain: The account's domain (`ingress`).
        target: The gateway's domain, which the CNAME record points to.
        resolved: Whether the gateway has found that record.
        status: `tenant1pDomainStatus`.
    """

    domain: str
    target: str
    resolved: bool = False
    status: str = UNVERIFIED


class Routings(Part):
    """The domain of each account that has one."""

    def __init__(self, gateway: GatewayState) -> None:
        super().__init__(gateway)
        self._held: dict[str, HeldRouting] = {}

    def get(self, tenant: str) -> HeldRouting | None:
        """The domain of an account, or None."""
        return self._held.get(tenant)

    def put(self, operation: str, tenant: str, routing: HeldRouting) -> HeldRouting:
        """Sets an account's domain."""
        with self._gateway.lock:
            before = self._held.get(tenant)
            self._held[tenant] = routing
            self._gateway.record(operation, tenant, "routing", (), before, routing)
            return routing

    def edit(self, operation: str, tenant: str, **changes: Any) -> HeldRouting:
        """Changes what is held of an account's domain; KeyError if it has none."""
        with self._gateway.lock:
            return self.put(operation, tenant, replace(self._held[tenant], **changes))

    def forget(self, operation: str, tenant: str) -> None:
        """Drops an account's domain."""
        with self._gateway.lock:
            if (before := self._held.pop(tenant, None)) is not None:
                self._gateway.record(operation, tenant, "routing", (), before, None)

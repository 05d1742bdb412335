"""What the gateway holds beside pixels and filters, a file for each page of the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..state import GatewayState

__all__ = ["Part"]


class Part:
    """A share of what the gateway holds; `GatewayState.part` makes it when it is first asked for.

    Args:
        gateway: The whole, with the lock, the history and the dialect for all parts.
    """

    def __init__(self, gateway: GatewayState) -> None:
        self._gateway = gateway

    def forget(self, operation: str, tenant: str) -> None:
        """Drops what belongs to an account that is being deleted."""

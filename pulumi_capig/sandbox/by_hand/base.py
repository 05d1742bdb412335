"""What tests and people do behind the client's back, as if in the gateway's page."""

from __future__ import annotations

from ..parts.accounts import Accounts
from ..state import GatewayState

__all__ = ["BEHIND", "ByHand"]

BEHIND = "sandbox"
"""What the history names as the operation."""


class ByHand:
    """Things of an account, changed behind the client's back.

    Attributes:
        state: What the gateway holds, and its history.
        tenant_id: The default account.
    """

    state: GatewayState
    tenant_id: str

    def _account(self, tenant: str | None) -> str:
        return self.tenant_id if tenant is None else tenant

    def _known(self, tenant: str | None) -> str:
        """An account that is there; KeyError if it is not."""
        return self.state.part(Accounts)[self._account(tenant)].id

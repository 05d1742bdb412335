"""The accounts ("tenants") of the gateway."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from . import Part

if TYPE_CHECKING:
    from ..state import GatewayState

__all__ = ["ACTIVE", "DEACTIVATED", "IN_SETUP", "Accounts", "HeldAccount"]

ACTIVE, IN_SETUP, DEACTIVATED = 0, 1, 2

_LETTERS = string.digits + string.ascii_letters


@dataclass(frozen=True)
class HeldAccount:
    """An account as the gateway holds it.

    Args:
        id: Account id.
        name: Display name.
        status: 0 active, 1 setup in progress, 2 deactivated.
        managed: Whether the host works on it (`canPartnerManage`).
        event_enrichment: Whether events are enhanced; None where nobody has said so.
        made_by: Operation that made it, `sandbox` for those of the beginning.
    """

    id: str
    name: str
    status: int = ACTIVE
    managed: bool = True
    event_enrichment: bool | None = None
    made_by: str = "sandbox"


class Accounts(Part):
    """All accounts, in the order of their making."""

    def __init__(self, gateway: GatewayState) -> None:
        super().__init__(gateway)
        self._held = dict(gateway.first_accounts)

    def all(self) -> dict[str, HeldAccount]:
        """A copy: the accounts by id."""
        with self._gateway.lock:
            return dict(self._held)

    def get(self, tenant: str) -> HeldAccount | None:
        """An account, or None."""
        return self._held.get(tenant)

    def __getitem__(self, tenant: str) -> HeldAccount:
        return self._held[tenant]

    def new_id(self) -> str:
        """An id that no account has."""
        while (tenant := "".join(secrets.choice(_LETTERS) for _ in range(8))) in self._held:
            pass
        return tenant

    def put(self, operation: str, account: HeldAccount) -> HeldAccount:
        """Adds an account, or replaces what is held of it."""
        with self._gateway.lock:
            before = self._held.get(account.id)
            self._held[account.id] = account
            self._gateway.record(operation, account.id, "account", (), before, account)
            return account

    def edit(self, operation: str, tenant: str, **changes: Any) -> HeldAccount:
        """Changes fields of an account; KeyError if there is none of this id."""
        with self._gateway.lock:
            return self.put(operation, replace(self._held[tenant], **changes))

    def forget(self, operation: str, tenant: str) -> None:
        """Drops the account itself."""
        before = self._held.pop(tenant)
        self._gateway.record(operation, tenant, "account", (), before, None)

"""How an operation of the reference is played: a resolver, registered under its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from .asked import OperationError
from .dialect import Dialect
from .parts.accounts import Accounts, HeldAccount
from .state import GatewayState

__all__ = ["Members", "Operations", "Play", "Resolver", "require"]

Resolver: TypeAlias = Callable[..., Any]
"""Takes a `Play` and the arguments of the field; returns its result, objects as mappings."""

Members: TypeAlias = Mapping[str, str | None]
"""Types of members of a schema (`Type.field`, `Type.field.argument`); None for one it lacks."""

_R = TypeVar("_R", bound=Resolver)
_V = TypeVar("_V", bound=Callable[[Dialect], Members])


@dataclass(slots=True)
class Play:
    """One operation under way.

    Args:
        state: What the gateway holds.
        operation: Name of the field.
        outer: Arguments of the field and of those above it.
        refusing: Whether it says by its result alone that it failed, and does nothing.
        writing: Whether it is a mutation.
        since: Revision of the state when the request arrived.
    """

    state: GatewayState
    operation: str
    outer: Mapping[str, Any]
    refusing: bool
    writing: bool = False
    since: int = 0

    @property
    def dialect(self) -> Dialect:
        """Present behaviour of the gateway."""
        return self.state.dialect

    @property
    def tenant(self) -> str:
        """The account that the document names for the operation, known or not."""
        return str(self.outer["tenantId"])

    def account(self) -> HeldAccount:
        """That account; OperationError 401 if it is unknown, or none of the host's business."""
        return self.reach(self.tenant)

    def reach(self, tenant: str) -> HeldAccount:
        """An account; OperationError 401 if it is unknown, or none of the host's business."""
        account = self.state.part(Accounts).get(tenant)
        if account is None or not self._is_open(account):
            raise OperationError(401, f"Not authorized for account {tenant}")
        return account

    def hub_account(self, tenant: str) -> HeldAccount | None:
        """An account as the hub knows it: None for one that it answers null for."""
        if self.state.part(Accounts).get(tenant) is not None:
            return self.reach(tenant)
        told = self.dialect.unknown_tenant_hub
        if told == "null" and not self.writing:
            return None
        raise OperationError(401 if told == "null" else int(told), f"No account {tenant}")

    def _is_open(self, account: HeldAccount) -> bool:
        closed = self.dialect.unmanaged
        return (
            account.managed or closed == "allowed" or (closed == "401-writes" and not self.writing)
        )


class Operations:
    """The operations of one page of the reference that are played."""

    def __init__(self) -> None:
        self.resolvers: dict[str, Resolver] = {}
        self.variations: list[Callable[[Dialect], Members]] = []

    def plays(self, field: str) -> Callable[[_R], _R]:
        """Registers the resolver of a field, named as `Type.field`."""

        def register(resolver: _R) -> _R:
            self.resolvers[field] = resolver
            return resolver

        return register

    def varies(self, members: _V) -> _V:
        """Registers what a dialect changes of the schema."""
        self.variations.append(members)
        return members


def require(condition: object, code: int, message: str) -> None:
    """Raises an OperationError unless the condition holds."""
    if not condition:
        raise OperationError(code, message)

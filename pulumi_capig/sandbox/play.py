"""How an operation of the reference is played: a resolver, registered under its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from .asked import OperationError
from .dialect import Dialect
from .state import GatewayState, HeldAccount

__all__ = ["Operations", "Play", "Resolver", "require"]

Resolver: TypeAlias = Callable[..., Any]
"""Takes a `Play` and the arguments of the field; returns its result, objects as mappings."""

_R = TypeVar("_R", bound=Resolver)


@dataclass(slots=True)
class Play:
    """One operation under way.

    Args:
        state: What the gateway holds.
        operation: Name of the field.
        outer: Arguments of the fields above it.
        refusing: Whether it says by its result alone that it failed, and does nothing.
    """

    state: GatewayState
    operation: str
    outer: Mapping[str, Any]
    refusing: bool

    @property
    def dialect(self) -> Dialect:
        """Present behaviour of the gateway."""
        return self.state.dialect

    @property
    def tenant(self) -> str:
        """The account that the document names above the operation, known or not."""
        return str(self.outer["tenantId"])

    def account(self) -> HeldAccount:
        """That account; OperationError 401 if it is unknown."""
        require(
            self.tenant in self.state.accounts, 401, f"Not authorized for account {self.tenant}"
        )
        return self.state.accounts[self.tenant]


class Operations:
    """The operations of one page of the reference that are played."""

    def __init__(self) -> None:
        self.resolvers: dict[str, Resolver] = {}

    def plays(self, field: str) -> Callable[[_R], _R]:
        """Registers the resolver of a field, named as `Type.field`."""

        def register(resolver: _R) -> _R:
            self.resolvers[field] = resolver
            return resolver

        return register


def require(condition: object, code: int, message: str) -> None:
    """Raises an OperationError unless the condition holds."""
    if not condition:
        raise OperationError(code, message)

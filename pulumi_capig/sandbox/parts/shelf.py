"""Things that an account holds under ids of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from ..history import ChangeKind
from . import Part

if TYPE_CHECKING:
    from ..state import GatewayState

__all__ = ["Shelf"]


class _Held(Protocol):
    @property
    def id(self) -> str:
        """The id."""


_H = TypeVar("_H", bound=_Held)


class Shelf(Part, Generic[_H]):
    """The things of one kind, account by account, in the order of their making."""

    kind: ClassVar[ChangeKind]

    def __init__(self, gateway: GatewayState) -> None:
        super().__init__(gateway)
        self._held: dict[str, dict[str, _H]] = {}

    def of(self, tenant: str) -> list[_H]:
        """Those of an account."""
        with self._gateway.lock:
            return list(self._held.get(tenant, {}).values())

    def get(self, tenant: str, key: str) -> _H | None:
        """One of an account by its id, or None."""
        return self._held.get(tenant, {}).get(key)

    def put(self, operation: str, tenant: str, held: _H) -> _H:
        """Adds one, or replaces what is held of it."""
        with self._gateway.lock:
            things = self._held.setdefault(tenant, {})
            before = things.get(held.id)
            things[held.id] = held
            self._gateway.record(operation, tenant, self.kind, (held.id,), before, held)
            return held

    def edit(self, operation: str, tenant: str, key: str, **changes: Any) -> _H:
        """Changes fields of one; KeyError if there is none of this id."""
        with self._gateway.lock:
            held: Any = self._held.get(tenant, {})[key]
            return self.put(operation, tenant, replace(held, **changes))

    def remove(self, operation: str, tenant: str, key: str) -> None:
        """Deletes one; KeyError if there is none of this id."""
        with self._gateway.lock:
            before = self._held.get(tenant, {}).pop(key)
            self._gateway.record(operation, tenant, self.kind, (key,), before, None)

    def forget(self, operation: str, tenant: str) -> None:
        """Drops those of an account."""
        for held in self.of(tenant):
            self.remove(operation, tenant, held.id)
        self._held.pop(tenant, None)

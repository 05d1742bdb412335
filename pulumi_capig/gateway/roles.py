"""Roles in one account: the action that people say, and the name that the gateway takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .operations.accounts import AccountRecord
    from .operations.users import Role


@dataclass(frozen=True)
class Roles:
    """The roles of one account.

    Attributes:
        tenant_id: The account.
        offered: What the gateway shows of each role that the account offers, by its full name.
    """

    tenant_id: str
    offered: Mapping[str, str]

    @classmethod
    def of(cls, account: AccountRecord, tenant_id: str) -> Roles:
        """Those that an account offers, in the gateway's order."""
        return cls(tenant_id, shown(account.available_roles))

    def actions(self) -> list[str]:
        """What people may be, each once, in the gateway's order."""
        return list(dict.fromkeys(filter(None, map(self.action, self.offered))))

    def action(self, name: str) -> str:
        """What a role is called by people: what the gateway shows, else the action in its name."""
        return self._shown(name) or self._in_name(name)

    def find(self, action: str) -> str | None:
        """The full name of a role that the account offers; None if it offers none like that."""
        for called in (self._shown, self._in_name):
            for name in self.offered:
                if called(name) == action:
                    return name
        return None

    def held(self, names: Iterable[str]) -> str | None:
        """Of the roles of a user, those elsewhere included, the one in this account."""
        ours = re.compile(rf"advertiser-.+-{re.escape(self.tenant_id)}")
        return next((n for n in names if n in self.offered or ours.fullmatch(n)), None)

    def _shown(self, name: str) -> str:
        return self.offered.get(name, "").strip().lower()

    def _in_name(self, name: str) -> str:
        return name.removeprefix("advertiser-").removesuffix(f"-{self.tenant_id}").lower()


def shown(roles: Iterable[Role | None] | None) -> dict[str, str]:
    """What the gateway shows of roles, by their full names; those of the host are not offered."""
    told = {role.name: role.display_name or "" for role in roles or () if role and role.name}
    return {name: display for name, display in told.items() if not name.startswith("agency-")}


def names(roles: Iterable[Role | None] | None) -> Iterator[str]:
    """The full names of roles."""
    return (role.name for role in roles or () if role and role.name)

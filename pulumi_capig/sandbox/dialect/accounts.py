"""The dialect of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AccountDialect"]


@dataclass(frozen=True)
class AccountDialect:
    """Switches of accounts.

    Args:
        unknown_tenant_hub: What the hub answers for an unknown account; `null` to reads alone
            (writes answer 401 then).
        unmanaged: What the host may do in an account that it does not manage: nothing, on either
            endpoint (`401`), read (`401-writes`), or everything.
        update_tenant: Fields that an update leaves out stay, or are reset.
        duplicate_name: A further account of the same name is made, or 400.
        new_unmanaged_status: Status of a new account that the host does not manage.
        status_one: An update to status 1 answers 400, or is taken.
        delete_unknown_tenant: Deletion of an unknown account.
    """

    unknown_tenant_hub: Literal["401", "null", "404", "500", "400"] = "401"
    unmanaged: Literal["401", "401-writes", "allowed"] = "401"
    update_tenant: Literal["patch", "put"] = "patch"
    duplicate_name: Literal["allowed", "400"] = "allowed"
    new_unmanaged_status: Literal[1, 0] = 1
    status_one: Literal["refused", "taken"] = "refused"
    delete_unknown_tenant: Literal["400", "false", "404", "401"] = "400"

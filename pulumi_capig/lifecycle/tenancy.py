"""Which account a resource lives in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import settings as table
from .values import Failure, read_setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from ..settings import Settings
    from .values import Checked


def resolve_tenant(settings: Settings, olds: Mapping[str, Any], checked: Checked) -> None:
    """Put the account into the checked inputs: argument, else default, else the stored one.

    A default that differs from the stored account is a failure: it would move, that is replace,
    everything in the stack.
    """
    if "tenant_id" in checked.inputs:
        return
    default = read_setting(settings, table.TENANT_ID, checked)
    if default is None:
        return
    stored = olds.get("tenant_id")
    if not default and not stored:
        reason = f"no account: pass tenant_id, or set {table.TENANT_ID.names}"
        checked.failures.append(Failure("tenant_id", reason))
    elif default and stored and default != stored:
        reason = (
            f"the resource is in account {stored}, but the default is now {default} "
            f'({table.TENANT_ID.names}); pass tenant_id="{stored}" to keep it there, or '
            f'tenant_id="{default}" to replace it'
        )
        checked.failures.append(Failure("tenant_id", reason))
    else:
        checked.inputs["tenant_id"] = stored or default

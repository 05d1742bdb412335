"""The resource ``AccountUser``."""

from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ._base import GatewayResource
from ._declarations import Declared


class AccountUser(GatewayResource, kind="AccountUser"):
    """A person's access to one account.

    ```python
    admin = capig.AccountUser(
        "admin", tenant_id=shop.tenant_id, email="owner@shop.example", role="admin"
    )
    pulumi.export("invitation", admin.invitation_link)
    ```

    A person who is new to the gateway is invited: where its host has mail set up, ``pulumi up``
    writes to them. A delete takes the role in this account away, and nothing else of the person.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        email: The person's address, in lower case. A change replaces.
        role: What they may do: ``"admin"``, ``"manage"`` or ``"view"``, or what else the account
            offers; the action alone.
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None. A change replaces.
        adopt: Take over somebody who has a role in the account already. Not stored.
        reinvite: Any text; a new value makes a new invitation link, and mails it where it can.

    Raises:
        pulumi.RunError: Two resources of the program are about one person in one account, the
            account is a number, ``provider`` is set, or a secret setting stands in the clear.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        email: pulumi.Output[str]
        role: pulumi.Output[str]
        tenant_id: pulumi.Output[str]
        reinvite: pulumi.Output[str | None]

        user_id: pulumi.Output[str]
        """The gateway's id of the person; empty until it is told."""
        user_status: pulumi.Output[int]
        """0 deactivated, 1 activated, 2 invited; -1 if the gateway does not say."""
        role_name: pulumi.Output[str]
        """The role's full name, such as ``advertiser-admin-IaoreXfj``."""
        invitation_link: pulumi.Output[str]
        """Lets whoever has it set the person's password: a secret. Empty where none was made."""
        listed: pulumi.Output[bool]
        """Whether the account's list of users had the person when it was last read."""
        gateway: pulumi.Output[str]
        """Host of the gateway that holds the account."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        email: pulumi.Input[str],
        role: pulumi.Input[str],
        tenant_id: pulumi.Input[str] | None = None,
        adopt: pulumi.Input[bool] = False,
        reinvite: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare(
            dynamic.AccountUserProvider(),
            resource_name,
            opts,
            required={"email": email, "role": role},
            optional={
                "tenant_id": tenant_id,
                "adopt": None if adopt is False else adopt,
                "reinvite": reinvite,
            },
            outputs=(
                "user_id",
                "user_status",
                "role_name",
                "invitation_link",
                "listed",
                "gateway",
            ),
            picture=lambda resource, declared: Declared(
                resource,
                "user",
                declared.get("tenant_id"),
                [declared["email"]],
                canonical.email,
                clash="declare the same person in one account",
            ),
            secret=("invitation_link",),
        )

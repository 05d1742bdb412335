"""The resource ``AccountUser``."""

from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ._base import GatewayResource
from ._declarations import Declared


class AccountUser(GatewayResource, kind="AccountUser"):
    """A user of an account: one person's access to it, with one role.

    ```python
    admin = capig.AccountUser(
        "admin", tenant_id=shop.tenant_id, email="owner@shop.example", role="admin"
    )
    pulumi.export("invitation", admin.invitation_link)
    ```

    A person who is new to the gateway is invited: if the gateway's host has mail set up,
    ``pulumi up`` sends them an e-mail. A delete takes away the role in this account and nothing
    else.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        email: The person's e-mail address, in ASCII before the ``@``. Stored in lower case, as the
            gateway answers it (seen). A change replaces the user.
        role: What the person may do: ``"admin"``, ``"manage"``, ``"view"``, or another role that
            the account offers. Pass the action alone, not ``advertiser-admin-IaoreXfj``.
        tenant_id: The account: text without blanks and ``/``. Defaults to `CAPIG_TENANT_ID` or
            ``capig:tenantId``. A change replaces the user.
        adopt: Take over a person who already has a role in the account. Without it, ``pulumi up``
            fails if they have one. Not stored. `CAPIG_ADOPT` does the same for one run.
        reinvite: Any text. A new value makes a new invitation link, and mails it if the gateway's
            host has mail set up.

    Raises:
        pulumi.RunError: Two resources of the program are about one person in one account, the
            account is a number, ``provider`` is set, or a secret setting is in plain text.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        email: pulumi.Output[str]
        role: pulumi.Output[str]
        tenant_id: pulumi.Output[str]
        reinvite: pulumi.Output[str | None]

        user_id: pulumi.Output[str]
        """The gateway's id of the person; ``""`` until the gateway says it."""
        user_status: pulumi.Output[int]
        """0 deactivated, 1 activated, 2 invited; -1 if the gateway does not say."""
        role_name: pulumi.Output[str]
        """The role's full name, such as ``advertiser-admin-IaoreXfj``."""
        invitation_link: pulumi.Output[str]
        """The link that the person sets a password with: whoever has it can do so. A secret. ``""``
        if the person was already known to the gateway."""
        listed: pulumi.Output[bool]
        """Whether the account's list of users had the person when it was last read."""
        gateway: pulumi.Output[str]
        """Host of the gateway."""

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

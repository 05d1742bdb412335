"""The resource ``Account``."""

from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ..picture import HOST
from ._base import GatewayResource
from ._declarations import Declared


class Account(GatewayResource, kind="Account"):
    """An account on the gateway: one advertiser's pixels, filters, users and first-party domain.

    ```python
    shop = capig.Account("shop", name="Shop GmbH", event_enrichment=False)
    capig.EventFilter(
        "no-leads", tenant_id=shop.tenant_id, event_name="Lead", filter_state="DROP"
    )
    ```

    An account is protected unless its options say ``protect=False``: if you remove or rename it in
    the program, the preview fails. No change replaces an account, and an account that is not empty
    is not deleted.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; ``protect`` is True unless it is given.
        name: Display name: text without blanks around it. A new account needs one.
        managed: Whether the host manages the account, so that host users can work on it. A new
            account is managed if you leave it out. With ``False``, the host, and the API account
            with it, may lose all access.
        event_enrichment: Whether the gateway enhances events with advanced matching data. A new
            account needs it. Nothing can read or change it later.
        admin_email: Address of the first admin, who is invited. Needed with ``managed=False``,
            refused otherwise: for a managed account, declare an `AccountUser`.
        active: ``False`` deactivates the account: its pixels stop publishing (documented), and
            everything stays in place.
        force_destroy: Whether the account may be deleted while pixels, data sources or data
            destinations are still in it.
        tenant_id: Id of an existing account to take over, changing only what is declared and
            differs: text without blanks and ``/``. You may leave it out again later.

    Raises:
        pulumi.RunError: Two resources of the program hold one account, the id is a number,
            ``provider`` is set, or a secret setting is in plain text.
    """

    _existing = "To take over an account that exists, pass its tenant_id."

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        name: pulumi.Output[str | None]
        managed: pulumi.Output[bool | None]
        event_enrichment: pulumi.Output[bool | None]
        admin_email: pulumi.Output[str | None]
        active: pulumi.Output[bool | None]
        force_destroy: pulumi.Output[bool | None]

        tenant_id: pulumi.Output[str]
        """The account's id, made by the gateway; also the id of the resource. Known in every
        preview but the first, and in that one if you pass it."""
        status: pulumi.Output[int]
        """0 active, 1 setup in progress, 2 deactivated; -1 if the gateway does not say."""
        gateway: pulumi.Output[str]
        """Host of the gateway."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        name: pulumi.Input[str] | None = None,
        managed: pulumi.Input[bool] | None = None,
        event_enrichment: pulumi.Input[bool] | None = None,
        admin_email: pulumi.Input[str] | None = None,
        active: pulumi.Input[bool] | None = None,
        force_destroy: pulumi.Input[bool] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare(
            dynamic.AccountProvider(),
            resource_name,
            pulumi.ResourceOptions.merge(pulumi.ResourceOptions(protect=True), opts),
            required={},
            optional={
                "name": name,
                "managed": managed,
                "event_enrichment": event_enrichment,
                "admin_email": admin_email,
                "active": active,
                "force_destroy": force_destroy,
                "tenant_id": tenant_id,
            },
            outputs=("managed", "status", "gateway"),
            picture=lambda resource, declared: Declared(
                resource,
                "account",
                HOST,
                [declared["tenant_id"]] if "tenant_id" in declared else [],
                canonical.tenant_id,
                clash="declare the same account",
            ),
            is_id="tenant_id",
        )

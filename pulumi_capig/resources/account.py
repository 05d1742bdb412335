"""The resource ``Account``."""

from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ..picture import HOST
from ._base import GatewayResource
from ._declarations import Declared


class Account(GatewayResource, kind="Account"):
    """An account of the gateway: what an advertiser has there.

    ```python
    shop = capig.Account("shop", name="Shop GmbH", event_enrichment=False)
    capig.EventFilter(
        "no-leads", tenant_id=shop.tenant_id, event_name="Lead", filter_state="DROP"
    )
    ```

    It is protected unless its options say ``protect=False``: an account that leaves the program, or
    is renamed in it, is refused in the preview. Nothing replaces an account, and one that is not
    empty is not deleted.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; ``protect`` is True unless it is given.
        name: Display name; needed for a new account.
        managed: Whether the host manages the account; True for a new one if None. Once it is False,
            the host, and the API account with it, may lose all access.
        event_enrichment: Whether events are enhanced with advanced matching data; needed for a new
            account, and no operation changes it later.
        admin_email: Who is invited as the admin of a new account that the host does not manage.
        active: Whether the account sends events; one that is False keeps all that is in it.
        force_destroy: Whether it may be deleted with the pixels, data sources and data destinations
            that are still in it.
        tenant_id: Takes an existing account over by its id, changing only what is declared and
            differs. It may be left out again later.

    Raises:
        pulumi.RunError: Two resources of the program hold one account, the id is a number,
            ``provider`` is set, or a secret setting stands in the clear.
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
        """The account's id, which is also the resource's; known in each preview but the first."""
        status: pulumi.Output[int]
        """0 active, 1 setup in progress, 2 deactivated; -1 if the gateway does not say."""
        gateway: pulumi.Output[str]
        """Host of the gateway that holds the account."""

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

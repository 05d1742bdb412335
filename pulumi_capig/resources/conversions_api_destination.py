"""The resource ``ConversionsApiDestination``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ..enums import StandardEvent
from ._base import GatewayResource
from ._declarations import Declared


class ConversionsApiDestination(GatewayResource, kind="ConversionsApiDestination"):
    """Delivers the events of a pipeline to a dataset of Meta.

    ```python
    capig.ConversionsApiDestination(
        "meta",
        pipeline_id=web.pipeline_id,
        name="Meta",
        dataset_id="18904456377094531",
        business_id="2840127409433732",
        access_token=config.require_secret("token"),
        api_version="v24.0",
    )
    ```

    The gateway does not tell what it was set up with: `refresh` cannot see a token that was changed
    by hand. `reassert` sends all of it again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        pipeline_id: The pipeline whose events it delivers. A change replaces: for a moment, both
            deliver.
        name: Display name; needed for a new destination.
        dataset_id: The dataset (pixel), decimal digits as text.
        business_id: The Meta business that owns it, decimal digits as text.
        access_token: The dataset's token. Kept as a secret whatever is passed.
        api_version: Graph API version, for example ``v24.0``.
        events_routing: Whether the connection to the dataset is updated too; the gateway's own
            choice if None.
        active: Whether it is delivered to.
        blocked_events: Events that are not delivered, as a set; ``[]`` for none, None to leave it
            alone.
        destination_id: Takes an existing destination over by its id, changing only what is declared
            and differs: all that it is set up with, or nothing of it.
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None. A change replaces.
        reassert: Any text; a new value sends again what it was set up with.

    Raises:
        pulumi.RunError: Two resources of the program hold one destination, an id is a number,
            ``provider`` is set, or a secret setting stands in the clear.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        pipeline_id: pulumi.Output[str | None]
        name: pulumi.Output[str | None]
        dataset_id: pulumi.Output[str | None]
        business_id: pulumi.Output[str | None]
        access_token: pulumi.Output[str | None]
        api_version: pulumi.Output[str | None]
        events_routing: pulumi.Output[bool | None]
        active: pulumi.Output[bool | None]
        blocked_events: pulumi.Output[Sequence[str] | None]
        tenant_id: pulumi.Output[str]
        reassert: pulumi.Output[str | None]

        destination_id: pulumi.Output[str]
        """The gateway's id; known in each preview but the first."""
        access_token_fingerprint: pulumi.Output[str]
        """12 hex digits by which a rotated token shows in a diff; empty where none is declared."""
        gateway: pulumi.Output[str]
        """Host of the gateway that holds the destination."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        pipeline_id: pulumi.Input[str] | None = None,
        name: pulumi.Input[str] | None = None,
        dataset_id: pulumi.Input[str] | None = None,
        business_id: pulumi.Input[str] | None = None,
        access_token: pulumi.Input[str] | None = None,
        api_version: pulumi.Input[str] | None = None,
        events_routing: pulumi.Input[bool] | None = None,
        active: pulumi.Input[bool] | None = None,
        blocked_events: pulumi.Input[Sequence[pulumi.Input[str | StandardEvent]]] | None = None,
        destination_id: pulumi.Input[str] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        reassert: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare(
            dynamic.ConversionsApiDestinationProvider(),
            resource_name,
            opts,
            required={},
            optional={
                "pipeline_id": pipeline_id,
                "name": name,
                "dataset_id": dataset_id,
                "business_id": business_id,
                "access_token": access_token,
                "api_version": api_version,
                "events_routing": events_routing,
                "active": active,
                "blocked_events": blocked_events,
                "destination_id": destination_id,
                "tenant_id": tenant_id,
                "reassert": reassert,
            },
            outputs=("access_token_fingerprint", "gateway"),
            picture=lambda resource, declared: Declared(
                resource,
                "destination",
                declared.get("tenant_id"),
                [declared["destination_id"]] if "destination_id" in declared else [],
                canonical.gateway_id,
                clash="declare the same destination",
            ),
            secret=("access_token",),
            is_id="destination_id",
        )

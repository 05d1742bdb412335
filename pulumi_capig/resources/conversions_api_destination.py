"""The resource ``ConversionsApiDestination``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ..enums import StandardEvent
from ._base import GatewayResource
from ._declarations import Declared


class ConversionsApiDestination(GatewayResource, kind="ConversionsApiDestination"):
    """A destination that delivers a pipeline's events to a Meta dataset (pixel).

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

    ``dataset_id``, ``business_id``, ``access_token`` and ``api_version`` are its configuration. A
    new destination needs all four, and once declared, they must stay declared. For one that you
    take over, declare all or none. The API cannot read the configuration: `refresh` does not see a
    token that somebody changed by hand. A new ``reassert`` sends all of it again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        pipeline_id: The gateway's id of the pipeline whose events it delivers. A new destination
            needs one. A change replaces the destination: for a moment, both deliver.
        name: Display name: text without blanks around it. A new destination needs one.
        dataset_id: The dataset (pixel): decimal digits as text.
        business_id: The Meta business that owns it: decimal digits as text.
        access_token: The dataset's token: text without blanks, no placeholder. Always a secret,
            whatever you pass.
        api_version: Version of the Graph API, such as ``v24.0``.
        events_routing: Whether the connection to the dataset is updated too (``updateOB``, of which
            no more is documented). Left to the gateway if you leave it out.
        active: Whether the gateway delivers to it. A new destination is active (seen).
        blocked_events: Names of the events that this destination does not get, each as in
            `EventFilter`; order and repetition do not matter. ``[]`` blocks nothing. Leave it out
            to keep what the gateway has.
        destination_id: Id of an existing destination to take over, changing only what is declared
            and differs. You may leave it out again later.
        tenant_id: The account: text without blanks and ``/``. Defaults to `CAPIG_TENANT_ID` or
            ``capig:tenantId``. A change replaces the destination.
        reassert: Any text. A new value sends the configuration again, even if nothing else changed.

    Raises:
        pulumi.RunError: Two resources of the program hold one destination, an id is a number,
            ``provider`` is set, or a secret setting is in plain text.
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
        """The gateway's id, such as ``sg_v1_dd_…`` (seen). Known in every preview but the first,
        and in that one if you pass it."""
        access_token_fingerprint: pulumi.Output[str]
        """12 hex digits that change with the token, so that a rotation shows in a preview; ``""``
        without a token."""
        gateway: pulumi.Output[str]
        """Host of the gateway."""

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

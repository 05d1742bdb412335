"""The resource ``Pipeline``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ..enums import StandardEvent
from ._base import GatewayResource
from ._declarations import Declared


class Pipeline(GatewayResource, kind="Pipeline"):
    """A pipeline of Signals Gateway: events flow through it from data sources to destinations.

    ```python
    web = capig.Pipeline("web", name="Web", blocked_events=["AchievementUnlocked"])
    site = capig.DataSource(
        "site", pipeline_id=web.pipeline_id, name="Shop", type="ADVERTISER_HOSTED_PIXEL"
    )
    ```

    One that still has sources or destinations is not deleted.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        name: Display name; needed for a new pipeline.
        active: Whether events flow through it.
        blocked_events: Events that it drops, as a set; ``[]`` for none, None to leave it alone.
        force_destroy: Whether it may be deleted with sources and destinations in it; what becomes
            of them is not documented.
        pipeline_id: Takes an existing pipeline over by its id, changing only what is declared and
            differs. It may be left out again later.
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None. A change replaces.

    Raises:
        pulumi.RunError: Two resources of the program hold one pipeline, the account is a number,
            ``provider`` is set, or a secret setting stands in the clear.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        name: pulumi.Output[str | None]
        active: pulumi.Output[bool | None]
        blocked_events: pulumi.Output[Sequence[str] | None]
        force_destroy: pulumi.Output[bool | None]
        tenant_id: pulumi.Output[str]

        pipeline_id: pulumi.Output[str]
        """The gateway's id; known in each preview but the first."""
        type: pulumi.Output[str]
        """``GATEWAY_PIPELINE``, or ``META_CAPI_PIPELINE`` of a connected pixel; empty if untold."""
        gateway: pulumi.Output[str]
        """Host of the gateway that holds the pipeline."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        name: pulumi.Input[str] | None = None,
        active: pulumi.Input[bool] | None = None,
        blocked_events: pulumi.Input[Sequence[pulumi.Input[str | StandardEvent]]] | None = None,
        force_destroy: pulumi.Input[bool] | None = None,
        pipeline_id: pulumi.Input[str] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare(
            dynamic.PipelineProvider(),
            resource_name,
            opts,
            required={},
            optional={
                "name": name,
                "active": active,
                "blocked_events": blocked_events,
                "force_destroy": force_destroy,
                "pipeline_id": pipeline_id,
                "tenant_id": tenant_id,
            },
            outputs=("type", "gateway"),
            picture=lambda resource, declared: Declared(
                resource,
                "pipeline",
                declared.get("tenant_id"),
                [declared["pipeline_id"]] if "pipeline_id" in declared else [],
                canonical.gateway_id,
                clash="declare the same pipeline",
            ),
            is_id="pipeline_id",
        )

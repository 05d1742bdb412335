"""The resource ``Pipeline``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from ..enums import StandardEvent
from ._base import GatewayResource
from ._declarations import Declared


class Pipeline(GatewayResource, kind="Pipeline"):
    """A Signals Gateway pipeline, which carries events from data sources to destinations.

    ```python
    web = capig.Pipeline("web", name="Web", blocked_events=["AchievementUnlocked"])
    site = capig.DataSource(
        "site", pipeline_id=web.pipeline_id, name="Shop", type="ADVERTISER_HOSTED_PIXEL"
    )
    ```

    A pipeline that still has sources or destinations is not deleted.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        name: Display name: text without blanks around it. A new pipeline needs one.
        active: Whether events flow through the pipeline. A new one is active (seen).
        blocked_events: Names of the events that no destination gets, each as in `EventFilter`;
            order and repetition do not matter. ``[]`` blocks nothing. Leave it out to keep what the
            gateway has.
        force_destroy: Whether the pipeline may be deleted while sources or destinations are in it.
            What happens to them is not documented.
        pipeline_id: Id of an existing pipeline to take over, changing only what is declared and
            differs. You may leave it out again later.
        tenant_id: The account: text without blanks and ``/``. Defaults to `CAPIG_TENANT_ID` or
            ``capig:tenantId``. A change replaces the pipeline.

    Raises:
        pulumi.RunError: Two resources of the program hold one pipeline, the account is a number,
            ``provider`` is set, or a secret setting is in plain text.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        name: pulumi.Output[str | None]
        active: pulumi.Output[bool | None]
        blocked_events: pulumi.Output[Sequence[str] | None]
        force_destroy: pulumi.Output[bool | None]
        tenant_id: pulumi.Output[str]

        pipeline_id: pulumi.Output[str]
        """The gateway's id, such as ``sg_v1_pl_…`` (seen). Known in every preview but the first,
        and in that one if you pass it."""
        type: pulumi.Output[str]
        """``GATEWAY_PIPELINE``, or ``META_CAPI_PIPELINE`` for a connected pixel's; ``""`` if the
        gateway does not say."""
        gateway: pulumi.Output[str]
        """Host of the gateway."""

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

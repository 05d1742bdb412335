"""The resource ``HttpDestination``."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from .. import canonical, dynamic
from ..enums import StandardEvent
from ._base import GatewayResource
from ._declarations import Declared


class HttpDestination(GatewayResource, kind="HttpDestination"):
    """Delivers the events of a pipeline to an address of your own, which answers within 5 s.

    ```python
    capig.HttpDestination(
        "lake",
        pipeline_id=web.pipeline_id,
        name="Lake",
        endpoint="https://lake.shop.example/events",
        payload=Path("events.json.j2").read_text(),
        auth={"api_key": {"name": "X-Key", "value": key, "add_to": "HEADER"}},
    )
    ```

    The gateway does not tell what it was set up with: `refresh` cannot see what was changed by
    hand. `reassert` sends all of it again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        pipeline_id: The pipeline whose events it delivers. A change replaces: for a moment, both
            deliver.
        name: Display name; needed for a new destination.
        endpoint: The address, with its scheme.
        payload: Template of the body, with the gateway's placeholders: ``{% for event in events
            %}``, ``{{event_name}}``.
        http_method: ``"GET"``, ``"POST"`` or ``"PUT"``; POST if None.
        auth: How the gateway authenticates, with exactly one key: ``api_key`` (``name``, ``value``,
            ``add_to``: ``HEADER`` or ``QUERY_PARAM``), ``basic`` (``credentials``),
            ``client_credentials`` (``auth_endpoint``, ``http_method``, ``client_id``,
            ``client_secret``) or ``json_web_token`` (``service_user_account``, ``private_key``).
            Kept as a secret as a whole; None for none.
        active: Whether it is delivered to.
        blocked_events: Events that are not delivered, as a set; ``[]`` for none, None to leave it
            alone.
        destination_id: Takes an existing destination over by its id, changing only what is declared
            and differs: all that it is set up with, or nothing of it.
        tenant_id: The account; `CAPIG_TENANT_ID` or ``capig:tenantId`` if None. A change replaces.
        reassert: Any text; a new value sends again what it was set up with.

    Raises:
        pulumi.RunError: Two resources of the program hold one destination, the account is a number,
            ``provider`` is set, or a secret setting stands in the clear.
    """

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        pipeline_id: pulumi.Output[str | None]
        name: pulumi.Output[str | None]
        endpoint: pulumi.Output[str | None]
        payload: pulumi.Output[str | None]
        http_method: pulumi.Output[str | None]
        auth: pulumi.Output[Mapping[str, Any] | None]
        active: pulumi.Output[bool | None]
        blocked_events: pulumi.Output[Sequence[str] | None]
        tenant_id: pulumi.Output[str]
        reassert: pulumi.Output[str | None]

        destination_id: pulumi.Output[str]
        """The gateway's id; known in each preview but the first."""
        auth_fingerprint: pulumi.Output[str]
        """12 hex digits by which a change of `auth` shows in a diff; empty where there is none."""
        gateway: pulumi.Output[str]
        """Host of the gateway that holds the destination."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        pipeline_id: pulumi.Input[str] | None = None,
        name: pulumi.Input[str] | None = None,
        endpoint: pulumi.Input[str] | None = None,
        payload: pulumi.Input[str] | None = None,
        http_method: pulumi.Input[str] | None = None,
        auth: pulumi.Input[Mapping[str, Any]] | None = None,
        active: pulumi.Input[bool] | None = None,
        blocked_events: pulumi.Input[Sequence[pulumi.Input[str | StandardEvent]]] | None = None,
        destination_id: pulumi.Input[str] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        reassert: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare(
            dynamic.HttpDestinationProvider(),
            resource_name,
            opts,
            required={},
            optional={
                "pipeline_id": pipeline_id,
                "name": name,
                "endpoint": endpoint,
                "payload": payload,
                "http_method": http_method,
                "auth": auth,
                "active": active,
                "blocked_events": blocked_events,
                "destination_id": destination_id,
                "tenant_id": tenant_id,
                "reassert": reassert,
            },
            outputs=("http_method", "auth_fingerprint", "gateway"),
            picture=lambda resource, declared: Declared(
                resource,
                "destination",
                declared.get("tenant_id"),
                [declared["destination_id"]] if "destination_id" in declared else [],
                canonical.gateway_id,
                clash="declare the same destination",
            ),
            secret=("auth",),
            is_id="destination_id",
        )

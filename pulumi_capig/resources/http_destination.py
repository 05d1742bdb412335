"""The resource ``HttpDestination``."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pulumi

from .. import canonical, dynamic
from ..enums import StandardEvent
from ._base import GatewayResource
from ._declarations import Declared


class HttpDestination(GatewayResource, kind="HttpDestination"):
    """A destination that delivers a pipeline's events to your own HTTP endpoint.

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

    ``endpoint``, ``payload``, ``http_method`` and ``auth`` are its configuration. A new destination
    needs the first two, and once declared, they must stay declared. For one that you take over,
    declare all of its configuration, or nothing of it. The API cannot read the configuration:
    `refresh` does not see what somebody changed by hand. A new ``reassert`` sends all of it again.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        pipeline_id: The gateway's id of the pipeline whose events it delivers. A new destination
            needs one. A change replaces the destination: for a moment, both deliver.
        name: Display name: text without blanks around it. A new destination needs one.
        endpoint: The address that the gateway calls: ``https://…`` or ``http://…``. It has to
            answer within 5 seconds (documented).
        payload: Template of the body, with the gateway's placeholders, such as ``{{event_name}}``
            and the loop ``{% for event in events %}``.
        http_method: ``"GET"``, ``"POST"`` or ``"PUT"``. ``"POST"`` if you leave it out.
        auth: How the gateway authenticates, as a dict with exactly one key: ``api_key`` (``name``,
            ``value``, ``add_to``: ``"HEADER"`` or ``"QUERY_PARAM"``), ``basic`` (``credentials``),
            ``client_credentials`` (``auth_endpoint``, ``http_method``, ``client_id``,
            ``client_secret``) or ``json_web_token`` (``service_user_account``, ``private_key``).
            Always a secret as a whole. No authentication if you leave it out.
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
        pulumi.RunError: Two resources of the program hold one destination, the account is a number,
            ``provider`` is set, or a secret setting is in plain text.
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
        """The gateway's id, such as ``sg_v1_dd_…`` (seen). Known in every preview but the first,
        and in that one if you pass it."""
        auth_fingerprint: pulumi.Output[str]
        """12 hex digits that change with ``auth``, so that a new key shows in a preview; ``""``
        without ``auth``."""
        gateway: pulumi.Output[str]
        """Host of the gateway."""

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

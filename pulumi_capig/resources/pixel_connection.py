"""The resource ``PixelConnection``."""

from typing import TYPE_CHECKING

import pulumi

from .. import canonical, dynamic
from . import _program
from ._base import GatewayResource
from ._declarations import Declared

_OUTPUTS = (
    "access_token_fingerprint",
    "signal_config_id",
    "connection_id",
    "connected",
    "active",
    "event_bridge_active",
    "publishing_enabled",
    "access_token_available",
    "bad_token",
    "api_error_code",
    "data_set_type",
    "gateway",
)
_READ_BY_GET = ("tenant_id", "pixel_id", "pixel_name", "receiving", "publishing")


class PixelConnection(GatewayResource, kind="PixelConnection"):
    """A Meta pixel (dataset) connected to the gateway, in one account.

    ```python
    capig.PixelConnection(
        "shop",
        pixel_id="18904456377094531",
        business_id="2840127409433732",
        access_token=config.require_secret("shopToken"),
        publishing=False,
    )
    ```

    What you leave out is not managed. If you leave out a switch (``receiving``, ``publishing``), it
    is on after the provider connects the pixel, and nothing touches it from then on.

    Args:
        resource_name: The name in Pulumi.
        opts: Resource options; those that name a provider or an id are refused.
        pixel_id: The pixel: decimal digits as text, without a leading zero. A number is refused,
            because long ids lose digits. A change replaces the connection.
        business_id: The Meta business that owns the pixel: decimal digits as text. A new connection
            needs it. Once declared, it must stay declared.
        access_token: The pixel's token, from Events Manager or a Business Extension setup: text
            without blanks, no placeholder. Always a secret, whatever you pass. A new connection
            needs it. Once declared, it must stay declared.
        external_id: ``external_business_id`` of the Business Extension setup. ``""`` is sent if you
            leave it out.
        api_version: Version of the Graph API that the gateway uses, such as ``v24.0``.
        pixel_name: Display name on the gateway.
        tenant_id: The account: text without blanks and ``/``. Defaults to `CAPIG_TENANT_ID` or
            ``capig:tenantId``. A change replaces the connection.
        receiving: Whether the gateway receives the pixel's browser events.
        publishing: Whether the gateway publishes the events to Meta.
        adopt: Take over a pixel that is already connected, and change only what is declared and
            differs. Without it, ``pulumi up`` fails if the pixel is connected. Not stored.
            `CAPIG_ADOPT` does the same for one run.
        reassert: Any text. A new value sends the connection again, even if nothing else changed.

    Raises:
        pulumi.RunError: Two resources of the program connect one pixel, an id is a number,
            ``provider`` is set, or a secret setting is in plain text.
    """

    _existing = (
        "To take over a connected pixel, set adopt=True. To read one that is managed elsewhere, "
        "use PixelConnection.get."
    )

    if TYPE_CHECKING:  # at run time the SDK would go through them for each resource
        pixel_id: pulumi.Output[str]
        business_id: pulumi.Output[str | None]
        access_token: pulumi.Output[str | None]
        external_id: pulumi.Output[str | None]
        api_version: pulumi.Output[str | None]
        pixel_name: pulumi.Output[str | None]
        tenant_id: pulumi.Output[str]
        receiving: pulumi.Output[bool | None]
        publishing: pulumi.Output[bool | None]
        reassert: pulumi.Output[str | None]

        access_token_fingerprint: pulumi.Output[str]
        """12 hex digits that change with the token, so that a rotation shows in a preview; ``""``
        without a token."""
        signal_config_id: pulumi.Output[str]
        """The gateway's global id, ``SignalConfig:<pixel id>``."""
        connection_id: pulumi.Output[str]
        """The bare pixel id, which the gateway uses as the id of the connection."""
        connected: pulumi.Output[bool]
        """Whether pixel id and access token are both present (documented)."""
        active: pulumi.Output[bool]
        """Whether the pixel is active as a whole. In the samples it looks like "receiving and
        publishing" (seen)."""
        event_bridge_active: pulumi.Output[bool]
        """Whether the gateway receives browser events now."""
        publishing_enabled: pulumi.Output[bool]
        """Whether the gateway publishes events now."""
        access_token_available: pulumi.Output[bool]
        """Whether the gateway holds a token."""
        bad_token: pulumi.Output[bool]
        """Whether the gateway found the token to be bad."""
        api_error_code: pulumi.Output[str]
        """The last publishing error, as ``<code>.<subcode>`` of the Graph API; ``""`` if there is
        none."""
        data_set_type: pulumi.Output[str]
        """``PIXEL`` is the only value seen."""
        gateway: pulumi.Output[str]
        """Host of the gateway."""

    def __init__(
        self,
        resource_name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        pixel_id: pulumi.Input[str],
        business_id: pulumi.Input[str] | None = None,
        access_token: pulumi.Input[str] | None = None,
        external_id: pulumi.Input[str] | None = None,
        api_version: pulumi.Input[str] | None = None,
        pixel_name: pulumi.Input[str] | None = None,
        tenant_id: pulumi.Input[str] | None = None,
        receiving: pulumi.Input[bool] | None = None,
        publishing: pulumi.Input[bool] | None = None,
        adopt: pulumi.Input[bool] = False,
        reassert: pulumi.Input[str] | None = None,
    ) -> None:
        self._declare(
            dynamic.PixelConnectionProvider(),
            resource_name,
            opts,
            required={"pixel_id": pixel_id},
            optional={
                "business_id": business_id,
                "access_token": access_token,
                "external_id": external_id,
                "api_version": api_version,
                "pixel_name": pixel_name,
                "tenant_id": tenant_id,
                "receiving": receiving,
                "publishing": publishing,
                "adopt": None if adopt is False else adopt,
                "reassert": reassert,
            },
            outputs=_OUTPUTS,
            picture=lambda resource, declared: Declared(
                resource,
                "connection",
                declared.get("tenant_id"),
                [declared["pixel_id"]],
                canonical.pixel_id,
                clash="connect the same pixel",
            ),
            secret=("access_token",),
        )

    @staticmethod
    def get(
        resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> "PixelConnection":
        """Read a connected pixel without managing it.

        Args:
            resource_name: The name in Pulumi.
            id: ``<tenantId>/<pixelId>``. A pixel that is not connected is an error.
            opts: Resource options; those that name a provider or an id are refused.

        Raises:
            pulumi.RunError: ``provider`` is set, or a secret setting is in plain text.
        """
        _program.arguments(f"PixelConnection.get '{resource_name}'", opts, {}, {})
        # Pulumi keeps every id in plain text, and takes no secret for one.
        plain = pulumi.Output.unsecret(pulumi.Output.from_input(id))
        existing = PixelConnection.__new__(PixelConnection)
        GatewayResource.__init__(
            existing,
            dynamic.ConnectedPixelProvider(),
            resource_name,
            dict.fromkeys((*_OUTPUTS, *_READ_BY_GET)),
            pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=plain)),
        )
        unread = ("business_id", "access_token", "external_id", "api_version", "reassert")
        _program.undeclared(existing, dict.fromkeys(unread))
        return existing

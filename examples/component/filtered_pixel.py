"""A pixel with its filters, as one resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

import pulumi_capig as capig


class FilteredPixel(pulumi.ComponentResource):
    """A connected pixel, the events it must not publish and the websites it must not serve.

    Args:
        name: The name in Pulumi; the connection has it too.
        opts: Resource options; `protect` and the like reach everything in the component.
        pixel_id: The pixel.
        business_id: The Meta business that owns it.
        access_token: Its token; kept as a secret.
        publishing: Whether the gateway publishes its events; left alone if None.
        drop_events: Events to drop: `<name>-drop-<event>` each.
        block_domains: Websites to block: `<name>-block-<domain>` each.
        formerly: Names that resources had at the top of the program, by their names in here.
    """

    connection: capig.PixelConnection
    pixel_id: pulumi.Output[str]
    active: pulumi.Output[bool]

    def __init__(
        self,
        name: str,
        opts: pulumi.ResourceOptions | None = None,
        *,
        pixel_id: pulumi.Input[str],
        business_id: pulumi.Input[str],
        access_token: pulumi.Input[str],
        publishing: pulumi.Input[bool] | None = None,
        drop_events: Sequence[str] = (),
        block_domains: Sequence[str] = (),
        formerly: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__("gateway:FilteredPixel", name, None, opts)
        self._formerly = formerly or {}
        self.connection = capig.PixelConnection(
            name,
            pixel_id=pixel_id,
            business_id=business_id,
            access_token=access_token,
            publishing=publishing,
            opts=self._child(name),
        )
        self.pixel_id = self.connection.pixel_id
        self.active = self.connection.active
        for event in drop_events:
            self._drop_event(f"{name}-drop-{event}", event)
        for domain in block_domains:
            self._block_domain(f"{name}-block-{domain}", domain)
        self.register_outputs({"pixel_id": self.pixel_id, "active": self.active})

    def _drop_event(self, name: str, event: str) -> None:
        capig.EventFilter(
            name,
            event_name=event,
            filter_state=capig.FilterState.DROP,
            pixel_ids=[self.pixel_id],
            opts=self._child(name, deleted_with=self.connection),
        )

    def _block_domain(self, name: str, domain: str) -> None:
        capig.DomainFilter(
            name,
            domain=domain,
            filter_state=capig.FilterState.DROP,
            pixel_ids=[self.pixel_id],
            opts=self._child(name, deleted_with=self.connection),
        )

    def _child(
        self, name: str, deleted_with: pulumi.Resource | None = None
    ) -> pulumi.ResourceOptions:
        """Options of a resource in here.

        With `deleted_with`, removing the whole component disconnects the pixel and does not open
        its filters first.
        """
        former = self._formerly.get(name)
        aliases = [pulumi.Alias(name=former, parent=pulumi.ROOT_STACK_RESOURCE)] if former else []
        return pulumi.ResourceOptions(parent=self, aliases=aliases, deleted_with=deleted_with)

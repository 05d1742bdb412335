"""Pixels, filters and events, changed behind the client's back."""

from __future__ import annotations

import time
from typing import Any

from ..parts.accounts import ACTIVE, Accounts
from ..parts.events import Events, Received
from ..state import BAD_TOKEN_ERROR, HeldPixel
from .base import BEHIND, ByHand

__all__ = ["PixelsByHand"]


class PixelsByHand(ByHand):
    """Pixels and filters, changed behind the client's back."""

    def connect(
        self,
        pixel: str,
        *,
        tenant: str | None = None,
        receiving: bool = True,
        publishing: bool = True,
        name: str | None = None,
        access_token: str = "set-behind-the-back",  # noqa: S107
        business_id: str = "2840127409433732",
        **fields: Any,
    ) -> HeldPixel:
        """Connects a pixel as if somebody had done so in the gateway's page.

        Args:
            pixel: Pixel id.
            tenant: Account, None for the default one.
            receiving: Switch of receiving.
            publishing: Switch of publishing.
            name: Display name.
            access_token: Access token that the gateway then holds.
            business_id: Business id.
            fields: Further fields of `Pixel`.
        """
        connected = HeldPixel(
            pixel,
            business_id,
            name=name,
            receiving=receiving,
            publishing=publishing,
            access_token=access_token,
            **fields,
        )
        return self.state.put_pixel(BEHIND, self._account(tenant), connected)

    def disconnect(self, pixel: str, *, tenant: str | None = None) -> None:
        """Disconnects a pixel; KeyError if it is not connected."""
        if not self.state.remove_pixel(BEHIND, self._account(tenant), pixel):
            raise KeyError(pixel)

    def edit(self, pixel: str, *, tenant: str | None = None, **fields: Any) -> HeldPixel:
        """Changes fields of a connected pixel, named as in `Pixel`; KeyError if not connected."""
        return self.state.edit_pixel(BEHIND, self._account(tenant), pixel, **fields)

    def set_switch(
        self,
        pixel: str,
        *,
        tenant: str | None = None,
        receiving: bool | None = None,
        publishing: bool | None = None,
    ) -> HeldPixel:
        """Turns the switches that are not None."""
        switches = {"receiving": receiving, "publishing": publishing}
        turned = {name: value for name, value in switches.items() if value is not None}
        return self.edit(pixel, tenant=tenant, **turned)

    def set_name(self, pixel: str, name: str | None, *, tenant: str | None = None) -> HeldPixel:
        """Gives a pixel another display name."""
        return self.edit(pixel, tenant=tenant, name=name)

    def drop_token(self, pixel: str, *, tenant: str | None = None) -> HeldPixel:
        """Makes the gateway lose a pixel's access token."""
        return self.edit(pixel, tenant=tenant, access_token="")

    def mark_bad_token(
        self, pixel: str, *, tenant: str | None = None, code: str | None = BAD_TOKEN_ERROR
    ) -> HeldPixel:
        """Makes the gateway find a pixel's access token bad."""
        return self.edit(pixel, tenant=tenant, bad_token=True, api_error_code=code)

    def set_event_filter(
        self, event: str, state: str, pixels: list[str] | None = None, *, tenant: str | None = None
    ) -> None:
        """Stores an event filter; `pixels` None for the whole account."""
        self.state.write_filter(BEHIND, "event", self._account(tenant), event, pixels, state)

    def set_domain_filter(
        self, domain: str, state: str, pixels: list[str] | None = None, *, tenant: str | None = None
    ) -> None:
        """Stores a domain filter; `pixels` None for the whole account."""
        self.state.write_filter(BEHIND, "domain", self._account(tenant), domain, pixels, state)

    def receive(
        self,
        event: str,
        count: int = 1,
        *,
        pixel: str,
        domain: str | None = None,
        tenant: str | None = None,
    ) -> None:
        """Lets a pixel's events come in, published as far as switches and filters let them.

        Args:
            event: Event name.
            count: How many.
            pixel: Pixel id; KeyError if it is not connected.
            domain: Website that sends them.
            tenant: Account, None for the default one.
        """
        tenant, state = self._account(tenant), self.state
        with state.lock:
            held = state.edit_pixel(BEHIND, tenant, pixel)
            if not held.receiving:
                return
            passes = (
                held.publishing
                and state.part(Accounts)[tenant].status == ACTIVE
                and state.effective_event(tenant, event, pixel) == "PUBLISH"
                and (domain is None or state.effective_domain(tenant, domain, pixel) == "PUBLISH")
            )
            now, published = time.time(), count if passes else 0
            state.part(Events).add(
                tenant, Received(pixel, event, domain, count, published, int(now * 1000))
            )
            sent = {"last_published": now} if published else {}
            state.edit_pixel(
                BEHIND,
                tenant,
                pixel,
                last_received=now,
                total_events_received=held.total_events_received + count,
                total_events_published=held.total_events_published + published,
                **sent,
            )

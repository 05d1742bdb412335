"""What tests and people do behind the client's back, as if in the gateway's page."""

from __future__ import annotations

from typing import Any

from .state import BAD_TOKEN_ERROR, GatewayState, HeldPixel

__all__ = ["PixelsByHand"]

_BEHIND = "sandbox"


class PixelsByHand:
    """Pixels and filters, changed behind the client's back.

    Attributes:
        state: What the gateway holds, and its history.
        tenant_id: The default account.
    """

    state: GatewayState
    tenant_id: str

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
        return self.state.put_pixel(_BEHIND, self._account(tenant), connected)

    def disconnect(self, pixel: str, *, tenant: str | None = None) -> None:
        """Disconnects a pixel; KeyError if it is not connected."""
        if not self.state.remove_pixel(_BEHIND, self._account(tenant), pixel):
            raise KeyError(pixel)

    def edit(self, pixel: str, *, tenant: str | None = None, **fields: Any) -> HeldPixel:
        """Changes fields of a connected pixel, named as in `Pixel`; KeyError if not connected."""
        return self.state.edit_pixel(_BEHIND, self._account(tenant), pixel, **fields)

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
        self.state.write_filter(_BEHIND, "event", self._account(tenant), event, pixels, state)

    def set_domain_filter(
        self, domain: str, state: str, pixels: list[str] | None = None, *, tenant: str | None = None
    ) -> None:
        """Stores a domain filter; `pixels` None for the whole account."""
        self.state.write_filter(_BEHIND, "domain", self._account(tenant), domain, pixels, state)

    def _account(self, tenant: str | None) -> str:
        return self.tenant_id if tenant is None else tenant

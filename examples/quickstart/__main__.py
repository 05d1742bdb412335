"""One pixel on the gateway, its switches, and what it may send."""

import pulumi

import pulumi_capig as capig

config = pulumi.Config()

shop = capig.PixelConnection(
    "shop",
    pixel_id=config.require("pixelId"),
    business_id=config.require("businessId"),
    access_token=config.require_secret("accessToken"),
    receiving=True,
    publishing=True,
)

# For this pixel alone: the pixel's id comes from the connection, so that comes first.
capig.EventFilter(
    "no-search",
    event_name=capig.StandardEvent.SEARCH,
    filter_state=capig.FilterState.DROP,
    pixel_ids=[shop.pixel_id],
)

# Without `pixel_ids`: for every pixel of the account.
capig.EventFilter("no-staff", event_name="StaffVisit", filter_state=capig.FilterState.DROP)

capig.DomainFilter(
    "no-staging",
    domain="staging.example.com",
    filter_state=capig.FilterState.DROP,
    pixel_ids=[shop.pixel_id],
)

pulumi.export("active", shop.active)

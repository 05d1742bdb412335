"""One access token for all pixels of a business, so that one command rotates them."""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi

import pulumi_capig as capig


class Business(NamedTuple):
    """A Meta business: its id, and its pixels by name."""

    id: str
    pixels: Mapping[str, str]


BUSINESSES = {
    "nordic": Business(
        "2840127409433732",
        {"shop-no": "319279634094583", "shop-se": "824710156172809"},
    ),
    "iberia": Business(
        "1429427071255793",
        {"shop-es": "18904456377094531"},
    ),
}

config = pulumi.Config()

for name, business in BUSINESSES.items():
    token = config.require_secret(f"{name}Token")
    for shop, pixel_id in business.pixels.items():
        capig.PixelConnection(shop, pixel_id=pixel_id, business_id=business.id, access_token=token)

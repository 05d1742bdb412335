"""Two pixels with their filters, one component each."""

import pulumi
from filtered_pixel import FilteredPixel

config = pulumi.Config()
token = config.require_secret("businessToken")

shop = FilteredPixel(
    "shop",
    pixel_id="18904456377094531",
    business_id="2840127409433732",
    access_token=token,
    publishing=True,
    drop_events=["Search", "Lead"],
    block_domains=["staging.example.com"],
    # These were declared one by one before there was a component.
    formerly={
        "shop": "shop-pixel",
        "shop-drop-Search": "no-search",
        "shop-block-staging.example.com": "no-staging",
    },
)

outlet = FilteredPixel(
    "outlet",
    pixel_id="319279634094583",
    business_id="2840127409433732",
    access_token=token,
    drop_events=["Search"],
)

pulumi.export("active", {"shop": shop.active, "outlet": outlet.active})

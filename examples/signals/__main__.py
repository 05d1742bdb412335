"""One site on Signals Gateway: its events go to Meta, and to an endpoint of your own."""

from pathlib import Path

import pulumi

import pulumi_capig as capig

config = pulumi.Config()

web = capig.Pipeline(
    "web",
    name="Web",
    # For all destinations; `[]` opens, and without the argument the gateway's page decides.
    blocked_events=["AchievementUnlocked"],
    opts=pulumi.ResourceOptions(protect=True),
)
site = capig.DataSource(
    "site",
    pipeline_id=web.pipeline_id,
    name="Shop site",
    type=capig.DataSourceType.ADVERTISER_HOSTED_PIXEL,
    # Another source has another id, and the site would need another snippet.
    opts=pulumi.ResourceOptions(protect=True),
)
capig.ConversionsApiDestination(
    "meta",
    pipeline_id=web.pipeline_id,
    name="Meta",
    dataset_id=config.require("dataset"),
    business_id=config.require("business"),
    access_token=config.require_secret("token"),
    api_version="v24.0",
    blocked_events=[capig.StandardEvent.LEAD],
)
capig.HttpDestination(
    "lake",
    pipeline_id=web.pipeline_id,
    name="Lake",
    endpoint="https://lake.shop.example/events",
    payload=Path(__file__).with_name("events.jsonl.j2").read_text("utf-8"),
    auth={
        "api_key": {"name": "X-Key", "value": config.require_secret("lakeKey"), "add_to": "HEADER"}
    },
)

pulumi.export("snippet", site.header_code)

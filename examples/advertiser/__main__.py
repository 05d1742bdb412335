"""One advertiser: account, admin, first-party domain with its DNS record, pixels, house policy."""

import pulumi
import pulumi_aws as aws

import pulumi_capig as capig

config = pulumi.Config()

shop = capig.Account("shop", name="Shop GmbH", event_enrichment=False)
T = shop.tenant_id
admin = capig.AccountUser("admin", tenant_id=T, email="owner@shop.example", role="admin")
domain = capig.FirstPartyDomain("domain", tenant_id=T, domain="capig.shop.example")
aws.route53.Record(
    "capig",
    zone_id=config.require("zone"),
    type="CNAME",
    ttl=300,
    name=domain.domain,
    records=[domain.target_domain],
)

for name, pixel_id in {"web": "18904456377094531", "app": "319279634094583"}.items():
    capig.PixelConnection(
        name,
        tenant_id=T,
        pixel_id=pixel_id,
        pixel_name=name,
        business_id=config.require("business"),
        access_token=config.require_secret("token"),
    )

# Without `pixel_ids`: for every pixel of the account.
for event in ("Lead", "SubmitApplication"):
    capig.EventFilter(event, tenant_id=T, event_name=event, filter_state="DROP")
for host in ("staging.shop.example", "checkout.partner.example"):
    capig.DomainFilter(host, tenant_id=T, domain=host, filter_state="DROP")

pulumi.export("invitation", admin.invitation_link)

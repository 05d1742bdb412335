"""The program that is measured; the environment says with which resources and how many."""

import os

import pulumi

if os.environ["BENCH_RESOURCES"] == "capig":
    from pulumi_capig import EventFilter, PixelConnection
else:
    from noop import EventFilter, PixelConnection

PIXEL = "18904456377094531"

accounts = os.environ["BENCH_ACCOUNTS"].split()
size = int(os.environ["BENCH_SIZE"])
changed = "BENCH_CHANGED" in os.environ
token = pulumi.Output.secret("EAAB-a-token-that-is-as-long-as-a-token-of-meta" * 4)

for index in range(size):
    # Account after account, as a table of them would be written down.
    account = accounts[index * len(accounts) // size]
    other = changed and index == 0
    if os.environ["BENCH_KIND"] == "connections":
        PixelConnection(
            f"pixel-{index}",
            tenant_id=account,
            pixel_id=str(10**15 + index),
            business_id="2840127409433732",
            access_token=token,
            external_id="",
            publishing=not other,
        )
    else:
        EventFilter(
            f"filter-{index}",
            tenant_id=account,
            event_name=f"Event{index}",
            filter_state="PUBLISH" if other else "DROP",
            pixel_ids=[PIXEL],
        )

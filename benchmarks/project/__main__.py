"""The program that is measured; the environment says with which resources and how many."""

import os

import pulumi

if os.environ["BENCH_RESOURCES"] == "capig":
    from pulumi_capig import DomainFilters, EventFilter, PixelConnection
else:
    from noop import DomainFilters, EventFilter, PixelConnection

PIXEL = "18904456377094531"
COVERING = 20
"""Account-wide filters above the pixels of the kind ``covered``."""

accounts = os.environ["BENCH_ACCOUNTS"].split()
size = int(os.environ["BENCH_SIZE"])
kind = os.environ["BENCH_KIND"]
changed = "BENCH_CHANGED" in os.environ
token = pulumi.Output.secret("EAAB-a-token-that-is-as-long-as-a-token-of-meta" * 4)


def connect(index: int, account: str) -> None:
    """One pixel; the first one is changed."""
    PixelConnection(
        f"pixel-{index}",
        tenant_id=account,
        pixel_id=str(10**15 + index),
        business_id="2840127409433732",
        access_token=token,
        external_id="",
        publishing=not (changed and index == 0),
    )


def drop(index: int, account: str, pixel_ids: list[str] | None) -> None:
    """One event; the first one of a pixel is changed."""
    EventFilter(
        f"filter-{index}",
        tenant_id=account,
        event_name=f"Event{index}",
        filter_state="PUBLISH" if changed and pixel_ids and index == 0 else "DROP",
        pixel_ids=pixel_ids,
    )


if kind == "blocklist":
    names = [f"host{index + changed}.example.com" for index in range(size)]
    DomainFilters("blocklist", tenant_id=accounts[0], domains=names, filter_state="DROP")
else:
    for index in range(size):
        # Account after account, as a table of them would be written down.
        account = accounts[index * len(accounts) // size]
        if kind == "filters":
            drop(index, account, [PIXEL])
        else:
            connect(index, account)
if kind == "covered":
    for index in range(COVERING):
        drop(index, accounts[0], None)

"""What the resources of one account share in a run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pulumi_capig.lifecycle.run_account import RunAccount
from pulumi_capig.lifecycle.traffic import Traffic
from pulumi_capig.picture import Picture


class Shared:
    """Something that a kind of resource reads once."""

    def __init__(self, tenant_id: str, client: Callable[[], Any]) -> None:
        self.tenant_id, self.client = tenant_id, client


class Another(Shared):
    """Something else."""


def no_client() -> Any:
    raise AssertionError


def test_a_kind_of_resource_shares_one_object_in_an_account() -> None:
    one, other = (
        RunAccount(id_, Picture(), no_client, lambda *_: None, Traffic()) for id_ in ("A", "B")
    )
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: one.share(Shared), range(64)))
    (shared,) = found
    assert (shared.tenant_id, shared.client) == ("A", no_client)
    assert other.share(Shared) not in found
    assert type(one.share(Another)) is Another
    assert one.share(Shared) is shared

"""A record of Route 53 that exists in Pulumi's state alone."""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi import dynamic


class _Records(dynamic.ResourceProvider):
    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        return dynamic.CreateResult(f"{props['zone_id']}_{props['name']}_{props['type']}", props)


class Record(dynamic.Resource):
    """A DNS record, with the arguments of the real one."""

    def __init__(
        self,
        resource_name: str,
        *,
        zone_id: pulumi.Input[str],
        name: pulumi.Input[str],
        type: pulumi.Input[str],
        ttl: pulumi.Input[int],
        records: pulumi.Input[list[pulumi.Input[str]]],
    ) -> None:
        props = {"zone_id": zone_id, "name": name, "type": type, "ttl": ttl, "records": records}
        super().__init__(_Records(), resource_name, props)

"""The floor: resources with the same properties, whose provider does nothing at all."""

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

_CONNECTION = {
    "access_token_fingerprint": "0123456789ab",
    "gateway": "127.0.0.1:40000",
    "signal_config_id": "SignalConfig:1000000000000000",
    "connection_id": "1000000000000000",
    "data_set_type": "PIXEL",
    "pixel_name": "",
    "connected": True,
    "active": True,
    "event_bridge_active": True,
    "publishing_enabled": True,
    "access_token_available": True,
    "bad_token": False,
    "api_error_code": "",
}
_FILTER = {"gateway": "127.0.0.1:40000", "verification": "echoed"}


class _Provider(ResourceProvider):
    serialize_as_secret_always = False
    outputs: dict[str, Any]

    def diff(self, _id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        return DiffResult(any(olds.get(name) != value for name, value in news.items()))

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("noop", {**props, **self.outputs})

    def update(self, _id: str, _olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        return UpdateResult({**news, **self.outputs})


class ConnectionProvider(_Provider):
    outputs = _CONNECTION


class FilterProvider(_Provider):
    outputs = _FILTER


class PixelConnection(Resource, module="noop", name="PixelConnection"):
    def __init__(self, name: str, **arguments: Any) -> None:
        super().__init__(
            ConnectionProvider(),
            name,
            {**dict.fromkeys(_CONNECTION), **arguments},
            pulumi.ResourceOptions(additional_secret_outputs=["access_token"]),
        )


class EventFilter(Resource, module="noop", name="EventFilter"):
    def __init__(self, name: str, **arguments: Any) -> None:
        super().__init__(FilterProvider(), name, {**dict.fromkeys(_FILTER), **arguments})


class DomainFilters(Resource, module="noop", name="DomainFilters"):
    def __init__(self, name: str, **arguments: Any) -> None:
        super().__init__(FilterProvider(), name, {**dict.fromkeys(_FILTER), **arguments})

"""What all resources of this package are to Pulumi."""

from typing import Any, ClassVar

from pulumi.dynamic import Resource


class GatewayResource(Resource):
    """A resource on the gateway. A subclass without a kind of its own is of its base's.

    The SDK alone would give each subclass another type, which replaces what is in state.
    """

    _kind: ClassVar[str]

    def __init_subclass__(cls, kind: str = "", **kwargs: Any) -> None:
        cls._kind = kind or cls._kind
        super().__init_subclass__(module="capig", name=cls._kind, **kwargs)

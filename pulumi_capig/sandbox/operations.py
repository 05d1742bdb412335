"""The seven pixel management operations, as resolvers of the documented schema."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema

from .answers import phrase
from .asked import Outcome, Path
from .dialect import Dialect
from .faults import Fault
from .state import FilterKind, GatewayState, OperationError, Pixel

if TYPE_CHECKING:
    Info: TypeAlias = GraphQLResolveInfo[Any]

__all__ = ["BAD_TOKEN_ERROR", "Context", "field_of", "play"]

BAD_TOKEN_ERROR = "190.460"  # noqa: S105

_DIGITS = re.compile(r"\d+")
_API_VERSION = re.compile(r"v\d+\.\d+")


@dataclass(frozen=True)
class Context:
    """What an execution works on.

    Args:
        state: The gateway.
        struck: Faults of single fields, by their paths.
        limit: How many fields are carried out, None for all.
        refusing: Whether operations say that they failed by their payload alone.
        outcomes: What became of each field.
    """

    state: GatewayState
    struck: Mapping[Path, Fault] = dataclasses.field(default_factory=dict)
    limit: int | None = None
    refusing: bool = False
    outcomes: dict[Path, Outcome] = dataclasses.field(default_factory=dict)

    def carry_out(self, path: Path, act: Callable[[Context], Any]) -> Any:
        """Carries one operation out as far as faults let it, and notes what became of it.

        Args:
            path: Where its result stands.
            act: The operation.

        Raises:
            OperationError: The operation answers with an error.
        """
        if self.limit is not None and len(self.outcomes) >= self.limit:
            self.outcomes[path] = Outcome(applied=False)
            raise OperationError(500, "The gateway ended before this operation")
        fault = self.struck.get(path)
        result, applied, code = None, False, None
        try:
            if fault is None or fault.applied:
                result, applied = act(self), True
            if fault is not None and fault.kind == "field-error":
                raise OperationError(fault.code, phrase(fault.code))
            return result if fault is None else act(replace(self, refusing=True))
        except OperationError as error:
            code = error.code
            raise
        finally:
            self.outcomes[path] = Outcome(applied, code)


def play(schema: GraphQLSchema) -> None:
    """Gives the documented operations of a schema their behaviour; the others answer 418."""
    for path, resolver in _RESOLVERS.items():
        _resolve(schema, path, _played(resolver))
    for path in _ROOTS:
        _resolve(schema, path, _tenant)
    for path in _CONTAINERS:
        _resolve(schema, path, lambda tenant, info, **_: tenant)
    played = {*_RESOLVERS, *_ROOTS, *_CONTAINERS}
    for name in _PARENTS:
        parent = schema.get_type(name)
        assert isinstance(parent, GraphQLObjectType)  # noqa: S101
        for field, definition in parent.fields.items():
            if f"{name}.{field}" not in played:
                definition.resolve = _played(_uncovered)


def field_of(source: Mapping[str, Any], info: Info, **_: Any) -> Any:
    """Default resolver: objects are mappings."""
    return source.get(info.field_name)


def _resolve(schema: GraphQLSchema, path: str, resolver: Callable[..., Any]) -> None:
    type_name, field = path.split(".")
    parent = schema.get_type(type_name)
    if isinstance(parent, GraphQLObjectType) and field in parent.fields:
        parent.fields[field].resolve = resolver


def _played(resolver: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(source: Any, info: Info, **given: Any) -> Any:
        context: Context = info.context
        return context.carry_out(
            tuple(map(str, info.path.as_list())),
            lambda allowed: resolver(source, info._replace(context=allowed), **given),
        )

    return resolve


def _uncovered(_source: Any, info: Info, **_: Any) -> None:
    raise OperationError(418, f"{info.field_name} is not covered by this sandbox")


def _tenant(_source: Any, info: Info, *, tenantId: str) -> str:  # noqa: N803
    return tenantId


def _require(condition: object, code: int, message: str) -> None:
    if not condition:
        raise OperationError(code, message)


def _authorize(state: GatewayState, tenant: str) -> None:
    _require(tenant in state.accounts, 401, f"Not authorized for account {tenant}")


# Pixel connections


def _setup(tenant: str, info: Info, *, input: dict[str, Any]) -> Any:
    state: GatewayState = info.context.state
    dialect = state.dialect
    _authorize(state, tenant)
    if info.context.refusing:
        return None
    wanted = _wanted_pixel(input, dialect)
    held = state.pixel(tenant, wanted.pixel_id)
    if held is not None:
        wanted = _second_setup(held, wanted, dialect)
    elif dialect.foreign_pixel == "400":
        _require(
            not state.is_connected(wanted.pixel_id),
            400,
            f"Pixel {wanted.pixel_id} is connected in another account",
        )
    state.put_pixel("setupPixelSignalConfig", tenant, wanted)
    unset = None if dialect.unset_pixel_name == "sample" else _unset_name(dialect)
    config = _signal_config(wanted, dialect, unset)
    return {**config, "connectionStatus": None} if dialect.setup_status_null else config


def _wanted_pixel(given: dict[str, Any], dialect: Dialect) -> Pixel:
    for field in ("pixelId", "businessId"):
        _require(_DIGITS.fullmatch(given[field]), 400, f"{field} is not a number")
    _require(given["accessToken"].strip(), 400, "accessToken is empty")
    version = given.get("apiVersion")
    _require(version is None or _API_VERSION.fullmatch(version), 400, "apiVersion is malformed")
    bad = given["accessToken"] in dialect.bad_tokens
    return Pixel(
        given["pixelId"],
        given["businessId"],
        given["externalId"],
        version,
        given["accessToken"],
        given.get("name"),
        bad_token=bad,
        api_error_code=BAD_TOKEN_ERROR if bad else None,
    )


def _second_setup(held: Pixel, wanted: Pixel, dialect: Dialect) -> Pixel:
    _require(dialect.second_setup != "400", 400, f"Pixel {wanted.pixel_id} is already connected")
    reset = dialect.second_setup == "resets-switches"
    kept = dialect.second_setup_unnamed == "keeps" and wanted.name is None
    return replace(
        held,
        business_id=wanted.business_id,
        external_id=wanted.external_id,
        api_version=wanted.api_version,
        access_token=wanted.access_token,
        name=held.name if kept else wanted.name,
        bad_token=wanted.bad_token,
        api_error_code=wanted.api_error_code,
        receiving=reset or held.receiving,
        publishing=reset or held.publishing,
    )


def _delete(tenant: str, info: Info, *, id: str) -> Any:
    state: GatewayState = info.context.state
    _authorize(state, tenant)
    if info.context.refusing:
        return False
    if state.remove_pixel("deleteDataSource", tenant, id):
        return True
    _require(state.dialect.delete_unknown == "false", 404, f"Pixel {id} not found")
    return False


def _account(tenant: str, info: Info, **_: Any) -> Any:
    state: GatewayState = info.context.state
    dialect = state.dialect
    if info.context.refusing:
        return None
    if tenant not in state.accounts and dialect.unknown_tenant != "401":
        null = dialect.unknown_tenant == "account-null"
        return None if null else {"name": None, "status": None, "signalConfigs": None}
    _authorize(state, tenant)
    account = state.accounts[tenant]
    configs = [
        _signal_config(pixel, dialect, _unset_name(dialect)) for pixel in state.pixels(tenant)
    ]
    if not dialect.list_connection_id:
        configs = [{**config, "connectionId": None} for config in configs]
    return {"name": account.name, "status": account.status, "signalConfigs": configs}


def _switch(field: str) -> Callable[..., Any]:
    def resolve(tenant: str, info: Info, *, id: str, input: dict[str, Any]) -> Any:
        state: GatewayState = info.context.state
        dialect = state.dialect
        _authorize(state, tenant)
        if info.context.refusing:
            return {"success": False, "connectionStatus": None}
        _require(
            input["status"] in (0, 1) or dialect.odd_status == "on", 400, "status is not 0 or 1"
        )
        try:
            pixel = state.edit_pixel(info.field_name, tenant, id, **{field: input["status"] != 0})
        except KeyError:
            _require(dialect.switch_unknown_pixel != "500", 500, "Internal server error")
            success = dialect.switch_unknown_pixel == "null-status"
            return {"success": success, "connectionStatus": None}
        status = _connection_status(pixel, dialect, _unset_name(dialect))
        return {"success": True, "connectionStatus": status}

    return resolve


def _unset_name(dialect: Dialect) -> str | None:
    return None if dialect.unset_pixel_name == "null" else ""


def _signal_config(pixel: Pixel, dialect: Dialect, unset_name: str | None) -> dict[str, Any]:
    return {
        "id": f"SignalConfig:{pixel.pixel_id}",
        "connectionId": pixel.pixel_id,
        "domains": pixel.domains,
        "dataSetType": "PIXEL",
        "connectionStatus": _connection_status(pixel, dialect, unset_name),
    }


def _connection_status(pixel: Pixel, dialect: Dialect, unset_name: str | None) -> dict[str, Any]:
    return {
        "id": f"ConnectionStatus:{pixel.pixel_id}",
        "connected": bool(pixel.access_token),
        "active": pixel.receiving and (pixel.publishing or dialect.active == "receiving"),
        "eventBridgeActive": pixel.receiving,
        "publishingEnabled": pixel.publishing,
        "accessKey": None,
        "apiErrorCode": pixel.api_error_code,
        "badToken": pixel.bad_token,
        "targetId": "",
        "pixelID": pixel.pixel_id,
        "pixelName": pixel.name or unset_name,
        "accessTokenAvailable": bool(pixel.access_token),
        "totalEventsPublished": pixel.total_events_published,
        "lastPublished": pixel.last_published,
        "totalEventsReceived": pixel.total_events_received,
        "lastReceived": pixel.last_received,
    }


# Filters


def _filter(kind: FilterKind, type_name: str, name_field: str) -> Callable[..., Any]:
    def resolve(tenant: str, info: Info, *, input: dict[str, Any]) -> Any:
        state: GatewayState = info.context.state
        _authorize(state, tenant)
        if info.context.refusing:
            return {"updatedFilter": None}
        name, pixels, wanted = input[name_field], input.get("pixelIds"), input["filterState"]
        _require(name.strip(), 400, f"{name_field} is empty")
        _require(pixels is None or pixels, 400, "pixelIds is empty")
        _require(wanted != "MIXED", 400, "filterState MIXED cannot be set")
        if state.dialect.filter_unknown_pixel == "404":
            for pixel in pixels or ():
                _require(state.pixel(tenant, pixel), 404, f"Pixel {pixel} not found")
        state.write_filter(info.field_name, kind, tenant, name, pixels, wanted)
        return _echo(kind, type_name, name_field, name, pixels, wanted, tenant, state)

    return resolve


def _echo(
    kind: FilterKind,
    type_name: str,
    name_field: str,
    name: str,
    pixels: list[str] | None,
    wanted: str,
    tenant: str,
    state: GatewayState,
) -> dict[str, Any]:
    dialect = state.dialect
    pixel = pixels[0] if pixels else None
    if pixels and len(pixels) > 1 and dialect.filter_echo_several != "first":
        pixel = None
        if dialect.filter_echo_several == "mixed":
            wanted = _common_state(kind, tenant, name, state)
    echo = {
        "id": f"{type_name}:{name}:{pixel or 'global'}" if dialect.filter_echo_id else None,
        name_field: name,
        "pixelId": pixel,
        "filterState": wanted,
    }
    missing = dialect.filter_echo_missing
    kept = {field: None if field in missing else value for field, value in echo.items()}
    return {"updatedFilter": None if "updatedFilter" in missing else kept}


def _common_state(kind: FilterKind, tenant: str, name: str, state: GatewayState) -> str:
    states = {
        state.effective(kind, tenant, name, pixel.pixel_id) or "" for pixel in state.pixels(tenant)
    }
    return states.pop() if len(states) == 1 else "MIXED"


_RESOLVERS: dict[str, Callable[..., Any]] = {
    "TenantQueries.account": _account,
    "SignalMutations.setupPixelSignalConfig": _setup,
    "SignalMutations.deleteDataSource": _delete,
    "SignalMutations.updateSignalConfigEventsStatus": _switch("receiving"),
    "SignalMutations.updateSignalConfigCapiPublish": _switch("publishing"),
    "TenantMutations.updateEventFilter": _filter("event", "EventFilter", "eventName"),
    "TenantMutations.updateDomainFilter": _filter("domain", "DomainFilter", "domain"),
}
_ROOTS = ("Query.tenantQueries", "Mutation.tenantMutations")
_CONTAINERS = (
    "TenantMutations.signalMutations",
    "TenantMutations.dataPipelineMutations",
    "TenantMutations.dataSourceMutations",
    "TenantMutations.dataDestinationMutations",
)
_PARENTS = (
    "TenantQueries",
    "TenantMutations",
    "SignalMutations",
    "DataPipelineMutations",
    "DataSourceMutations",
    "DataDestinationMutations",
)

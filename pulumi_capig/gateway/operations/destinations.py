"""Data destinations of Signals Gateway: operations 32 to 37."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from ...errors import GatewayError, UnexpectedAnswerError, one_line
from ..calls import Call
from ..failure import AttemptFailure
from ..models import Model, Word
from ..operation import Operation
from .sources import PipelineName, asked_for

if TYPE_CHECKING:
    from ..client import Client

_MUTATIONS = ("tenantMutations", "dataDestinationMutations")
_TYPE_FIELDS = ("destinationType", "type")
_SHORT = 3
"""Lines up to this length give nothing of the secret away that they are a part of."""

_AUTH_BLOCKS: Mapping[str, Mapping[str, str]] = {
    "apiKeyAuth": {"name": "", "value": "", "addTo": "HEADER"},
    "basicAuth": {"credentials": ""},
    "clientCredentialsAuth": {
        "authEndpoint": "",
        "httpMethod": "POST",
        "clientId": "",
        "clientSecret": "",
    },
    "jsonWebTokenAuth": {"serviceUserAccount": "", "privateKey": ""},
}
"""The blocks of the reference's sample, which sends all of them whatever is in use."""

CREATE = Operation(
    "createDataDestinationMutation",
    "capig",
    (*_MUTATIONS, "createDataDestination"),
    mutates=True,
    repeatable=False,
    spare=frozenset({"active", "name", "type"}),
)
LIST = Operation(
    "dataDestinationTableQuery",
    "capig",
    ("tenantQueries", "dataDestinationsQuery"),
    mutates=False,
    nullable=True,
)

UPDATE = Operation(
    "updateDataDestinationMutation",
    "capig",
    (*_MUTATIONS, "updateDataDestination"),
    mutates=True,
    nullable=True,
)
DELETE = Operation(
    "deleteDataDestinationMutation",
    "capig",
    (*_MUTATIONS, "deleteDataDestination"),
    mutates=True,
    repeatable=False,
    nullable=True,
)
SET_CAPI = Operation(
    "updateDataDestinationCapiConfigMutation",
    "capig",
    (*_MUTATIONS, "updateDataDestinationCapiConfig"),
    mutates=True,
    nullable=True,
)
SET_HTTP = Operation(
    "updateDataDestinationHttpConfigMutation",
    "capig",
    (*_MUTATIONS, "updateDataDestinationHttpConfig"),
    mutates=True,
    nullable=True,
)


class MetaConfig(Model):
    """What is told of a destination at Meta."""

    data_set_id: Word = None


class DataDestination(Model):
    """A data destination; what is told of one at Meta depends on the gateway."""

    id: str | None = None
    name: str | None = None
    type: str | None = None
    active: bool | None = None
    associated_pipelines: list[PipelineName | None] | None = None
    meta_capi_config: MetaConfig | None = Field(default=None, alias="metaCAPIConfig")


class _Destinations(Model):
    data_destinations_query: list[DataDestination | None] | None = None


def list_destinations(client: Client, tenant_id: str) -> list[DataDestination | None] | None:
    """All data destinations of an account (operation 33).

    Args:
        client: Of the gateway.
        tenant_id: The account.

    Returns:
        The destinations; None where the gateway answers no list, which is not an empty one.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    variables = {"tenantId": tenant_id}
    return client.execute(Call(LIST, "list the data destinations", tenant_id, variables, _listed))


def create(
    client: Client, tenant_id: str, pipeline_id: str, name: str, type: str
) -> DataDestination:
    """Make a destination in a pipeline, without its configuration (operation 32).

    It is never sent twice: the caller compares the list after a lost answer.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        pipeline_id: The pipeline.
        name: Its display name.
        type: ``META_CONVERSIONS_API`` or ``CUSTOM_HTTP_API``.

    Returns:
        The destination as the gateway answers it; its id is there.

    Raises:
        OutcomeUnknownError: No answer came with an id: there may be a new destination.
        GatewayError: It failed in another way.
    """
    given = {"name": name, "type": type, "pipelineId": pipeline_id}
    variables = {"tenantId": tenant_id, "input": given}
    call = Call(CREATE, f'create destination "{name}"', tenant_id, variables, _created)
    with client.writes:
        return client.execute(call)


def update(
    client: Client, tenant_id: str, destination_id: str, *, name: str, active: bool, type: str
) -> DataDestination | None:
    """Set what a destination is called and whether it is active (operation 34).

    Whether the gateway resets what is not sent is not documented, so both are. The type is sent
    where the gateway asks for it, under the name that it uses.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        destination_id: The destination.
        name: Its display name.
        active: Whether it is delivered to.
        type: Its type.

    Returns:
        The destination as the gateway answers it; None where it answers null.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    given: dict[str, Any] = {"id": destination_id, "name": name, "active": active}

    def send() -> DataDestination | None:
        variables = {"tenantId": tenant_id, "input": given}
        words = f"update destination {destination_id}"
        call = Call(UPDATE, words, tenant_id, variables, _destination)
        with client.writes:
            return client.execute(call)

    try:
        return send()
    except GatewayError as error:
        field = asked_for(error, _TYPE_FIELDS)
        if field is None:
            raise
    given[field] = type
    return send()


def delete(client: Client, tenant_id: str, destination_id: str) -> str | None:
    """Delete a destination (operation 35).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        destination_id: The destination.

    Returns:
        The id as the gateway answers it, which may be null.

    Raises:
        OutcomeUnknownError: No usable answer came: the destination may be gone.
        GatewayError: It failed in another way.
    """
    variables = {"tenantId": tenant_id, "id": destination_id}
    call = Call(DELETE, f"delete destination {destination_id}", tenant_id, variables, _text)
    with client.writes:
        return client.execute(call)


def set_capi(
    client: Client,
    tenant_id: str,
    destination_id: str,
    *,
    dataset_id: str,
    business_id: str,
    access_token: str,
    api_version: str,
    events_routing: bool | None = None,
) -> bool | None:
    """Say where at Meta a destination delivers to, all of it (operation 36).

    Args:
        client: Of the gateway.
        tenant_id: The account.
        destination_id: The destination.
        dataset_id: The dataset (pixel), decimal digits.
        business_id: The Meta business that owns it, decimal digits.
        access_token: The dataset's token; secret.
        api_version: Graph API version such as ``v24.0``.
        events_routing: Whether the connection to the dataset is updated too; the gateway's own
            choice if None.

    Returns:
        The gateway's own flag, which may be null.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    given: dict[str, Any] = {
        "id": destination_id,
        "metaDatasetId": dataset_id,
        "accessToken": access_token,
        "apiVersion": api_version,
        "businessId": business_id,
    }
    if events_routing is not None:
        given["updateOB"] = events_routing
    call = Call(
        SET_CAPI,
        f"configure destination {destination_id}",
        tenant_id,
        {"tenantId": tenant_id, "input": given},
        _done,
        secrets=frozenset({access_token}),
    )
    with client.writes:
        return client.execute(call)


def set_http(
    client: Client,
    tenant_id: str,
    destination_id: str,
    *,
    endpoint: str,
    payload: str,
    http_method: str,
    auth_type: str,
    auth: Mapping[str, Mapping[str, str]],
) -> bool | None:
    """Say how a destination delivers over HTTP, all of it (operation 37).

    The block of the authentication in use is sent alone; where the gateway asks for the others,
    they are sent empty, as in the reference's sample.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        destination_id: The destination.
        endpoint: The address that is called; it may hold a secret.
        payload: Template of the body.
        http_method: ``GET``, ``POST`` or ``PUT``.
        auth_type: ``NONE``, ``API_KEY``, ``BASIC``, ``CLIENT_CREDENTIALS`` or ``JSON_WEB_TOKEN``.
        auth: The block in use under its name in the API, or nothing; secret.

    Returns:
        The gateway's own flag, which may be null.

    Raises:
        GatewayError: It failed; the class says what may be done about it.
    """
    given: dict[str, Any] = {
        "id": destination_id,
        "endpoint": endpoint,
        "httpMethod": http_method,
        "authType": auth_type,
        "payloadSchema": payload,
    }
    values = (value for block in auth.values() for value in block.values())
    secrets = frozenset(spelling for value in values for spelling in _spellings(value))

    def send(blocks: Mapping[str, Mapping[str, str]]) -> bool | None:
        variables = {"tenantId": tenant_id, "input": {**given, **blocks}}
        words = f"configure destination {destination_id}"
        call = Call(SET_HTTP, words, tenant_id, variables, _done, secrets=secrets)
        with client.writes:
            return client.execute(call)

    try:
        return send(auth)
    except GatewayError as error:
        if asked_for(error, tuple(_AUTH_BLOCKS)) is None:
            raise
    return send({**_AUTH_BLOCKS, **auth})


def _spellings(secret: str) -> set[str]:
    """How a refusal may quote a secret: whole or line by line, and escaped in some way."""
    lines = (line for line in secret.splitlines() if len(line) > _SHORT)
    plain = {secret, *lines}
    escaped = {form(each)[1:-1] for each in plain for form in (json.dumps, repr)}
    return {*plain, *escaped, *map(one_line, {*plain, *escaped})} - {""}


def _done(result: Any) -> bool | None:
    if result is False:
        raise AttemptFailure(
            UnexpectedAnswerError,
            "the gateway answered false",
            advice="Check in the gateway's page that the destination is there, then run it again.",
        )
    return result if isinstance(result, bool) else None


def _created(result: Any) -> DataDestination:
    destination = DataDestination.read(result)
    if not destination.id:
        reason = "the gateway answered without the new destination's id"
        raise AttemptFailure(UnexpectedAnswerError, reason, ran=True)
    return destination


def _destination(result: Any) -> DataDestination | None:
    return None if result is None else DataDestination.read(result)


def _text(result: Any) -> str | None:
    return result if isinstance(result, str) else None


def _listed(result: Any) -> list[DataDestination | None] | None:
    return _Destinations.read({LIST.path[-1]: result}).data_destinations_query

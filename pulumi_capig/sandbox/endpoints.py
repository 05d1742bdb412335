"""The endpoints of the gateway: what a request asks for, and how it is carried out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from starlette.datastructures import UploadFile
from starlette.requests import Request

from .answers import Answer, executed, failed, json_answer, unauthorized
from .documents import Call, read_document
from .operations import Context
from .redaction import redact
from .state import GatewayState
from .tokens import TokenStore

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "Asked", "Endpoints"]

CLIENT_ID = "sandbox"
CLIENT_SECRET = "5a4db0c5-0000-4000-8000-5a4db0c50000"  # noqa: S105
"""UUID form, and of no use anywhere but here."""


@dataclass(frozen=True)
class Asked:
    """A request that was read.

    Args:
        call: What it asks for.
        variables: GraphQL variables or token form, without secrets.
        perform: Carries it out; True for an operation that is to say that it failed.
    """

    call: Call
    variables: Mapping[str, Any]
    perform: Callable[[bool], Answer]


class Endpoints:
    """Token endpoint and GraphQL endpoints over one state."""

    def __init__(self, state: GatewayState, tokens: TokenStore) -> None:
        self._state = state
        self._tokens = tokens

    async def read_token_request(self, request: Request) -> Asked:
        encoding = _encoding(request)
        form: dict[str, Any] = {}
        if encoding is not None:
            async with request.form() as given:
                form = {k: v for k, v in given.items() if not isinstance(v, UploadFile)}
        return Asked(
            Call("token"), redact(form), lambda refusing: self._token(form, encoding, refusing)
        )

    def _token(
        self,
        form: Mapping[str, str],
        encoding: Literal["multipart", "urlencoded"] | None,
        refusing: bool,
    ) -> Answer:
        dialect = self._state.dialect
        if encoding is None or dialect.token_body not in ("both", encoding):
            return json_answer({"error": "unsupported_body"}, dialect.token_body_refusal)
        if form.get("grant_type") != "client_credentials":
            return json_answer({"error": "unsupported_grant_type"}, 400)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return json_answer({"error": "invalid_client"}, 401)
        if refusing:
            return json_answer({})
        token = self._tokens.issue(dialect.token_lifetime, revoke_older=dialect.token_revokes_older)
        keys = ("token", "access_token")
        payload: dict[str, object] = {
            key: token for key in keys if dialect.token_response in (key, "both")
        }
        if dialect.token_expires_in:
            payload["expires_in"] = dialect.token_lifetime
        return json_answer(payload, applied=True)

    async def read_graphql(self, request: Request) -> Asked:
        try:
            query, variables, name = _parts(json.loads(await request.body()))
        except ValueError:
            return Asked(
                Call("invalid"),
                {},
                lambda _: failed(400, "The body is not a GraphQL request", self._state.dialect),
            )
        document = read_document(query, self._state.dialect.unknown_fields)
        call = document.call(variables, name)

        def perform(refusing: bool) -> Answer:
            if not self._is_authorized(request):
                return unauthorized(self._state.dialect)
            refusal = self._state.dialect.joint_documents
            if len(call.operations) > 1 and refusal != "taken":
                return failed(int(refusal), "One operation a document", self._state.dialect)
            result = document.execute(Context(self._state, refusing), variables, name)
            return executed(result, self._state.dialect)

        return Asked(call, document.redacted(variables, name), perform)

    async def read_hub(self, request: Request) -> Asked:
        await request.body()

        def perform(_refusing: bool) -> Answer:
            if not self._is_authorized(request):
                return unauthorized(self._state.dialect)
            return failed(418, "The hub is not covered by this sandbox", self._state.dialect)

        return Asked(Call("hub"), {}, perform)

    def _is_authorized(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._tokens.accepts(token)


def _parts(body: Any) -> tuple[str, dict[str, Any], str | None]:
    """Query, variables and operation name of a GraphQL request; ValueError if it is none."""
    given = body if isinstance(body, dict) else {}
    query, name = given.get("query"), given.get("operationName")
    variables = given.get("variables") or {}
    if not isinstance(query, str) or not isinstance(variables, dict):
        raise ValueError
    return query, variables, name if isinstance(name, str) else None


def _encoding(request: Request) -> Literal["multipart", "urlencoded"] | None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if media_type == "multipart/form-data":
        return "multipart"
    return "urlencoded" if media_type == "application/x-www-form-urlencoded" else None

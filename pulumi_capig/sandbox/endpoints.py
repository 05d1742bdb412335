"""The endpoints of the gateway: what a request asks for, and how it is carried out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from starlette.datastructures import UploadFile
from starlette.requests import Request

from .answers import Answer, executed, failed, json_answer, phrase, unauthorized
from .asked import AskedField, Outcome, Path
from .documents import read_document
from .faults import Fault
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
        fields: What it asks for.
        variables: GraphQL variables or token form, without secrets.
        perform: Carries it out, with faults of single fields, and no more fields than a limit.
        outcomes: What became of each field, by its path.
    """

    fields: tuple[AskedField, ...]
    variables: Mapping[str, Any]
    perform: Callable[[Mapping[Path, Fault], int | None], Answer]
    outcomes: Mapping[Path, Outcome] = field(default_factory=dict)


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

        def perform(struck: Mapping[Path, Fault], _limit: int | None) -> Answer:
            if (fault := struck.get(())) is None:
                return self._token(form, encoding)
            unbroken = self._token(form, encoding) if fault.applied else json_answer({})
            if fault.kind == "no-success":
                return json_answer({}, applied=unbroken.applied)
            answer = failed(fault.code, phrase(fault.code), self._state.dialect)
            return replace(answer, applied=unbroken.applied)

        return Asked((AskedField("token"),), redact(form), perform)

    def _token(
        self, form: Mapping[str, str], encoding: Literal["multipart", "urlencoded"] | None
    ) -> Answer:
        dialect = self._state.dialect
        if encoding is None or dialect.token_body not in ("both", encoding):
            return json_answer({"error": "unsupported_body"}, dialect.token_body_refusal)
        if form.get("grant_type") != "client_credentials":
            return json_answer({"error": "unsupported_grant_type"}, 400)
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return json_answer({"error": "invalid_client"}, 401)
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
                (AskedField("invalid"),),
                {},
                lambda *_: failed(400, "The body is not a GraphQL request", self._state.dialect),
            )
        document = read_document(query, self._state.dialect.unknown_fields)
        outcomes: dict[Path, Outcome] = {}

        def perform(struck: Mapping[Path, Fault], limit: int | None) -> Answer:
            dialect = self._state.dialect
            if not self._is_authorized(request):
                return unauthorized(dialect)
            if dialect.several_fields != "run" and document.root_fields(name) > 1:
                return failed(int(dialect.several_fields), "Ask for one field at a time", dialect)
            context = Context(self._state, struck, limit, outcomes=outcomes)
            result = document.execute(context, variables, name)
            applied = all(outcome.applied for outcome in outcomes.values())
            return executed(result, dialect, applied=applied)

        asked = document.asked(variables, name)
        return Asked(asked, document.redacted(variables, name), perform, outcomes)

    async def read_hub(self, request: Request) -> Asked:
        await request.body()

        def perform(*_: object) -> Answer:
            if not self._is_authorized(request):
                return unauthorized(self._state.dialect)
            return failed(418, "The hub is not covered by this sandbox", self._state.dialect)

        return Asked((AskedField("hub"),), {}, perform)

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

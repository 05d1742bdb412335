"""The token endpoint of the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from .answers import json_answer
from .asked import AskedField, OperationError
from .execution import Asked, Execution
from .gateway import CLIENT_ID, CLIENT_SECRET, PlayedGateway
from .redaction import redact, secrets_in

__all__ = ["TokenEndpoint"]


@dataclass(frozen=True)
class TokenEndpoint:
    """Issues API tokens.

    Args:
        path: Where it is posted to.
    """

    path: str

    async def read(self, request: Request, gateway: PlayedGateway) -> Asked:
        """What a request asks for."""
        encoding = _encoding(request)
        form: dict[str, Any] = {}
        if encoding is not None:
            async with request.form() as given:
                form = {k: v for k, v in given.items() if not isinstance(v, UploadFile)}

        def act(refusing: bool) -> dict[str, object]:
            return {} if refusing else _issue(form, encoding, gateway)

        def answer(execution: Execution) -> Response:
            try:
                return json_answer(execution.carry_out((), act))
            except OperationError as error:
                return json_answer({"error": str(error)}, error.code)

        return Asked((AskedField("token"),), redact(form), frozenset(secrets_in(form)), answer)


def _issue(
    form: Mapping[str, str],
    encoding: Literal["multipart", "urlencoded"] | None,
    gateway: PlayedGateway,
) -> dict[str, object]:
    dialect = gateway.dialect
    if encoding is None or dialect.token_body not in ("both", encoding):
        raise OperationError(dialect.token_body_refusal, "unsupported_body")
    if form.get("grant_type") != "client_credentials":
        raise OperationError(400, "unsupported_grant_type")
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        raise OperationError(401, "invalid_client")
    token = gateway.tokens.issue(dialect.token_lifetime, revoke_older=dialect.token_revokes_older)
    keys = ("token", "access_token")
    payload: dict[str, object] = {
        key: token for key in keys if dialect.token_response in (key, "both")
    }
    if dialect.token_expires_in:
        payload["expires_in"] = dialect.token_lifetime
    return payload


def _encoding(request: Request) -> Literal["multipart", "urlencoded"] | None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if media_type == "multipart/form-data":
        return "multipart"
    return "urlencoded" if media_type == "application/x-www-form-urlencoded" else None

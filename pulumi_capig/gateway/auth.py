"""The API token, as httpx asks for credentials."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from .line import exchange_of, response_of
from .tokens import Tokens


class TokenAuth(httpx.Auth):
    """Sends requests with the token, and again with another one where the token is refused.

    Args:
        tokens: Where tokens come from.
        most: How often one request is sent with another token.
    """

    def __init__(self, tokens: Tokens, most: int) -> None:
        self._tokens = tokens
        self._most = max(1, most)

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """The requests that one is sent as."""
        exchange = exchange_of(request)
        tenant_id = exchange.subject.tenant_id
        token = self._tokens.current(exchange.deadline)
        for times in range(self._most + 1):
            exchange.token = token
            exchange.tokens.add(token)
            request.headers["Authorization"] = f"Bearer {token}"
            response = yield request
            if not exchange.refuses_token(response_of(response)):
                return
            other = None
            if times < self._most:
                other = self._tokens.after_refusal(
                    token, tenant_id, exchange.deadline, first=times == 0
                )
            if other is None:
                self._tokens.gave_up(tenant_id)
                return
            token = other

"""HTTP to the gateway: one pool, one token, timeouts, retries, and honesty about what was sent."""

from __future__ import annotations

import platform
import ssl
import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import tenacity

from .. import _version
from ..errors import (
    GatewayError,
    NotAuthorizedError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
    UnreachableError,
)
from ..settings import Connection
from .answers import Failure, Response, data_of, token_of
from .calls import Call, Documents
from .tokens import Tokens

T = TypeVar("T")

GRAPHQL_PATH = "/capig/graphql/"
TOKEN_PATH = "/clients/token"  # noqa: S105 - a path

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes; an account with 5,000 pixels answers about 4 MB."""

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
"""Seconds between two attempts, where the gateway names none."""

_TOKEN_CALL = Call("token", "fetch an API token", "", {}, (), mutates=False)


class Session:
    """Sends calls to one gateway; safe for threads.

    Args:
        connection: Address, credentials and limits.
        sleep: Waits for some seconds; replaced in tests.
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        connection: Connection,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._sleep = sleep
        self._clock = clock
        self._documents = Documents()
        self._tokens = Tokens(self._fetch_token, connection.credentials.token, clock)
        self._form_first = True
        self._http = httpx.Client(
            base_url=connection.address.url,
            follow_redirects=False,
            headers={"User-Agent": _user_agent()},
        )

    def close(self) -> None:
        """Close the pool."""
        self._http.close()

    def execute(self, call: Call) -> dict[str, Any]:
        """Send a call, again where that is safe, and return its ``data``.

        Raises:
            GatewayError: It failed; the class says what may be done about it.
        """
        return self._with_retries(call, lambda deadline: self._send(call, deadline))

    def _with_retries(self, call: Call, send: Callable[[float], T]) -> T:
        started = self._clock()
        deadline = started + self._connection.deadline
        attempts = 0

        def attempt() -> T:
            nonlocal attempts
            attempts += 1
            return send(deadline)

        def worth_another(error: BaseException) -> bool:
            if not isinstance(error, Failure) or not error.transient:
                return False
            return call.repeatable or not error.ran

        def give_up(state: tenacity.RetryCallState) -> bool:
            too_late = self._clock() + state.upcoming_sleep >= deadline
            return too_late or state.attempt_number > self._connection.max_retries

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(worth_another),
            stop=give_up,
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(attempt)
        except Failure as failure:
            raise self._error(call, failure, attempts) from None

    def _send(self, call: Call, deadline: float) -> dict[str, Any]:
        token, renewed = self._tokens.current(), False
        while True:
            document = self._documents.text(call.operation)
            try:
                return self._send_document(document, token, call, deadline)
            except Failure as failure:
                # Neither a refused token nor a refused document was run: both are safe to resend.
                if failure.unauthorized and not renewed:
                    other = self._tokens.after_refusal(token)
                    if other is not None:
                        token, renewed = other, True
                        continue
                elif self._documents.leave_out(call.operation, document, failure.refusals):
                    continue
                raise

    def _send_document(
        self, document: str, token: str, call: Call, deadline: float
    ) -> dict[str, Any]:
        body = {"query": document, "variables": call.variables}
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        return data_of(self._post(GRAPHQL_PATH, deadline, json=body, headers=headers))

    def _fetch_token(self) -> tuple[str, float | None]:
        return self._with_retries(_TOKEN_CALL, self._ask_for_token)

    def _ask_for_token(self, deadline: float) -> tuple[str, float | None]:
        """Ask in one body encoding, then in the other: the documents and Meta's script differ."""
        try:
            return self._token_request(deadline, as_form=self._form_first)
        except Failure as failure:
            if failure.transient or failure.code not in (400, 401, 403, 406, 415, 422):
                raise
        found = self._token_request(deadline, as_form=not self._form_first)
        self._form_first = not self._form_first
        return found

    def _token_request(self, deadline: float, *, as_form: bool) -> tuple[str, float | None]:
        credentials = self._connection.credentials
        fields = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "grant_type": "client_credentials",
        }
        if as_form:
            return token_of(self._post(TOKEN_PATH, deadline, data=fields))
        parts = {name: (None, value) for name, value in fields.items()}
        return token_of(self._post(TOKEN_PATH, deadline, files=parts))

    def _post(self, path: str, deadline: float, **content: Any) -> Response:
        left = deadline - self._clock()
        timeout = httpx.Timeout(max(0.001, min(self._connection.timeout, left)))
        try:
            with self._http.stream("POST", path, timeout=timeout, **content) as response:
                body = self._read(response, deadline)
                return Response(response.status_code, response.headers, body)
        except httpx.HTTPError as error:
            raise _transport_failure(error) from None

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        chunks, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > LARGEST_ANSWER:
                reason = f"the answer is larger than {LARGEST_ANSWER // 2**20} MiB"
                raise Failure(UnexpectedAnswerError, reason, ran=True)
            if self._clock() > deadline:
                reason = "the answer did not end within the deadline"
                raise Failure(UnreachableError, reason, ran=True)
            chunks.append(chunk)
        return b"".join(chunks)

    def _error(self, call: Call, failure: Failure, attempts: int) -> GatewayError:
        kind, advice = failure.kind, None
        if failure.ran and call.mutates:
            kind = OutcomeUnknownError
        elif kind is NotAuthorizedError and call is _TOKEN_CALL:
            advice = (
                "Check CAPIG_CLIENT_ID and CAPIG_CLIENT_SECRET. `refresh` and `destroy` use the "
                "values of the last `up`: set the variables, or add --run-program."
            )
        return kind(
            self._redact(failure.reason, call),
            operation=call.words,
            tenant_id=call.tenant_id or None,
            code=failure.code,
            request_id=failure.request_id,
            attempts=attempts,
            advice=advice,
        )

    def _redact(self, text: str, call: Call) -> str:
        credentials = self._connection.credentials
        for secret in (credentials.client_secret, self._tokens.last(), *call.secrets):
            if secret:
                text = text.replace(secret, "[secret]")
        return text


def _wait(state: tenacity.RetryCallState) -> float:
    """Seconds: what the gateway asked for, else exponential; with jitter, so that threads part."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, Failure) else None
    if asked is not None:
        return asked + tenacity.wait_random(0, 0.25)(state)
    return tenacity.wait_random_exponential(multiplier=FIRST_WAIT, max=LONGEST_WAIT)(state)


def _transport_failure(error: httpx.HTTPError) -> Failure:
    never_sent = isinstance(
        error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError
    )
    if isinstance(error, httpx.UnsupportedProtocol | httpx.DecodingError):
        return Failure(UnexpectedAnswerError, f"the answer cannot be read ({error})", ran=True)
    if _is_tls(error):
        reason = f"the TLS connection failed ({_last_word(error)})"
        return Failure(UnreachableError, reason)
    what = "the request timed out" if isinstance(error, httpx.TimeoutException) else ""
    if never_sent:
        reason = f"the gateway cannot be reached ({what or _last_word(error)})"
    else:
        reason = (
            what or f"the connection broke before the answer was complete ({_last_word(error)})"
        )
    return Failure(UnreachableError, reason, ran=not never_sent, transient=True)


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _last_word(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__


def _user_agent() -> str:
    return f"pulumi_capig/{_version.__version__} (Python/{platform.python_version()})"

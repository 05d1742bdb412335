"""HTTP to the gateway: one pool, one token, timeouts, retries, and honesty about what was sent."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import tenacity

from .. import _version
from ..errors import (
    GatewayError,
    InvalidInputError,
    NotAuthorizedError,
    NotFoundError,
    OutcomeUnknownError,
    UnexpectedAnswerError,
    UnreachableError,
)
from ..settings import Connection
from .answers import Failure, Response, result_of, token_of
from .calls import Call, Documents
from .joint import Joint
from .pace import Pace
from .tokens import Tokens
from .transport import is_tls, last_word, open_client

T = TypeVar("T")

GRAPHQL_PATH = "/capig/graphql/"
TOKEN_PATH = "/clients/token"  # noqa: S105 - a path

LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes; an account with 5,000 pixels answers about 4 MB."""

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
"""Seconds between two attempts, where the gateway names none."""

_TOKEN_CALL = Call("token", "fetch an API token", "", {}, (), mutates=False)

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

_ANSWERS = (InvalidInputError, NotFoundError)
"""Errors that tell how things stand now, whatever became of earlier attempts."""


@dataclass
class _Run:
    """One call under way: until when, and what was sent so far."""

    deadline: float
    attempts: int = 0
    ran: bool = False
    tokens: set[str] = field(default_factory=set)


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
        self._pace = Pace(connection.rate_limit, clock, sleep)
        self._form_first = True
        agent = {"User-Agent": _user_agent()}
        self._http = open_client(connection.address, headers=agent)

    def close(self) -> None:
        """Close the pool."""
        self._http.close()

    def rest(self, seconds: float) -> None:
        """Wait, but no longer than an operation may take."""
        self._sleep(min(seconds, self._connection.deadline))

    def refused_fields(self, operation: str) -> list[str]:
        """Fields of a document that the gateway has refused by name, and that are left out since.

        Args:
            operation: Name of the document.
        """
        sent = self._documents.text(operation).splitlines()
        whole = Documents().text(operation).splitlines()
        return [line.strip() for line in whole if line not in sent]

    def execute(self, call: Call, read: Callable[[Any], T], *, ran: bool = False) -> T:
        """Send a call, again where that is safe, and return what is read from its result.

        Args:
            call: What to send.
            read: Turns the result, which may be None, into a value, or raises `Failure`.
            ran: Whether an earlier request may have applied it.

        Raises:
            GatewayError: It failed; the class says what may be done about it.
        """
        run = self._start(ran=ran)

        def send() -> T:
            return self._send(
                call, run, lambda answer: read(result_of(answer, call.path, mutates=call.mutates))
            )

        return self._with_retries(call, run, send)

    def execute_joint(self, joint: Joint[T]) -> list[T | GatewayError | None]:
        """Send several mutations as one document, again where that helps.

        Returns:
            What each came to, in order: its result, its error, or None where it has to be sent in
            a document of its own.
        """
        run = self._start()

        def send() -> None:
            try:
                self._send(joint, run, joint.answer)
            except Failure as failure:
                joint.failed(failure)
                raise

        refused, no_token = False, None
        try:
            self._retried(joint, run, send)
        except Failure as failure:
            refused = failure.joint_refused
        except GatewayError as error:
            no_token = error
        outcomes: list[T | GatewayError | None] = []
        for part in joint.parts:
            if part.result is not None:
                outcomes.append(part.result)
            elif part.open and refused:
                outcomes.append(None)
            elif part.open and no_token:
                outcomes.append(self._without_token(part.call, no_token, ran=part.ran))
            else:
                assert part.failure is not None  # noqa: S101
                outcomes.append(self._error(part.call, run, part.failure, ran=part.ran))
        return outcomes

    def _start(self, *, ran: bool = False) -> _Run:
        return _Run(self._clock() + self._connection.deadline, ran=ran)

    def _with_retries(self, call: Call, run: _Run, send: Callable[[], T]) -> T:
        try:
            return self._retried(call, run, send)
        except Failure as failure:
            raise self._error(call, run, failure, ran=run.ran) from None
        except GatewayError as error:
            raise self._without_token(call, error, ran=run.ran) from None

    def _retried(self, call: Call | Joint[Any], run: _Run, send: Callable[[], T]) -> T:
        def attempt() -> T:
            try:
                return send()
            except Failure as failure:
                run.ran = run.ran or failure.ran
                raise

        def worth_another(error: BaseException) -> bool:
            if not isinstance(error, Failure) or not error.transient:
                return False
            return call.repeatable or not error.ran

        def give_up(state: tenacity.RetryCallState) -> bool:
            too_late = self._clock() + state.upcoming_sleep >= run.deadline
            return too_late or state.attempt_number > self._connection.max_retries

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(worth_another),
            stop=give_up,
            wait=_wait,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(attempt)

    def _send(self, call: Call | Joint[Any], run: _Run, read: Callable[[Response], T]) -> T:
        token, renewed = self._tokens.current(run.deadline), False
        while True:
            run.tokens.add(token)
            content = call.content(self._documents)
            try:
                return self._request(
                    run,
                    GRAPHQL_PATH,
                    read,
                    json=content,
                    headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                )
            except Failure as failure:
                # Neither a refused token nor a refused document was run: both are safe to resend.
                safe = call.repeatable or not failure.ran
                if failure.unauthorized and safe and not renewed:
                    other = self._tokens.after_refusal(token, run.deadline)
                    if other is not None:
                        token, renewed = other, True
                        continue
                elif call.leave_out(self._documents, content["query"], failure.refusals):
                    continue
                raise

    def _fetch_token(self, deadline: float) -> tuple[str, float | None]:
        run = _Run(deadline)
        return self._with_retries(_TOKEN_CALL, run, lambda: self._ask_for_token(run))

    def _ask_for_token(self, run: _Run) -> tuple[str, float | None]:
        """Ask in one body encoding, then in the other: the documents and Meta's script differ."""
        try:
            return self._token_request(run, as_form=self._form_first)
        except Failure as failure:
            if failure.transient or failure.code not in (400, 401, 403, 406, 415, 422):
                raise
            first = failure
        try:
            found = self._token_request(run, as_form=not self._form_first)
        except Failure as second:
            # Refused credentials tell more than a refused encoding.
            if first.kind is NotAuthorizedError and second.kind is UnexpectedAnswerError:
                raise first from None
            raise
        self._form_first = not self._form_first
        return found

    def _token_request(self, run: _Run, *, as_form: bool) -> tuple[str, float | None]:
        credentials = self._connection.credentials
        fields = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "grant_type": "client_credentials",
        }
        if as_form:
            return self._request(run, TOKEN_PATH, token_of, data=fields)
        parts = {name: (None, value) for name, value in fields.items()}
        return self._request(run, TOKEN_PATH, token_of, files=parts)

    def _request(self, run: _Run, path: str, read: Callable[[Response], T], **content: Any) -> T:
        if not self._pace.wait(run.deadline):
            raise self._out_of_time()
        run.attempts += 1
        response = self._post(path, run.deadline, **content)
        try:
            return read(response)
        except Failure as failure:
            failure.from_(response)
            raise

    def _post(self, path: str, deadline: float, **content: Any) -> Response:
        left = deadline - self._clock()
        timeout = httpx.Timeout(max(0.001, min(self._connection.timeout, left)))
        try:
            with self._http.stream("POST", path, timeout=timeout, **content) as response:
                body = self._read(response, deadline)
                return Response(response.status_code, response.headers, body)
        except httpx.HTTPError as error:
            raise _transport_failure(error) from None

    def _out_of_time(self) -> Failure:
        reason = f"the deadline of {self._connection.deadline:g} s was over before it was sent"
        advice = "Raise CAPIG_DEADLINE (or CAPIG_RATE_LIMIT, where one is set)."
        return Failure(UnreachableError, reason, advice=advice)

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

    def _without_token(self, call: Call, error: GatewayError, *, ran: bool) -> GatewayError:
        """What it means to a call that there is no token for its next attempt."""
        if not (call.mutates and ran):
            return error
        reason = f"{error.operation}: {error.reason}"
        return OutcomeUnknownError(
            reason, operation=call.words, tenant_id=call.tenant_id, code=error.code
        )

    def _error(self, call: Call, run: _Run, failure: Failure, *, ran: bool) -> GatewayError:
        kind = failure.kind
        if ran and call.mutates and kind not in _ANSWERS:
            kind = OutcomeUnknownError
        return kind(
            failure.sentence(self._secrets(call, run)),
            operation=call.words,
            tenant_id=call.tenant_id or None,
            code=failure.code,
            request_id=failure.request_id,
            attempts=run.attempts,
            retry_after=failure.retry_after,
            advice=failure.advice or self._advice(call, kind),
        )

    def _advice(self, call: Call, kind: type[GatewayError]) -> str | None:
        if kind is not NotAuthorizedError:
            return None
        if call is _TOKEN_CALL:
            return (
                "Check CAPIG_CLIENT_ID and CAPIG_CLIENT_SECRET. `refresh` and `destroy` use the "
                "values of the last `up`: set the variables, or add --run-program."
            )
        if self._connection.credentials.token:
            return (
                "Check that the account exists and that the API account may manage it. A ready "
                "token is not renewed: put a new one into CAPIG_TOKEN."
            )
        return None

    def _secrets(self, call: Call, run: _Run) -> Iterator[str]:
        yield self._connection.credentials.client_secret
        yield from run.tokens
        yield from call.secrets


def _wait(state: tenacity.RetryCallState) -> float:
    """Seconds: what the gateway asked for, else exponential; with jitter, so that threads part."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, Failure) else None
    if asked is not None:
        return asked + tenacity.wait_random(0, 0.25)(state)
    return tenacity.wait_random_exponential(multiplier=FIRST_WAIT, max=LONGEST_WAIT)(state)


def _transport_failure(error: httpx.HTTPError) -> Failure:
    if isinstance(error, httpx.DecodingError):
        return Failure(UnexpectedAnswerError, f"the answer cannot be read ({error})", ran=True)
    timed_out = isinstance(error, httpx.TimeoutException)
    why = "the request timed out" if timed_out else last_word(error)
    if isinstance(error, _NEVER_SENT):
        if is_tls(error):
            return Failure(UnreachableError, f"the TLS connection failed ({why})")
        return Failure(UnreachableError, f"the gateway cannot be reached ({why})", transient=True)
    reason = why if timed_out else f"the connection broke before the answer was complete ({why})"
    return Failure(UnreachableError, reason, ran=True, transient=True)


def _user_agent() -> str:
    return f"pulumi_capig/{_version.__version__} (Python/{platform.python_version()})"

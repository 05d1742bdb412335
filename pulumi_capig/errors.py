"""What can go wrong, grouped by what the caller can do about it.

```text
CapigError
├── SettingsError             a setting is missing, malformed or contradicts another
├── RefusedError              the provider refuses to act; the message says what you can do
│   ├── AlreadyExistsError    what is declared exists already, and is not to be taken over
│   │   └── AlreadyConnectedError   the same of a connected pixel
│   ├── NotEmptyError         what is to be deleted holds something yet
│   └── WrongGatewayError     the state belongs to another gateway
└── GatewayError              one operation failed; carries operation, account, code, attempts
    ├── UnreachableError      the request never got through: nothing was changed
    ├── OutcomeUnknownError   the request may have been applied: look before sending it again
    ├── NotAuthorizedError    401 or 403: credentials or rights
    ├── NotFoundError         404: what the operation names does not exist
    ├── InvalidInputError     400: the gateway does not accept the input
    ├── ConflictError         409: what the operation makes exists already
    ├── UnavailableError      408, 429 or 5xx, still so after all retries
    └── UnexpectedAnswerError the answer is not what the documented API can say
```

Messages have one line for what failed and why, and one for what to do next. They never hold a
token, a secret or a request body.
"""

from __future__ import annotations

import copyreg
from collections.abc import Sequence
from typing import Any

__all__ = [
    "AlreadyConnectedError",
    "AlreadyExistsError",
    "CapigError",
    "ConflictError",
    "GatewayError",
    "InvalidInputError",
    "NotAuthorizedError",
    "NotEmptyError",
    "NotFoundError",
    "OutcomeUnknownError",
    "RefusedError",
    "SettingsError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "UnreachableError",
    "WrongGatewayError",
]


def printable(text: str) -> str:
    """A text in which nothing moves the cursor of a terminal: blanks for what is not printable."""
    return "".join(c if c.isprintable() else " " for c in text)


def one_line(text: str) -> str:
    """A text as one line, printable and without needless blanks."""
    return " ".join(printable(text).split())


class CapigError(Exception):
    """Base of everything that this package raises on purpose.

    Args:
        what: One line: what failed and why.
        advice: One line: what to do next; may be empty.
    """

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what, advice)
        self.what = what
        self.advice = advice

    def __reduce__(self) -> tuple[Any, ...]:
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]

    def __str__(self) -> str:
        return f"{self.what}\n  {self.advice}" if self.advice else self.what


class SettingsError(CapigError):
    """A setting is missing, malformed or contradicts another one."""


class RefusedError(CapigError):
    """The provider declines to act, because acting could damage what it does not own."""


class AlreadyExistsError(RefusedError):
    """What is declared exists on the gateway already, and nobody said to take it over."""


class AlreadyConnectedError(AlreadyExistsError):
    """The pixel is connected to the gateway already, and nobody said to take it over."""


class NotEmptyError(RefusedError):
    """What is to be deleted holds something that would be deleted with it."""


class WrongGatewayError(RefusedError):
    """The state was made against another gateway than the one that is configured."""


class GatewayError(CapigError):
    """One operation on the gateway failed.

    Attributes:
        operation: What was being done, in words, for example ``connect pixel 123``.
        tenant_id: The account it was done in, or None for the token request.
        code: The error code that the gateway gave (HTTP or GraphQL), or None.
        request_id: The request id that the gateway or its load balancer gave, or None.
        attempts: How many requests were sent, the first included.
        retry_after: Seconds that the gateway asked to wait for, or None.
        in_json: Whether GraphQL's own ``errors`` said it: a page of something in between proves
            nothing of what the gateway holds.
    """

    advice_by_default = ""

    def __init__(
        self,
        reason: str,
        *,
        operation: str,
        tenant_id: str | None = None,
        code: int | None = None,
        request_id: str | None = None,
        attempts: int = 1,
        retry_after: float | None = None,
        advice: str | None = None,
        in_json: bool = False,
    ) -> None:
        self.reason = reason
        self.operation = operation
        self.tenant_id = tenant_id
        self.code = code
        self.request_id = request_id
        self.attempts = attempts
        self.retry_after = retry_after
        self.in_json = in_json
        super().__init__(self._what(), self.advice_by_default if advice is None else advice)

    def _what(self) -> str:
        where = f" (account {self.tenant_id})" if self.tenant_id else ""
        details = [f"code {self.code}"] if self.code is not None else []
        details += [f"request id {self.request_id}"] if self.request_id else []
        details += [f"{self.attempts} attempts"] if self.attempts > 1 else []
        suffix = f" [{', '.join(details)}]" if details else ""
        return f"{self.operation}{where}: {self.reason}{suffix}"

    def because(self, reason: str | None = None, advice: str | None = None) -> GatewayError:
        """The same failure, of the same cause, with a reason or an advice that knows more."""
        other = type(self)(
            self.reason if reason is None else reason,
            operation=self.operation,
            tenant_id=self.tenant_id,
            code=self.code,
            request_id=self.request_id,
            attempts=self.attempts,
            retry_after=self.retry_after,
            advice=self.advice if advice is None else advice,
            in_json=self.in_json,
        )
        other.__cause__ = self.__cause__
        return other

    def also(self, advice: str) -> GatewayError:
        """The same failure with one more thing to do."""
        return self.because(advice=f"{self.advice} {advice}".lstrip())

    def after(self, done: Sequence[str], going_back: str = "") -> GatewayError:
        """The same failure of an operation that may have been done in part.

        Args:
            done: What the gateway has confirmed before.
            going_back: How to undo what may have been done, as a sentence.
        """
        reason = self.reason
        if done:
            reason = f"{reason}; already in force: {', '.join(done)}"
        partly = done or isinstance(self, OutcomeUnknownError)
        error = self.because(reason)
        return error.also(going_back) if partly and going_back else error


class UnreachableError(GatewayError):
    """No request got through to the gateway; nothing was changed."""

    advice_by_default = (
        "Check CAPIG_GATEWAY, the network and the gateway's health page (/hub/health/), "
        "then run the command again."
    )


class OutcomeUnknownError(GatewayError):
    """The request was sent and no usable answer came: it may have been applied."""

    advice_by_default = (
        "The gateway may already hold the new state. Run the command again once it answers."
    )


class NotAuthorizedError(GatewayError):
    """The gateway refused the credentials, or the API account has no right to do this."""

    advice_by_default = (
        "Check the account's id. If it is right, the host does not manage the account, or the API "
        "account has no rights there. After a rotated secret, `refresh` and `destroy` use the "
        "values of the last `up`: set CAPIG_CLIENT_ID and CAPIG_CLIENT_SECRET, or add "
        "--run-program."
    )


class NotFoundError(GatewayError):
    """What the operation names does not exist on the gateway."""

    advice_by_default = "Check the id, and check that CAPIG_GATEWAY names the right gateway."


class InvalidInputError(GatewayError):
    """The gateway does not accept the input."""

    advice_by_default = "Correct the arguments of the resource, then run the command again."


class ConflictError(GatewayError):
    """What the operation makes exists on the gateway already."""

    advice_by_default = "Look at what exists in the gateway's page, then run the command again."


class UnavailableError(GatewayError):
    """The gateway is overloaded or failing, and was so at each attempt."""

    advice_by_default = (
        "Nothing is lost: run the command again when the gateway is healthy. CAPIG_MAX_RETRIES and "
        "CAPIG_DEADLINE set how long to keep trying."
    )


class UnexpectedAnswerError(GatewayError):
    """The answer is not GraphQL, or says less than it must to be taken for a result."""

    advice_by_default = (
        "Check that CAPIG_GATEWAY is the gateway's own domain and that no proxy or login page "
        "answers in its place."
    )

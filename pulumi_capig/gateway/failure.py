"""Why one attempt failed, before anybody has decided what that means to the caller."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from ..errors import GatewayError, NotAuthorizedError

if TYPE_CHECKING:
    from .response import Response


HTTP_1_ADVICE = "Set up the gateway's front end to accept HTTP/1.1 as well."


@dataclass(eq=False)
class AttemptFailure(Exception):  # noqa: N818 - it never leaves the gateway package
    """One attempt failed.

    Attributes:
        kind: The error class to raise if it stays so.
        reason: One sentence.
        code: The error code, if one was given.
        ran: Whether the gateway may have applied the request.
        transient: Whether another attempt may go better.
        said: What the gateway says of it, in full and as it came: it may hold a secret.
        advice: What to do next, where this is known better than by the class.
        retry_after: Seconds that the gateway asked to wait for.
        request_id: The id to quote.
        refusals: Messages of a validation error, which name fields that the gateway lacks.
        joint_refused: Whether what was sent in one document has to be sent one by one.
        in_json: Whether GraphQL's own `errors` say it, and not a page of something in between.
        restarting: Whether a gateway that answered before could not be reached this time.
    """

    kind: type[GatewayError]
    reason: str
    code: int | None = None
    ran: bool = False
    transient: bool = False
    said: str = field(default="", repr=False)
    advice: str | None = None
    retry_after: float | None = None
    request_id: str | None = None
    refusals: list[str] = field(default_factory=list, repr=False)
    joint_refused: bool = False
    restarting: bool = False
    in_json: bool = False

    @property
    def unauthorized(self) -> bool:
        """Whether a new token may help: it may not where a page of something in between says so."""
        of_gateway = self.kind is NotAuthorizedError or self.ran
        return self.code == HTTPStatus.UNAUTHORIZED and of_gateway

    def of(self, response: Response) -> AttemptFailure:
        """The failure with what the headers of its response say."""
        self.request_id, self.retry_after = response.request_id, response.retry_after
        return self

    def __str__(self) -> str:
        return self.reason

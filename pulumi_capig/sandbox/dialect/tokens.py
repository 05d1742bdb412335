"""The dialect of the token endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["TokenDialect"]


@dataclass(frozen=True)
class TokenDialect:
    """Switches of the token endpoint.

    Args:
        token_body: Encodings of the token request that are accepted.
        token_body_refusal: Status that answers the other encoding.
        token_response: Key that holds the API token.
        token_expires_in: Whether the token answer says `expires_in`.
        token_lifetime: Seconds until an API token expires.
        token_revokes_older: Whether a new API token ends all earlier ones.
    """

    token_body: Literal["both", "multipart", "urlencoded"] = "both"  # noqa: S105
    token_body_refusal: Literal[400, 415] = 415
    token_response: Literal["token", "access_token", "both"] = "token"  # noqa: S105
    token_expires_in: bool = False
    token_lifetime: float = 36000
    token_revokes_older: bool = False

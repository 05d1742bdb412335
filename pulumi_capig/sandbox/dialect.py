"""How the played gateway behaves where the real one's behaviour is not documented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

__all__ = ["Dialect"]


@dataclass(frozen=True)
class Dialect:
    """What a gateway does wherever the documentation leaves it open.

    The defaults are what the public samples suggest. Change one with
    `dataclasses.replace(dialect, ...)`, also while the sandbox runs.

    Args:
        token_body: Encodings of the token request that are accepted.
        token_body_refusal: Status that answers the other encoding.
        token_response: Key that holds the API token.
        token_expires_in: Whether the token answer says `expires_in`.
        token_lifetime: Seconds until an API token expires.
        token_revokes_older: Whether a new API token ends all earlier ones.
        auth_carrier: How a missing or bad API token is answered: HTTP 401 with `errors`, or
            HTTP 200 with `errors`.
        error_carrier: How an operation's error is answered: its code as HTTP status with
            `errors`, HTTP 200 with `errors`, or its code as HTTP status with a line of plain text.
        error_code_key: Where `errors` say the code: a key of `extensions`, or `message` for a
            number at the head of the message, or `none`.
        error_code_form: Whether that code is a number or a string.
        uncovered: How an uncovered operation is marked: HTTP 418, HTTP 200 with `errors` of code
            418, or HTTP 418 with such `errors`; `data` comes with each.
        several_fields: A document with several root fields: each is carried out by itself, in
            their order, with its own result or error (of several errors, the first one's code is
            the HTTP status); or the whole document is refused with this code, and nothing of it
            is carried out.
        covered_answers_418: Whether even documented operations are marked as uncovered.
        second_setup: A pixel that is already connected is set up again: its switches stay, are
            switched on, or the operation answers 400.
        second_setup_unnamed: A second setup without `name` clears or keeps the name.
        foreign_pixel: A pixel of another account is set up: connected in both, or 400.
        delete_unknown: Deletion of a pixel that is not connected: 404, or `false`.
        list_connection_id: Whether the list says `connectionId`.
        unknown_tenant: The list of an unknown account. Everything else answers 401 for it.
        unset_pixel_name: `pixelName` of a pixel without name: as the samples (null after setup,
            else empty), always empty, always null.
        switch_unknown_pixel: A switch of a pixel that is not connected: 500, success without
            `connectionStatus`, or `success: false`.
        odd_status: A switch to something other than 0 or 1: 400, or taken as 1.
        active: `active` means both switches are on, or receiving alone.
        setup_status_null: Whether setup answers without `connectionStatus`.
        filter_echo_several: The one `updatedFilter` of several pixels names the first one, none,
            or none with the account's common state, `MIXED` where its pixels differ.
        filter_echo_id: Whether `updatedFilter` has an `id`.
        filter_echo_missing: Fields of `updatedFilter` (or `updatedFilter` itself) answered null.
        filter_unknown_pixel: A filter of a pixel that is not connected: stored, or 404.
        account_wide: How a filter without pixels is kept: as one rule which a pixel's own entry
            overrides (`rule-own-first`), as one rule which overrides a pixel's own entry and which
            `PUBLISH` clears (`rule-own-last`), or as an entry of each pixel connected then.
        filters_survive_delete: Whether a pixel that is connected anew finds its former entries.
        unknown_fields: What an older schema does not have, as `Type.field`.
        bad_tokens: Access tokens found bad as soon as they are set up.
        counters: JSON form of counters and times.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    token_body: Literal["both", "multipart", "urlencoded"] = "both"  # noqa: S105
    token_body_refusal: Literal[400, 415] = 415
    token_response: Literal["token", "access_token", "both"] = "token"  # noqa: S105
    token_expires_in: bool = False
    token_lifetime: float = 36000
    token_revokes_older: bool = False

    auth_carrier: Literal["status", "errors"] = "status"
    error_carrier: Literal["status", "errors", "text"] = "status"
    error_code_key: Literal[
        "code", "status", "statusCode", "errorCode", "classification", "message", "none"
    ] = "code"
    error_code_form: Literal["number", "string"] = "number"
    uncovered: Literal["status", "errors", "both"] = "status"
    several_fields: Literal["run", "400", "413", "418"] = "run"
    covered_answers_418: bool = False

    second_setup: Literal["upsert", "resets-switches", "400"] = "upsert"
    second_setup_unnamed: Literal["clears", "keeps"] = "clears"
    foreign_pixel: Literal["allowed", "400"] = "allowed"
    delete_unknown: Literal["404", "false"] = "404"
    list_connection_id: bool = True
    unknown_tenant: Literal["401", "account-null", "signal-configs-null"] = "401"
    unset_pixel_name: Literal["sample", "empty", "null"] = "sample"
    switch_unknown_pixel: Literal["500", "null-status", "no-success"] = "500"
    odd_status: Literal["400", "on"] = "400"
    active: Literal["both", "receiving"] = "both"
    setup_status_null: bool = False
    unknown_fields: frozenset[str] = frozenset()
    bad_tokens: frozenset[str] = frozenset()
    counters: Literal["float", "int"] = "float"

    filter_echo_several: Literal["first", "null", "mixed"] = "first"
    filter_echo_id: bool = True
    filter_echo_missing: frozenset[str] = frozenset()
    filter_unknown_pixel: Literal["accepted", "404"] = "accepted"
    account_wide: Literal["rule-own-first", "rule-own-last", "copies"] = "rule-own-first"
    filters_survive_delete: bool = False

"""The dialect of users, roles and invitations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["PeopleDialect"]


@dataclass(frozen=True)
class PeopleDialect:
    """Switches of users.

    Args:
        pending_users: Whether an account lists somebody who has not accepted the invitation yet.
        email_answered: E-mails are answered in small letters, or as they were given.
        roles: The roles of an account: `admin`, `manage` and `view`; `admin`, `user` and `view`;
            with `standard` in the name of what is shown as `manage`; or none is offered, and the
            documented names are taken nevertheless.
        user_roles: Users have all of their roles in an answer, or those of the account alone.
        add_existing: Somebody is added who has a role in the account: 409; 409 with the user as
            data; the role is replaced; or 200 with `userAlreadyExist`, and nothing changed.
        add_user_race: Two additions of a new e-mail overlap: one person, two people, or 500.
        invitation_link: Whether an addition answers with a link: always; never for somebody whom
            the gateway knows; or never (nor does an invitation), as without a mail server, and then
            no mail goes out either.
        revoke_last: Somebody who loses the role in an account is off its list; on it without
            roles; or, without a role anywhere, unknown to the gateway from then on.
        sole_admin: The only admin of an account loses that role: 400, 500, or nothing happens
            (`ignored`).
        stale_revoke: A role is revoked that the user does not have: 404, or nothing is revoked
            (and another one is added nevertheless).
    """

    pending_users: Literal["listed", "unlisted"] = "listed"
    email_answered: Literal["lower", "as-given"] = "lower"
    roles: Literal["documented", "table", "other-names", "none"] = "documented"
    user_roles: Literal["all", "account"] = "all"
    add_existing: Literal["409", "409-data", "replaced", "200"] = "409"
    add_user_race: Literal["one", "two", "500"] = "one"
    invitation_link: Literal["always", "null-known", "null-no-smtp"] = "always"
    revoke_last: Literal["off-list", "listed", "user-gone"] = "off-list"
    sole_admin: Literal["400", "500", "ignored"] = "400"
    stale_revoke: Literal["404", "ignored"] = "404"

"""User management: operations 13 to 15, and who has access to an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from ...errors import UnexpectedAnswerError
from ..calls import Call
from ..failure import AttemptFailure
from ..models import Model, Status, Word
from ..operation import Operation

if TYPE_CHECKING:
    from ..client import Client

ADD = Operation(
    "useAddUserAccountMutation",
    "hub",
    ("userMutations", "addUserWithRole"),
    mutates=True,
    repeatable=False,
    spare=frozenset({"invitationLink", "userAlreadyExist"}),
    link_at=("invitationLink",),
)
CHANGE_ROLE = Operation(
    "UserAccessChangeMutation",
    "hub",
    ("userMutations", "changeRoleForUser"),
    mutates=True,
    repeatable=False,
    nullable=True,
)
INVITE = Operation(
    "ActivateElementMutation",
    "hub",
    ("userMutations", "sendInvitation"),
    mutates=True,
    repeatable=False,
    nullable=True,
    link_at=(),
)


class Role(Model):
    """A role: ``advertiser-<action>-<account>`` or ``agency-<action>``.

    Attributes:
        name: What the operations take.
        display_name: The action.
    """

    name: str | None = None
    display_name: Word = None


class User(Model):
    """A user of the gateway.

    Attributes:
        id: The gateway's id.
        email: In lower case in the reference's sample.
        status: 0 deactivated, 1 activated, 2 pending.
        roles: Those in other accounts and at the host may be among them.
    """

    id: str | None = None
    email: str | None = None
    status: Status = None
    roles: list[Role | None] | None = None


class AddedUser(Model):
    """Answer to an added user.

    Attributes:
        user_already_exist: Whether the gateway knew the person from elsewhere.
        invitation_link: Lets whoever has it set the user's password: a secret.
        user: The user.
    """

    user_already_exist: bool | None = None
    invitation_link: str | None = Field(default=None, repr=False)
    user: User | None = None


class ChangedUser(Model):
    """Answer to a changed role."""

    user: User | None = None


def add(client: Client, tenant_id: str, email: str, role_name: str) -> AddedUser:
    """Give a person a role in an account (operation 13); a mail may go out to them.

    It is never sent twice: after a lost answer, a second one is answered with 409 if the first
    arrived, which the caller has to expect.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        email: The person's address.
        role_name: The role's full name, as the account's `available_roles` say it.

    Returns:
        The user, as the gateway answers it, and the invitation link, which is a secret.

    Raises:
        ConflictError: The person is in the account already.
        NotFoundError: There is no such role.
        OutcomeUnknownError: No usable answer came: the person may have been added.
        GatewayError: It failed in another way.
    """
    given = {"email": email, "roleName": role_name}
    call = Call(
        ADD, f"add user {email}", tenant_id, {"addUserWithRoleInput": given}, AddedUser.read
    )
    with client.writes:
        return client.execute(call)


def change_role(
    client: Client,
    tenant_id: str,
    user_id: str,
    *,
    revoke: str | None,
    add: str | None,
    email: str = "",
) -> User | None:
    """Take a role from a user, give them one, or both at once (operation 14).

    It is never sent twice. What a gateway does when a role is revoked that the user does not hold
    any more is not documented: if it answers 404, the user would seem to be gone; if it ignores
    that, the user has two roles. So `OutcomeUnknownError` asks the caller to look first.

    Args:
        client: Of the gateway.
        tenant_id: The account, for messages: the roles' names say where they hold.
        user_id: The user.
        revoke: Full name of the role to take; None to take none.
        add: Full name of the role to give; None to give none.
        email: The person's address, for messages.

    Returns:
        The user as the gateway answers it; None where it answers null.

    Raises:
        NotFoundError: There is no such user or role.
        OutcomeUnknownError: No usable answer came: the role may have been changed.
        GatewayError: It failed in another way.
    """
    roles = {"roleToRevoke": revoke, "roleToAdd": add}
    given = {"userId": user_id, **{key: name for key, name in roles.items() if name is not None}}
    words = f"change the role of user {email or user_id}"
    call = Call(CHANGE_ROLE, words, tenant_id, {"changeRoleForUserInput": given}, _changed)
    with client.writes:
        return client.execute(call)


def invite(client: Client, tenant_id: str, email: str) -> str | None:
    """Make a new invitation link and, where the host has SMTP, mail it (operation 15).

    It is never sent twice: each one mails a person, and may end the link before it.

    Args:
        client: Of the gateway.
        tenant_id: The account.
        email: Whom to invite: a user of the account.

    Returns:
        The link, which is a secret; None where the gateway answers none.

    Raises:
        NotFoundError: There is no such user.
        OutcomeUnknownError: No usable answer came: the mail may have gone out.
        GatewayError: It failed in another way.
    """
    given = {"email": email, "tenantId": tenant_id, "userType": "ADVERTISER"}
    call = Call(INVITE, f"invite {email}", tenant_id, {"sendInvitationInput": given}, _link)
    with client.writes:
        return client.execute(call)


def _changed(result: Any) -> User | None:
    return None if result is None else ChangedUser.read(result).user


def _link(result: Any) -> str | None:
    if result is None or isinstance(result, str):
        return result or None
    reason = "the answer has an unexpected form (the result: not a text)"
    raise AttemptFailure(UnexpectedAnswerError, reason, ran=True)

"""Users, roles and invitations: operations 13 to 15 of the reference."""

from __future__ import annotations

from typing import Any

from ..asked import OperationError
from ..invitations import invite, is_email, send_link
from ..parts.people import HOST, Grant, HeldPerson, People
from ..play import Operations, Play, require
from ..roles import grant_of, is_admin
from ..tenants import is_sole_admin, user_entry

__all__ = ["OPERATIONS"]

OPERATIONS = Operations()


@OPERATIONS.plays("UserMutations.addUserWithRole")
def _add(play: Play, *, input: dict[str, Any]) -> Any:
    email = input["email"]
    require(is_email(email), 400, "email is not an e-mail address")
    grant = _reachable_grant(play, input["roleName"])
    if play.refusing:
        return {"userAlreadyExist": None, "invitationLink": None, "user": None}
    known = play.state.part(People).named(email)
    if known and known[0].made > play.since and play.dialect.add_user_race != "one":
        require(play.dialect.add_user_race == "two", 500, "Internal server error")
        return _added(play, email, grant, anew=True)
    present = [person for person in known if any(item.role for item in person.roles(grant.tenant))]
    if present:
        return _add_again(play, present[0], grant)
    return _added(play, email, grant)


def _added(play: Play, email: str, grant: Grant, *, anew: bool = False) -> Any:
    exists = not anew and bool(play.state.part(People).named(email))
    person, link = invite(play.state, play.operation, email, grant, anew=anew)
    return _add_answer(play, person, grant.tenant, link, exists)


def _add_again(play: Play, person: HeldPerson, grant: Grant) -> Any:
    """The answer for somebody who has a role there."""
    told = play.dialect.add_existing
    if told == "replaced":
        changed = person.without(grant.tenant).granted(grant)
        person = play.state.part(People).put(play.operation, grant.tenant, changed)
    answer = _add_answer(play, person, grant.tenant, None, exists=True)
    if told in ("409", "409-data"):
        beside = answer if told == "409-data" else None
        raise OperationError(409, "The user already exists in the account", beside)
    return answer


def _add_answer(
    play: Play, person: HeldPerson, tenant: str, link: str | None, exists: bool
) -> dict[str, Any]:
    user = user_entry(play.state, person, tenant)
    return {"userAlreadyExist": exists, "invitationLink": link, "user": user}


@OPERATIONS.plays("UserMutations.changeRoleForUser")
def _change(play: Play, *, input: dict[str, Any]) -> Any:
    revoked, added = (
        None if name is None else _reachable_grant(play, name)
        for name in (input.get("roleToRevoke"), input.get("roleToAdd"))
    )
    person = play.state.part(People).get(input["userId"])
    named = [grant for grant in (added, revoked) if grant is not None]
    require(named, 400, "neither roleToRevoke nor roleToAdd is given")
    if person is None:
        raise OperationError(404, f"No user {input['userId']}")
    if play.refusing:
        return {"user": None}
    if revoked is not None and revoked not in person.grants:
        require(play.dialect.stale_revoke == "ignored", 404, f"The user has no {revoked.role}")
        revoked, stale = None, True
    else:
        stale = False
    if _leaves_no_admin(play, person, revoked, added):
        told = play.dialect.sole_admin
        require(told == "ignored", 400 if told == "400" else 500, "The account needs an admin")
    else:
        person = _changed(play, person, revoked, added, stale=stale)
    return {"user": user_entry(play.state, person, named[0].tenant)}


def _leaves_no_admin(
    play: Play, person: HeldPerson, revoked: Grant | None, added: Grant | None
) -> bool:
    if revoked is None or not is_admin(revoked):
        return False
    stays = added is not None and added.tenant == revoked.tenant and is_admin(added)
    return not stays and is_sole_admin(play.state, person, revoked.tenant)


def _changed(
    play: Play, person: HeldPerson, revoked: Grant | None, added: Grant | None, *, stale: bool
) -> HeldPerson:
    people, left = play.state.part(People), person
    if revoked is not None:
        left = left.without(revoked.tenant, revoked.role)
    if added is not None:
        has = any(grant.role for grant in left.roles(added.tenant))
        require(not has or stale, 400, "The user has another role there")
        return people.put(play.operation, added.tenant, left.granted(added))
    if revoked is None:
        return person
    if play.dialect.revoke_last == "listed" and not left.roles(revoked.tenant):
        left = left.granted(Grant(revoked.tenant, ""))
    if play.dialect.revoke_last == "user-gone" and not left.grants:
        people.leave(play.operation, revoked.tenant, person)
        return left
    return people.put(play.operation, revoked.tenant, left)


@OPERATIONS.plays("UserMutations.sendInvitation")
def _send(play: Play, *, input: dict[str, Any]) -> Any:
    email, tenant = input["email"], input.get("tenantId")
    require(is_email(email), 400, "email is not an e-mail address")
    of_account = input["userType"] == "ADVERTISER"
    require(of_account == (tenant is not None), 400, "tenantId does not go with userType")
    if tenant is not None:
        play.hub_account(tenant)
    place = HOST if tenant is None else tenant
    people = [person for person in play.state.part(People).named(email) if person.roles(place)]
    if not people:
        raise OperationError(404, f"No user {email} there")
    if play.refusing:
        return None
    return send_link(play.state, play.operation, place, people[0].email)


def _reachable_grant(play: Play, role: str) -> Grant:
    """A role by its name, in an account that is there; OperationError 404 if it is none."""
    grant = grant_of(role, play.dialect)
    if grant is None or (grant.tenant != HOST and grant.tenant not in play.state.accounts):
        raise OperationError(404, f"No role {role}")
    if grant.tenant != HOST:
        play.reach(grant.tenant)
    return grant

"""What tests and people do behind the client's back, as if in the gateway's page."""

from __future__ import annotations

import time
from typing import Any

from .parts.accounts import ACTIVE, IN_SETUP, Accounts, HeldAccount
from .parts.events import Events, Received
from .parts.mail import Mail, MailBox
from .parts.people import ACTIVATED, HOST, Grant, HeldPerson, People
from .parts.routing import HeldRouting, Routings
from .roles import is_admin, offered_roles
from .state import BAD_TOKEN_ERROR, GatewayState, HeldPixel

__all__ = ["AccountsByHand", "PixelsByHand"]

_BEHIND = "sandbox"


class _ByHand:
    state: GatewayState
    tenant_id: str

    def _account(self, tenant: str | None) -> str:
        return self.tenant_id if tenant is None else tenant


class PixelsByHand(_ByHand):
    """Pixels and filters, changed behind the client's back.

    Attributes:
        state: What the gateway holds, and its history.
        tenant_id: The default account.
    """

    def connect(
        self,
        pixel: str,
        *,
        tenant: str | None = None,
        receiving: bool = True,
        publishing: bool = True,
        name: str | None = None,
        access_token: str = "set-behind-the-back",  # noqa: S107
        business_id: str = "2840127409433732",
        **fields: Any,
    ) -> HeldPixel:
        """Connects a pixel as if somebody had done so in the gateway's page.

        Args:
            pixel: Pixel id.
            tenant: Account, None for the default one.
            receiving: Switch of receiving.
            publishing: Switch of publishing.
            name: Display name.
            access_token: Access token that the gateway then holds.
            business_id: Business id.
            fields: Further fields of `Pixel`.
        """
        connected = HeldPixel(
            pixel,
            business_id,
            name=name,
            receiving=receiving,
            publishing=publishing,
            access_token=access_token,
            **fields,
        )
        return self.state.put_pixel(_BEHIND, self._account(tenant), connected)

    def disconnect(self, pixel: str, *, tenant: str | None = None) -> None:
        """Disconnects a pixel; KeyError if it is not connected."""
        if not self.state.remove_pixel(_BEHIND, self._account(tenant), pixel):
            raise KeyError(pixel)

    def edit(self, pixel: str, *, tenant: str | None = None, **fields: Any) -> HeldPixel:
        """Changes fields of a connected pixel, named as in `Pixel`; KeyError if not connected."""
        return self.state.edit_pixel(_BEHIND, self._account(tenant), pixel, **fields)

    def set_switch(
        self,
        pixel: str,
        *,
        tenant: str | None = None,
        receiving: bool | None = None,
        publishing: bool | None = None,
    ) -> HeldPixel:
        """Turns the switches that are not None."""
        switches = {"receiving": receiving, "publishing": publishing}
        turned = {name: value for name, value in switches.items() if value is not None}
        return self.edit(pixel, tenant=tenant, **turned)

    def set_name(self, pixel: str, name: str | None, *, tenant: str | None = None) -> HeldPixel:
        """Gives a pixel another display name."""
        return self.edit(pixel, tenant=tenant, name=name)

    def drop_token(self, pixel: str, *, tenant: str | None = None) -> HeldPixel:
        """Makes the gateway lose a pixel's access token."""
        return self.edit(pixel, tenant=tenant, access_token="")

    def mark_bad_token(
        self, pixel: str, *, tenant: str | None = None, code: str | None = BAD_TOKEN_ERROR
    ) -> HeldPixel:
        """Makes the gateway find a pixel's access token bad."""
        return self.edit(pixel, tenant=tenant, bad_token=True, api_error_code=code)

    def set_event_filter(
        self, event: str, state: str, pixels: list[str] | None = None, *, tenant: str | None = None
    ) -> None:
        """Stores an event filter; `pixels` None for the whole account."""
        self.state.write_filter(_BEHIND, "event", self._account(tenant), event, pixels, state)

    def set_domain_filter(
        self, domain: str, state: str, pixels: list[str] | None = None, *, tenant: str | None = None
    ) -> None:
        """Stores a domain filter; `pixels` None for the whole account."""
        self.state.write_filter(_BEHIND, "domain", self._account(tenant), domain, pixels, state)

    def receive(
        self,
        event: str,
        count: int = 1,
        *,
        pixel: str,
        domain: str | None = None,
        tenant: str | None = None,
    ) -> None:
        """Lets a pixel's events come in, published as far as switches and filters let them.

        Args:
            event: Event name.
            count: How many.
            pixel: Pixel id; KeyError if it is not connected.
            domain: Website that sends them.
            tenant: Account, None for the default one.
        """
        tenant, state = self._account(tenant), self.state
        with state.lock:
            held = state.edit_pixel(_BEHIND, tenant, pixel)
            if not held.receiving:
                return
            passes = (
                held.publishing
                and state.part(Accounts)[tenant].status == ACTIVE
                and state.effective_event(tenant, event, pixel) == "PUBLISH"
                and (domain is None or state.effective_domain(tenant, domain, pixel) == "PUBLISH")
            )
            now, published = time.time(), count if passes else 0
            state.part(Events).add(
                tenant, Received(pixel, event, domain, count, published, int(now * 1000))
            )
            sent = {"last_published": now} if published else {}
            state.edit_pixel(
                _BEHIND,
                tenant,
                pixel,
                last_received=now,
                total_events_received=held.total_events_received + count,
                total_events_published=held.total_events_published + published,
                **sent,
            )


class AccountsByHand(_ByHand):
    """Accounts, people and domains, changed behind the client's back.

    Attributes:
        state: What the gateway holds, and its history.
        tenant_id: The default account.
    """

    def add_account(self, tenant: str, name: str | None = None, **fields: Any) -> HeldAccount:
        """Makes an account.

        Args:
            tenant: Account id.
            name: Display name.
            fields: Further fields: `status`, `managed`, `event_enrichment`.
        """
        account = HeldAccount(tenant, name or f"Tenant for {tenant}", **fields)
        return self.state.part(Accounts).put(_BEHIND, account)

    def edit_account(self, *, tenant: str | None = None, **fields: Any) -> HeldAccount:
        """Changes fields of an account: `name`, `status`, `managed`; KeyError if it is unknown."""
        return self.state.part(Accounts).edit(_BEHIND, self._account(tenant), **fields)

    def rename(self, name: str, *, tenant: str | None = None) -> HeldAccount:
        """Gives an account another display name."""
        return self.edit_account(tenant=tenant, name=name)

    def drop_account(self, tenant: str | None = None) -> None:
        """Deletes an account with all that is in it; KeyError if it is unknown."""
        self.state.remove_account(_BEHIND, self._account(tenant))

    def set_role(
        self,
        email: str,
        role: str | None,
        *,
        tenant: str | None = None,
        status: int = ACTIVATED,
        user_id: str | None = None,
    ) -> HeldPerson:
        """Gives somebody a role in an account instead of the one they have there.

        Args:
            email: Who; a person of this e-mail is made if there is none.
            role: What the gateway shows of the role (`admin`), or its name; None leaves them
                listed without a role.
            tenant: Account, None for the default one, empty for the host.
            status: Status of somebody who is made: 0 deactivated, 1 activated, 2 pending.
            user_id: User id of somebody who is made, None for a new one.

        Raises:
            ValueError: The account does not offer the role.
        """
        people = self.state.part(People)
        with self.state.lock:
            tenant = HOST if tenant == HOST else self._known(tenant)
            known = people.named(email)
            person = known[0] if known else people.new(email, status, user_id)
            grant = Grant(tenant, "") if role is None else self._grant(tenant, role)
            return people.put(_BEHIND, tenant, person.without(tenant).granted(grant))

    def remove_user(self, email: str, *, tenant: str | None = None) -> None:
        """Takes somebody out of an account; KeyError if they are not in it."""
        tenant, people = self._account(tenant), self.state.part(People)
        with self.state.lock:
            present = [person for person in people.named(email) if person.roles(tenant)]
            if not present:
                raise KeyError(email)
            for person in present:
                people.leave(_BEHIND, tenant, person)

    def accept(self, email: str) -> HeldPerson:
        """Accepts the invitation of somebody; the accounts that they set up are active then.

        Args:
            email: Who; KeyError if the gateway knows nobody of this e-mail.
        """
        people, accounts = self.state.part(People), self.state.part(Accounts)
        with self.state.lock:
            known = people.named(email)
            if not known:
                raise KeyError(email)
            person = known[0]
            for grant in person.grants:
                account = accounts.get(grant.tenant)
                if account and account.status == IN_SETUP and is_admin(grant):
                    accounts.edit(_BEHIND, account.id, status=ACTIVE)
            place = person.grants[0].tenant if person.grants else HOST
            return people.put(_BEHIND, place, person.with_status(ACTIVATED))

    def set_domain(
        self, domain: str, target: str = "capig.example.com", *, tenant: str | None = None
    ) -> HeldRouting:
        """Sets an account's first-party domain, which is not resolved yet."""
        routing = HeldRouting(domain, target)
        return self.state.part(Routings).put(_BEHIND, self._known(tenant), routing)

    def resolve(
        self, tenant: str | None = None, *, resolved: bool = True, status: str | None = None
    ) -> HeldRouting:
        """Lets the gateway find the CNAME record of an account's domain, or miss it.

        Args:
            tenant: Account, None for the default one; KeyError if it has no domain.
            resolved: Whether the record is there.
            status: The domain's status then, None for the present one.
        """
        told = {} if status is None else {"status": status}
        routings = self.state.part(Routings)
        return routings.edit(_BEHIND, self._account(tenant), resolved=resolved, **told)

    @property
    def mails(self) -> list[Mail]:
        """The invitations that would have been sent, with their links."""
        return self.state.part(MailBox).all()

    def _known(self, tenant: str | None) -> str:
        return self.state.part(Accounts)[self._account(tenant)].id

    def _grant(self, tenant: str, role: str) -> Grant:
        dialect = self.state.dialect
        offered = offered_roles(tenant, dialect)
        names = [name for name, display in offered.items() if role in (name, display)]
        if not names:
            message = f"no role {role!r}; there are {', '.join(offered.values())}"
            raise ValueError(message)
        return Grant(tenant, names[0])
